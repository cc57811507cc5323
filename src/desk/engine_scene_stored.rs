//! How a scene of a whole engine is stored.

use serde::de::{Error, SeqAccess};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::desk::engine_scene::EngineScene;
use crate::desk::group_config::GroupConfig;
use crate::desk::pan_law::PanLaw;
use crate::desk::scene::{BusConfig, Scene};
use crate::desk::scene_stored::Fields;
use crate::desk::stored::{optional, read, required, Entry, Row, Rows, Versioned, VERSION};

#[derive(Serialize)]
#[serde(rename = "EngineScene")]
struct Stored<'a> {
    version: u64,
    mixers: Vec<StoredMixer<'a>>,
    groups: &'a [GroupConfig],
}

#[derive(Serialize)]
struct StoredMixer<'a> {
    mixer: &'a str,
    buses: &'a [BusConfig],
    output_volume: Option<f32>,
    pan_law: Option<PanLaw>,
}

impl Serialize for EngineScene {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mixers = self.mixers().map(|(mixer, scene)| StoredMixer {
            mixer,
            buses: scene.buses(),
            output_volume: scene.output_volume(),
            pan_law: scene.pan_law(),
        });
        let stored = Stored {
            version: VERSION,
            mixers: mixers.collect(),
            groups: self.groups(),
        };
        stored.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for EngineScene {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(deserializer)
    }
}

/// A scene without its version.
#[derive(Deserialize)]
pub(crate) struct EngineFields {
    mixers: Vec<Entry<MixerFields>>,
    #[serde(default)]
    groups: Vec<Entry<GroupConfig>>,
}

#[derive(Deserialize)]
struct MixerFields {
    mixer: String,
    buses: Vec<Entry<BusConfig>>,
    output_volume: Option<f32>,
    pan_law: Option<PanLaw>,
}

impl MixerFields {
    fn named<E: Error>(self) -> Result<(String, Scene), E> {
        let fields = Fields {
            buses: self.buses,
            output_volume: self.output_volume,
            pan_law: self.pan_law,
        };
        Ok((self.mixer, Scene::from_named(fields)?))
    }
}

impl Versioned for EngineScene {
    const NAME: &'static str = "EngineScene";
    const FIELDS: &'static [&'static str] = &["version", "mixers", "groups"];
    const FIRST: u64 = 3;
    const MAY_BE_UNSTATED: bool = false;
    type Named = EngineFields;

    fn from_named<E: Error>(fields: EngineFields) -> Result<Self, E> {
        let mixers = Entry::check_all(fields.mixers, |it| it.mixer.clone())?;
        let mixers = mixers.into_iter().map(MixerFields::named);
        let mixers = mixers.collect::<Result<Vec<_>, E>>()?;
        let groups = Entry::check_all(fields.groups, |it| format!("group {}", it.group))?;
        Ok(Self::new(mixers).with_groups(groups))
    }

    fn from_row<'de, A: SeqAccess<'de>>(version: u64, fields: &mut A) -> Result<Self, A::Error> {
        let mixers: Vec<MixerRow> = Rows::next(version, fields)?;
        let groups: Vec<GroupConfig> = Rows::next(version, fields)?;
        Ok(Self::new(mixers.into_iter().map(|it| (it.mixer, it.scene))).with_groups(groups))
    }
}

struct MixerRow {
    mixer: String,
    scene: Scene,
}

impl Row for MixerRow {
    fn length(version: u64) -> usize {
        match version {
            3 => 3,
            _ => 4,
        }
    }

    fn read<'de, A: SeqAccess<'de>>(version: u64, fields: &mut A) -> Result<Self, A::Error> {
        Ok(Self {
            mixer: required(fields)?,
            scene: Scene::from_row(version, fields)?,
        })
    }
}

impl Row for GroupConfig {
    fn length(version: u64) -> usize {
        match version {
            3 => 5,
            _ => 7,
        }
    }

    fn read<'de, A: SeqAccess<'de>>(version: u64, fields: &mut A) -> Result<Self, A::Error> {
        let mut config = Self::new(required(fields)?);
        config.volume = optional(fields)?;
        config.muted = optional(fields)?;
        config.soloed = optional(fields)?;
        config.name = optional(fields)?;
        if version >= 4 {
            config.members = optional(fields)?;
            config.inner_groups = optional(fields)?;
        }
        Ok(config)
    }
}
