//! Every buffer ends once, in order, and reports how.

use std::sync::mpsc::{channel, Receiver, Sender};
use std::time::Duration;

use perbus::{Buffer, BufferEnd, Engine, Player, Result, Schedule};

use crate::common::*;
use BufferEnd::{Detached, Interrupted, Played, Stopped};

/// What has ended, by the number under which its buffer was scheduled.
struct Ends {
    sender: Sender<(u32, BufferEnd)>,
    receiver: Receiver<(u32, BufferEnd)>,
    next: std::cell::Cell<u32>,
}

impl Ends {
    fn new() -> Self {
        let (sender, receiver) = channel();
        let next = std::cell::Cell::new(0);
        Self {
            sender,
            receiver,
            next,
        }
    }

    fn schedule(&self, player: &Player, buffer: &Buffer, schedule: Schedule) -> Result<()> {
        let (sender, number) = (self.sender.clone(), self.next.get());
        self.next.set(number + 1);
        player.schedule_with(buffer, schedule, move |end| {
            sender.send((number, end)).expect("the test listens");
        })
    }

    #[track_caller]
    fn expect(&self, expected: &[(u32, BufferEnd)]) {
        for end in expected {
            let got = self.receiver.recv_timeout(Duration::from_secs(20));
            assert_eq!(got.as_ref(), Ok(end));
        }
    }

    /// Nothing more ends: all senders are gone without another message.
    #[track_caller]
    fn expect_no_more(self) {
        drop(self.sender);
        assert_eq!(self.receiver.iter().collect::<Vec<_>>(), []);
    }
}

fn at_once() -> Schedule {
    Schedule {
        interrupts: true,
        ..Schedule::default()
    }
}

fn at_loop() -> Schedule {
    Schedule {
        interrupts_at_loop: true,
        ..Schedule::default()
    }
}

fn rig() -> Result<(Engine, Player, Ends)> {
    let engine = running(1);
    let player = connected_player(&engine)?;
    Ok((engine, player, Ends::new()))
}

#[test]
fn played_interrupted_and_stopped() -> Result<()> {
    let (engine, player, ends) = rig()?;
    let (short, plain) = (counting(0, 100), Schedule::default());
    for _ in 0..3 {
        ends.schedule(&player, &short, plain)?;
    }
    player.play()?;
    render_mono(&engine, 100);
    ends.expect(&[(0, Played)]);
    // During 1; 2 was never heard.
    render_mono(&engine, 50);
    ends.schedule(&player, &short, at_once())?;
    ends.schedule(&player, &short, plain)?;
    render_mono(&engine, 100);
    ends.expect(&[(1, Interrupted), (2, Interrupted), (3, Played)]);
    // During 4.
    render_mono(&engine, 10);
    ends.schedule(&player, &short, plain)?;
    player.stop()?;
    ends.expect(&[(4, Stopped), (5, Stopped)]);
    // Before anything is played.
    ends.schedule(&player, &short, looping())?;
    player.stop()?;
    ends.expect(&[(6, Stopped)]);
    drop((player, engine));
    ends.expect_no_more();
    Ok(())
}

#[test]
fn loops() -> Result<()> {
    let (engine, player, ends) = rig()?;
    let (short, plain) = (counting(0, 100), Schedule::default());
    ends.schedule(&player, &short, looping())?;
    ends.schedule(&player, &short, plain)?;
    player.play()?;
    render_mono(&engine, 1234);
    ends.schedule(&player, &short, at_loop())?;
    render_mono(&engine, 100);
    // A loop never ends by itself: it was interrupted, whether at its end or in the middle.
    ends.expect(&[(0, Interrupted), (1, Interrupted)]);
    // A plain buffer plays to its end; those queued after it do not.
    ends.schedule(&player, &short, plain)?;
    ends.schedule(&player, &short, at_loop())?;
    render_mono(&engine, 66 + 100);
    ends.expect(&[(2, Played), (3, Interrupted), (4, Played)]);
    ends.schedule(&player, &short, looping())?;
    render_mono(&engine, 250);
    player.stop()?;
    ends.expect(&[(5, Stopped)]);
    drop((player, engine));
    ends.expect_no_more();
    Ok(())
}

#[test]
fn a_buffer_that_ends_as_another_interrupts_was_played() -> Result<()> {
    for block in [512, 100, 64, 1] {
        let (engine, player, ends) = rig()?;
        let short = counting(0, 100);
        ends.schedule(&player, &short, Schedule::default())?;
        let timed = Schedule {
            at: Some(100.into()),
            interrupts: true,
            ..Schedule::default()
        };
        ends.schedule(&player, &short, Schedule::default())?;
        ends.schedule(&player, &counting(200, 10), timed)?;
        player.play()?;
        let samples = render_in(&engine, 110, block).remove(0);
        let expected = |frame: usize| count(frame as u32 + if frame < 100 { 0 } else { 100 });
        assert_samples(&samples, expected, 0.0);
        ends.expect(&[(0, Played), (1, Interrupted), (2, Played)]);
        drop((player, engine));
        ends.expect_no_more();
    }
    Ok(())
}

#[test]
fn detached_stopped_with_the_engine_and_dropped() -> Result<()> {
    let (engine, player, ends) = rig()?;
    let (short, plain) = (counting(0, 100), Schedule::default());
    ends.schedule(&player, &short, plain)?;
    ends.schedule(&player, &short, plain)?;
    player.play()?;
    render_mono(&engine, 130);
    engine.detach(&player)?;
    ends.expect(&[(0, Played), (1, Detached)]);

    engine.attach(&player)?;
    engine.connect(&player, &engine.main_mixer(), 0, 0)?;
    ends.schedule(&player, &short, plain)?;
    player.play()?;
    render_mono(&engine, 10);
    // A stopped engine keeps what is queued.
    engine.stop()?;
    engine.start()?;
    player.play()?;
    render_mono(&engine, 90);
    ends.expect(&[(2, Played)]);
    ends.schedule(&player, &short, looping())?;
    render_mono(&engine, 10);
    drop((player, engine));
    ends.expect(&[(3, Detached)]);
    ends.expect_no_more();
    Ok(())
}

#[test]
fn a_completion_tells_a_stop_from_an_end_before_it_queues_more() -> Result<()> {
    fn keep_playing(player: &Player, buffer: &Buffer, ends: Sender<BufferEnd>) -> Result<()> {
        let (again, sound) = (player.clone(), buffer.clone());
        player.schedule_with(buffer, Schedule::default(), move |end| {
            ends.send(end).expect("the test listens");
            if end == Played {
                // Refused once the player is detached, which also ends it.
                let _ = keep_playing(&again, &sound, ends);
            }
        })
    }
    let (engine, player, _) = rig()?;
    let (sender, receiver) = channel();
    keep_playing(&player, &counting(0, 10), sender.clone())?;
    player.stop()?;
    let patience = Duration::from_secs(20);
    assert_eq!(receiver.recv_timeout(patience), Ok(Stopped));
    keep_playing(&player, &counting(0, 10), sender)?;
    player.play()?;
    for _ in 0..5 {
        // Another thread queues it again, in one of the next blocks.
        while receiver.try_recv() != Ok(Played) {
            render_mono(&engine, 64);
            std::thread::yield_now();
        }
    }
    engine.detach(&player)?;
    let rest: Vec<BufferEnd> = receiver.iter().collect();
    let played = rest.iter().take_while(|end| **end == Played).count();
    assert!(
        [&[][..], &[Detached]].contains(&&rest[played..]),
        "{rest:?}"
    );
    Ok(())
}
