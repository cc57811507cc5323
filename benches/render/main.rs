//! What rendering costs beside the floor: looping stereo buses, each with its own volume and pan,
//! into one stereo mixer. `cargo bench --bench render` prints the table; words after `--` choose
//! rows by name, buses and block ("silent", "steady 64 512"). Without `--bench`, as under `cargo test`, a few blocks of each are checked against
//! the floor's sound.
//!
//! Both sides render in turn, round by round: a row's ratio is the median over the rounds, so that
//! what else the machine does falls on both.

mod rig;

use std::hint::black_box;
use std::time::{Duration, Instant};

use perbus::{Buffer, Format, Result};
use perbus_floors::render::{Floor, Isa};
use rig::*;

const BLOCK: usize = 512;
/// A round is at least this long, and at least one loop.
const ROUND: Duration = Duration::from_micros(200);
/// What a row takes in all, about.
const ROW: Duration = Duration::from_millis(1500);

fn cases() -> Vec<Case> {
    let case = |name, work, buses, block| Case {
        name,
        work,
        buses,
        block,
    };
    let mut cases = Vec::new();
    for buses in [1, 8, 64, 512, 2048, 16_384] {
        cases.push(case("steady", Work::Steady, buses, BLOCK));
    }
    for (name, work) in [
        ("moving", Work::Moving),
        ("meters", Work::Metered),
        ("silent", Work::Silent),
    ] {
        for buses in [8, 64, 512, 2048] {
            cases.push(case(name, work, buses, BLOCK));
        }
    }
    for (name, work) in [("mono", Work::Mono), ("tree", Work::Tree)] {
        for buses in [64, 512] {
            cases.push(case(name, work, buses, BLOCK));
        }
    }
    for (name, points) in [("1 point waits", 1), ("10,000 points wait", 10_000)] {
        for block in [64, BLOCK] {
            cases.push(case(name, Work::Waiting(points), 8, block));
        }
    }
    // The ratio of these two rows is what groups and post-fader sends cost.
    for (name, work) in [
        ("groups, sends", Work::Console),
        ("folded by hand", Work::Folded),
    ] {
        cases.push(case(name, work, 64, BLOCK));
    }
    for block in [64, 128, 4096] {
        cases.push(case("steady", Work::Steady, 64, block));
    }
    cases
}

/// What words choose by: "steady 64 512".
fn label(case: &Case) -> String {
    format!("{} {} {}", case.name, case.buses, case.block)
}

/// The two sides sound the same, or the times mean nothing.
fn check(case: &Case, rig: &Rig, floor: &mut Floor<'_>) {
    let (mut expected, mut heard) = (silence(case), silence(case));
    for block in 0..3 * LOOP / case.block as u32 / 2 {
        render_floor(floor, false, block, &mut expected);
        rig.render(&mut heard);
        for (&expected, &heard) in expected.iter().flatten().zip(heard.iter().flatten()) {
            let expected = if case.work == Work::Silent {
                0.0
            } else {
                expected
            };
            let moving = case.work == Work::Moving && block == 0;
            let tolerance = 1e-6 * case.buses as f32 + 1e-5;
            assert!(
                moving || (expected - heard).abs() <= tolerance,
                "{} of {} buses: {heard} is not {expected}",
                case.name,
                case.buses
            );
        }
    }
}

/// Nanoseconds of `blocks` calls.
fn time(blocks: u32, mut block: impl FnMut(u32)) -> f64 {
    let start = Instant::now();
    (0..blocks).for_each(&mut block);
    start.elapsed().as_nanos() as f64
}

