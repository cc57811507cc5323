//! Fades and automation of groups.

use std::time::Duration;

use crate::control::automation::AutomationPoint;
use crate::control::fade::{frames_of, start, Fade, Faded};
use crate::control::group::Group;
use crate::desk::fade::{Curve, FadeEnd};
use crate::desk::faders::Which;
use crate::desk::fading::FadeRequest;
use crate::desk::ranges::check_volume;
use crate::error::Result;

impl Group {
    /// Fades the group's volume to a value, 0 to 4, over `duration`, from the next block on, as
    /// [`Bus::fade_to`](crate::Bus::fade_to) does. Fades of the members continue meanwhile.
    ///
    /// ```
    /// use perbus::{Curve, Engine, Format};
    /// use std::time::Duration;
    ///
    /// let mono = Format::new(1000.0, 1)?;
    /// let engine = Engine::offline(mono, 100)?;
    /// let mixer = engine.main_mixer();
    /// let source = engine.create_source(mono, |block| block.channel_mut(0).fill(1.0))?;
    /// engine.connect(&source, &mixer, 0, 0)?;
    /// let all = engine.create_group("all")?;
    /// all.add(&mixer.bus(0)?)?;
    /// engine.start()?;
    /// engine.render(&mut [&mut [0.0; 100]])?;
    /// all.fade_to(0.0, Duration::from_millis(100), Curve::Linear)?;
    /// engine.render(&mut [&mut [0.0; 100]])?;
    /// assert_eq!(mixer.bus(0)?.effective_volume(), 0.0);
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// - [`Error::OutOfRange`](crate::Error::OutOfRange) for the volume, or a duration of more than
    ///   a day.
    /// - [`Error::NotAttached`](crate::Error::NotAttached) when the group was removed.
    pub fn fade_to(&self, volume: f32, duration: Duration, curve: Curve) -> Result<Fade> {
        self.fade_to_with(volume, duration, curve, |_| {})
    }

    /// As [`fade_to`](Self::fade_to), with `ended` as
    /// [`Bus::fade_to_with`](crate::Bus::fade_to_with) has it.
    ///
    /// # Errors
    /// As [`fade_to`](Self::fade_to).
    pub fn fade_to_with(
        &self,
        volume: f32,
        duration: Duration,
        curve: Curve,
        ended: impl FnOnce(FadeEnd) + Send + 'static,
    ) -> Result<Fade> {
        check_volume(volume)?;
        let request = FadeRequest {
            which: Which::Volume,
            to: volume,
            frames: frames_of(self.engine(), duration)?,
            curve,
        };
        start(Faded::Group(self.clone()), request, Box::new(ended))
    }

    /// Fades the group's volume to a value, 0 to 4, from a given frame on, as
    /// [`Bus::fade_at`](crate::Bus::fade_at) does. All members follow to the frame on the portable
    /// engine, those that join meanwhile as well; their own fades and automation continue.
    ///
    /// ```
    /// use perbus::{Curve, Engine, Format};
    /// use std::time::Duration;
    ///
    /// let mono = Format::new(1000.0, 1)?;
    /// let engine = Engine::offline(mono, 100)?;
    /// let mixer = engine.main_mixer();
    /// let source = engine.create_source(mono, |block| block.channel_mut(0).fill(1.0))?;
    /// engine.connect(&source, &mixer, 0, 0)?;
    /// let all = engine.create_group("all")?;
    /// all.add(&mixer.bus(0)?)?;
    /// all.fade_at(50, 0.0, Duration::from_millis(100), Curve::Linear)?;
    /// engine.start()?;
    /// let mut samples = [0.0; 100];
    /// engine.render(&mut [&mut samples])?;
    /// assert!(samples[49] == 1.0 && (samples[99] - 0.5).abs() < 1e-6);
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// - [`Error::OutOfRange`](crate::Error::OutOfRange) for the volume, a duration of more than a
    ///   day, or a frame before the engine's time.
    /// - [`Error::NotAttached`](crate::Error::NotAttached) when the group was removed.
    pub fn fade_at(
        &self,
        frame: i64,
        volume: f32,
        duration: Duration,
        curve: Curve,
    ) -> Result<Fade> {
        self.fade_at_with(frame, volume, duration, curve, |_| {})
    }

    /// As [`fade_at`](Self::fade_at), with `ended` as
    /// [`Bus::fade_at_with`](crate::Bus::fade_at_with) has it. What waits when the group is removed
    /// ends as [`FadeEnd::Stopped`].
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
        Faded::Group(self.clone()).fade_at(Which::Volume, point, Box::new(ended))
    }

    /// Moves the group's fader at a given frame, as
    /// [`Bus::set_volume_at`](crate::Bus::set_volume_at) does.
    ///
    /// # Errors
    /// As [`fade_at`](Self::fade_at).
    pub fn set_volume_at(&self, frame: i64, volume: f32) -> Result<()> {
        self.automate_volume(&[AutomationPoint::set(frame, volume)])
    }

    /// Adds points to what the group's volume is going to do, as
    /// [`Bus::automate_volume`](crate::Bus::automate_volume) does.
    ///
    /// # Errors
    /// - [`Error::InvalidArgument`](crate::Error::InvalidArgument) for two that start at the same
    ///   frame.
    /// - Otherwise as [`fade_at`](Self::fade_at).
    pub fn automate_volume(&self, points: &[AutomationPoint]) -> Result<()> {
        Faded::Group(self.clone()).automate(Which::Volume, points)
    }

    /// What the group's volume is going to do, by ascending frame: the points that have not started.
    /// Empty in a source's closure.
    #[must_use]
    pub fn volume_automation(&self) -> Vec<AutomationPoint> {
        Faded::Group(self.clone()).scheduled(Which::Volume)
    }

    /// Cancels what the group's volume was to start at a frame or later, as
    /// [`Bus::cancel_automation_from`](crate::Bus::cancel_automation_from) does.
    ///
    /// # Errors
    /// - [`Error::OutOfRange`](crate::Error::OutOfRange) for a frame before the engine's time.
    /// - [`Error::NotAttached`](crate::Error::NotAttached) when the group was removed.
    pub fn cancel_automation_from(&self, frame: i64) -> Result<()> {
        Faded::Group(self.clone()).cancel_from(&[Which::Volume], frame)
    }
}
