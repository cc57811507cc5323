//! Recorders in callbacks, batches and several threads.

use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use perbus::{Error, Recorder, Result};

use super::*;

/// Waits for a file that another thread completes.
fn wait_for(path: &Path) {
    let begin = Instant::now();
    while !path.exists() && begin.elapsed() < Duration::from_secs(20) {
        thread::sleep(Duration::from_millis(1));
    }
}

/// A stop in a callback ends the recording there; another thread completes the file.
#[test]
fn a_recorder_may_end_in_a_callback() -> Result<()> {
    for drops in [false, true] {
        let (_folder, path) = folder();
        let (engine, mixer) = noisy()?;
        let held: Arc<Mutex<Option<Recorder>>> = Arc::default();
        let (sender, answers) = channel();
        let taken = Arc::clone(&held);
        let inner = engine.create_mixer()?;
        mixer.bus(1)?.connect(&inner)?;
        let tap = inner.tap(4_800, move |_| {
            if let Some(recorder) = taken.lock().expect("no panic").take() {
                let _ = sender.send(if drops {
                    drop(recorder);
                    Ok(())
                } else {
                    recorder.stop().map(drop)
                });
            }
        })?;
        *held.lock().expect("no panic") = Some(mixer.bus(0)?.record(&path, &wav(2))?);
        let expected = render(&engine, 4_800);
        let answer = answers.recv().expect("the tap was called");
        if drops {
            assert!(answer.is_ok(), "{answer:?}");
        } else {
            assert!(
                matches!(answer, Err(Error::InvalidArgument(_))),
                "{answer:?}"
            );
        }
        wait_for(&path);
        let found = read(&path);
        let frames = found[0].len();
        assert!(frames >= 4_608, "{frames}");
        let heard: Vec<_> = expected.iter().map(|it| it[..frames].to_vec()).collect();
        assert_same(&found, &heard);
        drop(tap);
    }
    Ok(())
}

#[test]
fn an_end_may_be_set_in_a_callback() -> Result<()> {
    let (_folder, path) = folder();
    let (engine, mixer) = noisy()?;
    let recorder = Arc::new(mixer.record(&path, &wav(2))?);
    let inner = engine.create_mixer()?;
    mixer.bus(1)?.connect(&inner)?;
    let (sender, answers) = channel();
    let shared = Arc::clone(&recorder);
    let tap = inner.tap(4_800, move |block| {
        if block.sample_time() == 0 {
            let _ = sender.send((shared.stop_at(20_000).is_ok(), shared.wait().is_err()));
        }
    })?;
    render(&engine, 9_600);
    assert_eq!(answers.recv(), Ok((true, true)));
    render(&engine, 20_000);
    drop(tap);
    let recorder = Arc::into_inner(recorder).expect("the tap's handle is gone");
    assert_eq!(recorder.stop()?.frames, 20_000);
    Ok(())
}

#[test]
fn a_batch_may_begin_and_end_recordings() -> Result<()> {
    let (_folder, path) = folder();
    let (engine, mixer) = noisy()?;
    let recorder = engine.batch(|| mixer.bus(0)?.record(&path, &wav(2)))?;
    let expected = render(&engine, 10_000);
    engine.batch(|| {
        mixer.bus(0)?.set_volume(0.1)?;
        recorder.stop().map(drop)
    })?;
    assert_same(&read(&path), &expected);
    assert!(engine.audit()?.is_empty());
    Ok(())
}

/// One thread renders, another moves the fader, and others record again and again.
#[test]
fn threads_may_record_while_others_render() -> Result<()> {
    let folder = tempfile::tempdir().expect("a folder");
    let (engine, mixer) = noisy()?;
    let bus = mixer.bus(0)?;
    thread::scope(|scope| {
        let rendering = scope.spawn(|| {
            for _ in 0..2_000 {
                render(&engine, 512);
            }
        });
        let fader = scope.spawn(|| {
            let mut state = 3;
            for _ in 0..20_000 {
                bus.set_volume(next_random(&mut state)).expect("a volume");
            }
        });
        for thread in 0..2 {
            let (bus, mixer, folder) = (&bus, &mixer, folder.path());
            scope.spawn(move || {
                for turn in 0..20 {
                    let path = folder.join(format!("{thread}-{turn}.wav"));
                    let recorder = if thread == 0 {
                        bus.record(&path, &wav(2))
                    } else {
                        mixer.record(&path, &wav(2))
                    };
                    let recording = recorder.expect("a recorder").stop().expect("a recording");
                    assert_eq!(read(&path)[0].len() as u64, recording.frames);
                }
            });
        }
        rendering.join().expect("no panic");
        fader.join().expect("no panic");
    });
    assert!(engine.audit()?.is_empty());
    Ok(())
}
