//! Strips, solo, scenes, fades and edits in random order, compared with the model after each step.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::sync::Arc;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::fake::{Fake, FakeBackend, FakeConnection};
use super::model;
use super::operation::{operation, Operation, Place};
use super::stage::{which, Started, Test};
use crate::desk::automation::Point;
use crate::desk::fade::{Curve, Ended, FadeEnd};
use crate::desk::fading::FadeRequest;
use crate::desk::fallback::{Control, Fallback};
use crate::desk::recall::Part;
use crate::desk::routing::OUTPUT;
use crate::desk::scene::{BusConfig, Scene};
use crate::desk::software_masters::SoftwareMasters;
use crate::error::Error;
use crate::sync::lock;

fn point(start: i64, to: f32, frames: i64) -> Point {
    Point {
        start,
        to,
        frames: frames as u64,
        curve: Curve::Linear,
    }
}

impl<B: FakeBackend> Test<B> {
    fn run(&mut self, operation: Operation) -> Result<(), TestCaseError> {
        match operation {
            Operation::Connect(source, node, bus) => self.connect(source, node, bus, true),
            Operation::Add(source, node, bus) => self.connect(source, node, bus, false),
            Operation::DisconnectInput(node, bus) => self.disconnect(node, bus, false),
            Operation::DisconnectOutput(node) => self.disconnect(node, 0, true),
            Operation::Detach(node) => self.detach(node),
            Operation::Attach(node) => {
                if !self.is_attached(node) {
                    self.model.attached.insert(node);
                    self.desk
                        .backend()
                        .fake()
                        .connect(FakeConnection::output(node));
                    let (mut graph, driver) = (self.desk.graph.write(), &self.desk.driver);
                    let attached = graph.attach(driver, self.node(node));
                    attached.expect("there is nothing to refuse");
                }
            }
            Operation::Set((mixer, bus), of_volume, value) => {
                let node = self.node(mixer);
                let strip = node.strips.get_or_create(bus);
                let set = if of_volume {
                    self.desk.set_volume(node, strip, value)
                } else {
                    self.desk.set_pan(node, strip, value)
                };
                prop_assert_eq!(set.is_ok(), self.is_attached(mixer));
                if set.is_ok() {
                    self.model.set(mixer, bus, of_volume, value);
                }
            }
            Operation::SetByNumber((mixer, bus), value, fallback) => {
                *lock(&self.desk.fallback) = fallback;
                let node = self.node(mixer);
                let set = self.desk.set_volume_for_bus(node, value, bus);
                let expected = if self.model.fed.contains_key(&(mixer, bus)) {
                    Some(Control::Connection)
                } else {
                    match fallback {
                        _ if !self.is_attached(mixer) => None,
                        Fallback::Global => Some(Control::Mixer),
                        Fallback::Deny => None,
                        Fallback::Hold => Some(Control::Held),
                    }
                };
                prop_assert_eq!(set.ok(), expected);
                if expected == Some(Control::Mixer) {
                    self.model.set(mixer, OUTPUT, true, value);
                }
                if matches!(expected, Some(Control::Connection | Control::Held)) {
                    self.model.set(mixer, bus, true, value);
                }
            }
            Operation::SetOutput(mixer, value) => {
                let set = self.desk.set_output_volume(self.node(mixer), value);
                prop_assert!(set.is_ok());
                self.model.set(mixer, OUTPUT, true, value);
            }
            Operation::Mute((mixer, bus), muted) => {
                let node = self.node(mixer);
                let strip = node.strips.get_or_create(bus);
                let set = self.desk.set_muted(node, strip, muted);
                prop_assert_eq!(set.is_ok(), self.is_attached(mixer));
                if set.is_ok() {
                    self.model.strip(mixer, bus).muted = muted;
                }
            }
            Operation::SetRefused((mixer, bus), value) => {
                let node = self.node(mixer);
                self.desk
                    .backend()
                    .fake()
                    .refuses
                    .store(true, Ordering::Relaxed);
                let set = self
                    .desk
                    .set_volume(node, node.strips.get_or_create(bus), value);
                self.desk
                    .backend()
                    .fake()
                    .refuses
                    .store(false, Ordering::Relaxed);
                let heard = self.model.connection(mixer, bus).is_some()
                    && !self.model.is_silenced(mixer, bus);
                prop_assert_eq!(set.is_ok(), self.is_attached(mixer) && !heard);
                if set.is_ok() {
                    self.model.set(mixer, bus, true, value);
                }
            }
            Operation::Configure(mixer, mut configs) => {
                configs.sort_by_key(|config| config.bus);
                configs.dedup_by_key(|config| config.bus);
                self.configure(mixer, &configs)?;
            }
            Operation::Snapshot(mixer, with_solo) => {
                self.scene = self.desk.snapshot(self.node(mixer), with_solo);
                let solos = self.scene.buses().iter().map(|it| it.soloed.is_some());
                prop_assert!(solos.into_iter().all(|it| it == with_solo));
            }
            Operation::ClearSolo => {
                self.desk.clear_solo().expect("there is nothing to refuse");
                let attached = &self.model.attached;
                for (place, strip) in &mut self.model.strips {
                    strip.soloed &= !attached.contains(&place.0);
                }
            }
            Operation::Apply(mixer) => {
                let scene = self.scene.clone();
                let part = Part::new(self.node(mixer), &scene);
                let set = self.desk.recall(&[part], &[], None);
                prop_assert_eq!(set.is_ok(), self.is_attached(mixer));
                if set.is_ok() {
                    for config in scene.buses() {
                        self.model.configure(mixer, config);
                    }
                    if let Some(volume) = scene.output_volume() {
                        self.model.set(mixer, OUTPUT, true, volume);
                    }
                }
            }
            Operation::Fade((mixer, bus), of_volume, to, frames) => {
                self.fade((mixer, bus), of_volume, to, frames)?;
            }
            Operation::FadeOutput(mixer, to, frames) => {
                self.fade((mixer, OUTPUT), true, to, frames)?;
            }
            Operation::FadeAt((mixer, bus), of_volume, delay, to, frames) => {
                let number = self.fades.len() as u32;
                let ends = Arc::clone(&self.ends);
                let ended: Ended = Box::new(move |end| lock(&ends).push((number, end)));
                let start = self.model.now + delay;
                let point = point(start, to, frames);
                let list = vec![(point, Some(ended))];
                if let Some(numbers) = self.schedule((mixer, bus), of_volume, list)? {
                    prop_assert_eq!(self.model.number(), number);
                    let modelled = model::Point {
                        number: Some(number),
                        to,
                        frames,
                    };
                    let points = [(start, modelled)].into();
                    self.model.automate(mixer, bus, of_volume, points);
                    self.fades.push(Started {
                        place: (mixer, bus),
                        of_volume,
                        number,
                        state: numbers[0],
                    });
                }
            }
            Operation::Automate((mixer, bus), of_volume, points) => {
                let (mut list, mut modelled) = (Vec::new(), BTreeMap::new());
                for (delay, (to, frames)) in points {
                    let start = self.model.now + delay;
                    list.push((point(start, to, frames), None));
                    let number = None;
                    modelled.insert(start, model::Point { number, to, frames });
                }
                if self.schedule((mixer, bus), of_volume, list)?.is_some() {
                    self.model.automate(mixer, bus, of_volume, modelled);
                }
            }
            Operation::CancelFrom((mixer, bus), of_volume, delay) => {
                let (node, strip) = (self.node(mixer), self.strip(mixer, bus));
                let (which, frame) = (which(of_volume), self.model.now + delay);
                let cancelled = self.desk.cancel_from(node, &strip, which, frame);
                prop_assert_eq!(cancelled.is_ok(), self.is_attached(mixer));
                self.desk.poll_fades();
                if cancelled.is_ok() {
                    self.model.cancel_from(mixer, bus, of_volume, frame);
                }
            }
            Operation::Cancel(index) if index < self.fades.len() => {
                let started = &self.fades[index];
                let (mixer, bus) = started.place;
                let node = self.node(mixer);
                let strip = self.strip(mixer, bus);
                let which = which(started.of_volume);
                let cancelled = self.desk.cancel_fade(node, &strip, which, started.state);
                prop_assert_eq!(cancelled.is_ok(), self.is_attached(mixer));
                if cancelled.is_ok() {
                    let (of_volume, number) = (started.of_volume, started.number);
                    self.model.cancel(mixer, bus, of_volume, number);
                }
            }
            Operation::Cancel(_) => {}
            Operation::Advance(frames) => {
                self.model.advance(frames);
                self.desk.backend().fake().advance(frames);
                self.desk.poll_fades();
            }
        }
        Ok(())
    }

