//! The same music in every format: as long as its source, and in time with it, against ffmpeg's
//! decoding.

use std::path::{Path, PathBuf};

use crate::tools::*;
use perbus::{File, FileInfo, FileSamples, FileSettings, Format};

const RATE: f64 = 48_000.0;
const FRAMES: usize = 100_003;

/// How a stem is encoded, and by how much the decoders may differ.
pub(crate) struct Form {
    pub(crate) name: &'static str,
    options: &'static [&'static str],
    container: &'static str,
    codec: &'static str,
    pub(crate) tolerance: f32,
    /// Whether the container says how much the encoder has added.
    is_exact: bool,
}

const fn form(
    name: &'static str,
    options: &'static [&'static str],
    (container, codec): (&'static str, &'static str),
    tolerance: f32,
) -> Form {
    Form {
        name,
        options,
        container,
        codec,
        tolerance,
        is_exact: true,
    }
}

const VORBIS: &[&str] = &["-c:a", "libvorbis", "-q:a", "6"];
const OPUS: &[&str] = &["-c:a", "libopus", "-b:a", "160k"];
const AAC: &[&str] = &["-c:a", "aac", "-b:a", "192k", "-aac_pns", "0"];

pub(crate) fn forms() -> Vec<Form> {
    let aac_in_fragments = &[
        "-c:a",
        "aac",
        "-aac_pns",
        "0",
        "-movflags",
        "+frag_keyframe+delay_moov",
        "-frag_duration",
        "300000",
    ];
    vec![
        form("pcm.wav", &[], ("WAV", "PCM 16 bit"), 0.0),
        form("lossless.flac", &[], ("FLAC", "FLAC 16 bit"), 0.0),
        form("lossless.oga", &["-c:a", "flac"], ("Ogg", "FLAC"), 0.0),
        form("lossless.m4a", &["-c:a", "alac"], ("MP4", "ALAC"), 0.0),
        form(
            "lossless.mp4",
            &["-c:a", "flac", "-strict", "-2"],
            ("MP4", "FLAC"),
            0.0,
        ),
        form("lossless.caf", &["-c:a", "alac"], ("CAF", "ALAC"), 0.0),
        form(
            "vorbis.ogg",
            &["-c:a", "libvorbis", "-q:a", "6"],
            ("Ogg Vorbis", "Vorbis"),
            1e-3,
        ),
        form(
            "opus.opus",
            &["-c:a", "libopus", "-b:a", "160k"],
            ("Ogg Opus", "Opus"),
            2e-3,
        ),
        form("layer3.mp3", &["-b:a", "192k"], ("MPEG audio", "MP3"), 1e-3),
        form(
            "layer3.mp4",
            &["-c:a", "libmp3lame", "-b:a", "192k"],
            ("MP4", "MP3"),
            1e-3,
        ),
        form("aac.m4a", AAC, ("MP4", "AAC"), 1e-3),
        form("aac.mov", AAC, ("MP4", "AAC"), 1e-3),
        form("fragments.m4a", aac_in_fragments, ("MP4", "AAC"), 1e-3),
        form("lossless.mkv", &["-c:a", "flac"], ("Matroska", "FLAC"), 0.0),
        form("alac.mkv", &["-c:a", "alac"], ("Matroska", "ALAC"), 0.0),
        form(
            "pcm.mkv",
            &["-c:a", "pcm_s16le"],
            ("Matroska", "PCM 16 bit"),
            0.0,
        ),
        Form {
            is_exact: false,
            ..form("vorbis.webm", VORBIS, ("Matroska", "Vorbis"), 1e-3)
        },
        form("opus.webm", OPUS, ("Matroska", "Opus"), 2e-3),
        form("opus.mp4", OPUS, ("MP4", "Opus"), 2e-3),
        Form {
            is_exact: false,
            ..form(
                "layer3.mkv",
                &["-c:a", "libmp3lame"],
                ("Matroska", "MP3"),
                1e-3,
            )
        },
        Form {
            is_exact: false,
            ..form("aac.mkv", AAC, ("Matroska", "AAC"), 1e-3)
        },
        Form {
            is_exact: false,
            ..form("aac.aac", AAC, ("ADTS", "AAC"), 1e-3)
        },
    ]
}

/// Muffled noise, of which no two parts are alike, at another level in each channel.
fn music() -> [Vec<f32>; 2] {
    let (mut state, mut low) = (1_u32, 0.0);
    let noise: Vec<f32> = (0..FRAMES)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            low += 0.5 * (f64::from(state) / f64::from(u32::MAX) - 0.5 - low);
            low as f32
        })
        .collect();
    [0.7, -0.4].map(|level| noise.iter().map(|sample| level * sample).collect())
}

/// The music as a WAV file.
pub(crate) fn source(folder: &Path) -> PathBuf {
    let path = folder.join("source.wav");
    if !path.exists() {
        let planes = music();
        let settings = FileSettings::wav(Format::new(RATE, 2).unwrap());
        let settings = settings.with_samples(FileSamples::Int16).undithered();
        write_file(&path, &[&planes[0], &planes[1]], settings);
    }
    path
}

pub(crate) fn encode(folder: &Path, form: &Form) -> PathBuf {
    let path = folder.join(form.name);
    ffmpeg(&source(folder), form.options, &path);
    path
}

pub(crate) fn read_all(path: &Path) -> (FileInfo, Vec<Vec<f32>>) {
    let mut file = File::open(path).unwrap();
    let planes = read(&mut file, usize::MAX);
    (file.info().unwrap(), planes)
}

