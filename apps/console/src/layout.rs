//! Where things are on the screen: for the view, and for the mouse.

use ratatui::layout::{Position, Rect};

use crate::action::Action;
use crate::taper;

/// The smallest screen.
pub(crate) const SMALLEST: (u16, u16) = (44, 15);
/// The scale on the left, in columns.
pub(crate) const SCALE: u16 = 4;
/// A strip with the space after it.
const PITCH: u16 = 10;
pub(crate) const WIDTH: u16 = 9;
/// Rows of a strip above and below its fader.
const ABOVE: u16 = 3;
const BELOW: u16 = 3;
/// Columns of a strip that a pan's marker may be in.
const PAN: u16 = 7;

/// A screen, cut up.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Layout {
    pub(crate) top: Rect,
    /// The place of each strip that is seen, and where it is; the master is the last.
    pub(crate) strips: Vec<(usize, Rect)>,
    pub(crate) scenes: Rect,
    pub(crate) message: Rect,
    pub(crate) status: Rect,
    /// The leftmost strip's place.
    pub(crate) first: usize,
}

impl Layout {
    /// `None` if the screen is too small. `count` strips besides the master, of which `first` was the
    /// leftmost one; the selected one will be seen.
    pub(crate) fn new(area: Rect, count: usize, first: usize, selected: usize) -> Option<Self> {
        if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
            return None;
        }
        let row = |at: u16| Rect::new(area.x, area.y + at, area.width, 1);
        let height = area.height - 4;
        // The master has its place at the right end of what is used.
        let fit = usize::from((area.width - SCALE) / PITCH) - 1;
        let seen = count.min(fit);
        let mut first = first.min(count - seen);
        if selected < count {
            first = first.clamp((selected + 1).saturating_sub(seen), selected);
        }
        let strip = |column: usize| {
            let x = area.x + SCALE + PITCH * column as u16;
            Rect::new(x, area.y + 1, WIDTH, height)
        };
        let mut strips: Vec<_> = (0..seen).map(|at| (first + at, strip(at))).collect();
        strips.push((count, strip(seen)));
        Some(Self {
            top: row(0),
            strips,
            scenes: row(area.height - 3),
            message: row(area.height - 2),
            status: row(area.height - 1),
            first,
        })
    }

    /// What a click at a place asks for; `dragged` from elsewhere in the same strip.
    pub(crate) fn clicked(&self, at: Position, dragged: bool) -> Option<Action> {
        let (place, strip) = self.strip_at(at)?;
        let parts = Parts::of(strip);
        let column = at.x - strip.x;
        if parts.fader.contains(at) {
            let from_bottom = parts.fader.bottom() - 1 - at.y;
            let rows = f32::from(parts.fader.height - 1);
            let db = taper::decibels_at(f32::from(from_bottom) / rows);
            return Some(Action::SetFader(place, (db * 10.0).round() / 10.0));
        }
        if at.y == parts.pan {
            let column = column.clamp(1, PAN) - 1;
            let pan = f32::from(column) / f32::from(PAN - 1) * 2.0 - 1.0;
            return Some(Action::SetPan(place, pan));
        }
        if dragged {
            return None;
        }
        Some(if at.y != parts.buttons {
            Action::Select(place)
        } else if column < WIDTH / 2 {
            Action::MuteAt(place)
        } else {
            Action::SoloAt(place)
        })
    }

    /// The strip at a place.
    pub(crate) fn strip_at(&self, at: Position) -> Option<(usize, Rect)> {
        let mut strips = self.strips.iter().copied();
        strips.find(|(_, strip)| strip.contains(at))
    }
}

/// A strip's rows.
pub(crate) struct Parts {
    pub(crate) label: u16,
    pub(crate) volume: u16,
    pub(crate) hold: u16,
    pub(crate) fader: Rect,
    pub(crate) pan: u16,
    pub(crate) buttons: u16,
    pub(crate) note: u16,
}

impl Parts {
    pub(crate) fn of(strip: Rect) -> Self {
        let rows = strip.height - ABOVE - BELOW;
        let fader = Rect::new(strip.x, strip.y + ABOVE, strip.width, rows);
        Self {
            label: strip.y,
            volume: strip.y + 1,
            hold: strip.y + 2,
            fader,
            pan: fader.bottom(),
            buttons: fader.bottom() + 1,
            note: fader.bottom() + 2,
        }
    }
}

