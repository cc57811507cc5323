//! Per-bus control by mixer and bus number, and per-connection control by source and bus.

use crate::desk::faders::Which;
use crate::desk::fallback::{Control, Fallback};
use crate::desk::ranges::{check_pan, check_volume};
use crate::desk::strip::{Strip, StripGuard};
use crate::engine::node::Node;
use crate::engine::target::Target;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::nodes::mixer::Mixer;
use crate::sync::lock;

impl Engine {
    /// What the by-number calls do on a bus without a source; initially [`Fallback::Global`].
    ///
    /// ```
    /// use perbus::{Control, Engine, Fallback, Format};
    ///
    /// let engine = Engine::offline(Format::new(48_000.0, 2)?, 512)?;
    /// let mixer = engine.main_mixer();
    /// engine.set_fallback(Fallback::Deny);
    /// assert!(engine.set_mixer_volume_for_bus(&mixer, 0.5, 0).is_err());
    /// engine.set_fallback(Fallback::Hold);
    /// assert_eq!(engine.set_mixer_volume_for_bus(&mixer, 0.5, 0)?, Control::Held);
    /// assert_eq!((mixer.bus(0)?.volume(), mixer.output_volume()?), (0.5, 1.0));
    /// # Ok::<(), perbus::Error>(())
    /// ```
    pub fn set_fallback(&self, fallback: Fallback) {
        *lock(&self.desk().fallback) = fallback;
    }

    /// What [`set_fallback`](Self::set_fallback) has set.
    #[must_use]
    pub fn fallback(&self) -> Fallback {
        self.desk().fallback()
    }

    /// Sets the volume, 0 to 4, of a mixer's input bus.
    ///
    /// With a source connected there this is the bus's own fader, the same as
    /// [`Bus::set_volume`](crate::Bus::set_volume), and the answer is [`Control::Connection`].
    /// Without one it is the mixer's [`output volume`](Mixer::set_output_volume), which all buses
    /// share: the answer is [`Control::Mixer`], and the bus's strip stays as it was;
    /// [`set_fallback`](Self::set_fallback) chooses otherwise.
    ///
    /// Maps to `destinationForMixer:bus:` and `setVolume:`, or to `outputVolume`.
    ///
    /// ```
    /// use perbus::{Control, Engine, Format};
    ///
    /// let engine = Engine::offline(Format::new(48_000.0, 2)?, 512)?;
    /// let (mixer, player) = (engine.main_mixer(), engine.create_player()?);
    /// engine.connect(&player, &mixer, 0, 0)?;
    /// assert_eq!(engine.set_mixer_volume_for_bus(&mixer, 0.8, 0)?, Control::Connection);
    /// assert_eq!(engine.set_mixer_volume_for_bus(&mixer, 0.9, 1)?, Control::Mixer);
    /// assert_eq!(engine.mixer_volume_for_bus(&mixer, 0)?, (0.8, Control::Connection));
    /// assert_eq!(engine.mixer_volume_for_bus(&mixer, 1)?, (0.9, Control::Mixer));
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// - [`Error::OutOfRange`] for the volume, or a bus not below [`MAX_BUSES`](crate::MAX_BUSES).
    /// - [`Error::NotConnected`] for a bus without a source, with [`Fallback::Deny`].
    /// - [`Error::NotAttached`], [`Error::WrongEngine`] for the mixer.
    pub fn set_mixer_volume_for_bus(
        &self,
        mixer: &Mixer,
        volume: f32,
        bus: u32,
    ) -> Result<Control> {
        check_volume(volume)?;
        self.check_owner(mixer)?;
        self.desk().set_volume_for_bus(&mixer.0.raw, volume, bus)
    }

    /// What [`set_mixer_volume_for_bus`](Self::set_mixer_volume_for_bus) sets, and which control it
    /// is.
    ///
    /// # Errors
    /// - [`Error::OutOfRange`] for a bus not below [`MAX_BUSES`](crate::MAX_BUSES).
    /// - [`Error::NotConnected`] for a bus without a source, with [`Fallback::Deny`].
    /// - [`Error::NotAttached`], [`Error::WrongEngine`] for the mixer.
    #[doc(alias = "get_mixer_volume_for_bus")]
    pub fn mixer_volume_for_bus(&self, mixer: &Mixer, bus: u32) -> Result<(f32, Control)> {
        self.check_owner(mixer)?;
        self.desk().volume_for_bus(&mixer.0.raw, bus)
    }

    /// Sets the pan, -1 (left) to 1 (right), of a mixer's input bus.
    ///
    /// With a source connected there this is the bus's own pan, the same as
    /// [`Bus::set_pan`](crate::Bus::set_pan). Without one it is the pan of the whole mixer on the
    /// mixers that it feeds in turn: `AVAudioMixerNode` has no pan for its own sum.
    ///
    /// Maps to `destinationForMixer:bus:` and `setPan:`.
    ///
    /// # Errors
    /// - [`Error::OutOfRange`] for the pan, or a bus not below [`MAX_BUSES`](crate::MAX_BUSES).
    /// - [`Error::NoPanControl`] when the bus has no source and the mixer feeds no other mixer.
    /// - [`Error::NotConnected`] for a bus without a source, with [`Fallback::Deny`].
    /// - [`Error::NotAttached`], [`Error::WrongEngine`] for the mixer.
    pub fn set_mixer_pan_for_bus(&self, mixer: &Mixer, pan: f32, bus: u32) -> Result<Control> {
        check_pan(pan)?;
        self.check_owner(mixer)?;
        self.desk().set_pan_for_bus(&mixer.0.raw, pan, bus)
    }

