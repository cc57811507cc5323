//! Groups: faders, mutes and solos over strips of any mixers, nested or not.
//!
//! A group's fader is a strip whose feed is a master. A member's bus has the masters of all groups
//! that it is in, directly or through other groups, each once. Membership belongs to the strip: it
//! outlives connections, and being detached.

use std::collections::{BTreeMap, BTreeSet};

use crate::desk::owner::{GroupOwner, Owner};
use crate::desk::strip::Strip;
use crate::desk::strips::StripRef;
use crate::desk::tied::StripId;
use crate::error::{Error, Result};

#[derive(Debug)]
pub(crate) struct Group<C> {
    pub(crate) master: C,
    pub(crate) fader: StripRef<C>,
    pub(crate) members: BTreeSet<StripId>,
    /// The groups in it.
    pub(crate) inner: BTreeSet<u32>,
    /// The groups that it is in.
    pub(crate) outer: BTreeSet<u32>,
}

/// What a group consists of, and whether it is soloed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Inside {
    pub(crate) members: BTreeSet<StripId>,
    /// The groups in it.
    pub(crate) inner: BTreeSet<u32>,
    pub(crate) soloed: bool,
}

/// The groups of an engine, by number. No number is used twice.
#[derive(Debug)]
pub(crate) struct Groups<C> {
    pub(crate) all: BTreeMap<u32, Group<C>>,
    pub(crate) next: u32,
    /// By member, the groups that it is in directly.
    pub(crate) of: BTreeMap<StripId, BTreeSet<u32>>,
}

// Not derived: that would require a default connection.
impl<C> Default for Groups<C> {
    fn default() -> Self {
        Self {
            all: BTreeMap::new(),
            next: 0,
            of: BTreeMap::new(),
        }
    }
}

impl<C> Groups<C> {
    pub(crate) fn count(&self) -> usize {
        self.all.len()
    }

    pub(crate) fn get(&self, number: u32) -> Result<&Group<C>> {
        let group = self.all.get(&number);
        group.ok_or_else(|| GroupOwner.check().expect_err("it was removed"))
    }

    /// These groups, and all that `next` leads to from them.
    pub(crate) fn reached<'a>(
        &'a self,
        from: impl IntoIterator<Item = u32>,
        next: impl Fn(&'a Group<C>) -> &'a BTreeSet<u32>,
    ) -> BTreeSet<u32> {
        let mut open: Vec<_> = from.into_iter().collect();
        let mut reached = BTreeSet::new();
        while let Some(number) = open.pop() {
            if let Some(group) = self.all.get(&number).filter(|_| reached.insert(number)) {
                open.extend(next(group));
            }
        }
        reached
    }

    /// The groups that a strip is in, directly or through others.
    pub(crate) fn over(&self, strip: StripId) -> BTreeSet<u32> {
        let direct = self.of.get(&strip).into_iter().flatten().copied();
        self.reached(direct, |group| &group.outer)
    }

    /// The strip of a group's fader.
    pub(crate) fn strip(&self, number: u32) -> Option<&Strip<C>> {
        self.all.get(&number).map(|group| &*group.fader)
    }

    /// A group's master, and the strip of its fader.
    pub(crate) fn master(&self, number: u32) -> Option<(&C, &StripRef<C>)> {
        let group = self.all.get(&number)?;
        Some((&group.master, &group.fader))
    }

    /// The strips in a group, directly or through others.
    pub(crate) fn members(&self, number: u32) -> BTreeSet<StripId> {
        let inner = self.reached([number], |group| &group.inner);
        let groups = inner.iter().filter_map(|it| self.all.get(it));
        groups.flat_map(|it| it.members.iter().copied()).collect()
    }

    /// Whether a group that the strip is in is soloed.
    pub(crate) fn solos(&self, strip: StripId) -> bool {
        let mut over = self.over(strip).into_iter();
        over.any(|number| self.all[&number].fader.faders().soloed)
    }

    pub(crate) fn soloed(&self) -> Vec<StripRef<C>> {
        let faders = self.all.values().map(|group| &group.fader);
        faders.filter(|it| it.faders().soloed).cloned().collect()
    }

    pub(crate) fn insert(&mut self, number: u32, strip: StripId) {
        if let Some(group) = self.all.get_mut(&number) {
            group.members.insert(strip);
            self.of.entry(strip).or_default().insert(number);
        }
    }

    pub(crate) fn take(&mut self, number: u32, strip: StripId) {
        if let Some(group) = self.all.get_mut(&number) {
            group.members.remove(&strip);
        }
        if let Some(of) = self.of.get_mut(&strip) {
            of.remove(&number);
            if of.is_empty() {
                self.of.remove(&strip);
            }
        }
    }

    pub(crate) fn nest(&mut self, outer: u32, inner: u32, nested: bool) {
        let mut change = |of: u32, to: u32, inside: bool| {
            let Some(group) = self.all.get_mut(&of) else {
                return;
            };
            let set = if inside {
                &mut group.inner
            } else {
                &mut group.outer
            };
            if nested {
                set.insert(to);
            } else {
                set.remove(&to);
            }
        };
        change(outer, inner, true);
        change(inner, outer, false);
    }

    pub(crate) fn inside(&self, number: u32) -> Result<Inside> {
        let group = self.get(number)?;
        Ok(Inside {
            members: group.members.clone(),
            inner: group.inner.clone(),
            soloed: group.fader.faders().soloed,
        })
    }

    pub(crate) fn set_inside(&mut self, number: u32, wanted: &Inside) {
        let Ok(before) = self.inside(number) else {
            return;
        };
        for strip in before.members.difference(&wanted.members) {
            self.take(number, *strip);
        }
        for strip in wanted.members.difference(&before.members) {
            self.insert(number, *strip);
        }
        for inner in before.inner.difference(&wanted.inner) {
            self.nest(number, *inner, false);
        }
        for inner in wanted.inner.difference(&before.inner) {
            self.nest(number, *inner, true);
        }
        if let Some(fader) = self.strip(number) {
            fader.lock().faders.soloed = wanted.soloed;
        }
    }

    /// Why a group cannot be in another one.
    pub(crate) fn circle(&self, outer: u32, inner: u32) -> Error {
        let name = |number| self.strip(number).map(Strip::label).unwrap_or_default();
        let (outside, inside) = (name(outer), name(inner));
        Error::Cycle(if outer == inner {
            format!("group {outside:?} cannot be in itself")
        } else {
            format!("group {inside:?} cannot be in group {outside:?}, which it contains")
        })
    }
}

impl<C> Groups<C> {
    pub(crate) fn listed(&self, wanted: impl Fn(u32) -> bool) -> Vec<(u32, StripRef<C>)> {
        let wanted = self.all.iter().filter(|(number, _)| wanted(**number));
        wanted
            .map(|(number, group)| (*number, group.fader.clone()))
            .collect()
    }
}
