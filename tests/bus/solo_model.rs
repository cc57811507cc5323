//! Solo, mute and faders in random order, checked against the rule: a bus is heard at its fader
//! unless it is muted, or another bus of its mixer is soloed and it is not.

use crate::common::*;
use perbus::{BusConfig, Engine, Mixer, Result, Source};
use proptest::prelude::*;

const BUSES: usize = 6;

#[derive(Clone, Debug)]
enum Operation {
    Solo(usize, bool),
    Mute(usize, bool),
    Volume(usize, f32),
    Reset(usize),
    /// Solo and volume of two buses in one call.
    Configure([(usize, Option<bool>, f32); 2]),
    /// A scene that solos these.
    Apply([bool; BUSES]),
    Disconnect(usize),
    Connect(usize),
}

fn operation() -> impl Strategy<Value = Operation> {
    let bus = || 0..BUSES;
    let volume = || (0..=8u32).prop_map(|eighths| eighths as f32 / 8.0);
    let change = || (bus(), any::<Option<bool>>(), volume());
    prop_oneof![
        6 => (bus(), any::<bool>()).prop_map(|(bus, on)| Operation::Solo(bus, on)),
        3 => (bus(), any::<bool>()).prop_map(|(bus, on)| Operation::Mute(bus, on)),
        3 => (bus(), volume()).prop_map(|(bus, volume)| Operation::Volume(bus, volume)),
        1 => bus().prop_map(Operation::Reset),
        3 => (change(), change()).prop_map(|(a, b)| Operation::Configure([a, b])),
        1 => any::<[bool; BUSES]>().prop_map(Operation::Apply),
        2 => bus().prop_map(Operation::Disconnect),
        2 => bus().prop_map(Operation::Connect),
    ]
}

#[derive(Clone, Copy, Debug)]
struct Strip {
    volume: f32,
    muted: bool,
    soloed: bool,
    connected: bool,
}

struct Desk {
    engine: Engine,
    mixer: Mixer,
    sources: Vec<Source>,
    strips: [Strip; BUSES],
}

impl Desk {
    fn new() -> Result<Self> {
        let engine = running(1);
        let mixer = engine.main_mixer();
        let sources: Vec<Source> = (0..BUSES).map(|_| constant(&engine, &[0.125])).collect();
        for (bus, source) in (0..).zip(&sources) {
            engine.connect(source, &mixer, 0, bus)?;
        }
        let strip = Strip {
            volume: 1.0,
            muted: false,
            soloed: false,
            connected: true,
        };
        Ok(Self {
            engine,
            mixer,
            sources,
            strips: [strip; BUSES],
        })
    }

    fn run(&mut self, operation: &Operation) -> Result<()> {
        let bus = |bus: usize| self.mixer.bus(bus as u32);
        let strips = &mut self.strips;
        match *operation {
            Operation::Solo(at, on) => {
                bus(at)?.set_soloed(on)?;
                strips[at].soloed = on;
            }
            Operation::Mute(at, on) => {
                bus(at)?.set_muted(on)?;
                strips[at].muted = on;
            }
            Operation::Volume(at, volume) => {
                bus(at)?.set_volume(volume)?;
                strips[at].volume = volume;
            }
            Operation::Reset(at) => {
                bus(at)?.reset()?;
                let connected = strips[at].connected;
                strips[at] = Strip {
                    volume: 1.0,
                    muted: false,
                    soloed: false,
                    connected,
                };
            }
            Operation::Configure(changes) => {
                let twice = changes[0].0 == changes[1].0;
                let configs = changes.map(|(at, soloed, volume)| BusConfig {
                    soloed,
                    volume: Some(volume),
                    ..BusConfig::new(at as u32)
                });
                let configured = self.mixer.configure(&configs);
                assert_eq!(configured.is_err(), twice);
                for (at, soloed, volume) in changes.into_iter().filter(|_| !twice) {
                    strips[at].volume = volume;
                    strips[at].soloed = soloed.unwrap_or(strips[at].soloed);
                }
            }
            Operation::Apply(soloed) => {
                // Backwards: the order of the buses in a scene does not matter.
                let buses = (0..BUSES).rev().map(|at| BusConfig {
                    soloed: Some(soloed[at]),
                    ..BusConfig::new(at as u32)
                });
                self.mixer.apply(&perbus::Scene::new(buses.collect()))?;
                for (strip, soloed) in strips.iter_mut().zip(soloed) {
                    strip.soloed = soloed;
                }
            }
            Operation::Disconnect(at) => {
                self.engine.disconnect_input(&self.mixer, at as u32)?;
                strips[at].connected = false;
            }
            Operation::Connect(at) => {
                let source = &self.sources[at];
                self.engine.connect(source, &self.mixer, 0, at as u32)?;
                strips[at].connected = true;
            }
        }
        Ok(())
    }

    fn assert_as_modelled(&self) -> Result<()> {
        let any_soloed = self.strips.iter().any(|strip| strip.soloed);
        let mut sum = 0.0;
        for (at, strip) in self.strips.iter().enumerate() {
            let silent = strip.muted || (any_soloed && !strip.soloed);
            let expected = if silent { 0.0 } else { strip.volume };
            let bus = self.mixer.bus(at as u32)?;
            assert_eq!(bus.effective_volume(), expected, "bus {at}: {strip:?}");
            assert_eq!(bus.volume(), strip.volume, "bus {at}: {strip:?}");
            if strip.connected {
                let source = &self.sources[at];
                let volume = self
                    .engine
                    .connection_volume(source, &self.mixer, at as u32)?;
                assert_eq!(volume, expected, "bus {at}: {strip:?}");
                sum += 0.125 * expected;
            }
        }
        assert_heard(&self.engine, &[sum]);
        Ok(())
    }
}

proptest! {
    #![proptest_config(model_config())]
    #[test]
    fn solo_follows_its_rule(operations in prop::collection::vec(operation(), 1..40)) {
        let mut desk = Desk::new().expect("an offline engine");
        for operation in &operations {
            desk.run(operation).expect("a good call");
            desk.assert_as_modelled().expect("all is connected");
        }
    }
}
