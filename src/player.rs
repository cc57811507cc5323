//! Players: scheduled buffers, one after the other.

use std::ffi::c_void;

use crate::buffer::Buffer;
use crate::error::{native, Error, Result};
use crate::ffi;
use crate::node::{sealed::AsNode, NodeRef};
use crate::panics::caught;

/// How [`Player::schedule_with`] queues a buffer. The default: after the previous one, once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Schedule {
    /// The start, in frames of the player's own time; a past one means at once. `None` follows the
    /// previous buffer.
    pub at: Option<i64>,
    /// Repeat until the player is stopped or interrupted.
    pub loops: bool,
    /// Replace what plays now and all that is queued.
    pub interrupts: bool,
    /// The same, when the pass that plays now ends.
    pub interrupts_at_loop: bool,
}

impl Schedule {
    fn flags(self) -> u32 {
        [
            (self.loops, ffi::PERBUS_SCHEDULE_LOOPS),
            (self.interrupts, ffi::PERBUS_SCHEDULE_INTERRUPTS),
            (
                self.interrupts_at_loop,
                ffi::PERBUS_SCHEDULE_INTERRUPTS_AT_LOOP,
            ),
        ]
        .into_iter()
        .filter(|(set, _)| *set)
        .fold(0, |flags, (_, flag)| flags | flag)
    }
}

/// `PERBUS_FOLLOW`: in C that number is not a time.
const FOLLOW: i64 = i64::MIN;

/// `PERBUS_MAX_TIME`.
const MAX_TIME: i64 = 1 << 53;

/// Plays buffers. Their channel count must be that of the player's connection; their rate is taken
/// to be the connection's, which the mixer converts.
///
/// A player counts in frames of its connection: its own time, and the engine's time too, which for
/// the player runs from the same moment at its own rate.
///
/// ```
/// use perbus::{Buffer, Engine, Format, Schedule};
///
/// let mono = Format::new(48_000.0, 1)?;
/// let engine = Engine::offline(mono, 8)?;
/// let player = engine.create_player()?;
/// engine.connect(&player, &engine.main_mixer()?, 0, 0)?;
/// engine.start()?;
/// let click = Buffer::from_planar(mono, &[&[1.0, 0.0, 0.0, 0.0]])?;
/// player.schedule_with(&click, Schedule { loops: true, ..Schedule::default() }, || {})?;
/// player.play()?;
/// let mut samples = [0.0; 8];
/// engine.render(&mut [&mut samples])?;
/// assert_eq!(samples, [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0]);
/// # Ok::<(), perbus::Error>(())
/// ```
#[doc(alias = "AVAudioPlayerNode")]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Player(pub(crate) NodeRef);

impl Player {
    /// Queues a buffer after the previous one.
    ///
    /// Maps to `scheduleBuffer:completionHandler:`.
    ///
    /// # Errors
    /// - [`Error::Format`](crate::Error::Format) when the channel counts of buffer and connection
    ///   differ.
    /// - [`Error::NotAttached`](crate::Error::NotAttached).
    /// - [`Error::OutOfRange`](crate::Error::OutOfRange) for a start past 2^53 frames.
    pub fn schedule(&self, buffer: &Buffer) -> Result<()> {
        self.queue(buffer, Schedule::default(), None, std::ptr::null_mut())
    }

    /// Queues a buffer, and runs `completed` once it was played, interrupted or stopped: on a
    /// thread of the engine, where it may schedule more but must not stop the player. A closure that
    /// holds a handle of the engine keeps the engine alive until it has run: stop the player, or
    /// detach it, before the last other handle goes.
    ///
    /// Maps to `scheduleBuffer:atTime:options:completionHandler:`.
    ///
    /// # Errors
    /// As [`schedule`](Self::schedule); `completed` is dropped without being run then.
    pub fn schedule_with(
        &self,
        buffer: &Buffer,
        schedule: Schedule,
        completed: impl FnOnce() + Send + 'static,
    ) -> Result<()> {
        let context = Box::into_raw(Box::new(Completion(Box::new(completed))));
        let queued = self.queue(buffer, schedule, Some(complete), context.cast());
        if queued.is_err() {
            // SAFETY: perbus.h runs a completion only for a buffer that was queued, so the box is
            // still ours.
            drop(unsafe { Box::from_raw(context) });
        }
        queued
    }