/// The next frames, up to the end.
pub(crate) fn read(file: &mut File, frames: usize) -> Vec<Vec<f32>> {
    let mut planes = vec![Vec::new(); file.format().channels() as usize];
    loop {
        let wanted = (frames - planes[0].len()).min(4_001);
        let mut block = vec![vec![0.0; wanted]; planes.len()];
        let mut slices: Vec<&mut [f32]> = block.iter_mut().map(Vec::as_mut_slice).collect();
        let read = file.read(&mut slices).unwrap();
        for (plane, block) in planes.iter_mut().zip(&block) {
            plane.extend_from_slice(&block[..read]);
        }
        if read == 0 {
            return planes;
        }
    }
}

/// By how many frames `found` is later than `expected`, around a frame.
pub(crate) fn lag(found: &[f32], expected: &[f32], around: usize) -> i64 {
    let most = around.min(3_000);
    let middle = &expected[around..expected.len().min(around + 1_000)];
    let likeness = |lag: usize| {
        let part = found.get(around - most + lag..).unwrap_or_default();
        let product = |(a, b): (&f32, &f32)| f64::from(*a) * f64::from(*b);
        middle.iter().zip(part).map(product).sum::<f64>()
    };
    let all: Vec<f64> = (0..=2 * most).map(likeness).collect();
    let best = (0..all.len()).max_by(|a, b| all[*a].total_cmp(&all[*b]));
    best.unwrap() as i64 - most as i64
}

#[test]
fn stems_of_one_music_line_up() {
    if !have(&["ffmpeg"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for form in forms() {
        let name = form.name;
        let path = encode(folder.path(), &form);
        let (_, source) = read_all(&folder.path().join("source.wav"));
        let (info, planes) = read_all(&path);
        assert_eq!(
            (info.container, info.codec),
            (form.container, form.codec),
            "{name}"
        );
        assert_eq!(info.format.sample_rate(), RATE, "{name}");
        assert_eq!(planes.len(), 2, "{name}");
        assert_eq!(planes[0].len() as u64, info.frames, "{name}");
        if form.is_exact {
            assert_eq!(info.frames, FRAMES as u64, "{name}");
            // Encoders may mix the second channel into the first.
            assert_eq!(lag(&planes[0], &source[0], 30_000), 0, "{name}");
        } else {
            assert!(info.frames > FRAMES as u64, "{name}");
        }
        if form.tolerance == 0.0 {
            assert_eq!(planes, source, "{name}");
            continue;
        }
        let reference = path.with_extension("reference.wav");
        ffmpeg(&path, &["-c:a", "pcm_f32le"], &reference);
        let (_, reference) = read_all(&reference);
        // ffmpeg overlooks the edit list of a fragmented file.
        let late = lag(&reference[0], &planes[0], 30_000);
        assert!(
            late == 0 || name == "fragments.m4a",
            "{name}: ffmpeg is {late} late"
        );
        for (plane, reference) in planes.iter().zip(&reference) {
            let reference = &reference[late as usize..];
            let shared = plane.len().min(reference.len());
            assert!(
                shared >= FRAMES - 1_200,
                "{name}: ffmpeg has {shared} frames"
            );
            let difference = furthest(&plane[..shared], &reference[..shared]);
            assert!(difference <= form.tolerance, "{name}: {difference}");
        }
    }
}

pub(crate) fn furthest(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    a.iter()
        .zip(b)
        .fold(0.0, |most, (a, b)| most.max((a - b).abs()))
}

#[test]
fn seeks_read_what_reading_on_does() {
    if !have(&["ffmpeg"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for form in forms() {
        let name = form.name;
        let path = encode(folder.path(), &form);
        let (info, straight) = read_all(&path);
        let mut file = File::open(&path).unwrap();
        let mut state = 7_u64;
        let mut random = |below: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) % below
        };
        let fixed = [0, 1, 1_023, 1_024, 1_025, info.frames - 1, info.frames];
        let random_ones: Vec<u64> = (0..60).map(|_| random(info.frames)).collect();
        for frame in fixed.into_iter().chain(random_ones) {
            file.seek(frame).unwrap();
            assert_eq!(file.position(), frame);
            let count = (1 + random(5_000)) as usize;
            let found = read(&mut file, count);
            let start = frame as usize;
            let end = straight[0].len().min(start + count);
            for (found, straight) in found.iter().zip(&straight) {
                let expected = &straight[start..end];
                assert_eq!(found.len(), expected.len(), "{name}: {count} from {frame}");
                let difference = furthest(found, expected);
                let most = if form.tolerance == 0.0 { 0.0 } else { 1e-5 };
                assert!(difference <= most, "{name}: {difference} from {frame}");
            }
        }
        let position = file.position();
        assert!(file.seek(info.frames + 1).is_err(), "{name}");
        assert_eq!(file.position(), position, "{name}");
    }
}

/// Stereo in several pages, each with a name and a path.
pub(crate) fn ogg_files(folder: &Path) -> Vec<(&'static str, PathBuf)> {
    let source = source(folder);
    [
        ("a.ogg", "libvorbis"),
        ("a.oga", "flac"),
        ("a.opus", "libopus"),
    ]
    .map(|(name, codec)| {
        let path = folder.join(name);
        ffmpeg(&source, &["-c:a", codec, "-page_duration", "100000"], &path);
        (name, path)
    })
    .into()
}

/// Where pages begin.
pub(crate) fn ogg_pages(bytes: &[u8]) -> Vec<usize> {
    (0..bytes.len() - 4)
        .filter(|at| bytes[*at..].starts_with(b"OggS\0"))
        .collect()
}
