//! Keys and the mouse.

use super::console;
use super::tmux::{Screen, Tmux};

const LABELS: [&str; 7] = [
    "drums", "bass", "chords", "voice", "breath", "band", "master",
];

/// The demo, halted, on a screen that has room for one strip more.
fn demo() -> Option<Tmux> {
    let tmux = Tmux::run(90, 24, &console("--demo --offline"))?;
    tmux.wait_text("offline: no device");
    Some(tmux)
}

fn volumes(screen: &Screen) -> Vec<&str> {
    (0..7).map(|strip| screen.cell(strip, 1)).collect()
}

#[test]
fn the_demo_is_on_the_strips_and_keys_move_them() {
    let Some(tmux) = demo() else { return };
    let screen = tmux.screen();
    let labels: Vec<&str> = (0..7).map(|strip| screen.cell(strip, 0)).collect();
    assert_eq!(labels, LABELS);
    let begin = ["-3.1", "-6.0", "-9.1", "-8.0", "0.0", "0.0", "0.0"];
    assert_eq!(volumes(&screen), begin);
    assert!(screen.has("# halted  0:00.0 / 0:08.0  loop  automation"));
    assert_eq!([screen.low(0, 1), screen.low(5, 1)], ["band", "3 buses"]);

    tmux.press(&["Up", "Up", "-", "Right", "0", "Right", "x", "End", "PPage"]);
    let moved = tmux.wait("+6.0", |screen| screen.cell(6, 1) == "+6.0");
    assert_eq!(
        volumes(&moved),
        ["-1.2", "0.0", "-inf", "-8.0", "0.0", "0.0", "+6.0"]
    );
    tmux.press(&["PPage", "PPage"]);
    tmux.wait("+12.0", |screen| screen.cell(6, 1) == "+12.0");

    tmux.press(&["Home", "m", "s", "Right", "s", ",", ",", ",", "S"]);
    tmux.press(&["Right", "s", "c"]);
    let pressed = tmux.wait("centre", |screen| screen.low(2, 3) == "L---o---R");
    let buttons: Vec<&str> = (0..7).map(|strip| pressed.low(strip, 2)).collect();
    assert_eq!(
        buttons,
        ["[M]  s", "m   s", "m  [S]", "m   s", "m   s", "m   s", ""]
    );
    assert_eq!(pressed.low(1, 3), "L--o+---R");
}

#[test]
fn the_mouse_moves_them_too() {
    let Some(tmux) = demo() else { return };
    // Rows of the screen: label 1, volume 2, peak 3, fader 4 to 17, pan 18, buttons 19, note 20.
    tmux.click(4 + 20 + 2, 19);
    tmux.wait("a mute", |screen| screen.low(2, 2) == "[M]  s");
    tmux.click(4 + 20 + 6, 19);
    tmux.wait("a solo", |screen| screen.low(2, 2) == "[M] [S]");
    tmux.click(4 + 1, 18);
    tmux.wait("a pan", |screen| screen.low(0, 3) == "Lo--+---R");
    tmux.click(4 + 10 + 2, 4);
    tmux.wait("a fader", |screen| screen.cell(1, 1) == "+12.0");
    tmux.click(4 + 10 + 2, 17);
    tmux.wait("a closed fader", |screen| screen.cell(1, 1) == "-inf");
    tmux.drag(4 + 10 + 2, 17, 4);
    tmux.wait("a dragged fader", |screen| screen.cell(1, 1) == "+12.0");
    tmux.wheel(4 + 40 + 2, 10);
    tmux.wait("a step", |screen| screen.cell(4, 1) == "+1.0");
}

