//! The other outputs: standard output, a file for each bus; and odd names.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStringExt as _;
use std::path::Path;

use super::program::*;

#[test]
fn a_dash_sends_the_file_to_standard_output_and_the_table_to_standard_error() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let temporary = tempfile::tempdir().unwrap();
    let voice = recording("Front_Left.wav");
    mix(folder, &[&voice, "-o", "mix.wav"]);
    let output = command(folder)
        .args([&voice, "-o", "-"])
        .env("TMPDIR", temporary.path())
        .output()
        .unwrap();
    assert!(output.status.success());
    assert!(output.stdout == fs::read(folder.join("mix.wav")).unwrap());
    let table = String::from_utf8(output.stderr).unwrap();
    assert!(table.starts_with("bus  source"), "{table}");
    assert_eq!(files(folder), ["mix.wav"]);
    assert!(files(temporary.path()).is_empty());
}

/// The samples of the file and of its stem are those of the same mix in float, within `apart`.
fn assert_like(folder: &Path, name: &str, options: &[&str], apart: f32) {
    mix(
        folder,
        &[options, &["-o", name, "--stems", "stems"]].concat(),
    );
    let float = read_wav(&folder.join("mix.wav"));
    let extension = Path::new(name).extension().unwrap().to_ascii_lowercase();
    let stem = folder.join("stems/0-a").with_extension(extension);
    for path in [folder.join(name), stem] {
        let buffer = perbus::File::load(&path, 48_000.0).unwrap();
        assert_eq!((buffer.frames(), buffer.format().channels()), (24_000, 2));
        for (frame, sides) in float.chunks(2).enumerate() {
            for (channel, side) in (0..).zip(sides) {
                let found = buffer.channel(channel)[frame];
                assert!((found - side).abs() <= apart, "{name}: {found}, not {side}");
            }
        }
        fs::remove_file(path).unwrap();
    }
}

#[test]
fn the_extension_says_what_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let wave = |frame: u32| (frame as f32 / 20.0).sin() * 0.5;
    write_wav(&folder.join("a.wav"), 24_000, |frame| {
        [wave(frame), wave(frame + 9)]
    });
    mix(folder, &["a.wav", "-o", "mix.wav"]);
    let step = |bits: i32| 2.0_f32.powi(1 - bits);
    // Dither is at most one step to either side, and rounding half of one.
    assert_like(folder, "mix.flac", &["a.wav"], 1.5 * step(24));
    assert_like(
        folder,
        "mix.FLAC",
        &["a.wav", "--bits", "16"],
        1.5 * step(16),
    );
    assert_like(folder, "mix.ogg", &["a.wav"], 0.03);
    assert_like(
        folder,
        "two.words.wav",
        &["a.wav", "--bits", "16"],
        1.5 * step(16),
    );
}

#[test]
fn the_version_is_that_of_the_package() {
    let folder = tempfile::tempdir().unwrap();
    let output = mixdown(folder.path(), &["--version"]);
    let version = format!("mixdown {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), version);
}

/// The samples of all stems of a folder, added up.
fn sum_of(folder: &Path, stems: &[&str]) -> Vec<f32> {
    let mut sum: Vec<f32> = Vec::new();
    for stem in stems {
        let samples = read_wav(&folder.join(stem));
        sum.resize(samples.len(), 0.0);
        sum.iter_mut().zip(samples).for_each(|(sum, it)| *sum += it);
    }
    sum
}

#[test]
fn the_stems_add_up_to_the_mix() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    mix(folder, &["-o", "mix.wav", "--stems", "stems"]);
    let names = [
        "0-drums.wav",
        "1-bass.wav",
        "2-chords.wav",
        "3-voice.wav",
        "4-breath.wav",
    ];
    assert_eq!(files(folder), ["mix.wav", "stems"]);
    assert_eq!(files(&folder.join("stems")), names);
    let (mixed, sum) = (
        read_wav(&folder.join("mix.wav")),
        sum_of(&folder.join("stems"), &names),
    );
    assert_eq!(mixed.len(), sum.len());
    let apart = mixed
        .iter()
        .zip(&sum)
        .map(|(one, other)| (one - other).abs());
    assert!(apart.fold(0.0, f32::max) < 1e-6);
    let drums = read_wav(&folder.join("stems/0-drums.wav"));
    let peak = drums.iter().fold(0.0_f32, |peak, it| peak.max(it.abs()));
    assert!(peak > 0.3, "the drums peak at {peak}");
}

/// Listening to the buses changes nothing of the sum.
#[test]
fn the_mix_is_the_same_with_and_without_stems() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    mix(folder, &["-o", "plain.wav"]);
    mix(
        folder,
        &[
            "-o",
            "heard.wav",
            "--stems",
            "stems",
            "--loudness",
            "--block",
            "512",
        ],
    );
    let plain = fs::read(folder.join("plain.wav")).unwrap();
    assert!(plain == fs::read(folder.join("heard.wav")).unwrap());
}

