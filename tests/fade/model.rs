//! Random fades together with everything else that moves a strip, against a plain model.

use std::time::Duration;

use perbus::{Bus, BusConfig, Curve, Engine, Fade, Mixer, Source};
use proptest::prelude::*;

use crate::common::{constant, running, RAMP, RATE};

const BUSES: usize = 2;

#[derive(Clone, Copy, Debug)]
enum Step {
    Fade(usize, u8, u32, Curve),
    FadePan(usize, u32),
    Cancel(usize),
    Volume(usize, u8),
    Pan(usize, bool),
    Mute(usize, bool),
    Solo(usize, bool),
    /// The volume of one bus, the pans of both.
    Configure(usize, Option<u8>),
    Scene,
    Reset,
    Restart(bool),
    Disconnect(usize),
    Connect(usize),
    Render(u32),
}

fn step() -> impl Strategy<Value = Step> {
    use Step::*;
    let bus = || 0..BUSES;
    let curve = prop_oneof![
        Just(Curve::Linear),
        Just(Curve::EqualPower),
        Just(Curve::Exponential)
    ];
    prop_oneof![
        8 => (bus(), 0..=8u8, prop_oneof![Just(0), 1..40u32, 500..4000u32], curve)
            .prop_map(|(bus, to, frames, curve)| Fade(bus, to, frames, curve)),
        2 => (bus(), 0..2000u32).prop_map(|(bus, frames)| FadePan(bus, frames)),
        2 => bus().prop_map(Cancel),
        3 => (bus(), 0..=8u8).prop_map(|(bus, to)| Volume(bus, to)),
        2 => (bus(), any::<bool>()).prop_map(|(bus, turned)| Pan(bus, turned)),
        3 => (bus(), any::<bool>()).prop_map(|(bus, on)| Mute(bus, on)),
        3 => (bus(), any::<bool>()).prop_map(|(bus, on)| Solo(bus, on)),
        2 => (bus(), prop::option::of(0..=8u8)).prop_map(|(bus, to)| Configure(bus, to)),
        1 => Just(Scene),
        1 => Just(Reset),
        2 => any::<bool>().prop_map(Restart),
        2 => bus().prop_map(Disconnect),
        4 => bus().prop_map(Connect),
        12 => prop_oneof![1..64u32, 64..2000u32].prop_map(Render),
    ]
}

