//! Signals: they end the program at once, and nothing is left behind.

use std::fs;
use std::io::Read as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};

use super::program::*;

#[test]
fn signals_remove_what_is_unfinished() {
    for (name, number) in [("INT", 2), ("TERM", 15), ("HUP", 1)] {
        let folder = tempfile::tempdir().unwrap();
        let temporary = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("mix.svg"), "kept").unwrap();
        let mut program = command(folder.path())
            .args(["-o", "-", "--plot", "mix.svg", "--stems", "stems"])
            .env("TMPDIR", temporary.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // The mix is larger than a pipe: the program waits until somebody reads it.
        let mut first = [0; 4];
        let mut output = program.stdout.take().unwrap();
        output.read_exact(&mut first).unwrap();
        assert_eq!(&first, b"RIFF");
        let unfinished = files(folder.path());
        assert_eq!(unfinished.len(), 2, "{unfinished:?}");
        assert!(unfinished[0].starts_with(".mixdown-"), "{unfinished:?}");
        assert_eq!(files(temporary.path()).len(), 1);

        let sent = Command::new("sh")
            .args(["-c", &format!("kill -{name} {}", program.id())])
            .status();
        assert!(sent.unwrap().success());
        let ended = program.wait_with_output().unwrap();
        assert_eq!(ended.status.signal(), Some(number), "{name}");
        assert_eq!(ended.stderr, b"", "{name}");
        assert_eq!(files(folder.path()), ["mix.svg"], "{name}");
        assert_eq!(fs::read(folder.path().join("mix.svg")).unwrap(), b"kept");
        assert!(files(temporary.path()).is_empty(), "{name}");
    }
}
