//! Mixers and engines as they are at one moment.

use crate::desk::engine_scene::EngineScene;
use crate::desk::faders::Which;
use crate::desk::graph::Graph;
use crate::desk::group_config::GroupConfig;
use crate::desk::node::{DeskNode, Kind};
use crate::desk::scene::{BusConfig, Scene};
use crate::desk::tied::StripId;
use crate::desk::Desk;

impl<N: DeskNode> Desk<N> {
    /// The mixer at this moment; nothing of it where the thread must not wait. Without its strips'
    /// solos unless `with_solo`.
    pub(crate) fn snapshot(&self, mixer: &N, with_solo: bool) -> Scene {
        let Ok(graph) = self.read() else {
            return Scene::default();
        };
        let now = self.now();
        let strips = mixer.strips.all();
        let locked: Vec<_> = strips
            .iter()
            .map(|(bus, strip)| (bus, strip, strip.lock()))
            .collect();
        let output = mixer.output.get().map(|strip| strip.lock());
        let buses = locked
            .iter()
            .map(|(bus, strip, state)| BusConfig::of(*bus, strip, state, now, with_solo));
        let volume = output.map_or(1.0, |state| state.value_at(Which::Volume, now));
        graph.scene(mixer, buses, volume)
    }

    /// All attached mixers and all groups at this moment; none where the thread must not wait.
    pub(crate) fn snapshot_engine(&self, with_solo: bool) -> EngineScene {
        let Ok(graph) = self.read() else {
            return EngineScene::default();
        };
        let nodes: Vec<_> = graph
            .shown_nodes()
            .filter(|it| it.kind == Kind::Mixer)
            .collect();
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
                (
                    node.number(),
                    (node.name(), graph.scene(node, buses, volume)),
                )
            })
            .collect();
        mixers.sort_by_key(|(number, _)| *number);
        let groups = groups.iter().map(|(number, strip, state)| {
            let strip = BusConfig::of(*number, strip, state, now, with_solo);
            graph.group_config(GroupConfig::of_strip(strip))
        });
        let groups: Vec<_> = groups.collect();
        EngineScene::new(mixers.into_iter().map(|(_, named)| named)).with_groups(groups)
    }
}

impl<N: DeskNode> Graph<N> {
    /// A mixer with these strips and this output volume, the taps of its sends and its pan law.
    fn scene(
        &self,
        mixer: &N,
        buses: impl Iterator<Item = BusConfig>,
        output_volume: f32,
    ) -> Scene {
        let sends = &self.sends.all;
        let buses = buses.map(|bus| {
            let strip = StripId::of(mixer, bus.bus).filter(|_| !sends.is_empty());
            BusConfig {
                send_tap: strip.and_then(|it| sends.get(&it)).map(|send| send.tap),
                ..bus
            }
        });
        Scene::new(buses.collect())
            .with_output_volume(output_volume)
            .with_pan_law(mixer.pan_law.get())
    }

    /// A group with what is in it: attached mixers' buses, and groups.
    fn group_config(&self, config: GroupConfig) -> GroupConfig {
        let Ok(group) = self.groups.get(config.group) else {
            return config;
        };
        let attached = group.members.iter().filter_map(|strip| {
            let (mixer, bus) = self.tied.get(*strip)?;
            mixer.slot().ok()?;
            Some((mixer.name(), bus))
        });
        GroupConfig {
            members: Some(attached.collect()),
            inner_groups: Some(group.inner.iter().copied().collect()),
            ..config
        }
    }
}
