//! How buffers and files are queued, and how they end.

use libc::c_void;

use crate::engine::clock::{host_time, StartTime};
use crate::error::{Error, Result};
use crate::ffi;

/// How [`Player::schedule_as`](crate::Player::schedule_as) queues a buffer, and
/// `Player::schedule_file` a file. The default: after the
/// previous one, once.
///
/// ```
/// use perbus::Schedule;
///
/// let intro = Schedule::default().at(48_000);
/// let pattern = Schedule::looping();
/// // In place of the pattern, as soon as its pass ends, and again and again.
/// let chorus = Schedule::looping().interrupting_at_loop();
/// assert!(pattern.loops && chorus.loops && intro.at == Some(48_000.into()));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Schedule {
    /// The start: a frame of the player's own time, or the moment at which the first frame is heard; a
    /// time in the past means at once. What interrupts at a moment does so at once if the player does
    /// not play when it is scheduled. `None`: after the previous buffer.
    pub at: Option<StartTime>,
    /// Repeat until the player is stopped or interrupted.
    pub loops: bool,
    /// Replace what plays now and all that is queued.
    pub interrupts: bool,
    /// The same, but when the pass that plays now ends.
    pub interrupts_at_loop: bool,
}

impl Schedule {
    /// After the previous buffer, again and again, until the player is stopped or interrupted.
    #[must_use]
    pub const fn looping() -> Self {
        Self {
            at: None,
            loops: true,
            interrupts: false,
            interrupts_at_loop: false,
        }
    }

    /// The same, from a frame of the player's own time, or from the moment
    /// ([`Instant`](std::time::Instant)) at which the first frame is heard; a time in the past means
    /// at once.
    #[must_use]
    pub fn at(self, start: impl Into<StartTime>) -> Self {
        Self {
            at: Some(start.into()),
            ..self
        }
    }

    /// The same, in place of what plays now and all that is queued.
    #[must_use]
    pub const fn interrupting(self) -> Self {
        Self {
            interrupts: true,
            ..self
        }
    }

    /// The same, in place of all that once the pass that plays now ends.
    #[must_use]
    pub const fn interrupting_at_loop(self) -> Self {
        Self {
            interrupts_at_loop: true,
            ..self
        }
    }

    pub(crate) fn to_ffi(
        self,
        completion: ffi::perbus_completion,
        context: *mut c_void,
    ) -> Result<ffi::perbus_schedule> {
        // In C that number is not a time.
        if self.at == Some(StartTime::Frame(ffi::PERBUS_FOLLOW)) {
            let reason = format!(
                "frame {} is past {}",
                ffi::PERBUS_FOLLOW,
                ffi::PERBUS_MAX_TIME
            );
            return Err(Error::OutOfRange(reason));
        }
        Ok(ffi::perbus_schedule {
            start: match self.at {
                Some(StartTime::Frame(frame)) => frame,
                Some(StartTime::Instant(instant)) => host_time(instant),
                None => ffi::PERBUS_FOLLOW,
            },
            flags: self.flags(),
            completion,
            context,
        })
    }

    pub(crate) fn flags(self) -> u32 {
        [
            (self.loops, ffi::PERBUS_SCHEDULE_LOOPS),
            (self.interrupts, ffi::PERBUS_SCHEDULE_INTERRUPTS),
            (
                matches!(self.at, Some(StartTime::Instant(_))),
                ffi::PERBUS_SCHEDULE_HOST_TIME,
            ),
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

/// How a scheduled buffer or file ended.
///
/// On Apple's engine it is derived from the calls made on the player, and can be wrong for a buffer
/// that ends by itself during the call that would have ended it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BufferEnd {
    /// It was played to its last frame.
    Played,
    /// Another buffer took its place, before or while it played.
    Interrupted,
    /// The player was stopped.
    Stopped,
    /// The player was detached, or its engine dropped.
    Detached,
    /// The file could not be read to its end. What was decoded has been played.
    Failed,
}

impl BufferEnd {
    pub(crate) fn from_ffi(end: ffi::perbus_end) -> Self {
        match end {
            ffi::perbus_end_PERBUS_END_PLAYED => Self::Played,
            ffi::perbus_end_PERBUS_END_INTERRUPTED => Self::Interrupted,
            ffi::perbus_end_PERBUS_END_STOPPED => Self::Stopped,
            ffi::perbus_end_PERBUS_END_FAILED => Self::Failed,
            _ => Self::Detached,
        }
    }
}
