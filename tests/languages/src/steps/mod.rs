//! What a script may do next, by weight.

use crate::script::Script;
use crate::steps::automation::*;
use crate::steps::graph::*;
use crate::steps::groups::*;
use crate::steps::listening::*;
use crate::steps::nodes::*;
use crate::steps::strips::*;

mod automation;
mod graph;
mod groups;
pub(crate) mod listening;
mod nodes;
mod strips;

type Step = fn(&mut Script);

const STEPS: &[(usize, Step)] = &[
    (34, render),
    (16, set_strip),
    (12, get_strip),
    (10, by_number),
    (8, by_connection),
    (10, fade),
    (12, automation),
    (6, scene),
    (10, group),
    (4, get_group),
    (9, connect),
    (6, send),
    (6, tapped_send),
    (5, disconnect),
    (5, detach),
    (9, transport),
    (6, queue),
    (5, equalizer),
    (6, matrix),
    (5, mixer),
    (3, pan_law),
    (3, meter),
    (7, inspect),
    (4, engine),
    (3, create),
    (5, revive),
    (4, tap),
    (4, record),
    (1, set_input),
    (2, time),
];

/// What may be part of a batch: nothing that renders or starts, nor makes nodes.
const BATCHED: &[(usize, Step)] = &[
    (8, set_strip),
    (4, get_strip),
    (4, by_number),
    (4, by_connection),
    (4, fade),
    (4, automation),
    (3, scene),
    (3, group),
    (3, connect),
    (3, send),
    (2, tapped_send),
    (2, disconnect),
    (4, transport),
    (3, queue),
    (2, matrix),
    (1, pan_law),
];

impl Script {
    pub(crate) fn step(&mut self) {
        if self.random.percent(4) {
            return self.batch(|script| {
                for _ in 0..script.random.between(2, 6) {
                    script.random.weighted(BATCHED)(script);
                }
            });
        }
        self.random.weighted(STEPS)(self);
    }

    fn flag(&mut self) -> usize {
        self.random.below(2)
    }
}

fn render(it: &mut Script) {
    let desk = usize::from(it.random.percent(3));
    let (engine, longest) = (it.desks[desk].name.clone(), it.desks[desk].longest);
    let line = match it.random.below(24) {
        0 => format!("render_past {engine} {}", longest + 1),
        1 => format!("render {engine} 0"),
        part => {
            let frames = match part {
                2..=10 => it.random.between(1, longest),
                _ => longest,
            };
            if desk == 0 {
                it.clock += frames as i64;
            }
            format!("render {engine} {frames}")
        }
    };
    it.line(line);
}

/// While something is not as it should be.
fn step_between(it: &mut Script) {
    it.random.weighted(&[
        (2, render as Step),
        (2, set_strip),
        (1, by_connection),
        (1, group),
        (1, transport),
        (1, inspect),
    ])(it);
}
