//! Invalid stems, outputs and options: one line names them, and nothing is written.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use super::program::*;

/// Files for the error cases.
fn damaged() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let noise = fs::read(recording("Noise.wav")).unwrap();
    fs::write(path("ok.wav"), &noise).unwrap();
    fs::write(path("cut.wav"), &noise[..noise.len() / 2]).unwrap();
    fs::write(path("empty.wav"), "").unwrap();
    let made = Command::new("mkfifo").arg(path("fifo.wav")).status();
    assert!(made.unwrap().success());
    fs::write(path("text.wav"), "This is no sound.\n".repeat(100)).unwrap();
    folder
}

fn refuses(folder: &Path, arguments: &[&str], named: &str, reason: &str) {
    let output = mixdown(folder, arguments);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {message}");
    assert_eq!(output.stdout, b"", "{arguments:?}");
    assert_eq!(message.lines().count(), 1, "{arguments:?}: {message}");
    assert!(
        message.starts_with(&format!("mixdown: {named}: ")),
        "{arguments:?}: {message}"
    );
    assert!(message.contains(reason), "{arguments:?}: {message}");
    // Nobody asked for the hidden folders.
    assert!(!message.contains(".mixdown-"), "{arguments:?}: {message}");
}

#[test]
fn a_bad_stem_is_named_in_one_line_and_nothing_is_written() {
    for (argument, reason) in [
        ("missing.wav", "cannot read missing.wav"),
        ("empty.wav", "it is empty"),
        ("text.wav:pan=1", "not an audio file"),
        ("cut.wav", "is cut short"),
        (".", "cannot read"),
        ("ok.wav:vol=4.01", "volume 4.01 is not in 0 to 4"),
        ("ok.wav:vol=-0.1", "volume -0.1 is not in 0 to 4"),
        ("ok.wav:vol=loud", "vol 'loud' is not a number"),
        ("ok.wav:vol", "vol has no value"),
        ("ok.wav:pan=nan", "pan NaN is not in -1 to 1"),
        ("ok.wav:pan=1.5", "pan 1.5 is not in -1 to 1"),
        ("ok.wav:gain=13", "gain 13 dB is not in -inf to 12.04"),
        ("ok.wav:gain=nan", "gain NaN dB is not in -inf to 12.04"),
        ("ok.wav:mute=maybe", "mute 'maybe' is not true or false"),
        ("ok.wav:volume=1", "unknown key 'volume'"),
        ("ok.wav:vol=1,", "unknown key ''"),
        ("ok.wav:vol=1,gain=0", "vol and gain are one fader"),
        ("ok.wav:pan=0,pan=0", "pan is given twice"),
        (":vol=1", "there is no file name"),
        ("ok.wav:VOL=1,vol=1", "vol is given twice"),
        ("ok.wav:Volume=1", "unknown key 'Volume'"),
        ("ok.wav:gain=-6dBu", "gain '-6dBu' is not a number"),
        (
            "ok.wav:gain=+12.1dB",
            "gain 12.1 dB is not in -inf to 12.04",
        ),
        ("song:remix=gone.wav", "unknown key 'remix'"),
        ("fifo.wav", "not a regular file"),
        ("two\nlines.wav", "cannot read two\u{fffd}lines.wav"),
    ] {
        let folder = damaged();
        let before = files(folder.path());
        let arguments = ["ok.wav", argument, "-o", "mix.wav", "--plot", "mix.svg"];
        let named = argument.replace('\n', "\u{fffd}");
        refuses(folder.path(), &arguments, &named, reason);
        assert_eq!(files(folder.path()), before, "{argument}");

        fs::write(folder.path().join("mix.wav"), "kept").unwrap();
        fs::write(folder.path().join("mix.svg"), "kept").unwrap();
        refuses(folder.path(), &arguments, &named, reason);
        for name in ["mix.wav", "mix.svg"] {
            assert_eq!(
                fs::read(folder.path().join(name)).unwrap(),
                b"kept",
                "{argument}: {name}"
            );
        }
    }
}

