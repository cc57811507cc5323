//! Players, which play what is scheduled one after the other.

use std::sync::Arc;
use std::time::Duration;

use libc::c_void;

use crate::desk::node::Kind;
use crate::engine::clock::{host_time, StartTime};
use crate::engine::format::Format;
use crate::engine::node::{sealed::AsNode, NodeRef};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::ffi::{self, native};
use crate::nodes::buffer::Buffer;
use crate::nodes::mixer::Mixer;
use crate::nodes::schedule::{BufferEnd, Schedule};
use crate::sync::in_render;
use crate::sync::panics::caught;

/// Plays buffers and files of one format, that of its connection, which the mixer converts. Make a player for
/// buffers that are not in the engine's format with theirs, as
/// [`Engine::create_player_for`](crate::Engine::create_player_for) does; otherwise its format is
/// the engine's until it is connected in another one.
///
/// A player counts in frames of its connection: its own time, and the engine's time too, which for
/// the player started at the same moment but runs at its rate.
///
/// ```
/// use perbus::{Buffer, Engine, Format, Schedule};
///
/// let mono = Format::new(48_000.0, 1)?;
/// let engine = Engine::offline(mono, 8)?;
/// let player = engine.create_player()?;
/// engine.connect(&player, &engine.main_mixer(), 0, 0)?;
/// engine.start()?;
/// let click = Buffer::from_planar(mono, &[&[1.0, 0.0, 0.0, 0.0]])?;
/// player.schedule_as(&click, Schedule::looping())?;
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
    /// - [`Error::Format`](crate::Error::Format) when the buffer's rate, channel count or layout is
    ///   not the player's; the message names both. Channels without a layout match any layout of as
    ///   many channels.
    /// - [`Error::NotConnected`](crate::Error::NotConnected) for a player that was made with a
    ///   format of its own, before its first connection.
    /// - [`Error::NotAttached`](crate::Error::NotAttached).
    /// - [`Error::NoMemory`](crate::Error::NoMemory).
    pub fn schedule(&self, buffer: &Buffer) -> Result<()> {
        self.schedule_as(buffer, Schedule::default())
    }

    /// Queues a buffer at a time of its own, to loop, or in place of others.
    ///
    /// Maps to `scheduleBuffer:atTime:options:completionHandler:`.
    ///
    /// # Errors
    /// As [`schedule`](Self::schedule), and
    /// - [`Error::OutOfRange`](crate::Error::OutOfRange) for a start past 2^53 frames.
    /// - [`Error::InvalidArgument`](crate::Error::InvalidArgument) for an empty buffer that loops.
    /// - [`Error::WrongKind`](crate::Error::WrongKind) for an instant, offline.
    pub fn schedule_as(&self, buffer: &Buffer, schedule: Schedule) -> Result<()> {
        self.queue(buffer, schedule, None, std::ptr::null_mut())
    }

    /// As [`schedule_as`](Self::schedule_as), and runs `completed` once the buffer has ended, with
    /// the way it ended: on a thread of the engine, in the order of scheduling. It may schedule
    /// more, even after a stop; it must not stop the player. A closure that holds a handle of the
    /// engine keeps the engine alive until it has run: stop the player, or detach it, before
    /// dropping the last other handle.
    ///
    /// ```
    /// # use perbus::{Buffer, BufferEnd, Engine, Format, Player, Schedule};
    /// /// Plays a buffer again and again, until the player is stopped.
    /// fn keep_playing(player: &Player, buffer: &Buffer) -> perbus::Result<()> {
    ///     let (again, sound) = (player.clone(), buffer.clone());
    ///     player.schedule_with(buffer, Schedule::default(), move |end| {
    ///         if end == BufferEnd::Played {
    ///             let _ = keep_playing(&again, &sound);
    ///         }
    ///     })
    /// }
    /// # let mono = Format::new(48_000.0, 1)?;
    /// # let engine = Engine::offline(mono, 64)?;
    /// # let player = engine.create_player()?;
    /// # engine.connect(&player, &engine.main_mixer(), 0, 0)?;
    /// # engine.start()?;
    /// # keep_playing(&player, &Buffer::from_fn(mono, 32, |_, _| 0.5)?)?;
    /// # player.play()?;
    /// # engine.render(&mut [&mut [0.0; 64]])?;
    /// # player.stop()?;
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// Maps to `scheduleBuffer:atTime:options:completionHandler:`.
    ///
    /// # Errors
    /// As [`schedule_as`](Self::schedule_as); `completed` is dropped without being run then.
    pub fn schedule_with(
        &self,
        buffer: &Buffer,
        schedule: Schedule,
        completed: impl FnOnce(BufferEnd) + Send + 'static,
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
        let schedule = schedule.to_ffi(completion, context)?;
        self.call(|player| {
            // SAFETY: both handles are live and the schedule is a live local.
            unsafe { native!(perbus_player_schedule(player, buffer.as_ptr(), &schedule)) }
        })
    }

    /// Plays from the next rendered frame, or from where it was paused, at its full gain. While
    /// [`stop_after`](Self::stop_after) or [`pause_after`](Self::pause_after) is under way it takes
    /// that back: the gain returns to 1 as fast as it fell. Maps to `play`.
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

    /// Plays from a frame of the engine's time
    /// ([`Engine::sample_time`](crate::Engine::sample_time)), counted at the rate of the player's
    /// connection: of a 24 kHz player in a 48 kHz engine, frame 500 is the engine's frame 1000. Or, on
    /// a device, so that the first frame is heard at an [`Instant`](std::time::Instant), as precisely
    /// as the sound system reports its latency, within a few milliseconds with PulseAudio and PipeWire
    /// ([`Engine::render_time`](crate::Engine::render_time)); players of one engine start with the
    /// same frame then, and the instant still holds after a loss of the device. What lies in the past,
    /// or is too early for the latency, means at once.
    ///
    /// Maps to `playAtTime:`. On Apple's engine, at the instant the frame leaves the engine; it is
    /// heard `presentationLatency` later.
    ///
    /// # Errors
    /// As [`play`](Self::play), and
    /// - [`Error::OutOfRange`](crate::Error::OutOfRange) for a frame past 2^53.
    /// - [`Error::WrongKind`](crate::Error::WrongKind) for an instant, offline.
    pub fn play_at(&self, start: impl Into<StartTime>) -> Result<()> {
        let start = start.into();
        self.call(|player| match start {
            // SAFETY: the handle is live.
            StartTime::Frame(frame) => unsafe { native!(perbus_player_play_at(player, frame)) },
            StartTime::Instant(instant) => {
                let time = host_time(instant).unsigned_abs();
                // SAFETY: as above.
                unsafe { native!(perbus_player_play_at_host_time(player, time)) }
            }
        })
    }

    /// Halts the player where it is, at once, which clicks during a sound;
    /// [`pause_after`](Self::pause_after) does not. Maps to `pause`.
    ///
    /// # Errors
    /// [`Error::Exception`](crate::Error::Exception) when the engine cannot.
    pub fn pause(&self) -> Result<()> {
        self.call(|player| {
            // SAFETY: the handle is live.
            unsafe { native!(perbus_player_pause(player)) }
        })
    }

    /// Halts the player, empties its queue and sets its time to 0, at once, which clicks during a
    /// sound; [`stop_after`](Self::stop_after) does not. Maps to `stop`. Must not be called from a
    /// completion.
    ///
    /// # Errors
    /// [`Error::Exception`](crate::Error::Exception) when the engine cannot.
    pub fn stop(&self) -> Result<()> {
        in_render::refuse()?;
        // Without the graph's lock: an engine may wait for completions here, and those may edit the
        // graph.
        // SAFETY: the handle is live, and a player may be stopped during edits.
        unsafe { native!(perbus_player_stop(self.0.raw.as_ptr())) }
    }

    /// Fades the player to silence, linearly from the gain it has, and stops it at the frame that
    /// follows: exactly `duration` after the start of the next block, whatever the blocks. What was
    /// scheduled by then ends with [`BufferEnd::Stopped`].
    ///
    /// [`play`](Self::play) takes it back, [`stop`](Self::stop) and [`pause`](Self::pause) replace
    /// it at once, and another `stop_after` or `pause_after` continues from the current gain. Its
    /// time passes only while the player is rendered; stopping the engine stops the player. A
    /// player that does not play, is not connected, or whose engine does not run is stopped at
    /// once.
    ///
    /// Maps to `stop`. On Apple's engine the volumes of its mixer connections change in steps of 5
    /// ms, offline at the beginning of each block; the player stops 10 ms after the last. They
    /// return to their former values then, and must not be set meanwhile.
    ///
    /// ```
    /// # use perbus::{Buffer, Engine, Format};
    /// # use std::time::Duration;
    /// let mono = Format::new(1000.0, 1)?;
    /// let engine = Engine::offline(mono, 100)?;
    /// let player = engine.create_player()?;
    /// engine.connect(&player, &engine.main_mixer(), 0, 0)?;
    /// engine.start()?;
    /// player.schedule(&Buffer::from_fn(mono, 1000, |_, _| 1.0)?)?;
    /// player.play()?;
    /// let mut samples = [0.0; 100];
    /// engine.render(&mut [&mut samples])?;
    /// player.stop_after(Duration::from_millis(50))?;
    /// engine.render(&mut [&mut samples])?;
    /// assert_eq!((samples[0], samples[25], samples[50]), (1.0, 0.5, 0.0));
    /// assert!(!player.is_playing()?);
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// - [`Error::OutOfRange`](crate::Error::OutOfRange) for more than a day.
    /// - [`Error::Exception`](crate::Error::Exception) when the engine cannot.
    pub fn stop_after(&self, duration: Duration) -> Result<()> {
        self.call(|player| {
            // SAFETY: the handle is live.
            unsafe { native!(perbus_player_stop_after(player, duration.as_secs_f64())) }
        })
    }

    /// The same, with a pause at the end: the player resumes at its full gain where it fell silent.
    /// Maps to `pause`.
    ///
    /// # Errors
    /// As [`stop_after`](Self::stop_after).
    pub fn pause_after(&self, duration: Duration) -> Result<()> {
        self.call(|player| {
            // SAFETY: the handle is live.
            unsafe { native!(perbus_player_pause_after(player, duration.as_secs_f64())) }
        })
    }

    /// Whether the player is set to play, even when its queue has run out, and until the end of a
    /// [`stop_after`](Self::stop_after). Maps to `isPlaying`.
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

    /// Runs `call` with the graph lock held for reading: it asks the engine what is connected.
    pub(crate) fn call(
        &self,
        call: impl FnOnce(*mut ffi::perbus_node) -> Result<()>,
    ) -> Result<()> {
        let _graph = self.0.engine.desk().read()?;
        call(self.0.raw.as_ptr())
    }
}

