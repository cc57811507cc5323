//! What groups and sends have to do, written out way by way without regard to cost; and the steps of
//! the random test.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use crate::desk::scene_parts::SceneParts;
use crate::desk::sends::SendTap;

/// A mixer and a bus.
pub(super) type At = (u32, u32);

/// Numbers below this are mixers, the others players; number 0 is the main mixer.
pub(super) const MIXERS: u32 = 3;
pub(super) const NODES: u32 = 7;
pub(super) const BUSES: u32 = 3;
pub(super) const GROUPS: usize = 5;

#[derive(Clone, Debug)]
pub(super) enum Step {
    /// From a node of a higher number.
    Connect(u32, At, bool),
    Disconnect(At),
    Detach(u32),
    Attach(u32),
    Volume(At, f32),
    Mute(At, bool),
    Solo(At, bool),
    Fade(At, f32, i64),
    Create,
    RemoveGroup(usize),
    GroupVolume(usize, f32),
    GroupMute(usize, bool),
    GroupSolo(usize, bool),
    GroupFade(usize, f32, i64),
    Add(usize, Vec<At>),
    Remove(usize, At),
    Nest(usize, usize, bool),
    Send(At, At, SendTap),
    Tap(At, SendTap),
    EndSend(At),
    ClearSolo,
    Keep,
    Recall(SceneParts),
    Refuse(bool),
    Advance(i64),
}

fn at() -> impl Strategy<Value = At> {
    (0..MIXERS, 0..BUSES)
}

fn tap() -> impl Strategy<Value = SendTap> {
    prop_oneof![Just(SendTap::PreFader), Just(SendTap::PostFader)]
}

pub(super) fn step() -> impl Strategy<Value = Step> {
    let group = || 0..GROUPS;
    let volume = || 0.0..=2.5f32;
    let nodes = prop_oneof![
        5 => (1..NODES, at(), any::<bool>()).prop_map(|(a, b, c)| Step::Connect(a, b, c)),
        2 => at().prop_map(Step::Disconnect),
        1 => (1..NODES).prop_map(Step::Detach),
        2 => (1..NODES).prop_map(Step::Attach),
        2 => any::<bool>().prop_map(Step::Refuse),
        6 => (1..300i64).prop_map(Step::Advance),
    ];
    let strips = prop_oneof![
        4 => (at(), volume()).prop_map(|(a, b)| Step::Volume(a, b)),
        3 => (at(), any::<bool>()).prop_map(|(a, b)| Step::Mute(a, b)),
        2 => (at(), any::<bool>()).prop_map(|(a, b)| Step::Solo(a, b)),
        3 => (at(), volume(), 0..600i64).prop_map(|(a, b, c)| Step::Fade(a, b, c)),
        1 => Just(Step::ClearSolo),
    ];
    let groups = prop_oneof![
        1 => group().prop_map(Step::RemoveGroup),
        1 => Just(Step::Create),
        4 => (group(), volume()).prop_map(|(a, b)| Step::GroupVolume(a, b)),
        2 => (group(), any::<bool>()).prop_map(|(a, b)| Step::GroupMute(a, b)),
        2 => (group(), any::<bool>()).prop_map(|(a, b)| Step::GroupSolo(a, b)),
        3 => (group(), volume(), 0..600i64).prop_map(|(a, b, c)| Step::GroupFade(a, b, c)),
        5 => (group(), prop::collection::vec(at(), 1..4)).prop_map(|(a, b)| Step::Add(a, b)),
        2 => (group(), at()).prop_map(|(a, b)| Step::Remove(a, b)),
        4 => (group(), group(), prop::bool::weighted(0.7))
            .prop_map(|(a, b, c)| Step::Nest(a, b, c)),
    ];
    let sends = prop_oneof![
        5 => (at(), at(), tap()).prop_map(|(a, b, c)| Step::Send(a, b, c)),
        3 => (at(), tap()).prop_map(|(a, b)| Step::Tap(a, b)),
        1 => at().prop_map(Step::EndSend),
    ];
    let some = prop_oneof![
        Just(SceneParts::ALL),
        Just(SceneParts::GROUPS),
        Just(SceneParts::SEND_TAPS),
        Just(!SceneParts::GROUPS),
        Just(SceneParts::FADERS | SceneParts::SOLOS),
    ];
    let scenes = prop_oneof![1 => Just(Step::Keep), 3 => some.prop_map(Step::Recall)];
    prop_oneof![5 => nodes, 4 => strips, 7 => groups, 3 => sends, 2 => scenes]
}

/// A value, and the fade that leads there: from where, when and how long.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fader {
    pub(super) volume: f32,
    pub(super) fade: Option<(f32, i64, i64)>,
    pub(super) muted: bool,
    pub(super) soloed: bool,
}

pub(super) const NEW: Fader = Fader {
    volume: 1.0,
    fade: None,
    muted: false,
    soloed: false,
};

