//! Scenes: a mixer's settings as plain values. Pure Rust, no ffi.

use std::collections::BTreeSet;

use crate::desk::faders::{Faders, Over, Which};
use crate::desk::pan_law::PanLaw;
use crate::desk::ranges::{check_bus, check_pan, check_volume};
use crate::desk::scene_parts::SceneParts;
use crate::desk::sends::SendTap;
use crate::desk::strip::{State, Strip};
use crate::error::Result;

/// What [`Mixer::configure`](crate::Mixer::configure) changes on one bus; `None` leaves a value as
/// it is.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(deny_unknown_fields)
)]
pub struct BusConfig {
    /// The bus's number.
    pub bus: u32,
    /// The fader: a linear gain, 0 to [`MAX_VOLUME`](crate::MAX_VOLUME).
    pub volume: Option<f32>,
    /// The pan, -1 (left) to 1 (right).
    pub pan: Option<f32>,
    /// Whether the bus is muted.
    pub muted: Option<bool>,
    /// Whether the bus is soloed.
    pub soloed: Option<bool>,
    /// The bus's label.
    pub label: Option<String>,
    /// Whether the bus is solo-safe.
    #[cfg_attr(feature = "serde", serde(default))]
    pub solo_safe: Option<bool>,
    /// Where the bus, if it is a send, takes its signal from. No effect on any other bus.
    #[cfg_attr(feature = "serde", serde(default))]
    pub send_tap: Option<SendTap>,
}

impl BusConfig {
    /// Changes nothing yet.
    #[must_use]
    pub fn new(bus: u32) -> Self {
        Self {
            bus,
            ..Self::default()
        }
    }

    /// Everything that a locked strip has at the engine's time `now`, its solo on request; not the
    /// tap of a send, of which the strip does not know.
    pub(crate) fn of<C>(
        bus: u32,
        strip: &Strip<C>,
        state: &State<C>,
        now: i64,
        solo: bool,
    ) -> Self {
        let faders = &state.faders;
        Self {
            bus,
            volume: Some(state.value_at(Which::Volume, now)),
            pan: Some(state.value_at(Which::Pan, now)),
            muted: Some(faders.muted),
            soloed: solo.then_some(faders.soloed),
            solo_safe: Some(faders.solo_safe),
            label: Some(strip.label()),
            send_tap: None,
        }
    }

    /// `buses`: how many input buses a mixer can have.
    pub(crate) fn check(&self, buses: u32) -> Result<()> {
        check_bus(self.bus, buses)?;
        self.volume.map_or(Ok(()), check_volume)?;
        self.pan.map_or(Ok(()), check_pan)
    }

    /// `over`: how volume and pan get there; everything else switches. The tap is not the strip's.
    pub(crate) fn write(&self, faders: &mut Faders, over: Option<Over>) {
        if let Some(volume) = self.volume {
            Which::Volume.lead(faders, volume, over);
        }
        if let Some(pan) = self.pan {
            Which::Pan.lead(faders, pan, over);
        }
        faders.muted = self.muted.unwrap_or(faders.muted);
        faders.soloed = self.soloed.unwrap_or(faders.soloed);
        faders.solo_safe = self.solo_safe.unwrap_or(faders.solo_safe);
    }

    /// Those of its values that `parts` names.
    pub(crate) fn only(&self, parts: SceneParts) -> Self {
        Self {
            bus: self.bus,
            volume: self.volume.filter(|_| parts.contains(SceneParts::FADERS)),
            pan: self.pan.filter(|_| parts.contains(SceneParts::PANS)),
            muted: self.muted.filter(|_| parts.contains(SceneParts::MUTES)),
            soloed: self.soloed.filter(|_| parts.contains(SceneParts::SOLOS)),
            solo_safe: self
                .solo_safe
                .filter(|_| parts.contains(SceneParts::SOLO_SAFES)),
            label: self
                .label
                .clone()
                .filter(|_| parts.contains(SceneParts::LABELS)),
            send_tap: self
                .send_tap
                .filter(|_| parts.contains(SceneParts::SEND_TAPS)),
        }
    }
}

/// A mixer at one moment, see [`Mixer::snapshot`](crate::Mixer::snapshot): its strips, its output
/// volume and its pan law. Which strips are soloed is part of it only on request: see
/// [`Mixer::snapshot_with_solo`](crate::Mixer::snapshot_with_solo).
///
/// A scene is a plain value: it names buses by number, and fits any mixer. [`only`](Self::only) and
/// [`only_buses`](Self::only_buses) make a scene of a part of it. With the feature `serde` it can be
/// stored; the stored form has a version:
///
/// ```
/// # #[cfg(feature = "serde")] {
/// use perbus::{BusConfig, Scene};
///
/// let scene = Scene::new(vec![BusConfig { volume: Some(0.5), ..BusConfig::new(3) }]);
/// let text = serde_json::to_string(&scene).unwrap();
/// assert!(text.starts_with(r#"{"version":4,"buses":[{"bus":3,"volume":0.5,"#));
/// assert_eq!(serde_json::from_str::<Scene>(&text).unwrap(), scene);
/// // What a later perbus has written is refused, not read in part. 0.1 stored no version.
/// let newer = text.replace("\"version\":4", "\"version\":9");
/// assert!(serde_json::from_str::<Scene>(&newer).is_err());
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scene {
    buses: Vec<BusConfig>,
    output_volume: Option<f32>,
    pan_law: Option<PanLaw>,
}

