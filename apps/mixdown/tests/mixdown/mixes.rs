//! The mix: its levels, bus by bus, are those that sox measures and that the table states.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::program::*;

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

/// Has sox write a WAV file that does not clip.
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

#[test]
fn without_stems_it_mixes_four_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let lines = mix(folder.path(), &["-o", "mix.wav"]);
    assert_eq!(files(folder.path()), ["mix.wav"]);

    let names: Vec<&str> = lines.iter().map(|line| line[1].as_str()).collect();
    assert_eq!(names[..5], ["drums", "bass", "chords", "voice", "breath"]);
    assert_eq!(lines.len(), 6);
    for (bus, line) in lines[..5].iter().enumerate() {
        assert_eq!(line[0], bus.to_string());
        assert_eq!(line[2], "connection");
        assert!(number(line, 6) > -40.0, "{line:?} is not audible");
    }
    let sum_peak = number(&lines[5], 1);
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
    let lines = mix(
        folder,
        &[
            &format!("{voice}:vol=0.8,pan=-0.3"),
            &format!("{noise}:gain=-12,pan=0.5"),
            "-o",
            "mix.wav",
        ],
    );

    // A mono stem goes to both sides; its pan lowers the opposite one.
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
    let [voice, noise] = ["Front_Left.wav", "Noise.wav"].map(recording);
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
    // A path that looks like settings is distinguished by settings of its own.
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

/// A stem of more than a minute is decoded while it plays; a short one next to it is in memory.
#[test]
fn long_stems_sound_like_short_ones() {
    const LONG: u32 = 61 * 48_000;
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let place = |frame: u32| (frame % 9973) as f32 / 20_000.0;
    write_wav(&folder.join("long.wav"), LONG, |frame| [place(frame)]);
    write_wav(&folder.join("short.wav"), 48_000, |_| [0.25]);
    let stems = ["long.wav:vol=0.5", "short.wav:pan=-1", "long.wav:mute"];
    let lines = mix(folder, &[&stems[..], &["-o", "mix.wav"]].concat());
    assert_eq!(lines.len(), 4);
    let mixed = read_wav(&folder.join("mix.wav"));
    assert_eq!(mixed.len(), 2 * LONG as usize);
    for (frame, sides) in (0..).zip(mixed.chunks(2)) {
        let short = if frame < 48_000 { 0.25 } else { 0.0 };
        let (left, right) = (place(frame) / 2.0 + short, place(frame) / 2.0);
        assert!((sides[0] - left).abs() < 1e-6, "frame {frame}: {sides:?}");
        assert!((sides[1] - right).abs() < 1e-6, "frame {frame}: {sides:?}");
    }

    let whole = fs::read(folder.join("long.wav")).unwrap();
    fs::write(folder.join("cut.wav"), &whole[..whole.len() / 2]).unwrap();
    fs::remove_file(folder.join("mix.wav")).unwrap();
    let output = mixdown(folder, &["short.wav", "cut.wav:vol=1", "-o", "mix.wav"]);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{message}");
    let expected = "mixdown: cut.wav:vol=1: cut.wav is cut short or damaged: it ends after 14639";
    assert!(message.starts_with(expected), "{message}");
    assert_eq!(files(folder), ["cut.wav", "long.wav", "short.wav"]);
}
