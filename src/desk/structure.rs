//! What a recall changes besides the values of strips: taps of sends, groups, pan laws.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::desk::graph::Graph;
use crate::desk::group_config::GroupConfig;
use crate::desk::groups::Inside;
use crate::desk::node::{DeskNode, Kind};
use crate::desk::pan_law::PanLaw;
use crate::desk::ranges::check_bus;
use crate::desk::scene::BusConfig;
use crate::desk::sends::{Send, SendTap};
use crate::desk::tied::{Mixer, StripId};
use crate::desk::Desk;
use crate::error::{Error, Result};

/// As some of it is to be, or was.
#[derive(Debug)]
pub(crate) struct Structure<N> {
    laws: Vec<(Arc<N>, PanLaw)>,
    taps: Vec<(StripId, SendTap)>,
    groups: Vec<(u32, Inside)>,
}

// Not derived: that would require a default node.
impl<N> Default for Structure<N> {
    fn default() -> Self {
        Self {
            laws: Vec::new(),
            taps: Vec::new(),
            groups: Vec::new(),
        }
    }
}

impl<N: DeskNode> Structure<N> {
    pub(crate) fn is_empty(&self) -> bool {
        self.laws.is_empty() && self.taps.is_empty() && self.groups.is_empty()
    }

    /// Adds a mixer's pan law, if it is to change.
    pub(crate) fn add_law(&mut self, mixer: &Arc<N>, law: Option<PanLaw>) {
        let law = law.filter(|law| *law != mixer.pan_law.get());
        self.laws.extend(law.map(|law| (Arc::clone(mixer), law)));
    }

    /// Adds the taps of those buses that are sends, if they are to change.
    pub(crate) fn add_taps(&mut self, graph: &Graph<N>, mixer: &N, buses: &[BusConfig]) {
        for config in buses {
            let Some(tap) = config.send_tap else {
                continue;
            };
            let strip = StripId::of(mixer, config.bus);
            let send = strip.and_then(|it| Some((it, graph.sends.all.get(&it)?)));
            let send = send.filter(|(_, send)| send.tap != tap);
            self.taps.extend(send.map(|(strip, _)| (strip, tap)));
        }
    }

    /// Adds what is in groups that there are, and their solos, if any of it is to change. `buses`:
    /// how many input buses a mixer can have.
    pub(crate) fn add_groups(
        &mut self,
        graph: &mut Graph<N>,
        configs: &[GroupConfig],
        buses: u32,
    ) -> Result<()> {
        let members = members(graph, configs, buses)?;
        check_nesting(graph, configs)?;
        for (config, members) in configs.iter().zip(members) {
            let before = graph.groups.inside(config.group)?;
            let mut after = before.clone();
            if let Some(members) = members {
                let detached = before.members.iter().copied();
                after.members = detached
                    .filter(|it| graph.tied.place(*it).is_none())
                    .collect();
                for mixer in &members {
                    after.members.insert(graph.tied.register(mixer)?);
                }
            }
            if let Some(inner) = &config.inner_groups {
                after.inner = inner.iter().copied().collect();
            }
            after.soloed = config.soloed.unwrap_or(before.soloed);
            if after != before {
                self.groups.push((config.group, after));
            }
        }
        Ok(())
    }

    /// The same as it is now.
    fn now(&self, graph: &Graph<N>) -> Result<Self> {
        let laws = self.laws.iter();
        let tap = |(strip, _): &(StripId, SendTap)| {
            let send = graph.sends.all.get(strip)?;
            Some((*strip, send.tap))
        };
        let groups = self.groups.iter();
        let groups = groups.map(|(number, _)| Ok((*number, graph.groups.inside(*number)?)));
        Ok(Self {
            laws: laws
                .map(|(mixer, _)| (Arc::clone(mixer), mixer.pan_law.get()))
                .collect(),
            taps: self.taps.iter().filter_map(tap).collect(),
            groups: groups.collect::<Result<_>>()?,
        })
    }
}

/// The members that each of these groups is to have, where that is said.
fn members<N: DeskNode>(
    graph: &Graph<N>,
    configs: &[GroupConfig],
    buses: u32,
) -> Result<Vec<Option<Vec<Mixer<N>>>>> {
    if configs.iter().all(|config| config.members.is_none()) {
        return Ok(vec![None; configs.len()]);
    }
    let mixers = mixers_by_name(graph);
    let found = configs.iter().map(|config| {
        let Some(members) = &config.members else {
            return Ok(None);
        };
        let mut listed = BTreeSet::new();
        let members = members.iter().map(|(name, bus)| {
            let mixer = find_mixer(&mixers, name)?;
            check_bus(*bus, buses)?;
            if !listed.insert((name, bus)) {
                let number = config.group;
                return Err(Error::InvalidArgument(format!(
                    "bus {bus} of {name} is listed twice in group {number}"
                )));
            }
            Ok((Arc::clone(mixer), *bus))
        });
        members.collect::<Result<Vec<_>>>().map(Some)
    });
    found.collect()
}

