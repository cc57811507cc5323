//! Fades while a device plays, and while it waits.

use std::time::Duration;

use perbus::{Bus, Curve, Engine, Result};

use super::common::{constant, TOLERANCE};
use super::fake::{self, play};

/// 32 blocks of 256 frames at 48 kHz.
const FADE: Duration = Duration::from_nanos(8192 * 1_000_000_000 / 48_000 + 1);

/// An engine that has played 10 blocks of 1.0.
fn desk() -> Result<(Engine, Bus)> {
    let engine = Engine::new()?;
    let bus = engine.main_mixer().bus(0)?;
    engine.connect(&constant(&engine, &[1.0, 1.0]), bus.mixer(), 0, 0)?;
    engine.start()?;
    assert_eq!(play(10), 1.0);
    Ok((engine, bus))
}

#[track_caller]
fn assert_at(heard: f32, bus: &Bus, expected: f32) {
    assert!((heard - expected).abs() <= TOLERANCE, "heard {heard}");
    let volume = bus.volume();
    assert!((volume - expected).abs() <= TOLERANCE, "{volume}");
}

/// Time stands still for a fade while nothing plays.
#[test]
fn a_fade_waits_while_its_device_does() -> Result<()> {
    let _alone = fake::alone();
    for halt in [Engine::pause, Engine::stop] {
        for reset in [false, true] {
            let (engine, bus) = desk()?;
            let fade = bus.fade_to(0.0, FADE, Curve::Linear)?;
            assert_at(play(16), &bus, 0.5);
            halt(&engine)?;
            if reset {
                engine.reset()?;
            }
            assert_at(0.5, &bus, 0.5);
            assert!(fade.is_running());
            engine.start()?;
            assert_at(play(8), &bus, 0.25);
            assert_at(play(8), &bus, 0.0);
            assert!(!fade.is_running());
        }
    }
    Ok(())
}

#[test]
fn a_fade_may_begin_while_its_device_waits() -> Result<()> {
    let _alone = fake::alone();
    for halt in [Engine::pause, Engine::stop] {
        let (engine, bus) = desk()?;
        halt(&engine)?;
        let fade = bus.fade_to(0.0, FADE, Curve::Linear)?;
        assert!(fade.is_running());
        engine.start()?;
        assert!(fade.is_running());
        assert_at(play(24), &bus, 0.25);
        fade.cancel()?;
        play(4);
        assert_at(play(1), &bus, 0.25);
    }
    Ok(())
}
