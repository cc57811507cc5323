//! What real files are like: inside of others, from pipes, with numbers that are none, asking for
//! more than there is, and with the tags of music shops.

use std::fs;
use std::path::Path;

use crate::corpus::source::{riff, Sound};
use crate::corpus::{shell, TOOLS};
use crate::stems::{furthest, lag, read_all};
use crate::tools::*;
use perbus::file::FileError;
use perbus::{Error, File, FileSamples};

const STEREO: Sound = Sound {
    channels: 2,
    rate: 44_100,
    bits: 16,
    milliseconds: 300,
};

#[test]
fn containers_that_are_not_read_are_named() {
    if !have(&TOOLS) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let source = STEREO.write(folder.path());
    for (name, make, words) in [
        ("a.wv", "ffmpeg -v error -i $in $out", "WavPack"),
        ("a.tta", "ffmpeg -v error -i $in $out", "True Audio"),
        (
            "mp3.avi",
            "ffmpeg -v error -i $in -c:a libmp3lame $out",
            "AVI",
        ),
        (
            "pcm.avi",
            "ffmpeg -v error -i $in -c:a pcm_s16le $out",
            "AVI",
        ),
        (
            "mp3.flv",
            "ffmpeg -v error -i $in -c:a libmp3lame $out",
            "Flash",
        ),
        ("a.wma", "ffmpeg -v error -i $in $out", "WMA"),
        ("a.tar", "tar cf $out -C ${in%/*} ${in##*/}", "tar"),
        ("a.wav.gz", "gzip -c $in > $out", "gzip"),
        ("a.wav.xz", "xz -c $in > $out", "xz"),
        (
            "a.spx",
            "ffmpeg -v error -i $in -ar 16000 -ac 1 -c:a libspeex $out",
            "Speex",
        ),
        (
            "mp3.wav",
            "ffmpeg -v error -i $in -c:a libmp3lame $out",
            "MP3",
        ),
        (
            "riff.mp3",
            "(printf 'MAC \\226\\17\\0\\0'; cat $in) > $out",
            "Monkey",
        ),
    ] {
        let path = folder.path().join(name);
        if let Err(why) = shell(make, &source, &path) {
            // Builds of ffmpeg differ in what they encode.
            assert!(why.contains("nknown encoder"), "{why}");
            continue;
        }
        let error = error_for(&path);
        let FileError::Unsupported { reason, .. } = &error else {
            panic!("{name}: {error:?}")
        };
        assert!(reason.contains(words), "{name}: {reason}");
    }
}

