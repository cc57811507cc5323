//! Sends: a further connection of what feeds a strip, which follows the strip's fader or not.
//!
//! A post-fader send has the dry strip's fader as a master, and the masters of the dry strip's
//! groups. It shares the mute with it, but not what solo makes of it.

use std::collections::{BTreeMap, BTreeSet};

use crate::desk::tied::StripId;

/// Where a send takes its signal from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum SendTap {
    /// Before the strip's fader: the send's own fader alone sets its level. For cue mixes.
    PreFader,
    /// After the strip's fader, mute and groups: the send follows them. For reverbs.
    #[default]
    PostFader,
}

/// A node's number and its output bus.
pub(crate) type Output = (u32, u32);

#[derive(Clone, Copy, Debug)]
pub(crate) struct Send {
    pub(crate) dry: StripId,
    pub(crate) tap: SendTap,
    /// What feeds both.
    pub(crate) source: Output,
}

/// The sends of an engine.
#[derive(Debug)]
pub(crate) struct Sends<C> {
    /// By the send's strip.
    pub(crate) all: BTreeMap<StripId, Send>,
    /// By the dry strip.
    pub(crate) of: BTreeMap<StripId, BTreeSet<StripId>>,
    /// The faders of those that have post-fader sends.
    pub(crate) faders: BTreeMap<StripId, C>,
}

// Not derived: that would require a default connection.
impl<C> Default for Sends<C> {
    fn default() -> Self {
        Self {
            all: BTreeMap::new(),
            of: BTreeMap::new(),
            faders: BTreeMap::new(),
        }
    }
}

impl<C> Sends<C> {
    /// How many strips share their faders.
    pub(crate) fn shared_faders(&self) -> usize {
        self.faders.len()
    }

    pub(crate) fn fader(&self, strip: StripId) -> Option<&C> {
        self.faders.get(&strip)
    }

    /// The strip whose fader, mute and groups a send has.
    pub(crate) fn followed(&self, send: StripId) -> Option<StripId> {
        let send = self.all.get(&send)?;
        (send.tap == SendTap::PostFader).then_some(send.dry)
    }

    /// These strips, and all post-fader sends of them, and of those, in turn.
    pub(crate) fn following(&self, strips: &BTreeSet<StripId>) -> BTreeSet<StripId> {
        let mut open: Vec<_> = strips.iter().copied().collect();
        let mut found = BTreeSet::new();
        while let Some(strip) = open.pop() {
            if found.insert(strip) {
                let sends = self.of.get(&strip).into_iter().flatten();
                open.extend(sends.filter(|it| self.followed(**it).is_some()));
            }
        }
        found
    }

    pub(crate) fn insert(&mut self, strip: StripId, send: Send) {
        self.take(strip);
        self.all.insert(strip, send);
        self.of.entry(send.dry).or_default().insert(strip);
    }

    pub(crate) fn take(&mut self, strip: StripId) -> Option<Send> {
        let send = self.all.remove(&strip)?;
        if let Some(of) = self.of.get_mut(&send.dry) {
            of.remove(&strip);
            if of.is_empty() {
                self.of.remove(&send.dry);
            }
        }
        Some(send)
    }

    /// Whether a strip has a post-fader send.
    pub(crate) fn is_shared(&self, dry: StripId) -> bool {
        let mut sends = self.of.get(&dry).into_iter().flatten();
        sends.any(|it| self.followed(*it).is_some())
    }

    /// The sends that a strip is part of, on either side.
    pub(crate) fn around(&self, strip: StripId) -> Vec<StripId> {
        let own = self.all.contains_key(&strip).then_some(strip);
        let of = self.of.get(&strip).into_iter().flatten().copied();
        own.into_iter().chain(of).collect()
    }
}
