//! Input that is no file, or not the one that it says, or not all of it.

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use crate::corpus::cases::{cases, Case};
use crate::corpus::{folder, on_each, seek_tolerance, TOOLS};
use crate::stems::furthest;
use crate::tools::*;
use perbus::file::{load, FileError};
use perbus::{Error, File};

fn refusal(path: &Path) -> FileError {
    match File::open(path).unwrap_err() {
        Error::File(error) => error,
        other => panic!("{other:?}"),
    }
}

/// Whether nothing in such a file says how long it is to be: it ends where it ends.
fn may_end_anywhere(case: &Case) -> bool {
    const NAMES: [&str; 11] = [
        "bare.mp3",
        "barevbr.mp3",
        "44100.mp2",
        "24000.mp2",
        "adts.aac",
        "pipe.wav",
        "pipe.au",
        "unknown.flac",
        "live.mkv",
        "a.paf",
        "a.sf",
    ];
    NAMES.contains(&&*case.name)
}

/// What is there is read as in the whole file; then comes an error, with the frame.
fn read_cut(case: &Case, path: &Path, percent: usize) -> Result<(), String> {
    let whole = File::load(path, f64::from(case.sound.rate)).map_err(|e| e.to_string())?;
    let folder = tempfile::tempdir().unwrap();
    let cut = folder.path().join(&case.name);
    let bytes = fs::read(path).unwrap();
    fs::write(&cut, &bytes[..bytes.len() * percent / 100]).unwrap();
    let mut file = match File::open(&cut) {
        Ok(file) => file,
        // What describes the sound may be at the end, or be half of a short file.
        Err(Error::File(FileError::Corrupt { .. })) => return Ok(()),
        Err(other) => return Err(format!("at {percent} %: {other:?}")),
    };
    let (found, error) = read_up_to_a_fault(&mut file);
    let complete = whole.frames() as usize;
    if found.len() >= complete {
        return Err(format!(
            "at {percent} %: {} frames of {complete}",
            found.len()
        ));
    }
    let difference = furthest(&found, &whole.channel(0)[..found.len()]);
    if difference > seek_tolerance(case) {
        return Err(format!("at {percent} %: differs by {difference}"));
    }
    match error {
        Some(Error::File(FileError::Truncated { decoded, .. }))
            if decoded == found.len() as u64 =>
        {
            Ok(())
        }
        None if may_end_anywhere(case) => Ok(()),
        other => Err(format!(
            "at {percent} %: after {} frames: {other:?}",
            found.len()
        )),
    }
}

#[test]
fn files_cut_anywhere_play_up_to_there_and_say_so() {
    if !have(&TOOLS) {
        return;
    }
    let folder = folder();
    on_each(&cases(), |case| {
        let path = folder.join(&case.name);
        [35, 85]
            .into_iter()
            .try_for_each(|percent| read_cut(case, &path, percent))
    });
}

#[test]
fn what_is_no_file_is_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing.wav");
    let FileError::Read { source, .. } = refusal(&missing) else {
        panic!("a missing file is read")
    };
    assert_eq!(source.kind(), std::io::ErrorKind::NotFound);
    assert!(matches!(refusal(folder.path()), FileError::Read { .. }));
    let empty = folder.path().join("empty.wav");
    fs::write(&empty, b"").unwrap();
    assert!(matches!(refusal(&empty), FileError::Empty { .. }));
    // Opening a pipe would wait for somebody to write.
    let pipe = folder.path().join("pipe.wav");
    assert!(Command::new("mkfifo")
        .arg(&pipe)
        .status()
        .unwrap()
        .success());
    let (sender, receiver) = channel();
    thread::spawn(move || sender.send(File::open(pipe).map(|_| ())));
    let answer = receiver.recv_timeout(Duration::from_secs(20));
    let Ok(Err(Error::File(error))) = answer else {
        panic!("a pipe: {answer:?}")
    };
    assert!(error.to_string().contains("not a regular file"), "{error}");
}

