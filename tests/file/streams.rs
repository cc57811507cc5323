//! Streams whose sound changes inside, that follow each other, or that have lost a part.

use std::fs;
use std::path::{Path, PathBuf};

use crate::corpus::source::Sound;
use crate::corpus::TOOLS;
use crate::stems::{furthest, lag, ogg_files, ogg_pages, read, read_all};
use crate::tools::*;
use perbus::file::FileError;
use perbus::{Error, File};

const STEREO: Sound = Sound {
    channels: 2,
    rate: 44_100,
    bits: 16,
    milliseconds: 400,
};

/// Makes a file of the sound by a program's arguments before the input and before the output.
fn made(folder: &Path, sound: Sound, name: &str, tool: &str, options: &str) -> PathBuf {
    let (input, output) = (sound.write(folder), folder.join(name));
    let command = match tool {
        "ffmpeg" => format!("ffmpeg -v error -y -i $in {options} $out"),
        "lame" => format!("lame --quiet {options} $in $out"),
        "oggenc" | "flac" => format!("{tool} --silent {options} $in -o $out"),
        other => format!("{other} --quiet {options} $in $out"),
    };
    let command = command.replace("oggenc --silent", "oggenc -Q");
    crate::corpus::shell(&command, &input, &output).unwrap();
    output
}

fn joined(folder: &Path, name: &str, parts: &[&Path]) -> PathBuf {
    let path = folder.join(name);
    let bytes: Vec<Vec<u8>> = parts.iter().map(|part| fs::read(part).unwrap()).collect();
    fs::write(&path, bytes.concat()).unwrap();
    path
}

/// Reads as the first part alone, up to an error that speaks of a change.
fn assert_changes(path: &Path, first: &Path) {
    let (_, expected) = read_all(first);
    let name = path.display();
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(Error::File(FileError::Unsupported { reason, .. })) => {
            let words = ["change", "chained", "differ"];
            return assert!(
                words.iter().any(|word| reason.contains(word)),
                "{name}: {reason}"
            );
        }
        Err(other) => panic!("{name}: {other:?}"),
    };
    let (found, error) = read_up_to_a_fault(&mut file);
    let error = error.unwrap_or_else(|| panic!("{name} ends quietly after {} frames", found.len()));
    let Error::File(FileError::Unsupported { reason, .. }) = &error else {
        panic!("{name}: {error:?}")
    };
    assert!(reason.contains("change"), "{name}: {reason}");
    assert!(found.len() <= expected[0].len() && found.len() + 4_608 >= expected[0].len());
    assert_eq!(found, expected[0][..found.len()], "{name}");
}

#[test]
fn a_change_of_rate_or_channels_is_an_error() {
    if !have(&TOOLS) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (mono, fast) = (
        Sound {
            channels: 1,
            ..STEREO
        },
        Sound {
            rate: 48_000,
            ..STEREO
        },
    );
    for (tool, kind, options) in [
        ("lame", "mp3", "-t -b 128"),
        ("lame", "mp3", "-b 128"),
        ("lame", "mp3", "-V 2"),
        ("oggenc", "ogg", "-q 4 -s 1"),
        ("ffmpeg", "aac", "-c:a aac"),
        ("ffmpeg", "mp2", "-c:a mp2"),
    ] {
        let first = made(folder, STEREO, &format!("first.{kind}"), tool, options);
        for other in [mono, fast] {
            let options = options.replace("-s 1", "-s 2");
            let options = options.replace("-c:a aac", &format!("-c:a aac -ac {}", other.channels));
            let second = made(folder, other, &format!("second.{kind}"), tool, &options);
            let path = joined(folder, &format!("joined.{kind}"), &[&first, &second]);
            assert_changes(&path, &first);
        }
    }
}

/// The places of a FLAC file's blocks, by the header that they share but for the number.
fn blocks(bytes: &[u8]) -> Vec<usize> {
    let starts = |at: &usize| bytes[*at] == 0xff && bytes[at + 1] == 0xf8 && bytes[at + 4] == 0;
    let first = (42..bytes.len() - 5).find(starts).unwrap();
    let mut found = vec![first];
    for number in 1..100 {
        let last = found[found.len() - 1];
        let next = (last + 16..bytes.len() - 5)
            .find(|at| bytes[*at..at + 4] == bytes[first..first + 4] && bytes[at + 4] == number);
        let Some(next) = next else { break };
        found.push(next);
    }
    found
}

