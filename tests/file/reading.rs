//! Reading and writing audio files, against files made by other programs.

use std::fs;

use crate::tools::*;
use perbus::file::{load, Decoder, FileSamples};

#[test]
fn wavs_made_by_hound_read_back_exactly() {
    let folder = tempfile::tempdir().unwrap();
    for channels in [1_u16, 2] {
        for bits in [8_u16, 16, 24, 32] {
            let path = folder.path().join(format!("{bits}x{channels}.wav"));
            let sample_format = hound::SampleFormat::Int;
            let spec = hound::WavSpec {
                channels,
                sample_rate: RATE,
                bits_per_sample: bits,
                sample_format,
            };
            let mut writer = hound::WavWriter::create(&path, spec).unwrap();
            let scale = 2_f64.powi(i32::from(bits) - 1);
            let value = |i: usize| ((i as f64 * 0.37).sin() * 0.9 * scale) as i32;
            let samples = 2_999 * usize::from(channels);
            (0..samples).for_each(|i| writer.write_sample(value(i)).unwrap());
            writer.finalize().unwrap();

            let planes = planes_of(&path).unwrap();
            assert_eq!(
                (planes.len(), planes[0].len()),
                (usize::from(channels), 2_999)
            );
            for i in 0..samples {
                let read = planes[i % planes.len()][i / planes.len()];
                assert_eq!(
                    read,
                    (f64::from(value(i)) / scale) as f32,
                    "{bits} bit sample {i}"
                );
            }
        }
        let path = folder.path().join(format!("floatx{channels}.wav"));
        let sample_format = hound::SampleFormat::Float;
        let spec = hound::WavSpec {
            channels,
            sample_rate: RATE,
            bits_per_sample: 32,
            sample_format,
        };
        let mut writer = hound::WavWriter::create(&path, spec).unwrap();
        let samples = 2_999 * usize::from(channels);
        (0..samples).for_each(|i| writer.write_sample((i as f32 * 0.37).sin() * 3.0).unwrap());
        writer.finalize().unwrap();
        let planes = planes_of(&path).unwrap();
        for i in 0..samples {
            assert_eq!(
                planes[i % planes.len()][i / planes.len()],
                (i as f32 * 0.37).sin() * 3.0
            );
        }
    }
}

#[test]
fn wavs_made_by_the_writer_read_back_exactly() {
    let folder = tempfile::tempdir().unwrap();
    for channels in [1, 2, 6, 18] {
        for samples in [FileSamples::Float32, FileSamples::Int24, FileSamples::Int16] {
            let path = folder.path().join("written.wav");
            let tone = sine(4_001, f64::from(RATE), AMPLITUDE);
            let planes: Vec<Vec<f32>> = (0..channels)
                .map(|channel| {
                    // On the 16-bit grid, so that nothing is rounded.
                    let share = 1.0 / (channel + 1) as f32;
                    tone.iter()
                        .map(|x| (x * share * 32_768.0).round() / 32_768.0)
                        .collect()
                })
                .collect();
            let slices: Vec<&[f32]> = planes.iter().map(Vec::as_slice).collect();
            write_wav(&path, &slices, samples);
            assert_eq!(
                planes_of(&path).unwrap(),
                planes,
                "{channels} channels {samples:?}"
            );

            let decoder = Decoder::open(&path).unwrap();
            assert_eq!((decoder.frames(), decoder.sample_rate()), (4_001, 44_100.0));
            let buffer = load(&path, 44_100.0).unwrap();
            assert_eq!(
                (buffer.frames(), buffer.format().channels()),
                (4_001, channels as u32)
            );
            for (channel, plane) in planes.iter().enumerate() {
                assert_eq!(buffer.channel(channel as u32), plane);
            }
        }
    }
}

#[test]
fn loading_resamples_to_the_rate_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let (path, frames) = stereo_wav(folder.path());
    for rate in [22_050.0, 44_100.0, 48_000.0, 96_000.0] {
        let buffer = load(&path, rate).unwrap();
        let expected = (frames as f64 * rate / f64::from(RATE)).round();
        assert_eq!(f64::from(buffer.frames()), expected);
        assert_eq!(buffer.format().sample_rate(), rate);
        assert_close(level(buffer.channel(0), rate), decibels(0.5), 0.01);
        assert_close(level(buffer.channel(1), rate), decibels(0.25), 0.01);
    }
    for rate in [0.0, -1.0, f64::NAN] {
        assert!(load(&path, rate).is_err());
    }
}

#[test]
fn lossless_formats_decode_to_the_same_samples() {
    let folder = tempfile::tempdir().unwrap();
    let (wav, frames) = stereo_wav(folder.path());
    let original = planes_of(&wav).unwrap();
    for name in ["out.flac", "out.aiff", "out.aifc"] {
        let path = folder.path().join(name);
        sox(&wav, &path);
        let decoder = Decoder::open(&path).unwrap();
        assert_eq!(
            (decoder.frames(), decoder.channels()),
            (frames as u64, 2),
            "{name}"
        );
        assert_eq!(planes_of(&path).unwrap(), original, "{name}");
        assert_close(rms(&original), sox_rms(&path), 1e-5);
    }
}

