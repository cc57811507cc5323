//! A bus that is recorded while the program changes the graph behind the desk's back.

use std::path::Path;
use std::ptr::NonNull;

use libc::c_void;
use perbus::{Bus, Engine, File, FileSettings, Recorder, Result};
use perbus_conformance::foreign::Object;

use crate::{mixer, Program};

/// What [`Program::hear`] renders.
const HEARD: usize = 1_024;

/// The program, its engine, and bus 3, at half its volume; bus 5 has 0.25 of the sum.
fn stage() -> Result<(Program, Engine, Bus)> {
    let program = Program::new();
    let engine = program.adopt()?;
    let bus = mixer(&engine, program.main)?.bus(3)?;
    bus.set_volume(0.5)?;
    assert_eq!(program.hear(), [0.5; 2]);
    Ok((program, engine, bus))
}

fn record(engine: &Engine, bus: &Bus, path: &Path) -> Result<Recorder> {
    bus.record(path, &FileSettings::wav(engine.format()))
}

/// The bus that a recording has taken, and what feeds it.
fn way(program: &Program) -> Option<(u32, NonNull<c_void>)> {
    let mut others = (0..6).filter(|it| ![3, 5].contains(it));
    others.find_map(|it| Some((it, program.engine.feeding(program.main, it)?)))
}

/// What the last frame of each render was, in a file that has all of them.
fn last_frames(path: &Path) -> Result<Vec<f32>> {
    let mut file = File::open(path)?;
    let frames = file.frames() as usize;
    let mut planar = vec![vec![0.0; frames]; file.format().channels() as usize];
    let mut slices: Vec<_> = planar.iter_mut().map(Vec::as_mut_slice).collect();
    assert_eq!(file.read(&mut slices)?, frames);
    assert_eq!(frames % HEARD, 0);
    let last = planar[0].iter().skip(HEARD - 1).step_by(HEARD);
    Ok(last.copied().collect())
}

#[test]
fn a_sync_keeps_a_recording_and_follows_what_feeds_its_bus() -> Result<()> {
    let (program, engine, bus) = stage()?;
    let nodes = engine.nodes()?.len();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("bus.wav");
    let recorder = record(&engine, &bus, &path)?;
    engine.sync()?;
    assert!(engine.audit()?.is_empty());
    assert_eq!(engine.nodes()?.len(), nodes);
    assert_eq!(program.hear(), [0.5; 2]);

    // Another source in its place, and one on the bus that the recording has taken.
    let taken = way(&program).expect("what leads to a further bus").0;
    let (other, further) = (Object::source(0.75), Object::source(0.125));
    for (source, to) in [(&other, 3), (&further, taken)] {
        assert!(program.engine.attach(source.pointer()));
        assert!(program.engine.connect(source.pointer(), program.main, to));
    }
    engine.sync()?;
    assert!(engine.audit()?.is_empty());
    assert_eq!(engine.nodes()?.len(), nodes + 2);
    assert_eq!(program.hear(), [0.375 + 0.25 + 0.125; 2]);

    // Nothing at all, and the first one again.
    assert!(program.engine.disconnect_input(program.main, 3));
    engine.sync()?;
    assert_eq!(program.hear(), [0.375; 2]);
    assert!(program
        .engine
        .connect(program.half.pointer(), program.main, 3));
    engine.sync()?;
    assert_eq!(program.hear(), [0.25 + 0.375; 2]);
    let recording = recorder.stop()?;
    assert_eq!(last_frames(&path)?, [0.25, 0.375, 0.0, 0.25]);
    assert_eq!((recording.frames, recording.dropped), (4 * 1_024, 0));
    assert!(engine.audit()?.is_empty());
    Ok(())
}

#[test]
fn a_program_may_take_a_recordings_own_mixers_away() -> Result<()> {
    let (program, engine, bus) = stage()?;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("bus.wav");
    let before = engine.nodes()?.len();
    let recorder = record(&engine, &bus, &path)?;
    program.hear();
    let (_, way) = way(&program).expect("what leads to a further bus");
    assert!(program.engine.detach(way));
    engine.sync()?;
    assert!(engine.audit()?.is_empty());
    // Edits go on; what is not rendered any more is silence.
    let other = Object::source(0.75);
    assert!(program.engine.attach(other.pointer()));
    assert!(program.engine.connect(other.pointer(), program.main, 3));
    engine.sync()?;
    engine.disconnect_input(&engine.main_mixer(), 5)?;
    assert_eq!(program.hear(), [0.375; 2]);
    let recording = recorder.stop()?;
    assert_eq!((recording.frames, recording.silence), (2_048, 1_024));
    assert_eq!(last_frames(&path)?, [0.25, 0.0]);
    assert_eq!(engine.nodes()?.len(), before + 1);
    bus.set_volume(1.0)?;
    assert_eq!(program.hear(), [0.75; 2]);
    Ok(())
}
