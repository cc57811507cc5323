//! A console under test, and the model that it is compared with.

use std::collections::BTreeMap;

use perbus::{Bus, Engine, Error, Group, Mixer, Source};
use proptest::prelude::*;

use super::model::{all_buses, At, Model, MIXERS, SOURCES};
use super::Step;
use crate::common::{constant, running};
use crate::course::RAMP_FRAMES;

pub(crate) type Tested<T> = Result<T, TestCaseError>;

/// The gains of the buses that are heard, with their sources, and those of the outputs.
type Heard = (BTreeMap<At, (usize, [f64; 2])>, Vec<f64>);

/// Whether values wait for a mixer's first source. Then they reach it on a ramp, and do not begin with it.
fn values_wait() -> bool {
    let manners = std::env::var("PERBUS_MANNERS").unwrap_or_default();
    manners.split(',').any(|it| it == "pending")
}

pub(crate) struct World {
    pub(crate) engine: Engine,
    pub(crate) mixers: Vec<Mixer>,
    sources: Vec<Source>,
    pub(crate) groups: BTreeMap<u32, Group>,
    pub(crate) model: Model,
    /// Frames rendered.
    pub(crate) now: i64,
    /// Those before the clock was reset.
    pub(crate) past: i64,
    /// From this frame on every sample is the model's.
    pub(crate) ramps_until: i64,
    pub(crate) runs: bool,
}

/// The same call for whatever a node is.
macro_rules! on_node {
    ($world:expr, $node:expr, $name:ident => $call:expr) => {
        if $node < MIXERS {
            let $name = &$world.mixers[$node];
            $call
        } else {
            let $name = &$world.sources[$node - MIXERS];
            $call
        }
    };
}

impl World {
    pub(crate) fn new() -> perbus::Result<Self> {
        let engine = running(2);
        let mixers = vec![
            engine.main_mixer(),
            engine.create_mixer()?,
            engine.create_mixer()?,
        ];
        let sources = SOURCES.iter().map(|levels| constant(&engine, levels));
        let mut world = Self {
            mixers,
            sources: sources.collect(),
            groups: BTreeMap::new(),
            model: Model::new(),
            now: 0,
            past: 0,
            ramps_until: 0,
            runs: true,
            engine,
        };
        let engine = &world.engine;
        engine.connect(&world.sources[0], &world.mixers[0], 0, 0)?;
        engine.connect(&world.sources[1], &world.mixers[1], 0, 0)?;
        engine.connect(&world.mixers[1], &world.mixers[0], 0, 1)?;
        for (source, to) in [(MIXERS, (0, 0)), (MIXERS + 1, (1, 0)), (1, (0, 1))] {
            world.model.connect(source, to, false);
        }
        for number in 0..2 {
            let group = world.engine.create_group("some")?;
            group.add(&world.bus((number, 0)))?;
            world.created(group);
            let groups = world.model.groups.values_mut();
            groups
                .last()
                .expect("it was made")
                .members
                .insert((number, 0));
        }
        Ok(world)
    }

    pub(crate) fn bus(&self, at: At) -> Bus {
        self.mixers[at.0].bus(at.1).expect("a bus of the mixer's")
    }

    fn heard(&self) -> Heard {
        let fed = self.model.fed.iter();
        let buses = fed.map(|(at, source)| (*at, (*source, self.model.gains(*at, self.now))));
        let outputs = self.model.outputs.iter().map(|it| it.at(self.now));
        (buses.collect(), outputs.collect())
    }

    pub(crate) fn apply(&mut self, step: Step) -> Tested<()> {
        let before = self.heard();
        let silent: Vec<_> = (0..MIXERS)
            .filter(|it| !self.model.has_source(*it))
            .collect();
        match step {
            Step::Render(blocks) => return self.render(&blocks),
            Step::Call(call) => self.call(call)?,
            Step::Batch(calls) => {
                let engine = self.engine.clone();
                let mut done = Ok(());
                let opened = engine.batch(|| {
                    done = calls.into_iter().try_for_each(|call| self.call(call));
                    Ok(())
                });
                opened.expect("no block is being rendered");
                done?;
            }
            edit => self.edit(edit)?,
        }
        let after = self.heard();
        let differs = |one: f64, other: f64| (one - other).abs() > 1e-12;
        let bus_jumps = |(at, (source, gains)): (&At, &(usize, [f64; 2]))| {
            let earlier = before.0.get(at).filter(|it| it.0 == *source);
            earlier.is_some_and(|it| (0..2).any(|side| differs(it.1[side], gains[side])))
        };
        let mut outputs = before.1.iter().zip(&after.1);
        let fed = silent.into_iter().any(|it| self.model.has_source(it));
        if after.0.iter().any(bus_jumps)
            || outputs.any(|(one, other)| differs(*one, *other))
            || (fed && values_wait())
        {
            self.ramps_until = self.now + RAMP_FRAMES;
        } else {
            // It may begin a ramp again that is not over.
            self.disturb(self.now);
        }
        Ok(())
    }

    pub(crate) fn disturb(&mut self, frame: i64) {
        if frame < self.ramps_until {
            self.ramps_until = frame + RAMP_FRAMES;
        }
    }

