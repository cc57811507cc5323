//! The mixdown example, run as a user would.
#![cfg(feature = "files")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// Recordings of the Debian package alsa-utils.
const RECORDINGS: &str = "/usr/share/sounds/alsa";

/// Cargo builds examples into a folder beside that of the test programs.
fn program() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let profile = test.parent().and_then(Path::parent).unwrap();
    let program = profile
        .join("examples")
        .join(format!("mixdown{}", std::env::consts::EXE_SUFFIX));
    assert!(
        program.exists(),
        "{} is missing: run `cargo build --example mixdown` first, or all tests with `cargo test`",
        program.display()
    );
    program
}

fn mixdown(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(program())
        .current_dir(folder)
        .args(arguments)
        .output()
        .unwrap()
}

/// The lines of the table as lists of words: one a bus, then the sum.
fn mix(folder: &Path, arguments: &[&str]) -> Vec<Vec<String>> {
    let output = mixdown(folder, arguments);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    // Standard error is no terminal here, so no progress bar either.
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    let table = String::from_utf8(output.stdout).unwrap();
    let mut lines = table
        .lines()
        .map(|line| line.split_whitespace().map(str::to_owned).collect());
    let header: Vec<String> = lines.next().unwrap();
    assert_eq!(header[..3], ["bus", "source", "control"]);
    let mut lines: Vec<Vec<String>> = lines.collect();
    let speed = lines.pop().unwrap().join(" ");
    assert!(speed.ends_with("times real time"), "{speed}");
    assert_eq!(lines.last().unwrap()[0], "sum");
    lines
}

fn number(line: &[String], column: usize) -> f64 {
    line[column]
        .parse()
        .unwrap_or_else(|_| panic!("column {column} of {line:?} is no number"))
}

fn recording(name: &str) -> PathBuf {
    let path = Path::new(RECORDINGS).join(name);
    assert!(
        path.exists(),
        "{} is missing: it comes with the Debian package alsa-utils (make deps installs it)",
        path.display()
    );
    path
}

fn sox(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("sox")
        .current_dir(folder)
        .args(arguments)
        .output()
        .unwrap_or_else(|error| panic!("this test needs sox (make deps installs it): {error}"));
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "sox {arguments:?}: {message}");
    message
}

/// Has sox make a WAV file that does not clip.
fn to_float(folder: &Path, input: &[&str], output: &str, effects: &[&str]) {
    sox(
        folder,
        &[input, &["-e", "float", "-b", "32", output], effects].concat(),
    );
}

fn frames(folder: &Path, wav: &str) -> u32 {
    hound::WavReader::open(folder.join(wav)).unwrap().duration()
}

/// Peak and RMS over all channels, in dBFS, as sox measures them.
fn sox_levels(folder: &Path, file: &str) -> [f64; 2] {
    let report = sox(folder, &[file, "-n", "stats"]);
    ["Pk lev dB", "RMS lev dB"].map(|name| {
        let line = report.lines().find(|line| line.starts_with(name)).unwrap();
        line[name.len()..]
            .split_whitespace()
            .next()
            .unwrap()
            .parse()
            .unwrap()
    })
}

fn assert_near(found: f64, expected: f64, what: &str) {
    assert!(
        (found - expected).abs() < 0.1,
        "{what}: {found} dB, sox has {expected} dB"
    );
}

fn files(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn without_stems_it_mixes_four_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let lines = mix(folder.path(), &["-o", "mix.wav"]);
    assert_eq!(files(folder.path()), ["mix.wav"]);

    let names: Vec<&str> = lines.iter().map(|line| line[1].as_str()).collect();
    assert_eq!(names[..4], ["drums", "bass", "chords", "voice"]);
    for (bus, line) in lines[..4].iter().enumerate() {
        assert_eq!(line[0], bus.to_string());
        assert_eq!(line[2], "connection");
        assert!(number(line, 6) > -40.0, "{line:?} is not audible");
    }
    let sum_peak = number(&lines[4], 1);
    assert!(
        (-12.0..0.0).contains(&sum_peak),
        "the sum peaks at {sum_peak} dBFS"
    );

    let mut wav = hound::WavReader::open(folder.path().join("mix.wav")).unwrap();
    assert_eq!((wav.spec().sample_rate, wav.spec().channels), (48_000, 2));
    assert_eq!(wav.spec().sample_format, hound::SampleFormat::Float);
    assert_eq!(wav.duration(), 8 * 48_000);
    let peak = wav
        .samples::<f32>()
        .fold(0.0_f32, |peak, sample| peak.max(sample.unwrap().abs()));
    assert!((20.0 * f64::from(peak).log10() - sum_peak).abs() < 0.01);
}

