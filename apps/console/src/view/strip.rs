//! Drawing a strip.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};

use super::{ACCENT, ALERT, DIM};
use crate::layout::{pan_column, row_of, Parts, WIDTH};
use crate::shown::{Kind, Strip};
use crate::taper;

/// Where a meter turns yellow, and red, in dBFS.
const LOUD: f32 = -12.0;
const HOT: f32 = -3.0;

/// Draws a strip with all of its controls.
pub(super) fn draw(strip: &Strip, selected: bool, area: Rect, to: &mut Buffer) {
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