#[test]
fn scenes_are_stored_and_faded_to() {
    let Some(tmux) = demo() else { return };
    // No time, and the first scene is how the mix began.
    tmux.press(&["T", "T", "x", "m", "1"]);
    tmux.wait_text("in 0 s");
    let back = tmux.wait("the beginning", |screen| screen.cell(0, 1) == "-3.1");
    assert_eq!(back.low(0, 2), "m   s");
    tmux.press(&["0", "End", "Down", "w"]);
    tmux.wait_text("store as scene 1 to 9?");
    tmux.press(&["3"]);
    tmux.wait_text("stored as scene 3");
    tmux.wait_text("scenes 1 2 3 .");
    tmux.press(&["1"]);
    tmux.wait("the beginning", |screen| screen.cell(0, 1) == "-3.1");
    // Over two seconds, values in between are seen.
    tmux.press(&["t", "t", "t", "3"]);
    tmux.wait_text("in 2 s");
    tmux.wait("a fade", |screen| {
        !["-3.1", "0.0"].contains(&screen.cell(0, 1))
    });
    let end = tmux.wait("its end", |screen| screen.cell(0, 1) == "0.0");
    assert_eq!(end.cell(1, 1), "-6.0");
    tmux.wait("its end", |screen| screen.cell(6, 1) == "-1.0");
    tmux.press(&["8"]);
    tmux.wait_text("there is no scene 8");
}

#[test]
fn sends_are_on_the_faders_and_groups_are_made() {
    let Some(tmux) = demo() else { return };
    tmux.press(&["Tab"]);
    let sends = tmux.wait_text("faders: sends to breath");
    assert_eq!([sends.cell(0, 1), sends.cell(3, 1)], ["no send", "+6.0"]);
    assert_eq!(sends.low(3, 1), "post");
    tmux.press(&["m"]);
    tmux.wait_text("it has no send here");
    tmux.press(&["Up", "PPage", "Right", "Right", "Right", "p"]);
    let sent = tmux.wait("pre", |screen| screen.low(3, 1) == "pre");
    assert_eq!(sent.cell(0, 1), "-54.0");
    tmux.press(&["Tab"]);
    tmux.wait("the faders", |screen| screen.cell(1, 1) == "-6.0");

    tmux.press(&["g"]);
    tmux.wait_text("into or out of group");
    tmux.press(&["n"]);
    let grouped = tmux.wait("a group", |screen| screen.cell(6, 0) == "group 2");
    assert_eq!([grouped.low(3, 1), grouped.low(6, 1)], ["group 2", "1 bus"]);
    tmux.press(&["g", "1"]);
    tmux.wait("two groups", |screen| screen.low(3, 1) == "band+grou");
    tmux.press(&["g", "2"]);
    tmux.wait("one group", |screen| screen.low(3, 1) == "band");

    tmux.press(&["n", "BSpace", "BSpace", "q", "?", "Enter"]);
    tmux.wait("a label", |screen| screen.cell(3, 0) == "voiq?");
    tmux.press(&["?"]);
    tmux.wait_text("fader by 6 dB");
    tmux.press(&["q"]);
    tmux.wait("the desk", |screen| screen.cell(3, 0) == "voiq?");
}

#[test]
fn it_plays_and_scrolls() {
    let mix = r#"
[[stem]]
name = "first"
file = "tone.wav"
fades = [{ at = 0.2, gain = -20, over = 0.1 }]

[[scene]]
at = 0.4
stems.first.pan = 1
"#;
    let folder = tempfile::tempdir().unwrap();
    super::sound::write_tone(&folder.path().join("tone.wav"), 1.0);
    std::fs::write(folder.path().join("mix.toml"), mix).unwrap();
    let more = "tone.wav ".repeat(11);
    let arguments = format!("--mix mix.toml {more} --offline");
    let Some(tmux) = Tmux::run_in(folder, 80, 24, &console(&arguments), &[]) else {
        return;
    };
    tmux.wait_text("# halted  0:00.0 / 0:01.0");
    tmux.press(&["Space"]);
    let end = tmux.wait("the end", |screen| {
        screen.has("# halted  0:00.0") && screen.cell(0, 1) == "-20.0"
    });
    assert_eq!(end.low(0, 3), "L---+--oR");
    // Back at the beginning, with what the automation has there.
    tmux.press(&["Enter"]);
    let begin = tmux.wait("the beginning", |screen| screen.cell(0, 1) == "0.0");
    assert_eq!(begin.low(0, 3), "L---o---R");
    assert!(begin.has(">") && begin.has("6>"));
    tmux.press(&["End", "Left"]);
    tmux.wait("the last strip", |screen| screen.0[1].starts_with("<6"));
}
