//! What does not work is said on one line.

use std::process::{Command, Stdio};

use super::console;
use super::sound::write_tone;
use super::tmux::Tmux;

/// Status, standard output and standard error without a terminal.
fn without_terminal(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_perbus-console"))
        .args(arguments)
        .stdin(Stdio::null())
        .env("PERBUS_AUDIO", "pulse")
        .env("PULSE_SERVER", "unix:/nonexistent/socket")
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn without_a_terminal() {
    let (status, out, error) = without_terminal(&["--demo", "--offline"]);
    assert_eq!((status, out.as_str()), (Some(2), ""));
    assert_eq!(
        error,
        "perbus-console: standard input: it is not a terminal\n"
    );
    let (status, out, _) = without_terminal(&["--help"]);
    assert!(status == Some(0) && out.contains("--offline"), "{out}");
    let (status, out, _) = without_terminal(&["--version"]);
    let version = format!("perbus-console {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!((status, out), (Some(0), version));
    let (status, _, error) = without_terminal(&["--list-devices"]);
    assert_eq!(status, Some(2));
    assert!(error.starts_with("perbus-console: devices: "), "{error}");
}

/// A machine without a sound card.
const NOWHERE: [(&str, &str); 2] = [
    ("PERBUS_AUDIO", "pulse"),
    ("PULSE_SERVER", "unix:/nonexistent/socket"),
];

#[test]
fn the_demo_needs_no_device() {
    let folder = tempfile::tempdir().unwrap();
    let command = console("--demo");
    let Some(tmux) = Tmux::run_in(folder, 80, 24, &command, &NOWHERE) else {
        return;
    };
    let screen = tmux.wait_text("offline: no device");
    assert!(screen.has("nothing is heard: as with --offline"));
}

#[test]
fn in_a_terminal() {
    for (arguments, line) in [
        ("tone.wav", "--offline runs without a device"),
        ("--demo --output x", "--offline runs without a device"),
        ("--offline", "there is nothing to play"),
        ("--offline missing.wav", "perbus-console: missing.wav: "),
        (
            "--offline --mix missing.toml",
            "perbus-console: missing.toml: ",
        ),
        ("--offline --demo --output x", "cannot be used with"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        write_tone(&folder.path().join("tone.wav"), 0.1);
        let Some(tmux) = Tmux::run_in(folder, 200, 24, &console(arguments), &NOWHERE) else {
            return;
        };
        let screen = tmux.wait_text("restored");
        let seen = screen.0.join("\n");
        assert!(screen.has(line) && screen.has("ended with 2"), "{seen}");
        assert!(screen.has("earlier"), "{seen}");
    }
}
