//! Fades to a scene, heard and read.

use std::time::Duration;

use perbus::{BusConfig, Curve, EngineScene, Error, FadeEnd, Result, Scene, SceneParts};

use crate::common::*;

fn frames(frames: i64) -> Duration {
    format(1).duration(frames)
}

/// Every frame is on the curves of the strips, from the block that follows on.
#[test]
fn volumes_fade_together() -> Result<()> {
    let (engine, mixer) = three_sources()?;
    render(&engine, 100);
    let config = |bus, volume| BusConfig {
        volume: Some(volume),
        ..BusConfig::new(bus)
    };
    // The last one is right already, and gets a label.
    let label = Some("keys".to_owned());
    let keys = BusConfig {
        label,
        ..config(2, 1.0)
    };
    let scene = Scene::new(vec![config(0, 0.0), config(1, 3.0), keys]);
    mixer.fade_to_scene(&scene, frames(4_000), Curve::Linear)?;
    assert_eq!(mixer.bus(2)?.label(), "keys");
    let expected = |frame: usize| {
        let x = ((frame + 1) as f32 / 4_000.0).min(1.0);
        0.1 * (1.0 - x) + 0.2 * (1.0 + 2.0 * x) + 0.4
    };
    assert_samples(&render_mono(&engine, 4_100), expected, 1e-5);
    let volumes = SceneParts::FADERS;
    assert_eq!(
        mixer.snapshot().only(volumes).buses(),
        scene.only(volumes).buses()
    );
    Ok(())
}

/// On the same frames as the strips.
#[test]
fn output_volumes_fade_along() -> Result<()> {
    let (engine, mixer) = three_sources()?;
    render(&engine, 100);
    let silent = BusConfig {
        volume: Some(0.0),
        ..BusConfig::new(0)
    };
    let scene = Scene::new(vec![silent]).with_output_volume(0.5);
    mixer.fade_to_scene(&scene, frames(8_000), Curve::Linear)?;
    let heard = render_mono(&engine, 4_000);
    assert!((mixer.output_volume()? - 0.75).abs() < 1e-5);
    assert!((mixer.bus(0)?.volume() - 0.5).abs() < 1e-5);
    let expected = |frame: usize| {
        let x = ((frame + 1) as f32 / 8_000.0).min(1.0);
        (0.1 * (1.0 - x) + 0.6) * (1.0 - 0.5 * x)
    };
    assert_samples(&heard, expected, 1e-5);
    let rest = render_mono(&engine, 4_100);
    assert_samples(&rest, |frame| expected(4_000 + frame), 1e-5);
    assert_eq!(mixer.output_volume()?, 0.5);
    Ok(())
}

#[test]
fn pans_fade_and_mutes_switch_at_the_start() -> Result<()> {
    let engine = running(2);
    let mixer = engine.main_mixer();
    let (one, two) = (mixer.bus(0)?, mixer.bus(1)?);
    one.connect(&constant(&engine, &[0.5, 0.5]))?;
    two.connect(&constant(&engine, &[0.25, 0.25]))?;
    two.set_muted(true)?;
    render(&engine, RAMP);
    let scene = Scene::new(vec![
        BusConfig {
            pan: Some(1.0),
            ..BusConfig::new(0)
        },
        BusConfig {
            muted: Some(false),
            volume: Some(0.0),
            ..BusConfig::new(1)
        },
    ]);
    mixer.fade_to_scene(&scene, frames(4_000), Curve::EqualPower)?;
    assert!(!two.is_muted());
    let heard = render(&engine, 4_000);
    // The pan is linear; the unmuted bus has joined its fade by now.
    let x = |frame: usize| (RAMP + frame + 1) as f32 / 4_000.0;
    let falling = |frame: usize| 0.25 * (1.0 - x(frame)).sqrt();
    let left = |frame: usize| 0.5 * (1.0 - x(frame)) + falling(frame);
    assert_samples(&heard[0][RAMP..], left, 1e-5);
    assert_samples(&heard[1][RAMP..], |frame| 0.5 + falling(frame), 1e-5);
    assert_heard_at_once(&engine, &[0.0, 0.5]);
    assert_eq!((one.pan(), two.volume()), (1.0, 0.0));
    Ok(())
}