impl AsNode for Player {
    fn as_node(&self) -> &NodeRef {
        &self.0
    }
}

impl Engine {
    /// Makes a player and attaches it. Its format is the engine's, until it is connected in another
    /// one. It stays and keeps playing when its last handle is dropped: see
    /// [`nodes`](Self::nodes), and [`play_once`](Self::play_once) for one that detaches itself.
    ///
    /// Maps to `-[AVAudioPlayerNode init]` and `attachNode:`.
    ///
    /// # Errors
    /// [`Error::NoMemory`](crate::Error::NoMemory).
    pub fn create_player(&self) -> Result<Player> {
        let mut raw = std::ptr::null_mut();
        // SAFETY: the pointer is to a live local; on PERBUS_OK the handle is ours to release.
        unsafe { native!(perbus_player_create(&mut raw)) }?;
        Ok(Player(self.adopt(raw, Kind::Player)?))
    }

    /// Makes a player for buffers of a given format and attaches it. [`connect`](Self::connect)
    /// connects it in that format; it must be connected before buffers are scheduled. The mixer
    /// converts rate and channels.
    ///
    /// Maps to `-[AVAudioPlayerNode init]` and `attachNode:`.
    ///
    /// # Errors
    /// [`Error::NoMemory`](crate::Error::NoMemory).
    pub fn create_player_with(&self, format: Format) -> Result<Player> {
        let mut raw = std::ptr::null_mut();
        // SAFETY: both pointers are to live locals; on PERBUS_OK the handle is ours to release.
        unsafe { native!(perbus_player_create_with_format(&format.to_ffi(), &mut raw)) }?;
        let node = self.adopt(raw, Kind::Player)?;
        node.raw.set_format(format);
        Ok(Player(node))
    }