    fn queue(
        &self,
        buffer: &Buffer,
        schedule: Schedule,
        completion: ffi::perbus_completion,
        context: *mut c_void,
    ) -> Result<()> {
        if schedule.at == Some(FOLLOW) {
            let reason = format!("frame {FOLLOW} is past {MAX_TIME}");
            return Err(Error::OutOfRange(reason));
        }
        let schedule = ffi::perbus_schedule {
            start: schedule.at.unwrap_or(FOLLOW),
            flags: schedule.flags(),
            completion,
            context,
        };
        self.call(|player| {
            // SAFETY: both handles are live and the schedule is a live local.
            unsafe { native!(perbus_player_schedule(player, buffer.as_ptr(), &schedule)) }
        })
    }

    /// Plays from the next rendered frame, or from where it was paused. Maps to `play`.
    ///
    /// # Errors
    /// - [`Error::NotRunning`](crate::Error::NotRunning) before the engine's start.
    /// - [`Error::NotConnected`](crate::Error::NotConnected) when its output goes nowhere.
    /// - [`Error::NotAttached`](crate::Error::NotAttached).
    pub fn play(&self) -> Result<()> {
        self.call(|player| {
            // SAFETY: the handle is live.
            unsafe { native!(perbus_player_play(player)) }
        })
    }

    /// Plays from a frame of the engine's time ([`Engine::sample_time`](crate::Engine::sample_time)),
    /// counted at the rate of the player's connection: of a 24 kHz player in a 48 kHz engine, frame
    /// 500 is the engine's frame 1000. A past one means at once. Maps to `playAtTime:`.
    ///
    /// # Errors
    /// As [`play`](Self::play), and [`Error::OutOfRange`](crate::Error::OutOfRange) for a frame past
    /// 2^53.
    pub fn play_at(&self, engine_frame: i64) -> Result<()> {
        self.call(|player| {
            // SAFETY: the handle is live.
            unsafe { native!(perbus_player_play_at(player, engine_frame)) }
        })
    }

    /// Halts the player where it is. Maps to `pause`.
    ///
    /// # Errors
    /// [`Error::Exception`](crate::Error::Exception) when the engine cannot.
    pub fn pause(&self) -> Result<()> {
        self.call(|player| {
            // SAFETY: the handle is live.
            unsafe { native!(perbus_player_pause(player)) }
        })
    }

    /// Halts the player, empties its queue and sets its time to 0. Maps to `stop`. Not to be called
    /// from a completion.
    ///
    /// # Errors
    /// [`Error::Exception`](crate::Error::Exception) when the engine cannot.
    pub fn stop(&self) -> Result<()> {
        self.call(|player| {
            // SAFETY: the handle is live.
            unsafe { native!(perbus_player_stop(player)) }
        })
    }

    /// Whether the player was told to play; also when its queue has run out. Maps to `isPlaying`.
    ///
    /// # Errors
    /// [`Error::Exception`](crate::Error::Exception) when the engine cannot.
    pub fn is_playing(&self) -> Result<bool> {
        let mut playing = false;
        self.call(|player| {
            // SAFETY: the handle is live and the pointer is to a live local.
            unsafe { native!(perbus_player_is_playing(player, &mut playing)) }
        })?;
        Ok(playing)
    }

    /// With the graph lock held for reading: the calls ask the engine what is connected.
    fn call(&self, call: impl FnOnce(*mut ffi::perbus_node) -> Result<()>) -> Result<()> {
        let _graph = self.0.engine.inner.read()?;
        call(self.0.raw.as_ptr())
    }
}

impl AsNode for Player {
    fn as_node(&self) -> &NodeRef {
        &self.0
    }
}

struct Completion(Box<dyn FnOnce() + Send>);

unsafe extern "C" fn complete(context: *mut c_void) {
    // SAFETY: `schedule_with` passed a box, and perbus.h runs a completion once.
    let completion = unsafe { Box::from_raw(context.cast::<Completion>()) };
    caught(completion.0);
}
