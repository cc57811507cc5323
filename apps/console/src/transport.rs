//! Playing, halting, locating: all stems together, with the mix's automation and scenes.

#[cfg(test)]
mod tests;

use std::sync::mpsc::{channel, Receiver, Sender};
use std::time::{Duration, Instant};

use perbus::{Buffer, BufferEnd, Engine, Player, Schedule};
use perbus_mix::{Desk, Failure, Mix, Sound};

/// How long players fade out before they halt, so that nothing clicks.
const FADE_OUT: Duration = Duration::from_millis(8);
/// How long a halt waits for that.
const PATIENCE: Duration = Duration::from_millis(200);
/// From the key to the first frame, in seconds: the time that starting all players takes.
const LEAD: f64 = 0.05;
/// How far ahead the next round of a loop is queued, in seconds.
const AHEAD: f64 = 2.0;

pub(crate) struct Transport<'a> {
    mix: &'a Mix,
    desk: &'a Desk<'a>,
    engine: Engine,
    rate: f64,
    /// The mix's length, in frames.
    length: u64,
    looped: bool,
    /// Whether automation and scenes of the mix are played.
    follows: bool,
    state: State,
    /// Places of stems that could not be read to their end.
    failing: Sender<usize>,
    failed: Receiver<usize>,
}

/// All frames are the engine's.
#[derive(Clone, Copy, Debug)]
enum State {
    /// At a frame of the mix.
    Halted(u64),
    Playing {
        /// The engine's time at `from`.
        start: i64,
        /// Where in the mix it began.
        from: u64,
        /// Passes over the mix that are queued, the first included.
        queued: u64,
        /// The frame up to which scenes have been recalled, and its round.
        seen: u64,
        round: u64,
    },
}

impl<'a> Transport<'a> {
    pub(crate) fn new(mix: &'a Mix, desk: &'a Desk<'a>, looped: bool) -> Self {
        let engine = desk.engine().clone();
        let (failing, failed) = channel();
        Self {
            mix,
            desk,
            rate: engine.format().sample_rate(),
            engine,
            length: desk.frames(),
            looped,
            follows: true,
            state: State::Halted(0),
            failing,
            failed,
        }
    }

    pub(crate) fn is_playing(&self) -> bool {
        matches!(self.state, State::Playing { .. })
    }

    pub(crate) fn is_looped(&self) -> bool {
        self.looped
    }

    pub(crate) fn follows(&self) -> bool {
        self.follows
    }

    /// Whether there is something to follow.
    pub(crate) fn is_automated(&self) -> bool {
        self.mix.moves() || !self.mix.master_fades.is_empty()
    }

    /// In seconds.
    pub(crate) fn length(&self) -> f64 {
        self.length as f64 / self.rate
    }

    /// Where in the mix it is, in seconds.
    pub(crate) fn position(&self) -> f64 {
        self.place().0 as f64 / self.rate
    }

    /// The frame of the mix, and the pass over it.
    fn place(&self) -> (u64, u64) {
        match self.state {
            State::Halted(at) => (at, 0),
            State::Playing { start, from, .. } => {
                let now = self.engine.sample_time().unwrap_or(start);
                let at = from + u64::try_from(now - start).unwrap_or(0);
                match self.length {
                    0 => (at, 0),
                    length if self.looped => (at % length, at / length),
                    length => (at.min(length), at / length),
                }
            }
        }
    }

    pub(crate) fn play_or_halt(&mut self) -> Result<(), Failure> {
        match self.state {
            State::Halted(at) => self.play(at, true),
            State::Playing { .. } => self.halt(),
        }
    }

    /// Goes to a time in seconds, playing or not.
    pub(crate) fn locate(&mut self, seconds: f64) -> Result<(), Failure> {
        let last = self.length.saturating_sub(1);
        let at = ((seconds.max(0.0) * self.rate) as u64).min(last);
        self.relocate(at, true)
    }

    /// Continues where it was: after the engine was started again.
    pub(crate) fn resume(&mut self, position: f64) -> Result<(), Failure> {
        self.relocate((position * self.rate) as u64, false)
    }

    fn relocate(&mut self, at: u64, catches_up: bool) -> Result<(), Failure> {
        if self.is_playing() {
            self.halt()?;
            self.play(at, catches_up)
        } else {
            self.state = State::Halted(at);
            if catches_up {
                self.catch_up(at)?;
            }
            Ok(())
        }
    }

    pub(crate) fn toggle_loop(&mut self) -> Result<(), Failure> {
        let (at, _) = self.place();
        self.looped = !self.looped;
        // The next round is queued already.
        match self.state {
            State::Playing { queued, .. } if queued > 1 => self.relocate(at, false),
            _ => Ok(()),
        }
    }

    pub(crate) fn toggle_following(&mut self) -> Result<(), Failure> {
        let (at, _) = self.place();
        self.follows = !self.follows;
        if self.follows {
            self.relocate(at, true)
        } else {
            self.cancel_automation()
        }
    }

    /// Halts without a click, and stays where it is.
    pub(crate) fn halt(&mut self) -> Result<(), Failure> {
        let (at, _) = self.place();
        let halt = || {
            let players = &self.desk.players;
            self.engine
                .batch(|| players.iter().try_for_each(|it| it.stop_after(FADE_OUT)))?;
            let begin = Instant::now();
            while begin.elapsed() < PATIENCE && any_plays(players)? {
                std::thread::sleep(Duration::from_millis(1));
            }
            players.iter().try_for_each(Player::stop)
        };
        halt().map_err(failure)?;
        self.state = State::Halted(at);
        self.cancel_automation()
    }

