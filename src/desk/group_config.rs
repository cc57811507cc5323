//! A group in a scene. Pure Rust, no ffi.

use crate::desk::scene::BusConfig;
use crate::desk::scene_parts::SceneParts;

/// What a scene sets of a [`Group`](crate::Group); `None` leaves a value as it is. Which buses are
/// in a group is no part of a scene.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(deny_unknown_fields)
)]
#[non_exhaustive]
pub struct GroupConfig {
    /// The group's number: see [`Group::number`](crate::Group::number).
    pub group: u32,
    /// The fader: a linear gain, 0 to 4.
    pub volume: Option<f32>,
    /// Whether the group is muted.
    pub muted: Option<bool>,
    /// Whether the group is soloed.
    pub soloed: Option<bool>,
    /// The group's name.
    pub name: Option<String>,
}

impl GroupConfig {
    /// Changes nothing yet.
    #[must_use]
    pub fn new(group: u32) -> Self {
        Self {
            group,
            ..Self::default()
        }
    }

    /// The same for the group's strip, but for its solo.
    pub(crate) fn strip(&self) -> BusConfig {
        BusConfig {
            volume: self.volume,
            muted: self.muted,
            label: self.name.clone(),
            ..BusConfig::new(self.group)
        }
    }

    pub(crate) fn of_strip(strip: BusConfig) -> Self {
        Self {
            group: strip.bus,
            volume: strip.volume,
            muted: strip.muted,
            soloed: strip.soloed,
            name: strip.label,
        }
    }

    pub(crate) fn only(&self, parts: SceneParts) -> Self {
        let soloed = self.soloed;
        let strip = BusConfig {
            soloed,
            ..self.strip()
        };
        Self::of_strip(strip.only(parts))
    }
}