/// Pictures, tags and free space may hold whole files.
#[test]
fn sound_in_tags_is_not_played() {
    if !have(&TOOLS) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let source = STEREO.write(folder);
    let original = STEREO.planes();
    let other = Sound {
        milliseconds: 500,
        channels: 1,
        ..STEREO
    }
    .write(folder);
    let inside = fs::read(&other).unwrap();
    let name = |name: &str| folder.join(name);
    // WAV: in a chunk before the samples.
    let wav = fs::read(&source).unwrap();
    let (format, data) = (&wav[20..36], &wav[44..]);
    let chunks: [(&[u8; 4], &[u8]); 4] = [
        (b"JUNK", &inside),
        (b"fmt ", format),
        (b"PAD ", &inside[..4_001]),
        (b"data", data),
    ];
    fs::write(name("junk.wav"), riff(&chunks)).unwrap();
    assert_eq!(read_all(&name("junk.wav")).1, original);
    // FLAC: in a block of its own, which an application would read.
    shell("flac -s -f $in -o $out", &source, &name("a.flac")).unwrap();
    let flac = fs::read(name("a.flac")).unwrap();
    let mut block = vec![2];
    block.extend(&(inside.len() as u32).to_be_bytes()[1..]);
    let parts = [&flac[..42], &block, &inside, &flac[42..]];
    fs::write(name("tags.flac"), parts.concat()).unwrap();
    assert_eq!(read_all(&name("tags.flac")).1, original);
    // MP3: in a frame of an ID3v2 tag.
    shell("lame --quiet -b 128 $in $out", &source, &name("a.mp3")).unwrap();
    let size = inside.len() + 10;
    let seven = |n: usize| [n >> 21, n >> 14, n >> 7, n].map(|part| part as u8 & 0x7f);
    let mut tag = b"ID3\x03\0\0".to_vec();
    tag.extend(seven(size));
    tag.extend(b"GEOB");
    tag.extend((inside.len() as u32).to_be_bytes());
    tag.extend([0, 0]);
    let mp3 = fs::read(name("a.mp3")).unwrap();
    fs::write(name("tags.mp3"), [&tag[..], &inside, &mp3].concat()).unwrap();
    assert_eq!(read_all(&name("tags.mp3")), read_all(&name("a.mp3")));
    // MP4: in free space.
    let make = "ffmpeg -v error -i $in -c:a alac $out";
    shell(make, &source, &name("a.m4a")).unwrap();
    let mp4 = fs::read(name("a.m4a")).unwrap();
    let mut free = (inside.len() as u32 + 8).to_be_bytes().to_vec();
    free.extend(b"free");
    fs::write(name("free.m4a"), [&mp4[..], &free, &inside].concat()).unwrap();
    assert_eq!(read_all(&name("free.m4a")).1, original);
}

/// What a program writes that cannot go back to its header.
#[test]
fn files_from_pipes_are_read_to_their_end() {
    if !have(&TOOLS) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let source = STEREO.write(folder.path());
    let original = STEREO.planes();
    for (name, make) in [
        ("sox.wav", "sox -D $in -t wav - 2>/dev/null | cat > $out"),
        ("sox.aiff", "sox -D $in -t aiff - 2>/dev/null | cat > $out"),
        ("sox.au", "sox -D $in -t au - | cat > $out"),
        ("lame.wav", "lame --quiet -b 320 $in $out.mp3 && lame --quiet --decode $out.mp3 - | cat > $out"),
        ("flac.wav", "flac -s -c $in | flac -s -d -c - | cat > $out"),
        ("flac.flac", "flac -s -c - < $in | cat > $out"),
        ("flac.oga", "flac -s --ogg -c - < $in | cat > $out"),
        ("ffmpeg.wav", "ffmpeg -v error -i $in -f wav - | cat > $out"),
        ("rf64.wav", "ffmpeg -v error -i $in -rf64 always -f wav - | cat > $out"),
        ("ffmpeg.au", "ffmpeg -v error -i $in -f au - | cat > $out"),
        ("ffmpeg.caf", "ffmpeg -v error -i $in -f caf - | cat > $out"),
        ("ffmpeg.w64", "ffmpeg -v error -i $in -f w64 - | cat > $out"),
        ("ffmpeg.mka", "ffmpeg -v error -i $in -c:a flac -f matroska - | cat > $out"),
        ("ffmpeg.oga", "ffmpeg -v error -i $in -c:a flac -f ogg - | cat > $out"),
        (
            "ffmpeg.m4a",
            "ffmpeg -v error -i $in -c:a alac -movflags +frag_keyframe+empty_moov -f mp4 - | cat > $out",
        ),
    ] {
        let path = folder.path().join(name);
        shell(make, &source, &path).unwrap();
        let (info, planes) = read_all(&path);
        assert_eq!(info.frames, planes[0].len() as u64, "{name}");
        if name == "lame.wav" {
            assert!(planes[0].len() >= original[0].len(), "{name}");
            let difference = furthest(&planes[0][..original[0].len()], &original[0]);
            assert!(difference < 0.05, "{name}: {difference}");
        } else {
            assert_eq!(planes, original, "{name}");
        }
    }
}

