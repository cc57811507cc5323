//! Groups as the desk's callers change them: all of a change is heard from one block on, or it is
//! taken back.

use std::collections::BTreeSet;

use crate::desk::backend::Backend;
use crate::desk::graph::Graph;
use crate::desk::groups::{Group, Groups};
use crate::desk::node::{Connection, DeskNode};
use crate::desk::routing::{Endpoint, GROUPS};
use crate::desk::strip::Feed;
use crate::desk::strips::StripRef;
use crate::desk::tied::{Mixer, StripId};
use crate::desk::Desk;
use crate::error::Result;

impl<N: DeskNode> Desk<N> {
    /// Returns the group's number, and its fader's strip.
    pub(crate) fn create_group(&self, name: &str) -> Result<(u32, StripRef<Connection<N>>)> {
        let mut graph = self.edit()?;
        let master = self.backend().create_master()?;
        let groups = &mut graph.groups;
        let number = groups.next;
        groups.next += 1;
        let fader = StripRef::alone();
        fader.set_label(name);
        let place = Endpoint {
            node: GROUPS,
            bus: number,
        };
        fader.set_feed(place, Feed::Source(master.clone()));
        let group = Group {
            master,
            fader: fader.clone(),
            members: BTreeSet::new(),
            inner: BTreeSet::new(),
            outer: BTreeSet::new(),
        };
        groups.all.insert(number, group);
        Ok((number, fader))
    }

    /// Ends a group: its members are as if they had never been in it. Its fades stop.
    pub(crate) fn remove_group(&self, number: u32) -> Result<()> {
        let _ends = self.reporting_ends();
        let mut graph = self.edit()?;
        graph.groups.get(number)?;
        let touched = graph.groups.members(number);
        let Some(group) = graph.groups.all.remove(&number) else {
            return Ok(());
        };
        for strip in &group.members {
            graph.groups.take(number, *strip);
        }
        for outer in &group.outer {
            graph.groups.nest(*outer, number, false);
        }
        for inner in &group.inner {
            graph.groups.nest(number, *inner, false);
        }
        let changed = self.groups_changed(&mut graph, &touched);
        if changed.is_err() {
            for outer in &group.outer {
                graph.groups.nest(*outer, number, true);
            }
            for inner in &group.inner {
                graph.groups.nest(number, *inner, true);
            }
            for strip in &group.members {
                graph.groups.of.entry(*strip).or_default().insert(number);
            }
            graph.groups.all.insert(number, group);
            self.groups_restored(&mut graph, &touched);
            return changed;
        }
        group.fader.lock().feed = Feed::None;
        group.fader.stop_fades(&self.driver);
        Ok(())
    }

    /// Adds strips to a group; no effect for those that it has.
    pub(crate) fn add_members(&self, number: u32, strips: &[Mixer<N>]) -> Result<()> {
        self.change_members(number, strips, Groups::insert, Groups::take)
    }

    /// Takes strips out of a group; no effect for those that it does not have.
    pub(crate) fn remove_members(&self, number: u32, strips: &[Mixer<N>]) -> Result<()> {
        self.change_members(number, strips, Groups::take, Groups::insert)
    }

    fn change_members(
        &self,
        number: u32,
        strips: &[Mixer<N>],
        change: impl Fn(&mut Groups<Connection<N>>, u32, StripId),
        undo: impl Fn(&mut Groups<Connection<N>>, u32, StripId),
    ) -> Result<()> {
        let mut graph = self.edit()?;
        graph.groups.get(number)?;
        let mut touched = BTreeSet::new();
        for mixer in strips {
            let strip = graph.tied.register(mixer)?;
            let has = graph.groups.get(number)?.members.contains(&strip);
            change(&mut graph.groups, number, strip);
            if has != graph.groups.get(number)?.members.contains(&strip) {
                touched.insert(strip);
            }
        }
        let changed = self.groups_changed(&mut graph, &touched);
        if changed.is_err() {
            for strip in &touched {
                undo(&mut graph.groups, number, *strip);
            }
            self.groups_restored(&mut graph, &touched);
        }
        changed
    }

