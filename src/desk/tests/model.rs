//! What a desk has to do, written out rule by rule without regard to cost.

use std::collections::{BTreeMap, BTreeSet};

use super::fake::FakeConnection;
use crate::desk::fade::FadeEnd;
use crate::desk::node::Kind;
use crate::desk::routing::OUTPUT;
use crate::desk::scene::BusConfig;

/// Number 0 is the main mixer. A node feeds only nodes of lower numbers, so that there is no cycle.
pub(super) const NODES: [Kind; 8] = [
    Kind::Mixer,
    Kind::Mixer,
    Kind::Effect,
    Kind::Effect,
    Kind::Player,
    Kind::Player,
    Kind::Source,
    Kind::Matrix,
];

pub(super) const BUSES: u32 = 3;

/// A linear fade.
#[derive(Clone, Copy, Debug)]
struct Fade {
    number: Option<u32>,
    from: f32,
    start: i64,
    frames: i64,
}

/// A fade that is to start; of no length: a value that is to be set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Point {
    /// `None`: nobody wants to know of its end.
    pub(super) number: Option<u32>,
    pub(super) to: f32,
    pub(super) frames: i64,
}

type Ends = Vec<(u32, FadeEnd)>;

fn report(ends: &mut Ends, fade: Option<Fade>, end: FadeEnd) {
    let number = fade.and_then(|fade| fade.number);
    ends.extend(number.map(|number| (number, end)));
}

/// A value, or where the fade leads, and what starts later.
#[derive(Clone, Debug)]
pub(super) struct Fader {
    value: f32,
    fade: Option<Fade>,
    pub(super) points: BTreeMap<i64, Point>,
}

impl Fader {
    fn new(value: f32) -> Self {
        Self {
            value,
            fade: None,
            points: BTreeMap::new(),
        }
    }

    /// Frame by frame. `automates`: what starts at the last frame may still be replaced.
    fn advance(&mut self, from: i64, to: i64, automates: bool, ends: &mut Ends) {
        for now in from..=to {
            self.finish(now, ends);
            if automates && now == to {
                continue;
            }
            if let Some(point) = self.points.remove(&now) {
                let from = self.at(now);
                report(ends, self.fade.take(), FadeEnd::Replaced);
                self.value = point.to;
                self.fade = Some(Fade {
                    number: point.number,
                    from,
                    start: now,
                    frames: point.frames,
                });
                self.finish(now, ends);
            }
        }
    }

    fn finish(&mut self, now: i64, ends: &mut Ends) {
        let over = |fade: &mut Fade| fade.start + fade.frames <= now;
        let finished = self.fade.take_if(over);
        report(ends, finished, FadeEnd::Finished);
    }

    /// Where it is at the next block's first frame, with what starts there.
    pub(super) fn heard(&self, now: i64) -> f32 {
        match self.points.get(&now) {
            Some(point) if point.frames == 0 => point.to,
            _ => self.at(now),
        }
    }