/// In every container of floats, and through the decoder of the crate.
#[test]
fn numbers_that_are_none_are_silent_in_every_container() {
    if !have(&["ffmpeg"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let wav = folder.path().join("floats.wav");
    let mut samples = vec![0.25; 6_000];
    let invalid = [
        (0, f32::NAN),
        (7, f32::INFINITY),
        (4_500, f32::NEG_INFINITY),
        (5_999, -f32::NAN),
    ];
    for (at, value) in invalid {
        samples[at] = value;
    }
    // By hand: the crate writes no such samples.
    let data: Vec<u8> = samples
        .iter()
        .flat_map(|sample| sample.to_le_bytes())
        .collect();
    let format = b"\x03\0\x01\0\x44\xac\0\0\x10\xb1\x02\0\x04\0\x20\0";
    fs::write(&wav, riff(&[(b"fmt ", format), (b"data", &data)])).unwrap();
    invalid.iter().for_each(|(at, _)| samples[*at] = 0.0);
    for (name, codec) in [
        ("f32.wav", "pcm_f32le"),
        ("f64.wav", "pcm_f64le"),
        ("f32.aiff", "pcm_f32be"),
        ("f64.aiff", "pcm_f64be"),
        ("f32.au", "pcm_f32be"),
        ("f32.caf", "pcm_f32le"),
        ("f64.caf", "pcm_f64be"),
        ("f32.w64", "pcm_f32le"),
        ("f32.mka", "pcm_f32le"),
        ("f64.mka", "pcm_f64le"),
    ] {
        let path = folder.path().join(name);
        ffmpeg(&wav, &["-c:a", codec], &path);
        let (info, planes) = read_all(&path);
        assert_eq!(planes[0], samples, "{name}");
        assert_eq!(info.invalid, 4, "{name}");
    }
}

/// What is asked for counts, not what the file takes on disk.
#[test]
fn files_that_ask_for_gigabytes_are_not_loaded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("slow.flac");
    let refused = |path: &Path, rate: f64| {
        let error = File::load(path, rate)
            .map(|loaded| loaded.frames())
            .unwrap_err();
        let Error::File(FileError::TooLarge { bytes, limit, .. }) = &error else {
            panic!("{error:?}")
        };
        assert!(*bytes > 2 << 30 && *limit == 2 << 30);
        assert!(error.to_string().contains(&bytes.to_string()), "{error}");
    };
    if have(&["sox", "flac"]) {
        // Three hours of silence at 750 Hz are a few kilobytes.
        let make = "sox -D -n -t raw -r 750 -b 16 -e signed -c 1 - trim 0 10000 | \
                    flac -s -f --lax --endian=little --channels=1 --bps=16 --sample-rate=750 \
                    --sign=signed - -o $out";
        shell(make, Path::new(""), &path).unwrap();
        assert!(fs::metadata(&path).unwrap().len() < 70_000);
        refused(&path, 192_000.0);
        assert_eq!(File::load(&path, 750.0).unwrap().frames(), 7_500_000);
    }
    // A header alone: of FLAC, of WAV and of Matroska's many channels.
    let (wav, _) = stereo_wav(folder.path());
    let mut bytes = fs::read(&wav).unwrap();
    bytes[4..8].copy_from_slice(&0x6000_0024_u32.to_le_bytes());
    bytes[40..44].copy_from_slice(&0x6000_0000_u32.to_le_bytes());
    fs::write(&path, &bytes).unwrap();
    refused(&path, 44_100.0);
    let planes = vec![[0.0_f32; 10]; 64];
    let slices: Vec<&[f32]> = planes.iter().map(|plane| &plane[..]).collect();
    write_wav(&path, &slices, FileSamples::Int16);
    let least = 64 * 10 * 4;
    assert!(File::load_with_limit(&path, 44_100.0, least - 1).is_err());
    assert!(File::load_with_limit(&path, 44_100.0, least).is_ok());
}

/// A file may be far longer than what it takes on disk, so its length limits nothing.
#[test]
fn files_without_end_are_not_listed() {
    const LENGTH: u32 = u32::MAX - 1;
    if !have(&["ffmpeg"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (wav, _) = stereo_wav(folder.path());
    let path = folder.path().join("holes.m4a");
    ffmpeg(&wav, &["-c:a", "aac"], &path);
    let mut bytes = fs::read(&path).unwrap();
    let mut set = |kind: &[u8], at: usize, number: u32| {
        let found = bytes.windows(4).position(|four| four == kind).unwrap();
        bytes[found + at..found + at + 4].copy_from_slice(&number.to_be_bytes());
    };
    // One chunk of packets of one byte, as many as the file has bytes.
    set(b"stsz", 8, 1);
    set(b"stsz", 12, LENGTH);
    set(b"stsc", 16, LENGTH);
    fs::write(&path, &bytes).unwrap();
    let file = fs::File::options().write(true).open(&path).unwrap();
    file.set_len(u64::from(LENGTH)).unwrap();
    let error = File::open(&path).unwrap_err().to_string();
    assert!(error.contains("67108864 packets"), "{error}");
}

/// AAC of music shops has no edit list: a tag says what the encoder has added.
#[test]
fn the_gapless_tag_of_itunes_counts() {
    if !have(&["ffmpeg"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let source = STEREO.write(folder.path());
    let path = folder.path().join("edited.m4a");
    let make = "ffmpeg -v error -i $in -c:a aac -aac_pns 0 $out";
    shell(make, &source, &path).unwrap();
    let (_, expected) = read_all(&path);
    let mut bytes = fs::read(&path).unwrap();
    let find = |bytes: &[u8], id: &[u8; 4]| {
        (0..bytes.len() - 4)
            .find(|at| bytes[*at..].starts_with(id))
            .unwrap()
    };
    // Without the edit list, and with another set of tags at the end of the last box.
    for id in [b"edts", b"udta"] {
        let at = find(&bytes, id);
        bytes[at..at + 4].copy_from_slice(b"free");
    }
    let untagged = folder.path().join("untagged.m4a");
    fs::write(&untagged, &bytes).unwrap();
    assert_eq!(read_all(&untagged).1[0].len(), STEREO.frames() + 1_024);
    let atom = |id: &[u8; 4], body: &[u8]| {
        let mut atom = (body.len() as u32 + 8).to_be_bytes().to_vec();
        atom.extend(id);
        atom.extend(body);
        atom
    };
    for (delay, frames) in [(1_024, STEREO.frames()), (2_112, 9_000), (1_025, 1)] {
        let text = format!(" 00000000 {delay:08X} 00000000 {frames:016X} 00000000 00000000");
        let tag = [
            atom(b"mean", b"\0\0\0\0com.apple.iTunes"),
            atom(b"name", b"\0\0\0\0iTunSMPB"),
            atom(
                b"data",
                &[&[0, 0, 0, 1, 0, 0, 0, 0], text.as_bytes()].concat(),
            ),
        ];
        let list = atom(b"ilst", &atom(b"----", &tag.concat()));
        let meta = atom(b"meta", &[&[0; 4][..], &list].concat());
        let tags = atom(b"udta", &meta);
        let mut tagged = [&bytes[..], &tags].concat();
        let movie = find(&tagged, b"moov") - 4;
        let size = (tagged.len() - movie) as u32;
        tagged[movie..movie + 4].copy_from_slice(&size.to_be_bytes());
        let path = folder.path().join("tagged.m4a");
        fs::write(&path, tagged).unwrap();
        let (info, found) = read_all(&path);
        assert_eq!((info.frames, found[0].len()), (frames as u64, frames));
        let start = delay - 1_024;
        let expected = &expected[0][start..start + frames];
        assert!(furthest(&found[0], expected) <= 1e-6, "a delay of {delay}");
        if frames > 4_000 {
            assert_eq!(lag(&found[0], expected, 1_200), 0);
        }
    }
}
