//! Files that cannot be written: errors that name them and say why, and nothing is left behind.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::tools::*;
use crate::writing::{format, names_in, noise, slices};
use perbus::file::FileError;
use perbus::{Error, File, FileSamples, FileSettings, Format, Result};

#[track_caller]
fn assert_unwritable(result: Result<()>, path: &Path, reason: &str) {
    let error = result.unwrap_err();
    assert!(
        matches!(error, Error::File(FileError::Write { .. })),
        "{error:?}"
    );
    let text = error.to_string();
    assert!(
        text.contains(path.to_str().unwrap()) && text.contains(reason),
        "{text}"
    );
}

#[test]
fn what_cannot_be_written_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let in_folder = |name: &str| folder.path().join(name);
    fs::write(in_folder("file"), b"").unwrap();
    run(
        "mkfifo",
        "coreutils",
        &[in_folder("pipe").to_str().unwrap()],
    );
    std::os::unix::fs::symlink("loop", in_folder("loop")).unwrap();
    let before = names_in(folder.path());
    let good = FileSettings::wav(format(1));
    let create = |path: &Path, settings| File::create(path, settings).map(drop);
    for (path, reason) in [
        (folder.path().to_path_buf(), "directory"),
        (in_folder("nowhere/out.wav"), "No such file"),
        (in_folder("file/out.wav"), "Not a directory"),
        (in_folder("pipe"), "not a regular file"),
        (in_folder("loop"), "symbolic links"),
        (in_folder(&"a".repeat(300)), "name too long"),
        (PathBuf::from("/dev/null"), "not a regular file"),
    ] {
        assert_unwritable(create(&path, good), &path, reason);
    }
    let path = in_folder("out");
    let odd = Format::new(44_100.5, 1).unwrap();
    assert_unwritable(create(&path, FileSettings::wav(odd)), &path, "44100.5 Hz");
    assert_unwritable(
        create(&path, FileSettings::flac(format(9))),
        &path,
        "9 channels",
    );
    let floats = FileSettings::flac(format(1)).with_samples(FileSamples::Float32);
    let error = create(&path, floats).unwrap_err();
    assert!(matches!(error, Error::InvalidArgument(_)), "{error:?}");
    for quality in [-0.1, 1.1, f32::NAN] {
        let settings = FileSettings::ogg_vorbis(format(1)).with_quality(quality);
        let error = create(&path, settings).unwrap_err();
        assert!(matches!(error, Error::OutOfRange(_)), "{error:?}");
    }
    assert_eq!(names_in(folder.path()), before);
}

#[test]
fn a_folder_that_goes_takes_the_file_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("inner");
    fs::create_dir(&inner).unwrap();
    let path = inner.join("out.wav");
    let mut file = File::create(&path, FileSettings::wav(format(1))).unwrap();
    fs::remove_dir_all(&inner).unwrap();
    file.write(&[&[0.5; 1_000]]).unwrap();
    assert_unwritable(file.finish(), &path, "No such file");
    assert!(names_in(folder.path()).is_empty());
}

/// The variable that has the folder in which a test's second process works.
const FOLDER: &str = "PERBUS_TEST_FOLDER";

/// Runs an ignored test of this module in a process of its own.
fn run_alone(test: &str, folder: &Path) {
    let name = format!("unwritable::{test}");
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &name, "--ignored", "--nocapture"])
        .env(FOLDER, folder)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{text}"
    );
}

#[test]
fn a_full_disk_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    run_alone("fills_the_disk", folder.path());
    assert!(names_in(folder.path()).is_empty());
}

#[test]
#[ignore = "a_full_disk_leaves_nothing runs it in another process"]
fn fills_the_disk() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    const LIMIT: u64 = 100_000;
    let limit = libc::rlimit {
        rlim_cur: LIMIT,
        rlim_max: LIMIT,
    };
    // SAFETY: the limit is valid during the call, and no handler of a signal is installed.
    unsafe {
        assert_eq!(libc::setrlimit(libc::RLIMIT_FSIZE, &limit), 0);
        libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
    }
    let planes = noise(1);
    for settings in [
        FileSettings::wav(format(1)),
        FileSettings::flac(format(1)),
        FileSettings::ogg_vorbis(format(1)).with_quality(1.0),
    ] {
        let path = Path::new(&folder).join("full");
        let mut file = File::create(&path, settings).unwrap();
        let mut written = Ok(());
        for _ in 0..50 {
            written = written.and_then(|()| file.write(&slices(&planes)));
        }
        if written.is_err() {
            assert_unwritable(written, &path, "File too large");
        }
        // The encoders may have kept all of it until now.
        assert_unwritable(file.finish(), &path, "");
        assert!(names_in(Path::new(&folder)).is_empty());
    }
}

#[test]
fn what_is_not_allowed_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    write_wav(
        &folder.path().join("secret.wav"),
        &[&[0.5; 8]],
        FileSamples::Int16,
    );
    let set =
        |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    set(&folder.path().join("secret.wav"), 0);
    set(folder.path(), 0o555);
    run_alone("is_nobody", folder.path());
    set(folder.path(), 0o755);
    assert_eq!(names_in(folder.path()), ["secret.wav"]);
}

#[test]
#[ignore = "what_is_not_allowed_is_refused runs it in another process"]
fn is_nobody() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    // SAFETY: neither call has preconditions.
    unsafe {
        // To root everything is allowed.
        assert!(libc::geteuid() != 0 || libc::setuid(65_534) == 0);
    }
    let folder = Path::new(&folder);
    let error = File::open(folder.join("secret.wav")).unwrap_err();
    assert!(
        matches!(&error, Error::File(FileError::Read { source, .. })
        if source.kind() == std::io::ErrorKind::PermissionDenied),
        "{error:?}"
    );
    for name in ["new.wav", "secret.wav"] {
        let path = folder.join(name);
        let created = File::create(&path, FileSettings::wav(format(1))).map(drop);
        assert_unwritable(created, &path, "Permission denied");
    }
}
