//! Random moves of strips, groups and sends, sample by sample against products in double precision.

use std::collections::{BTreeMap, BTreeSet};
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
    /// After so many frames.
    FadeAt(Fader, u32, f32, u32, Curve),
    CancelFrom(Fader, u32),
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
    let frames = || prop_oneof![1 => 1..64u32, 3 => 500..5000u32];
    let curve = || {
        prop_oneof![
            Just(Curve::Linear),
            Just(Curve::EqualPower),
            Just(Curve::Exponential)
        ]
    };
    let tap = prop_oneof![Just(SendTap::PreFader), Just(SendTap::PostFader)];
    let blocks = prop::collection::vec(prop_oneof![1..40u32, 40..512u32], 1..8);
    prop_oneof![
        8 => (fader(), volume(), frames(), curve())
            .prop_map(|(a, b, c, d)| Step::Fade(a, b, c, d)),
        6 => (fader(), 0..4000u32, volume(), frames(), curve())
            .prop_map(|(a, b, c, d, e)| Step::FadeAt(a, b, c, d, e)),
        1 => (fader(), 0..4000u32, volume())
            .prop_map(|(a, b, c)| Step::FadeAt(a, b, c, 0, Curve::Linear)),
        1 => (fader(), 0..4000u32).prop_map(|(a, b)| Step::CancelFrom(a, b)),
        2 => (fader(), volume()).prop_map(|(a, b)| Step::Set(a, b)),
        2 => (fader(), any::<bool>()).prop_map(|(a, b)| Step::Mute(a, b)),
        2 => (0..SOURCES, any::<bool>(), 0..GROUPS, prop::bool::weighted(0.7))
            .prop_map(|(a, b, c, d)| Step::Join(a, b, c, d)),
        1 => (0..GROUPS, 0..GROUPS, any::<bool>()).prop_map(|(a, b, c)| Step::Nest(a, b, c)),
        2 => (0..SOURCES, tap).prop_map(|(a, b)| Step::Tap(a, b)),
        12 => blocks.prop_map(Step::Render),
    ]
}

/// A way from wherever a fader is to another value.
#[derive(Clone, Copy, Debug)]
struct Leg {
    to: f64,
    start: i64,
    frames: i64,
    curve: Curve,
}

impl Leg {
    fn volume(&self, from: f64, now: i64) -> f64 {
        if now >= self.start + self.frames {
            return self.to;
        }
        let (x, to) = ((now - self.start) as f64 / self.frames as f64, self.to);
        match self.curve {
            Curve::EqualPower => ((1.0 - x) * from * from + x * to * to).sqrt(),
            Curve::Exponential if x > 0.0 => {
                from.max(1e-4) * (to.max(1e-4) / from.max(1e-4)).powf(x)
            }
            _ => from + (to - from) * x,
        }
    }
}

/// A fader on its way, and what it does later.
#[derive(Clone, Debug)]
struct Path {
    from: f64,
    leg: Leg,
    later: BTreeMap<i64, Leg>,
    muted: bool,
}

impl Path {
    fn new() -> Self {
        Self {
            from: 1.0,
            leg: Leg {
                to: 1.0,
                start: 0,
                frames: 0,
                curve: Curve::Linear,
            },
            later: BTreeMap::new(),
            muted: false,
        }
    }

    /// The leg that a frame is heard on, and where that began.
    fn leg(&self, now: i64) -> (f64, Leg) {
        let due = self.later.range(..now).map(|(_, leg)| *leg);
        due.fold((self.from, self.leg), |(from, leg), next| {
            (leg.volume(from, next.start), next)
        })
    }

    fn volume(&self, now: i64) -> f64 {
        let (from, leg) = self.leg(now);
        leg.volume(from, now)
    }

    fn at(&self, now: i64) -> f64 {
        if self.muted {
            0.0
        } else {
            self.volume(now)
        }
    }

    /// Whether a value is set just before this frame.
    fn is_set(&self, now: i64) -> bool {
        self.later.get(&(now - 1)).is_some_and(|it| it.frames == 0)
    }

    /// As if it were not set there.
    fn before_set(&self, now: i64) -> f64 {
        self.at(now - i64::from(self.is_set(now)))
    }

