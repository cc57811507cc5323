//! Scenes of a whole engine. Pure Rust, no ffi.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::desk::configure::Part;
use crate::desk::fade::Curve;
use crate::desk::faders::Which;
use crate::desk::group_config::GroupConfig;
use crate::desk::node::{DeskNode, Kind};
use crate::desk::scene::{BusConfig, Scene};
use crate::desk::scene_parts::SceneParts;
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::sync::in_render;

/// All mixers of an engine at one moment, see [`Engine::snapshot`](crate::Engine::snapshot): the
/// strips and the output volume of each, and the faders and mutes of groups. Which strips are soloed is part of it only on request.
///
/// A mixer goes by its name, "mixer 0", which is the one that [`NodeId`](crate::NodeId) prints. An
/// engine numbers its nodes in the order of their creation, so that a program that builds its graph
/// in the same order in every run can recall what an earlier run has stored. A scene that names a
/// mixer which the engine does not have is refused as a whole.
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

    /// A scene of some of its mixers, by name, without groups. Names that it does not have are ignored.
    #[must_use]
    pub fn only_mixers<S: AsRef<str>>(&self, mixers: impl IntoIterator<Item = S>) -> Self {
        let wanted: Vec<S> = mixers.into_iter().collect();
        let chosen = self
            .mixers()
            .filter(|(mixer, _)| wanted.iter().any(|name| name.as_ref() == *mixer));
        Self::new(chosen.map(|(mixer, scene)| (mixer, scene.clone())))
    }

    /// A scene of some buses, each of a mixer given by name, without output volumes and
    /// groups.
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

impl<N: DeskNode> Desk<N> {
    /// All attached mixers at this moment; none where the thread must not wait.
    pub(crate) fn snapshot_engine(&self, with_solo: bool) -> EngineScene {
        let Ok(graph) = self.read() else {
            return EngineScene::default();
        };
        let nodes: Vec<_> = graph.nodes().filter(|it| it.kind == Kind::Mixer).collect();
        let now = self.now();
        // In the order in which all lock several strips.
        let strips: Vec<_> = nodes.iter().map(|node| node.strips.all()).collect();
        let locked: Vec<_> = nodes
            .iter()
            .zip(&strips)
            .map(|(node, strips)| {
                let buses = strips.iter().map(|(bus, strip)| (bus, strip, strip.lock()));
                let buses: Vec<_> = buses.collect();
                (node, buses, node.output.get().map(|it| it.lock()))
            })
            .collect();
        let faders = graph.groups.listed(|_| true);
        let groups = faders
            .iter()
            .map(|(number, strip)| (*number, strip, strip.lock()));
        let groups: Vec<_> = groups.collect();
        let mut mixers: Vec<_> = locked
            .iter()
            .map(|(node, buses, output)| {
                let buses = buses
                    .iter()
                    .map(|(bus, strip, state)| BusConfig::of(*bus, strip, state, now, with_solo));
                let volume = output
                    .as_ref()
                    .map_or(1.0, |it| it.value_at(Which::Volume, now));
                let scene = Scene::new(buses.collect()).with_output_volume(volume);
                (node.number(), (node.name(), scene))
            })
            .collect();
        mixers.sort_by_key(|(number, _)| *number);
        let groups = groups.iter().map(|(number, strip, state)| {
            GroupConfig::of_strip(BusConfig::of(*number, strip, state, now, with_solo))
        });
        EngineScene {
            groups: groups.collect(),
            mixers: mixers.into_iter().map(|(_, named)| named).collect(),
        }
    }

    /// Recalls a scene, all of it or nothing; see [`recall`](Self::recall). In a batch where it has
    /// solos of groups, so that they are heard with the rest.
    pub(crate) fn recall_engine(
        &self,
        scene: &EngineScene,
        over: Option<(u64, Curve)>,
    ) -> Result<()> {
        in_render::refuse()?;
        let mixers: HashMap<String, Arc<N>> = {
            let graph = self.read()?;
            let mixers = graph.nodes().filter(|it| it.kind == Kind::Mixer);
            mixers.map(|it| (it.name(), Arc::clone(it))).collect()
        };
        let mut named = BTreeSet::new();
        let mut parts = Vec::with_capacity(scene.mixers.len());
        for (name, scene) in &scene.mixers {
            let mixer = mixers.get(name).ok_or_else(|| {
                Error::NotAttached(format!("the scene's \"{name}\" is no mixer of this engine"))
            })?;
            if !named.insert(name) {
                let reason = format!("\"{name}\" is listed twice");
                return Err(Error::InvalidArgument(reason));
            }
            parts.push(Part::new(mixer, scene));
        }
        self.with_group_solos(&scene.groups, || self.recall(&parts, &scene.groups, over))
    }

    /// Solos groups, or ends that; takes it back when `recall` fails.
    fn with_group_solos(
        &self,
        groups: &[GroupConfig],
        recall: impl FnOnce() -> Result<()>,
    ) -> Result<()> {
        let mut turned = Vec::new();
        let known = if groups.is_empty() {
            Vec::new()
        } else {
            self.groups()?
        };
        for (number, strip) in known {
            let config = groups.iter().find(|it| it.group == number);
            let was = strip.faders().soloed;
            if let Some(soloed) = config.and_then(|it| it.soloed).filter(|it| *it != was) {
                turned.push((number, soloed));
            }
        }
        if turned.is_empty() {
            return recall();
        }
        let set = |turned: &[(u32, bool)], back: bool| {
            let mut all = turned.iter();
            all.try_for_each(|(number, soloed)| self.set_group_soloed(*number, *soloed != back))
        };
        let recalled = set(&turned, false).and_then(|()| recall());
        if recalled.is_err() {
            let _ = set(&turned, true);
        }
        recalled
    }
}
