//! Drawing.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear, Widget as _};

use crate::keys::{Mode, HELP};
use crate::layout::{pan_column, row_of, Layout, Parts, SCALE, SMALLEST, WIDTH};
use crate::shown::{Kind, Shown, Status, Strip, Transport};
use crate::taper;

const DIM: Style = Style::new().fg(Color::DarkGray);
const ACCENT: Style = Style::new().fg(Color::Cyan);
const ALERT: Style = Style::new()
    .fg(Color::White)
    .bg(Color::Red)
    .add_modifier(Modifier::BOLD);
/// Where a meter turns yellow, and red, in dBFS.
const LOUD: f32 = -12.0;
const HOT: f32 = -3.0;
/// What the scale on the left names, the most important first: some share a row on small screens.
const MARKS: [f32; 7] = [0.0, 12.0, -60.0, -20.0, -40.0, -10.0, 6.0];

/// Draws everything. Returns where it is; `None` if the screen is too small for it.
pub(crate) fn draw(shown: &Shown, area: Rect, to: &mut Buffer) -> Option<Layout> {
    let Some(layout) = Layout::new(area, shown.strips.len(), shown.first, shown.selected) else {
        too_small(area, to);
        return None;
    };
    top(shown, layout.top, to);
    scale(Parts::of(layout.strips[0].1).fader, to);
    for (place, rect) in &layout.strips {
        let drawn = shown.strips.get(*place).unwrap_or(&shown.master);
        strip(drawn, *place == shown.selected, *rect, to);
    }
    more(shown, &layout, to);
    scenes(shown, layout.scenes, to);
    message(shown, layout.message, to);
    status(&shown.status, layout.status, to);
    if shown.mode == Mode::Help {
        help(area, to);
    }
    Some(layout)
}

fn too_small(area: Rect, to: &mut Buffer) {
    if area.is_empty() {
        return;
    }
    let (width, height) = SMALLEST;
    let lines = [
        "perbus-console".to_owned(),
        format!("{}x{} is too small:", area.width, area.height),
        format!("{width}x{height} at least"),
    ];
    // The last line counts most.
    let skipped = lines.len().saturating_sub(usize::from(area.height));
    for (row, line) in lines[skipped..].iter().enumerate() {
        let y = area.y + row as u16;
        to.set_stringn(area.x, y, line, usize::from(area.width), Style::new());
    }
}

fn line(spans: Vec<Span<'_>>, area: Rect, to: &mut Buffer) {
    Line::from(spans).render(area, to);
}

fn top(shown: &Shown, area: Rect, to: &mut Buffer) {
    let Transport {
        playing,
        position,
        length,
        looped,
        follows,
    } = shown.transport;
    let state = if playing { "> playing" } else { "# halted" };
    let mut spans = vec![
        Span::styled(" perbus-console ", ACCENT.add_modifier(Modifier::BOLD)),
        Span::raw(format!(" {state:9} {} / {}", time(position), time(length))),
        Span::styled(if looped { "  loop" } else { "" }, ACCENT),
        Span::styled(
            match follows {
                Some(true) => "  automation",
                Some(false) => "  automation off",
                None => "",
            },
            ACCENT,
        ),
    ];
    if let Some((seconds, _)) = &shown.recording {
        spans.push(Span::raw("  "));
        spans.push(Span::styled(format!(" REC {} ", time(*seconds)), ALERT));
    }
    line(spans, area, to);
}

/// Minutes, seconds, tenths.
fn time(seconds: f64) -> String {
    let tenths = (seconds.max(0.0) * 10.0) as u64;
    format!("{}:{:02}.{}", tenths / 600, tenths / 10 % 60, tenths % 10)
}

fn scale(fader: Rect, to: &mut Buffer) {
    let mut taken = Vec::with_capacity(MARKS.len());
    for db in MARKS {
        let y = row_of(fader, db);
        if !taken.contains(&y) {
            to.set_string(fader.x - SCALE, y, format!("{db:>3}"), DIM);
            taken.push(y);
        }
    }
}

