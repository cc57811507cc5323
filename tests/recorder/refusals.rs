//! What recorders refuse, and what is left then.

use perbus::{Error, FileSettings, Format, Recorder, Result};

use super::*;

#[track_caller]
fn message(refused: Result<Recorder>) -> String {
    let error = refused.expect_err("an error");
    error.to_string()
}

#[test]
fn another_format_is_refused() -> Result<()> {
    let (folder, path) = folder();
    let (_engine, mixer) = noisy()?;
    let other = FileSettings::wav(Format::new(44_100.0, 2)?);
    let told = message(mixer.record(&path, &other));
    assert!(
        told.contains("44100 Hz") && told.contains("48000 Hz"),
        "{told}"
    );
    let told = message(mixer.bus(0)?.record(&path, &wav(1)));
    assert!(told.contains("1 channels") && told.contains("2"), "{told}");
    assert!(names_in(folder.path()).is_empty());
    Ok(())
}

#[test]
fn a_mixer_and_a_bus_have_one_recorder() -> Result<()> {
    let (folder, path) = folder();
    let (engine, mixer) = noisy()?;
    let bus = mixer.bus(0)?;
    let first = mixer.record(&path, &wav(2))?;
    let told = message(mixer.record(folder.path().join("other.wav"), &wav(2)));
    assert!(told.contains("tap already"), "{told}");
    let second = bus.record(folder.path().join("bus.wav"), &wav(2))?;
    let told = message(bus.record(folder.path().join("other.wav"), &wav(2)));
    assert!(
        told.contains("bus 0 of mixer 0 is recorded already"),
        "{told}"
    );
    render(&engine, 100);
    assert_eq!((first.stop()?.frames, second.stop()?.frames), (100, 100));
    assert_eq!(names_in(folder.path()), ["bus.wav", "take.wav"]);
    Ok(())
}

#[test]
fn frames_that_have_passed_are_refused() -> Result<()> {
    let (folder, path) = folder();
    let (engine, mixer) = noisy()?;
    render(&engine, 500);
    let refused = mixer.record_at(499, &path, &wav(2));
    assert!(matches!(refused, Err(Error::OutOfRange(_))), "{refused:?}");
    assert!(message(refused).contains("frame 499 has passed: the engine's time is 500"));
    let refused = mixer.bus(0)?.record_at(0, &path, &wav(2));
    assert!(matches!(refused, Err(Error::OutOfRange(_))), "{refused:?}");
    assert!(names_in(folder.path()).is_empty());
    let recorder = mixer.record_at(500, &path, &wav(2))?;
    assert!(matches!(recorder.stop_at(499), Err(Error::OutOfRange(_))));
    render(&engine, 10_000);
    recorder.wait()?;
    let error = recorder.stop_at(3_000).expect_err("it is past");
    assert!(error.to_string().contains("frame 3000"), "{error}");
    assert_eq!(recorder.stop()?.frames, 10_000);
    Ok(())
}

#[test]
fn a_folder_that_is_missing_or_goes_is_reported() -> Result<()> {
    let (folder, path) = folder();
    let (engine, mixer) = noisy()?;
    let missing = mixer.record(folder.path().join("nowhere/take.wav"), &wav(2));
    assert!(message(missing).contains("No such file"));
    let inner = folder.path().join("inner");
    std::fs::create_dir(&inner).expect("a folder");
    let recorder = mixer.record(inner.join("take.wav"), &wav(2))?;
    std::fs::remove_dir_all(&inner).expect("it was there");
    render(&engine, 10_000);
    let error = recorder.stop().expect_err("the folder is gone");
    assert!(matches!(error, Error::File(_)), "{error:?}");
    assert!(names_in(folder.path()).is_empty());
    // The mixer can be recorded again.
    mixer.record(&path, &wav(2))?.stop()?;
    Ok(())
}

#[test]
fn a_detached_mixer_is_refused() -> Result<()> {
    let (folder, path) = folder();
    let engine = running(2);
    let mixer = engine.create_mixer()?;
    let bus = mixer.bus(0)?;
    engine.detach(&mixer)?;
    let refused = mixer.record(&path, &wav(2));
    assert!(matches!(refused, Err(Error::NotAttached(_))), "{refused:?}");
    let refused = bus.record(&path, &wav(2));
    assert!(matches!(refused, Err(Error::NotAttached(_))), "{refused:?}");
    assert!(names_in(folder.path()).is_empty());
    Ok(())
}
