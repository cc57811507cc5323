//! Random automation of a bus and of its mixer's output volume, with everything else that moves a
//! strip in between, against a model in double precision, sample by sample.

use std::collections::BTreeMap;

use perbus::{AutomationPoint, Bus, Curve, Engine, Mixer, Source};
use proptest::prelude::*;

use crate::chains::frames;
use crate::common::{constant, model_config, render_in, running};

/// A set, a mute and what follows may be heard as ramps for so long.
const RAMPS: i64 = 1_500;

#[derive(Clone, Copy, Debug)]
struct Point {
    to: f32,
    frames: u32,
    curve: Curve,
}

#[derive(Clone, Debug)]
enum Step {
    /// Which of the two, and each point's start after now.
    Automate(bool, BTreeMap<u32, Point>),
    FadeAt(bool, u32, Point),
    FadeNow(bool, Point),
    Set(bool, f32),
    CancelFrom(bool, u32),
    Mute(bool),
    Reconnect,
    Restart,
    Reset,
    Render(u32, u32),
}

fn step() -> impl Strategy<Value = Step> {
    let value = || (0..=32u8).prop_map(|it| f32::from(it) / 8.0);
    let curve = || {
        prop_oneof![
            Just(Curve::Linear),
            Just(Curve::EqualPower),
            Just(Curve::Exponential)
        ]
    };
    let length = || prop_oneof![1 => Just(0), 8 => 1..4_000u32];
    let point = move || {
        (value(), length(), curve()).prop_map(|(to, frames, curve)| Point { to, frames, curve })
    };
    let points = prop::collection::btree_map(0..6_000u32, point(), 0..5);
    prop_oneof![
        5 => (any::<bool>(), points).prop_map(|(output, it)| Step::Automate(output, it)),
        4 => (any::<bool>(), 0..6_000u32, point()).prop_map(|(a, b, c)| Step::FadeAt(a, b, c)),
        2 => (any::<bool>(), point()).prop_map(|(a, b)| Step::FadeNow(a, b)),
        1 => (any::<bool>(), value()).prop_map(|(a, b)| Step::Set(a, b)),
        2 => (any::<bool>(), 0..4_000u32).prop_map(|(a, b)| Step::CancelFrom(a, b)),
        1 => any::<bool>().prop_map(Step::Mute),
        2 => Just(Step::Reconnect),
        1 => Just(Step::Restart),
        1 => Just(Step::Reset),
        8 => (1..5_000u32, 1..=512u32).prop_map(|(a, b)| Step::Render(a, b)),
    ]
}

#[derive(Clone, Debug)]
struct Course {
    from: f64,
    start: i64,
    last: Point,
    points: BTreeMap<i64, Point>,
    ramps_until: i64,
}

impl Course {
    fn new() -> Self {
        Self {
            from: 1.0,
            start: 0,
            last: Point {
                to: 1.0,
                frames: 0,
                curve: Curve::Linear,
            },
            points: BTreeMap::new(),
            ramps_until: 0,
        }
    }

    fn end(&self) -> i64 {
        self.start + i64::from(self.last.frames)
    }

    fn at(&self, now: i64) -> f64 {
        let (from, to) = (self.from, f64::from(self.last.to));
        if now >= self.end() {
            return to;
        }
        let x = (now - self.start) as f64 / f64::from(self.last.frames);
        match self.last.curve {
            _ if now == self.start => from,
            Curve::EqualPower => ((1.0 - x) * from * from + x * to * to).sqrt(),
            Curve::Exponential => from.max(1e-4) * (to.max(1e-4) / from.max(1e-4)).powf(x),
            _ => from + (to - from) * x,
        }
    }

    /// Whatever starts at this frame.
    fn start(&mut self, now: i64, point: Point) {
        (self.from, self.start, self.last) = (self.at(now), now, point);
        let jumps = point.frames == 0 && self.from != f64::from(point.to);
        self.ramp(now, jumps);
    }

    fn ramp(&mut self, now: i64, jumps: bool) {
        if jumps || now < self.ramps_until {
            self.ramps_until = self.end().max(now) + RAMPS;
        }
    }

    /// What starts in a frame; then the value that the frame is heard at.
    fn step(&mut self, now: i64) -> f64 {
        if let Some(point) = self.points.remove(&now) {
            self.start(now, point);
        }
        self.at(now + 1)
    }
}

struct World {
    engine: Engine,
    mixer: Mixer,
    bus: Bus,
    source: Source,
    /// Of the bus, and of the output.
    courses: [Course; 2],
    muted: bool,
    /// Frames before the last reset.
    past: i64,
    now: i64,
}

impl World {
    fn new() -> Self {
        let engine = running(1);
        let mixer = engine.main_mixer();
        let source = constant(&engine, &[0.5]);
        engine.connect(&source, &mixer, 0, 0).unwrap();
        Self {
            bus: mixer.bus(0).unwrap(),
            mixer,
            source,
            engine,
            courses: [Course::new(), Course::new()],
            muted: false,
            past: 0,
            now: 0,
        }
    }

    fn course(&mut self, output: bool) -> &mut Course {
        &mut self.courses[usize::from(output)]
    }

