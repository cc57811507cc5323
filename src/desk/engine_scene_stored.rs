//! How a scene of a whole engine is stored: with the version that scenes of mixers have.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::desk::engine_scene::EngineScene;
use crate::desk::group_config::GroupConfig;
use crate::desk::scene::{BusConfig, Scene};
use crate::desk::scene_stored::{check_version, configs, Entry, VERSION};

/// There was none before.
const FIRST: u64 = 3;

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
}

const FIELDS: &[&str] = &["version", "mixers", "groups"];

impl Serialize for EngineScene {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mixers = self.mixers().map(|(mixer, scene)| StoredMixer {
            mixer,
            buses: scene.buses(),
            output_volume: scene.output_volume(),
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
        deserializer.deserialize_struct("EngineScene", FIELDS, EngineSceneVisitor)
    }
}

struct EngineSceneVisitor;

impl<'de> Visitor<'de> for EngineSceneVisitor {
    type Value = EngineScene;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a scene of an engine")
    }

    /// In forms without field names, the version comes first.
    fn visit_seq<A: SeqAccess<'de>>(self, mut fields: A) -> Result<EngineScene, A::Error> {
        let version = fields
            .next_element()?
            .ok_or_else(|| A::Error::invalid_length(0, &self))?;
        check_version(version, FIRST)?;
        let mixers: Vec<(String, Vec<BusConfig>, Option<f32>)> = fields
            .next_element()?
            .ok_or_else(|| A::Error::invalid_length(1, &self))?;
        let mixers = mixers
            .into_iter()
            .map(|(mixer, buses, volume)| (mixer, Scene::new(buses).with_output_volume(volume)));
        let groups: Vec<GroupConfig> = fields
            .next_element()?
            .ok_or_else(|| A::Error::invalid_length(2, &self))?;
        Ok(EngineScene::new(mixers).with_groups(groups))
    }

    /// Fields may be in any order. The version is checked first: an unknown one explains unknown
    /// fields.
    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<EngineScene, A::Error> {
        let mut version = None;
        let mut entries: Option<Vec<MixerEntry>> = None;
        let mut groups: Option<Vec<GroupConfig>> = None;
        let mut unknown: Option<String> = None;
        while let Some(field) = fields.next_key::<String>()? {
            match field.as_str() {
                "version" if version.is_some() => return Err(A::Error::duplicate_field("version")),
                "version" => {
                    let stated = fields.next_value()?;
                    check_version(stated, FIRST)?;
                    version = Some(stated);
                }
                "mixers" if entries.is_some() => return Err(A::Error::duplicate_field("mixers")),
                "mixers" => entries = Some(fields.next_value()?),
                "groups" if groups.is_some() => return Err(A::Error::duplicate_field("groups")),
                "groups" => groups = Some(fields.next_value()?),
                _ => {
                    fields.next_value::<IgnoredAny>()?;
                    unknown = unknown.or(Some(field));
                }
            }
        }
        if let Some(field) = unknown {
            return Err(A::Error::unknown_field(&field, FIELDS));
        }
        if version.is_none() {
            return Err(A::Error::missing_field("version"));
        }
        let entries = entries.ok_or_else(|| A::Error::missing_field("mixers"))?;
        let mixers: Result<Vec<_>, _> = entries.into_iter().map(MixerEntry::scene).collect();
        Ok(EngineScene::new(mixers?).with_groups(groups.unwrap_or_default()))
    }
}

/// A mixer whose unknown fields are refused only when the version is known.
#[derive(Deserialize)]
struct MixerEntry {
    mixer: String,
    buses: Vec<Entry>,
    output_volume: Option<f32>,
    #[serde(flatten)]
    unknown: BTreeMap<String, IgnoredAny>,
}

impl MixerEntry {
    fn scene<E: Error>(self) -> Result<(String, Scene), E> {
        if let Some(field) = self.unknown.keys().next() {
            let mixer = &self.mixer;
            return Err(E::custom(format_args!(
                "unknown field `{field}` of {mixer}"
            )));
        }
        let scene = Scene::new(configs(self.buses)?).with_output_volume(self.output_volume);
        Ok((self.mixer, scene))
    }
}