fn strip(strip: &Strip, selected: bool, area: Rect, to: &mut Buffer) {
    let parts = Parts::of(area);
    let kind = match strip.kind {
        Kind::Bus => Style::new(),
        Kind::Group => Style::new().fg(Color::Magenta),
        Kind::Master => ACCENT,
        Kind::NoSend => DIM,
    };
    let label = if selected {
        kind.add_modifier(Modifier::REVERSED | Modifier::BOLD)
    } else {
        kind.add_modifier(Modifier::BOLD)
    };
    centred(&strip.label, area.x, parts.label, label, to);
    if strip.kind == Kind::NoSend {
        centred("no send", area.x, parts.volume, DIM, to);
        return;
    }
    let heard = if strip.audible { Style::new() } else { DIM };
    centred(&taper::shown(strip.db), area.x, parts.volume, heard, to);
    if strip.needles.clipped {
        centred("CLIP", area.x, parts.hold, ALERT, to);
    } else {
        let hold = taper::shown(strip.needles.hold);
        centred(&hold, area.x, parts.hold, DIM, to);
    }
    fader(strip, parts.fader, kind, to);
    if let Some(pan) = strip.pan {
        let x = area.x;
        to.set_string(x, parts.pan, "L-------R", DIM);
        to.set_string(x + 4, parts.pan, "+", DIM);
        to.set_string(x + pan_column(pan), parts.pan, "o", ACCENT);
    }
    button(strip.muted, "M", ALERT, area.x + 1, parts.buttons, to);
    let solo = Style::new().fg(Color::Black).bg(Color::Yellow);
    button(strip.soloed, "S", solo, area.x + 5, parts.buttons, to);
    centred(&strip.note, area.x, parts.note, DIM, to);
}

fn button(on: Option<bool>, name: &str, lit: Style, x: u16, y: u16, to: &mut Buffer) {
    match on {
        Some(true) => to.set_string(x, y, format!("[{name}]"), lit),
        Some(false) => to.set_string(x, y, format!(" {} ", name.to_lowercase()), DIM),
        None => {}
    }
}

/// In a strip's width, cut if need be.
fn centred(text: &str, x: u16, y: u16, style: Style, to: &mut Buffer) {
    let width = usize::from(WIDTH);
    let shown: String = text.chars().take(width).collect();
    to.set_stringn(x, y, format!("{shown:^width$}"), width, style);
}

fn fader(strip: &Strip, area: Rect, kind: Style, to: &mut Buffer) {
    let knob = row_of(area, strip.db);
    let unity = row_of(area, 0.0);
    for y in area.top()..area.bottom() {
        let (text, style) = if y == knob {
            ("[=]", kind.add_modifier(Modifier::BOLD))
        } else if y == unity {
            ("-|-", DIM)
        } else {
            (" | ", DIM)
        };
        to.set_string(area.x + 1, y, text, style);
    }
    let held = row_of(area, strip.needles.hold);
    for (side, level) in strip.needles.level.into_iter().enumerate() {
        let x = area.x + 5 + side as u16;
        // Eighths of a row, from the bottom.
        let filled = (taper::position(level) * f32::from(area.height) * 8.0).round() as u16;
        for row in 0..area.height {
            let y = area.bottom() - 1 - row;
            let symbol = match filled.saturating_sub(row * 8).min(8) {
                0 if y == held && strip.needles.hold > taper::LOWEST => "_",
                0 => continue,
                eighths => ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"][usize::from(eighths) - 1],
            };
            to.set_string(x, y, symbol, Style::new().fg(colour(area, y)));
        }
    }
}

/// A meter's colour in a row.
fn colour(area: Rect, y: u16) -> Color {
    let height = f32::from(area.bottom() - 1 - y) / f32::from(area.height);
    match taper::decibels_at(height) {
        db if db >= HOT => Color::Red,
        db if db >= LOUD => Color::Yellow,
        _ => Color::Green,
    }
}

/// That there are strips to the left or right of the screen.
fn more(shown: &Shown, layout: &Layout, to: &mut Buffer) {
    let seen = layout.strips.len() - 1;
    let row = layout.strips[0].1.y;
    if layout.first > 0 {
        let left = format!("<{:<2}", layout.first);
        to.set_string(layout.strips[0].1.x - SCALE, row, left, ACCENT);
    }
    let right = shown.strips.len() - layout.first - seen;
    if right > 0 {
        let master = layout.strips[seen].1;
        to.set_string(master.x - 1, row, ">", ACCENT);
        if master.right() + 4 <= layout.top.right() {
            to.set_string(master.right(), row, format!("{right}>"), ACCENT);
        }
    }
}

