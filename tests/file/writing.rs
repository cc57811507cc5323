//! Files that are written, as other programs read them.

use std::fs;
use std::path::Path;

use crate::stems::read_all;
use crate::tools::*;
use perbus::{Error, File, FileSamples, FileSettings, Format};

const RATE: f64 = 48_000.0;
const FRAMES: usize = 9_001;

pub(crate) fn format(channels: u32) -> Format {
    Format::new(RATE, channels).unwrap()
}

/// Noise of its own in each channel, within full scale.
pub(crate) fn noise(channels: usize) -> Vec<Vec<f32>> {
    let mut state = 7_u32;
    let mut sample = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (f64::from(state) / f64::from(u32::MAX) * 1.8 - 0.9) as f32
    };
    (0..channels)
        .map(|_| (0..FRAMES).map(|_| sample()).collect())
        .collect()
}

pub(crate) fn slices(planes: &[Vec<f32>]) -> Vec<&[f32]> {
    planes.iter().map(Vec::as_slice).collect()
}

/// Writes in blocks of changing length.
fn write_blocks(path: &Path, planes: &[Vec<f32>], settings: FileSettings) {
    let mut file = File::create(path, settings).unwrap();
    let (mut start, mut length) = (0, 1);
    while start < planes[0].len() {
        let end = planes[0].len().min(start + length);
        let block: Vec<&[f32]> = planes.iter().map(|plane| &plane[start..end]).collect();
        file.write(&block).unwrap();
        (start, length) = (end, length * 5 % 3_001);
        assert_eq!(
            (file.frames(), file.position()),
            (start as u64, start as u64)
        );
    }
    assert!(!path.exists());
    file.finish().unwrap();
}

/// A WAV file's samples, as hound reads them.
fn samples_of(path: &Path) -> (hound::WavSpec, Vec<Vec<f64>>) {
    let mut reader = hound::WavReader::open(path).unwrap();
    let spec = reader.spec();
    let scale = f64::from(1_u32 << (spec.bits_per_sample - 1));
    let samples: Vec<f64> = match spec.sample_format {
        hound::SampleFormat::Float => reader
            .samples::<f32>()
            .map(|sample| f64::from(sample.unwrap()))
            .collect(),
        hound::SampleFormat::Int => reader
            .samples::<i32>()
            .map(|sample| f64::from(sample.unwrap()) / scale)
            .collect(),
    };
    let channels = usize::from(spec.channels);
    let plane = |channel| {
        samples
            .iter()
            .skip(channel)
            .step_by(channels)
            .copied()
            .collect()
    };
    (spec, (0..channels).map(plane).collect())
}

fn assert_near(found: &[Vec<f64>], planes: &[Vec<f32>], tolerance: f64, what: &str) {
    assert_eq!(found.len(), planes.len(), "{what}");
    for (found, plane) in found.iter().zip(planes) {
        assert_eq!(found.len(), plane.len(), "{what}");
        for (frame, (found, sample)) in found.iter().zip(plane).enumerate() {
            let apart = (found - f64::from(*sample)).abs();
            assert!(apart <= tolerance, "{what}: {apart} off at frame {frame}");
        }
    }
}

const STEPS: [(FileSamples, u16, f64); 3] = [
    (FileSamples::Float32, 32, 0.0),
    (FileSamples::Int24, 24, 1.0 / 8_388_608.0),
    (FileSamples::Int16, 16, 1.0 / 32_768.0),
];

#[test]
fn other_programs_read_what_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let (wav, flac) = (folder.path().join("a.wav"), folder.path().join("a.flac"));
    let decoded = folder.path().join("decoded.wav");
    for channels in [1, 2, 6, 8] {
        let planes = noise(channels);
        for (samples, bits, step) in STEPS {
            let what = format!("{channels} channels, {samples:?}");
            let settings = FileSettings::wav(format(channels as u32)).with_samples(samples);
            write_blocks(&wav, &planes, settings.undithered());
            let (spec, found) = samples_of(&wav);
            assert_eq!(
                (spec.sample_rate, spec.bits_per_sample),
                (48_000, bits),
                "{what}"
            );
            assert_near(&found, &planes, step / 2.0, &what);
            fs::remove_file(&wav).unwrap();
            // A step of noise to either side, at most.
            write_blocks(&wav, &planes, settings);
            assert_near(&samples_of(&wav).1, &planes, step * 1.5, &what);
            fs::remove_file(&wav).unwrap();
            if samples == FileSamples::Float32 {
                continue;
            }
            let settings = FileSettings::flac(format(channels as u32)).with_samples(samples);
            write_blocks(&flac, &planes, settings.undithered());
            let (input, output) = (flac.to_str().unwrap(), decoded.to_str().unwrap());
            run("flac", "flac", &["-s", "-f", "-d", "-o", output, input]);
            let (spec, found) = samples_of(&decoded);
            assert_eq!(spec.bits_per_sample, bits, "{what}");
            assert_near(&found, &planes, step / 2.0, &what);
            fs::remove_file(&flac).unwrap();
        }
    }
}

