//! Reading what is stored with a version, which says what a reader has to know.
//!
//! In forms with field names, fields may be in any order, and the version is checked first: an
//! unknown one explains unknown fields. In forms without, the version comes first, and says how many
//! fields there are.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// Rises with every field that the stored form gets. Scenes without a version were stored by perbus
/// 0.1, and have the fields of version 1. Version 2 has `solo_safe`, version 3 `output_volume` and
/// scenes of engines, version 4 `send_tap`, `pan_law`, `members` and `inner_groups`.
pub(crate) const VERSION: u64 = 4;

/// A value that is stored with a version.
pub(crate) trait Versioned: Sized {
    const NAME: &'static str;
    /// The first of which is the version.
    const FIELDS: &'static [&'static str];
    /// The first version that there was.
    const FIRST: u64;
    /// Whether the first version was stored without saying so.
    const MAY_BE_UNSTATED: bool;
    /// All fields but the version, where they have names.
    type Named: for<'de> Deserialize<'de>;

    fn from_named<E: Error>(fields: Self::Named) -> Result<Self, E>;

    /// From the fields of this version but the version, where they have no names.
    fn from_row<'de, A: SeqAccess<'de>>(version: u64, fields: &mut A) -> Result<Self, A::Error>;
}

pub(crate) fn read<'de, V: Versioned, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<V, D::Error> {
    deserializer.deserialize_struct(V::NAME, V::FIELDS, Reader(PhantomData))
}

struct Reader<V>(PhantomData<V>);

impl<'de, V: Versioned> Visitor<'de> for Reader<V> {
    type Value = V;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "a stored {}", V::NAME)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut fields: A) -> Result<V, A::Error> {
        let version = required(&mut fields)?;
        check_version::<V, _>(version)?;
        V::from_row(version, &mut fields)
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<V, A::Error> {
        let all = All::<V>::deserialize(MapAccessDeserializer::new(fields))?;
        if let Some(field) = all.unknown.keys().next() {
            return Err(A::Error::unknown_field(field, V::FIELDS));
        }
        if all.head.version.is_none() && !V::MAY_BE_UNSTATED {
            return Err(A::Error::missing_field("version"));
        }
        V::from_named(all.fields)
    }
}

/// Read in this order, whatever comes first.
#[derive(Deserialize)]
#[serde(bound = "V: Versioned")]
struct All<V: Versioned> {
    #[serde(flatten)]
    head: Head<V>,
    #[serde(flatten)]
    fields: V::Named,
    #[serde(flatten)]
    unknown: BTreeMap<String, IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(bound = "V: Versioned")]
struct Head<V> {
    #[serde(default, deserialize_with = "known_version::<V, _>")]
    version: Option<u64>,
    #[serde(skip)]
    of: PhantomData<V>,
}

fn known_version<'de, V: Versioned, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<u64>, D::Error> {
    let version = u64::deserialize(deserializer)?;
    check_version::<V, _>(version).map(|()| Some(version))
}

fn check_version<V: Versioned, E: Error>(version: u64) -> Result<(), E> {
    let first = V::FIRST;
    if (first..=VERSION).contains(&version) {
        return Ok(());
    }
    Err(E::custom(format_args!(
        "a scene of version {version}, where version {first} to {VERSION} can be read"
    )))
}

/// An entry of a list, with the fields that it should not have.
#[derive(Deserialize)]
pub(crate) struct Entry<T> {
    #[serde(flatten)]
    known: T,
    #[serde(flatten)]
    unknown: BTreeMap<String, IgnoredAny>,
}

impl<T> Entry<T> {
    /// Each without unknown fields. `name`: of an entry, as an error has it.
    pub(crate) fn check_all<E: Error>(
        entries: Vec<Self>,
        name: impl Fn(&T) -> String,
    ) -> Result<Vec<T>, E> {
        let checked = entries.into_iter().map(|it| {
            let Some(field) = it.unknown.keys().next() else {
                return Ok(it.known);
            };
            let name = name(&it.known);
            Err(E::custom(format_args!("unknown field `{field}` of {name}")))
        });
        checked.collect()
    }
}

/// An entry whose fields have no names.
pub(crate) trait Row: Sized {
    /// How many fields it has in this version.
    fn length(version: u64) -> usize;

    fn read<'de, A: SeqAccess<'de>>(version: u64, fields: &mut A) -> Result<Self, A::Error>;
}

/// A list of them, of this version.
pub(crate) struct Rows<T>(u64, PhantomData<T>);

impl<T: Row> Rows<T> {
    /// The next field of these, which there must be.
    pub(crate) fn next<'de, A: SeqAccess<'de>>(
        version: u64,
        fields: &mut A,
    ) -> Result<Vec<T>, A::Error> {
        let rows = fields.next_element_seed(Self(version, PhantomData))?;
        rows.ok_or_else(missing)
    }
}

impl<'de, T: Row> DeserializeSeed<'de> for Rows<T> {
    type Value = Vec<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<T>, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, T: Row> Visitor<'de> for Rows<T> {
    type Value = Vec<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<Vec<T>, A::Error> {
        let mut all = Vec::new();
        while let Some(row) = rows.next_element_seed(OneRow(self.0, PhantomData))? {
            all.push(row);
        }
        Ok(all)
    }
}

struct OneRow<T>(u64, PhantomData<T>);

impl<'de, T: Row> DeserializeSeed<'de> for OneRow<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_tuple(T::length(self.0), self)
    }
}

impl<'de, T: Row> Visitor<'de> for OneRow<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "a list of {} fields", T::length(self.0))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut fields: A) -> Result<T, A::Error> {
        T::read(self.0, &mut fields)
    }
}

/// The next field, which there must be.
pub(crate) fn required<'de, T: Deserialize<'de>, A: SeqAccess<'de>>(
    fields: &mut A,
) -> Result<T, A::Error> {
    fields.next_element()?.ok_or_else(missing)
}

/// The next field, if there is one.
pub(crate) fn optional<'de, T: Deserialize<'de>, A: SeqAccess<'de>>(
    fields: &mut A,
) -> Result<Option<T>, A::Error> {
    Ok(fields.next_element::<Option<T>>()?.flatten())
}

fn missing<E: Error>() -> E {
    E::custom("a field is missing at the end")
}
