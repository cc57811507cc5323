//! How a scene is stored: with a version, which says what a reader has to know.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::desk::scene::{BusConfig, Scene};

/// Rises with every field that the stored form gets. Scenes without a version were stored by perbus
/// 0.1, and have the fields of version 1. Version 2 has `solo_safe`, version 3 `output_volume`.
pub(crate) const VERSION: u64 = 3;

#[derive(Serialize)]
#[serde(rename = "Scene")]
struct Stored<'a> {
    version: u64,
    buses: &'a [BusConfig],
    output_volume: Option<f32>,
}

const FIELDS: &[&str] = &["version", "buses", "output_volume"];

impl Serialize for Scene {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let stored = Stored {
            version: VERSION,
            buses: self.buses(),
            output_volume: self.output_volume(),
        };
        stored.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Scene {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_struct("Scene", FIELDS, SceneVisitor)
    }
}

/// `from`: the first version that there was.
pub(crate) fn check_version<E: Error>(version: u64, from: u64) -> Result<(), E> {
    if (from..=VERSION).contains(&version) {
        return Ok(());
    }
    Err(E::custom(format_args!(
        "a scene of version {version}, where version {from} to {VERSION} can be read"
    )))
}

struct SceneVisitor;

impl<'de> Visitor<'de> for SceneVisitor {
    type Value = Scene;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a scene")
    }

    /// In forms without field names, the version comes first.
    fn visit_seq<A: SeqAccess<'de>>(self, mut fields: A) -> Result<Scene, A::Error> {
        let version = fields
            .next_element()?
            .ok_or_else(|| A::Error::invalid_length(0, &self))?;
        check_version(version, 1)?;
        let buses = fields
            .next_element()?
            .ok_or_else(|| A::Error::invalid_length(1, &self))?;
        let volume = if version < 3 {
            None
        } else {
            let volume = fields.next_element::<Option<f32>>()?;
            volume.ok_or_else(|| A::Error::invalid_length(2, &self))?
        };
        Ok(Scene::new(buses).with_output_volume(volume))
    }

    /// Fields may be in any order. The version is checked first: an unknown one explains unknown
    /// fields.
    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Scene, A::Error> {
        let mut version = None;
        let mut entries: Option<Vec<Entry>> = None;
        let mut volume: Option<Option<f32>> = None;
        let mut unknown: Option<String> = None;
        while let Some(field) = fields.next_key::<String>()? {
            match field.as_str() {
                "version" if version.is_some() => return Err(A::Error::duplicate_field("version")),
                "version" => {
                    let stated = fields.next_value()?;
                    check_version(stated, 1)?;
                    version = Some(stated);
                }
                "buses" if entries.is_some() => return Err(A::Error::duplicate_field("buses")),
                "buses" => entries = Some(fields.next_value()?),
                "output_volume" if volume.is_some() => {
                    return Err(A::Error::duplicate_field("output_volume"));
                }
                "output_volume" => volume = Some(fields.next_value()?),
                _ => {
                    fields.next_value::<IgnoredAny>()?;
                    unknown = unknown.or(Some(field));
                }
            }
        }
        if let Some(field) = unknown {
            return Err(A::Error::unknown_field(&field, FIELDS));
        }
        let entries = entries.ok_or_else(|| A::Error::missing_field("buses"))?;
        let scene = Scene::new(configs(entries)?);
        Ok(scene.with_output_volume(volume.flatten()))
    }
}

pub(crate) fn configs<E: Error>(entries: Vec<Entry>) -> Result<Vec<BusConfig>, E> {
    entries.into_iter().map(Entry::config).collect()
}

/// A bus whose unknown fields are refused only when the version is known.
#[derive(Deserialize)]
pub(crate) struct Entry {
    bus: u32,
    volume: Option<f32>,
    pan: Option<f32>,
    muted: Option<bool>,
    soloed: Option<bool>,
    solo_safe: Option<bool>,
    label: Option<String>,
    #[serde(flatten)]
    unknown: BTreeMap<String, IgnoredAny>,
}

impl Entry {
    fn config<E: Error>(self) -> Result<BusConfig, E> {
        if let Some(field) = self.unknown.keys().next() {
            return Err(E::custom(format_args!(
                "unknown field `{field}` of bus {}",
                self.bus
            )));
        }
        Ok(BusConfig {
            bus: self.bus,
            volume: self.volume,
            pan: self.pan,
            muted: self.muted,
            soloed: self.soloed,
            solo_safe: self.solo_safe,
            label: self.label,
        })
    }
}
