//! Many strips at once, of a mixer or the whole engine: all or nothing, and heard from one block on.

use std::time::Duration;

use crate::control::bus::Bus;
use crate::control::fade::frames_of;
use crate::desk::engine_scene::EngineScene;
use crate::desk::fade::Curve;
use crate::desk::recall::Part;
use crate::desk::scene::{BusConfig, Scene};
use crate::engine::node::sealed::AsNode;
use crate::engine::Engine;
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

    /// The mixer as it is now: the strips of every bus that was ever connected or asked for, with the
    /// taps of those that are sends; the output volume; and the pan law. Empty in a source's closure,
    /// where nothing may wait for another thread.
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

    /// Sets the mixer to a scene, as [`configure`](Self::configure) does: all or nothing, heard
    /// from the same block on. What the scene does not list stays as it is. The scene may be
    /// another mixer's: only the buses' numbers matter. The tap of a send is set where the bus is a
    /// send at the time, and has no effect elsewhere: which buses are connected, and sends of which
    /// others, is no part of a scene.
    ///
    /// # Errors
    /// - [`Error::InvalidArgument`](crate::Error::InvalidArgument) for a scene with a bus listed
    ///   twice.
    /// - [`Error::OutOfRange`](crate::Error::OutOfRange) for a volume, a pan, or a bus not below
    ///   [`MAX_BUSES`](crate::MAX_BUSES).
    /// - [`Error::NotAttached`](crate::Error::NotAttached) when the mixer was detached.
    pub fn apply(&self, scene: &Scene) -> Result<()> {
        let part = Part::new(&self.as_node().raw, scene);
        self.engine().desk().recall(&[part], &[], None)
    }

    /// Fades to a scene: volumes, pans and the output volume all start in the same block and arrive
    /// together, pans linearly and the others along `curve`. Everything else switches at the start:
    /// mutes, solos, solo-safes, labels, taps of sends and the pan law.
    ///
    /// Each fade behaves like that of [`Bus::fade_to`](crate::Bus::fade_to): a later value, fade or
    /// scene replaces those that it concerns, and the others continue. Values that are right already
    /// do not fade. A duration of zero applies the scene at once.
    ///
    /// ```
    /// # use perbus::{Curve, Engine, Format};
    /// # use std::time::Duration;
    /// let engine = Engine::offline(Format::new(1000.0, 2)?, 100)?;
    /// let mixer = engine.main_mixer();
    /// engine.start()?;
    /// mixer.bus(0)?.set_volume(1.0)?;
    /// let verse = mixer.snapshot();
    /// mixer.bus(0)?.set_volume(0.0)?;
    /// mixer.set_output_volume(0.5)?;
    /// mixer.bus(0)?.set_label("keys");
    /// let chorus = mixer.snapshot();
    ///
    /// mixer.apply(&verse)?;
    /// mixer.fade_to_scene(&chorus, Duration::from_millis(200), Curve::Linear)?;
    /// let (mut left, mut right) = ([0.0; 100], [0.0; 100]);
    /// engine.render(&mut [&mut left, &mut right])?;
    /// assert!((mixer.bus(0)?.volume() - 0.5).abs() < 1e-6);
    /// assert!((mixer.output_volume()? - 0.75).abs() < 1e-6);
    /// engine.render(&mut [&mut left, &mut right])?;
    /// assert_eq!(mixer.snapshot(), chorus);
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`apply`](Self::apply), and [`Error::OutOfRange`](crate::Error::OutOfRange) for a duration
    /// of more than a day.
    pub fn fade_to_scene(&self, scene: &Scene, duration: Duration, curve: Curve) -> Result<()> {
        let engine = self.engine();
        let frames = frames_of(engine, duration)?;
        let part = Part::new(&self.as_node().raw, scene);
        engine.desk().recall(&[part], &[], Some((frames, curve)))?;
        engine.tick_fades();
        Ok(())
    }
}

impl Engine {
    /// All mixers and groups as they are now, at one moment: each mixer as
    /// [`Mixer::snapshot`] has it, and of each group the fader, the mute, the name, and which buses and
    /// groups are directly in it. Detached mixers are left out, also as members. Empty in a source's
    /// closure, where nothing may wait for another thread.
    ///
    /// Which strips and groups are soloed is left out, so that to apply the scene leaves the solos as
    /// they are then: see [`snapshot_with_solo`](Self::snapshot_with_solo). How nodes are connected is
    /// no part of a scene.
    ///
    /// ```
    /// # use perbus::{Engine, Format};
    /// # let engine = Engine::offline(Format::new(48_000.0, 2)?, 512)?;
    /// let main = engine.main_mixer();
    /// main.bus(0)?.set_volume(0.3)?;
    /// let verse = engine.snapshot();
    /// main.bus(0)?.set_volume(0.9)?;
    /// engine.apply(&verse)?;
    /// assert_eq!(main.bus(0)?.volume(), 0.3);
    /// assert_eq!(verse.mixer("mixer 0"), Some(&main.snapshot()));
    /// # Ok::<(), perbus::Error>(())
    /// ```
    #[must_use]
    pub fn snapshot(&self) -> EngineScene {
        self.desk().snapshot_engine(false)
    }

