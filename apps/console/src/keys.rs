//! Keys.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use crate::action::Action;

/// What the console waits for.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Mode {
    #[default]
    Mixing,
    Help,
    /// For the number of a scene to be stored.
    Store,
    /// For the number of a group.
    Group,
    /// For a channel's new label.
    Label(String),
}

/// Decibels of a fader's step, and of a short and a long one.
const STEP: f32 = 1.0;
const SHORT: f32 = 0.1;
const LONG: f32 = 6.0;
const PAN_STEP: f32 = 0.05;
const SEEK: f64 = 5.0;

/// What a key does.
pub(crate) fn action(mode: &Mode, key: KeyEvent) -> Option<Action> {
    if key.kind == KeyEventKind::Release {
        return None;
    }
    if key.modifiers.contains(KeyModifiers::CONTROL) {
        return match key.code {
            KeyCode::Char('c') => Some(Action::Quit),
            KeyCode::Char('l') => Some(Action::Redraw),
            _ => None,
        };
    }
    match mode {
        Mode::Mixing => mixing(key),
        Mode::Help => Some(Action::Dismiss),
        Mode::Store => Some(digit(key.code).map_or(Action::Dismiss, Action::Store)),
        Mode::Group => Some(match (digit(key.code), key.code) {
            (Some(group), _) => Action::Member(group),
            (None, KeyCode::Char('n')) => Action::NewGroup,
            _ => Action::Dismiss,
        }),
        Mode::Label(_) => match key.code {
            KeyCode::Char(letter) => Some(Action::Type(letter)),
            KeyCode::Backspace => Some(Action::Erase),
            KeyCode::Enter => Some(Action::Enter),
            KeyCode::Esc => Some(Action::Dismiss),
            _ => None,
        },
    }
}

/// 1 to 9, counted from 0.
fn digit(code: KeyCode) -> Option<usize> {
    match code {
        KeyCode::Char(digit @ '1'..='9') => Some(digit as usize - '1' as usize),
        _ => None,
    }
}

fn mixing(key: KeyEvent) -> Option<Action> {
    let shifted = key.modifiers.contains(KeyModifiers::SHIFT);
    if let Some(scene) = digit(key.code) {
        return Some(if key.modifiers.contains(KeyModifiers::ALT) {
            Action::Store(scene)
        } else {
            Action::Recall(scene)
        });
    }
    Some(match key.code {
        KeyCode::Left => Action::Move(-1),
        KeyCode::Right => Action::Move(1),
        KeyCode::Home => Action::First,
        KeyCode::End => Action::Last,
        KeyCode::Up if shifted => Action::Nudge(SHORT),
        KeyCode::Down if shifted => Action::Nudge(-SHORT),
        KeyCode::Up => Action::Nudge(STEP),
        KeyCode::Down => Action::Nudge(-STEP),
        KeyCode::PageUp => Action::Nudge(LONG),
        KeyCode::PageDown => Action::Nudge(-LONG),
        KeyCode::Tab => Action::Layer(1),
        KeyCode::BackTab => Action::Layer(-1),
        KeyCode::Enter => Action::Rewind,
        KeyCode::Esc => Action::Dismiss,
        KeyCode::Char(letter) => return letter_action(letter),
        _ => return None,
    })
}

fn letter_action(letter: char) -> Option<Action> {
    Some(match letter {
        '?' => Action::Help,
        'q' => Action::Quit,
        ' ' => Action::PlayOrHalt,
        '+' | '=' => Action::Nudge(SHORT),
        '-' => Action::Nudge(-SHORT),
        '0' => Action::Unity,
        'x' => Action::Close,
        ',' => Action::Pan(-PAN_STEP),
        '.' => Action::Pan(PAN_STEP),
        'c' => Action::Center,
        'm' => Action::Mute,
        's' => Action::Solo,
        'S' => Action::ClearSolo,
        '<' => Action::Seek(-SEEK),
        '>' => Action::Seek(SEEK),
        'l' => Action::Loop,
        'a' => Action::Follow,
        'r' => Action::Record,
        'w' => Action::AskStore,
        't' => Action::FadeTime(1),
        'T' => Action::FadeTime(-1),
        'p' => Action::SendTap,
        'g' => Action::AskGroup,
        'n' => Action::AskLabel,
        'v' => Action::ResetMeters,
        _ => return None,
    })
}