impl Scene {
    /// A scene of these buses, for any mixer. It leaves the output volume and the pan law as they
    /// are.
    #[must_use]
    pub fn new(buses: Vec<BusConfig>) -> Self {
        Self {
            buses,
            output_volume: None,
            pan_law: None,
        }
    }

    /// The same scene with an output volume for the mixer, 0 to 4, or without one.
    ///
    /// ```
    /// # use perbus::{Engine, Format, Scene};
    /// # let mixer = Engine::offline(Format::new(48_000.0, 2)?, 512)?.main_mixer();
    /// mixer.apply(&Scene::default().with_output_volume(0.5))?;
    /// assert_eq!(mixer.output_volume()?, 0.5);
    /// # Ok::<(), perbus::Error>(())
    /// ```
    #[must_use]
    pub fn with_output_volume(self, volume: impl Into<Option<f32>>) -> Self {
        Self {
            output_volume: volume.into(),
            ..self
        }
    }

    /// The same scene with a pan law for the mixer, or without one.
    ///
    /// ```
    /// # use perbus::{Engine, Format, PanLaw, Scene};
    /// # let mixer = Engine::offline(Format::new(48_000.0, 2)?, 512)?.main_mixer();
    /// mixer.apply(&Scene::default().with_pan_law(PanLaw::ConstantPower))?;
    /// assert_eq!(mixer.pan_law(), PanLaw::ConstantPower);
    /// # Ok::<(), perbus::Error>(())
    /// ```
    #[must_use]
    pub fn with_pan_law(self, law: impl Into<Option<PanLaw>>) -> Self {
        Self {
            pan_law: law.into(),
            ..self
        }
    }

    /// The buses it sets, by ascending number in a snapshot.
    #[must_use]
    pub fn buses(&self) -> &[BusConfig] {
        &self.buses
    }

    /// The output volume that it sets.
    #[must_use]
    pub fn output_volume(&self) -> Option<f32> {
        self.output_volume
    }

    /// The pan law that it sets.
    #[must_use]
    pub fn pan_law(&self) -> Option<PanLaw> {
        self.pan_law
    }

    /// A scene of some of its values: to recall the faders alone, for instance, while pans and mutes
    /// stay as they are.
    ///
    /// ```
    /// # use perbus::{Engine, Format, SceneParts};
    /// # let mixer = Engine::offline(Format::new(48_000.0, 2)?, 512)?.main_mixer();
    /// let bus = mixer.bus(0)?;
    /// bus.set_volume(0.5)?;
    /// let verse = mixer.snapshot();
    /// bus.set_volume(1.0)?;
    /// bus.set_pan(-1.0)?;
    /// mixer.apply(&verse.only(SceneParts::FADERS))?;
    /// assert_eq!((bus.volume(), bus.pan()), (0.5, -1.0));
    /// # Ok::<(), perbus::Error>(())
    /// ```
    #[must_use]
    pub fn only(&self, parts: SceneParts) -> Self {
        Self {
            buses: self.buses.iter().map(|bus| bus.only(parts)).collect(),
            output_volume: self
                .output_volume
                .filter(|_| parts.contains(SceneParts::OUTPUT_VOLUMES)),
            pan_law: self
                .pan_law
                .filter(|_| parts.contains(SceneParts::PAN_LAWS)),
        }
    }

    /// A scene of some of its buses, without what concerns the whole mixer. Numbers that it does not have are
    /// ignored.
    ///
    /// ```
    /// # use perbus::{Engine, Format};
    /// # let mixer = Engine::offline(Format::new(48_000.0, 2)?, 512)?.main_mixer();
    /// # for bus in 0..8 { mixer.bus(bus)?; }
    /// let drums = mixer.snapshot().only_buses(0..4);
    /// assert_eq!(drums.buses().len(), 4);
    /// # Ok::<(), perbus::Error>(())
    /// ```
    #[must_use]
    pub fn only_buses(&self, buses: impl IntoIterator<Item = u32>) -> Self {
        let wanted: BTreeSet<u32> = buses.into_iter().collect();
        let kept = self.buses.iter().filter(|it| wanted.contains(&it.bus));
        Self::new(kept.cloned().collect())
    }
}