impl Fader {
    pub(super) fn at(&self, now: i64) -> f32 {
        match self.fade {
            Some((from, start, frames)) if now < start + frames => {
                from + (self.volume - from) * ((now - start) as f32 / frames as f32)
            }
            _ => self.volume,
        }
    }

    pub(super) fn set(&mut self, volume: f32) {
        (self.volume, self.fade) = (volume, None);
    }

    pub(super) fn start(&mut self, to: f32, now: i64, frames: i64) {
        (self.fade, self.volume) = (Some((self.at(now), now, frames)), to);
    }

    pub(super) fn shared(&self, now: i64) -> f32 {
        if self.muted {
            0.0
        } else {
            self.at(now)
        }
    }
}

#[derive(Debug)]
pub(super) struct Group {
    pub(super) fader: Fader,
    pub(super) members: BTreeSet<At>,
    pub(super) inner: BTreeSet<u32>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Send {
    pub(super) dry: At,
    pub(super) tap: SendTap,
    pub(super) source: u32,
}

#[derive(Debug, Default)]
pub(super) struct Model {
    pub(super) now: i64,
    pub(super) attached: BTreeSet<u32>,
    pub(super) fed: BTreeMap<At, u32>,
    pub(super) strips: BTreeMap<At, Fader>,
    pub(super) groups: BTreeMap<u32, Group>,
    pub(super) sends: BTreeMap<At, Send>,
}

impl Model {
    pub(super) fn strip(&mut self, at: At) -> &mut Fader {
        self.strips.entry(at).or_insert(NEW)
    }

    /// The groups in a group, and itself.
    pub(super) fn inside(&self, group: u32) -> BTreeSet<u32> {
        let inner = self.groups[&group].inner.iter();
        inner
            .flat_map(|it| self.inside(*it))
            .chain([group])
            .collect()
    }

    pub(super) fn groups_of(&self, at: At) -> BTreeSet<u32> {
        let has = |group: &u32| {
            let mut inside = self.inside(*group).into_iter();
            inside.any(|it| self.groups[&it].members.contains(&at))
        };
        self.groups.keys().copied().filter(has).collect()
    }

    /// The strips whose faders a strip has, itself first.
    pub(super) fn chain(&self, at: At) -> Vec<At> {
        let mut chain = vec![at];
        while let Some(send) = self.sends.get(&chain[chain.len() - 1]) {
            if send.tap == SendTap::PreFader {
                break;
            }
            chain.push(send.dry);
        }
        chain
    }

    pub(super) fn volume(&self, at: At) -> f32 {
        let chain = self.chain(at);
        let groups: BTreeSet<_> = chain.iter().flat_map(|it| self.groups_of(*it)).collect();
        let strips = chain.iter().map(|it| self.strips.get(it).unwrap_or(&NEW));
        let groups = groups.iter().map(|it| &self.groups[it].fader);
        let faders = strips.chain(groups);
        let product: f32 = faders.map(|it| it.shared(self.now)).product();
        product.min(4.0)
    }

    pub(super) fn is_soloed(&self, at: At) -> bool {
        let mut groups = self.groups_of(at).into_iter();
        self.attached.contains(&at.0)
            && (self.strips.get(&at).is_some_and(|it| it.soloed)
                || groups.any(|it| self.groups[&it].fader.soloed))
    }

    /// Whether sound goes from a node's output to another's.
    pub(super) fn leads(&self, from: u32, to: u32) -> bool {
        let mut fed = self.fed.iter();
        from == to || fed.any(|(input, source)| *source == from && self.leads(input.0, to))
    }

    pub(super) fn is_silenced_by_solo(&self, at: At) -> bool {
        let all = (0..MIXERS).flat_map(|mixer| (0..BUSES).map(move |bus| (mixer, bus)));
        let soloed: Vec<_> = all.filter(|it| self.is_soloed(*it)).collect();
        if soloed.is_empty() || !self.attached.contains(&at.0) {
            return false;
        }
        !soloed.iter().any(|solo| {
            let source = self.fed.get(solo);
            let into = *solo == at || source.is_some_and(|it| self.leads(at.0, *it));
            let from = source.zip(self.fed.get(&at));
            into || from.is_some_and(|(source, fed)| self.leads(*source, *fed))
        })
    }

    pub(super) fn heard(&self, at: At) -> f32 {
        if self.is_silenced_by_solo(at) {
            0.0
        } else {
            self.volume(at)
        }
    }

    /// A send ends when what feeds it is not what feeds its dry strip.
    pub(super) fn check_sends(&mut self) {
        let fed = self.fed.clone();
        self.sends.retain(|wet, send| {
            match (fed.get(&send.dry), fed.get(wet)) {
                (Some(dry), Some(wet)) if dry == wet => send.source = *dry,
                (Some(_), Some(_)) => return false,
                (Some(one), None) | (None, Some(one)) => return *one == send.source,
                (None, None) => {}
            }
            true
        });
    }
}