/// What one round took, in ns.
#[derive(Default)]
struct Round {
    perbus: f64,
    /// Of `perbus`: setting the volumes.
    setting: f64,
    floor: f64,
    /// The same buses without ramps.
    steady_floor: f64,
    baseline: f64,
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn measure(case: &Case, rig: &Rig, best: &mut Floor<'_>, baseline: &mut Floor<'_>) -> Vec<Round> {
    let mut out = silence(case);
    let moving = case.work == Work::Moving;
    let a_loop = LOOP.div_ceil(case.block as u32);
    let probe = time(a_loop, |_| render_floor(best, false, 0, &mut out));
    let per_round = (ROUND.as_nanos() as f64 / probe).ceil().max(1.0) as u32;
    let blocks = a_loop * per_round;
    let rounds = ROW.as_nanos() as f64 / (probe * f64::from(per_round) * 4.0);
    (0..rounds.clamp(11.0, 1500.0) as u32)
        .map(|_| {
            let mut round = Round {
                floor: time(blocks, |at| {
                    render_floor(best, moving, at, black_box(&mut out))
                }),
                perbus: time(blocks, |at| {
                    if moving {
                        rig.set_volumes(at);
                    }
                    rig.render(black_box(&mut out));
                }),
                baseline: time(blocks, |at| {
                    render_floor(baseline, moving, at, black_box(&mut out));
                }),
                ..Round::default()
            };
            round.steady_floor = round.floor;
            if moving {
                round.setting = time(blocks, |at| rig.set_volumes(at));
                round.steady_floor = time(blocks, |at| {
                    render_floor(best, false, at, black_box(&mut out))
                });
            }
            let each = f64::from(blocks) * case.block as f64 * f64::from(case.buses);
            for time in [
                &mut round.perbus,
                &mut round.setting,
                &mut round.floor,
                &mut round.steady_floor,
                &mut round.baseline,
            ] {
                *time /= each;
            }
            round
        })
        .collect()
}

fn print(case: &Case, rounds: &[Round]) {
    let of = |value: &dyn Fn(&Round) -> f64| median(rounds.iter().map(value).collect());
    let perbus = of(&|round| round.perbus);
    let row = |name: &str, perbus: f64, ratio: f64, steady: f64| {
        println!(
            "{name:<20} {:>6} {:>6} {:>8.4} {:>8.4} {ratio:>7.3} {steady:>8.3} {:>9.3} {:>9.0}",
            case.buses,
            case.block,
            of(&|round| round.floor),
            perbus,
            of(&|round| round.perbus / round.baseline),
            1e9 / RATE / perbus,
        );
    };
    row(
        case.name,
        perbus,
        of(&|round| round.perbus / round.floor),
        of(&|round| round.perbus / round.steady_floor),
    );
    if case.work == Work::Moving {
        row(
            "  without setting",
            of(&|round| round.perbus - round.setting),
            of(&|round| (round.perbus - round.setting) / round.floor),
            of(&|round| (round.perbus - round.setting) / round.steady_floor),
        );
    }
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    let smoke = !has("--bench") || has("--test") || has("--quick");
    let mut words = arguments
        .iter()
        .filter(|word| !word.starts_with('-'))
        .peekable();
    let all = words.peek().is_none();
    let words: Vec<&String> = words.collect();
    if !smoke {
        println!(
            "ns per bus and frame; the floor is {:?}'s, in blocks that ramp where perbus does;",
            Isa::best()
        );
        println!(
            "'steady' and 'baseline' are the ratios to the floor without ramps, and to the floor"
        );
        println!(
            "for every processor of this kind; the last column is buses in real time per core\n"
        );
        println!(
            "{:<20} {:>6} {:>6} {:>8} {:>8} {:>7} {:>8} {:>9} {:>9}",
            "", "buses", "block", "floor", "perbus", "ratio", "steady", "baseline", "real time"
        );
    }
    for case in cases() {
        let chosen = all
            || words
                .iter()
                .any(|word| label(&case).contains(word.as_str()));
        if !chosen || (smoke && case.buses > 64) {
            continue;
        }
        let format = Format::new(RATE, if case.work == Work::Mono { 1 } else { 2 })?;
        let sounds: Vec<Buffer> = (0..case.buses)
            .map(|seed| noise(format, seed))
            .collect::<Result<_>>()?;
        let rig = Rig::new(&case, &sounds)?;
        if case.work == Work::Moving {
            rig.set_volumes(1);
        }
        let buses = floor_buses(&case, &sounds);
        check(&case, &rig, &mut Floor::new(Isa::best(), &buses));
        if !smoke {
            let mut best = Floor::new(Isa::best(), &buses);
            let mut baseline = Floor::new(Isa::Baseline, &buses);
            print(&case, &measure(&case, &rig, &mut best, &mut baseline));
        }
    }
    Ok(())
}