    pub(super) fn at(&self, now: i64) -> f32 {
        match self.fade {
            Some(fade) if now < fade.start + fade.frames => {
                let done = (now - fade.start) as f32 / fade.frames as f32;
                fade.from + (self.value - fade.from) * done
            }
            _ => self.value,
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Strip {
    pub(super) volume: Fader,
    pub(super) pan: Fader,
    pub(super) muted: bool,
    pub(super) soloed: bool,
    pub(super) solo_safe: bool,
}

impl Default for Strip {
    fn default() -> Self {
        Self {
            volume: Fader::new(1.0),
            pan: Fader::new(0.0),
            muted: false,
            soloed: false,
            solo_safe: false,
        }
    }
}

impl Strip {
    pub(super) fn fader(&mut self, of_volume: bool) -> &mut Fader {
        if of_volume {
            &mut self.volume
        } else {
            &mut self.pan
        }
    }
}

#[derive(Debug)]
pub(super) struct Model {
    pub(super) now: i64,
    /// By mixer and bus; a mixer's output volume is that of its bus [`OUTPUT`].
    pub(super) strips: BTreeMap<(u32, u32), Strip>,
    /// Input bus to source.
    pub(super) fed: BTreeMap<(u32, u32), u32>,
    /// Of fades, by their numbers, in any order.
    pub(super) ends: Ends,
    /// The engine starts points by itself.
    pub(super) automates: bool,
    pub(super) attached: BTreeSet<u32>,
    fades: u32,
}

impl Model {
    pub(super) fn new(automates: bool) -> Self {
        Self {
            now: 0,
            strips: BTreeMap::new(),
            fed: BTreeMap::new(),
            ends: Vec::new(),
            automates,
            attached: (0..NODES.len() as u32).collect(),
            fades: 0,
        }
    }

    pub(super) fn strip(&mut self, mixer: u32, bus: u32) -> &mut Strip {
        self.strips.entry((mixer, bus)).or_default()
    }

    /// Whether sound goes from a node's output to its input, over any number of connections.
    fn leads(&self, from: u32, to: u32) -> bool {
        let on = |(input, source): (&(u32, u32), &u32)| *source == from && self.leads(input.0, to);
        from == to || self.fed.iter().any(on)
    }

    pub(super) fn is_silenced(&self, mixer: u32, bus: u32) -> bool {
        let strip = self.strips.get(&(mixer, bus)).cloned().unwrap_or_default();
        let soloed = |(at, strip): (&(u32, u32), &Strip)| {
            (strip.soloed && self.attached.contains(&at.0)).then_some(*at)
        };
        let soloed: Vec<_> = self.strips.iter().filter_map(soloed).collect();
        if strip.muted || bus == OUTPUT || soloed.is_empty() || !self.attached.contains(&mixer) {
            return strip.muted;
        }
        let heard = soloed.iter().any(|solo| {
            let fed = self.fed.get(solo);
            let into = *solo == (mixer, bus) || fed.is_some_and(|fed| self.leads(mixer, *fed));
            let source = fed.map(|fed| self.source(*fed));
            let from = source.zip(self.fed.get(&(mixer, bus)));
            into || from.is_some_and(|(source, fed)| self.leads(source, *fed))
        });
        !strip.solo_safe && !heard
    }

    /// The first node before a chain of effects.
    fn source(&self, mut node: u32) -> u32 {
        while NODES[node as usize] == Kind::Effect && self.fed.contains_key(&(node, 0)) {
            node = self.fed[&(node, 0)];
        }
        node
    }

    /// The connection that a mixer's bus has a fader on.
    pub(super) fn connection(&self, mixer: u32, bus: u32) -> Option<FakeConnection> {
        if bus == OUTPUT {
            let attached = self.attached.contains(&mixer);
            return attached.then_some(FakeConnection::output(mixer));
        }
        let mut source = *self.fed.get(&(mixer, bus))?;
        while NODES[source as usize] == Kind::Effect {
            source = *self.fed.get(&(source, 0))?;
        }
        let alone = NODES[source as usize] == Kind::Matrix;
        Some(FakeConnection {
            source,
            mixer,
            bus,
            alone,
        })
    }

    pub(super) fn connections(&self) -> Vec<FakeConnection> {
        let buses = [0, 1]
            .into_iter()
            .flat_map(|mixer| (0..BUSES).filter_map(move |bus| self.connection(mixer, bus)));
        buses.collect()
    }

    /// Something starts now, in place of what moves the value and of what was to start now.
    fn start(&mut self, mixer: u32, bus: u32, of_volume: bool, to: f32, fade: Option<Fade>) {
        let now = self.now;
        let fader = self.strip(mixer, bus).fader(of_volume);
        fader.value = to;
        let before = std::mem::replace(&mut fader.fade, fade);
        let replaced = fader.points.remove(&now);
        report(&mut self.ends, before, FadeEnd::Replaced);
        self.removed(replaced, FadeEnd::Replaced);
    }

    fn removed(&mut self, points: impl IntoIterator<Item = Point>, end: FadeEnd) {
        let numbers = points.into_iter().filter_map(|point| point.number);
        self.ends.extend(numbers.map(|number| (number, end)));
    }

    pub(super) fn set(&mut self, mixer: u32, bus: u32, of_volume: bool, value: f32) {
        self.start(mixer, bus, of_volume, value, None);
    }

    pub(super) fn number(&mut self) -> u32 {
        self.fades += 1;
        self.fades - 1
    }

    /// Returns the fade's number.
    pub(super) fn fade(
        &mut self,
        mixer: u32,
        bus: u32,
        of_volume: bool,
        to: f32,
        frames: i64,
    ) -> u32 {
        let (number, now) = (self.number(), self.now);
        let from = self.strip(mixer, bus).fader(of_volume).at(now);
        let fade = Fade {
            number: Some(number),
            from,
            start: now,
            frames,
        };
        self.start(mixer, bus, of_volume, to, Some(fade));
        self.advance(0);
        number
    }

    /// Points by their starts.
    pub(super) fn automate(
        &mut self,
        mixer: u32,
        bus: u32,
        of_volume: bool,
        points: BTreeMap<i64, Point>,
    ) {
        let fader = self.strip(mixer, bus).fader(of_volume);
        let replaced: Vec<_> = points
            .into_iter()
            .filter_map(|(start, point)| fader.points.insert(start, point))
            .collect();
        self.removed(replaced, FadeEnd::Replaced);
        self.advance(0);
    }

    pub(super) fn cancel_from(&mut self, mixer: u32, bus: u32, of_volume: bool, frame: i64) {
        let fader = self.strip(mixer, bus).fader(of_volume);
        let removed = fader.points.split_off(&frame);
        self.removed(removed.into_values(), FadeEnd::Replaced);
        self.advance(0);
    }

    pub(super) fn cancel(&mut self, mixer: u32, bus: u32, of_volume: bool, number: u32) {
        let now = self.now;
        let fader = self.strip(mixer, bus).fader(of_volume);
        let is_it = |fade: &mut Fade| fade.number == Some(number);
        let at = fader.at(now);
        if let Some(fade) = fader.fade.take_if(is_it) {
            fader.value = at;
            report(&mut self.ends, Some(fade), FadeEnd::Replaced);
            return;
        }
        let waits =
            |(start, point): (&i64, &Point)| (point.number == Some(number)).then_some(*start);
        let start = fader.points.iter().find_map(waits);
        let removed = start.and_then(|start| fader.points.remove(&start));
        self.removed(removed, FadeEnd::Replaced);
    }

    pub(super) fn advance(&mut self, frames: i64) {
        let (from, automates) = (self.now, self.automates);
        self.now += frames;
        for strip in self.strips.values_mut() {
            for of_volume in [true, false] {
                let fader = strip.fader(of_volume);
                fader.advance(from, self.now, automates, &mut self.ends);
            }
        }
    }

    pub(super) fn configure(&mut self, mixer: u32, config: &BusConfig) {
        for (of_volume, value) in [(true, config.volume), (false, config.pan)] {
            if let Some(value) = value {
                self.set(mixer, config.bus, of_volume, value);
            }
        }
        let strip = self.strip(mixer, config.bus);
        strip.muted = config.muted.unwrap_or(strip.muted);
        strip.soloed = config.soloed.unwrap_or(strip.soloed);
        strip.solo_safe = config.solo_safe.unwrap_or(strip.solo_safe);
    }

    /// A source has one destination after this, and the input one source.
    pub(super) fn connect(&mut self, source: u32, to: (u32, u32)) {
        self.fed.retain(|_, feeding| *feeding != source);
        self.add(source, to);
    }

    pub(super) fn add(&mut self, source: u32, to: (u32, u32)) {
        self.fed.insert(to, source);
        if NODES[to.0 as usize] == Kind::Mixer {
            self.strip(to.0, to.1);
        }
    }

    pub(super) fn detach(&mut self, node: u32) {
        self.attached.remove(&node);
        self.fed
            .retain(|to, source| to.0 != node && *source != node);
        let now = self.now;
        let strips = self.strips.range_mut((node, 0)..(node + 1, 0));
        for (_, strip) in strips {
            for of_volume in [true, false] {
                let fader = strip.fader(of_volume);
                let before = std::mem::replace(fader, Fader::new(fader.heard(now)));
                report(&mut self.ends, before.fade, FadeEnd::Stopped);
                let numbers = before.points.values().filter_map(|point| point.number);
                self.ends
                    .extend(numbers.map(|number| (number, FadeEnd::Stopped)));
            }
        }
    }
}
