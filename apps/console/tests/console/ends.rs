//! However it ends, the terminal is as it was.

use std::process::Command;

use super::console;
use super::tmux::Tmux;

fn ended(tmux: &Tmux, status: &str) {
    let screen = tmux.wait_text("restored");
    assert!(screen.has("earlier") && screen.has(&format!("ended with {status}")));
    assert!(!screen.has("perbus-console  "), "{}", screen.0.join("\n"));
}

#[test]
fn by_a_key() {
    for key in ["q", "C-c"] {
        let Some(tmux) = Tmux::run(80, 24, &console("--demo --offline --play")) else {
            return;
        };
        tmux.wait_text("> playing");
        tmux.press(&[key]);
        ended(&tmux, "0");
    }
}

#[test]
fn by_a_signal() {
    for (signal, status) in [("TERM", "143"), ("HUP", "129"), ("INT", "130")] {
        let Some(tmux) = Tmux::run(80, 24, &console("--demo --offline")) else {
            return;
        };
        tmux.wait_text("offline: no device");
        let sent = Command::new("kill")
            .args(["-s", signal, &tmux.program()])
            .status();
        assert!(sent.unwrap().success());
        ended(&tmux, status);
    }
}

#[test]
fn sizes_come_and_go() {
    let Some(tmux) = Tmux::run(80, 24, &console("--demo --offline --play")) else {
        return;
    };
    tmux.wait_text("> playing");
    for (width, height) in [(30, 10), (1, 1), (44, 15), (2, 40), (200, 2)] {
        tmux.resize(width, height);
        match (width, height) {
            (30, 10) => drop(tmux.wait_text("44x15 at least")),
            (44, 15) => drop(tmux.wait_text("master")),
            (200, 2) => drop(tmux.wait_text("200x2 is too small:")),
            _ => {}
        }
    }
    tmux.resize(80, 24);
    tmux.wait_text("offline: no device");
    tmux.press(&["?"]);
    tmux.wait_text("fader by 6 dB");
    tmux.press(&["Escape"]);
    tmux.wait("the desk", |screen| screen.cell(0, 0) == "drums");
    tmux.press(&["q"]);
    ended(&tmux, "0");
}

#[test]
fn a_recording_is_complete_after_a_signal() {
    let command = console("--demo --offline --play --record mix.wav");
    let Some(tmux) = Tmux::run(80, 24, &command) else {
        return;
    };
    tmux.wait("a second", |screen| {
        screen.has(" REC ") && !screen.has(" REC 0:00")
    });
    let sent = Command::new("kill")
        .args(["-s", "TERM", &tmux.program()])
        .status();
    assert!(sent.unwrap().success());
    ended(&tmux, "143");
    let wav = hound::WavReader::open(tmux.path().join("mix.wav")).unwrap();
    assert!(wav.duration() >= 48_000, "{} frames", wav.duration());
}
