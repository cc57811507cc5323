//! What a console has to sound like, written out way by way in double precision.

use std::collections::{BTreeMap, BTreeSet};
use std::f64::consts::FRAC_PI_4;

use perbus::{PanLaw, SendTap};

use crate::course::Path;

/// A mixer and a bus.
pub(crate) type At = (usize, u32);

/// Nodes below this are mixers, the others sources; number 0 is the main mixer. A node feeds only
/// mixers of lower numbers.
pub(crate) const MIXERS: usize = 3;
pub(crate) const BUSES: u32 = 3;
pub(crate) const SOURCES: [&[f32]; 4] = [&[0.5], &[0.25, -0.75], &[0.375], &[1.0, 0.125]];
pub(crate) const NODES: usize = MIXERS + SOURCES.len();

#[derive(Clone, Debug)]
pub(crate) struct Strip {
    pub(crate) volume: Path,
    pub(crate) pan: Path,
    pub(crate) soloed: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Grouped {
    pub(crate) fader: Path,
    pub(crate) soloed: bool,
    pub(crate) members: BTreeSet<At>,
    pub(crate) inner: BTreeSet<u32>,
}

#[derive(Clone, Debug)]
pub(crate) struct Send {
    pub(crate) dry: At,
    pub(crate) tap: SendTap,
    pub(crate) source: usize,
}

#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub(crate) attached: [bool; NODES],
    pub(crate) fed: BTreeMap<At, usize>,
    pub(crate) strips: BTreeMap<At, Strip>,
    pub(crate) outputs: Vec<Path>,
    pub(crate) laws: [PanLaw; MIXERS],
    pub(crate) groups: BTreeMap<u32, Grouped>,
    pub(crate) sends: BTreeMap<At, Send>,
}

pub(crate) fn all_buses() -> impl Iterator<Item = At> {
    (0..MIXERS).flat_map(|mixer| (0..BUSES).map(move |bus| (mixer, bus)))
}

impl Model {
    pub(crate) fn new() -> Self {
        let strip = Strip {
            volume: Path::at_rest(1.0),
            pan: Path::at_rest(0.0),
            soloed: false,
        };
        Self {
            attached: [true; NODES],
            fed: BTreeMap::new(),
            strips: all_buses().map(|at| (at, strip.clone())).collect(),
            outputs: vec![Path::at_rest(1.0); MIXERS],
            laws: [PanLaw::Balance; MIXERS],
            groups: BTreeMap::new(),
            sends: BTreeMap::new(),
        }
    }

    pub(crate) fn strip(&mut self, at: At) -> &mut Strip {
        self.strips.get_mut(&at).expect("every bus has a strip")
    }

    /// The groups in a group, and itself.
    pub(crate) fn inside(&self, group: u32) -> BTreeSet<u32> {
        let inner = self.groups[&group].inner.iter();
        inner
            .flat_map(|it| self.inside(*it))
            .chain([group])
            .collect()
    }

    fn groups_of(&self, at: At) -> BTreeSet<u32> {
        let has = |group: &u32| {
            let mut inside = self.inside(*group).into_iter();
            inside.any(|it| self.groups[&it].members.contains(&at))
        };
        self.groups.keys().copied().filter(has).collect()
    }

    /// The strips whose faders a strip has, itself first.
    fn chain(&self, at: At) -> Vec<At> {
        let mut chain = vec![at];
        while let Some(send) = self.sends.get(&chain[chain.len() - 1]) {
            if send.tap == SendTap::PreFader {
                break;
            }
            chain.push(send.dry);
        }
        chain
    }

    /// Whether a bus is a send of another, directly or through others, or is that bus itself.
    pub(crate) fn is_sent_from(&self, at: At, other: At) -> bool {
        let send = self.sends.get(&at);
        at == other || send.is_some_and(|send| self.is_sent_from(send.dry, other))
    }

