//! Automation: fades and sets that start at given frames. Pure Rust, no ffi.
//!
//! A control has one course: whatever starts later takes over from where the value is then. A set
//! is a fade of no length.

use std::collections::VecDeque;
use std::fmt;

use crate::desk::fade::{value_at, Curve, Ended, FadeState, Position};
use crate::desk::fade_list::Key;
use crate::desk::faders::Which;

/// A fade that starts at a given frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Point {
    pub(crate) start: i64,
    pub(crate) to: f32,
    /// 0: the value is set.
    pub(crate) frames: u64,
    pub(crate) curve: Curve,
}

/// A point that waits for its frame.
pub(crate) struct Waiting {
    pub(crate) point: Point,
    /// The number that its fade will have.
    pub(crate) number: u32,
    pub(crate) ended: Option<Ended>,
}

impl fmt::Debug for Waiting {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.point.fmt(formatter)
    }
}

impl Waiting {
    /// Its fade, from where the control is when it starts.
    pub(crate) fn fade(&self, from: f32) -> FadeState {
        let Point {
            start,
            to,
            frames,
            curve,
        } = self.point;
        FadeState::new(curve, from, to, start, frames).numbered(self.number)
    }
}

/// What a control is going to do, in the order of the starts, each of which is there once.
#[derive(Debug, Default)]
pub(crate) struct Lane {
    waiting: VecDeque<Waiting>,
    /// Under which the driver knows when the first one starts.
    pub(crate) wake: Option<Key>,
}

impl Lane {
    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// The key of the first start.
    pub(crate) fn next_wake(&self) -> Option<Key> {
        let first = self.waiting.front()?;
        Some((first.point.start, first.number))
    }

    fn place(&self, frame: i64) -> usize {
        self.waiting.partition_point(|it| it.point.start < frame)
    }

    /// The points that start at a frame or later.
    pub(crate) fn from(&self, frame: i64) -> impl Iterator<Item = Point> + '_ {
        self.waiting.range(self.place(frame)..).map(|it| it.point)
    }

    /// The points that start at a frame or later; what should have started before does so then.
    pub(crate) fn rest(&self, frame: i64) -> Vec<Point> {
        let place = self.place(frame);
        let late = place.checked_sub(1).map(|late| Point {
            start: frame,
            ..self.waiting[late].point
        });
        let rest: Vec<_> = self.from(frame).collect();
        let late = late.filter(|_| rest.first().is_none_or(|first| first.start > frame));
        late.into_iter().chain(rest).collect()
    }

    /// The points from the first of these on, once these are added: of two that start together the
    /// new one counts. They are in order.
    pub(crate) fn with(&self, new: &[Waiting]) -> Vec<Point> {
        let Some(first) = new.first() else {
            return Vec::new();
        };
        let mut kept = self.from(first.point.start).peekable();
        let mut all = Vec::with_capacity(new.len());
        for it in new {
            while let Some(earlier) = kept.next_if(|kept| kept.start < it.point.start) {
                all.push(earlier);
            }
            kept.next_if(|kept| kept.start == it.point.start);
            all.push(it.point);
        }
        all.extend(kept);
        all
    }

    /// Adds points, in order; returns those whose places they take.
    pub(crate) fn add(&mut self, new: Vec<Waiting>) -> Vec<Waiting> {
        let Some(first) = new.first() else {
            return Vec::new();
        };
        let mut kept = self.take_from(first.point.start).into_iter().peekable();
        let mut replaced = Vec::new();
        for it in new {
            let start = it.point.start;
            while let Some(earlier) = kept.next_if(|kept| kept.point.start < start) {
                self.waiting.push_back(earlier);
            }
            replaced.extend(kept.next_if(|kept| kept.point.start == start));
            self.waiting.push_back(it);
        }
        self.waiting.extend(kept);
        replaced
    }

    /// Removes the points that start at a frame or later.
    pub(crate) fn take_from(&mut self, frame: i64) -> VecDeque<Waiting> {
        self.waiting.split_off(self.place(frame))
    }

    pub(crate) fn take_all(&mut self) -> VecDeque<Waiting> {
        std::mem::take(&mut self.waiting)
    }

    /// Removes the point that starts at a frame.
    pub(crate) fn take_at(&mut self, frame: i64) -> Option<Waiting> {
        let place = self.place(frame);
        let starts = self.waiting.get(place)?.point.start;
        if starts == frame {
            self.waiting.remove(place)
        } else {
            None
        }
    }

    /// The point whose fade has a number.
    pub(crate) fn find(&self, number: u32) -> Option<Point> {
        let found = self.waiting.iter().find(|it| it.number == number);
        found.map(|it| it.point)
    }

    /// Removes the first point if it starts no later than a frame.
    pub(crate) fn take_due(&mut self, frame: i64) -> Option<Waiting> {
        let due = self.waiting.front()?.point.start <= frame;
        if due {
            self.waiting.pop_front()
        } else {
            None
        }
    }

    /// Where the control will be at a frame, and what moves it then.
    pub(crate) fn position(&self, now: Position, frame: i64) -> Position {
        let due = self.waiting.iter();
        let due = due.take_while(|it| it.point.start <= frame);
        due.fold(now, |position, it| {
            let from = value_at(position, it.point.start);
            (it.point.to, Some(it.fade(from)))
        })
    }
}

