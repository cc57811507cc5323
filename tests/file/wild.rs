//! Files as they are found: with wrong headers, inside other files, damaged, or asking for more
//! than there is.

use std::fs;
use std::path::Path;

use crate::stems::{self, furthest, ogg_files, ogg_pages, read, read_all};
use crate::tools::*;
use perbus::file::{load, FileError};
use perbus::{Error, File, FileSamples, FileSettings, Format};

fn planes_with(folder: &Path, bytes: &[u8]) -> Vec<Vec<f32>> {
    let path = folder.join("changed");
    fs::write(&path, bytes).unwrap();
    planes_of(&path).unwrap()
}

#[test]
fn vorbis_of_many_channels_is_no_noise() {
    if !have(&["sox", "oggenc", "ffmpeg"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let wav = folder.path().join("four.wav");
    let mut arguments = vec!["-R", "-n", "-r", "44100", "-b", "16", "-t", "wavpcm"];
    arguments.extend([wav.to_str().unwrap(), "synth", "1"]);
    arguments.extend(["whitenoise"; 4]);
    arguments.extend(["gain", "-12"]);
    run("sox", "sox", &arguments);
    let ogg = folder.path().join("four.ogg");
    let (input, output) = (wav.to_str().unwrap(), ogg.to_str().unwrap());
    run(
        "oggenc",
        "vorbis-tools",
        &["-Q", "-q", "3", input, "-o", output],
    );
    let reference = folder.path().join("reference.wav");
    ffmpeg(&ogg, &["-c:a", "pcm_f32le"], &reference);
    let (found, expected) = (planes_of(&ogg).unwrap(), planes_of(&reference).unwrap());
    assert_eq!(found.len(), 4);
    for (found, expected) in found.iter().zip(&expected) {
        let difference = furthest(found, expected);
        assert!(difference <= 1e-3, "{difference}");
    }
}

/// Another container has the file as it is: its bytes are there, its sound is not at their place.
#[test]
fn files_inside_of_others_are_not_played() {
    let folder = tempfile::tempdir().unwrap();
    let (wav, _) = stereo_wav(folder.path());
    let wav = fs::read(wav).unwrap();
    let mut tar = vec![0; 512];
    tar[..9].copy_from_slice(b"stem1.wav");
    tar[257..262].copy_from_slice(b"ustar");
    for (name, head) in [
        ("stem.tar", &tar[..]),
        ("stem.wv", b"wvpk\x20\x00\x00\x00\x10\x04\x00\x00"),
        ("stem.ape", b"MAC \x96\x0f\x00\x00\x34\x00\x00\x00"),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, [head, &wav].concat()).unwrap();
        let error = error_for(&path);
        assert!(matches!(error, FileError::Unsupported { .. }), "{error:?}");
    }
}

#[test]
fn sizes_in_headers_may_be_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let (path, _) = stereo_wav(folder.path());
    let original = planes_of(&path).unwrap();
    let bytes = fs::read(&path).unwrap();
    let riff = u32::from_le_bytes(bytes[4..8].try_into().unwrap());
    let mut sizes: Vec<u32> = (-8..=8).map(|off| riff.wrapping_add_signed(off)).collect();
    sizes.extend([0, u32::MAX]);
    for size in sizes {
        let mut bytes = bytes.clone();
        bytes[4..8].copy_from_slice(&size.to_le_bytes());
        assert_eq!(
            planes_with(folder.path(), &bytes),
            original,
            "RIFF {size:#x}"
        );
    }
    for size in [0, 0x7fff_f000, 0x7fff_ffff, 0xffff_ffff_u32] {
        let mut bytes = bytes.clone();
        bytes[40..44].copy_from_slice(&size.to_le_bytes());
        assert_eq!(
            planes_with(folder.path(), &bytes),
            original,
            "data {size:#x}"
        );
    }
    if !have(&["sox"]) {
        return;
    }
    let aiff = folder.path().join("stereo.aiff");
    sox(&path, &aiff);
    let bytes = fs::read(&aiff).unwrap();
    let form = u32::from_be_bytes(bytes[4..8].try_into().unwrap());
    for size in [form - 4, form + 6, 0, u32::MAX] {
        let mut bytes = bytes.clone();
        bytes[4..8].copy_from_slice(&size.to_be_bytes());
        assert_eq!(
            planes_with(folder.path(), &bytes),
            original,
            "FORM {size:#x}"
        );
    }
}