/// Refuses groups that there are not, and circles.
fn check_nesting<N: DeskNode>(graph: &Graph<N>, configs: &[GroupConfig]) -> Result<()> {
    let groups = &graph.groups;
    let mut changed = Vec::new();
    for config in configs {
        let Some(listed) = &config.inner_groups else {
            continue;
        };
        let mut inner = BTreeSet::new();
        for number in listed {
            if !groups.all.contains_key(number) {
                return Err(unknown_group(*number));
            }
            if !inner.insert(*number) {
                let outer = config.group;
                return Err(Error::InvalidArgument(format!(
                    "group {number} is listed twice in group {outer}"
                )));
            }
        }
        if inner != groups.get(config.group)?.inner {
            changed.push((config.group, inner));
        }
    }
    if changed.is_empty() {
        return Ok(());
    }
    let all = groups.all.iter();
    let mut nested: BTreeMap<u32, &BTreeSet<u32>> =
        all.map(|(number, group)| (*number, &group.inner)).collect();
    nested.extend(changed.iter().map(|(number, inner)| (*number, inner)));
    // There was no circle before: one has to have a changed link.
    for (outer, inner) in &changed {
        for inner in inner {
            if reaches(&nested, *inner, *outer) {
                return Err(groups.circle(*outer, *inner));
            }
        }
    }
    Ok(())
}

fn reaches(nested: &BTreeMap<u32, &BTreeSet<u32>>, from: u32, to: u32) -> bool {
    let (mut open, mut reached) = (vec![from], BTreeSet::new());
    while let Some(number) = open.pop() {
        if reached.insert(number) {
            open.extend(nested.get(&number).copied().into_iter().flatten());
        }
    }
    reached.contains(&to)
}

pub(crate) fn unknown_group(number: u32) -> Error {
    Error::NotAttached(format!("this engine has no group {number}"))
}

/// The attached mixers, as scenes name them.
pub(crate) fn mixers_by_name<N: DeskNode>(graph: &Graph<N>) -> HashMap<String, Arc<N>> {
    let mixers = graph.shown_nodes().filter(|it| it.kind == Kind::Mixer);
    mixers.map(|it| (it.name(), Arc::clone(it))).collect()
}

pub(crate) fn find_mixer<'a, N>(
    mixers: &'a HashMap<String, Arc<N>>,
    name: &str,
) -> Result<&'a Arc<N>> {
    mixers.get(name).ok_or_else(|| {
        Error::NotAttached(format!("the scene's \"{name}\" is no mixer of this engine"))
    })
}

impl<N: DeskNode> Desk<N> {
    /// Changes it, and returns it as it was; or changes nothing. The caller has opened a batch, and
    /// sends what solo makes of it.
    pub(crate) fn restructure(
        &self,
        graph: &mut Graph<N>,
        wanted: &Structure<N>,
    ) -> Result<Structure<N>> {
        let before = wanted.now(graph)?;
        let changed = self.set_structure(graph, wanted);
        if changed.is_err() {
            self.restore_structure(graph, &before);
        }
        changed.map(|()| before)
    }

    /// After a change that was taken back: as it was before, and so is the engine as far as it
    /// agrees.
    pub(crate) fn restore_structure(&self, graph: &mut Graph<N>, before: &Structure<N>) {
        let set = self.set_structure(graph, before);
        let _ = set.and(graph.send_solo(&self.driver));
    }

    /// All of it, whatever the engine refuses; returns the first failure.
    fn set_structure(&self, graph: &mut Graph<N>, wanted: &Structure<N>) -> Result<()> {
        let mut set = Ok(());
        for (mixer, law) in &wanted.laws {
            set = set.and(self.switch_pan_law(graph, mixer, *law));
        }
        for (strip, tap) in &wanted.taps {
            let send = graph.sends.all.get(strip).copied();
            if let Some(send) = send.filter(|send| send.tap != *tap) {
                let send = Some(Send { tap: *tap, ..send });
                set = set.and(graph.set_send(&self.driver, *strip, send));
            }
        }
        let mut touched = BTreeSet::new();
        for (number, _) in &wanted.groups {
            touched.extend(graph.groups.members(*number));
        }
        for (number, inside) in &wanted.groups {
            graph.groups.set_inside(*number, inside);
        }
        for (number, _) in &wanted.groups {
            touched.extend(graph.groups.members(*number));
        }
        set = set.and(graph.retie(&self.driver, &touched));
        graph.refresh_solo(&touched);
        set
    }
}