    /// Returns the numbers of the fades; `None` for a detached mixer.
    fn schedule(
        &self,
        (mixer, bus): Place,
        of_volume: bool,
        points: Vec<(Point, Option<Ended>)>,
    ) -> Result<Option<Vec<u32>>, TestCaseError> {
        let (node, strip) = (self.node(mixer), self.strip(mixer, bus));
        let none = points.is_empty();
        let scheduled = self.desk.schedule(node, &strip, which(of_volume), points);
        self.desk.poll_fades();
        prop_assert_eq!(scheduled.is_ok(), none || self.is_attached(mixer));
        Ok(scheduled.ok().filter(|_| !none))
    }

    fn configure(&mut self, mixer: u32, configs: &[BusConfig]) -> Result<(), TestCaseError> {
        let set = self.desk.configure(self.node(mixer), configs);
        prop_assert_eq!(set.is_ok(), self.is_attached(mixer));
        if set.is_ok() {
            for config in configs {
                self.model.configure(mixer, config);
            }
        }
        Ok(())
    }

    fn fade(
        &mut self,
        place: Place,
        of_volume: bool,
        to: f32,
        frames: i64,
    ) -> Result<(), TestCaseError> {
        let (mixer, bus) = place;
        let node = self.node(mixer);
        let strip = self.strip(mixer, bus);
        let request = FadeRequest {
            which: which(of_volume),
            to,
            frames: frames as u64,
            curve: Curve::Linear,
        };
        let (number, ends) = (self.fades.len() as u32, Arc::clone(&self.ends));
        let ended = move |end| lock(&ends).push((number, end));
        let started = self.desk.fade(node, &strip, request, Box::new(ended));
        prop_assert_eq!(started.is_ok(), self.is_attached(mixer));
        if let Ok(state) = started {
            self.desk.end_fades();
            let modelled = self.model.fade(mixer, bus, of_volume, to, frames);
            prop_assert_eq!(modelled, number);
            self.fades.push(Started {
                place,
                of_volume,
                number,
                state: state.number(),
            });
        }
        Ok(())
    }
}