    /// One frame earlier, as if it had been set by then.
    fn after_set(&self, now: i64) -> f64 {
        self.at(now - i64::from(!self.is_set(now)))
    }

    /// In place of what starts at this frame, and of what runs.
    fn start(&mut self, now: i64, leg: Leg) {
        self.from = self.volume(now);
        self.leg = leg;
        self.later = self.later.split_off(&(now + 1));
    }

    fn cancel_from(&mut self, frame: i64) {
        let (to, (_, leg)) = (self.volume(frame), self.leg(frame));
        self.later.split_off(&frame);
        if leg.start + leg.frames > frame {
            let hold = Leg {
                to,
                start: frame,
                frames: 0,
                curve: Curve::Linear,
            };
            self.later.insert(frame, hold);
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

fn leg(start: i64, to: f32, frames: u32, curve: Curve) -> Leg {
    Leg {
        to: f64::from(to),
        start,
        frames: i64::from(frames),
        curve,
    }
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
            dry_paths: vec![Path::new(); SOURCES],
            send_paths: vec![Path::new(); SOURCES],
            group_paths: vec![Path::new(); GROUPS],
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
        self.product(strip, |path| path.at(now))
    }

    fn product(&self, strip: usize, at: impl Fn(&Path) -> f64) -> f64 {
        let source = strip % SOURCES;
        let [dry, send] = &self.members[source];
        let mut groups = if strip < SOURCES { dry } else { send }.clone();
        let mut own = if strip < SOURCES {
            at(&self.dry_paths[source])
        } else {
            at(&self.send_paths[source])
        };
        if strip >= SOURCES && self.taps[source] == SendTap::PostFader {
            groups.extend(dry);
            own *= at(&self.dry_paths[source]);
        }
        let groups = self.over(&groups);
        let product: f64 = groups.iter().map(|it| at(&self.group_paths[*it])).product();
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
                self.path(fader).start(now, leg(now, to, frames, curve));
            }
            Step::FadeAt(fader, delay, to, frames, curve) => {
                let length = Duration::from_secs_f64(f64::from(frames) / RATE);
                let start = now + i64::from(delay);
                match fader {
                    Fader::Dry(number) => self.dry[number].fade_at(start, to, length, curve)?,
                    Fader::Send(number) => self.sends[number].fade_at(start, to, length, curve)?,
                    Fader::Group(number) => {
                        self.groups[number].fade_at(start, to, length, curve)?
                    }
                };
                let leg = leg(start, to, frames, curve);
                self.path(fader).later.insert(start, leg);
            }
            Step::CancelFrom(fader, delay) => {
                let frame = now + i64::from(delay);
                match fader {
                    Fader::Dry(number) => self.dry[number].cancel_automation_from(frame)?,
                    Fader::Send(number) => self.sends[number].cancel_automation_from(frame)?,
                    Fader::Group(number) => self.groups[number].cancel_automation_from(frame)?,
                }
                self.path(fader).cancel_from(frame);
            }
            Step::Set(fader, to) => {
                match fader {
                    Fader::Dry(number) => self.dry[number].set_volume(to)?,
                    Fader::Send(number) => self.sends[number].set_volume(to)?,
                    Fader::Group(number) => self.groups[number].set_volume(to)?,
                }
                let set = leg(now, to, 0, Curve::Linear);
                self.path(fader).start(now, set);
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
                let unset = self.product(strip, |path| path.before_set(now));
                let ramp = &mut self.ramps[strip];
                if unset != target {
                    if now > ramp.until {
                        ramp.distance = 0.0;
                    }
                    ramp.until = now - 1 + RAMP;
                    ramp.distance += (target - unset).abs();
                }
                let ramp = &self.ramps[strip];
                if now >= ramp.until {
                    let near = (sample - target).abs() <= 1e-5;
                    prop_assert!(near, "strip {strip} at {now}: {sample}, not {target}");
                } else {
                    let was = self.product(strip, |path| path.after_set(now));
                    let fade = (unset - self.target(strip, now - 1)).abs();
                    let fade = fade.max((target - was).abs());
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
