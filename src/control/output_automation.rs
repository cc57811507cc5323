//! Automation of a mixer's output volume.

use std::time::Duration;

use crate::control::automation::AutomationPoint;
use crate::control::fade::{Fade, Faded};
use crate::desk::fade::{Curve, FadeEnd};
use crate::desk::faders::Which;
use crate::error::Result;
use crate::nodes::mixer::Mixer;

impl Mixer {
    /// Fades the gain of the mixer's sum to a value, 0 to 4, from a given frame on, as
    /// [`Bus::fade_at`](crate::Bus::fade_at) does that of a bus.
    ///
    /// ```
    /// use perbus::{Curve, Engine, Format};
    /// use std::time::Duration;
    ///
    /// let engine = Engine::offline(Format::new(1000.0, 2)?, 100)?;
    /// let mixer = engine.main_mixer();
    /// mixer.fade_output_volume_at(500, 0.0, Duration::from_secs(1), Curve::Linear)?;
    /// engine.start()?;
    /// engine.render_blocks(1_000, |_| Ok(()))?;
    /// assert!((mixer.output_volume()? - 0.5).abs() < 1e-6);
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Bus::fade_at`](crate::Bus::fade_at).
    pub fn fade_output_volume_at(
        &self,
        frame: i64,
        volume: f32,
        duration: Duration,
        curve: Curve,
    ) -> Result<Fade> {
        self.fade_output_volume_at_with(frame, volume, duration, curve, |_| {})
    }

    /// As [`fade_output_volume_at`](Self::fade_output_volume_at), with `ended` as
    /// [`Bus::fade_at_with`](crate::Bus::fade_at_with) has it.
    ///
    /// # Errors
    /// As [`Bus::fade_at`](crate::Bus::fade_at).
    pub fn fade_output_volume_at_with(
        &self,
        frame: i64,
        volume: f32,
        duration: Duration,
        curve: Curve,
        ended: impl FnOnce(FadeEnd) + Send + 'static,
    ) -> Result<Fade> {
        let point = AutomationPoint::fade(frame, volume, duration, curve);
        Faded::output(self)?.fade_at(Which::Volume, point, Box::new(ended))
    }

    /// Sets the gain of the mixer's sum at a given frame, as [`Bus::set_volume_at`](crate::Bus::set_volume_at) does.
    ///
    /// # Errors
    /// As [`Bus::fade_at`](crate::Bus::fade_at).
    pub fn set_output_volume_at(&self, frame: i64, volume: f32) -> Result<()> {
        self.automate_output_volume(&[AutomationPoint::set(frame, volume)])
    }

    /// Adds points to what the output volume is going to do, as [`Bus::automate_volume`](crate::Bus::automate_volume) does.
    ///
    /// # Errors
    /// As [`Bus::automate_volume`](crate::Bus::automate_volume).
    pub fn automate_output_volume(&self, points: &[AutomationPoint]) -> Result<()> {
        Faded::output(self)?.automate(Which::Volume, points)
    }

    /// What the output volume is going to do, by ascending frame. Empty in a source's closure.
    #[must_use]
    pub fn output_volume_automation(&self) -> Vec<AutomationPoint> {
        Faded::output(self).map_or_else(|_| Vec::new(), |it| it.scheduled(Which::Volume))
    }

    /// Cancels what the output volume was to start at a frame or later, as
    /// [`Bus::cancel_automation_from`](crate::Bus::cancel_automation_from) does.
    ///
    /// # Errors
    /// As [`Bus::cancel_automation_from`](crate::Bus::cancel_automation_from).
    pub fn cancel_output_automation_from(&self, frame: i64) -> Result<()> {
        Faded::output(self)?.cancel_from(&[Which::Volume], frame)
    }
}