    fn cancel_automation(&self) -> Result<(), Failure> {
        let cancel = || {
            // Time passes meanwhile.
            let soon = self.engine.sample_time()? + self.frames(LEAD) as i64;
            self.desk.cancel_automation_from(soon)
        };
        cancel().map_err(failure)
    }

    fn play(&mut self, from: u64, catches_up: bool) -> Result<(), Failure> {
        let from = if from >= self.length { 0 } else { from };
        if catches_up {
            self.catch_up(from)?;
        }
        self.queue(from, None)?;
        let start = || {
            let start = self.engine.sample_time()? + self.frames(LEAD) as i64;
            let players = &self.desk.players;
            players.iter().try_for_each(|it| it.play_at(start))?;
            Ok(start)
        };
        let start = start().map_err(failure)?;
        if self.follows {
            self.desk.schedule(start, from as f64 / self.rate)?;
        }
        self.state = State::Playing {
            start,
            from,
            queued: 1,
            seen: from,
            round: 0,
        };
        Ok(())
    }

    /// Sets what the automation sets to what it is at a frame of the mix.
    fn catch_up(&self, at: u64) -> Result<(), Failure> {
        if self.follows && self.is_automated() {
            let state = self.mix.automated_at(at as f64 / self.rate);
            self.desk.show(&state)?;
        }
        Ok(())
    }

    /// Queues all stems from a frame on; `at` is the players' time, or else it is after what they
    /// have.
    fn queue(&self, from: u64, at: Option<u64>) -> Result<(), Failure> {
        let schedule = Schedule {
            at: at.map(|frame| (frame as i64).into()),
            ..Schedule::default()
        };
        let stems = self.desk.players.iter().zip(&self.mix.stems);
        for (place, (player, stem)) in stems.enumerate() {
            let queued = match &stem.sound {
                Sound::Decoded(buffer) => match rest(buffer, from) {
                    Ok(Some(rest)) => player.schedule_as(&rest, schedule),
                    Ok(None) => Ok(()),
                    Err(error) => Err(error),
                },
                Sound::Streamed(file) => {
                    let first = from as f64 * file.format().sample_rate() / self.rate;
                    let (first, frames) = (first.round() as u64, file.frames());
                    if first < frames {
                        let failing = self.failing.clone();
                        player.schedule_segment_with(file, first..frames, schedule, move |end| {
                            if end == BufferEnd::Failed {
                                // The console may be gone.
                                let _ = failing.send(place);
                            }
                        })
                    } else {
                        Ok(())
                    }
                }
                Sound::File(_) => Ok(()),
            };
            queued.map_err(|error| Failure::of(&stem.argument, error))?;
        }
        Ok(())
    }

    /// Does what is due by now: scenes, the next round, the end. Fails, too, once a stem could not be
    /// read to its end.
    pub(crate) fn tick(&mut self) -> Result<(), Failure> {
        self.proceed()?;
        match self.failed.try_recv() {
            Ok(place) => Err(Failure::of(
                &self.mix.stems[place].argument,
                "it could not be read to its end",
            )),
            Err(_) => Ok(()),
        }
    }

    fn proceed(&mut self) -> Result<(), Failure> {
        let (at, pass) = self.place();
        let State::Playing {
            start,
            from,
            queued,
            seen,
            round,
        } = self.state
        else {
            return Ok(());
        };
        if !self.looped && self.length > 0 && at >= self.length {
            self.halt()?;
            self.state = State::Halted(0);
            return Ok(());
        }
        let mut scenes_from = seen;
        if pass > round {
            scenes_from = 0;
            // Nothing can be scheduled for times that are over.
            let lead = at + self.frames(LEAD);
            self.catch_up(lead)?;
            if self.follows {
                let begin = start + (pass * self.length - from) as i64;
                self.desk
                    .schedule(begin + lead as i64, lead as f64 / self.rate)?;
            }
        }
        if self.follows {
            let times = scenes_from as f64 / self.rate..at as f64 / self.rate;
            for scene in self.mix.scenes.iter().filter(|it| times.contains(&it.at)) {
                self.desk.show(scene)?;
            }
        }
        let ahead = at + pass * self.length + self.frames(AHEAD);
        let mut rounds = queued;
        while self.looped && self.length > 0 && rounds * self.length < ahead {
            self.queue(0, Some(rounds * self.length - from))?;
            rounds += 1;
        }
        self.state = State::Playing {
            start,
            from,
            queued: rounds,
            seen: at,
            round: pass,
        };
        Ok(())
    }

    fn frames(&self, seconds: f64) -> u64 {
        (seconds * self.rate) as u64
    }
}

fn failure(error: perbus::Error) -> Failure {
    Failure::of("the engine", error)
}

fn any_plays(players: &[Player]) -> perbus::Result<bool> {
    for player in players {
        if player.is_playing()? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A buffer from a frame on.
fn rest(buffer: &Buffer, from: u64) -> perbus::Result<Option<Buffer>> {
    if from == 0 {
        return Ok(Some(buffer.clone()));
    }
    if from >= u64::from(buffer.frames()) {
        return Ok(None);
    }
    let channels = 0..buffer.format().channels();
    let planes: Vec<&[f32]> = channels
        .map(|channel| &buffer.channel(channel)[from as usize..])
        .collect();
    Buffer::from_planar(buffer.format(), &planes).map(Some)
}