/// Root may read whatever the mode: the test goes on as somebody else.
#[test]
fn what_may_not_be_read_is_refused() {
    const NAME: &str = "PERBUS_UNREADABLE";
    if let Some(path) = std::env::var_os(NAME) {
        let FileError::Read { source, .. } = refusal(Path::new(&path)) else {
            panic!("it is read")
        };
        assert_eq!(source.kind(), std::io::ErrorKind::PermissionDenied);
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (path, _) = stereo_wav(folder.path());
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    // SAFETY: it takes nothing and cannot fail.
    let is_root = unsafe { libc::geteuid() } == 0;
    let mut command = Command::new(if is_root { "setpriv" } else { "env" });
    if is_root {
        command.args([
            "--reuid=65534",
            "--clear-groups",
            "--bounding-set=-all",
            "--inh-caps=-all",
        ]);
    }
    let test = folder.path().join("test");
    fs::copy(std::env::current_exe().unwrap(), &test).unwrap();
    let done = command
        .arg(&test)
        .args(["--exact", "bad_input::what_may_not_be_read_is_refused"])
        .env(NAME, &path)
        .output();
    let done = match done {
        Ok(done) => done,
        Err(error) => return eprintln!("skipped: setpriv of util-linux: {error}"),
    };
    let text = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(
        done.status.success() && text.contains("1 passed"),
        "{text}{done:?}"
    );
}

#[test]
fn names_may_have_any_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let (wav, frames) = stereo_wav(folder.path());
    for name in [
        &b"two words.wav"[..],
        b"two\nlines.wav",
        b"caf\xe9.wav",
        b"\xff\xfe\x01.flac",
        b"per%cent%20%s.wav",
        "日本語🎶.wav".as_bytes(),
        b"quo\"te'.wav",
        b"no extension",
        b"-dash.wav",
    ] {
        let path = folder.path().join(OsString::from_vec(name.to_vec()));
        fs::copy(&wav, &path).unwrap();
        let mut file = File::open(&path).unwrap();
        assert_eq!((file.path(), file.frames()), (&*path, frames as u64));
        assert_eq!(read_up_to_a_fault(&mut file).0.len(), frames);
        assert_eq!(load(&path, 44_100.0).unwrap().frames() as usize, frames);
        // The decoder of the crate gets the same name.
        fs::write(&path, b"\0\0\0\x18ftypM4A \0\0\0\0M4A mp42").unwrap();
        let error = refusal(&path);
        let FileError::Corrupt { path: named, .. } = &error else {
            panic!("{error:?}")
        };
        assert_eq!(named, &path);
        fs::remove_file(&path).unwrap();
        let error = refusal(&path);
        let words = path.display().to_string();
        assert!(error.to_string().contains(&words), "{error}");
    }
}

/// What a file is, its first bytes say, whatever its name.
#[test]
fn extensions_do_not_matter() {
    if !have(&["sox", "ffmpeg"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (wav, frames) = stereo_wav(folder.path());
    for (kind, false_name) in [
        ("flac", "really.wav"),
        ("wav", "really.flac"),
        ("mp3", "really.m4a"),
        ("m4a", "really.mp3"),
        ("ogg", "really.aiff"),
        ("mka", "really.txt"),
    ] {
        let path = folder.path().join(format!("a.{kind}"));
        ffmpeg(&wav, &[], &path);
        let renamed = folder.path().join(false_name);
        fs::rename(&path, &renamed).unwrap();
        let file = File::open(&renamed).unwrap();
        assert!(file.frames() >= frames as u64 - 1_152, "{kind}: {file:?}");
    }
}

/// Noise, text and zeros are nothing; each is refused by what it begins with.
#[test]
fn garbage_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("garbage.wav");
    let mut state = 5_u32;
    let mut noise = vec![0x41];
    noise.extend((0..100_000).map(|_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    }));
    for bytes in [
        &noise[..],
        &[0; 5_000],
        &[0xff; 5_000],
        b"RIFF",
        b"RIFF\xff\xff\xff\xffWAVE",
        b"RIFF\x04\0\0\0CDXA",
        b"fLaC",
        b"OggS",
        b"ID3\x03\0\0\0\0\0\0",
        b"\xff\xfb",
        b"caff\0\x01\0\0",
        b"\x1a\x45\xdf\xa3",
        b"\0\0\0\x08ftyp",
        b"<!DOCTYPE html><html></html>",
    ] {
        fs::write(&path, bytes).unwrap();
        let error = error_for(&path);
        let expected = matches!(
            error,
            FileError::Unsupported { .. } | FileError::Corrupt { .. }
        );
        assert!(expected, "{:?}: {error:?}", &bytes[..bytes.len().min(12)]);
    }
}
