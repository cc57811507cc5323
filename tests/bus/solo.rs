//! Soloing, muting and resetting a few strips.

use perbus::Result;

use crate::common::*;

#[test]
fn solo_silences_the_others_and_restores_them() -> Result<()> {
    let (engine, mixer) = three_sources()?;
    let buses = [mixer.bus(0)?, mixer.bus(1)?, mixer.bus(2)?];
    assert_heard(&engine, &[0.7]);
    buses[1].set_soloed(true)?;
    assert_heard(&engine, &[0.2]);
    buses[2].set_soloed(true)?;
    assert_heard(&engine, &[0.6]);
    buses[1].set_soloed(false)?;
    assert_heard(&engine, &[0.4]);
    // A fader moved while another bus is soloed is heard when the solo ends.
    buses[0].set_volume(0.5)?;
    assert_heard(&engine, &[0.4]);
    assert_eq!((buses[0].volume(), buses[0].effective_volume()), (0.5, 0.0));
    buses[2].set_soloed(false)?;
    assert_heard(&engine, &[0.65]);
    Ok(())
}

#[test]
fn mute_wins_over_solo() -> Result<()> {
    let (engine, mixer) = three_sources()?;
    mixer.bus(1)?.set_muted(true)?;
    assert_heard(&engine, &[0.5]);
    mixer.bus(1)?.set_soloed(true)?;
    assert_heard(&engine, &[0.0]);
    mixer.bus(1)?.set_muted(false)?;
    assert_heard(&engine, &[0.2]);
    Ok(())
}

#[test]
fn a_source_that_comes_during_a_solo_is_silent() -> Result<()> {
    let (engine, mixer) = three_sources()?;
    mixer.bus(0)?.set_soloed(true)?;
    engine.connect(&constant(&engine, &[0.8]), &mixer, 0, 3)?;
    // From its first sample: no blip at the source's own volume.
    render(&engine, RAMP);
    assert!(render_mono(&engine, 64)
        .iter()
        .all(|sample| (sample - 0.1).abs() <= TOLERANCE));
    mixer.bus(3)?.set_soloed(true)?;
    assert_heard(&engine, &[0.9]);
    Ok(())
}

#[test]
fn reset_puts_a_strip_back() -> Result<()> {
    let (engine, mixer) = three_sources()?;
    let bus = mixer.bus(2)?;
    bus.set_label("keys");
    bus.set_volume(0.1)?;
    bus.set_pan(0.5)?;
    bus.set_muted(true)?;
    bus.set_soloed(true)?;
    bus.reset()?;
    assert_eq!((bus.volume(), bus.pan()), (1.0, 0.0));
    assert_eq!((bus.is_muted(), bus.is_soloed()), (false, false));
    assert_eq!(bus.label(), "keys");
    assert_heard(&engine, &[0.7]);
    Ok(())
}
