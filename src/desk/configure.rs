//! Many strips of a mixer at once, and solo, which concerns the whole engine.

use std::sync::Arc;

use crate::desk::audibility::{Change, Target};
use crate::desk::backend::Backend;
use crate::desk::fade::Curve;
use crate::desk::faders::{Over, Which};
use crate::desk::graph::Graph;
use crate::desk::group_config::GroupConfig;
use crate::desk::node::{Connection, DeskNode};
use crate::desk::pending::Pending;
use crate::desk::ranges::check_volume;
use crate::desk::routing::{Endpoint, GROUPS, OUTPUT};
use crate::desk::scene::{BusConfig, Scene};
use crate::desk::strip::Strip;
use crate::desk::strips::StripRef;
use crate::desk::Desk;
use crate::error::{Error, Result};
use crate::sync::in_render;

/// A strip of some bus, and what is to change there.
type Wanted<'a, N> = (Endpoint, &'a Strip<Connection<N>>, &'a BusConfig);

/// What is to change on a mixer.
pub(crate) struct Part<'a, N> {
    pub(crate) mixer: &'a Arc<N>,
    pub(crate) buses: &'a [BusConfig],
    pub(crate) output_volume: Option<f32>,
}

impl<'a, N> Part<'a, N> {
    pub(crate) fn new(mixer: &'a Arc<N>, scene: &'a Scene) -> Self {
        Self {
            mixer,
            buses: scene.buses(),
            output_volume: scene.output_volume(),
        }
    }
}

/// A group's strip, and what is to change there.
type RecalledGroup<N> = (StripRef<Connection<N>>, BusConfig);

impl<N: DeskNode> Desk<N> {
    /// Changes strips of an attached mixer: all of them, or none when anything is refused.
    pub(crate) fn configure(&self, mixer: &Arc<N>, buses: &[BusConfig]) -> Result<()> {
        let part = Part {
            mixer,
            buses,
            output_volume: None,
        };
        self.recall(&[part], &[], None)
    }

