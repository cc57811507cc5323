//! Reading and writing audio files, against files made by other programs.
#![cfg(feature = "files")]

use std::f64::consts::TAU;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use perbus::Error;
use perbus::file::{Decoder, FileError, WavEncoding, WavWriter, load};

const RATE: u32 = 44_100;
const AMPLITUDE: f64 = 0.5;

fn sine(frames: usize, rate: f64, amplitude: f64) -> Vec<f32> {
    (0..frames)
        .map(|i| (amplitude * (TAU * 1_000.0 * i as f64 / rate).sin()) as f32)
        .collect()
}

fn write_wav(path: &Path, planes: &[&[f32]], encoding: WavEncoding) {
    let rate = f64::from(RATE);
    let mut writer = WavWriter::create(path, rate, planes.len() as u32, encoding).unwrap();
    writer.write(planes).unwrap();
    writer.finish().unwrap();
}

/// A second and a bit of stereo: a 1 kHz sine left, the same at half the level right.
fn stereo_wav(folder: &Path) -> (PathBuf, usize) {
    let path = folder.join("stereo.wav");
    let frames = RATE as usize + 321;
    let left = sine(frames, f64::from(RATE), AMPLITUDE);
    let right = sine(frames, f64::from(RATE), AMPLITUDE / 2.0);
    write_wav(&path, &[&left, &right], WavEncoding::Int16);
    (path, frames)
}

fn run(tool: &str, package: &str, arguments: &[&str]) -> String {
    let hint = format!("{tool} of the Debian package {package} (make deps installs it)");
    let output = Command::new(tool)
        .args(arguments)
        .output()
        .unwrap_or_else(|error| panic!("this test needs {hint}: {error}"));
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        output.status.success(),
        "{hint} failed with {arguments:?}: {message}"
    );
    message
}

fn sox(input: &Path, output: &Path) {
    let package = if output.extension().is_some_and(|e| e == "mp3") {
        "libsox-fmt-mp3"
    } else {
        "sox"
    };
    run(
        "sox",
        package,
        &["-D", input.to_str().unwrap(), output.to_str().unwrap()],
    );
}

fn ffmpeg(input: &Path, options: &[&str], output: &Path) {
    let mut arguments = vec!["-v", "error", "-y", "-i", input.to_str().unwrap()];
    arguments.extend_from_slice(options);
    arguments.push(output.to_str().unwrap());
    run("ffmpeg", "ffmpeg", &arguments);
}

/// The RMS amplitude over all channels, as sox measures it.
fn sox_rms(path: &Path) -> f64 {
    let report = run("sox", "sox", &[path.to_str().unwrap(), "-n", "stat"]);
    let line = report
        .lines()
        .find(|line| line.contains("RMS") && line.contains("amplitude"));
    line.unwrap()
        .split_whitespace()
        .last()
        .unwrap()
        .parse()
        .unwrap()
}

fn planes_of(path: &Path) -> Result<Vec<Vec<f32>>, FileError> {
    let mut decoder = Decoder::open(path)?;
    let mut planes = vec![Vec::new(); decoder.channels() as usize];
    while let Some(block) = decoder.next_block()? {
        for (plane, samples) in planes.iter_mut().zip(block) {
            plane.extend_from_slice(samples);
        }
    }
    assert!(decoder.next_block().unwrap().is_none());
    Ok(planes)
}

fn rms(planes: &[Vec<f32>]) -> f64 {
    let sum: f64 = planes.iter().flatten().map(|x| f64::from(*x).powi(2)).sum();
    (sum / (planes.len() * planes[0].len()) as f64).sqrt()
}

/// Level of the 1 kHz sine in the middle half of `samples`, in dB against full scale.
fn level(samples: &[f32], rate: f64) -> f64 {
    let middle = &samples[samples.len() / 4..samples.len() * 3 / 4];
    // Whole periods of a whole number of frames: 100 ms.
    let whole = middle.len() - middle.len() % (rate / 10.0) as usize;
    let (mut a, mut b) = (0.0, 0.0);
    for (i, sample) in middle[..whole].iter().enumerate() {
        let (s, c) = (TAU * 1_000.0 * i as f64 / rate).sin_cos();
        a += f64::from(*sample) * s;
        b += f64::from(*sample) * c;
    }
    20.0 * (2.0 * a.hypot(b) / whole as f64).log10()
}

fn decibels(amplitude: f64) -> f64 {
    20.0 * amplitude.log10()
}

/// Checks the sine's level per channel against another program's decoding of the same file, and
/// against what was encoded. LAME scales its input down by up to half a dB.
fn assert_levels(path: &Path, planes: &[Vec<f32>], encoder_loss: f64) {
    let reference = path.with_extension("reference.wav");
    ffmpeg(path, &["-c:a", "pcm_f32le"], &reference);
    let reference = planes_of(&reference).unwrap();
    let rate = f64::from(RATE);
    for (channel, amplitude) in [(0, AMPLITUDE), (1, AMPLITUDE / 2.0)] {
        let found = level(&planes[channel], rate);
        assert_close(found, level(&reference[channel], rate), 0.01);
        assert_close(found, decibels(amplitude), encoder_loss);
    }
}

