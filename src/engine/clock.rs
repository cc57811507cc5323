//! When an engine's frames are heard.

use std::time::{Duration, Instant};

use once_cell::sync::OnceCell;

use crate::engine::Engine;
use crate::error::Result;
use crate::ffi::{self, native};

/// When something starts: at a frame, or at a moment of the machine's clock, at which its first frame
/// is heard.
///
/// Players of one engine that start at the same moment start with the same frame, whatever else
/// happens. Only engines on devices know when something is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StartTime {
    /// A frame of the timeline that the call names.
    Frame(i64),
    /// A moment. One that is too early for the latency means at once.
    Instant(Instant),
}

impl From<i64> for StartTime {
    fn from(frame: i64) -> Self {
        Self::Frame(frame)
    }
}

impl From<Instant> for StartTime {
    fn from(instant: Instant) -> Self {
        Self::Instant(instant)
    }
}

/// Where an engine is: [`Engine::render_time`].
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct RenderTime {
    /// The engine's time, in frames: of the first frame of the next block.
    pub sample_time: i64,
    /// Frames per second.
    pub sample_rate: f64,
    /// When that frame is heard; `None` offline, and until the device has asked for its first block.
    pub instant: Option<Instant>,
}

impl Engine {
    /// Where the engine is, and when that is heard. The latency that the sound system reports is in it:
    /// the instant lies in the future by about [`DeviceStatus::latency`](crate::DeviceStatus::latency).
    /// It is averaged, and moves as the frames do; where the sound system does not know, it is an
    /// estimate.
    ///
    /// ```no_run
    /// use perbus::Engine;
    /// use std::time::{Duration, Instant};
    ///
    /// let engine = Engine::new()?;
    /// let (drums, bass) = (engine.create_player()?, engine.create_player()?);
    /// # engine.connect(&drums, &engine.main_mixer(), 0, 0)?;
    /// # engine.connect(&bass, &engine.main_mixer(), 0, 1)?;
    /// engine.start()?;
    /// // Both are heard in half a second, with whatever else the program does then.
    /// let beginning = Instant::now() + Duration::from_millis(500);
    /// drums.play_at(beginning)?;
    /// bass.play_at(beginning)?;
    /// println!("{:?}", engine.render_time()?);
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// Maps to `lastRenderTime` of the output node, which on Apple's engine is the time at which the
    /// frame leaves the engine, and is heard `presentationLatency` later.
    ///
    /// # Errors
    /// [`Error::NotRunning`](crate::Error::NotRunning) while the engine is stopped or paused.
    pub fn render_time(&self) -> Result<RenderTime> {
        let mut raw = ffi::perbus_render_time {
            sample_time: 0,
            sample_rate: 0.0,
            host_time: 0,
            known: 0,
        };
        // SAFETY: the engine is live and the pointer is to a live local.
        unsafe { native!(perbus_engine_get_render_time(self.as_ptr(), &mut raw)) }?;
        let heard = raw.known & ffi::PERBUS_TIME_HOST != 0;
        Ok(RenderTime {
            sample_time: raw.sample_time,
            sample_rate: raw.sample_rate,
            instant: heard.then(|| instant_at(raw.host_time)),
        })
    }
}

/// One moment on both clocks, which are the same but for their origin: so an instant is always the
/// same host time.
fn anchor() -> (Instant, u64) {
    static ANCHOR: OnceCell<(Instant, u64)> = OnceCell::new();
    *ANCHOR.get_or_init(|| {
        // SAFETY: the call has no preconditions.
        (Instant::now(), unsafe { ffi::perbus_get_host_time() })
    })
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// As perbus.h has it. What is too far away is as far as possible.
pub(crate) fn host_time(instant: Instant) -> i64 {
    let (now, host) = anchor();
    let time = match instant.checked_duration_since(now) {
        Some(later) => host.saturating_add(nanoseconds(later)),
        None => host.saturating_sub(nanoseconds(now.duration_since(instant))),
    };
    i64::try_from(time).unwrap_or(i64::MAX)
}

/// The other way round.
pub(crate) fn instant_at(host_time: u64) -> Instant {
    let (now, host) = anchor();
    let found = if host_time >= host {
        now.checked_add(Duration::from_nanos(host_time - host))
    } else {
        now.checked_sub(Duration::from_nanos(host - host_time))
    };
    found.unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_host_times() {
        let now = Instant::now();
        // The clock counts from the start of the machine, which may be recent.
        let later = [0, 1, 999, 1_000_000_007, 86_400_000_000_000];
        let later = later.map(|offset| now + Duration::from_nanos(offset));
        let earlier = [1, 999, 1_000_007].map(|offset| now - Duration::from_nanos(offset));
        for instant in later.into_iter().chain(earlier) {
            let host = host_time(instant);
            assert_eq!(instant_at(u64::try_from(host).expect("a time")), instant);
        }
        // SAFETY: the call has no preconditions.
        let host = unsafe { ffi::perbus_get_host_time() };
        let late = host_time(Instant::now()) - i64::try_from(host).expect("a time");
        assert!((0..1_000_000_000).contains(&late), "{late} ns");
    }
}
