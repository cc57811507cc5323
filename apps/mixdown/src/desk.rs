//! The desk of a mix that is rendered offline, and its files.

use std::ops::Deref;

use perbus::Player;
use perbus_mix::{Failure, Mix, Sound};

use crate::streams::{self, Streams};

pub(crate) struct Desk<'a> {
    desk: perbus_mix::Desk<'a>,
    mix: &'a Mix,
    streams: Streams,
}

impl<'a> Deref for Desk<'a> {
    type Target = perbus_mix::Desk<'a>;

    fn deref(&self) -> &Self::Target {
        &self.desk
    }
}

impl<'a> Desk<'a> {
    /// A stereo desk at `rate` Hz that renders `block` frames at a time. `listens`: every bus can be
    /// heard after its strip.
    pub(crate) fn new(mix: &'a Mix, rate: u32, block: u32, listens: bool) -> Result<Self, Failure> {
        let engine = perbus_mix::Desk::offline(rate, block)?;
        Ok(Self {
            desk: perbus_mix::Desk::new(mix, engine, listens)?,
            mix,
            streams: Streams::new(),
        })
    }

    /// Starts the engine and all players at its time 0, with the automation that is known.
    pub(crate) fn start(&self) -> Result<(), Failure> {
        let failure = |error: perbus::Error| Failure::of("the engine", error);
        let settle = || {
            self.engine().start()?;
            // Apple's engine may ramp to the strips' values: before the music starts.
            let settled = self.engine().format().sample_rate() / 20.0;
            self.engine().render_blocks(settled as u64, |_| Ok(()))?;
            self.engine().reset()
        };
        settle().map_err(failure)?;
        self.schedule(0, 0.0)?;
        for (number, (player, stem)) in self.players.iter().zip(&self.mix.stems).enumerate() {
            let play = || {
                match &stem.sound {
                    Sound::Decoded(buffer) => player.schedule(buffer)?,
                    Sound::Streamed(file) => self.streams.play(number, player, file)?,
                    Sound::File(_) => {}
                }
                player.play()
            };
            play().map_err(|error| Failure::of(&stem.argument, error))?;
        }
        Ok(())
    }

    /// Fails once a stem could not be read to its end.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        self.report(self.streams.failed())
    }

    /// Stops all players. Fails if a stem could not be read to its end.
    pub(crate) fn stop(&self) -> Result<(), Failure> {
        let stopped = self.players.iter().try_for_each(Player::stop);
        stopped.map_err(|error| Failure::of("the engine", error))?;
        self.report(self.streams.finally_failed())
    }

    fn report(&self, failed: Option<usize>) -> Result<(), Failure> {
        let stem = failed.map(|number| &self.mix.stems[number]);
        match stem.map(|stem| (stem, &stem.sound)) {
            Some((stem, Sound::Streamed(file))) => {
                Err(Failure::of(&stem.argument, streams::reason(file.path())))
            }
            _ => Ok(()),
        }
    }
}