#[test]
fn recordings_mix_as_sox_mixes_them() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let [voice, noise] = ["Front_Left.wav", "Noise.wav"].map(recording);
    let [voice, noise] = [voice, noise].map(|path| path.to_str().unwrap().to_owned());
    let lines = mix(
        folder,
        &[
            &format!("{voice}:vol=0.8,pan=-0.3"),
            &format!("{noise}:gain=-12,pan=0.5"),
            "-o",
            "mix.wav",
        ],
    );

    // A mono stem goes to both sides; its pan takes from the far one.
    let near = 10_f64.powf(-12.0 / 20.0);
    let (left, right) = (format!("1v{}", near * 0.5), format!("1v{near}"));
    to_float(folder, &[&voice], "0.wav", &["remix", "1v0.8", "1v0.56"]);
    to_float(folder, &[&noise], "1.wav", &["remix", &left, &right]);
    let both = ["-m", "-v", "1", "0.wav", "-v", "1", "1.wav"];
    to_float(folder, &both, "sum.wav", &[]);

    let longest = frames(folder, "sum.wav");
    assert_eq!(frames(folder, "mix.wav"), longest);
    for (line, file) in lines.iter().zip(["0.wav", "1.wav", "sum.wav"]) {
        // A bus alone is as long as the mix: sox's is padded, so that its RMS is of that time too.
        let padding = format!("{}s", longest - frames(folder, file));
        to_float(folder, &[file], "padded.wav", &["pad", "0", &padding]);
        let [peak, rms] = sox_levels(folder, "padded.wav");
        let first = line.len() - 2;
        assert_near(number(line, first), peak, &format!("peak of {file}"));
        assert_near(number(line, first + 1), rms, &format!("RMS of {file}"));
    }
    let [peak, rms] = sox_levels(folder, "mix.wav");
    assert_near(number(&lines[2], 1), peak, "peak of the mix");
    assert_near(number(&lines[2], 2), rms, "RMS of the mix");
}

#[test]
fn a_muted_bus_is_silent_and_the_others_are_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    let noise = recording("Noise.wav").to_str().unwrap().to_owned();
    let voice = recording("Front_Left.wav").to_str().unwrap().to_owned();
    let muted = format!("{noise}:mute");
    let lines = mix(folder.path(), &[&muted, &voice, "-o", "mix.wav"]);
    assert_eq!(lines[0][5..], ["-inf", "-inf", "muted"]);
    assert_eq!(lines[1][5..], lines[2][1..]);

    let unmuted = format!("{noise}:mute=false");
    let lines = mix(folder.path(), &[&unmuted, &voice, "-o", "mix.wav"]);
    assert!(number(&lines[0], 6) > -60.0);
    let silent = format!("{noise}:gain=-inf");
    let lines = mix(folder.path(), &[&silent, &voice, "-o", "mix.wav"]);
    assert_eq!(lines[0][3..], ["-inf", "0.00", "-inf", "-inf"]);
}

#[test]
fn colons_belong_to_the_path_unless_settings_follow() {
    let folder = tempfile::tempdir().unwrap();
    let source = recording("Noise.wav");
    for name in ["take:2.wav", "a:mute", "b:x=1,c.wav"] {
        fs::copy(&source, folder.path().join(name)).unwrap();
    }
    // What looks like settings is told apart from them by settings of its own.
    let lines = mix(
        folder.path(),
        &[
            "take:2.wav",
            "take:2.wav:vol=0.5",
            "a:mute:pan=0",
            "b:x=1,c.wav:vol=1,pan=0",
            "-o",
            "m.wav",
        ],
    );
    let found: Vec<[&str; 2]> = lines[..4]
        .iter()
        .map(|line| [&*line[1], &*line[3]])
        .collect();
    assert_eq!(
        found,
        [
            ["take:2.wav", "0.00"],
            ["take:2.wav", "-6.02"],
            ["a:mute", "0.00"],
            ["b:x=1,c.wav", "0.00"]
        ]
    );
}