#[test]
fn a_bad_output_is_named_in_one_line_and_nothing_is_written() {
    let folder = damaged();
    let before = files(folder.path());
    for (arguments, named, reason) in [
        (
            &["-o", "no/mix.wav"][..],
            "-o no/mix.wav",
            "No such file or directory",
        ),
        (&["-o", "."], "-o .", "is a directory"),
        (
            &["-o", "ok.wav"],
            "-o ok.wav",
            "this would replace the stem ok.wav",
        ),
        (
            &["-o", "/proc/mix.wav"],
            "-o /proc/mix.wav",
            "No such file or directory",
        ),
        (
            &["-o", "m.mp3"],
            "-o m.mp3",
            "mp3 files cannot be written, only wav, flac and ogg",
        ),
        (
            &["-o", "m.flac", "--bits", "32f"],
            "-o m.flac",
            "FLAC has integer samples",
        ),
        (&["-o", "m.ogg", "--bits", "24"], "-o m.ogg", "no --bits"),
        (
            &["-o", "m.flac", "--rate", "768000"],
            "-o m.flac",
            "cannot be written",
        ),
        (
            &["-o", "mix"],
            "-o mix",
            "the name must end with .wav, .flac or .ogg",
        ),
        (&["-o", "fifo.wav"], "-o fifo.wav", "not a regular file"),
        (
            &["-o", "m.wav", "--stems", "no/stems"],
            "--stems no/stems",
            "No such file or directory",
        ),
        (
            &["-o", "m.wav", "--stems", "text.wav"],
            "--stems text.wav",
            "not a directory",
        ),
        (
            &["-o", "0-ok.wav", "--stems", "."],
            "--stems .",
            "0-ok.wav: this is the mix's file",
        ),
        (
            &["-o", "m.wav", "--plot", "no/m.svg"],
            "--plot no/m.svg",
            "No such file or directory",
        ),
        (
            &["-o", "m.wav", "--plot", "./m.wav"],
            "--plot ./m.wav",
            "this is the mix's file",
        ),
        (
            &["-o", "m.wav", "--plot", "."],
            "--plot .",
            "not a regular file",
        ),
        (
            &["-o", "m.wav", "--plot", "ok.wav"],
            "--plot ok.wav",
            "replace the stem",
        ),
    ] {
        refuses(
            folder.path(),
            &[&["ok.wav"], arguments].concat(),
            named,
            reason,
        );
        assert_eq!(files(folder.path()), before, "{arguments:?}");
    }
}

/// As with a full disk, the system refuses to write more.
#[test]
fn a_file_that_cannot_grow_is_named_and_nothing_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let temporary = tempfile::tempdir().unwrap();
    write_wav(&folder.join("ok.wav"), 200_000, |_| [0.25]);
    fs::write(folder.join("mix.wav"), "kept").unwrap();
    for (options, named) in [
        ("-o mix.wav", "-o mix.wav"),
        ("-o -", "-o -"),
        ("-o mix.wav --normalize", "-o mix.wav"),
        ("-o - --stems stems", "-o -"),
    ] {
        let output = Command::new("sh")
            .current_dir(folder)
            .env("TMPDIR", temporary.path())
            .args(["-c", "ulimit -f 800 && exec \"$0\" ok.wav $1"])
            .args([env!("CARGO_BIN_EXE_mixdown"), options])
            .output()
            .unwrap();
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{options}: {message}");
        assert_eq!(
            message,
            format!("mixdown: {named}: File too large (os error 27)\n"),
            "{options}"
        );
        assert_eq!(files(folder), ["mix.wav", "ok.wav"], "{options}");
        assert!(files(temporary.path()).is_empty(), "{options}");
    }
    assert_eq!(fs::read(folder.join("mix.wav")).unwrap(), b"kept");
}

#[test]
fn bad_options_end_with_status_2_as_well() {
    let folder = damaged();
    let before = files(folder.path());
    for arguments in [
        &["ok.wav"][..],
        &["ok.wav", "-o", "m.wav", "--rate", "0"],
        &["ok.wav", "-o", "m.wav", "--rate", "fast"],
        &["ok.wav", "-o", "m.wav", "--block", "0"],
        &["ok.wav", "-o", "m.wav", "--loud"],
        &["ok.wav", "-o", "m.wav", "--bits", "8"],
        &["ok.wav", "-o", "m.wav", "--master", "12.1"],
        &["ok.wav", "-o", "m.wav", "--normalize=1"],
    ] {
        let output = mixdown(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert_eq!(files(folder.path()), before, "{arguments:?}");
    }
}
