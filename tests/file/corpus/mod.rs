//! Files over formats, channels, rates and oddities, made by other programs and compared with what
//! other programs decode.

pub(crate) mod cases;
pub(crate) mod source;

use std::collections::HashSet;
use std::fs;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};
use std::thread;

use crate::stems::{furthest, lag, read, read_all};
use crate::tools::have;
use cases::{cases, Against, Case};
use perbus::{ChannelLayout, File};

pub(crate) const TOOLS: [&str; 6] = ["sox", "ffmpeg", "oggenc", "opusenc", "lame", "flac"];

/// Runs `work` on all of them, on every processor, and panics with all that is wrong.
pub(crate) fn on_each(cases: &[Case], work: impl Fn(&Case) -> Result<(), String> + Sync) {
    let (next, faults) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let done = catch_unwind(AssertUnwindSafe(|| work(case)));
                    let done = done.unwrap_or_else(|_| Err("it panics".into()));
                    if let Err(fault) = done {
                        faults
                            .lock()
                            .unwrap()
                            .push(format!("{}: {fault}", case.name));
                    }
                }
            });
        }
    });
    let faults = faults.into_inner().unwrap();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What a shell command prints.
pub(crate) fn shell(command: &str, input: &Path, output: &Path) -> Result<Vec<u8>, String> {
    let done = Command::new("bash")
        .args(["-o", "pipefail", "-ec", command])
        .env("in", input)
        .env("out", output)
        .output()
        .map_err(|error| error.to_string())?;
    match done.status.success() {
        true => Ok(done.stdout),
        false => Err(format!(
            "{command}: {}",
            String::from_utf8_lossy(&done.stderr)
        )),
    }
}

pub(crate) fn make(case: &Case, folder: &Path) -> Result<PathBuf, String> {
    let path = folder.join(&case.name);
    shell(&case.make, &case.sound.write(folder), &path)?;
    Ok(path)
}

/// Made once for the tests that share it.
pub(crate) fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("corpus");
        // Made anew, with the programs of today.
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        on_each(&cases(), |case| make(case, &folder).map(|_| ()));
        folder
    })
}

fn reference(case: &Case, path: &Path) -> Result<Vec<Vec<f32>>, String> {
    let Against::Program(command, _) = case.against else {
        return Ok(case.sound.planes());
    };
    let bytes = shell(command, Path::new(""), path)?;
    let channels = case.sound.channels as usize;
    let mut planes = vec![Vec::new(); channels];
    for (i, sample) in bytes.chunks_exact(4).enumerate() {
        let sample = f32::from_le_bytes([sample[0], sample[1], sample[2], sample[3]]);
        planes[i % channels].push(sample);
    }
    Ok(planes)
}

fn layout_of(case: &Case) -> ChannelLayout {
    match case.sound.channels {
        1 => ChannelLayout::Mono,
        2 => ChannelLayout::Stereo,
        3 => ChannelLayout::Surround3_0,
        4 => ChannelLayout::Quad,
        5 => ChannelLayout::Surround5_0,
        6 => ChannelLayout::Surround5_1,
        8 => ChannelLayout::Surround7_1,
        _ => ChannelLayout::Discrete,
    }
}

fn ensure(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), String> {
    match holds {
        true => Ok(()),
        false => Err(otherwise()),
    }
}

