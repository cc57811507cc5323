//! Many strips of a mixer at once: all or nothing, and heard from one block on.

use crate::desk::scene::{BusConfig, Scene};
use crate::engine::node::sealed::AsNode;
use crate::error::Result;
use crate::nodes::mixer::Mixer;

impl Mixer {
    /// Changes many strips at once. Everything is checked first; then all of it changes, and on the
    /// portable engine it is heard from the same block on.
    ///
    /// ```
    /// use perbus::{BusConfig, Engine, Format};
    ///
    /// let mixer = Engine::offline(Format::new(48_000.0, 2)?, 512)?.main_mixer();
    /// mixer.configure(&[
    ///     BusConfig { volume: Some(0.5), pan: Some(-1.0), ..BusConfig::new(0) },
    ///     BusConfig { muted: Some(true), ..BusConfig::new(1) },
    /// ])?;
    /// assert_eq!((mixer.bus(0)?.volume(), mixer.bus(1)?.is_muted()), (0.5, true));
    /// // One bad entry, and nothing has changed.
    /// let refused = mixer.configure(&[
    ///     BusConfig { volume: Some(1.0), ..BusConfig::new(0) },
    ///     BusConfig { pan: Some(2.0), ..BusConfig::new(1) },
    /// ]);
    /// assert!(refused.is_err());
    /// assert_eq!(mixer.bus(0)?.volume(), 0.5);
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// - [`Error::OutOfRange`](crate::Error::OutOfRange) for a volume, a pan, or a bus not below
    ///   [`MAX_BUSES`](crate::MAX_BUSES).
    /// - [`Error::InvalidArgument`](crate::Error::InvalidArgument) for a bus that is listed twice.
    /// - [`Error::NotAttached`](crate::Error::NotAttached) when the mixer was detached.
    pub fn configure(&self, buses: &[BusConfig]) -> Result<()> {
        self.engine().desk().configure(&self.as_node().raw, buses)
    }

    /// The strips as they are now: of every bus that was ever connected or asked for. Empty in a
    /// source's closure, where nothing may wait for another thread's change of a strip.
    ///
    /// Which strips are soloed is left out, so that to apply the scene leaves the solos as they are
    /// then: see [`snapshot_with_solo`](Self::snapshot_with_solo).
    ///
    /// ```
    /// # use perbus::{Engine, Format};
    /// # let mixer = Engine::offline(Format::new(48_000.0, 2)?, 512)?.main_mixer();
    /// mixer.bus(0)?.set_volume(0.3)?;
    /// let verse = mixer.snapshot();
    /// mixer.bus(0)?.set_volume(0.9)?;
    /// mixer.apply(&verse)?;
    /// assert_eq!(mixer.bus(0)?.volume(), 0.3);
    /// # Ok::<(), perbus::Error>(())
    /// ```
    #[must_use]
    pub fn snapshot(&self) -> Scene {
        self.engine().desk().snapshot(&self.as_node().raw, false)
    }

    /// As [`snapshot`](Self::snapshot), with the solo of each strip.
    #[must_use]
    pub fn snapshot_with_solo(&self) -> Scene {
        self.engine().desk().snapshot(&self.as_node().raw, true)
    }

    /// Sets the strips to a scene, as [`configure`](Self::configure) does: all or nothing, heard
    /// from the same block on. Buses that the scene does not list stay as they are. The scene may
    /// be another mixer's: only the buses' numbers matter.
    ///
    /// # Errors
    /// - [`Error::InvalidArgument`](crate::Error::InvalidArgument) for a scene with a bus listed
    ///   twice.
    /// - [`Error::OutOfRange`](crate::Error::OutOfRange) for a volume, a pan, or a bus not below
    ///   [`MAX_BUSES`](crate::MAX_BUSES).
    /// - [`Error::NotAttached`](crate::Error::NotAttached) when the mixer was detached.
    pub fn apply(&self, scene: &Scene) -> Result<()> {
        self.configure(scene.buses())
    }
}
