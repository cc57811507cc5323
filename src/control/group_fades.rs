//! Fades of groups.

use std::time::Duration;

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

    /// As [`fade_to`](Self::fade_to), with `ended` as [`Bus::fade_to_with`](crate::Bus::fade_to_with) has it.
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
}
