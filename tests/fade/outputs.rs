//! Mixers' output volumes: kept, applied again, and faded.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use perbus::{Control, Curve, Engine, Error, FadeEnd, Mixer, Result};

use crate::common::*;
use crate::desk::{FADE, FRAMES};

/// A group with a source of 1, on bus 0 of the main mixer.
fn group(engine: &Engine) -> Result<Mixer> {
    let group = engine.create_mixer()?;
    engine.connect(&constant(engine, &[1.0]), &group, 0, 0)?;
    engine.connect(&group, &engine.main_mixer(), 0, 0)?;
    Ok(group)
}

#[test]
fn a_detached_mixer_keeps_its_output_volume() -> Result<()> {
    let engine = running(1);
    let main = engine.main_mixer();
    let group = group(&engine)?;
    group.set_output_volume(0.5)?;
    assert_heard(&engine, &[0.5]);
    engine.detach(&group)?;
    assert_eq!(group.output_volume()?, 0.5);
    group.set_output_volume(0.25)?;
    assert_eq!(group.output_volume()?, 0.25);
    engine.attach(&group)?;
    engine.connect(&constant(&engine, &[1.0]), &group, 0, 0)?;
    engine.connect(&group, &main, 0, 0)?;
    assert_heard(&engine, &[0.25]);
    // What was set before anything was connected.
    let other = engine.create_mixer()?;
    other.set_output_volume(3.0)?;
    engine.connect(&constant(&engine, &[0.25]), &other, 0, 0)?;
    engine.connect(&other, &main, 0, 1)?;
    assert_heard(&engine, &[1.0]);
    engine.stop()?;
    engine.start()?;
    assert_heard(&engine, &[1.0]);
    Ok(())
}

#[test]
fn an_output_volume_fades_to_its_value_and_reports_the_end() -> Result<()> {
    let engine = running(1);
    let group = group(&engine)?;
    let ends = Arc::new(Mutex::new(Vec::new()));
    let report = |ends: &Arc<Mutex<Vec<FadeEnd>>>| {
        let ends = Arc::clone(ends);
        move |end| ends.lock().unwrap().push(end)
    };
    let start = |to| group.fade_output_volume_to_with(to, FADE, Curve::Linear, report(&ends));
    let fade = start(0.0)?;
    let falling = |frame: usize| 1.0 - (frame + 1) as f32 / FRAMES as f32;
    assert_samples(&render_in(&engine, FRAMES, 64)[0], falling, 1e-5);
    assert_eq!(ends.lock().unwrap()[..], [FadeEnd::Finished]);
    assert!(!fade.is_running());
    assert_heard(&engine, &[0.0]);

    start(1.0)?;
    render(&engine, FRAMES / 2);
    let half = group.output_volume()?;
    assert!((half - 0.5).abs() < 1e-5, "{half}");
    group.set_output_volume(0.75)?;
    assert_heard(&engine, &[0.75]);
    let third = start(0.0)?;
    render(&engine, FRAMES / 2);
    third.cancel()?;
    assert_heard(&engine, &[group.output_volume()?]);
    start(1.0)?;
    render(&engine, FRAMES / 2);
    engine.detach(&group)?;
    let kept = group.output_volume()?;
    assert!((kept - (1.0 + 0.375) / 2.0).abs() < 1e-5, "{kept}");
    use FadeEnd::{Finished, Replaced, Stopped};
    assert_eq!(
        ends.lock().unwrap()[..],
        [Finished, Replaced, Replaced, Stopped]
    );
    assert!(matches!(start(1.0), Err(Error::NotAttached(_))));
    Ok(())
}

#[test]
fn a_fade_of_an_output_volume_survives_connections_and_calls_by_number() -> Result<()> {
    let engine = running(1);
    let main = engine.main_mixer();
    let group = group(&engine)?;
    group.fade_output_volume_to(0.0, FADE * 4, Curve::Linear)?;
    let falling = |frame: usize| (1.0 - (frame + 1) as f32 / (4 * FRAMES) as f32).max(0.0);
    assert_samples(&render_mono(&engine, FRAMES), falling, 1e-5);
    engine.connect(&group, &main, 0, 3)?;
    let heard = render_mono(&engine, FRAMES);
    assert_samples(&heard, |frame| falling(FRAMES + frame), 1e-5);
    assert!((group.output_volume()? - 0.5).abs() < 1e-5);
    let heard = render_mono(&engine, 2 * FRAMES + RAMP);
    assert_samples(&heard, |frame| falling(2 * FRAMES + frame), 1e-5);
    assert_eq!(
        engine.set_mixer_volume_for_bus(&group, 2.0, 7)?,
        Control::Mixer
    );
    assert_eq!(
        engine.mixer_volume_for_bus(&group, 7)?,
        (2.0, Control::Mixer)
    );
    assert_eq!(group.output_volume()?, 2.0);
    assert_heard(&engine, &[2.0]);
    assert!(group.is_attached());
    Ok(())
}

#[test]
fn bad_fades_of_output_volumes_are_refused() -> Result<()> {
    let engine = running(1);
    let mixer = engine.main_mixer();
    let day = Duration::from_secs(24 * 60 * 60);
    let longer = day + Duration::from_nanos(1);
    for (to, duration) in [(4.01, FADE), (f32::NAN, FADE), (-0.1, FADE), (0.5, longer)] {
        let refused = mixer.fade_output_volume_to(to, duration, Curve::Linear);
        assert!(
            matches!(refused, Err(Error::OutOfRange(_))),
            "{to} {duration:?}"
        );
    }
    assert_eq!(mixer.output_volume()?, 1.0);
    mixer.fade_output_volume_to(0.5, Duration::ZERO, Curve::Linear)?;
    assert_eq!(mixer.output_volume()?, 0.5);
    Ok(())
}
