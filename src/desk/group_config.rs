//! A group in a scene. Pure Rust, no ffi.

use crate::desk::scene::BusConfig;
use crate::desk::scene_parts::SceneParts;

/// What a scene sets of a [`Group`](crate::Group); `None` leaves a value as it is.
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
    /// The buses that are directly in the group, each with its mixer's name: `("mixer 0", 3)`. All
    /// others leave the group, but for those of detached mixers, which stay.
    #[cfg_attr(feature = "serde", serde(default))]
    pub members: Option<Vec<(String, u32)>>,
    /// The numbers of the groups that are directly in the group. All others leave it.
    #[cfg_attr(feature = "serde", serde(default))]
    pub inner_groups: Option<Vec<u32>>,
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

    /// Whether it may change more than values of the group's strip.
    pub(crate) fn edits(&self) -> bool {
        self.soloed.is_some() || self.members.is_some() || self.inner_groups.is_some()
    }

    /// Without what is in the group.
    pub(crate) fn of_strip(strip: BusConfig) -> Self {
        Self {
            volume: strip.volume,
            muted: strip.muted,
            soloed: strip.soloed,
            name: strip.label,
            ..Self::new(strip.bus)
        }
    }

    /// Those of its values that `parts` names.
    pub(crate) fn only(&self, parts: SceneParts) -> Self {
        let strip = BusConfig {
            soloed: self.soloed,
            ..self.strip()
        };
        let groups = parts.contains(SceneParts::GROUPS);
        Self {
            members: self.members.clone().filter(|_| groups),
            inner_groups: self.inner_groups.clone().filter(|_| groups),
            ..Self::of_strip(strip.only(parts))
        }
    }
}