/// Pans that move, a scene, a mute, a group, a return with a send.
#[test]
fn stems_have_whatever_moves() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write_wav(&folder.join("a.wav"), 30_000, |frame| {
        [(frame % 480) as f32 / 1000.0]
    });
    write_wav(&folder.join("b.wav"), 20_001, |frame| {
        [0.1, (frame % 7) as f32 / 60.0]
    });
    let song = r#"
        [[stem]]
        file = "a.wav"
        fades = [{ at = 0.1, pan = -1, over = 0.2 }, { at = 0.2, volume = 0.25, over = 0.3 }]
        sends = [{ to = "room", gain = -3, tap = "pre" }]
        [[stem]]
        file = "b.wav"
        pan = 0.25
        [[return]]
        name = "room"
        pan = 1
        [[group]]
        name = "both"
        stems = ["a.wav", "room"]
        fades = [{ at = 0.05, volume = 0.5, over = 0.4 }]
        [[scene]]
        at = 0.35
        over = 0.2
        stems."a.wav" = { pan = 0.75 }
        stems."b.wav" = { mute = true, pan = -0.5 }
    "#;
    fs::write(folder.join("song.toml"), song).unwrap();
    mix(
        folder,
        &["--mix", "song.toml", "-o", "mix.wav", "--stems", "stems"],
    );
    let names = ["0-a.wav", "1-b.wav", "2-room.wav"];
    assert_eq!(files(&folder.join("stems")), names);
    let mixed = read_wav(&folder.join("mix.wav"));
    let sum = sum_of(&folder.join("stems"), &names);
    assert_eq!((mixed.len(), sum.len()), (60_000, 60_000));
    for (place, (one, other)) in mixed.iter().zip(&sum).enumerate() {
        assert!((one - other).abs() < 1e-6, "{one} and {other} at {place}");
    }
    // Before the scene, on the left alone; at the end to the right.
    let own = read_wav(&folder.join("stems/0-a.wav"));
    assert!(own[2 * 15_000 + 1].abs() < 1e-6 && own[2 * 15_000].abs() > 0.01);
    assert!((own[2 * 29_999] / own[2 * 29_999 + 1] - 0.25).abs() < 1e-5);
}

#[test]
fn stems_are_after_the_strip_and_before_the_master() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write_wav(&folder.join("a.b.wav"), 1000, |frame| {
        [frame as f32 / 1000.0]
    });
    write_wav(&folder.join("c.wav"), 500, |_| [0.25]);
    fs::create_dir(folder.join("stems")).unwrap();
    fs::write(folder.join("stems/0-a.b.wav"), "old").unwrap();
    fs::write(folder.join("stems/notes"), "kept").unwrap();
    let stems = ["a.b.wav:vol=0.5,pan=-1", "c.wav:mute"];
    let options = [
        "-o",
        "mix.wav",
        "--stems",
        "stems",
        "--master=-20",
        "--normalize",
    ];
    mix(folder, &[&stems[..], &options].concat());
    let found = files(&folder.join("stems"));
    assert_eq!(found, ["0-a.b.wav", "1-c.wav", "notes"]);
    // As long as the mix, so that they line up.
    let ramp = read_wav(&folder.join("stems/0-a.b.wav"));
    assert_eq!(ramp.len(), 2000);
    for (frame, sides) in ramp.chunks(2).enumerate() {
        assert!((sides[0] - frame as f32 / 2000.0).abs() < 1e-6);
        assert_eq!(sides[1], 0.0);
    }
    assert_eq!(read_wav(&folder.join("stems/1-c.wav")), [0.0; 2000]);
}

#[test]
fn names_may_hold_anything_and_errors_show_them() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let odd = |name: &[u8]| OsString::from_vec(name.to_vec());
    let names = [
        odd(b"two words.wav"),
        odd(b"new\nline.wav"),
        odd(b"not \xff UTF-8.wav"),
    ];
    for name in &names {
        write_wav(&folder.join(name), 100, |_| [0.25]);
    }
    let halved = names.each_ref().map(|name| {
        let mut argument = name.clone();
        argument.push(":vol=0.5");
        argument
    });
    let output = odd(b"out \xfe.wav");
    let mut arguments: Vec<&OsStr> = halved.iter().map(|it| &**it).collect();
    arguments.extend([OsStr::new("-o"), &output]);
    let made = mixdown(folder, &arguments);
    assert!(made.status.success());
    let table = String::from_utf8(made.stdout).unwrap();
    assert!(table.contains("new\u{fffd}line.wav") && table.contains("not \u{fffd} UTF-8.wav"));
    let mixed = read_wav(&folder.join(&output));
    assert!(mixed.iter().all(|sample| (sample - 0.375).abs() < 1e-6));

    let missing = odd(b"no\xffthing.wav:pan=1");
    let refused = mixdown(folder, &[&missing, OsStr::new("-o"), &output]);
    let message = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(
        message.starts_with("mixdown: no\u{fffd}thing.wav:pan=1: cannot read"),
        "{message}"
    );
}

#[test]
fn a_file_of_the_whole_name_wins_over_a_key() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write_wav(&folder.join("song:remix=final.wav"), 100, |_| [0.5]);
    write_wav(&folder.join("song:vol=0"), 100, |_| [0.25]);
    write_wav(&folder.join("song"), 100, |_| [1.0]);
    let stems = [
        "song:remix=final.wav",
        "song:vol=0",
        "song:remix=final.wav:GAIN=-6.0206 dB",
    ];
    mix(folder, &[&stems[..], &["-o", "mix.wav"]].concat());
    let mixed = read_wav(&folder.join("mix.wav"));
    assert!(mixed.iter().all(|sample| (sample - 1.0).abs() < 1e-5));
}
