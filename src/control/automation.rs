//! Automation: fades and sets at given frames of the engine's time.

use std::time::Duration;

use crate::control::bus::Bus;
use crate::control::fade::{frames_of, Fade, Faded};
use crate::desk::automation::Point;
use crate::desk::fade::{Curve, Ended, FadeEnd};
use crate::desk::faders::Which;
use crate::desk::ranges::{check_pan, check_volume};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::ffi;

/// One point of an automation: from a frame on, the value fades to another, or is set.
///
/// ```
/// use perbus::{AutomationPoint, Curve};
/// use std::time::Duration;
///
/// let fade = AutomationPoint::fade(48_000, 0.5, Duration::from_secs(1), Curve::Linear);
/// let set = AutomationPoint::set(96_000, 1.0);
/// assert_eq!((fade.frame, set.duration), (48_000, Duration::ZERO));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct AutomationPoint {
    /// When it starts, in the engine's time: see [`Engine::sample_time`].
    pub frame: i64,
    /// Where the value goes.
    pub value: f32,
    /// How long the fade takes; zero sets the value.
    pub duration: Duration,
    /// How it gets there. A pan fades linearly.
    pub curve: Curve,
}

impl AutomationPoint {
    /// A fade that starts at `frame`.
    #[must_use]
    pub fn fade(frame: i64, value: f32, duration: Duration, curve: Curve) -> Self {
        Self {
            frame,
            value,
            duration,
            curve,
        }
    }

    /// A value that is set at `frame`.
    #[must_use]
    pub fn set(frame: i64, value: f32) -> Self {
        Self::fade(frame, value, Duration::ZERO, Curve::Linear)
    }

    /// In the desk's time.
    fn point(&self, engine: &Engine, which: Which) -> Result<Point> {
        match which {
            Which::Volume => check_volume(self.value)?,
            Which::Pan => check_pan(self.value)?,
        }
        if which == Which::Pan && self.curve != Curve::Linear {
            return Err(Error::InvalidArgument(format!(
                "a pan fades linearly, not along {:?}",
                self.curve
            )));
        }
        Ok(Point {
            start: desk_time(engine, self.frame)?,
            to: self.value,
            frames: frames_of(engine, self.duration)?,
            curve: self.curve,
        })
    }

    fn from_point(engine: &Engine, point: &Point) -> Self {
        let rate = engine.format().sample_rate();
        Self {
            frame: point.start - engine.desk().backend().past(),
            value: point.to,
            duration: Duration::from_secs_f64(point.frames as f64 / rate),
            curve: point.curve,
        }
    }
}

/// The desk's time of a frame that is not over.
fn desk_time(engine: &Engine, frame: i64) -> Result<i64> {
    const LAST: i64 = ffi::PERBUS_MAX_TIME as i64;
    let (past, now) = (engine.desk().backend().past(), engine.now());
    if frame > LAST {
        return Err(Error::OutOfRange(format!(
            "frame {frame} is after {LAST}, the last one"
        )));
    }
    match frame.checked_add(past) {
        Some(at) if at >= now => Ok(at),
        _ => Err(Error::OutOfRange(format!(
            "frame {frame} is before the engine's time, {}",
            now - past
        ))),
    }
}

impl Faded {
    /// One fade at a frame.
    pub(crate) fn fade_at(&self, which: Which, it: AutomationPoint, ended: Ended) -> Result<Fade> {
        let point = it.point(self.engine(), which)?;
        let numbers = self.schedule(which, vec![(point, Some(ended))])?;
        Ok(Fade::new(self.clone(), which, numbers[0], it.value))
    }

    pub(crate) fn automate(&self, which: Which, points: &[AutomationPoint]) -> Result<()> {
        let engine = self.engine();
        let mut list = Vec::with_capacity(points.len());
        for point in points {
            list.push((point.point(engine, which)?, None));
        }
        list.sort_by_key(|(point, _)| point.start);
        if let Some(twice) = list.windows(2).find(|two| two[0].0.start == two[1].0.start) {
            let frame = twice[0].0.start - engine.desk().backend().past();
            return Err(Error::InvalidArgument(format!(
                "two points start at frame {frame}"
            )));
        }
        self.schedule(which, list).map(drop)
    }

    pub(crate) fn schedule(
        &self,
        which: Which,
        points: Vec<(Point, Option<Ended>)>,
    ) -> Result<Vec<u32>> {
        let numbers = self.desk().schedule(self, self.strip(), which, points)?;
        self.engine().tick_fades();
        Ok(numbers)
    }