fn scenes(shown: &Shown, area: Rect, to: &mut Buffer) {
    let mut spans = vec![Span::styled(" scenes ", DIM)];
    for (place, stored) in shown.scenes.iter().enumerate() {
        let style = if shown.recalled == Some(place) {
            ACCENT.add_modifier(Modifier::REVERSED)
        } else {
            ACCENT
        };
        let name = if *stored {
            Span::styled((place + 1).to_string(), style)
        } else {
            Span::styled(".", DIM)
        };
        spans.extend([name, Span::raw(" ")]);
    }
    spans.push(Span::styled(
        format!(" in {} s", shown.fade_time),
        Style::new(),
    ));
    if let Some(layer) = &shown.layer {
        spans.push(Span::raw("   "));
        spans.push(Span::styled(
            format!(" faders: sends to {layer} "),
            ACCENT.add_modifier(Modifier::REVERSED),
        ));
    }
    line(spans, area, to);
}

fn message(shown: &Shown, area: Rect, to: &mut Buffer) {
    let span = match &shown.mode {
        Mode::Store => Span::styled(" store as scene 1 to 9?", ACCENT),
        Mode::Group => Span::styled(" into or out of group 1 to 9, or n for a new one?", ACCENT),
        Mode::Label(label) => Span::styled(format!(" label: {label}_"), ACCENT),
        _ if shown.is_error => Span::styled(format!(" {} ", shown.message), ALERT),
        _ if shown.message.is_empty() => Span::styled(" ? help   q quit", DIM),
        _ => Span::raw(format!(" {}", shown.message)),
    };
    line(vec![span], area, to);
}

fn status(status: &Status, area: Rect, to: &mut Buffer) {
    let style = if status.lost { ALERT } else { Style::new() };
    let mut spans = vec![Span::styled(format!(" {} ", status.device), style)];
    let (mean, max) = status.load;
    let mut parts = vec![format!("{} Hz", status.rate)];
    if !status.lost {
        parts.push(format!("{} frames", status.block));
        parts.extend(status.latency.map(|it| format!("{it:.1} ms")));
        parts.push(format!(
            "load {:.1} % (max {:.0})",
            mean * 100.0,
            max * 100.0
        ));
    }
    for part in parts {
        spans.push(Span::styled("| ", DIM));
        spans.push(Span::raw(format!("{part} ")));
    }
    let counts = [("xruns", status.xruns), ("late", Some(status.late))];
    for (name, count) in counts.into_iter().filter(|_| !status.lost) {
        if let Some(count) = count {
            let style = if count > 0 {
                Style::new().fg(Color::Yellow)
            } else {
                Style::new()
            };
            spans.push(Span::styled("| ", DIM));
            spans.push(Span::styled(format!("{name} {count} "), style));
        }
    }
    line(spans, area, to);
}

fn help(area: Rect, to: &mut Buffer) {
    let keys = HELP.iter().map(|(key, _)| key.len()).max().unwrap_or(0);
    let texts = HELP.iter().map(|(_, text)| text.len()).max().unwrap_or(0);
    let wide = (keys + texts + 6) as u16;
    let width = wide.min(area.width);
    let height = (HELP.len() as u16 + 2).min(area.height);
    let place = Rect::new(
        area.x + (area.width - width) / 2,
        area.y + (area.height - height) / 2,
        width,
        height,
    );
    Clear.render(place, to);
    let frame = Block::bordered().title(" keys ").border_style(ACCENT);
    let inner = frame.inner(place);
    frame.render(place, to);
    for (row, (key, text)) in HELP.iter().enumerate().take(usize::from(inner.height)) {
        let y = inner.y + row as u16;
        let key = format!(" {key:keys$}");
        to.set_stringn(inner.x, y, &key, usize::from(inner.width), ACCENT);
        let used = (keys + 3) as u16;
        if used < inner.width {
            let room = usize::from(inner.width - used);
            to.set_stringn(inner.x + used, y, text, room, Style::new());
        }
    }
}

#[cfg(test)]
mod tests {
    use ratatui::backend::TestBackend;
    use ratatui::Terminal;

    use super::*;
    use crate::meter::Needles;

    fn a_strip(label: &str, db: f32) -> Strip {
        Strip {
            label: label.to_owned(),
            db,
            pan: Some(0.0),
            muted: Some(false),
            soloed: Some(false),
            audible: true,
            needles: Needles::default(),
            ..Strip::default()
        }
    }

