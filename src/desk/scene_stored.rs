//! How a mixer's scene is stored.

use serde::de::{Error, SeqAccess};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::desk::pan_law::PanLaw;
use crate::desk::scene::{BusConfig, Scene};
use crate::desk::stored::{optional, read, required, Entry, Row, Rows, Versioned, VERSION};

#[derive(Serialize)]
#[serde(rename = "Scene")]
struct Stored<'a> {
    version: u64,
    buses: &'a [BusConfig],
    output_volume: Option<f32>,
    pan_law: Option<PanLaw>,
}

impl Serialize for Scene {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let stored = Stored {
            version: VERSION,
            buses: self.buses(),
            output_volume: self.output_volume(),
            pan_law: self.pan_law(),
        };
        stored.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Scene {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(deserializer)
    }
}

/// A scene without its version.
#[derive(Deserialize)]
pub(crate) struct Fields {
    pub(crate) buses: Vec<Entry<BusConfig>>,
    pub(crate) output_volume: Option<f32>,
    pub(crate) pan_law: Option<PanLaw>,
}

impl Versioned for Scene {
    const NAME: &'static str = "Scene";
    const FIELDS: &'static [&'static str] = &["version", "buses", "output_volume", "pan_law"];
    const FIRST: u64 = 1;
    const MAY_BE_UNSTATED: bool = true;
    type Named = Fields;

    fn from_named<E: Error>(fields: Fields) -> Result<Self, E> {
        let buses = Entry::check_all(fields.buses, |it| format!("bus {}", it.bus))?;
        Ok(Self::new(buses)
            .with_output_volume(fields.output_volume)
            .with_pan_law(fields.pan_law))
    }

    fn from_row<'de, A: SeqAccess<'de>>(version: u64, fields: &mut A) -> Result<Self, A::Error> {
        let mut scene = Self::new(Rows::next(version, fields)?);
        if version >= 3 {
            scene = scene.with_output_volume(required::<Option<f32>, _>(fields)?);
        }
        if version >= 4 {
            scene = scene.with_pan_law(required::<Option<PanLaw>, _>(fields)?);
        }
        Ok(scene)
    }
}

impl Row for BusConfig {
    fn length(version: u64) -> usize {
        match version {
            1 => 6,
            2 | 3 => 7,
            _ => 8,
        }
    }

    fn read<'de, A: SeqAccess<'de>>(version: u64, fields: &mut A) -> Result<Self, A::Error> {
        let mut config = Self::new(required(fields)?);
        config.volume = optional(fields)?;
        config.pan = optional(fields)?;
        config.muted = optional(fields)?;
        config.soloed = optional(fields)?;
        config.label = optional(fields)?;
        if version >= 2 {
            config.solo_safe = optional(fields)?;
        }
        if version >= 4 {
            config.send_tap = optional(fields)?;
        }
        Ok(config)
    }
}