    pub(crate) fn scheduled(&self, which: Which) -> Vec<AutomationPoint> {
        let points = self.desk().scheduled(self.strip(), which);
        let shown = points
            .iter()
            .map(|point| AutomationPoint::from_point(self.engine(), point));
        shown.collect()
    }

    pub(crate) fn cancel_from(&self, which: &[Which], frame: i64) -> Result<()> {
        let at = desk_time(self.engine(), frame)?;
        for which in which {
            self.desk().cancel_from(self, self.strip(), *which, at)?;
        }
        Ok(())
    }
}

impl Bus {
    /// Fades the volume to a value, 0 to 4, from a given frame on: frames count as in
    /// [`Engine::sample_time`].
    ///
    /// The volume has one course, and whatever starts later takes over from where it is then: a
    /// fade that starts where another ends continues it without a step, and one that starts earlier
    /// ends it as [`FadeEnd::Replaced`]. So do [`set_volume`](Self::set_volume),
    /// [`fade_to`](Self::fade_to) and scenes, which start now; what starts later stays. Of two that
    /// start at the same frame the later call counts.
    ///
    /// On the portable engine a fade starts at its frame exactly, in the middle of a block if need
    /// be; on Apple's, which has no automation, with the next block (offline) or within a few
    /// milliseconds. What waits belongs to the bus, and outlives reconnections. It ends as
    /// [`FadeEnd::Stopped`] when the mixer is detached. Thousands of points that wait cost a block
    /// no more than one.
    ///
    /// ```
    /// use perbus::{Curve, Engine, Format};
    /// use std::time::Duration;
    ///
    /// let mono = Format::new(1000.0, 1)?;
    /// let engine = Engine::offline(mono, 100)?;
    /// let bus = engine.main_mixer().bus(0)?;
    /// let second = Duration::from_secs(1);
    /// let down = bus.fade_at(200, 0.0, second, Curve::Linear)?;
    /// bus.fade_at(1_200, 0.5, second, Curve::Linear)?;
    /// engine.start()?;
    /// engine.render_blocks(700, |_| Ok(()))?;
    /// assert!((bus.volume() - 0.5).abs() < 1e-6 && down.is_running());
    /// engine.render_blocks(1_500, |_| Ok(()))?;
    /// assert_eq!((bus.volume(), down.is_running()), (0.5, false));
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// - [`Error::OutOfRange`] for the volume, a duration of more than a day, or a frame before the
    ///   engine's time.
    /// - [`Error::NotAttached`] when the mixer was detached.
    pub fn fade_at(
        &self,
        frame: i64,
        volume: f32,
        duration: Duration,
        curve: Curve,
    ) -> Result<Fade> {
        self.fade_at_with(frame, volume, duration, curve, |_| {})
    }

    /// As [`fade_at`](Self::fade_at), with `ended` as [`fade_to_with`](Self::fade_to_with) has it:
    /// it runs once, also when the fade is cancelled or replaced before it has started.
    ///
    /// # Errors
    /// As [`fade_at`](Self::fade_at); `ended` is dropped without being run then.
    pub fn fade_at_with(
        &self,
        frame: i64,
        volume: f32,
        duration: Duration,
        curve: Curve,
        ended: impl FnOnce(FadeEnd) + Send + 'static,
    ) -> Result<Fade> {
        let point = AutomationPoint::fade(frame, volume, duration, curve);
        Faded::Bus(self.clone()).fade_at(Which::Volume, point, Box::new(ended))
    }

    /// Fades the pan, linearly, to a value from -1 to 1 from a given frame on, as
    /// [`fade_at`](Self::fade_at) does the volume.
    ///
    /// # Errors
    /// As [`fade_at`](Self::fade_at).
    pub fn fade_pan_at(&self, frame: i64, pan: f32, duration: Duration) -> Result<Fade> {
        self.fade_pan_at_with(frame, pan, duration, |_| {})
    }

    /// As [`fade_pan_at`](Self::fade_pan_at), with `ended` as
    /// [`fade_at_with`](Self::fade_at_with) has it.
    ///
    /// # Errors
    /// As [`fade_at`](Self::fade_at).
    pub fn fade_pan_at_with(
        &self,
        frame: i64,
        pan: f32,
        duration: Duration,
        ended: impl FnOnce(FadeEnd) + Send + 'static,
    ) -> Result<Fade> {
        let point = AutomationPoint::fade(frame, pan, duration, Curve::Linear);
        Faded::Bus(self.clone()).fade_at(Which::Pan, point, Box::new(ended))
    }