#[test]
fn vorbis_files_keep_their_sound() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tone.ogg");
    let other = folder.path().join("other.wav");
    let tone = |level: f64| -> Vec<f32> { sine(FRAMES, RATE, level) };
    let planes = [tone(0.5), tone(0.25)];
    let mut sizes = Vec::new();
    for (quality, loss) in [(0.1, 0.1), (0.9, 0.02)] {
        write_blocks(
            &path,
            &planes,
            FileSettings::ogg_vorbis(format(2)).with_quality(quality),
        );
        sizes.push(fs::metadata(&path).unwrap().len());
        run(
            "oggdec",
            "vorbis-tools",
            &[
                "-Q",
                "-b",
                "16",
                "-o",
                other.to_str().unwrap(),
                path.to_str().unwrap(),
            ],
        );
        let (spec, found) = samples_of(&other);
        assert_eq!((spec.sample_rate, spec.channels), (48_000, 2));
        // The encoder's loss, and half a step of 16 bits.
        assert_near(&found, &planes, loss, &format!("quality {quality}"));
        let (info, read) = read_all(&path);
        assert_eq!(
            (info.container, info.codec, info.frames),
            ("Ogg Vorbis", "Vorbis", FRAMES as u64)
        );
        assert_near(&found, &read, 1.0 / 32_768.0, "as oggdec decodes it");
        fs::remove_file(&path).unwrap();
    }
    assert!(sizes[0] < sizes[1], "{sizes:?}");
}

/// Triangular noise of a step to either side makes the error's mean 0 and its variance a quarter of
/// a squared step, whatever the level is.
#[test]
fn dither_hides_the_steps() {
    const COUNT: usize = 40_000;
    let folder = tempfile::tempdir().unwrap();
    let (path, again) = (
        folder.path().join("quiet.wav"),
        folder.path().join("again.wav"),
    );
    for (samples, _, step) in &STEPS[1..] {
        for level in [0.0, 0.3, 0.5, -0.9] {
            let plane = vec![(level * step) as f32; COUNT];
            let settings = FileSettings::wav(format(2)).with_samples(*samples);
            write_file(&path, &[&plane, &plane], settings);
            let (_, found) = samples_of(&path);
            assert_ne!(found[0], found[1], "each channel has noise of its own");
            for plane in &found {
                let errors: Vec<f64> = plane.iter().map(|sample| sample / step - level).collect();
                let mean = errors.iter().sum::<f64>() / COUNT as f64;
                let power = errors.iter().map(|error| error * error).sum::<f64>() / COUNT as f64;
                assert_close(mean, 0.0, 0.01);
                assert_close(power, 0.25, 0.01);
            }
            write_file(&again, &[&plane, &plane], settings);
            assert_eq!(fs::read(&path).unwrap(), fs::read(&again).unwrap());
            write_file(&path, &[&plane, &plane], settings.undithered());
            let (_, found) = samples_of(&path);
            let rounded = (level * step / step).round_ties_even() * step;
            assert!(found[0].iter().all(|sample| *sample == rounded), "{level}");
        }
    }
}

#[test]
fn samples_that_a_file_cannot_hold() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("loud.wav");
    let loud = [2.0, -2.0, f32::NAN, f32::INFINITY, 0.25, 1.0];
    for (samples, _, step) in STEPS {
        let settings = FileSettings::wav(format(1))
            .with_samples(samples)
            .undithered();
        let mut file = File::create(&path, settings).unwrap();
        file.write(&[&loud]).unwrap();
        assert_eq!(file.info().unwrap().invalid, 2);
        file.finish().unwrap();
        let found = samples_of(&path).1.remove(0);
        let expected = match samples {
            FileSamples::Float32 => [2.0, -2.0, 0.0, 0.0, 0.25, 1.0],
            _ => [1.0 - step, -1.0, 0.0, 0.0, 0.25, 1.0 - step],
        };
        assert_eq!(found, expected, "{samples:?}");
    }
}

