//! The console that is heard, and its model.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::time::Duration;

use perbus::{Bus, Engine, Group, SendTap};
use proptest::prelude::*;

use super::{Fader, Step, GROUPS, SOURCES};
use crate::common::{constant, format, RATE};
use crate::course::{Leg, Path, RAMP_FRAMES};

/// What one channel hears: its source's dry strip, or its send.
#[derive(Clone, Debug, Default)]
struct Ramp {
    until: i64,
    /// How far all jumps since it was steady have to go.
    distance: f64,
}

pub(crate) struct World {
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
    pub(crate) fn new() -> Result<Self, TestCaseError> {
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
            dry_paths: vec![Path::at_rest(1.0); SOURCES],
            send_paths: vec![Path::at_rest(1.0); SOURCES],
            group_paths: vec![Path::at_rest(1.0); GROUPS],
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

    pub(crate) fn apply(&mut self, step: Step) -> Result<(), TestCaseError> {
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
                ramp.until = now + RAMP_FRAMES;
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
                self.path(fader)
                    .start(now, Leg::new(now, to, frames, curve));
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
                let leg = Leg::new(start, to, frames, curve);
                self.path(fader).schedule(leg);
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
                self.path(fader).start(now, Leg::set(now, to));
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
                let starts = Cell::new(false);
                self.product(strip, |path| {
                    starts.set(starts.get() || path.starts(now));
                    1.0
                });
                let ramp = &mut self.ramps[strip];
                // What starts in the middle of a ramp may begin it again, like a change.
                if unset != target || (starts.get() && ramp.until >= now) {
                    if now > ramp.until {
                        ramp.distance = 0.0;
                    }
                    ramp.until = now - 1 + RAMP_FRAMES;
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
                    let most = fade + ramp.distance / RAMP_FRAMES as f64 + 1e-5;
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