    /// What [`set_mixer_pan_for_bus`](Self::set_mixer_pan_for_bus) sets, and which control it is.
    ///
    /// # Errors
    /// As the setter, but for the pan's range.
    #[doc(alias = "get_mixer_pan_for_bus")]
    pub fn mixer_pan_for_bus(&self, mixer: &Mixer, bus: u32) -> Result<(f32, Control)> {
        self.check_owner(mixer)?;
        self.desk().pan_for_bus(&mixer.0.raw, bus)
    }

    /// Sets the volume, 0 to 4, of one connection. It is the fader of the bus that the source
    /// feeds: [`Bus::set_volume`](crate::Bus::set_volume) with the source checked.
    ///
    /// # Errors
    /// - [`Error::OutOfRange`] for the volume.
    /// - [`Error::NotConnected`] when the source does not feed that bus, directly or through
    ///   effects.
    /// - [`Error::NotMixing`] for an effect.
    /// - [`Error::NotAttached`], [`Error::WrongEngine`] for either node.
    pub fn set_connection_volume(
        &self,
        source: &(impl Node + ?Sized),
        mixer: &Mixer,
        bus: u32,
        volume: f32,
    ) -> Result<()> {
        check_volume(volume)?;
        let (strip, mut state) = self.connection(source, mixer, bus)?;
        if state.faders.volume_moves() {
            drop(state);
            let raw = &mixer.0.raw;
            return self.desk().set_moving(raw, strip, Which::Volume, volume);
        }
        strip.set_volume(&mut state, &self.desk().driver, volume)
    }

    /// The volume that the engine applies to one connection, asked of the engine: 0 while the bus
    /// is muted.
    ///
    /// # Errors
    /// As [`set_connection_volume`](Self::set_connection_volume), but for the range.
    #[doc(alias = "get_connection_volume")]
    pub fn connection_volume(
        &self,
        source: &(impl Node + ?Sized),
        mixer: &Mixer,
        bus: u32,
    ) -> Result<f32> {
        let (_, state) = self.connection(source, mixer, bus)?;
        let connection = state.feed.connection().and_then(Target::native);
        connection.map_or(Ok(0.0), |it| self.desk().backend().volume(it))
    }

    /// Sets the pan, -1 (left) to 1 (right), of one connection.
    ///
    /// # Errors
    /// As [`set_connection_volume`](Self::set_connection_volume).
    pub fn set_connection_pan(
        &self,
        source: &(impl Node + ?Sized),
        mixer: &Mixer,
        bus: u32,
        pan: f32,
    ) -> Result<()> {
        check_pan(pan)?;
        let (strip, mut state) = self.connection(source, mixer, bus)?;
        if state.faders.pan_moves() {
            drop(state);
            let raw = &mixer.0.raw;
            return self.desk().set_moving(raw, strip, Which::Pan, pan);
        }
        strip.set_pan(&mut state, &self.desk().driver, pan)
    }

    /// The pan that the engine applies to one connection, asked of the engine.
    ///
    /// # Errors
    /// As [`set_connection_volume`](Self::set_connection_volume), but for the range.
    #[doc(alias = "get_connection_pan")]
    pub fn connection_pan(
        &self,
        source: &(impl Node + ?Sized),
        mixer: &Mixer,
        bus: u32,
    ) -> Result<f32> {
        let (_, state) = self.connection(source, mixer, bus)?;
        let connection = state.feed.connection().and_then(Target::native);
        connection.map_or(Ok(0.0), |it| self.desk().backend().pan(it))
    }

    /// The strip of the bus that the source feeds, locked.
    fn connection<'a>(
        &'a self,
        source: &(impl Node + ?Sized),
        mixer: &'a Mixer,
        bus: u32,
    ) -> Result<(&'a Strip<Target>, StripGuard<'a, Target>)> {
        self.check_owner(source)?;
        self.check_owner(mixer)?;
        let raw = &source.as_node().raw;
        let fader = self.desk().fader(&mixer.0.raw, bus)?;
        raw.slot()?;
        if raw.kind.is_effect() {
            return Err(Error::NotMixing(format!(
                "{} is an effect, which has no volume and pan: name the source that feeds it",
                source.id()
            )));
        }
        if let Some((strip, state)) = fader {
            let connection = state.feed.connection().and_then(Target::native);
            if connection.is_some_and(|it| raw.is_source_of(it)) {
                return Ok((strip, state));
            }
        }
        Err(Error::NotConnected(format!(
            "{} is not connected to input bus {bus} of {}",
            source.id(),
            mixer.id()
        )))
    }
}
