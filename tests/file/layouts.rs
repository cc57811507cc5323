//! The speakers stated in files, against files made by other programs.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::tools::{ffmpeg, run, write_file};
use perbus::file::{load, Decoder};
use perbus::{Buffer, ChannelLayout, Engine, FileSamples, FileSettings, Format, Result};
use ChannelLayout::*;

const RATE: f64 = 48_000.0;
const FRAMES: usize = 4_800;

/// A level of its own for each channel; the fourth is low enough for an LFE.
fn tones(channels: usize) -> Vec<Vec<f32>> {
    let tone = |channel: usize| {
        let pitch = if channel == 3 {
            60.0
        } else {
            300.0 + 110.0 * channel as f64
        };
        let step = std::f64::consts::TAU * pitch / RATE;
        let sample = move |frame: usize| (0.25 * (step * frame as f64).sin()) as f32;
        (0..FRAMES).map(sample).collect()
    };
    (0..channels).map(tone).collect()
}

/// Which of the tones is strongest in each channel.
fn heard(buffer: &Buffer, tones: &[Vec<f32>]) -> Vec<usize> {
    let like = |samples: &[f32], pitch: f64| {
        let step = std::f64::consts::TAU * pitch / RATE;
        let (mut sine, mut cosine) = (0.0, 0.0);
        for (frame, sample) in samples.iter().enumerate().skip(800).take(3_200) {
            let (s, c) = (step * frame as f64).sin_cos();
            sine += s * f64::from(*sample);
            cosine += c * f64::from(*sample);
        }
        sine.hypot(cosine)
    };
    let pitch = |tone: usize| {
        if tone == 3 {
            60.0
        } else {
            300.0 + 110.0 * tone as f64
        }
    };
    (0..buffer.format().channels())
        .map(|channel| {
            let samples = buffer.channel(channel);
            (0..tones.len())
                .max_by(|a, b| like(samples, pitch(*a)).total_cmp(&like(samples, pitch(*b))))
                .expect("a tone")
        })
        .collect()
}

fn write(path: &Path, planes: &[Vec<f32>], layout: ChannelLayout, samples: FileSamples) {
    let slices: Vec<&[f32]> = planes.iter().map(Vec::as_slice).collect();
    let format = Format::new(RATE, planes.len() as u32).unwrap();
    let settings = FileSettings::wav(format.with_layout(layout).unwrap());
    write_file(path, &slices, settings.with_samples(samples).undithered());
}

const ALL: [(ChannelLayout, &str); 8] = [
    (Mono, "mono"),
    (Stereo, "stereo"),
    (Surround3_0, "3.0"),
    (Quad, "quad"),
    (Surround5_0, "5.0"),
    (Surround5_1, "5.1"),
    (Surround7_1, "7.1"),
    (Surround7_1C, "7.1"),
];

#[test]
fn a_wav_file_names_its_speakers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.wav");
    for (layout, name) in ALL {
        let channels = layout.channels().unwrap() as usize;
        let planes = tones(channels);
        for samples in [FileSamples::Int16, FileSamples::Int24, FileSamples::Float32] {
            write(&path, &planes, layout, samples);
            let buffer = load(&path, RATE).unwrap();
            let read = if layout == Surround7_1C {
                Surround7_1
            } else {
                layout
            };
            assert_eq!(buffer.format().layout(), read);
            let order = match layout {
                Surround7_1C => vec![0, 1, 2, 3, 6, 7, 4, 5],
                _ => (0..channels).collect(),
            };
            assert_eq!(heard(&buffer, &planes), order, "{layout} {samples:?}");
        }
        // As read by another program, for the last of them.
        let shown = Command::new("ffprobe")
            .args(["-v", "error", "-show_entries", "stream=channel_layout"])
            .args(["-of", "default=nw=1:nk=1", path.to_str().unwrap()])
            .output()
            .expect("ffprobe of the Debian package ffmpeg (make deps installs it)");
        let shown = String::from_utf8(shown.stdout).unwrap();
        assert_eq!(shown.trim(), name, "{layout}");
    }
    // Stems have no layout, whatever their number.
    for channels in 1..=16 {
        write(&path, &tones(channels), Discrete, FileSamples::Int24);
        let expected = Format::new(RATE, channels as u32).unwrap();
        let expected = expected.with_layout(Discrete).unwrap();
        assert_eq!(load(&path, RATE).unwrap().format(), expected);
    }
}

#[test]
fn a_wav_file_that_names_no_speakers_has_the_usual_ones() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plain.wav");
    for channels in 1..=9_u16 {
        let spec = hound::WavSpec {
            channels,
            sample_rate: RATE as u32,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut writer = hound::WavWriter::create(&path, spec).unwrap();
        (0..100 * channels).for_each(|_| writer.write_sample(1_000).unwrap());
        writer.finalize().unwrap();
        // Hound's masks are the lowest bits; three of them are 3.0.
        let usual = ChannelLayout::usual(u32::from(channels));
        let expected = if channels == 3 { Surround3_0 } else { usual };
        assert_eq!(
            Decoder::open(&path).unwrap().layout(),
            expected,
            "{channels}"
        );
        if channels > 2 {
            // The same file without an extensible header states no layout.
            let mut bytes = fs::read(&path).unwrap();
            bytes[20..22].copy_from_slice(&[1, 0]);
            fs::write(&path, &bytes).unwrap();
            assert_eq!(Decoder::open(&path).unwrap().layout(), usual, "{channels}");
        }
    }
}

