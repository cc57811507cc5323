//! Which values of a scene are meant.

use std::fmt;
use std::ops::{BitOr, BitOrAssign, Not};

/// A choice of a scene's values, for [`Scene::only`](crate::Scene::only) and
/// [`EngineScene::only`](crate::EngineScene::only). Choices are combined with `|`; `!` is everything
/// else.
///
/// ```
/// use perbus::SceneParts;
///
/// let levels = SceneParts::FADERS | SceneParts::OUTPUT_VOLUMES;
/// assert!(levels.contains(SceneParts::FADERS) && !levels.contains(SceneParts::PANS));
/// assert_eq!(!levels | levels, SceneParts::ALL);
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct SceneParts(u32);

/// Each part and its name.
const PARTS: [(SceneParts, &str); 10] = [
    (SceneParts::FADERS, "FADERS"),
    (SceneParts::PANS, "PANS"),
    (SceneParts::MUTES, "MUTES"),
    (SceneParts::SOLOS, "SOLOS"),
    (SceneParts::SOLO_SAFES, "SOLO_SAFES"),
    (SceneParts::LABELS, "LABELS"),
    (SceneParts::OUTPUT_VOLUMES, "OUTPUT_VOLUMES"),
    (SceneParts::GROUPS, "GROUPS"),
    (SceneParts::SEND_TAPS, "SEND_TAPS"),
    (SceneParts::PAN_LAWS, "PAN_LAWS"),
];

impl SceneParts {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// The volumes of buses, sends among them, and of groups.
    pub const FADERS: Self = Self(1);
    /// The pans of buses.
    pub const PANS: Self = Self(1 << 1);
    /// Which buses and groups are muted.
    pub const MUTES: Self = Self(1 << 2);
    /// Which buses and groups are soloed, in a scene that has that.
    pub const SOLOS: Self = Self(1 << 3);
    /// Which buses are solo-safe.
    pub const SOLO_SAFES: Self = Self(1 << 4);
    /// The labels of buses, and the names of groups.
    pub const LABELS: Self = Self(1 << 5);
    /// The output volumes of mixers.
    pub const OUTPUT_VOLUMES: Self = Self(1 << 6);
    /// Which buses and groups are in which groups.
    pub const GROUPS: Self = Self(1 << 7);
    /// Whether sends take their signal before or after the fader.
    pub const SEND_TAPS: Self = Self(1 << 8);
    /// The pan laws of mixers.
    pub const PAN_LAWS: Self = Self(1 << 9);
    /// Everything.
    pub const ALL: Self = Self((1 << PARTS.len()) - 1);

    /// Whether all of `parts` are among these.
    #[must_use]
    pub const fn contains(self, parts: Self) -> bool {
        self.0 & parts.0 == parts.0
    }
}

impl BitOr for SceneParts {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for SceneParts {
    fn bitor_assign(&mut self, other: Self) {
        *self = *self | other;
    }
}

impl Not for SceneParts {
    type Output = Self;

    fn not(self) -> Self {
        Self(Self::ALL.0 & !self.0)
    }
}

impl fmt::Debug for SceneParts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = PARTS.iter().filter(|(part, _)| self.contains(*part));
        let names: Vec<_> = names.map(|(_, name)| *name).collect();
        write!(formatter, "SceneParts({})", names.join(" | "))
    }
}
