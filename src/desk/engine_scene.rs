//! Scenes of a whole engine. Pure Rust, no ffi.

use std::collections::BTreeSet;

use crate::desk::group_config::GroupConfig;
use crate::desk::scene::Scene;
use crate::desk::scene_parts::SceneParts;

/// All mixers of an engine at one moment, see [`Engine::snapshot`](crate::Engine::snapshot): the
/// strips, the output volume and the pan law of each; and the groups, with their faders and mutes, and
/// what is in them. Which strips and groups are soloed is part of it only on request.
///
/// A mixer goes by its name, "mixer 0", which is the one that [`NodeId`](crate::NodeId) prints. An
/// engine numbers its nodes in the order of their creation, so that a program that builds its graph
/// in the same order in every run can recall what an earlier run has stored. Groups go by their
/// numbers, which are given likewise. A scene that names a mixer or a group which the engine does not
/// have is refused as a whole; mixers and groups that it does not name stay as they are.
///
/// With the feature `serde` it can be stored, with a version as [`Scene`] has it.
///
/// ```
/// use perbus::{Engine, Format, SceneParts};
///
/// let engine = Engine::offline(Format::new(48_000.0, 2)?, 512)?;
/// let (main, drums) = (engine.main_mixer(), engine.create_mixer()?);
/// main.connect_next(&drums)?.set_volume(0.5)?;
/// drums.bus(3)?.set_muted(true)?;
/// let verse = engine.snapshot();
///
/// main.bus(0)?.set_volume(1.0)?;
/// drums.bus(3)?.set_muted(false)?;
/// engine.apply(&verse.only(SceneParts::FADERS))?;
/// assert_eq!((main.bus(0)?.volume(), drums.bus(3)?.is_muted()), (0.5, false));
/// engine.apply(&verse.only_mixers(["mixer 2"]))?;
/// assert!(drums.bus(3)?.is_muted());
/// # Ok::<(), perbus::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EngineScene {
    mixers: Vec<(String, Scene)>,
    groups: Vec<GroupConfig>,
}

impl EngineScene {
    /// A scene of these mixers, by name.
    ///
    /// ```
    /// # use perbus::{Engine, EngineScene, Format, Scene};
    /// # let engine = Engine::offline(Format::new(48_000.0, 2)?, 512)?;
    /// let quiet = Scene::default().with_output_volume(0.1);
    /// engine.apply(&EngineScene::new([("mixer 0", quiet)]))?;
    /// assert_eq!(engine.main_mixer().output_volume()?, 0.1);
    /// # Ok::<(), perbus::Error>(())
    /// ```
    #[must_use]
    pub fn new<S: Into<String>>(mixers: impl IntoIterator<Item = (S, Scene)>) -> Self {
        let named = mixers
            .into_iter()
            .map(|(mixer, scene)| (mixer.into(), scene));
        Self {
            mixers: named.collect(),
            groups: Vec::new(),
        }
    }

    /// The same scene with these groups in place of those that it has.
    ///
    /// ```
    /// # use perbus::{Engine, EngineScene, Format, GroupConfig};
    /// # let engine = Engine::offline(Format::new(48_000.0, 2)?, 512)?;
    /// let drums = engine.create_group("drums")?;
    /// drums.set_muted(true)?;
    /// let mut config = GroupConfig::new(drums.number());
    /// config.volume = Some(0.5);
    /// engine.apply(&EngineScene::default().with_groups([config]))?;
    /// assert_eq!((drums.volume(), drums.is_muted()), (0.5, true));
    /// # Ok::<(), perbus::Error>(())
    /// ```
    #[must_use]
    pub fn with_groups(self, groups: impl IntoIterator<Item = GroupConfig>) -> Self {
        Self {
            groups: groups.into_iter().collect(),
            ..self
        }
    }

    /// The groups that it sets, in the order in which they were made.
    #[must_use]
    pub fn groups(&self) -> &[GroupConfig] {
        &self.groups
    }

    /// The mixers that it sets, by name.
    pub fn mixers(&self) -> impl Iterator<Item = (&str, &Scene)> {
        self.mixers
            .iter()
            .map(|(mixer, scene)| (mixer.as_str(), scene))
    }

    /// What it has of a mixer, such as "mixer 0".
    #[must_use]
    pub fn mixer(&self, name: &str) -> Option<&Scene> {
        self.mixers()
            .find(|(mixer, _)| *mixer == name)
            .map(|(_, scene)| scene)
    }

    /// A scene of some of its values: see [`Scene::only`].
    #[must_use]
    pub fn only(&self, parts: SceneParts) -> Self {
        let chosen = self
            .mixers()
            .map(|(mixer, scene)| (mixer, scene.only(parts)));
        Self::new(chosen).with_groups(self.groups.iter().map(|it| it.only(parts)))
    }

    /// A scene of some of its mixers, by name, without groups. Names that it does not have are
    /// ignored.
    #[must_use]
    pub fn only_mixers<S: AsRef<str>>(&self, mixers: impl IntoIterator<Item = S>) -> Self {
        let wanted: Vec<S> = mixers.into_iter().collect();
        let chosen = self
            .mixers()
            .filter(|(mixer, _)| wanted.iter().any(|name| name.as_ref() == *mixer));
        Self::new(chosen.map(|(mixer, scene)| (mixer, scene.clone())))
    }

    /// A scene of some buses, each of a mixer given by name, without what concerns whole mixers and
    /// without groups.
    pub(crate) fn only_places(&self, places: &BTreeSet<(String, u32)>) -> Self {
        let chosen = self.mixers().filter_map(|(mixer, scene)| {
            let numbers = places
                .iter()
                .filter(|(name, _)| name == mixer)
                .map(|(_, bus)| *bus);
            let scene = scene.only_buses(numbers);
            (!scene.buses().is_empty()).then_some((mixer, scene))
        });
        Self::new(chosen)
    }
}