    /// Moves the fader at a given frame, as [`set_volume`](Self::set_volume) does now: what is heard
    /// gets there by a ramp.
    ///
    /// ```
    /// # use perbus::{Engine, Format};
    /// # let engine = Engine::offline(Format::new(48_000.0, 2)?, 512)?;
    /// # let bus = engine.main_mixer().bus(0)?;
    /// bus.set_volume_at(1_000, 0.25)?;
    /// engine.start()?;
    /// engine.render_blocks(1_000, |_| Ok(()))?;
    /// assert_eq!(bus.volume(), 0.25);
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`fade_at`](Self::fade_at).
    pub fn set_volume_at(&self, frame: i64, volume: f32) -> Result<()> {
        self.automate_volume(&[AutomationPoint::set(frame, volume)])
    }

    /// Sets the pan at a given frame, likewise.
    ///
    /// # Errors
    /// As [`fade_at`](Self::fade_at).
    pub fn set_pan_at(&self, frame: i64, pan: f32) -> Result<()> {
        self.automate_pan(&[AutomationPoint::set(frame, pan)])
    }

    /// Adds points, in any order, to what the volume is going to do: all, or none when one is
    /// refused. Each is as [`fade_at`](Self::fade_at) says.
    ///
    /// ```
    /// use perbus::{AutomationPoint, Curve, Engine, Format};
    /// use std::time::Duration;
    ///
    /// let engine = Engine::offline(Format::new(1000.0, 2)?, 100)?;
    /// let music = engine.main_mixer().bus(0)?;
    /// // Make room for a voice from the 2nd to the 5th second.
    /// let short = Duration::from_millis(250);
    /// music.automate_volume(&[
    ///     AutomationPoint::fade(2_000, 0.25, short, Curve::Exponential),
    ///     AutomationPoint::fade(5_000, 1.0, short, Curve::Exponential),
    /// ])?;
    /// assert_eq!(music.volume_automation().len(), 2);
    /// engine.start()?;
    /// engine.render_blocks(3_000, |_| Ok(()))?;
    /// assert_eq!((music.volume(), music.volume_automation().len()), (0.25, 1));
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// - [`Error::InvalidArgument`] for two that start at the same frame.
    /// - Otherwise as [`fade_at`](Self::fade_at).
    pub fn automate_volume(&self, points: &[AutomationPoint]) -> Result<()> {
        Faded::Bus(self.clone()).automate(Which::Volume, points)
    }

    /// Adds points to what the pan is going to do, likewise.
    ///
    /// # Errors
    /// - [`Error::InvalidArgument`] for two that start at the same frame, or a curve that is not
    ///   linear.
    /// - Otherwise as [`fade_at`](Self::fade_at).
    pub fn automate_pan(&self, points: &[AutomationPoint]) -> Result<()> {
        Faded::Bus(self.clone()).automate(Which::Pan, points)
    }

    /// What the volume is going to do, by ascending frame: the points that have not started. Empty
    /// in a source's closure.
    #[must_use]
    pub fn volume_automation(&self) -> Vec<AutomationPoint> {
        Faded::Bus(self.clone()).scheduled(Which::Volume)
    }

    /// What the pan is going to do, likewise.
    #[must_use]
    pub fn pan_automation(&self) -> Vec<AutomationPoint> {
        Faded::Bus(self.clone()).scheduled(Which::Pan)
    }

    /// Cancels what volume and pan were to start at a frame or later. What starts earlier continues,
    /// a fade that is under way then included: [`Fade::cancel`] stops it.
    ///
    /// ```
    /// use perbus::{Curve, Engine, Format};
    /// use std::time::Duration;
    ///
    /// let engine = Engine::offline(Format::new(1000.0, 2)?, 100)?;
    /// let bus = engine.main_mixer().bus(0)?;
    /// bus.fade_at(1_000, 0.0, Duration::from_secs(1), Curve::Linear)?;
    /// bus.set_volume_at(3_000, 0.75)?;
    /// bus.cancel_automation_from(1_500)?;
    /// assert_eq!(bus.volume_automation().len(), 1);
    /// engine.start()?;
    /// engine.render_blocks(4_000, |_| Ok(()))?;
    /// assert_eq!(bus.volume(), 0.0);
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// - [`Error::OutOfRange`] for a frame before the engine's time.
    /// - [`Error::NotAttached`] when the mixer was detached.
    pub fn cancel_automation_from(&self, frame: i64) -> Result<()> {
        Faded::Bus(self.clone()).cancel_from(&Which::ALL, frame)
    }
}
