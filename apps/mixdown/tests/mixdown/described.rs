//! Mixes described by a TOML file: what they sound like, and what is refused.

use std::fs;
use std::path::Path;

use super::program::*;

const SECOND: usize = 48_000;

/// Two mono stems of one second, in a folder of their own.
fn prepare(folder: &Path, toml: &str) {
    fs::create_dir_all(folder.join("song/takes")).unwrap();
    write_wav(&folder.join("song/takes/half.wav"), SECOND as u32, |_| {
        [0.5]
    });
    write_wav(&folder.join("song/quarter.wav"), SECOND as u32, |_| [0.25]);
    fs::write(folder.join("song/mix.toml"), toml).unwrap();
}

/// The left side of the mix.
fn left(folder: &Path, more: &[&str]) -> Vec<f32> {
    let arguments = [&["--mix", "song/mix.toml", "-o", "mix.wav"], more].concat();
    mix(folder, &arguments);
    let samples = read_wav(&folder.join("mix.wav"));
    samples.chunks(2).map(|frame| frame[0]).collect()
}

fn assert_heard(samples: &[f32], heard: &[(f64, f32)]) {
    assert_eq!(samples.len(), SECOND);
    for (time, value) in heard {
        let sample = samples[(time * SECOND as f64) as usize];
        assert!(
            (sample - value).abs() < 1e-3,
            "{sample} at {time} s, not {value}"
        );
    }
}

#[test]
fn fades_groups_and_scenes_are_heard_when_the_file_says() {
    let folder = tempfile::tempdir().unwrap();
    prepare(
        folder.path(),
        r#"
[[stem]]
name = "half"
file = "takes/half.wav"
fades = [{ at = 0.1, volume = 0, over = 0.2 }, { at = 0.3, gain = "0 dB", over = 0 }]

[[stem]]
file = "quarter.wav"
gain = 6.0206
mute = true

[[group]]
name = "both"
stems = ["half", "quarter.wav"]
fades = [{ at = 0.5, volume = 0.5, over = 0.1 }]

[[scene]]
at = 0.7
over = 0.1
stems.half = { volume = 0.5, pan = 1 }
stems."quarter.wav".mute = false
groups.both.volume = 1
master.gain = -6.0206

[master]
volume = 1.0
fades = [{ at = 0.9, volume = 1, over = 0.05, curve = "equal-power" }]
"#,
    );
    let samples = left(folder.path(), &[]);
    assert_heard(
        &samples,
        &[
            (0.05, 0.5),
            (0.2, 0.25),
            (0.2999, 0.0),
            (0.35, 0.5),
            (0.55, 0.375),
            (0.65, 0.25),
            // Half of the quarter doubled; the half is on the right.
            (0.85, 0.25),
            (0.97, 0.5),
        ],
    );
}

#[test]
fn sends_come_back_and_files_of_the_command_line_follow() {
    let folder = tempfile::tempdir().unwrap();
    prepare(
        folder.path(),
        r#"
[[stem]]
file = "takes/half.wav"
volume = 0.5
sends = [{ to = "echo", volume = 0.5 }, { to = "cue", gain = -6.0206, tap = "pre" }]

[[return]]
name = "echo"

[[return]]
name = "cue"
gain = "-6.0206 dB"
fades = [{ at = 0.5, volume = 0 }]
"#,
    );
    // Dry 0.25, after the fader 0.125, before it 0.125 and none at the end.
    let samples = left(folder.path(), &["song/quarter.wav:pan=1"]);
    assert_heard(&samples, &[(0.4, 0.5), (0.6, 0.375)]);
    let samples = left(
        folder.path(),
        &["song/quarter.wav:pan=-1", "--master=-6.0206"],
    );
    assert_heard(&samples, &[(0.4, 0.375), (0.6, 0.3125)]);
}

#[test]
fn a_bad_file_is_named_with_the_place_and_nothing_is_written() {
    let stem = "[[stem]]\nfile = \"quarter.wav\"\n";
    for (toml, reason) in [
        ("[[stem]\n", "line 1: "),
        ("\n[[stem]]\nfil = 'a.wav'\n", "line 3: unknown field `fil`"),
        ("[[stem]]\n", "stem 0 has neither a name nor a file"),
        ("[[stem]]\nname = 'a'\n", "stem a has no file"),
        ("", "there are no stems"),
        (
            &format!("{stem}gain = 'loud'\n"),
            "is not a number of decibels",
        ),
        (
            &format!("{stem}gain = 13\n"),
            "gain 13 dB is not in -inf to 12.04",
        ),
        (
            &format!("{stem}volume = 4.5\n"),
            "stem quarter.wav: volume 4.5 is not in 0 to 4",
        ),
        (
            &format!("{stem}volume = 1\ngain = 0\n"),
            "volume and gain are one fader",
        ),
        (&format!("{stem}pan = -1.5\n"), "pan -1.5 is not in -1 to 1"),
        (
            &format!("{stem}fades = [{{ at = 1 }}]\n"),
            "the fade at 1 s has no target",
        ),
        (
            &format!("{stem}fades = [{{ at = -1, pan = 0 }}]\n"),
            "-1 s is not in 0 to 86400",
        ),
        (
            &format!("{stem}fades = [{{ at = 1, pan = 2 }}]\n"),
            "pan 2 is not in -1 to 1",
        ),
        (
            &format!("{stem}sends = [{{ to = 'aux' }}]\n"),
            "there is no return aux",
        ),
        (
            &format!("{stem}[[return]]\nname = 'room'\n"),
            "return room: nothing is sent to it",
        ),
        (
            &format!("{stem}[[group]]\nname = 'g'\nstems = ['x']\n"),
            "group g: there is no stem x",
        ),
        (
            &format!("{stem}[[scene]]\nat = 1\ngroups.g.volume = 1\n"),
            "there is no group g",
        ),
        (
            &format!("{stem}[[scene]]\nat = 1\nmaster.volume = 5\n"),
            "scene at 1 s: ",
        ),
        (
            &format!("{stem}{stem}[[scene]]\nat = 1\nstems.'quarter.wav'.pan = 0\n"),
            "several stems",
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        prepare(folder, toml);
        let output = mixdown(folder, &["--mix", "song/mix.toml", "-o", "mix.wav"]);
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{toml}: {message}");
        assert_eq!(message.lines().count(), 1, "{message}");
        assert!(message.contains(reason), "{toml}: {message}");
        assert_eq!(files(folder), ["song"], "{toml}");
    }
}