#[test]
fn every_mask_is_a_layout_or_none() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mask.wav");
    let known = [
        (0x7, Surround3_0),
        (0x33, Quad),
        (0x603, Quad),
        (0x37, Surround5_0),
        (0x607, Surround5_0),
        (0x3f, Surround5_1),
        (0x60f, Surround5_1),
        (0x63f, Surround7_1),
        (0xf, Quad),
        (0xff, Surround7_1),
    ];
    // Any other set of three to eight speakers is not a layout.
    for mask in (0..0x800_u32).filter(|mask| (3..=8).contains(&mask.count_ones())) {
        let channels = mask.count_ones();
        if !path.exists() || mask.count_ones() != fs::read(&path).unwrap()[22].into() {
            let frame = vec![vec![0.25]; channels as usize];
            write(&path, &frame, Discrete, FileSamples::Int16);
        }
        let mut bytes = fs::read(&path).unwrap();
        bytes[40..44].copy_from_slice(&mask.to_le_bytes());
        fs::write(&path, bytes).unwrap();
        let layout = known.iter().find(|(listed, _)| *listed == mask);
        let expected = layout.map_or(Discrete, |(_, layout)| *layout);
        assert_eq!(
            Decoder::open(&path).unwrap().layout(),
            expected,
            "{mask:#x}"
        );
    }
}

/// Whatever the codec's own order, the channels are delivered in that of WAV files.
#[test]
fn every_codec_has_its_channels_in_their_places() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source.wav");
    let cases: [(ChannelLayout, &[&str]); 5] = [
        (Surround3_0, &["flac", "ogg"]),
        (Quad, &["flac", "ogg"]),
        (Surround5_0, &["flac", "ogg"]),
        (Surround5_1, &["flac", "ogg"]),
        (Surround7_1, &["flac", "ogg"]),
    ];
    for (layout, names) in cases {
        let channels = layout.channels().unwrap() as usize;
        let planes = tones(channels);
        write(&source, &planes, layout, FileSamples::Int16);
        for name in names {
            let path = folder.path().join(format!("out.{name}"));
            let options: &[&str] = match *name {
                "ogg" => &["-c:a", "libvorbis", "-q:a", "6"],
                _ => &["-c:a", "flac"],
            };
            ffmpeg(&source, options, &path);
            let buffer = load(&path, RATE).unwrap();
            assert_eq!(buffer.format().layout(), layout, "{name}");
            let order: Vec<usize> = (0..channels).collect();
            assert_eq!(heard(&buffer, &planes), order, "{layout} {name}");
        }
    }
    // AIFF states no layout.
    for (channels, expected) in [(1, Mono), (2, Stereo), (3, Surround3_0), (6, Discrete)] {
        write(&source, &tones(channels), Discrete, FileSamples::Int16);
        let path = folder.path().join("out.aiff");
        run(
            "sox",
            "sox",
            &[source.to_str().unwrap(), path.to_str().unwrap()],
        );
        assert_eq!(
            Decoder::open(&path).unwrap().layout(),
            expected,
            "{channels}"
        );
    }
}

#[test]
fn what_is_rendered_to_a_file_keeps_its_layout() -> Result<()> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mix.wav");
    for (layout, _) in ALL {
        let format = Format::new(RATE, layout.channels().unwrap())?.with_layout(layout)?;
        let engine = Engine::offline(format, 512)?;
        let source = engine.create_source(format, |block| {
            for channel in 0..block.channels() {
                block.channel_mut(channel).fill(0.1 * (channel + 1) as f32);
            }
        })?;
        engine.connect(&source, &engine.main_mixer(), 0, 0)?;
        engine.start()?;
        engine.render_to_wav(&path, std::time::Duration::from_millis(10))?;
        // Loaded again and played into the same layout, every channel is in its place.
        let buffer = load(&path, RATE)?;
        let again = Engine::offline(format, 512)?;
        let player = again.create_player()?;
        again.connect_with_format(&player, &again.main_mixer(), 0, 0, buffer.format())?;
        again.start()?;
        player.schedule(&buffer)?;
        player.play()?;
        again.render_blocks(400, |planar| {
            for (channel, samples) in planar.iter().enumerate() {
                let expected = 0.1 * (channel + 1) as f32;
                assert!(
                    (samples[0] - expected).abs() < 1e-6,
                    "{layout} {channel}: {}",
                    samples[0]
                );
            }
            Ok(())
        })?;
    }
    Ok(())
}