/// Length, layout, alignment, samples and level.
fn compare(case: &Case, path: &Path) -> Result<(), String> {
    let (info, planes) = read_all(path);
    let (frames, source) = (planes[0].len(), case.sound.planes());
    let found = (
        info.format.channels(),
        info.format.sample_rate(),
        info.format.layout(),
    );
    let expected = (
        case.sound.channels,
        f64::from(case.sound.rate),
        layout_of(case),
    );
    ensure(found == expected, || format!("{found:?}, not {expected:?}"))?;
    ensure(info.frames == frames as u64, || {
        format!("{frames} frames, not {}", info.frames)
    })?;
    ensure(info.invalid == 0, || {
        format!("{} invalid samples", info.invalid)
    })?;
    if case.is_exact {
        ensure(frames == source[0].len(), || {
            format!("{frames} frames, not {}", source[0].len())
        })?;
        let late = lag(&planes[0], &source[0], 1_200);
        ensure(late == 0, || format!("{late} frames late"))?;
    } else {
        ensure(frames >= source[0].len(), || {
            format!("{frames} frames of {}", source[0].len())
        })?;
    }
    let reference = reference(case, path)?;
    let Against::Program(_, tolerance) = case.against else {
        return ensure(planes == reference, || {
            "other samples than the source".into()
        });
    };
    for (channel, (plane, reference)) in planes.iter().zip(&reference).enumerate() {
        let shared = plane.len().min(reference.len());
        ensure(shared + 1_200 >= plane.len().max(reference.len()), || {
            format!("{} frames elsewhere, not {}", reference.len(), plane.len())
        })?;
        let (plane, reference) = (&plane[..shared], &reference[..shared]);
        let difference = furthest(plane, reference);
        ensure(difference <= tolerance, || {
            let late = lag(reference, plane, 1_200);
            format!("channel {channel} differs by {difference}, and is {late} early")
        })?;
        let decibels = level(plane) - level(reference);
        // Quiet sound is coarse where values lack their low bits.
        let most = if tolerance > 1e-3 { 0.2 } else { 0.01 };
        ensure(decibels.abs() <= most, || {
            format!("channel {channel} is {decibels} dB louder")
        })?;
    }
    Ok(())
}

fn level(samples: &[f32]) -> f64 {
    let power: f64 = samples.iter().map(|x| f64::from(*x).powi(2)).sum();
    10.0 * (power / samples.len() as f64).log10()
}

#[test]
fn every_file_sounds_as_elsewhere() {
    if !have(&TOOLS) {
        return;
    }
    let cases = cases();
    let names: HashSet<&str> = cases.iter().map(|case| &case.name[..]).collect();
    assert_eq!(names.len(), cases.len(), "two of one name");
    assert!(cases.len() >= 120, "{} files", cases.len());
    let folder = folder();
    on_each(&cases, |case| compare(case, &folder.join(&case.name)));
}

/// By how much decoding from a seek may differ: filters that ring, and roundings of other order.
pub(crate) fn seek_tolerance(case: &Case) -> f32 {
    match case.against {
        Against::Program(_, tolerance) if tolerance >= 1e-3 => 1e-5,
        _ => 0.0,
    }
}

#[test]
fn regions_are_as_loaded() {
    if !have(&TOOLS) {
        return;
    }
    let folder = folder();
    on_each(&cases(), |case| {
        let path = folder.join(&case.name);
        let rate = f64::from(case.sound.rate);
        let loaded = File::load(&path, rate).map_err(|error| error.to_string())?;
        let mut file = File::open(&path).map_err(|error| error.to_string())?;
        let mut state = case
            .name
            .bytes()
            .fold(1_u64, |n, byte| n << 5 ^ n ^ u64::from(byte));
        let mut random = |below: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        let frames = file.frames();
        ensure(u64::from(loaded.frames()) == frames, || {
            format!("{} frames loaded of {frames}", loaded.frames())
        })?;
        for round in 0..24 {
            // From the start to the end now and then.
            let start = if round % 8 == 0 {
                0
            } else {
                random(frames + 1)
            };
            let length = if round % 8 == 0 {
                frames
            } else {
                random(6_000)
            };
            file.seek(start).map_err(|error| error.to_string())?;
            let region = read(&mut file, length as usize);
            let (from, to) = (start as usize, (start + length).min(frames) as usize);
            for (channel, plane) in region.iter().enumerate() {
                let expected = &loaded.channel(channel as u32)[from..to];
                ensure(plane.len() == expected.len(), || {
                    format!("{} frames from {start}, not {length}", plane.len())
                })?;
                let difference = furthest(plane, expected);
                ensure(difference <= seek_tolerance(case), || {
                    format!("{length} frames from {start} differ by {difference}")
                })?;
            }
        }
        Ok(())
    });
}
