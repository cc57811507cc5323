//! Drawing.

mod strip;
#[cfg(test)]
mod tests;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear, Widget as _};

use crate::keys::{Mode, HELP};
use crate::layout::{row_of, Layout, Parts, SCALE, SMALLEST};
use crate::shown::{Shown, Status, Transport};

const DIM: Style = Style::new().fg(Color::DarkGray);
const ACCENT: Style = Style::new().fg(Color::Cyan);
const ALERT: Style = Style::new()
    .fg(Color::White)
    .bg(Color::Red)
    .add_modifier(Modifier::BOLD);
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
        strip::draw(drawn, *place == shown.selected, *rect, to);
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
    let mut add = |text: String, style| {
        spans.push(Span::styled("| ", DIM));
        spans.push(Span::styled(format!("{text} "), style));
    };
    // What matters most comes first: the rest may not fit.
    if !status.lost {
        let counts = [("xruns", status.xruns), ("late", Some(status.late))];
        for (name, count) in counts {
            if let Some(count) = count {
                let warns = Style::new().fg(Color::Yellow);
                let style = if count > 0 { warns } else { Style::new() };
                add(format!("{name} {count}"), style);
            }
        }
        let (mean, max) = status.load;
        let load = format!("load {:.1} % (max {:.0})", mean * 100.0, max * 100.0);
        add(load, Style::new());
        if let Some(latency) = status.latency {
            add(format!("{latency:.1} ms"), Style::new());
        }
        if let Some(latency) = status.monitoring {
            add(format!("input {latency:.0} ms"), Style::new());
        }
        add(format!("{} frames", status.block), Style::new());
    }
    add(format!("{} Hz", status.rate), Style::new());
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