    /// Changes strips and output volumes of attached mixers, each named once: all of them, or none
    /// when anything is refused. `over` is a fade's length and curve, for volumes and pans; the
    /// caller sees to it that fades are polled.
    pub(crate) fn recall(
        &self,
        parts: &[Part<'_, N>],
        groups: &[GroupConfig],
        over: Option<(u64, Curve)>,
    ) -> Result<()> {
        for part in parts {
            check(part, N::Backend::MAX_BUSES)?;
        }
        let mut outputs = Vec::with_capacity(parts.len());
        for part in parts {
            outputs.push(match part.output_volume {
                Some(volume) => {
                    let config = BusConfig {
                        volume: Some(volume),
                        ..BusConfig::new(OUTPUT)
                    };
                    Some((self.output(part.mixer)?, config))
                }
                None => None,
            });
        }
        let groups = self.recalled_groups(groups)?;
        let wanted = || {
            let count = parts.iter().map(|part| part.buses.len() + 1).sum();
            let mut wanted: Vec<Wanted<'_, N>> = Vec::with_capacity(count);
            for (part, output) in parts.iter().zip(&outputs) {
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
            for (strip, config) in &groups {
                let place = Endpoint {
                    node: GROUPS,
                    bus: config.bus,
                };
                wanted.push((place, strip, config));
            }
            wanted.sort_unstable_by_key(|(place, ..)| *place);
            Ok::<_, Error>(wanted)
        };
        let _ends = self.reporting_ends();
        let now = self.catch_up()?;
        let over = over.map(|(frames, curve)| Over { frames, curve, now });
        let mut configs = parts.iter().flat_map(|part| part.buses);
        if configs.any(|it| it.soloed.is_some() || it.solo_safe.is_some()) {
            let mut graph = self.edit()?;
            let wanted = wanted()?;
            self.change_solo(&mut graph, &wanted, over, now)?;
            set_labels(&wanted);
        } else {
            let graph = self.read()?;
            let wanted = wanted()?;
            let strips = wanted
                .iter()
                .map(|(place, strip, config)| (*place, *strip, Some(*config)));
            self.change(&graph, strips, over, now)?;
            set_labels(&wanted);
        }
        Ok(())
    }

    /// The strips of groups in a scene, and what is to change there.
    fn recalled_groups(&self, groups: &[GroupConfig]) -> Result<Vec<RecalledGroup<N>>> {
        if groups.is_empty() {
            return Ok(Vec::new());
        }
        let graph = self.read()?;
        let mut found: Vec<RecalledGroup<N>> = Vec::with_capacity(groups.len());
        for config in groups {
            let number = config.group;
            config.volume.map_or(Ok(()), check_volume)?;
            if found.iter().any(|(_, other)| other.bus == number) {
                let reason = format!("group {number} is listed twice");
                return Err(Error::InvalidArgument(reason));
            }
            let (_, strip) = graph
                .groups
                .master(number)
                .ok_or_else(|| Error::NotAttached(format!("this engine has no group {number}")))?;
            found.push((strip.clone(), config.strip()));
        }
        Ok(found)
    }

    /// Ends all solos, of groups too.
    pub(crate) fn clear_solo(&self) -> Result<()> {
        let mut graph = self.edit()?;
        let groups = graph.groups.soloed();
        let set_groups = |soloed| {
            for fader in &groups {
                fader.lock().faders.soloed = soloed;
            }
        };
        set_groups(false);
        let places: Vec<_> = graph.solo.soloed().collect();
        let known = places
            .iter()
            .filter_map(|place| Some((*place, Arc::clone(graph.node(place.node)?))));
        let mixers: Vec<_> = known.collect();
        let none = BusConfig {
            soloed: Some(false),
            ..BusConfig::default()
        };
        let wanted: Vec<_> = mixers
            .iter()
            .filter_map(|(place, mixer)| Some((*place, mixer.strips.get(place.bus)?, &none)))
            .collect();
        let now = self.now();
        self.change_solo(&mut graph, &wanted, None, now)
            .inspect_err(|_| set_groups(true))
    }

    /// The mixer at this moment; nothing of it where the thread must not wait. Without its strips'
    /// solos unless `with_solo`.
    pub(crate) fn snapshot(&self, mixer: &N, with_solo: bool) -> Scene {
        if in_render::inside() {
            return Scene::default();
        }
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
        Scene::new(buses.collect()).with_output_volume(volume)
    }

    /// Changes strips, given in ascending order, and whatever their solos change elsewhere: passed
    /// to the engine in one batch, and all taken back when it refuses.
    fn change_solo(
        &self,
        graph: &mut Graph<N>,
        wanted: &[Wanted<'_, N>],
        over: Option<Over>,
        now: i64,
    ) -> Result<()> {
        let mut turned = Vec::new();
        for (place, _, config) in wanted {
            let Some(own) = config.soloed else {
                continue;
            };
            let was = graph.solo.is_soloed(*place);
            let mixer = graph.node(place.node);
            let by_group = mixer.is_some_and(|it| graph.is_soloed_by_group(it, place.bus));
            if (own || by_group) != was {
                graph.solo.set(&graph.routing, *place, !was);
                turned.push((*place, was));
            }
        }
        let affected = graph.affected_strips();
        let changed = self.change_affected(graph, wanted, &affected, over, now);
        if changed.is_err() {
            for (place, soloed) in turned {
                graph.solo.set(&graph.routing, place, soloed);
            }
            // Strips that were made meanwhile.
            let sent = graph.send_solo(&self.driver);
            debug_assert!(sent.is_ok(), "nothing is heard differently");
        }
        changed
    }

    pub(crate) fn change_affected(
        &self,
        graph: &Graph<N>,
        wanted: &[Wanted<'_, N>],
        affected: &[Endpoint],
        over: Option<Over>,
        now: i64,
    ) -> Result<()> {
        let mut all: Vec<Target<'_, N>> = Vec::with_capacity(wanted.len() + affected.len());
        let mut named = wanted
            .iter()
            .map(|(place, strip, config)| (*place, *strip, Some(*config)))
            .peekable();
        for place in affected {
            while let Some(named) = named.next_if(|named| named.0 <= *place) {
                all.push(named);
            }
            if all.last().is_none_or(|last| last.0 != *place) {
                all.extend(graph.strip(*place).map(|strip| (*place, strip, None)));
            }
        }
        all.extend(named);
        self.change(graph, all.into_iter(), over, now)
    }

    /// Changes strips, given in ascending order.
    fn change<'a>(
        &self,
        graph: &'a Graph<N>,
        strips: impl ExactSizeIterator<Item = Target<'a, N>>,
        over: Option<Over>,
        now: i64,
    ) -> Result<()> {
        self.graph.visit(strips.len());
        let silences = |place, solo_safe| graph.solo_silences(place, solo_safe);
        let change: Change<'_, N> = Change::new(strips, silences, over);
        change.send(&self.driver, now)?;
        change.commit(&self.driver, now, |place, which, fade| {
            Some(Pending {
                strip: graph.strip_ref(place)?,
                which,
                fade,
                ended: Box::new(|_| {}),
            })
        });
        Ok(())
    }
}

fn check<N>(part: &Part<'_, N>, buses: u32) -> Result<()> {
    let mut numbers = Vec::with_capacity(part.buses.len());
    for config in part.buses {
        config.check(buses)?;
        numbers.push(config.bus);
    }
    numbers.sort_unstable();
    if let Some(twice) = numbers.windows(2).find(|pair| pair[0] == pair[1]) {
        let reason = format!("bus {} is listed twice", twice[0]);
        return Err(Error::InvalidArgument(reason));
    }
    part.output_volume.map_or(Ok(()), check_volume)
}

fn set_labels<C>(wanted: &[(Endpoint, &Strip<C>, &BusConfig)]) {
    for (_, strip, config) in wanted {
        if let Some(label) = &config.label {
            strip.set_label(label);
        }
    }
}
