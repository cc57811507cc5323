//! An engine that has no fades: they go in steps, one for each block, and the engine ramps between them.

use std::sync::mpsc::channel;
use std::time::Duration;

use perbus::{Curve, FadeEnd, Result};

use crate::common::*;
use crate::manners;

const FRAMES: usize = 4800;
/// How long the engine takes for a step.
const STEP: usize = 480;

fn duration() -> Duration {
    Duration::from_secs_f64(FRAMES as f64 / RATE)
}

/// From 1 to 0, linearly.
fn falling(frame: usize) -> f32 {
    1.0 - frame.min(FRAMES) as f32 / FRAMES as f32
}

/// What is heard lags behind the fade by a block and a step at most, and arrives.
#[track_caller]
fn assert_follows(heard: &[f32], block: usize) {
    for (frame, &sample) in heard.iter().enumerate() {
        let latest = falling(frame) - 1e-5;
        let earliest = falling(frame.saturating_sub(block + STEP)) + 1e-5;
        assert!(
            (latest..=earliest).contains(&sample),
            "frame {frame} is {sample}, expected {latest} to {earliest}"
        );
    }
    assert_samples(&heard[FRAMES + block + STEP..], |_| 0.0, 0.0);
}

#[test]
fn a_fade_is_followed_in_steps_and_arrives() -> Result<()> {
    let _manners = manners("no-fades");
    for block in [512, 100, 64] {
        for output in [false, true] {
            let engine = running(1);
            let main = engine.main_mixer();
            engine.connect(&constant(&engine, &[1.0]), &main, 0, 0)?;
            let (sender, ends) = channel();
            let ended = move |end| sender.send(end).expect("the test waits");
            let fade = if output {
                main.fade_output_volume_to_with(0.0, duration(), Curve::Linear, ended)?
            } else {
                main.bus(0)?
                    .fade_to_with(0.0, duration(), Curve::Linear, ended)?
            };
            let heard = render_in(&engine, FRAMES + 2 * (block + STEP), block);
            assert_follows(&heard[0], block);
            assert!(!fade.is_running());
            assert_eq!(ends.iter().collect::<Vec<_>>(), [FadeEnd::Finished]);
        }
    }
    Ok(())
}

#[test]
fn a_fade_that_was_put_off_begins_with_the_block_of_its_frame() -> Result<()> {
    let _manners = manners("no-fades");
    for block in [512, 100, 64] {
        let engine = running(1);
        let main = engine.main_mixer();
        engine.connect(&constant(&engine, &[1.0]), &main, 0, 0)?;
        main.bus(0)?.fade_at(1000, 0.0, duration(), Curve::Linear)?;
        let heard = render_in(&engine, 1000 + FRAMES + 2 * (block + STEP), block);
        assert_samples(&heard[0][..1000], |_| 1.0, 0.0);
        assert_follows(&heard[0][1000..], block);
    }
    Ok(())
}