pub(crate) fn names_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_file_takes_its_name_when_it_is_complete() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kept.wav");
    fs::write(&path, b"before").unwrap();
    let settings = FileSettings::wav(format(1));
    let mut file = File::create(&path, settings).unwrap();
    file.write(&[&[0.5; 100_000]]).unwrap();
    assert_eq!(names_in(folder.path()).len(), 2);
    drop(file);
    assert_eq!(names_in(folder.path()), ["kept.wav"]);
    assert_eq!(fs::read(&path).unwrap(), b"before");

    // A link stays one, and a file without frames is one.
    let link = folder.path().join("link.wav");
    std::os::unix::fs::symlink("kept.wav", &link).unwrap();
    File::create(&link, settings).unwrap().finish().unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(File::open(&path).unwrap().frames(), 0);
    assert_eq!(names_in(folder.path()), ["kept.wav", "link.wav"]);

    // The last of two that are written at once stays.
    let (mut first, second) = (
        File::create(&path, settings).unwrap(),
        File::create(&path, settings).unwrap(),
    );
    first.write(&[&[0.5; 7]]).unwrap();
    second.finish().unwrap();
    first.finish().unwrap();
    assert_eq!(File::open(&path).unwrap().frames(), 7);
    assert_eq!(names_in(folder.path()), ["kept.wav", "link.wav"]);
}

#[test]
fn a_file_that_is_replaced_is_read_on() {
    let folder = tempfile::tempdir().unwrap();
    let (path, planes) = (folder.path().join("loop.wav"), noise(1));
    write_wav(&path, &slices(&planes), FileSamples::Float32);
    let mut input = File::open(&path).unwrap();
    let mut output = File::create(&path, FileSettings::wav(format(1))).unwrap();
    let mut block = [0.0; 1_000];
    loop {
        let read = input.read(&mut [&mut block]).unwrap();
        if read == 0 {
            break;
        }
        block.iter_mut().for_each(|sample| *sample *= 0.5);
        output.write(&[&block[..read]]).unwrap();
    }
    output.finish().unwrap();
    input.seek(0).unwrap();
    input.read(&mut [&mut block]).unwrap();
    assert_eq!(block[..], planes[0][..1_000]);
    let halved: Vec<f32> = planes[0].iter().map(|sample| 0.5 * sample).collect();
    assert_eq!(planes_of(&path).unwrap()[0], halved);
}

#[test]
fn names_of_any_bytes_are_written() {
    use std::os::unix::ffi::OsStrExt as _;
    let folder = tempfile::tempdir().unwrap();
    let settings = FileSettings::flac(format(1));
    for name in [
        &b"a b\nc.flac"[..],
        b"\xff\xfe.flac",
        b"no extension",
        b"\xc3\xa9.wav",
    ] {
        let path = folder.path().join(std::ffi::OsStr::from_bytes(name));
        write_file(&path, &[&[0.5; 10]], settings);
        assert_eq!(File::open(&path).unwrap().info().unwrap().container, "FLAC");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 4);
    let error = File::create("a\0b.wav", settings).unwrap_err();
    assert!(matches!(error, Error::InvalidArgument(_)), "{error:?}");
}

#[test]
fn a_refused_block_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shape.wav");
    let mut file = File::create(&path, FileSettings::wav(format(2))).unwrap();
    let one = [0.5];
    let shapes: [&[&[f32]]; 4] = [&[], &[&one], &[&one, &one, &one], &[&one, &[0.0, 0.0]]];
    for shape in shapes {
        let error = file.write(shape).unwrap_err();
        assert!(matches!(error, Error::InvalidArgument(_)), "{error:?}");
    }
    for error in [
        file.read(&mut [&mut [0.0], &mut [0.0]])
            .map(drop)
            .unwrap_err(),
        file.seek(0).unwrap_err(),
    ] {
        assert!(matches!(error, Error::WrongKind(_)), "{error:?}");
    }
    file.write(&[&one, &one]).unwrap();
    file.finish().unwrap();
    let mut file = File::open(&path).unwrap();
    assert_eq!(file.frames(), 1);
    let error = file.write(&[&one, &one]).unwrap_err();
    assert!(matches!(error, Error::WrongKind(_)), "{error:?}");
    let error = file.finish().unwrap_err();
    assert!(matches!(error, Error::WrongKind(_)), "{error:?}");
    assert_eq!(File::open(&path).unwrap().frames(), 1);
}