    /// All faders that a bus is heard through.
    pub(crate) fn faders(&self, at: At) -> Vec<&Path> {
        let chain = self.chain(at);
        let groups: BTreeSet<_> = chain.iter().flat_map(|it| self.groups_of(*it)).collect();
        let strips = chain.iter().map(|it| &self.strips[it].volume);
        let groups = groups.iter().map(|it| &self.groups[it].fader);
        strips.chain(groups).collect()
    }

    fn is_soloed(&self, at: At) -> bool {
        let mut groups = self.groups_of(at).into_iter();
        self.attached[at.0] && (self.strips[&at].soloed || groups.any(|it| self.groups[&it].soloed))
    }

    /// Whether anything makes sound in a node, or before it.
    pub(crate) fn has_source(&self, node: usize) -> bool {
        let mut fed = self.fed.iter();
        node >= MIXERS || fed.any(|(input, source)| input.0 == node && self.has_source(*source))
    }

    /// Whether sound goes from a node's output to another's.
    fn leads(&self, from: usize, to: usize) -> bool {
        let mut fed = self.fed.iter();
        from == to || fed.any(|(input, source)| *source == from && self.leads(input.0, to))
    }

    pub(crate) fn is_silenced(&self, at: At) -> bool {
        let soloed: Vec<_> = all_buses().filter(|it| self.is_soloed(*it)).collect();
        if soloed.is_empty() || !self.attached[at.0] {
            return false;
        }
        !soloed.iter().any(|solo| {
            let source = self.fed.get(solo);
            let into = *solo == at || source.is_some_and(|it| self.leads(at.0, *it));
            let from = source.zip(self.fed.get(&at));
            into || from.is_some_and(|(source, fed)| self.leads(*source, *fed))
        })
    }

    /// How loud a node's first two channels get to a bus's mixer, for a pan.
    pub(crate) fn panned(&self, at: At, pan: f64) -> [f64; 2] {
        let source = self.fed[&at];
        let mono = source >= MIXERS && SOURCES[source - MIXERS].len() == 1;
        if mono && self.laws[at.0] == PanLaw::ConstantPower {
            let (right, left) = ((pan + 1.0) * FRAC_PI_4).sin_cos();
            return [left, right];
        }
        [1.0 - pan.max(0.0), 1.0 + pan.min(0.0)]
    }

    /// The gains of a bus at a frame: left and right.
    pub(crate) fn gains(&self, at: At, now: i64) -> [f64; 2] {
        if self.is_silenced(at) {
            return [0.0; 2];
        }
        let volume: f64 = self.faders(at).iter().map(|it| it.at(now)).product();
        let pan = self.strips[&at].pan.at(now);
        self.panned(at, pan).map(|side| side * volume.min(4.0))
    }

    /// A send ends when what feeds it is not what feeds its dry strip.
    fn check_sends(&mut self) {
        let fed = &self.fed;
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

    /// A source feeds this bus, and unless `too` no others.
    pub(crate) fn connect(&mut self, source: usize, to: At, too: bool) {
        if !too {
            self.fed.retain(|_, fed_by| *fed_by != source);
        }
        self.fed.insert(to, source);
        self.check_sends();
    }

    pub(crate) fn may_connect(&self, source: usize, to: At) -> bool {
        source > to.0 && self.attached[source] && self.attached[to.0]
    }

    pub(crate) fn detach(&mut self, node: usize, now: i64) {
        self.attached[node] = false;
        self.fed
            .retain(|to, source| to.0 != node && *source != node);
        for (at, strip) in &mut self.strips {
            if at.0 == node {
                strip.volume.stop(now);
                strip.pan.stop(now);
            }
        }
        if let Some(output) = self.outputs.get_mut(node) {
            output.stop(now);
        }
    }

    pub(crate) fn paths_mut(&mut self) -> impl Iterator<Item = &mut Path> {
        let strips = self.strips.values_mut();
        let strips = strips.flat_map(|it| [&mut it.volume, &mut it.pan]);
        let groups = self.groups.values_mut().map(|it| &mut it.fader);
        strips.chain(groups).chain(&mut self.outputs)
    }
}