    /// Makes a player for a buffer and others of its format, as
    /// [`create_player_with`](Self::create_player_with) does.
    ///
    /// ```
    /// # use perbus::{Buffer, Engine, Format};
    /// let engine = Engine::offline(Format::new(48_000.0, 2)?, 512)?;
    /// engine.start()?;
    /// // A mono file on a stereo engine.
    /// let voice = Buffer::from_fn(Format::new(44_100.0, 1)?, 44_100, |_, _| 0.5)?;
    /// let player = engine.create_player_for(&voice)?;
    /// engine.connect(&player, &engine.main_mixer(), 0, 0)?;
    /// player.schedule(&voice)?;
    /// player.play()?;
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoMemory`](crate::Error::NoMemory).
    pub fn create_player_for(&self, buffer: &Buffer) -> Result<Player> {
        self.create_player_with(buffer.format())
    }

    /// Plays a buffer once, on a mixer's input bus: a player of its format is made, connected and
    /// started, and detached as soon as the buffer has ended in any way. The bus is free then, and
    /// the player's memory is freed with its last handle.
    ///
    /// The returned handle can pause or stop it. Anything else scheduled on the player is cut off
    /// when it is detached, a few milliseconds after the buffer's end, on the engine's callback
    /// thread.
    ///
    /// ```
    /// # use perbus::{Buffer, Engine, Format};
    /// let engine = Engine::offline(Format::new(48_000.0, 2)?, 512)?;
    /// engine.start()?;
    /// let mixer = engine.main_mixer();
    /// let click = Buffer::from_fn(Format::new(48_000.0, 1)?, 100, |_, _| 0.5)?;
    /// engine.play_once(&click, &mixer, mixer.next_bus()?)?;
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`connect`](Self::connect) and [`Player::play`]: [`Error::NotRunning`] before the
    /// engine's start, for instance. The player is then detached again.
    pub fn play_once(&self, buffer: &Buffer, mixer: &Mixer, bus: u32) -> Result<Player> {
        self.check_owner(mixer)?;
        if !self.is_running()? {
            let reason = "play before the engine's start".to_owned();
            return Err(Error::NotRunning(reason));
        }
        let player = self.create_player_for(buffer)?;
        let started = self.batch(|| {
            self.connect(&player, mixer, 0, bus)?;
            // Not the engine itself, which would live until the buffer has ended.
            let (engine, raw) = (Arc::downgrade(&self.inner), Arc::clone(&player.0.raw));
            player.schedule_with(buffer, Schedule::default(), move |end| {
                if let (Some(inner), true) = (engine.upgrade(), end != BufferEnd::Detached) {
                    let engine = Engine { inner };
                    // It may have been detached meanwhile.
                    let _ = engine.detach(&Player(NodeRef {
                        engine: engine.clone(),
                        raw,
                    }));
                }
            })?;
            player.play()
        });
        if let Err(error) = started {
            self.detach(&player)?;
            return Err(error);
        }
        Ok(player)
    }
}

pub(crate) struct Completion(pub(crate) Box<dyn FnOnce(BufferEnd) + Send>);

pub(crate) unsafe extern "C" fn complete(context: *mut c_void, end: ffi::perbus_end) {
    // SAFETY: `schedule_with` passed a box, and perbus.h runs a completion once.
    let completion = unsafe { Box::from_raw(context.cast::<Completion>()) };
    let end = BufferEnd::from_ffi(end);
    caught(|| (completion.0)(end));
}