    /// Puts one group into another, or takes it out.
    pub(crate) fn nest_group(&self, outer: u32, inner: u32, nested: bool) -> Result<()> {
        let mut graph = self.edit()?;
        let groups = &mut graph.groups;
        let outside = groups.get(outer)?;
        groups.get(inner)?;
        if nested && groups.reached([inner], |it| &it.inner).contains(&outer) {
            return Err(groups.circle(outer, inner));
        }
        if outside.inner.contains(&inner) == nested {
            return Ok(());
        }
        let touched = groups.members(inner);
        groups.nest(outer, inner, nested);
        let changed = self.groups_changed(&mut graph, &touched);
        if changed.is_err() {
            graph.groups.nest(outer, inner, !nested);
            self.groups_restored(&mut graph, &touched);
        }
        changed
    }

    /// Solos all strips that a group has, or ends that.
    pub(crate) fn set_group_soloed(&self, number: u32, soloed: bool) -> Result<()> {
        let mut graph = self.edit()?;
        let fader = graph.groups.get(number)?.fader.clone();
        let before = std::mem::replace(&mut fader.lock().faders.soloed, soloed);
        let touched = graph.groups.members(number);
        graph.refresh_solo(&touched);
        let affected = graph.affected_strips();
        let changed = self.change_affected(&graph, &[], &affected, None, self.now());
        if changed.is_err() {
            fader.lock().faders.soloed = before;
            self.groups_restored(&mut graph, &touched);
        }
        changed
    }

    /// After a change of the groups of strips: all of it is heard from one block on.
    fn groups_changed(&self, graph: &mut Graph<N>, touched: &BTreeSet<StripId>) -> Result<()> {
        if touched.is_empty() {
            return Ok(());
        }
        self.backend().batch(|| {
            graph.retie(&self.driver, touched)?;
            graph.refresh_solo(touched);
            graph.send_solo(&self.driver)
        })
    }

    /// After a change that was taken back: strips and solos are as before, and so is the engine as
    /// far as it agrees.
    fn groups_restored(&self, graph: &mut Graph<N>, touched: &BTreeSet<StripId>) {
        let _ = self.backend().batch(|| {
            let tied = graph.retie(&self.driver, touched);
            graph.refresh_solo(touched);
            tied.and(graph.send_solo(&self.driver))
        });
    }

    /// The numbers of all groups.
    pub(crate) fn groups(&self) -> Result<Vec<(u32, StripRef<Connection<N>>)>> {
        Ok(self.read()?.groups.listed(|_| true))
    }

    /// The groups in a group, or those that it is in; directly.
    pub(crate) fn groups_of_group(
        &self,
        number: u32,
        inner: bool,
    ) -> Result<Vec<(u32, StripRef<Connection<N>>)>> {
        let graph = self.read()?;
        let group = graph.groups.get(number)?;
        let wanted = if inner { &group.inner } else { &group.outer };
        Ok(graph.groups.listed(|it| wanted.contains(&it)))
    }

    /// The groups that a strip is in directly.
    pub(crate) fn groups_of_strip(
        &self,
        mixer: &N,
        bus: u32,
    ) -> Result<Vec<(u32, StripRef<Connection<N>>)>> {
        let graph = self.read()?;
        let Some(of) = StripId::of(mixer, bus).and_then(|id| graph.groups.of.get(&id)) else {
            return Ok(Vec::new());
        };
        Ok(graph.groups.listed(|it| of.contains(&it)))
    }

    /// A group's members: its own, or those of the groups in it, too. Those whose mixers are gone
    /// for good are left out.
    pub(crate) fn members(&self, number: u32, nested: bool) -> Result<Vec<Mixer<N>>> {
        let graph = self.read()?;
        let group = graph.groups.get(number)?;
        let members = if nested {
            graph.groups.members(number)
        } else {
            group.members.clone()
        };
        let living = members.iter().filter_map(|it| graph.tied.get(*it));
        Ok(living.collect())
    }
}
