//! How recordings end other than by a stop: dropped, on a full disk, in another format.

use std::path::Path;
use std::process::Command;

use perbus::{Error, Format, RecorderState, Result};

use super::*;

#[test]
fn a_recorder_that_is_dropped_completes_its_file() -> Result<()> {
    let (folder, path) = folder();
    let (engine, mixer) = noisy()?;
    let (mix, bus) = (mixer.record(&path, &wav(2))?, folder.path().join("bus.wav"));
    let recorder = mixer.bus(0)?.record(&bus, &wav(2))?;
    let expected = render(&engine, 3_333);
    drop((mix, recorder));
    assert_same(&read(&path), &expected);
    assert_same(&read(&bus), &expected);
    assert_eq!(names_in(folder.path()), ["bus.wav", "take.wav"]);
    Ok(())
}

/// The recorder has the engine's last handle.
#[test]
fn a_recorder_keeps_its_engine() -> Result<()> {
    let (_folder, path) = folder();
    let (engine, mixer) = noisy()?;
    let recorder = mixer.bus(0)?.record(&path, &wav(2))?;
    let expected = render(&engine, 3_333);
    drop((engine, mixer));
    assert_eq!(recorder.stop()?.frames, 3_333);
    assert_same(&read(&path), &expected);
    Ok(())
}

#[test]
fn another_format_ends_the_recording() -> Result<()> {
    let (_folder, path) = folder();
    let engine = running(2);
    let (main, inner) = (engine.main_mixer(), engine.create_mixer()?);
    inner.bus(0)?.connect(&noise(&engine, 2, 1, true)?)?;
    main.bus(0)?.connect(&inner)?;
    let recorder = inner.record(&path, &wav(2))?;
    let expected = render(&engine, 3_000);
    main.bus(0)?
        .connect_with_format(&inner, Format::new(24_000.0, 2)?)?;
    render(&engine, 20_000);
    let recording = recorder.stop()?;
    let why = recording.interrupted.expect("a reason");
    assert!(
        why.contains("24000 Hz") && why.contains("48000 Hz"),
        "{why}"
    );
    assert_eq!(recording.frames, 3_000);
    assert_same(&read(&path), &expected);
    Ok(())
}

/// The variable that has the folder in which a test's second process works.
const FOLDER: &str = "PERBUS_TEST_FOLDER";

#[test]
fn a_full_disk_is_reported() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = Command::new(std::env::current_exe().expect("this program"))
        .args([
            "--exact",
            "ends::fills_the_disk",
            "--ignored",
            "--nocapture",
        ])
        .env(FOLDER, folder.path())
        .output()
        .expect("a second process");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{text}"
    );
    assert!(names_in(folder.path()).is_empty());
}

#[test]
#[ignore = "a_full_disk_is_reported runs it in another process"]
fn fills_the_disk() -> Result<()> {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return Ok(());
    };
    let limit = libc::rlimit {
        rlim_cur: 100_000,
        rlim_max: 100_000,
    };
    // SAFETY: the limit is valid during the call, and no handler of a signal is installed.
    unsafe {
        assert_eq!(libc::setrlimit(libc::RLIMIT_FSIZE, &limit), 0);
        libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
    }
    let (engine, mixer) = noisy()?;
    let path = Path::new(&folder).join("take.wav");
    for recorder in [
        mixer.record(&path, &wav(2))?,
        mixer.bus(0)?.record(&path, &wav(2))?,
    ] {
        render(&engine, 48_000);
        recorder.wait()?;
        let state = recorder.status().state;
        let RecorderState::Failed(reason) = state else {
            panic!("{state:?}");
        };
        assert!(
            reason.contains("File too large") && reason.contains("take.wav"),
            "{reason}"
        );
        render(&engine, 48_000);
        let error = recorder.stop().expect_err("the disk is full");
        assert!(matches!(error, Error::File(_)), "{error:?}");
    }
    assert!(names_in(Path::new(&folder)).is_empty());
    Ok(())
}
