//! Files that cannot be read, or not completely: a clear error, never truncated or wrong sound.

use std::fs;

use crate::tools::*;
use perbus::file::{load, FileError, FileSamples};

#[test]
fn wavs_with_too_many_channels_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wide.wav");
    let silence = [0.0; 100];
    write_raw(&path, &[&silence[..]; 65]);
    assert_eq!(hound::WavReader::open(&path).unwrap().spec().channels, 65);
    assert!(matches!(error_for(&path), FileError::Unsupported { .. }));
}

#[test]
fn what_is_not_a_file_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let (pipe, link) = (
        folder.path().join("pipe.wav"),
        folder.path().join("loop.wav"),
    );
    run("mkfifo", "coreutils", &[pipe.to_str().unwrap()]);
    std::os::unix::fs::symlink("loop.wav", &link).unwrap();
    for (path, reason) in [
        (folder.path().join("nowhere.wav"), "No such file"),
        (folder.path().to_path_buf(), "directory"),
        (pipe, "not a regular file"),
        (link, "symbolic links"),
    ] {
        let error = error_for(&path);
        assert!(matches!(error, FileError::Read { .. }), "{error}");
        assert!(error.to_string().contains(reason), "{error}");
    }
}

#[test]
fn files_without_audio_are_empty() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nothing.wav");
    fs::write(&path, b"").unwrap();
    assert!(matches!(error_for(&path), FileError::Empty { .. }));
    write_wav(&path, &[&[]], FileSamples::Int16);
    assert!(matches!(error_for(&path), FileError::Empty { .. }));
}

#[test]
fn other_files_are_unsupported() {
    let folder = tempfile::tempdir().unwrap();
    for (name, contents) in [
        ("note.txt", "Not a sound.".to_owned()),
        ("lies.wav", "Not a sound. ".repeat(100)),
        ("lies.mp3", "Not a sound. ".repeat(100_000)),
        ("short.wav", "Hi".to_owned()),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, contents).unwrap();
        let error = error_for(&path);
        assert!(matches!(error, FileError::Unsupported { .. }), "{error:?}");
    }
}

#[test]
fn files_cut_short_are_truncated() {
    let folder = tempfile::tempdir().unwrap();
    let (wav, frames) = stereo_wav(folder.path());
    for name in [
        "cut.wav", "cut.flac", "cut.aiff", "cut.mp3", "cut.ogg", "cut.m4a",
    ] {
        let whole = folder.path().join(format!("whole-{name}"));
        match name {
            "cut.m4a" => ffmpeg(&wav, &["-c:a", "aac", "-movflags", "+faststart"], &whole),
            "cut.mp3" => ffmpeg(&wav, &["-b:a", "192k"], &whole),
            _ => sox(&wav, &whole),
        }
        let path = folder.path().join(name);
        for percent in [50, 90, 5] {
            fs::copy(&whole, &path).unwrap();
            cut(&path, |length| length * percent / 100);
            let error = error_for(&path);
            // So little may not even hold the headers; those of Vorbis are half of this file.
            let cut_headers = (percent == 5 || (name, percent) == ("cut.ogg", 50))
                && matches!(error, FileError::Corrupt { .. });
            assert!(
                cut_headers || matches!(error, FileError::Truncated { .. }),
                "{name} at {percent} %: {error:?}"
            );
            if let FileError::Truncated { decoded, .. } = error {
                assert!(
                    decoded < frames as u64,
                    "{name} at {percent} %: {decoded} of {frames}"
                );
            }
        }
        if name.ends_with("wav") || name.ends_with("flac") || name.ends_with("aiff") {
            fs::copy(&whole, &path).unwrap();
            // Sizes that are off by a few bytes are no sign of a cut.
            cut(&path, |length| length - 64);
            let error = error_for(&path);
            assert!(
                matches!(error, FileError::Truncated { .. }),
                "{name}: {error:?}"
            );
        }
    }
}

#[test]
fn a_damaged_flac_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let (wav, _) = stereo_wav(folder.path());
    let path = folder.path().join("damaged.flac");
    sox(&wav, &path);
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 64].fill(0x55);
    fs::write(&path, bytes).unwrap();
    let error = error_for(&path);
    let expected = matches!(
        error,
        FileError::Truncated { .. } | FileError::Corrupt { .. }
    );
    assert!(expected, "{error:?}");
}

#[test]
fn a_header_that_lies_about_the_length_costs_no_memory() {
    let folder = tempfile::tempdir().unwrap();
    let (path, _) = stereo_wav(folder.path());
    let mut bytes = fs::read(&path).unwrap();
    bytes[4..8].copy_from_slice(&0xffff_fff0_u32.to_le_bytes());
    bytes[40..44].copy_from_slice(&0xffff_ff00_u32.to_le_bytes());
    fs::write(&path, &bytes[..2_000]).unwrap();
    // Such sizes are what programs leave that write to a pipe: the file ends where it ends.
    assert_eq!(planes_of(&path).unwrap()[0].len(), 489);
    // Any other is what a truncated file was to have.
    bytes[40..44].copy_from_slice(&0x2000_0000_u32.to_le_bytes());
    fs::write(&path, &bytes[..2_000]).unwrap();
    let error = error_for(&path);
    let FileError::Truncated {
        decoded, promised, ..
    } = error
    else {
        panic!("{error:?}")
    };
    assert_eq!((decoded, promised), (489, Some(0x0800_0000)));
}

#[test]
fn samples_that_are_no_numbers_are_silent_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hole.wav");
    let mut samples = [0.5; 2_000];
    (samples[1_000], samples[1_500]) = (f32::NAN, f32::NEG_INFINITY);
    write_raw(&path, &[&samples]);
    let buffer = load(&path, f64::from(RATE)).unwrap();
    (samples[1_000], samples[1_500]) = (0.0, 0.0);
    assert_eq!(buffer.channel(0), samples);
    // Resampled, the rest is as it is in a file with silence there.
    let resampled = load(&path, f64::from(RATE) / 2.0).unwrap();
    write_raw(&path, &[&samples]);
    let expected = load(&path, f64::from(RATE) / 2.0).unwrap();
    assert_eq!(resampled.channel(0), expected.channel(0));
}

/// Values that overflow in a reader that checks its arithmetic.
#[test]
fn a_header_of_absurd_numbers_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let (path, _) = stereo_wav(folder.path());
    let mut bytes = fs::read(&path).unwrap();
    bytes[22..24].copy_from_slice(&0x9000_u16.to_le_bytes());
    fs::write(&path, bytes).unwrap();
    let error = error_for(&path);
    assert!(
        matches!(
            error,
            FileError::Corrupt { .. } | FileError::Unsupported { .. }
        ),
        "{error:?}"
    );
}
