//! Random moves of strips, groups and sends, sample by sample against products in double precision.

use std::collections::BTreeSet;
use std::time::Duration;

use perbus::{Bus, Curve, Engine, Group, SendTap};
use proptest::prelude::*;

use crate::common::{constant, format, model_config, RATE};

/// Sources, each on two channels of its own, so that each strip is heard alone.
const SOURCES: usize = 2;
const GROUPS: usize = 3;

/// Frames of a ramp.
const RAMP: i64 = 480;

#[derive(Clone, Copy, Debug)]
enum Fader {
    Dry(usize),
    Send(usize),
    Group(usize),
}

#[derive(Clone, Debug)]
enum Step {
    Fade(Fader, f32, u32, Curve),
    Set(Fader, f32),
    Mute(Fader, bool),
    /// A dry strip or its send joins a group, or leaves it.
    Join(usize, bool, usize, bool),
    /// A group in one of a higher number.
    Nest(usize, usize, bool),
    Tap(usize, SendTap),
    /// In blocks of these lengths.
    Render(Vec<u32>),
}

fn fader() -> impl Strategy<Value = Fader> {
    prop_oneof![
        2 => (0..SOURCES).prop_map(Fader::Dry),
        1 => (0..SOURCES).prop_map(Fader::Send),
        3 => (0..GROUPS).prop_map(Fader::Group),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let volume = || 0.0..=1.8f32;
    let frames = prop_oneof![1 => 1..64u32, 3 => 500..5000u32];
    let curve = prop_oneof![
        Just(Curve::Linear),
        Just(Curve::EqualPower),
        Just(Curve::Exponential)
    ];
    let tap = prop_oneof![Just(SendTap::PreFader), Just(SendTap::PostFader)];
    let blocks = prop::collection::vec(prop_oneof![1..40u32, 40..512u32], 1..8);
    prop_oneof![
        8 => (fader(), volume(), frames, curve)
            .prop_map(|(a, b, c, d)| Step::Fade(a, b, c, d)),
        2 => (fader(), volume()).prop_map(|(a, b)| Step::Set(a, b)),
        2 => (fader(), any::<bool>()).prop_map(|(a, b)| Step::Mute(a, b)),
        2 => (0..SOURCES, any::<bool>(), 0..GROUPS, prop::bool::weighted(0.7))
            .prop_map(|(a, b, c, d)| Step::Join(a, b, c, d)),
        1 => (0..GROUPS, 0..GROUPS, any::<bool>()).prop_map(|(a, b, c)| Step::Nest(a, b, c)),
        2 => (0..SOURCES, tap).prop_map(|(a, b)| Step::Tap(a, b)),
        12 => blocks.prop_map(Step::Render),
    ]
}

/// A fader on its way.
#[derive(Clone, Copy, Debug)]
struct Path {
    from: f64,
    to: f64,
    start: i64,
    frames: i64,
    curve: Curve,
    muted: bool,
}

impl Path {
    const NEW: Self = Self {
        from: 1.0,
        to: 1.0,
        start: 0,
        frames: 0,
        curve: Curve::Linear,
        muted: false,
    };

    fn volume(&self, now: i64) -> f64 {
        if now >= self.start + self.frames {
            return self.to;
        }
        let x = (now - self.start) as f64 / self.frames as f64;
        let (from, to) = (self.from, self.to);
        match self.curve {
            Curve::EqualPower => ((1.0 - x) * from * from + x * to * to).sqrt(),
            Curve::Exponential if x > 0.0 => {
                from.max(1e-4) * (to.max(1e-4) / from.max(1e-4)).powf(x)
            }
            _ => from + (to - from) * x,
        }
    }

    fn at(&self, now: i64) -> f64 {
        if self.muted {
            0.0
        } else {
            self.volume(now)
        }
    }
}

/// What one channel hears: its source's dry strip, or its send.
#[derive(Clone, Debug, Default)]
struct Ramp {
    until: i64,
    /// How far all jumps since it was steady have to go.
    distance: f64,
}

struct World {
    engine: Engine,
    dry: Vec<Bus>,
    sends: Vec<Bus>,
    groups: Vec<Group>,
    dry_paths: Vec<Path>,
    send_paths: Vec<Path>,
    group_paths: Vec<Path>,
    /// By source: the groups of the dry strip, and of its send.
    members: Vec<[BTreeSet<usize>; 2]>,
    /// By group: those that it is in.
    outer: Vec<BTreeSet<usize>>,
    taps: Vec<SendTap>,
    /// Of the dry strips, then of the sends.
    ramps: Vec<Ramp>,
    heard: Vec<f64>,
    now: i64,
}

impl World {
    /// A source has a pair of channels, left and right: its dry strip is panned to one, its send to
    /// the other.
    fn new() -> Result<Self, TestCaseError> {
        let engine = Engine::offline(format(2 * SOURCES as u32), 512)?;
        engine.start()?;
        let (main, aux) = (engine.main_mixer(), engine.create_mixer()?);
        engine.connect(&aux, &main, 0, 9)?;
        let (mut dry, mut sends) = (Vec::new(), Vec::new());
        for number in 0..SOURCES {
            let mut values = vec![0.0; 2 * SOURCES];
            values[2 * number] = 1.0;
            values[2 * number + 1] = 1.0;
            let source = constant(&engine, &values);
            engine.connect(&source, &main, 0, number as u32)?;
            let bus = main.bus(number as u32)?;
            bus.set_pan(-1.0)?;
            let send = bus.send_to(&aux, SendTap::PostFader)?;
            send.set_pan(1.0)?;
            dry.push(bus);
            sends.push(send);
        }
        let groups = (0..GROUPS).map(|number| engine.create_group(&number.to_string()));
        let mut world = Self {
            groups: groups.collect::<Result<_, _>>()?,
            engine,
            dry,
            sends,
            dry_paths: vec![Path::NEW; SOURCES],
            send_paths: vec![Path::NEW; SOURCES],
            group_paths: vec![Path::NEW; GROUPS],
            members: vec![Default::default(); SOURCES],
            outer: vec![BTreeSet::new(); GROUPS],
            taps: vec![SendTap::PostFader; SOURCES],
            ramps: vec![Ramp::default(); 2 * SOURCES],
            heard: vec![1.0; 2 * SOURCES],
            now: 0,
        };
        world.render(512)?;
        Ok(world)
    }

    fn over(&self, groups: &BTreeSet<usize>) -> BTreeSet<usize> {
        let outer = groups.iter().flat_map(|it| self.over(&self.outer[*it]));
        outer.chain(groups.iter().copied()).collect()
    }

    /// The gain of a dry strip or a send.
    fn target(&self, strip: usize, now: i64) -> f64 {
        let source = strip % SOURCES;
        let [dry, send] = &self.members[source];
        let mut groups = if strip < SOURCES { dry } else { send }.clone();
        let mut own = if strip < SOURCES {
            self.dry_paths[source].at(now)
        } else {
            self.send_paths[source].at(now)
        };
        if strip >= SOURCES && self.taps[source] == SendTap::PostFader {
            groups.extend(dry);
            own *= self.dry_paths[source].at(now);
        }
        let groups = self.over(&groups);
        let product: f64 = groups
            .iter()
            .map(|it| self.group_paths[*it].at(now))
            .product();
        (own * product).min(4.0)
    }

    fn path(&mut self, fader: Fader) -> &mut Path {
        match fader {
            Fader::Dry(number) => &mut self.dry_paths[number],
            Fader::Send(number) => &mut self.send_paths[number],
            Fader::Group(number) => &mut self.group_paths[number],
        }
    }

    fn apply(&mut self, step: Step) -> Result<(), TestCaseError> {
        if let Step::Render(blocks) = step {
            for frames in blocks {
                self.render(frames as usize)?;
            }
            return Ok(());
        }
        let now = self.now;
        let all = 0..2 * SOURCES;
        let before: Vec<_> = all.clone().map(|it| self.target(it, now)).collect();
        self.change(step)
            .map_err(|error| TestCaseError::fail(error.to_string()))?;
        for strip in all {
            let distance = (self.target(strip, now) - before[strip]).abs();
            let ramp = &mut self.ramps[strip];
            // A change in the middle of a ramp may begin it again.
            if distance > 0.0 || ramp.until > now {
                ramp.until = now + RAMP;
                ramp.distance += distance;
            }
        }
        Ok(())
    }

    fn change(&mut self, step: Step) -> perbus::Result<()> {
        let now = self.now;
        match step {
            Step::Fade(fader, to, frames, curve) => {
                let length = Duration::from_secs_f64(f64::from(frames) / RATE);
                match fader {
                    Fader::Dry(number) => self.dry[number].fade_to(to, length, curve)?,
                    Fader::Send(number) => self.sends[number].fade_to(to, length, curve)?,
                    Fader::Group(number) => self.groups[number].fade_to(to, length, curve)?,
                };
                let path = self.path(fader);
                *path = Path {
                    from: path.volume(now),
                    to: f64::from(to),
                    start: now,
                    frames: i64::from(frames),
                    curve,
                    muted: path.muted,
                };
            }
            Step::Set(fader, to) => {
                match fader {
                    Fader::Dry(number) => self.dry[number].set_volume(to)?,
                    Fader::Send(number) => self.sends[number].set_volume(to)?,
                    Fader::Group(number) => self.groups[number].set_volume(to)?,
                }
                let path = self.path(fader);
                (path.to, path.frames) = (f64::from(to), 0);
            }
            Step::Mute(fader, muted) => {
                match fader {
                    Fader::Dry(number) => self.dry[number].set_muted(muted)?,
                    Fader::Send(number) => self.sends[number].set_muted(muted)?,
                    Fader::Group(number) => self.groups[number].set_muted(muted)?,
                }
                self.path(fader).muted = muted;
            }
            Step::Join(source, send, group, joins) => {
                let bus = if send { &self.sends } else { &self.dry };
                let (bus, members) = (&bus[source], &mut self.members[source][usize::from(send)]);
                if joins {
                    self.groups[group].add(bus)?;
                    members.insert(group);
                } else {
                    self.groups[group].remove(bus)?;
                    members.remove(&group);
                }
            }
            Step::Nest(inner, outer, nested) if inner < outer => {
                if nested {
                    self.groups[outer].add_group(&self.groups[inner])?;
                    self.outer[inner].insert(outer);
                } else {
                    self.groups[outer].remove_group(&self.groups[inner])?;
                    self.outer[inner].remove(&outer);
                }
            }
            Step::Tap(source, tap) => {
                self.sends[source].set_send_tap(tap)?;
                self.taps[source] = tap;
            }
            Step::Nest(..) | Step::Render(_) => {}
        }
        Ok(())
    }

    /// Renders a block. Where nothing ramps, each sample is the product; elsewhere none moves by
    /// more than the ramps and the fades under way.
    fn render(&mut self, frames: usize) -> Result<(), TestCaseError> {
        let mut planar = vec![vec![0.0f32; frames]; 2 * SOURCES];
        let mut slices: Vec<_> = planar.iter_mut().map(Vec::as_mut_slice).collect();
        let rendered = self.engine.render(&mut slices);
        rendered.map_err(|error| TestCaseError::fail(error.to_string()))?;
        for strip in 0..2 * SOURCES {
            let channel = 2 * (strip % SOURCES) + strip / SOURCES;
            for (frame, sample) in (1..).zip(&planar[channel]) {
                let (now, sample) = (self.now + frame, f64::from(*sample));
                let target = self.target(strip, now);
                let ramp = &self.ramps[strip];
                if now >= ramp.until {
                    let near = (sample - target).abs() <= 1e-5;
                    prop_assert!(near, "strip {strip} at {now}: {sample}, not {target}");
                } else {
                    let fade = (target - self.target(strip, now - 1)).abs();
                    let most = fade + ramp.distance / RAMP as f64 + 1e-5;
                    let step = (sample - self.heard[strip]).abs();
                    prop_assert!(step <= most, "strip {strip} at {now}: {step}, over {most}");
                }
                self.heard[strip] = sample;
            }
            let end = self.now + frames as i64;
            if end >= self.ramps[strip].until {
                self.ramps[strip].distance = 0.0;
            }
        }
        self.now += frames as i64;
        Ok(())
    }
}

proptest! {
    #![proptest_config(model_config())]

    #[test]
    fn every_sample_is_the_product_of_the_faders(
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let mut world = World::new().expect("a console");
        for step in steps {
            world.apply(step)?;
        }
    }
}
