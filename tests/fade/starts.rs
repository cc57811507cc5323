//! Where a fade starts.

use perbus::{Curve, Result};

use crate::common::{constant, render, render_mono, running, RAMP};
use crate::desk::{assert_curve, desk, value, FADE, FRAMES};

/// The fade starts at the value that was set, whether or not a block has rendered it; the sound
/// moves there from the earlier value without a click.
#[test]
fn a_fade_starts_from_the_value_set_just_before() -> Result<()> {
    for (heard_first, curve) in [(0, Curve::Linear), (100, Curve::EqualPower)] {
        let (engine, bus) = desk(1.0)?;
        bus.set_volume(0.0)?;
        if heard_first > 0 {
            render(&engine, heard_first);
        }
        bus.fade_to(0.75, FADE * 10, curve)?;
        let start = render_mono(&engine, RAMP);
        let before = 1.0 - heard_first as f32 / 480.0;
        let largest = crate::common::largest_step(before, &start);
        assert!(largest <= 0.0025, "a step of {largest}");
        assert_curve(&render_mono(&engine, 10 * FRAMES), RAMP, |frame| {
            let x = ((frame + 1) as f64 / (10 * FRAMES) as f64).min(1.0);
            value(curve, 0.0, 0.75, x)
        });
    }
    Ok(())
}

#[test]
fn a_pan_fades_from_where_it_was_set_just_before() -> Result<()> {
    let engine = running(2);
    let bus = engine.main_mixer().bus(0)?;
    engine.connect(&constant(&engine, &[1.0, 1.0]), bus.mixer(), 0, 0)?;
    bus.set_pan(1.0)?;
    render(&engine, RAMP);
    bus.set_pan(-1.0)?;
    bus.fade_pan_to(0.0, FADE)?;
    render(&engine, RAMP);
    let heard = render(&engine, FRAMES);
    assert_curve(&heard[0], RAMP, |_| 1.0);
    assert_curve(&heard[1], RAMP, |frame| {
        ((frame + 1) as f32 / FRAMES as f32).min(1.0)
    });
    Ok(())
}

/// Both before the connection's first block.
#[test]
fn a_fade_that_replaces_one_before_any_block_starts_where_that_did() -> Result<()> {
    let engine = running(1);
    let bus = engine.main_mixer().bus(0)?;
    engine.connect(&constant(&engine, &[1.0]), bus.mixer(), 0, 0)?;
    bus.fade_to(0.0, FADE, Curve::Linear)?;
    bus.fade_to(0.5, FADE, Curve::Linear)?;
    assert_curve(&render_mono(&engine, FRAMES), 0, |frame| {
        1.0 - 0.5 * (frame + 1) as f32 / FRAMES as f32
    });
    Ok(())
}

/// So does one on a connection that was rendered already, and one to the value itself.
#[test]
fn a_fade_in_place_of_one_that_no_block_has_heard_starts_from_the_value_set() -> Result<()> {
    for (replaced, to) in [(Some(0.75), 0.5), (Some(0.75), 1.0), (None, 1.0)] {
        let (engine, bus) = desk(0.0)?;
        // What was heard of an earlier fade is not the one that is replaced.
        bus.fade_to(0.0, FADE, Curve::Linear)?;
        render(&engine, RAMP);
        bus.set_volume(1.0)?;
        if let Some(value) = replaced {
            bus.fade_to(value, FADE, Curve::Linear)?;
        }
        bus.fade_to(to, FADE * 10, Curve::Linear)?;
        render(&engine, RAMP);
        assert_curve(&render_mono(&engine, 10 * FRAMES), RAMP, |frame| {
            1.0 + (to - 1.0) * ((frame + 1) as f32 / (10 * FRAMES) as f32).min(1.0)
        });
    }
    Ok(())
}

/// The next fade continues from where one that has been heard is.
#[test]
fn a_fade_in_place_of_one_that_was_heard_starts_where_that_is() -> Result<()> {
    let (engine, bus) = desk(0.0)?;
    bus.set_volume(1.0)?;
    bus.fade_to(0.0, FADE, Curve::Linear)?;
    render(&engine, FRAMES / 2);
    bus.fade_to(1.0, FADE, Curve::Linear)?;
    bus.fade_to(0.0, FADE, Curve::Linear)?;
    assert_curve(&render_mono(&engine, FRAMES), 0, |frame| {
        0.5 - 0.5 * (frame + 1) as f32 / FRAMES as f32
    });
    Ok(())
}

/// Not from what is heard meanwhile, on the way from the value before it was set.
#[test]
fn a_fade_starts_on_the_curve_that_it_replaces() -> Result<()> {
    let (engine, bus) = desk(0.0)?;
    bus.set_volume(1.0)?;
    bus.fade_to(0.0, FADE, Curve::Linear)?;
    render(&engine, 100);
    bus.fade_to(0.0, FADE * 10, Curve::Linear)?;
    assert_eq!(bus.volume(), 0.9);
    render(&engine, RAMP);
    assert_curve(&render_mono(&engine, 10 * FRAMES), RAMP, |frame| {
        0.9 * (1.0 - ((frame + 1) as f32 / (10 * FRAMES) as f32).min(1.0))
    });
    Ok(())
}

/// An exponential fade treats silence as -80 dB, but ends in silence.
#[test]
fn a_fade_that_is_over_is_not_heard_again_with_the_pan() -> Result<()> {
    let engine = running(2);
    let bus = engine.main_mixer().bus(0)?;
    engine.connect(&constant(&engine, &[1.0, 1.0]), bus.mixer(), 0, 0)?;
    render(&engine, RAMP);
    bus.fade_to(0.0, FADE, Curve::Exponential)?;
    render(&engine, FRAMES);
    bus.set_pan(0.5)?;
    let heard = render(&engine, FRAMES);
    assert!(heard.iter().flatten().all(|sample| *sample == 0.0));
    Ok(())
}