    /// As [`snapshot`](Self::snapshot), with the solo of each strip and group.
    #[must_use]
    pub fn snapshot_with_solo(&self) -> EngineScene {
        self.desk().snapshot_engine(true)
    }

    /// Sets the engine's mixers and groups to a scene: all or nothing, heard from the same block on.
    /// What the scene does not list stays as it is.
    ///
    /// A group that it lists gets exactly the members and inner groups of the scene: whatever was
    /// added since leaves it, but for buses of detached mixers, which stay. A group that was made
    /// since stays as it is.
    ///
    /// ```
    /// # use perbus::{Engine, Format};
    /// # let engine = Engine::offline(Format::new(48_000.0, 2)?, 512)?;
    /// # let main = engine.main_mixer();
    /// let drums = engine.create_group("drums")?;
    /// drums.add_all([&main.bus(0)?, &main.bus(1)?])?;
    /// let verse = engine.snapshot();
    /// drums.remove(&main.bus(0)?)?;
    /// drums.add(&main.bus(2)?)?;
    /// engine.apply(&verse)?;
    /// assert_eq!(drums.members(), [main.bus(0)?, main.bus(1)?]);
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// - [`Error::NotAttached`](crate::Error::NotAttached) for a mixer or a group that this engine
    ///   does not have, or no longer; the message names it.
    /// - [`Error::InvalidArgument`](crate::Error::InvalidArgument) for a mixer, a bus of one, a group
    ///   or a member of one that is listed twice.
    /// - [`Error::Cycle`](crate::Error::Cycle) for groups in a circle.
    /// - [`Error::OutOfRange`](crate::Error::OutOfRange) for a volume, a pan, or a bus not below
    ///   [`MAX_BUSES`](crate::MAX_BUSES).
    pub fn apply(&self, scene: &EngineScene) -> Result<()> {
        self.desk().recall_engine(scene, None)
    }

    /// Fades to a scene: the volumes, pans and output volumes of all its mixers and the volumes of its
    /// groups start in the same block and arrive together, as with [`Mixer::fade_to_scene`].
    /// Everything else switches at the start, also what is in groups.
    ///
    /// ```
    /// # use perbus::{Curve, Engine, EngineScene, Format, Scene};
    /// # use std::time::Duration;
    /// # let engine = Engine::offline(Format::new(48_000.0, 2)?, 512)?;
    /// let dark = Scene::default().with_output_volume(0.0);
    /// let end = EngineScene::new([("mixer 0", dark)]);
    /// engine.fade_to_scene(&end, Duration::from_secs(4), Curve::EqualPower)?;
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`apply`](Self::apply), and [`Error::OutOfRange`](crate::Error::OutOfRange) for a duration
    /// of more than a day.
    pub fn fade_to_scene(
        &self,
        scene: &EngineScene,
        duration: Duration,
        curve: Curve,
    ) -> Result<()> {
        let frames = frames_of(self, duration)?;
        self.desk().recall_engine(scene, Some((frames, curve)))?;
        self.tick_fades();
        Ok(())
    }
}

impl EngineScene {
    /// A scene of some buses, without what concerns whole mixers and without groups. Buses that it
    /// does not have are ignored.
    ///
    /// ```
    /// # use perbus::{Engine, Format};
    /// # let engine = Engine::offline(Format::new(48_000.0, 2)?, 512)?;
    /// let (main, group) = (engine.main_mixer(), engine.create_mixer()?);
    /// let (voice, choir) = (main.bus(0)?, group.bus(3)?);
    /// main.bus(1)?.set_volume(0.5)?;
    /// let voices = engine.snapshot().only_buses([&voice, &choir]);
    /// assert_eq!(voices.mixer("mixer 0").unwrap().buses().len(), 1);
    /// # Ok::<(), perbus::Error>(())
    /// ```
    #[must_use]
    pub fn only_buses<'a>(&self, buses: impl IntoIterator<Item = &'a Bus>) -> Self {
        let places = buses
            .into_iter()
            .map(|bus| (bus.mixer.id().to_string(), bus.bus));
        self.only_places(&places.collect())
    }
}