#[test]
fn the_plot_is_a_drawing_of_all_buses() {
    let folder = tempfile::tempdir().unwrap();
    let odd = "<a> & \"b\".wav";
    fs::copy(recording("Noise.wav"), folder.path().join(odd)).unwrap();
    let voice = recording("Front_Left.wav");
    mix(
        folder.path(),
        &[
            odd,
            voice.to_str().unwrap(),
            "-o",
            "mix.wav",
            "--plot",
            "mix.svg",
            "--rate",
            "44100",
        ],
    );
    assert_eq!(files(folder.path()), [odd, "mix.svg", "mix.wav"]);
    let svg = fs::read_to_string(folder.path().join("mix.svg")).unwrap();
    let texts = well_formed(&svg);
    for name in [
        "&lt;a&gt; &amp; &quot;b&quot;.wav",
        "Front_Left.wav",
        "sum",
        "mix.wav",
        "time in s",
    ] {
        assert!(
            texts.iter().any(|text| text.contains(name)),
            "{name} is not among {texts:?}"
        );
    }
    assert_eq!(svg.matches("<polygon").count(), 3);
}

/// Checks that tags close in order and no stray marks are left, and returns the texts.
fn well_formed(xml: &str) -> Vec<String> {
    let mut open = Vec::new();
    let mut texts = Vec::new();
    for piece in xml.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap();
        assert!(!text.contains('>'), "stray mark after {tag}");
        for entity in text.split('&').skip(1) {
            let known = ["lt;", "gt;", "amp;", "quot;", "apos;"];
            assert!(
                known.iter().any(|known| entity.starts_with(known)),
                "bare & in {text}"
            );
        }
        let name = tag.split_whitespace().next().unwrap();
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "{name} closes what is not open");
        } else if !tag.ends_with('/') && !tag.starts_with('?') {
            assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
            open.push(name);
        }
        if !text.trim().is_empty() {
            texts.push(text.trim().to_owned());
        }
    }
    assert!(open.is_empty(), "{open:?} stay open");
    texts
}

/// Files for the error cases.
fn damaged() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let noise = fs::read(recording("Noise.wav")).unwrap();
    fs::write(path("ok.wav"), &noise).unwrap();
    fs::write(path("cut.wav"), &noise[..noise.len() / 2]).unwrap();
    fs::write(path("empty.wav"), "").unwrap();
    fs::write(path("text.wav"), "This is no sound.\n".repeat(100)).unwrap();
    folder
}

#[test]
fn a_bad_stem_is_named_in_one_line_and_nothing_is_written() {
    for (argument, reason) in [
        ("missing.wav", "cannot read missing.wav"),
        ("empty.wav", "it is empty"),
        ("text.wav:pan=1", "not an audio file"),
        ("cut.wav", "is cut short"),
        (".", "cannot read"),
        ("ok.wav:vol=2", "volume 2 is not in 0 to 1"),
        ("ok.wav:vol=-0.1", "volume -0.1 is not in 0 to 1"),
        ("ok.wav:vol=loud", "vol 'loud' is not a number"),
        ("ok.wav:vol", "vol has no value"),
        ("ok.wav:pan=nan", "pan NaN is not in -1 to 1"),
        ("ok.wav:pan=1.5", "pan 1.5 is not in -1 to 1"),
        ("ok.wav:gain=3", "gain 3 dB is not in -inf to 0"),
        ("ok.wav:gain=nan", "gain NaN dB is not in -inf to 0"),
        ("ok.wav:mute=maybe", "mute 'maybe' is not true or false"),
        ("ok.wav:volume=1", "unknown key 'volume'"),
        ("ok.wav:vol=1,", "unknown key ''"),
        ("ok.wav:vol=1,gain=0", "vol and gain are one fader"),
        ("ok.wav:pan=0,pan=0", "pan is given twice"),
        (":vol=1", "there is no file name"),
    ] {
        let folder = damaged();
        let before = files(folder.path());
        let arguments = ["ok.wav", argument, "-o", "mix.wav", "--plot", "mix.svg"];
        refuses(folder.path(), &arguments, argument, reason);
        assert_eq!(files(folder.path()), before, "{argument}");

        fs::write(folder.path().join("mix.wav"), "kept").unwrap();
        fs::write(folder.path().join("mix.svg"), "kept").unwrap();
        refuses(folder.path(), &arguments, argument, reason);
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
    ] {
        let output = mixdown(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert_eq!(files(folder.path()), before, "{arguments:?}");
    }
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
}