    fn desk() -> Shown {
        let mut loud = a_strip("drums", 0.0);
        (loud.muted, loud.pan) = (Some(true), Some(-1.0));
        loud.needles.level = [0.0, -20.0];
        loud.needles.hold = 3.0;
        loud.needles.clipped = true;
        let mut master = a_strip("master", -60.0);
        (master.kind, master.pan) = (Kind::Master, None);
        (master.muted, master.soloed) = (None, None);
        let mut shown = Shown {
            strips: vec![loud, a_strip("a label that is too long", f32::NEG_INFINITY)],
            master,
            ..Shown::default()
        };
        shown.scenes[1] = true;
        shown.fade_time = 0.5;
        shown.transport.position = 61.25;
        shown.transport.length = 600.0;
        shown.status.device = "no device".to_owned();
        shown.status.rate = 48_000.0;
        shown.status.block = 256;
        shown.status.load = (0.0123, 0.5);
        shown
    }

    fn screen(shown: &Shown, width: u16, height: u16) -> Vec<String> {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        let drawn = terminal.draw(|frame| {
            let area = frame.area();
            draw(shown, area, frame.buffer_mut());
        });
        let buffer = drawn.unwrap().buffer.clone();
        let row = |y| (0..width).map(|x| buffer[(x, y)].symbol()).collect();
        (0..height)
            .map(|y| {
                let row: String = row(y);
                row.trim_end().to_owned()
            })
            .collect()
    }

    #[test]
    fn a_desk_is_drawn() {
        let expected = [
            " perbus-console  # halted  1:01.2 / 10:00.0",
            "      drums   a label t  master",
            "       0.0      -inf      -60.0",
            "      CLIP      -inf      -inf",
            " 12   |         |         |",
            "  0  [=] ▄_    -|-       -|-",
            "      |  █      |         |",
            "-10   |  █      |         |",
            "-20   |  █▅     |         |",
            "-40   |  ██     |         |",
            "-60   |  ██    [=]       [=]",
            "    Lo--+---R L---o---R",
            "     [M]  s     m   s",
            "",
            " scenes . 2 . . . . . . .  in 0.5 s",
            " ? help   q quit",
            " no device | 48000 Hz | 256 frames | load 1.2 % (max 50) | late 0",
        ];
        let shown = screen(&desk(), 72, 17);
        assert_eq!(shown, expected);
    }

    #[test]
    fn questions_layers_and_messages_are_drawn() {
        let mut shown = desk();
        shown.strips[1].kind = Kind::NoSend;
        shown.layer = Some("room".to_owned());
        shown.mode = Mode::Label("kick".to_owned());
        shown.recording = Some((61.0, "mix.wav".to_owned()));
        let lines = screen(&shown, 72, 20);
        assert!(lines[0].ends_with(" REC 1:01.0"), "{}", lines[0]);
        assert!(lines[2].contains("no send"), "{}", lines[2]);
        assert!(lines[17].contains("sends to room"), "{}", lines[17]);
        assert_eq!(lines[18], " label: kick_");
        (shown.mode, shown.message) = (Mode::Mixing, "stored".to_owned());
        assert_eq!(screen(&shown, 72, 20)[18], " stored");
        shown.mode = Mode::Help;
        let help = screen(&shown, 72, 26).join("\n");
        assert!(HELP.iter().all(|(_, text)| help.contains(text)));
    }

    #[test]
    fn strips_beyond_the_screen_are_announced() {
        let mut shown = desk();
        shown.strips = (0..30).map(|at| a_strip(&at.to_string(), 0.0)).collect();
        (shown.first, shown.selected) = (0, 10);
        let lines = screen(&shown, 80, 20);
        let words: Vec<&str> = lines[1].split_whitespace().collect();
        assert_eq!(
            words,
            ["<5", "5", "6", "7", "8", "9", "10", ">", "master", "19>"]
        );
    }

    #[test]
    fn no_size_is_too_small_for_a_line() {
        let mut shown = desk();
        for mode in [Mode::Mixing, Mode::Help] {
            shown.mode = mode;
            for (width, height) in (0..100).flat_map(|width| [(width, 0), (width, 3), (width, 40)])
            {
                screen(&shown, width, height);
            }
            for height in 0..40 {
                screen(&shown, 50, height);
            }
        }
        let line = &screen(&shown, 40, 10)[2];
        assert_eq!(line, "44x15 at least");
        assert_eq!(screen(&shown, 40, 1)[0], "44x15 at least");
    }
}
