//! How a scene is stored: with a version, which says what a reader has to know.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::desk::scene::{BusConfig, Scene};

/// Rises with every field that the stored form gets. Scenes without a version were stored by perbus
/// 0.1, and have the fields of version 1.
const VERSION: u64 = 2;

#[derive(Serialize)]
#[serde(rename = "Scene")]
struct Stored<'a> {
    version: u64,
    buses: &'a [BusConfig],
}

const FIELDS: &[&str] = &["version", "buses"];

impl Serialize for Scene {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let stored = Stored {
            version: VERSION,
            buses: self.buses(),
        };
        stored.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Scene {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_struct("Scene", FIELDS, SceneVisitor)
    }
}

fn check_version<E: Error>(version: u64) -> Result<(), E> {
    if (1..=VERSION).contains(&version) {
        return Ok(());
    }
    Err(E::custom(format_args!(
        "a scene of version {version}, where version 1 or {VERSION} can be read"
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
        check_version(version)?;
        let buses = fields
            .next_element()?
            .ok_or_else(|| A::Error::invalid_length(1, &self))?;
        Ok(Scene::new(buses))
    }

    /// Fields may be in any order. The version is checked first: an unknown one explains unknown
    /// fields.
    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Scene, A::Error> {
        let mut version = None;
        let mut entries: Option<Vec<Entry>> = None;
        let mut unknown: Option<String> = None;
        while let Some(field) = fields.next_key::<String>()? {
            match field.as_str() {
                "version" if version.is_some() => return Err(A::Error::duplicate_field("version")),
                "version" => {
                    let stated = fields.next_value()?;
                    check_version(stated)?;
                    version = Some(stated);
                }
                "buses" if entries.is_some() => return Err(A::Error::duplicate_field("buses")),
                "buses" => entries = Some(fields.next_value()?),
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
        let buses = entries.into_iter().map(Entry::config);
        buses.collect::<Result<_, _>>().map(Scene::new)
    }
}

/// A bus whose unknown fields are refused only when the version is known.
#[derive(Deserialize)]
struct Entry {
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
