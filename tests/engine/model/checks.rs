//! What must be seen and heard.

use perbus::Error;

use super::world::{on, Handle, Strip, World};
use super::BUSES;
use crate::common::*;

impl World {
    /// The volume that the engine has to apply, and the pan.
    pub(crate) fn effective(&self, mixer: usize, bus: u32) -> (f32, f32) {
        let strip = self.strip_of(mixer, bus);
        let silent = strip.muted || self.is_silenced_by_solo(mixer, bus);
        (if silent { 0.0 } else { strip.volume }, strip.pan)
    }

    /// Whether a node's output gets to a node, over any number of connections.
    fn leads(&self, from: usize, to: usize) -> bool {
        let mut fed = self.links.iter().filter(|(_, source)| **source == from);
        from == to || fed.any(|((mixer, _), _)| self.leads(*mixer, to))
    }

    fn is_silenced_by_solo(&self, mixer: usize, bus: u32) -> bool {
        let counts = |at: &&(usize, u32)| self.strips[at].soloed && self.items[at.0].attached;
        let soloed: Vec<_> = self.strips.keys().filter(counts).collect();
        let source = self.links.get(&(mixer, bus));
        let heard = soloed.iter().any(|solo| {
            let soloed_source = self.links.get(solo);
            let into = soloed_source.is_some_and(|it| self.leads(mixer, *it));
            let from = soloed_source.zip(source);
            **solo == (mixer, bus) || into || from.is_some_and(|(from, to)| self.leads(*from, *to))
        });
        self.items[mixer].attached && !soloed.is_empty() && !heard
    }

    pub(crate) fn strip_of(&self, mixer: usize, bus: u32) -> Strip {
        self.strips.get(&(mixer, bus)).cloned().unwrap_or_default()
    }

    /// A node's output: for a mixer, the balanced sum of its buses.
    pub(crate) fn level(&self, node: usize) -> [f32; 2] {
        let item = &self.items[node];
        match item.handle {
            Handle::Source(_) => return item.level,
            Handle::Player(_) if item.playing => return item.level,
            Handle::Player(_) => return [0.0; 2],
            Handle::Mixer(_) => {}
        }
        let mut sum = [0.0; 2];
        for (&(_, bus), &source) in self.links.range((node, 0)..=(node, u32::MAX)) {
            let (volume, pan) = self.effective(node, bus);
            let [left, right] = self.level(source);
            sum[0] += left * volume * (1.0 - pan.max(0.0));
            sum[1] += right * volume * (1.0 + pan.min(0.0));
        }
        sum.map(|sum| sum * item.output_volume)
    }

    pub(crate) fn check_sound(&self) {
        if !self.running {
            let refused = self.engine.render(&mut [&mut [0.0], &mut [0.0]]);
            assert!(matches!(refused, Err(Error::NotRunning(_))), "{refused:?}");
            return;
        }
        let heard = render(&self.engine, 2 * RAMP);
        let expected = if self.heard { self.level(0) } else { [0.0; 2] };
        for (samples, expected) in heard.iter().zip(expected) {
            let last = samples[samples.len() - 1];
            assert!(
                (last - expected).abs() <= 1e-5 * expected.abs().max(1.0),
                "heard {last}, the model says {expected}"
            );
        }
    }

    pub(crate) fn check(&self) {
        assert_audited(&self.engine);
        for (node, item) in self.items.iter().enumerate() {
            assert_eq!(
                on!(&item.handle, it => self.engine.inspect(it))
                    .unwrap()
                    .attached,
                item.attached
            );
            let Handle::Mixer(mixer) = &item.handle else {
                continue;
            };
            assert_eq!(mixer.output_volume().unwrap(), item.output_volume);
            for bus in 0..BUSES {
                let strip = mixer.bus(bus).unwrap();
                let found = Strip {
                    volume: strip.volume(),
                    pan: strip.pan(),
                    muted: strip.is_muted(),
                    soloed: strip.is_soloed(),
                    label: strip.label(),
                };
                assert_eq!(found, self.strip_of(node, bus), "the strip of bus {bus}");
                let effective = self.effective(node, bus);
                assert_eq!(strip.effective_volume(), effective.0, "bus {bus}");
                if !item.attached {
                    continue;
                }
                let source = self
                    .links
                    .get(&(node, bus))
                    .map(|source| &self.items[*source]);
                let tracked = self.engine.source_of(mixer, bus).unwrap();
                assert_eq!(tracked, source.map(|source| (source.id, 0)), "bus {bus}");
                let Some(source) = source else { continue };
                let (volume, pan) = on!(&source.handle, it => (
                    self.engine.connection_volume(it, mixer, bus).unwrap(),
                    self.engine.connection_pan(it, mixer, bus).unwrap(),
                ));
                assert_eq!((volume, pan), effective, "the connection of bus {bus}");
            }
        }
    }
}
