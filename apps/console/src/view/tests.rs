//! What is drawn, as text.

use ratatui::backend::TestBackend;
use ratatui::Terminal;

use super::*;
use crate::meter::Needles;
use crate::shown::{Kind, Strip};

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
        " no device | late 0 | load 1.2 % (max 50) | 256 frames | 48000 Hz",
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
        for (width, height) in (0..100).flat_map(|width| [(width, 0), (width, 3), (width, 40)]) {
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