#[test]
fn a_change_inside_a_flac_is_an_error() {
    if !have(&["flac"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let options = "-f -b 1152 --lax";
    let first = made(folder, STEREO, "first.flac", "flac", options);
    let bytes = fs::read(&first).unwrap();
    let places = blocks(&bytes);
    assert!(places.len() >= 15, "{} blocks", places.len());
    for other in [
        Sound {
            channels: 1,
            ..STEREO
        },
        Sound {
            rate: 48_000,
            ..STEREO
        },
        Sound { bits: 24, ..STEREO },
    ] {
        let second = made(folder, other, "second.flac", "flac", options);
        let second = fs::read(second).unwrap();
        let others = blocks(&second);
        for change in [1, 7, 12] {
            let path = folder.join("changed.flac");
            let parts = [&bytes[..places[change]], &second[others[change]..]];
            fs::write(&path, parts.concat()).unwrap();
            let mut file = File::open(&path).unwrap();
            let mut planes = [vec![0.0; 50_000], vec![0.0; 50_000]];
            let [left, right] = &mut planes;
            let read = file.read(&mut [left, right]).unwrap();
            assert_eq!(read, change * 1_152);
            assert_eq!(planes[1][..read], read_all(&first).1[1][..read]);
            let [left, right] = &mut planes;
            let error = file.read(&mut [left, right]).unwrap_err();
            let Error::File(FileError::Unsupported { reason, .. }) = &error else {
                panic!("{error:?}")
            };
            assert!(reason.contains(&format!("at frame {read}")), "{reason}");
        }
    }
}

/// The links of a chain are read one after the other, or refused by name.
#[test]
fn chains_are_read_or_refused() {
    if !have(&TOOLS) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let one = made(folder, STEREO, "one.ogg", "oggenc", "-s 1");
    let two = made(folder, STEREO, "two.ogg", "oggenc", "-s 2");
    let path = joined(folder, "chain.ogg", &[&one, &two]);
    let (_, link) = read_all(&one);
    let (_, both) = read_all(&path);
    assert_eq!(both[1], [&link[1][..], &link[1]].concat());
    let mut file = File::open(&path).unwrap();
    for start in [both[0].len() - 10, 5, link[0].len() - 3, link[0].len() + 3] {
        file.seek(start as u64).unwrap();
        assert_eq!(
            read(&mut file, 2_000)[0],
            both[0][start..both[0].len().min(start + 2_000)]
        );
    }
    let fast = Sound {
        rate: 48_000,
        ..STEREO
    };
    for (kind, tool, options) in [
        ("opus", "opusenc", ["--serial 1", "--serial 2"]),
        (
            "oga",
            "flac",
            ["--ogg -f --serial-number=1", "--ogg -f --serial-number=2"],
        ),
    ] {
        let one = made(folder, fast, &format!("one.{kind}"), tool, options[0]);
        let two = made(folder, fast, &format!("two.{kind}"), tool, options[1]);
        let path = folder.join(format!("chain.{kind}"));
        for parts in [&[&*one, &two][..], &[&one, &two, &one], &[&one, &one]] {
            joined(folder, &format!("chain.{kind}"), parts);
            let error = error_for(&path);
            let FileError::Unsupported { reason, .. } = &error else {
                panic!("{kind}: {error:?}")
            };
            assert!(
                reason.contains("chain") || reason.contains("streams"),
                "{reason}"
            );
        }
    }
}

/// Pages that are lost, repeated, swapped or cut: the rest is where it was, also after seeks, or
/// reading ends with an error before it.
#[test]
fn what_happens_to_pages_shifts_nothing() {
    if !have(&["ffmpeg"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (name, path) in ogg_files(folder.path()) {
        let original = read_all(&path).1.swap_remove(0);
        let bytes = fs::read(&path).unwrap();
        let pages = ogg_pages(&bytes);
        let page = |n: usize| &bytes[pages[n]..pages[n + 1]];
        let (n, changed) = (
            pages.len() / 2,
            folder.path().join(format!("changed-{name}")),
        );
        let (before, after) = (&bytes[..pages[n]], &bytes[pages[n + 1]..]);
        let half = &page(n)[..page(n).len() / 2];
        for (what, parts) in [
            ("lost", vec![before, after]),
            ("two lost", vec![before, &bytes[pages[n + 2]..]]),
            ("repeated", vec![before, page(n), page(n), after]),
            (
                "swapped",
                vec![before, page(n + 1), page(n), &bytes[pages[n + 2]..]],
            ),
            ("cut", vec![before, half, after]),
            ("strange", vec![before, b"something else", page(n), after]),
        ] {
            fs::write(&changed, parts.concat()).unwrap();
            check_places(&format!("{name}, a page {what}"), &changed, &original);
        }
    }
}

fn check_places(what: &str, path: &Path, original: &[f32]) {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(Error::File(FileError::Corrupt { .. } | FileError::Unsupported { .. })) => return,
        Err(other) => panic!("{what}: {other:?}"),
    };
    let (found, error) = read_up_to_a_fault(&mut file);
    let failed = match error {
        Some(Error::File(FileError::Truncated { decoded, .. })) => {
            assert_eq!(decoded as usize, found.len(), "{what}");
            true
        }
        Some(other) => panic!("{what}: {other:?}"),
        None => false,
    };
    assert!(
        failed || found.len() == original.len(),
        "{what}: {} frames",
        found.len()
    );
    // What is missing is silent, and the rest is where it was.
    let apart = |(a, b): &(&f32, &f32)| (*a - *b).abs() > 1e-3;
    let wrong = found.iter().zip(original).filter(apart).count();
    assert!(wrong < 25_000, "{what}: {wrong} frames of {}", found.len());
    for place in [20_000, found.len().saturating_sub(8_000)] {
        let is_heard = |part: &[f32]| part.iter().all(|sample| *sample != 0.0);
        if place > 3_000 && found.get(place..place + 4_000).is_some_and(is_heard) {
            assert_eq!(lag(&found, original, place), 0, "{what} at {place}");
        }
    }
    // Seeks, also to next to the place.
    let (mut left, mut right) = ([0.0; 1_000], [0.0; 1_000]);
    for start in (0..found.len()).step_by(3_001) {
        if file.seek(start as u64).is_err() {
            continue;
        }
        let Ok(read) = file.read(&mut [&mut left, &mut right]) else {
            assert!(failed, "{what}: no frames from {start}");
            continue;
        };
        let end = (start + read).min(found.len());
        let difference = furthest(&left[..end - start], &found[start..end]);
        assert!(
            difference <= 1e-5,
            "{what}: {difference} after a seek to {start}"
        );
    }
}
