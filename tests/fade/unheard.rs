//! Fades of what the engine does not render for a while.

use std::time::Duration;

use perbus::{Curve, Result};

use crate::common::*;

/// Two mixers, one behind the other.
#[test]
fn fades_go_on_while_a_mixer_leads_nowhere() -> Result<()> {
    let engine = running(1);
    let (main, inner, outer) = (
        engine.main_mixer(),
        engine.create_mixer()?,
        engine.create_mixer()?,
    );
    engine.connect(&constant(&engine, &[1.0]), &inner, 0, 0)?;
    engine.connect(&inner, &outer, 0, 0)?;
    engine.connect(&outer, &main, 0, 0)?;
    render_mono(&engine, 100);
    engine.disconnect_output(&outer, 0)?;
    let bus = inner.bus(0)?;
    let frames = |frames: u32| Duration::from_secs_f64(f64::from(frames) / RATE);
    bus.fade_to(0.5, frames(1_000), Curve::Linear)?;
    bus.fade_at(2_000, 0.0, frames(1_000), Curve::Linear)?;
    outer.fade_output_volume_to(0.5, frames(400), Curve::Linear)?;
    render_mono(&engine, 600);
    engine.connect(&outer, &main, 0, 0)?;
    let expected = |at: usize| {
        let first = ((at as f32 - 100.0) / 1_000.0).clamp(0.0, 1.0);
        let second = ((at as f32 - 2_000.0) / 1_000.0).clamp(0.0, 1.0);
        0.5 * (1.0 - 0.5 * first - 0.5 * second)
    };
    let heard = render_mono(&engine, 1_500);
    assert_samples(&heard, |frame| expected(frame + 701), 1e-6);
    // The second one is under way when it disappears, and has begun when it comes back.
    engine.disconnect_output(&outer, 0)?;
    render_mono(&engine, 100);
    engine.connect(&outer, &main, 0, 0)?;
    let heard = render_mono(&engine, 1_000);
    assert_samples(&heard, |frame| expected(frame + 2_301), 1e-6);
    Ok(())
}