/// The row of a fader in which a level is.
pub(crate) fn row_of(fader: Rect, db: f32) -> u16 {
    let rows = f32::from(fader.height - 1);
    fader.bottom() - 1 - (taper::position(db) * rows).round() as u16
}

/// The column of a strip in which a pan's marker is.
pub(crate) fn pan_column(pan: f32) -> u16 {
    1 + ((pan + 1.0) / 2.0 * f32::from(PAN - 1)).round() as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(width: u16, count: usize, first: usize, selected: usize) -> Layout {
        Layout::new(Rect::new(0, 0, width, 24), count, first, selected).unwrap()
    }

    #[test]
    fn the_selected_strip_is_seen_and_so_is_the_master() {
        let places = |layout: Layout| -> Vec<usize> {
            layout.strips.iter().map(|(place, _)| *place).collect()
        };
        assert_eq!(places(layout(80, 3, 0, 0)), [0, 1, 2, 3]);
        assert_eq!(places(layout(80, 20, 0, 0)), [0, 1, 2, 3, 4, 5, 20]);
        assert_eq!(places(layout(80, 20, 0, 6)), [1, 2, 3, 4, 5, 6, 20]);
        assert_eq!(places(layout(80, 20, 9, 7)), [7, 8, 9, 10, 11, 12, 20]);
        assert_eq!(places(layout(80, 20, 3, 20)), [3, 4, 5, 6, 7, 8, 20]);
        assert_eq!(places(layout(80, 20, 19, 20)), [14, 15, 16, 17, 18, 19, 20]);
        let strips = layout(80, 20, 0, 0).strips;
        assert!(strips.iter().all(|(_, strip)| strip.right() <= 80));
    }

    #[test]
    fn a_small_screen_has_no_layout() {
        for (width, height) in [(0, 0), (1, 1), (43, 30), (80, 14), (0, 50)] {
            let area = Rect::new(0, 0, width, height);
            assert_eq!(Layout::new(area, 5, 0, 0), None);
        }
        for count in [0, 1, 1000] {
            assert!(Layout::new(Rect::new(0, 0, 44, 15), count, 3, count).is_some());
        }
    }

    #[test]
    fn clicks_find_the_controls() {
        let layout = layout(80, 3, 0, 0);
        let (_, strip) = layout.strips[1];
        let parts = Parts::of(strip);
        let click = |x, y| layout.clicked(Position::new(x, y), false);
        let fader = parts.fader;
        assert_eq!(click(strip.x, fader.y), Some(Action::SetFader(1, 12.0)));
        let closed = Some(Action::SetFader(1, f32::NEG_INFINITY));
        assert_eq!(click(strip.x, fader.bottom() - 1), closed);
        assert_eq!(click(strip.x + 1, parts.pan), Some(Action::SetPan(1, -1.0)));
        assert_eq!(click(strip.x + 4, parts.pan), Some(Action::SetPan(1, 0.0)));
        assert_eq!(click(strip.x + 8, parts.pan), Some(Action::SetPan(1, 1.0)));
        assert_eq!(click(strip.x + 1, parts.buttons), Some(Action::MuteAt(1)));
        assert_eq!(click(strip.x + 7, parts.buttons), Some(Action::SoloAt(1)));
        assert_eq!(click(strip.x, parts.label), Some(Action::Select(1)));
        // Between two strips, and outside.
        assert_eq!(click(strip.x - 1, parts.label), None);
        assert_eq!(click(strip.x, 0), None);
    }

    #[test]
    fn a_click_where_the_knob_is_leaves_it_there_roughly() {
        let layout = layout(80, 3, 0, 0);
        let (_, strip) = layout.strips[0];
        let fader = Parts::of(strip).fader;
        for row in fader.y..fader.bottom() {
            match layout.clicked(Position::new(strip.x, row), false) {
                Some(Action::SetFader(0, db)) => assert_eq!(row_of(fader, db), row),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!([-1.0, 0.0, 1.0].map(pan_column), [1, 4, 7]);
    }
}