fn level(eighths: u8) -> f32 {
    f32::from(eighths) / 8.0
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Path {
    from: f32,
    to: f32,
    start: i64,
    frames: u32,
    curve: Curve,
}

impl Path {
    fn end(self) -> i64 {
        self.start + i64::from(self.frames)
    }

    fn at(self, now: i64) -> f32 {
        if now >= self.end() {
            return self.to;
        }
        if now == self.start {
            return self.from;
        }
        let x = (now - self.start) as f64 / f64::from(self.frames);
        let (from, to) = (f64::from(self.from), f64::from(self.to));
        let value = match self.curve {
            Curve::EqualPower => ((1.0 - x) * from * from + x * to * to).sqrt(),
            Curve::Exponential => from.max(1e-4) * (to.max(1e-4) / from.max(1e-4)).powf(x),
            _ => from + (to - from) * x,
        };
        value as f32
    }
}

/// A strip as it should be. Its volume is always on some path.
#[derive(Debug)]
struct Strip {
    path: Path,
    muted: bool,
    soloed: bool,
    connected: bool,
    /// The engine ramps until then, so that what is heard is between two values.
    ramps_until: i64,
}

struct World {
    engine: Engine,
    mixer: Mixer,
    buses: Vec<Bus>,
    sources: Vec<Source>,
    fades: Vec<Option<(Fade, Path)>>,
    strips: Vec<Strip>,
    now: i64,
}

impl World {
    fn new() -> Self {
        let engine = running(2);
        let mixer = engine.main_mixer();
        // Each source is alone on its side, and pans leave it there.
        let sources = [[1.0, 0.0], [0.0, 1.0]].map(|levels| constant(&engine, &levels));
        let mut world = Self {
            buses: (0..BUSES as u32)
                .map(|bus| mixer.bus(bus).unwrap())
                .collect(),
            mixer,
            sources: sources.into(),
            fades: vec![None; BUSES],
            strips: Vec::new(),
            now: 0,
            engine,
        };
        for _ in 0..BUSES {
            world.strips.push(Strip {
                path: Path {
                    from: 1.0,
                    to: 1.0,
                    start: 0,
                    frames: 0,
                    curve: Curve::Linear,
                },
                muted: false,
                soloed: false,
                connected: false,
                ramps_until: 0,
            });
        }
        world
    }

    fn silenced(&self) -> Vec<bool> {
        let any = self.strips.iter().any(|strip| strip.soloed);
        let silenced = |strip: &Strip| strip.muted || any && !strip.soloed;
        self.strips.iter().map(silenced).collect()
    }

    /// After any change of a bus that is on a ramp, or is to be: the ramp may begin anew, and a fade
    /// that began on one only ends where it should.
    fn ramp(&mut self, bus: usize, jumps: bool) {
        let strip = &mut self.strips[bus];
        if jumps || self.now < strip.ramps_until {
            let fade = strip.path.end().max(self.now);
            strip.ramps_until = fade.max(self.now) + 2 * RAMP as i64 + 512;
        }
    }

    fn set(&mut self, bus: usize, to: f32) {
        let before = self.strips[bus].path.at(self.now);
        self.strips[bus].path = Path {
            from: to,
            to,
            start: self.now,
            frames: 0,
            curve: Curve::Linear,
        };
        self.ramp(bus, before != to);
    }

    fn pan(bus: usize, turned: bool) -> f32 {
        [-0.5, 0.5][bus] * f32::from(u8::from(turned))
    }

    /// What silences a strip has changed.
    fn hushed(&mut self, before: &[bool]) {
        for (bus, silenced) in self.silenced().into_iter().enumerate() {
            self.ramp(bus, silenced != before[bus]);
        }
    }

    fn apply(&mut self, step: Step) {
        let silenced = self.silenced();
        match step {
            Step::Fade(bus, to, frames, curve) => {
                let length = Duration::from_secs_f64(f64::from(frames) / RATE);
                let fade = self.buses[bus].fade_to(level(to), length, curve).unwrap();
                let from = self.strips[bus].path.at(self.now);
                let path = Path {
                    from,
                    to: level(to),
                    start: self.now,
                    frames,
                    curve,
                };
                let strip = &mut self.strips[bus];
                strip.path = path;
                if frames == 0 {
                    self.ramp(bus, from != level(to));
                } else if self.now < strip.ramps_until {
                    strip.ramps_until = self.now + RAMP as i64;
                }
                self.fades[bus] = Some((fade, path));
            }
            Step::FadePan(bus, frames) => {
                let length = Duration::from_secs_f64(f64::from(frames) / RATE);
                let to = Self::pan(bus, frames % 2 == 0);
                self.buses[bus].fade_pan_to(to, length).unwrap();
                self.ramp(bus, false);
            }
            Step::Cancel(bus) => {
                if let Some((fade, path)) = &self.fades[bus] {
                    let path = *path;
                    fade.cancel().unwrap();
                    if self.strips[bus].path == path && self.now < path.end() {
                        self.set(bus, path.at(self.now));
                    }
                }
            }
            Step::Volume(bus, to) => {
                self.buses[bus].set_volume(level(to)).unwrap();
                self.set(bus, level(to));
            }
            Step::Pan(bus, turned) => {
                self.buses[bus].set_pan(Self::pan(bus, turned)).unwrap();
                self.ramp(bus, false);
            }
            Step::Mute(bus, on) => {
                self.buses[bus].set_muted(on).unwrap();
                self.strips[bus].muted = on;
                self.hushed(&silenced);
            }
            Step::Solo(bus, on) => {
                self.buses[bus].set_soloed(on).unwrap();
                self.strips[bus].soloed = on;
                self.hushed(&silenced);
            }
            Step::Configure(bus, to) => {
                let turned = to.is_some();
                let mut entries = [0, 1].map(|bus| BusConfig {
                    pan: Some(Self::pan(bus as usize, turned)),
                    ..BusConfig::new(bus)
                });
                entries[bus].volume = to.map(level);
                self.mixer.configure(&entries).unwrap();
                (0..BUSES).for_each(|bus| self.ramp(bus, false));
                if let Some(to) = to {
                    self.set(bus, level(to));
                }
            }
            Step::Scene => {
                let scene = self.mixer.snapshot();
                self.mixer.apply(&scene).unwrap();
                for bus in 0..BUSES {
                    self.set(bus, self.strips[bus].path.at(self.now));
                }
            }
            Step::Reset => self.engine.reset().unwrap(),
            Step::Restart(pause) => {
                if pause {
                    self.engine.pause().unwrap();
                } else {
                    self.engine.stop().unwrap();
                }
                self.engine.start().unwrap();
                (0..BUSES).for_each(|bus| self.ramp(bus, false));
            }
            Step::Disconnect(bus) => {
                self.engine
                    .disconnect_input(&self.mixer, bus as u32)
                    .unwrap();
                self.strips[bus].connected = false;
            }
            Step::Connect(bus) => {
                let to = bus as u32;
                self.engine
                    .connect(&self.sources[bus], &self.mixer, 0, to)
                    .unwrap();
                self.strips[bus].connected = true;
                self.ramp(bus, false);
            }
            Step::Render(frames) => self.render(frames as usize),
        }
    }

    fn render(&mut self, frames: usize) {
        let heard = crate::common::render(&self.engine, frames);
        let first = self.now;
        self.now += frames as i64;
        let silenced = self.silenced();
        for (bus, strip) in self.strips.iter().enumerate() {
            for (frame, sample) in heard[bus].iter().enumerate() {
                let now = first + frame as i64 + 1;
                if now <= strip.ramps_until && strip.connected {
                    continue;
                }
                let silent = silenced[bus] || !strip.connected;
                let expected = if silent { 0.0 } else { strip.path.at(now) };
                assert!(
                    (sample - expected).abs() <= 2e-5,
                    "bus {bus}, frame {now}: heard {sample}, not {expected}: {strip:?}"
                );
            }
        }
    }

    fn check(&self) {
        let silenced = self.silenced();
        for (bus, strip) in self.buses.iter().zip(&self.strips) {
            let expected = strip.path.at(self.now);
            assert!(
                (bus.volume() - expected).abs() <= 1e-6,
                "volume {}, not {expected}: {strip:?}",
                bus.volume()
            );
            let silenced = silenced[bus.number() as usize];
            let effective = if silenced { 0.0 } else { expected };
            assert!((bus.effective_volume() - effective).abs() <= 1e-6);
        }
        for (strip, fade) in self.strips.iter().zip(&self.fades) {
            let Some((fade, path)) = fade else { continue };
            let runs = strip.path == *path && self.now < path.end();
            assert_eq!(fade.is_running(), runs, "{strip:?}");
        }
    }
}

proptest! {
    #![proptest_config(crate::common::model_config())]

    #[test]
    fn fades_follow_a_plain_model(steps in prop::collection::vec(step(), 1..60)) {
        let mut world = World::new();
        world.check();
        for step in steps {
            world.apply(step);
            world.check();
        }
        world.render(8000);
        world.check();
    }
}