/// What waits for its frame, of each value that has something waiting.
#[derive(Debug, Default)]
pub(crate) struct Lanes {
    volume: Option<Box<Lane>>,
    pan: Option<Box<Lane>>,
}

impl Lanes {
    pub(crate) fn slot(&mut self, which: Which) -> &mut Option<Box<Lane>> {
        match which {
            Which::Volume => &mut self.volume,
            Which::Pan => &mut self.pan,
        }
    }

    pub(crate) fn get(&self, which: Which) -> Option<&Lane> {
        match which {
            Which::Volume => self.volume.as_deref(),
            Which::Pan => self.pan.as_deref(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn waiting(number: u32, start: i64, to: f32, frames: u64) -> Waiting {
        Waiting {
            point: Point {
                start,
                to,
                frames,
                curve: Curve::Linear,
            },
            number,
            ended: None,
        }
    }

    fn numbers(waiting: impl IntoIterator<Item = Waiting>) -> Vec<u32> {
        waiting.into_iter().map(|it| it.number).collect()
    }

    /// Frame by frame, in double precision: each start takes over from the value of that frame.
    fn written_out(points: &BTreeMap<i64, Point>, first: f32, frame: i64) -> f64 {
        let (mut from, mut running) = (f64::from(first), None::<Point>);
        let at = |from: f64, running: Option<Point>, frame: i64| {
            running.map_or(from, |it: Point| {
                let done = (frame - it.start) as f64 / (it.frames as f64).max(1e-9);
                from + (f64::from(it.to) - from) * done.min(1.0)
            })
        };
        for now in 0..=frame {
            if let Some(point) = points.get(&now) {
                (from, running) = (at(from, running, now), Some(*point));
                if point.frames == 0 {
                    (from, running) = (f64::from(point.to), None);
                }
            }
        }
        at(from, running, frame)
    }

    proptest! {
        #[test]
        fn a_lane_is_a_map_from_starts_to_points(
            lists in prop::collection::vec(
                prop::collection::btree_map(0..60i64, (0.0..4.0f32, 0..30u64), 0..6),
                1..8,
            ),
            cut in prop::option::of(0..60i64),
            frames in prop::collection::vec(0..100i64, 1..6),
        ) {
            let mut lane = Lane::default();
            let mut model = BTreeMap::new();
            let mut number = 0;
            for list in lists {
                let new: Vec<_> = list
                    .iter()
                    .map(|(start, (to, frames))| {
                        number += 1;
                        waiting(number, *start, *to, *frames)
                    })
                    .collect();
                let mut replaced = Vec::new();
                for it in &new {
                    let before = model.insert(it.point.start, (it.number, it.point));
                    replaced.extend(before.map(|(number, _)| number));
                }
                let first = new.first().map_or(i64::MAX, |it| it.point.start);
                let expected: Vec<_> = model.range(first..).map(|(_, (_, it))| *it).collect();
                prop_assert_eq!(lane.with(&new), expected);
                prop_assert_eq!(numbers(lane.add(new)), replaced);
            }
            if let Some(cut) = cut {
                let gone: Vec<_> = model.split_off(&cut).into_values().map(|it| it.0).collect();
                prop_assert_eq!(numbers(lane.take_from(cut)), gone);
            }
            let all: Vec<_> = model.values().map(|it| it.1).collect();
            prop_assert_eq!(lane.from(0).collect::<Vec<_>>(), all);
            let points: BTreeMap<_, _> = model.iter().map(|(at, it)| (*at, it.1)).collect();
            for frame in frames {
                let value = value_at(lane.position((0.5, None), frame), frame);
                let expected = written_out(&points, 0.5, frame);
                prop_assert!((f64::from(value) - expected).abs() < 1e-5, "{value} {expected}");
            }
            let due: Vec<_> = std::iter::from_fn(|| lane.take_due(30)).collect();
            let expected: Vec<_> = model.range(..=30).map(|(_, it)| it.0).collect();
            prop_assert_eq!(numbers(due), expected);
        }
    }

    #[test]
    fn what_is_late_starts_at_once_unless_something_later_is_due() {
        let mut lane = Lane::default();
        lane.add(vec![
            waiting(1, 10, 0.5, 5),
            waiting(2, 12, 0.25, 5),
            waiting(3, 30, 1.0, 0),
        ]);
        let starts =
            |rest: Vec<Point>| -> Vec<_> { rest.iter().map(|it| (it.start, it.to)).collect() };
        assert_eq!(starts(lane.rest(20)), [(20, 0.25), (30, 1.0)]);
        assert_eq!(starts(lane.rest(30)), [(30, 1.0)]);
        assert_eq!(starts(lane.rest(40)), [(40, 1.0)]);
        assert_eq!(numbers(lane.take_at(12)), [2]);
        assert!(lane.take_at(12).is_none() && lane.find(2).is_none());
        assert_eq!(lane.find(3).map(|it| it.start), Some(30));
        assert_eq!(numbers(lane.take_all()), [1, 3]);
        assert!(lane.is_empty());
    }
}