/// Back before it has arrived: from where it is, without a step, and with other fades ended.
#[test]
fn a_scene_replaces_fades_and_is_replaced() -> Result<()> {
    let (engine, mixer) = three_sources()?;
    let (told, ends) = std::sync::mpsc::channel();
    let bus = mixer.bus(0)?;
    bus.fade_to_with(0.0, frames(9_000), Curve::Linear, move |end| {
        told.send(end).unwrap()
    })?;
    render(&engine, 4_500);
    let verse = mixer.snapshot();
    mixer.fade_to_scene(&verse, frames(1_000), Curve::Linear)?;
    assert_eq!(ends.try_recv(), Ok(FadeEnd::Replaced));
    assert_samples(&render_mono(&engine, 1_500), |_| 0.65, 1e-5);
    let faders = |volume| {
        let one = |bus| BusConfig {
            volume: Some(volume),
            ..BusConfig::new(bus)
        };
        Scene::new((0..3).map(one).collect())
    };
    let dark = faders(0.0);
    mixer.fade_to_scene(&dark, frames(2_000), Curve::Linear)?;
    let falling = render_mono(&engine, 1_000);
    mixer.fade_to_scene(&faders(1.0), frames(1_000), Curve::Linear)?;
    let rising = render_mono(&engine, 1_100);
    let heard: Vec<f32> = falling.into_iter().chain(rising).collect();
    for (frame, pair) in heard.windows(2).enumerate() {
        let step = (pair[1] - pair[0]).abs();
        assert!(step < 0.65 / 1_000.0, "{step} at frame {frame}");
    }
    // Half the way down, and from there up.
    let expected = |frame: usize| match frame {
        0..1_000 => 0.65 * (1.0 - (frame + 1) as f32 / 2_000.0),
        _ => 0.325 + 0.375 * ((frame - 999) as f32 / 1_000.0).min(1.0),
    };
    assert_samples(&heard, expected, 1e-5);
    // A plain scene ends it, and a duration of nothing is a plain scene.
    mixer.fade_to_scene(&dark, frames(5_000), Curve::Linear)?;
    mixer.fade_to_scene(&verse, Duration::ZERO, Curve::Linear)?;
    assert_eq!(mixer.snapshot(), verse);
    assert_heard(&engine, &[0.65]);
    Ok(())
}

#[test]
fn the_mixers_of_an_engine_fade_together() -> Result<()> {
    let engine = running(1);
    let main = engine.main_mixer();
    let groups = [engine.create_mixer()?, engine.create_mixer()?];
    for group in &groups {
        main.connect_next(group)?;
        group.connect_next(&constant(&engine, &[0.5]))?;
    }
    groups[1].bus(0)?.set_volume(0.0)?;
    let [one, two] = groups.each_ref().map(|group| group.id().to_string());
    let fader = |volume| {
        Scene::new(vec![BusConfig {
            volume: Some(volume),
            ..BusConfig::new(0)
        }])
    };
    let third = main.id().to_string();
    let scene = EngineScene::new([
        (one, fader(0.0)),
        (two, fader(1.0)),
        (third, Scene::default().with_output_volume(1.0)),
    ]);
    render(&engine, RAMP);
    engine.fade_to_scene(&scene, frames(3_000), Curve::Linear)?;
    // One half falls as the other rises.
    assert_samples(&render_mono(&engine, 1_500), |_| 0.5, 1e-5);
    for group in &groups {
        assert!((group.bus(0)?.volume() - 0.5).abs() < 1e-5);
    }
    assert_samples(&render_mono(&engine, 2_000), |_| 0.5, 1e-5);
    let volumes = [groups[0].bus(0)?.volume(), groups[1].bus(0)?.volume()];
    assert_eq!(volumes, [0.0, 1.0]);

    let day = Duration::from_secs(24 * 60 * 60 + 1);
    let error = engine
        .fade_to_scene(&scene, day, Curve::Linear)
        .unwrap_err();
    assert!(matches!(error, Error::OutOfRange(_)), "{error:?}");
    let unknown = EngineScene::new([("mixer 99", Scene::default())]);
    let error = engine
        .fade_to_scene(&unknown, frames(100), Curve::Linear)
        .unwrap_err();
    assert!(error.to_string().contains("mixer 99"), "{error}");
    Ok(())
}

/// A solo that a scene turns on is heard from the block in which its fades start.
#[test]
fn solos_switch_with_the_fades() -> Result<()> {
    let (engine, mixer) = three_sources()?;
    mixer.bus(0)?.set_soloed(true)?;
    let soloed = mixer.snapshot_with_solo();
    mixer.bus(0)?.set_soloed(false)?;
    mixer.bus(0)?.set_volume(0.0)?;
    render(&engine, RAMP);
    mixer.fade_to_scene(&soloed, frames(2_000), Curve::Linear)?;
    let heard = render_mono(&engine, 2_100);
    let expected = |frame: usize| 0.1 * ((RAMP + frame + 1) as f32 / 2_000.0).min(1.0);
    assert_samples(&heard[RAMP..], expected, 1e-5);
    Ok(())
}