#[test]
fn every_lossless_container_has_the_same_samples() {
    if !have(&["sox", "ffmpeg"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (wav, _) = stereo_wav(folder.path());
    let original = planes_of(&wav).unwrap();
    for name in [
        "out.au", "out.caf", "out.w64", "out.aiff", "out.aifc", "out.voc", "out.flac",
    ] {
        let path = folder.path().join(name);
        sox(&wav, &path);
        assert_eq!(planes_of(&path).unwrap(), original, "{name}");
    }
    for (name, options) in [
        ("rf64.wav", ["-rf64", "always"]),
        ("alac.m4a", ["-c:a", "alac"]),
        ("alac.caf", ["-c:a", "alac"]),
        ("flac.oga", ["-c:a", "flac"]),
    ] {
        let path = folder.path().join(name);
        ffmpeg(&wav, &options, &path);
        assert_eq!(planes_of(&path).unwrap(), original, "{name}");
    }
}

#[test]
fn adpcm_and_companded_samples_are_as_others_decode_them() {
    if !have(&["sox", "ffmpeg"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (wav, _) = stereo_wav(folder.path());
    for (name, codec) in [
        ("ms.wav", "adpcm_ms"),
        ("ima.wav", "adpcm_ima_wav"),
        ("a.wav", "pcm_alaw"),
        ("mu.wav", "pcm_mulaw"),
        ("mu.au", "pcm_mulaw"),
    ] {
        let path = folder.path().join(name);
        let reference = folder.path().join("reference.aiff");
        ffmpeg(&wav, &["-c:a", codec], &path);
        // ffmpeg rounds IMA's steps in a way of its own, and sox Microsoft's.
        match name {
            "ima.wav" => sox(&path, &reference),
            _ => ffmpeg(&path, &["-c:a", "pcm_s16be"], &reference),
        }
        let (found, expected) = (planes_of(&path).unwrap(), planes_of(&reference).unwrap());
        for (found, expected) in found.iter().zip(&expected) {
            let shared = found.len().min(expected.len());
            let difference = furthest(&found[..shared], &expected[..shared]);
            assert!(difference <= 1.0 / 32_768.0, "{name}: {difference}");
        }
    }
    // A header of 20 bytes instead of 18.
    let path = folder.path().join("mu.wav");
    let original = planes_of(&path).unwrap();
    let mut bytes = fs::read(&path).unwrap();
    assert_eq!((&bytes[12..16], bytes[16]), (&b"fmt "[..], 18));
    bytes[16] = 20;
    bytes.splice(38..38, [0, 0]);
    assert_eq!(planes_with(folder.path(), &bytes), original);
}

/// Half of its band would be missing, and its rate be half.
#[test]
fn he_aac_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in [
        ("one.aac", &include_bytes!("data/he-aac.aac")[..]),
        ("two.aac", include_bytes!("data/he-aac-v2.aac")),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        let mut paths = vec![path.clone()];
        if have(&["ffmpeg"]) {
            paths.push(path.with_extension("m4a"));
            ffmpeg(&path, &["-c:a", "copy"], &paths[1]);
            paths.push(path.with_extension("mkv"));
            ffmpeg(&path, &["-c:a", "copy"], &paths[2]);
        }
        for path in paths {
            let error = error_for(&path);
            let FileError::Unsupported { reason, .. } = &error else {
                panic!("{error:?}")
            };
            assert!(reason.contains("HE-AAC"), "{error}");
        }
    }
}

#[test]
fn samples_of_24_bits_in_four_bytes_keep_their_level() {
    let folder = tempfile::tempdir().unwrap();
    let tone: Vec<i32> = (0..1_000)
        .map(|i| (4_000_000.0 * (f64::from(i) * 0.05).sin()) as i32)
        .collect();
    let expected: Vec<f32> = tone
        .iter()
        .map(|sample| *sample as f32 / 8_388_608.0)
        .collect();
    for shift in [0, 8] {
        let mut bytes = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0".to_vec();
        bytes.extend(48_000_u32.to_le_bytes());
        bytes.extend(192_000_u32.to_le_bytes());
        bytes.extend([4, 0, 24, 0]);
        bytes.extend(b"data");
        bytes.extend(4_000_u32.to_le_bytes());
        bytes.extend(
            tone.iter()
                .flat_map(|sample| (sample << shift).to_le_bytes()),
        );
        let riff = (bytes.len() - 8) as u32;
        bytes[4..8].copy_from_slice(&riff.to_le_bytes());
        let planes = planes_with(folder.path(), &bytes);
        assert!(
            furthest(&planes[0], &expected) <= 1e-7,
            "shifted by {shift}"
        );
    }
}

/// Either the rest is where it belongs, or reading ends with an error before it.
#[test]
fn a_damaged_ogg_page_shifts_nothing() {
    if !have(&["ffmpeg"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (name, path) in ogg_files(folder.path()) {
        let (info, original) = read_all(&path);
        let mut bytes = fs::read(&path).unwrap();
        let pages = ogg_pages(&bytes);
        assert!(pages.len() > 6, "{name} has {} pages", pages.len());
        let middle = pages[pages.len() / 2];
        bytes[middle + 100..middle + 120].fill(0x5a);
        let changed = folder.path().join(format!("damaged-{name}"));
        fs::write(&changed, bytes).unwrap();
        let (found, error) = read_up_to_a_fault(&mut File::open(&changed).unwrap());
        match error {
            Some(Error::File(FileError::Truncated { decoded, .. })) => {
                assert_eq!(decoded as usize, found.len(), "{name}");
                let difference = furthest(&found, &original[0][..found.len()]);
                assert!(difference <= 1e-4, "{name}: {difference}");
            }
            Some(other) => panic!("{name}: {other:?}"),
            None => {
                assert_eq!(found.len() as u64, info.frames, "{name}");
                assert_eq!(stems::lag(&found, &original[0], 90_000), 0, "{name}");
            }
        }
    }
}

#[test]
fn loading_has_a_limit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("slow.wav");
    let silence = vec![0.0; 1 << 22];
    let settings = FileSettings::wav(Format::new(750.0, 1).unwrap());
    write_file(
        &path,
        &[&silence],
        settings.with_samples(FileSamples::Int16),
    );
    let Err(Error::File(error)) = load(&path, 192_000.0).map(|buffer| buffer.frames()) else {
        panic!("4 GiB are loaded")
    };
    assert!(
        matches!(
            error,
            FileError::TooLarge {
                bytes: 0x1_0000_0000,
                limit: 0x8000_0000,
                ..
            }
        ),
        "{error:?}"
    );
    let text = error.to_string();
    assert!(
        text.contains("4294967296") && text.contains("2147483648"),
        "{text}"
    );
    let least = 4 << 22;
    assert!(File::load_with_limit(&path, 750.0, least - 1).is_err());
    assert_eq!(
        File::load_with_limit(&path, 750.0, least).unwrap().frames(),
        1 << 22
    );
}

#[test]
fn pieces_of_any_length_are_the_whole() {
    let folder = tempfile::tempdir().unwrap();
    let (path, frames) = stereo_wav(folder.path());
    let original = planes_of(&path).unwrap();
    let mut file = File::open(&path).unwrap();
    let mut found = vec![Vec::new(); 2];
    for length in (1..).map(|i| i * 37 % 5_000) {
        let block = read(&mut file, length);
        found
            .iter_mut()
            .zip(&block)
            .for_each(|(all, block)| all.extend_from_slice(block));
        if found[0].len() == frames {
            break;
        }
    }
    assert_eq!(found, original);
    // Refusals change nothing.
    file.seek(10).unwrap();
    let (mut left, mut right) = ([9.0; 4], [9.0; 3]);
    for error in [
        file.read(&mut [&mut left[..], &mut right[..]]).unwrap_err(),
        file.read(&mut [&mut left[..]]).unwrap_err(),
    ] {
        assert!(matches!(error, Error::InvalidArgument(_)), "{error:?}");
    }
    assert_eq!((left, right, file.position()), ([9.0; 4], [9.0; 3], 10));
    assert_eq!(read(&mut file, 4)[0], original[0][10..14]);
}