fn follows<B: FakeBackend>(
    mut test: Test<B>,
    operations: Vec<Operation>,
) -> Result<(), TestCaseError> {
    for operation in operations {
        let step = format!("{operation:?}");
        test.run(operation)?;
        test.check()
            .map_err(|error| TestCaseError::fail(format!("{step}: {error}")))?;
    }
    let Test {
        desk,
        model,
        ends,
        fades,
        ..
    } = test;
    drop(desk);
    // Whatever was still under way has stopped: every fade has ended once.
    let mut ends = std::mem::take(&mut *lock(&ends));
    ends.sort_by_key(|(number, _)| *number);
    let numbers: Vec<_> = ends.iter().map(|(number, _)| *number).collect();
    prop_assert_eq!(numbers, (0..fades.len() as u32).collect::<Vec<_>>());
    let stopped = ends.len() - model.ends.len();
    let now_stopped = ends
        .iter()
        .filter(|(_, end)| *end == FadeEnd::Stopped)
        .count();
    let before = model
        .ends
        .iter()
        .filter(|(_, end)| *end == FadeEnd::Stopped)
        .count();
    prop_assert_eq!(now_stopped - before, stopped);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig {
        rng_seed: RngSeed::Fixed(1),
        failure_persistence: None,
        ..ProptestConfig::with_cases(400)
    })]

    /// With an engine that does automation by itself, with one that only fades, with one that does
    /// neither, and with one whose masters are software.
    #[test]
    fn strips_and_the_engine_follow_the_model(
        operations in prop::collection::vec(operation(), 1..120),
        engine in 0..4,
    ) {
        match engine {
            0 => follows(Test::new(Fake::new(false, false), false), operations)?,
            1 => follows(Test::new(Fake::new(true, false), false), operations)?,
            2 => follows(Test::new(Fake::new(true, true), true), operations)?,
            _ => {
                let engine = <SoftwareMasters<Fake> as FakeBackend>::new(true);
                follows(Test::new(engine, false), operations)?;
            }
        }
    }
}

#[test]
fn what_is_refused_changes_no_strip() {
    let mut test = Test::new(Fake::new(true, true), true);
    test.connect(4, 0, 0, true);
    let node = Arc::clone(test.node(0));
    node.strips.get_or_create(2);
    let before = test.desk.snapshot(&node, true);
    let refused = |result: Result<(), Error>| {
        assert!(matches!(
            result,
            Err(Error::OutOfRange(_) | Error::InvalidArgument(_) | Error::Exception(_))
        ));
        assert_eq!(test.desk.snapshot(&node, true), before);
    };
    let config = |bus, volume| BusConfig {
        volume: Some(volume),
        ..BusConfig::new(bus)
    };
    refused(
        test.desk
            .configure(&node, &[config(0, 0.5), config(1, 4.01)]),
    );
    refused(
        test.desk
            .configure(&node, &[config(0, 0.5), config(super::fake::BUSES, 0.5)]),
    );
    refused(
        test.desk
            .configure(&node, &[config(0, 0.5), config(0, 0.25)]),
    );
    test.desk
        .backend()
        .fake()
        .refuses
        .store(true, Ordering::Relaxed);
    refused(test.desk.configure(&node, &[config(0, 0.5)]));
    let scene = Scene::new(vec![config(0, 0.5), config(2, 0.25)]).with_output_volume(0.5);
    for over in [None, Some((100, Curve::Linear))] {
        refused(test.desk.recall(&[Part::new(&node, &scene)], &[], over));
        assert!(!test.desk.driver.any_fading());
    }
    let strip = node.strips.get_or_create(0);
    refused(test.desk.set_volume(&node, strip, 0.5));
    refused(test.desk.set_pan(&node, strip, 0.5));
    refused(test.desk.set_muted(&node, strip, true));
    // Solo elsewhere would silence it.
    let solo = BusConfig {
        soloed: Some(true),
        ..BusConfig::new(2)
    };
    refused(test.desk.configure(&node, &[solo]));
    assert!(!strip.faders().silenced() && !test.desk.graph.read().solo.is_active());
    let made = node.strips.get_or_create(3);
    assert!(!made.faders().silenced());
}
