//! What the tests of audio files share: creating files with other programs, and measuring them.

use std::f64::consts::TAU;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use perbus::file::{load, Decoder, FileError};
use perbus::{Error, File, FileSamples, FileSettings, Format};

pub(crate) const RATE: u32 = 44_100;
pub(crate) const AMPLITUDE: f64 = 0.5;

pub(crate) fn sine(frames: usize, rate: f64, amplitude: f64) -> Vec<f32> {
    (0..frames)
        .map(|i| (amplitude * (TAU * 1_000.0 * i as f64 / rate).sin()) as f32)
        .collect()
}

pub(crate) fn write_wav(path: &Path, planes: &[&[f32]], samples: FileSamples) {
    let format = Format::new(f64::from(RATE), planes.len() as u32).unwrap();
    let settings = FileSettings::wav(format).with_samples(samples);
    write_file(path, planes, settings.undithered());
}

/// A WAV file of floats as they are, which [`File`] would not write: NaN, or more channels.
pub(crate) fn write_raw(path: &Path, planes: &[&[f32]]) {
    let spec = hound::WavSpec {
        channels: planes.len() as u16,
        sample_rate: RATE,
        bits_per_sample: 32,
        sample_format: hound::SampleFormat::Float,
    };
    let mut writer = hound::WavWriter::create(path, spec).unwrap();
    for frame in 0..planes[0].len() {
        for plane in planes {
            writer.write_sample(plane[frame]).unwrap();
        }
    }
    writer.finalize().unwrap();
}

pub(crate) fn write_file(path: &Path, planes: &[&[f32]], settings: FileSettings) {
    let mut file = File::create(path, settings).unwrap();
    file.write(planes).unwrap();
    file.finish().unwrap();
}

/// A second and a bit of stereo: a 1 kHz sine left, the same at half the level right.
pub(crate) fn stereo_wav(folder: &Path) -> (PathBuf, usize) {
    let path = folder.join("stereo.wav");
    let frames = RATE as usize + 321;
    let left = sine(frames, f64::from(RATE), AMPLITUDE);
    let right = sine(frames, f64::from(RATE), AMPLITUDE / 2.0);
    write_wav(&path, &[&left, &right], FileSamples::Int16);
    (path, frames)
}

/// Whether the tools are there, which `make deps` installs. A test that skips says why; where `CI`
/// is set, none may.
pub(crate) fn have(tools: &[&str]) -> bool {
    let missing = tools.iter().find(|tool| {
        let found = Command::new(tool).arg("--help").output();
        found.is_err()
    });
    if let Some(tool) = missing {
        let in_ci = std::env::var_os("CI").is_some();
        assert!(!in_ci, "{tool} is missing (make deps installs it)");
        eprintln!("skipped: {tool} is missing (make deps installs it)");
    }
    missing.is_none()
}

pub(crate) fn run(tool: &str, package: &str, arguments: &[&str]) -> String {
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

pub(crate) fn sox(input: &Path, output: &Path) {
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

pub(crate) fn ffmpeg(input: &Path, options: &[&str], output: &Path) {
    let mut arguments = vec!["-v", "error", "-y", "-i", input.to_str().unwrap()];
    arguments.extend_from_slice(options);
    arguments.push(output.to_str().unwrap());
    run("ffmpeg", "ffmpeg", &arguments);
}

/// The RMS amplitude over all channels, as sox measures it.
pub(crate) fn sox_rms(path: &Path) -> f64 {
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

pub(crate) fn planes_of(path: &Path) -> Result<Vec<Vec<f32>>, FileError> {
    decode(path).map_err(|error| match error {
        Error::File(error) => error,
        other => panic!("not a file error: {other:?}"),
    })
}

fn decode(path: &Path) -> perbus::Result<Vec<Vec<f32>>> {
    let mut decoder = Decoder::open(path)?;
    let mut planes = vec![Vec::new(); decoder.channels() as usize];
    while let Some(block) = decoder.next_block()? {
        for (plane, samples) in planes.iter_mut().zip(block) {
            plane.extend_from_slice(samples);
        }
    }
    assert!(decoder.next_block()?.is_none());
    Ok(planes)
}

pub(crate) fn rms(planes: &[Vec<f32>]) -> f64 {
    let sum: f64 = planes.iter().flatten().map(|x| f64::from(*x).powi(2)).sum();
    (sum / (planes.len() * planes[0].len()) as f64).sqrt()
}

/// Level of the 1 kHz sine in the middle half of `samples`, in dB against full scale.
pub(crate) fn level(samples: &[f32], rate: f64) -> f64 {
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

pub(crate) fn decibels(amplitude: f64) -> f64 {
    20.0 * amplitude.log10()
}

/// Checks the sine's level per channel against another program's decoding of the same file, and
/// against what was encoded. LAME scales its input down by up to half a dB.
pub(crate) fn assert_levels(path: &Path, planes: &[Vec<f32>], encoder_loss: f64) {
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
pub(crate) fn assert_close(value: f64, expected: f64, tolerance: f64) {
    assert!(
        (value - expected).abs() <= tolerance,
        "{value} is not {expected} +- {tolerance}"
    );
}

/// The error for `path`, which `load` and a full decode must agree on.
pub(crate) fn error_for(path: &Path) -> FileError {
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

pub(crate) fn cut(path: &Path, keep: impl Fn(usize) -> usize) {
    let bytes = fs::read(path).unwrap();
    fs::write(path, &bytes[..keep(bytes.len())]).unwrap();
}

/// Frames of the first channel up to the end or a fault.
pub(crate) fn read_up_to_a_fault(file: &mut File) -> (Vec<f32>, Option<Error>) {
    let mut planes = vec![vec![0.0; 1_000]; file.format().channels() as usize];
    let mut found = Vec::new();
    loop {
        let mut slices: Vec<&mut [f32]> = planes.iter_mut().map(Vec::as_mut_slice).collect();
        match file.read(&mut slices) {
            Ok(0) => return (found, None),
            Ok(read) => found.extend_from_slice(&planes[0][..read]),
            Err(error) => return (found, Some(error)),
        }
    }
}
