//! Recalling scenes, of mixers and engines: all of a scene or nothing.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::desk::backend::Backend;
use crate::desk::configure::Wanted;
use crate::desk::engine_scene::EngineScene;
use crate::desk::fade::Curve;
use crate::desk::faders::Over;
use crate::desk::graph::Graph;
use crate::desk::group_config::GroupConfig;
use crate::desk::node::{Connection, DeskNode};
use crate::desk::pan_law::PanLaw;
use crate::desk::ranges::check_volume;
use crate::desk::routing::{Endpoint, GROUPS, OUTPUT};
use crate::desk::scene::{BusConfig, Scene};
use crate::desk::strips::StripRef;
use crate::desk::structure::{find_mixer, mixers_by_name, unknown_group, Structure};
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::sync::in_render;

/// What is to change on a mixer.
pub(crate) struct Part<'a, N> {
    mixer: &'a Arc<N>,
    buses: &'a [BusConfig],
    output_volume: Option<f32>,
    pan_law: Option<PanLaw>,
}

impl<'a, N> Part<'a, N> {
    pub(crate) fn new(mixer: &'a Arc<N>, scene: &'a Scene) -> Self {
        Self {
            mixer,
            buses: scene.buses(),
            output_volume: scene.output_volume(),
            pan_law: scene.pan_law(),
        }
    }

    /// Whether it may change more than values of single strips.
    fn edits(&self) -> bool {
        let mut buses = self.buses.iter();
        self.pan_law.is_some()
            || buses.any(|it| it.soloed.or(it.solo_safe).is_some() || it.send_tap.is_some())
    }

    /// `buses`: how many a mixer can have.
    fn check(&self, buses: u32) -> Result<()> {
        let mut numbers = Vec::with_capacity(self.buses.len());
        for config in self.buses {
            config.check(buses)?;
            numbers.push(config.bus);
        }
        numbers.sort_unstable();
        if let Some(twice) = numbers.windows(2).find(|pair| pair[0] == pair[1]) {
            let reason = format!("bus {} is listed twice", twice[0]);
            return Err(Error::InvalidArgument(reason));
        }
        self.output_volume.map_or(Ok(()), check_volume)
    }
}

/// A strip that is none of a mixer's input buses, and what is to change there.
type Other<N> = (StripRef<Connection<N>>, BusConfig);

impl<N: DeskNode> Desk<N> {
    /// Changes strips of an attached mixer: all of them, or none when anything is refused.
    pub(crate) fn configure(&self, mixer: &Arc<N>, buses: &[BusConfig]) -> Result<()> {
        let part = Part {
            mixer,
            buses,
            output_volume: None,
            pan_law: None,
        };
        self.recall(&[part], &[], None)
    }

    /// Recalls a scene; see [`recall`](Self::recall).
    pub(crate) fn recall_engine(
        &self,
        scene: &EngineScene,
        over: Option<(u64, Curve)>,
    ) -> Result<()> {
        in_render::refuse()?;
        let mixers = mixers_by_name(&*self.read()?);
        let mut named = BTreeSet::new();
        let mut parts = Vec::new();
        for (name, scene) in scene.mixers() {
            let mixer = find_mixer(&mixers, name)?;
            if !named.insert(name) {
                let reason = format!("\"{name}\" is listed twice");
                return Err(Error::InvalidArgument(reason));
            }
            parts.push(Part::new(mixer, scene));
        }
        self.recall(&parts, scene.groups(), over)
    }

