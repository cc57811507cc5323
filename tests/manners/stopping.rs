//! A player's stop that waits for completion handlers, and a start that takes a while.

use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use perbus::{Result, Schedule};

use crate::common::*;
use crate::manners;

#[test]
fn a_stop_waits_for_no_handler_that_waits_for_it() -> Result<()> {
    let _manners = manners("stop-waits");
    let engine = running(1);
    let main = engine.main_mixer();
    let (player, other) = (engine.create_player()?, engine.create_player()?);
    engine.connect(&player, &main, 0, 0)?;
    let (entered, is_inside) = channel();
    let (done, is_done) = channel();
    let edits = {
        let (engine, main, other) = (engine.clone(), main.clone(), other.clone());
        move |_| {
            entered.send(()).expect("the test waits");
            // Long enough for the stop to have begun.
            std::thread::sleep(Duration::from_millis(50));
            let connected = engine.connect(&other, &main, 0, 1);
            done.send(connected).expect("the test waits");
        }
    };
    player.schedule_with(&constant_buffer(&[1.0], 16), Schedule::default(), edits)?;
    player.play()?;
    let mut samples = [0.0; 64];
    engine.render(&mut [&mut samples])?;
    is_inside
        .recv_timeout(Duration::from_secs(10))
        .expect("a completion");
    player.stop()?;
    is_done
        .recv_timeout(Duration::from_secs(10))
        .expect("no deadlock")?;
    Ok(())
}

#[test]
fn faders_do_not_wait_for_a_start() -> Result<()> {
    let _manners = manners("slow-start");
    let engine = running(1);
    let main = engine.main_mixer();
    engine.connect(&constant(&engine, &[1.0]), &main, 0, 0)?;
    let bus = main.bus(0)?;
    bus.set_volume(0.5)?;
    engine.stop()?;
    // A busy machine may leave this thread no time meanwhile: it has several attempts.
    let mut most = 0;
    for _ in 0..20 {
        let starter = {
            let engine = engine.clone();
            std::thread::spawn(move || {
                let begun = Instant::now();
                engine.start().map(|()| begun.elapsed())
            })
        };
        let mut calls = 0;
        while !starter.is_finished() {
            bus.set_volume(0.25)?;
            calls += 1;
            std::thread::yield_now();
        }
        let took = starter.join().expect("no panic")?;
        assert!(took >= Duration::from_millis(20), "{took:?}");
        most = most.max(calls);
        engine.stop()?;
        if most > 2 {
            break;
        }
    }
    // A call that waited for the start would be the last.
    assert!(most > 2, "{most} calls");
    Ok(())
}