#[track_caller]
fn assert_close(value: f64, expected: f64, tolerance: f64) {
    assert!(
        (value - expected).abs() <= tolerance,
        "{value} is not {expected} +- {tolerance}"
    );
}

/// The error for `path`, which `load` and a full decode must agree on.
fn error_for(path: &Path) -> FileError {
    let decoded = planes_of(path).map(|planes| planes[0].len()).unwrap_err();
    let Error::File(loaded) = load(path, 48_000.0).map(|b| b.frames()).unwrap_err() else {
        panic!("not a file error");
    };
    assert_eq!(loaded.to_string(), decoded.to_string());
    let name = path.file_name().unwrap().to_str().unwrap();
    assert!(
        loaded.to_string().contains(name),
        "{loaded} does not name {name}"
    );
    decoded
}

fn cut(path: &Path, keep: impl Fn(usize) -> usize) {
    let bytes = fs::read(path).unwrap();
    fs::write(path, &bytes[..keep(bytes.len())]).unwrap();
}

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
        for encoding in [WavEncoding::Float32, WavEncoding::Int24, WavEncoding::Int16] {
            let path = folder.path().join("written.wav");
            let tone = sine(4_001, f64::from(RATE), AMPLITUDE);
            let planes: Vec<Vec<f32>> = (0..channels)
                .map(|channel| {
                    // On the 16-bit grid, so that no encoding rounds.
                    let share = 1.0 / (channel + 1) as f32;
                    tone.iter()
                        .map(|x| (x * share * 32_768.0).round() / 32_768.0)
                        .collect()
                })
                .collect();
            let slices: Vec<&[f32]> = planes.iter().map(Vec::as_slice).collect();
            write_wav(&path, &slices, encoding);
            assert_eq!(
                planes_of(&path).unwrap(),
                planes,
                "{channels} channels {encoding:?}"
            );

            let decoder = Decoder::open(&path).unwrap();
            assert_eq!(
                (decoder.frames(), decoder.sample_rate()),
                (Some(4_001), 44_100.0)
            );
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
            (Some(frames as u64), 2),
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
            Some(frames as u64),
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
        assert_eq!(Decoder::open(&path).unwrap().frames(), None);
        let planes = planes_of(&path).unwrap();
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
        // The encoder's priming and padding stay in, up to a few blocks of 1024.
        let extra = planes[0].len() - frames;
        assert!(
            (1_024..4_096).contains(&extra),
            "{name}: {extra} frames more"
        );
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
    assert_eq!(Decoder::open(&path).unwrap().frames(), None);
    assert_eq!(planes_of(&path).unwrap(), original);
    assert_eq!(load(&path, 44_100.0).unwrap().frames() as usize, frames);
}

#[test]
fn long_files_survive_every_route_into_the_buffer() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.wav");
    let tone = sine(200_003, f64::from(RATE), AMPLITUDE);
    write_wav(&path, &[&tone], WavEncoding::Float32);
    assert_eq!(load(&path, 44_100.0).unwrap().channel(0), tone);
    // The same without a stated length, so that it is collected in chunks. A mono float file
    // made by the writer has its data size 64 bytes in.
    let mut bytes = fs::read(&path).unwrap();
    assert_eq!(&bytes[60..64], b"data");
    bytes[4..8].fill(0xff);
    bytes[64..68].fill(0xff);
    fs::write(&path, bytes).unwrap();
    assert_eq!(load(&path, 44_100.0).unwrap().channel(0), tone);
}

#[test]
fn wavs_with_too_many_channels_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wide.wav");
    let silence = [0.0; 100];
    write_wav(&path, &[&silence[..]; 24], WavEncoding::Int16);
    assert_eq!(hound::WavReader::open(&path).unwrap().spec().channels, 24);
    assert!(matches!(error_for(&path), FileError::Unsupported { .. }));
}

#[test]
fn missing_files_and_folders_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    for path in [
        folder.path().join("nowhere.wav"),
        folder.path().to_path_buf(),
    ] {
        let error = error_for(&path);
        assert!(matches!(error, FileError::Read { .. }), "{error}");
    }
}

#[test]
fn files_without_audio_are_empty() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nothing.wav");
    fs::write(&path, b"").unwrap();
    assert!(matches!(error_for(&path), FileError::Empty { .. }));
    write_wav(&path, &[&[]], WavEncoding::Int16);
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
            assert!(
                matches!(error, FileError::Truncated { .. }),
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
            cut(&path, |length| length - 4);
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
    let error = error_for(&path);
    let FileError::Truncated {
        decoded, promised, ..
    } = error
    else {
        panic!("{error:?}")
    };
    assert_eq!((decoded, promised), (489, Some(0xffff_ff00 / 4)));
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
                Some(planes[0].len() as u64),
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