    /// Changes attached mixers, each named once, and groups: all of it, or nothing when anything is
    /// refused. `over` is a fade's length and curve, for volumes and pans; the caller sees to it that
    /// fades are polled.
    pub(crate) fn recall(
        &self,
        parts: &[Part<'_, N>],
        groups: &[GroupConfig],
        over: Option<(u64, Curve)>,
    ) -> Result<()> {
        for part in parts {
            part.check(N::Backend::MAX_BUSES)?;
        }
        let outputs = parts.iter().map(|part| self.recalled_output(part));
        let outputs = outputs.collect::<Result<Vec<_>>>()?;
        let faders = self.recalled_groups(groups)?;
        let _ends = self.reporting_ends();
        let now = self.catch_up()?;
        let over = over.map(|(frames, curve)| Over { frames, curve, now });
        if !parts.iter().any(Part::edits) && !groups.iter().any(GroupConfig::edits) {
            let graph = self.read()?;
            let wanted = wanted(parts, &outputs, &faders)?;
            let strips = wanted
                .iter()
                .map(|(place, strip, config)| (*place, *strip, Some(*config)));
            self.change(&graph, strips, over, now)?;
            set_labels::<N>(&wanted);
            return Ok(());
        }
        let mut graph = self.edit()?;
        let structure = self.recalled_structure(&mut graph, parts, groups)?;
        let wanted = wanted(parts, &outputs, &faders)?;
        if structure.is_empty() {
            self.change_solo(&mut graph, &wanted, over, now)?;
        } else {
            self.backend().batch(|| {
                let before = self.restructure(&mut graph, &structure)?;
                let changed = self.change_solo(&mut graph, &wanted, over, now);
                changed.inspect_err(|_| self.restore_structure(&mut graph, &before))
            })?;
        }
        set_labels::<N>(&wanted);
        Ok(())
    }

    /// The strip of a mixer's output volume, and what is to change there.
    fn recalled_output(&self, part: &Part<'_, N>) -> Result<Option<Other<N>>> {
        let Some(volume) = part.output_volume else {
            return Ok(None);
        };
        let config = BusConfig {
            volume: Some(volume),
            ..BusConfig::new(OUTPUT)
        };
        Ok(Some((self.output(part.mixer)?.clone(), config)))
    }

    /// The strips of groups in a scene, and what is to change there.
    fn recalled_groups(&self, groups: &[GroupConfig]) -> Result<Vec<Other<N>>> {
        if groups.is_empty() {
            return Ok(Vec::new());
        }
        let graph = self.read()?;
        let mut found: Vec<Other<N>> = Vec::with_capacity(groups.len());
        let mut numbers = BTreeSet::new();
        for config in groups {
            let number = config.group;
            config.volume.map_or(Ok(()), check_volume)?;
            if !numbers.insert(number) {
                let reason = format!("group {number} is listed twice");
                return Err(Error::InvalidArgument(reason));
            }
            let group = graph.groups.master(number);
            let (_, strip) = group.ok_or_else(|| unknown_group(number))?;
            found.push((strip.clone(), config.strip()));
        }
        Ok(found)
    }

    /// What is to change besides the values of strips.
    fn recalled_structure(
        &self,
        graph: &mut Graph<N>,
        parts: &[Part<'_, N>],
        groups: &[GroupConfig],
    ) -> Result<Structure<N>> {
        let mut structure = Structure::default();
        for part in parts {
            part.mixer.slot()?;
            structure.add_law(part.mixer, part.pan_law);
            structure.add_taps(graph, part.mixer, part.buses);
        }
        structure.add_groups(graph, groups, N::Backend::MAX_BUSES)?;
        Ok(structure)
    }
}

/// All strips that are to change, in ascending order.
fn wanted<'a, N: DeskNode>(
    parts: &'a [Part<'_, N>],
    outputs: &'a [Option<Other<N>>],
    groups: &'a [Other<N>],
) -> Result<Vec<Wanted<'a, N>>> {
    let count: usize = parts.iter().map(|part| part.buses.len() + 1).sum();
    let mut wanted: Vec<Wanted<'a, N>> = Vec::with_capacity(count + groups.len());
    for (part, output) in parts.iter().zip(outputs) {
        let node = part.mixer.slot()?;
        for config in part.buses {
            let bus = config.bus;
            let strip = part.mixer.strips.get_or_create(bus);
            wanted.push((Endpoint { node, bus }, strip, config));
        }
        if let Some((strip, config)) = output {
            wanted.push((Endpoint::output_of(node), strip, config));
        }
    }
    for (strip, config) in groups {
        let place = Endpoint {
            node: GROUPS,
            bus: config.bus,
        };
        wanted.push((place, strip, config));
    }
    wanted.sort_unstable_by_key(|(place, ..)| *place);
    Ok(wanted)
}

fn set_labels<N: DeskNode>(wanted: &[Wanted<'_, N>]) {
    for (_, strip, config) in wanted {
        if let Some(label) = &config.label {
            strip.set_label(label);
        }
    }
}
