//! The fades that are under way, by the frame at which they end. Pure Rust, no ffi.
//!
//! Starting or replacing a fade, and asking which are over, needs no walk over the others.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use crate::desk::fade::{FadeEnd, FadeState};

/// The frame at which a fade ends, and a number that tells it from others that end there.
pub(crate) type Key = (i64, u32);

fn key(fade: &FadeState) -> Key {
    (fade.end(), fade.number())
}

/// Fades, each with what its owner wants back at the end.
#[derive(Debug)]
pub(crate) struct FadeList<T> {
    running: BTreeMap<Key, T>,
    /// Those that the engine does not fade by itself.
    in_steps: BTreeSet<Key>,
    /// Those that were ended before their time, and not taken yet.
    cut: Vec<(T, FadeEnd)>,
}

// Not derived: that would require a default of `T`.
impl<T> Default for FadeList<T> {
    fn default() -> Self {
        Self {
            running: BTreeMap::new(),
            in_steps: BTreeSet::new(),
            cut: Vec::new(),
        }
    }
}

impl<T> FadeList<T> {
    pub(crate) fn is_empty(&self) -> bool {
        self.running.is_empty() && self.cut.is_empty()
    }

    pub(crate) fn start(&mut self, fade: FadeState, kept: T) {
        self.running.insert(key(&fade), kept);
    }

    /// Ends a fade before its time; no effect on one that is over already.
    pub(crate) fn cut(&mut self, fade: &FadeState, end: FadeEnd) {
        if let Some(kept) = self.running.remove(&key(fade)) {
            self.in_steps.remove(&key(fade));
            self.cut.push((kept, end));
        }
    }

    /// What was cut.
    pub(crate) fn take_cut(&mut self) -> Vec<(T, FadeEnd)> {
        std::mem::take(&mut self.cut)
    }

    /// Everything: what was cut with the way it ended, the rest as stopped.
    pub(crate) fn take_all(&mut self) -> Vec<(T, FadeEnd)> {
        self.in_steps.clear();
        let mut all = self.take_cut();
        let running = std::mem::take(&mut self.running).into_values();
        all.extend(running.map(|kept| (kept, FadeEnd::Stopped)));
        all
    }

    /// From now on the fade is driven in steps.
    pub(crate) fn drive_in_steps(&mut self, fade: &FadeState) {
        if self.running.contains_key(&key(fade)) {
            self.in_steps.insert(key(fade));
        }
    }

    /// What was cut, then what has reached its end, the earliest first.
    pub(crate) fn take_ended(&mut self, now: i64) -> Vec<(T, FadeEnd)> {
        let mut ended = self.take_cut();
        while let Some(first) = self.running.first_entry() {
            if first.key().0 > now {
                break;
            }
            let (key, kept) = first.remove_entry();
            self.in_steps.remove(&key);
            ended.push((kept, FadeEnd::Finished));
        }
        ended
    }

    /// The first fade that is driven in steps, or the one after another: a caller that iterates
    /// over them needs no lock in between.
    pub(crate) fn next_in_steps(&self, after: Option<Key>) -> Option<(Key, &T)> {
        let start = after.map_or(Bound::Unbounded, Bound::Excluded);
        let key = *self.in_steps.range((start, Bound::Unbounded)).next()?;
        Some((key, self.running.get(&key)?))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::desk::fade::Curve;

    fn fade(number: u32, start: i64, frames: u64) -> FadeState {
        FadeState::new(Curve::Linear, 0.0, 1.0, start, frames).numbered(number)
    }

    #[derive(Clone, Debug)]
    enum Operation {
        Start(u64),
        Cut(usize, bool),
        TakeCut,
        Step(usize),
        Advance(i64),
    }

    fn operation() -> impl Strategy<Value = Operation> {
        prop_oneof![
            5 => (0..40u64).prop_map(Operation::Start),
            2 => (0..30usize, any::<bool>()).prop_map(|(which, stop)| Operation::Cut(which, stop)),
            1 => Just(Operation::TakeCut),
            2 => (0..30usize).prop_map(Operation::Step),
            3 => (0..15i64).prop_map(Operation::Advance),
        ]
    }

    /// What becomes of each fade, written out one by one.
    struct Modelled {
        fade: FadeState,
        running: bool,
        in_steps: bool,
    }

    proptest! {
        #[test]
        fn every_fade_ends_once_and_when_it_should(
            operations in prop::collection::vec(operation(), 1..80),
        ) {
            let mut list = FadeList::default();
            let mut model: Vec<Modelled> = Vec::new();
            let mut cut = Vec::new();
            let mut now = 0;
            for operation in operations {
                match operation {
                    Operation::Start(frames) => {
                        let number = model.len() as u32;
                        let fade = fade(number, now, frames);
                        list.start(fade, number);
                        model.push(Modelled { fade, running: true, in_steps: false });
                    }
                    Operation::Cut(which, stop) if which < model.len() => {
                        let end = if stop { FadeEnd::Stopped } else { FadeEnd::Replaced };
                        list.cut(&model[which].fade, end);
                        if std::mem::take(&mut model[which].running) {
                            cut.push((which as u32, end));
                        }
                    }
                    Operation::TakeCut => prop_assert_eq!(list.take_cut(), std::mem::take(&mut cut)),
                    Operation::Step(which) if which < model.len() => {
                        list.drive_in_steps(&model[which].fade);
                        model[which].in_steps = true;
                    }
                    Operation::Advance(frames) => {
                        now += frames;
                        let over = |it: &&mut Modelled| it.running && it.fade.end() <= now;
                        let mut finished = Vec::new();
                        for it in model.iter_mut().filter(over) {
                            it.running = false;
                            finished.push((it.fade.end(), it.fade.number()));
                        }
                        finished.sort_unstable();
                        let finished = finished.iter().map(|(_, it)| (*it, FadeEnd::Finished));
                        let expected: Vec<_> = cut.drain(..).chain(finished).collect();
                        prop_assert_eq!(list.take_ended(now), expected);
                    }
                    Operation::Cut(..) | Operation::Step(_) => {}
                }
                let running = model.iter().filter(|it| it.running);
                let mut expected: Vec<_> = running
                    .filter(|it| it.in_steps)
                    .map(|it| key(&it.fade))
                    .collect();
                expected.sort_unstable();
                let mut steps = Vec::new();
                while let Some((key, _)) = list.next_in_steps(steps.last().copied()) {
                    steps.push(key);
                }
                prop_assert_eq!(steps, expected);
                let some = model.iter().any(|it| it.running) || !cut.is_empty();
                prop_assert_eq!(list.is_empty(), !some);
            }
            let mut left: Vec<_> = cut;
            let mut running: Vec<_> = model.iter().filter(|it| it.running).collect();
            running.sort_unstable_by_key(|it| key(&it.fade));
            left.extend(running.iter().map(|it| (it.fade.number(), FadeEnd::Stopped)));
            prop_assert_eq!(list.take_all(), left);
            prop_assert!(list.is_empty());
        }
    }
}