    /// The engine's time so many frames from now.
    fn later(&self, delay: u32) -> i64 {
        self.now - self.past + i64::from(delay)
    }

    fn point(&self, delay: u32, it: Point) -> AutomationPoint {
        AutomationPoint::fade(self.later(delay), it.to, frames(it.frames), it.curve)
    }

    fn apply(&mut self, step: Step) {
        let (engine, mixer, bus, now) = (
            self.engine.clone(),
            self.mixer.clone(),
            self.bus.clone(),
            self.now,
        );
        match step {
            Step::Automate(output, points) => {
                let list = points.iter().rev().map(|(at, it)| self.point(*at, *it));
                let list: Vec<_> = list.collect();
                if output {
                    mixer.automate_output_volume(&list).unwrap();
                } else {
                    bus.automate_volume(&list).unwrap();
                }
                let points = points.into_iter().map(|(at, it)| (now + i64::from(at), it));
                self.course(output).points.extend(points);
            }
            Step::FadeAt(output, delay, it) => {
                let (at, length) = (self.later(delay), frames(it.frames));
                let started = if output {
                    mixer.fade_output_volume_at(at, it.to, length, it.curve)
                } else {
                    bus.fade_at(at, it.to, length, it.curve)
                };
                started.unwrap();
                let start = now + i64::from(delay);
                self.course(output).points.insert(start, it);
            }
            Step::FadeNow(output, it) => {
                let length = frames(it.frames);
                let started = if output {
                    mixer.fade_output_volume_to(it.to, length, it.curve)
                } else {
                    bus.fade_to(it.to, length, it.curve)
                };
                started.unwrap();
                self.now_instead(output, it);
            }
            Step::Set(output, to) => {
                let set = if output {
                    mixer.set_output_volume(to)
                } else {
                    bus.set_volume(to)
                };
                set.unwrap();
                let it = Point {
                    to,
                    frames: 0,
                    curve: Curve::Linear,
                };
                self.now_instead(output, it);
            }
            Step::CancelFrom(output, delay) => {
                let frame = self.later(delay);
                let cancelled = if output {
                    mixer.cancel_output_automation_from(frame)
                } else {
                    bus.cancel_automation_from(frame)
                };
                cancelled.unwrap();
                let frame = now + i64::from(delay);
                self.course(output).points.split_off(&frame);
            }
            Step::Mute(muted) => {
                bus.set_muted(muted).unwrap();
                let jumps = std::mem::replace(&mut self.muted, muted) != muted;
                self.course(false).ramp(now, jumps);
            }
            Step::Reconnect => {
                engine.disconnect_input(&mixer, 0).unwrap();
                engine.connect(&self.source, &mixer, 0, 0).unwrap();
                self.course(false).ramp(now, false);
            }
            Step::Restart => {
                engine.stop().unwrap();
                engine.start().unwrap();
                (0..2).for_each(|of| self.courses[of].ramp(now, false));
            }
            Step::Reset => {
                engine.reset().unwrap();
                self.past = now;
            }
            Step::Render(frames, block) => self.render(frames as usize, block as usize),
        }
    }

    /// In place of what was to start at this frame.
    fn now_instead(&mut self, output: bool, it: Point) {
        let now = self.now;
        let course = self.course(output);
        course.points.remove(&now);
        course.start(now, it);
    }

    fn render(&mut self, frames: usize, block: usize) {
        let heard = render_in(&self.engine, frames, block).remove(0);
        for sample in heard {
            let now = self.now;
            let volumes = self.courses.each_mut().map(|course| course.step(now));
            self.now += 1;
            if self.courses.iter().any(|course| now < course.ramps_until) {
                continue;
            }
            let bus = if self.muted { 0.0 } else { volumes[0] };
            let expected = 0.5 * bus * volumes[1];
            assert!(
                (f64::from(sample) - expected).abs() <= 1e-5,
                "frame {now}: heard {sample}, not {expected}: {:?}",
                self.courses
            );
        }
    }

    fn check(&self) {
        let told = [self.bus.volume(), self.mixer.output_volume().unwrap()];
        let lists = [
            self.bus.volume_automation(),
            self.mixer.output_volume_automation(),
        ];
        for ((course, told), list) in self.courses.iter().zip(told).zip(lists) {
            let due = course.points.get(&self.now).filter(|it| it.frames == 0);
            let expected = due.map_or(course.at(self.now), |it| f64::from(it.to));
            assert!(
                (f64::from(told) - expected).abs() <= 1e-5,
                "{told}, not {expected}"
            );
            let shown: Vec<_> = list.iter().map(|it| it.frame + self.past).collect();
            let waiting: Vec<_> = course.points.keys().copied().collect();
            assert_eq!(shown, waiting);
        }
    }
}

proptest! {
    #![proptest_config(model_config())]

    #[test]
    fn automation_follows_a_plain_model(steps in prop::collection::vec(step(), 1..40)) {
        let mut world = World::new();
        for step in steps {
            world.apply(step);
            world.check();
        }
        world.render(14_000, 512);
        world.check();
    }
}
