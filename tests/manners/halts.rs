//! Players that an engine does not fade out: perbus does, in steps.

use std::sync::mpsc::channel;
use std::time::Duration;

use perbus::{BufferEnd, Engine, Player, Result, Schedule};

use crate::common::*;
use crate::manners;

const HALT: Duration = Duration::from_millis(20);
/// Until what sounds has halted: the halt, and how long the engine takes for a step.
const FRAMES: usize = 960 + 480;

/// A constant 1, sounding.
fn rig() -> Result<(Engine, Player)> {
    let engine = running(1);
    let player = connected_player(&engine)?;
    play_constant(&player, &[1.0])?;
    assert_constant(&render_mono(&engine, 100), 1.0);
    Ok((engine, player))
}

/// Falls all the time, without a step.
#[track_caller]
fn assert_falls(heard: &[f32]) {
    for (frame, pair) in heard.windows(2).enumerate() {
        let step = pair[0] - pair[1];
        assert!(
            (0.0..1.0 / 480.0 + 1e-6).contains(&step),
            "frame {frame}: {pair:?}"
        );
    }
}

/// However fast the blocks are rendered, and whatever the timers do.
#[test]
fn an_offline_halt_takes_its_time_in_frames() -> Result<()> {
    let _manners = manners("early-completions");
    for block in [64, 100, 480] {
        for halt in [Player::stop_after, Player::pause_after] {
            let (engine, player) = rig()?;
            halt(&player, HALT)?;
            let heard = render_in(&engine, FRAMES + 2 * block, block).remove(0);
            assert_falls(&heard);
            assert!(heard[480] > 0.4, "{}", heard[480]);
            assert_samples(&heard[FRAMES + block..], |_| 0.0, 0.0);
            assert!(!player.is_playing()?);
            if player.position()?.player_frame == 0 {
                play_constant(&player, &[1.0])?;
            }
            player.play()?;
            render_mono(&engine, RAMP);
            assert_constant(&render_mono(&engine, 100), 1.0);
        }
    }
    Ok(())
}

#[test]
fn another_halt_goes_on_from_the_gain_of_the_first() -> Result<()> {
    let _manners = manners("early-completions");
    let (engine, player) = rig()?;
    player.pause_after(HALT)?;
    let mut heard = render_in(&engine, 600, 100).remove(0);
    player.stop_after(HALT)?;
    heard.extend(render_in(&engine, FRAMES + 200, 100).remove(0));
    assert_falls(&heard);
    assert!(!player.is_playing()?);
    Ok(())
}

/// Whenever a timer takes its next step.
#[test]
fn a_volume_that_is_set_during_a_halt_fades_with_it_and_stays() -> Result<()> {
    let _manners = manners("early-completions,no-fades");
    let (engine, player) = rig()?;
    let bus = engine.main_mixer().bus(0)?;
    player.pause_after(HALT)?;
    render_in(&engine, FRAMES - 40, 100);
    bus.set_volume(0.25)?;
    // The next block already knows that nothing is left of it.
    assert_falls(&render_mono(&engine, 30));
    render_mono(&engine, FRAMES);
    assert!(!player.is_playing()?);
    player.play()?;
    render_mono(&engine, RAMP);
    assert_constant(&render_mono(&engine, 100), 0.25);
    assert_audited(&engine);
    Ok(())
}

#[test]
fn a_halt_ends_with_its_engine() -> Result<()> {
    let _manners = manners("early-completions");
    let engine = running(1);
    let player = connected_player(&engine)?;
    let (sender, ends) = channel();
    player.schedule_with(
        &constant_buffer(&[1.0], 10_000),
        Schedule::default(),
        move |end| {
            let _ = sender.send(end);
        },
    )?;
    player.play()?;
    render_mono(&engine, 100);
    player.stop_after(HALT)?;
    render_mono(&engine, 100);
    engine.stop()?;
    let end = ends.recv_timeout(Duration::from_secs(20));
    assert_eq!(end, Ok(BufferEnd::Stopped));
    Ok(())
}