#[test]
fn mp3_and_vorbis_keep_level_and_length() {
    let folder = tempfile::tempdir().unwrap();
    let (wav, frames) = stereo_wav(folder.path());
    let (mp3, ogg) = (folder.path().join("out.mp3"), folder.path().join("out.ogg"));
    // ffmpeg writes the LAME tag that states the padding; sox does not.
    ffmpeg(&wav, &["-b:a", "192k"], &mp3);
    sox(&wav, &ogg);
    for path in [mp3, ogg] {
        let name = path.display();
        let planes = planes_of(&path).unwrap();
        assert_eq!((planes.len(), planes[0].len()), (2, frames), "{name}");
        assert_eq!(
            Decoder::open(&path).unwrap().frames(),
            frames as u64,
            "{name}"
        );
        assert_levels(&path, &planes, 0.5);
        assert_eq!(
            load(&path, 44_100.0).unwrap().frames() as usize,
            frames,
            "{name}"
        );
    }
}

#[test]
fn mp3_without_a_length_is_read_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let (wav, frames) = stereo_wav(folder.path());
    let (constant, variable) = (folder.path().join("cbr.mp3"), folder.path().join("vbr.mp3"));
    sox(&wav, &constant);
    ffmpeg(
        &wav,
        &["-q:a", "2", "-write_xing", "0", "-id3v2_version", "0"],
        &variable,
    );
    for path in [constant, variable] {
        let planes = planes_of(&path).unwrap();
        let stated = Decoder::open(&path).unwrap().frames();
        assert_eq!(stated, planes[0].len() as u64, "{}", path.display());
        let extra = planes[0].len() - frames;
        assert!(extra < 3 * 1_152, "{}: {extra} frames more", path.display());
        assert_levels(&path, &planes, 0.5);
        assert_eq!(load(&path, 44_100.0).unwrap().channel(1), planes[1]);
    }
}

#[test]
fn aac_decodes_at_its_level() {
    let folder = tempfile::tempdir().unwrap();
    let (wav, frames) = stereo_wav(folder.path());
    for name in ["out.m4a", "out.aac"] {
        let path = folder.path().join(name);
        ffmpeg(&wav, &["-c:a", "aac", "-b:a", "192k"], &path);
        let planes = planes_of(&path).unwrap();
        // Only MP4 says how much the encoder has added: up to a few blocks of 1024.
        let extra = planes[0].len() - frames;
        match name {
            "out.m4a" => assert_eq!(extra, 0, "{name}"),
            _ => assert!(
                (1_024..4_096).contains(&extra),
                "{name}: {extra} frames more"
            ),
        }
        assert_levels(&path, &planes, 0.05);
        assert_eq!(
            load(&path, 44_100.0).unwrap().channel(0),
            planes[0],
            "{name}"
        );
    }
}

#[test]
fn a_wav_of_unstated_length_ends_with_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let (path, frames) = stereo_wav(folder.path());
    let original = planes_of(&path).unwrap();
    let mut bytes = fs::read(&path).unwrap();
    bytes[4..8].fill(0xff);
    bytes[40..44].fill(0xff);
    fs::write(&path, bytes).unwrap();
    assert_eq!(Decoder::open(&path).unwrap().frames(), frames as u64);
    assert_eq!(planes_of(&path).unwrap(), original);
    assert_eq!(load(&path, 44_100.0).unwrap().frames() as usize, frames);
}

#[test]
fn long_files_survive_every_route_into_the_buffer() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.wav");
    let tone = sine(200_003, f64::from(RATE), AMPLITUDE);
    write_wav(&path, &[&tone], FileSamples::Float32);
    assert_eq!(load(&path, 44_100.0).unwrap().channel(0), tone);
    // The same without a stated length, so that it is collected in chunks. The
    // size of the data comes after their name.
    let mut bytes = fs::read(&path).unwrap();
    let data = bytes.windows(4).position(|name| name == b"data").unwrap();
    bytes[4..8].fill(0xff);
    bytes[data + 4..data + 8].fill(0xff);
    fs::write(&path, bytes).unwrap();
    assert_eq!(load(&path, 44_100.0).unwrap().channel(0), tone);
}

#[test]
fn real_recordings_load() {
    for (folder, extension, package) in [
        ("/usr/share/sounds/alsa", "wav", "alsa-utils"),
        (
            "/usr/share/sounds/freedesktop/stereo",
            "oga",
            "sound-theme-freedesktop",
        ),
    ] {
        let entries = fs::read_dir(folder).unwrap_or_else(|error| {
            panic!("this test needs the Debian package {package} (make deps installs it): {error}")
        });
        let mut count = 0;
        for entry in entries {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|found| found != extension) {
                continue;
            }
            count += 1;
            let planes = planes_of(&path).unwrap();
            let decoder = Decoder::open(&path).unwrap();
            assert_eq!(
                decoder.frames(),
                planes[0].len() as u64,
                "{}",
                path.display()
            );
            // sox prints six decimals; a lossy decoder may round otherwise.
            assert_close(rms(&planes), sox_rms(&path), 2e-4);
            let buffer = load(&path, 48_000.0).unwrap();
            let expected = planes[0].len() as f64 * 48_000.0 / decoder.sample_rate();
            assert_eq!(
                f64::from(buffer.frames()),
                expected.round(),
                "{}",
                path.display()
            );
        }
        assert!(
            count > 0,
            "{folder} of the Debian package {package} has no .{extension} files"
        );
    }
}