    fn edit(&mut self, step: Step) -> Tested<()> {
        let engine = self.engine.clone();
        match step {
            Step::Connect(source, to, too) => {
                if !self.model.may_connect(source, to) {
                    return Ok(());
                }
                let mixer = &self.mixers[to.0];
                on_node!(self, source, it => if too {
                    engine.add_destination(it, mixer, 0, to.1)
                } else {
                    engine.connect(it, mixer, 0, to.1)
                })?;
                self.model.connect(source, to, too);
            }
            Step::Disconnect(at) => {
                if self.model.attached[at.0] {
                    engine.disconnect_input(&self.mixers[at.0], at.1)?;
                    self.model.fed.remove(&at);
                }
            }
            Step::Reconnect(at) => {
                if let Some(source) = self.model.fed.get(&at).copied() {
                    let mixer = &self.mixers[at.0];
                    engine.disconnect_input(mixer, at.1)?;
                    on_node!(self, source, it => engine.add_destination(it, mixer, 0, at.1))?;
                }
            }
            Step::Send(dry, wet, tap) => self.send(dry, wet, tap)?,
            Step::EndSend(at) => {
                let ended = self.bus(at).end_send();
                let was = self.model.sends.remove(&at).is_some();
                prop_assert_eq!(ended.is_ok(), was, "{:?}", ended);
                if was {
                    self.model.fed.remove(&at);
                }
            }
            Step::Detach(node) => {
                if self.model.attached[node] {
                    on_node!(self, node, it => engine.detach(it))?;
                    self.model.detach(node, self.now);
                }
            }
            Step::Attach(node) => {
                on_node!(self, node, it => engine.attach(it))?;
                self.model.attached[node] = true;
            }
            Step::Restart => {
                engine.stop()?;
                engine.start()?;
                self.runs = true;
            }
            Step::Stop => {
                engine.stop()?;
                self.runs = false;
            }
            Step::Reset => {
                engine.reset()?;
                self.past = self.now;
            }
            Step::Call(_) | Step::Batch(_) | Step::Render(_) => {}
        }
        Ok(())
    }

    fn send(&mut self, dry: At, wet: At, tap: perbus::SendTap) -> Tested<()> {
        let source = self.model.fed.get(&dry).copied();
        let fed = source.is_some() && self.model.fed.get(&wet).copied() == source;
        // Otherwise the engine may refuse it, as an edit that may not be made.
        if source.is_some_and(|it| !fed && !self.model.may_connect(it, wet)) {
            return Ok(());
        }
        let sent = self.bus(dry).send_to(&self.bus(wet), tap);
        let circle = self.model.is_sent_from(dry, wet);
        match sent {
            Err(Error::InvalidArgument(_)) => prop_assert_eq!(dry, wet),
            Err(Error::Cycle(_)) => prop_assert!(circle),
            Err(Error::NotConnected(_)) => prop_assert!(source.is_none() && !circle),
            Err(Error::NotAttached(_)) => {
                prop_assert!(!self.model.attached[dry.0] || !self.model.attached[wet.0]);
            }
            Err(error) => return Err(error.into()),
            Ok(_) => {
                prop_assert!(!circle);
                let source = source.expect("there is something to send");
                self.model.connect(source, wet, true);
                let send = super::model::Send { dry, tap, source };
                self.model.sends.insert(wet, send);
            }
        }
        Ok(())
    }

    /// What can be read is the model's.
    pub(crate) fn check(&self) -> Tested<()> {
        prop_assert_eq!(self.engine.audit()?, []);
        let (now, model) = (self.now, &self.model);
        let near = |read: f32, expected: f64| (f64::from(read) - expected).abs() <= 1e-5;
        for at in all_buses() {
            let (bus, strip) = (self.bus(at), &model.strips[&at]);
            let (volume, pan) = (strip.volume.shown(now), strip.pan.shown(now));
            prop_assert!(near(bus.volume(), volume), "{at:?}: {bus:?}, not {volume}");
            prop_assert!(near(bus.pan(), pan), "{at:?}: {bus:?}, not {pan}");
            prop_assert_eq!(bus.is_muted(), strip.volume.muted);
            prop_assert_eq!(bus.is_soloed(), strip.soloed);
            let sent = model.sends.get(&at);
            prop_assert_eq!(bus.send_tap(), sent.map(|it| it.tap));
            prop_assert_eq!(bus.send_source(), sent.map(|it| self.bus(it.dry)));
            for (path, list) in [
                (&strip.volume, bus.volume_automation()),
                (&strip.pan, bus.pan_automation()),
            ] {
                self.check_list(path, &list)?;
            }
            if model.fed.contains_key(&at) {
                let read = self
                    .engine
                    .mixer_volume_for_bus(&self.mixers[at.0], at.1)?
                    .0;
                prop_assert!(near(read, volume), "{at:?}: {read}, not {volume}");
                let faders = model.faders(at);
                let product: f64 = faders.iter().map(|it| it.shown_unmuted(now)).product();
                let silent = model.is_silenced(at);
                let effective = if silent { 0.0 } else { product.min(4.0) };
                let read = bus.effective_volume();
                prop_assert!(near(read, effective), "{at:?}: {read}, not {effective}");
            }
        }
        for (number, mixer) in self.mixers.iter().enumerate() {
            let (path, read) = (&model.outputs[number], mixer.output_volume()?);
            prop_assert!(near(read, path.shown(now)), "output {number}: {read}");
            self.check_list(path, &mixer.output_volume_automation())?;
            prop_assert_eq!(mixer.pan_law(), model.laws[number]);
        }
        for (number, group) in &self.groups {
            let modelled = &model.groups[number];
            let (read, expected) = (group.volume(), modelled.fader.shown(now));
            prop_assert!(near(read, expected), "{group:?}: {read}, not {expected}");
            self.check_list(&modelled.fader, &group.volume_automation())?;
            prop_assert_eq!(group.is_muted(), modelled.fader.muted);
            prop_assert_eq!(group.is_soloed(), modelled.soloed);
        }
        Ok(())
    }
}
