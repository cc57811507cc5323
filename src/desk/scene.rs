//! Scenes: the strips of a mixer as plain values. Pure Rust, no ffi.

use crate::desk::faders::Faders;
use crate::desk::ranges::{check_bus, check_pan, check_volume};
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

    /// `buses`: how many input buses a mixer can have.
    pub(crate) fn check(&self, buses: u32) -> Result<()> {
        check_bus(self.bus, buses)?;
        self.volume.map_or(Ok(()), check_volume)?;
        self.pan.map_or(Ok(()), check_pan)
    }

    pub(crate) fn write(&self, faders: &mut Faders) {
        if let Some(volume) = self.volume {
            faders.set_volume(volume);
        }
        if let Some(pan) = self.pan {
            faders.set_pan(pan);
        }
        faders.muted = self.muted.unwrap_or(faders.muted);
        faders.soloed = self.soloed.unwrap_or(faders.soloed);
        faders.solo_safe = self.solo_safe.unwrap_or(faders.solo_safe);
    }
}

/// The strips of a mixer at one moment, see [`Mixer::snapshot`](crate::Mixer::snapshot). Which are
/// soloed is part of it only on request: see
/// [`Mixer::snapshot_with_solo`](crate::Mixer::snapshot_with_solo).
///
/// A scene is a plain value: it names buses by number, and fits any mixer. With the feature `serde`
/// it can be stored; the stored form has a version:
///
/// ```
/// # #[cfg(feature = "serde")] {
/// use perbus::{BusConfig, Scene};
///
/// let scene = Scene::new(vec![BusConfig { volume: Some(0.5), ..BusConfig::new(3) }]);
/// let text = serde_json::to_string(&scene).unwrap();
/// assert!(text.starts_with(r#"{"version":2,"buses":[{"bus":3,"volume":0.5,"#));
/// assert_eq!(serde_json::from_str::<Scene>(&text).unwrap(), scene);
/// // What a later perbus has written is refused, not read in part. 0.1 stored no version.
/// let newer = text.replace("\"version\":2", "\"version\":9");
/// assert!(serde_json::from_str::<Scene>(&newer).is_err());
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scene {
    buses: Vec<BusConfig>,
}

impl Scene {
    /// A scene of these buses, for any mixer.
    #[must_use]
    pub fn new(buses: Vec<BusConfig>) -> Self {
        Self { buses }
    }

    /// The buses it sets, by ascending number in a snapshot.
    #[must_use]
    pub fn buses(&self) -> &[BusConfig] {
        &self.buses
    }
}