/// Keys and what they do, for the help: as `action` has it.
pub(crate) const HELP: [(&str, &str); 21] = [
    ("space", "play, halt"),
    ("enter", "back to the beginning"),
    ("< >", "5 seconds back, forward"),
    ("l", "loop"),
    ("a", "the mix's automation, on or off"),
    ("r", "record the mix"),
    ("left right", "select a channel; home, end"),
    ("up down", "fader by 1 dB; shift or + -: 0.1"),
    ("page up, down", "fader by 6 dB"),
    ("0 x", "fader to 0 dB, closed"),
    (", . c", "pan left, right, centre"),
    ("m s", "mute, solo"),
    ("S", "no solo at all"),
    ("tab", "sends on the faders; p: pre, post"),
    ("1 to 9", "fade to a scene"),
    ("w, then 1 to 9", "store a scene; or alt and digit"),
    ("t T", "longer, shorter fades to scenes"),
    ("g, then 1 to 9", "into, out of a group; n: a new one"),
    ("n", "label"),
    ("v", "reset clips and held peaks"),
    ("q", "quit; ctrl-l: draw anew"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn press(mode: &Mode, code: KeyCode, modifiers: KeyModifiers) -> Option<Action> {
        action(mode, KeyEvent::new(code, modifiers))
    }

    #[test]
    fn keys_mix() {
        let plain = |code| press(&Mode::Mixing, code, KeyModifiers::NONE);
        assert_eq!(plain(KeyCode::Up), Some(Action::Nudge(1.0)));
        assert_eq!(plain(KeyCode::Char('.')), Some(Action::Pan(0.05)));
        assert_eq!(plain(KeyCode::Char('1')), Some(Action::Recall(0)));
        assert_eq!(plain(KeyCode::Char('9')), Some(Action::Recall(8)));
        assert_eq!(plain(KeyCode::Char('0')), Some(Action::Unity));
        assert_eq!(plain(KeyCode::F(3)), None);
        let shift = press(&Mode::Mixing, KeyCode::Down, KeyModifiers::SHIFT);
        assert_eq!(shift, Some(Action::Nudge(-0.1)));
        let alt = press(&Mode::Mixing, KeyCode::Char('2'), KeyModifiers::ALT);
        assert_eq!(alt, Some(Action::Store(1)));
        let control = press(&Mode::Mixing, KeyCode::Char('m'), KeyModifiers::CONTROL);
        assert_eq!(control, None);
    }

    #[test]
    fn questions_take_the_keys() {
        let plain = |mode: &Mode, letter| press(mode, KeyCode::Char(letter), KeyModifiers::NONE);
        assert_eq!(plain(&Mode::Store, '3'), Some(Action::Store(2)));
        assert_eq!(plain(&Mode::Store, 'q'), Some(Action::Dismiss));
        assert_eq!(plain(&Mode::Group, 'n'), Some(Action::NewGroup));
        assert_eq!(plain(&Mode::Help, 'm'), Some(Action::Dismiss));
        let label = Mode::Label("a".to_owned());
        assert_eq!(plain(&label, 'q'), Some(Action::Type('q')));
        let quit = press(&label, KeyCode::Char('c'), KeyModifiers::CONTROL);
        assert_eq!(quit, Some(Action::Quit));
    }

    #[test]
    fn a_released_key_does_nothing() {
        let released =
            KeyEvent::new_with_kind(KeyCode::Up, KeyModifiers::NONE, KeyEventKind::Release);
        assert_eq!(action(&Mode::Mixing, released), None);
    }
}
