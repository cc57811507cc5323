//! What one edit of a running engine's graph costs, by how many buses are connected: the call, and
//! what it adds to the block after it, which takes up the new graph. And what thousands of calls
//! come to on one engine, each of which should cost what it touches. Run with
//! `cargo bench --bench graph_edit`.

use std::time::{Duration, Instant};

use criterion::{criterion_group, criterion_main, BenchmarkId, Criterion};
use perbus::{Curve, Engine, Fade, Format, Mixer, Player, Result};

struct Desk {
    engine: Engine,
    mixer: Mixer,
    players: Vec<Player>,
}

impl Desk {
    /// A running engine with a player on each of `buses` buses of the main mixer.
    fn new(buses: u32) -> Result<Self> {
        let engine = Engine::offline(Format::new(48_000.0, 2)?, 512)?;
        let mixer = engine.main_mixer();
        let mut players = Vec::new();
        for bus in 0..buses {
            let player = engine.create_player()?;
            engine.connect(&player, &mixer, 0, bus)?;
            players.push(player);
        }
        engine.start()?;
        Ok(Self {
            engine,
            mixer,
            players,
        })
    }

    fn block(&self) -> Result<()> {
        self.engine.render(&mut [&mut [0.0], &mut [0.0]])
    }

    /// The time of one call with the block after it, less a steady block's.
    fn timed(&self, edit: impl FnOnce() -> Result<()>) -> Result<Duration> {
        // What was edited before is taken up here.
        self.block()?;
        let start = Instant::now();
        self.block()?;
        let steady = start.elapsed();
        let start = Instant::now();
        edit()?;
        self.block()?;
        Ok(start.elapsed().saturating_sub(steady))
    }
}

fn graph_edit(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("graph_edit");
    for buses in [8, 64, 512, 4096] {
        let desk = Desk::new(buses).expect("an offline engine");
        let (engine, mixer) = (&desk.engine, &desk.mixer);
        let mut turn = 0;
        let mut next = move || {
            turn += 7919;
            turn % buses
        };
        group.bench_function(BenchmarkId::new("disconnect", buses), |bencher| {
            bencher.iter_custom(|rounds| {
                let one = || -> Result<Duration> {
                    let bus = next();
                    let time = desk.timed(|| engine.disconnect_input(mixer, bus))?;
                    engine.connect(&desk.players[bus as usize], mixer, 0, bus)?;
                    Ok(time)
                };
                timed(rounds, one)
            });
        });
        group.bench_function(BenchmarkId::new("connect", buses), |bencher| {
            bencher.iter_custom(|rounds| {
                let one = || -> Result<Duration> {
                    let bus = next();
                    engine.disconnect_input(mixer, bus)?;
                    let player = &desk.players[bus as usize];
                    desk.timed(|| engine.connect(player, mixer, 0, bus))
                };
                timed(rounds, one)
            });
        });
        group.bench_function(BenchmarkId::new("detach", buses), |bencher| {
            bencher.iter_custom(|rounds| {
                let one = || -> Result<Duration> {
                    let bus = next();
                    let player = &desk.players[bus as usize];
                    let time = desk.timed(|| engine.detach(player))?;
                    engine.attach(player)?;
                    engine.connect(player, mixer, 0, bus)?;
                    Ok(time)
                };
                timed(rounds, one)
            });
        });
    }
    group.finish();
}

/// The time of all of `calls`; what `prepare` makes for them, and their leavings, are not counted.
fn all<P, R>(
    rounds: u64,
    mut prepare: impl FnMut() -> Result<P>,
    mut calls: impl FnMut(&P) -> Result<R>,
) -> Duration {
    let one = || -> Result<Duration> {
        let prepared = prepare()?;
        let start = Instant::now();
        let left = calls(&prepared)?;
        let time = start.elapsed();
        drop((left, prepared));
        Ok(time)
    };
    timed(rounds, one)
}

const MANY: u32 = 16_384;
const FADES: u32 = 8_000;
const SENDS: u32 = 4_000;

fn start_fades(desk: &Desk) -> Result<Vec<Fade>> {
    let fade = |bus| {
        let bus = desk.mixer.bus(bus)?;
        bus.fade_to(0.0, Duration::from_secs(1), Curve::Linear)
    };
    (0..FADES).map(fade).collect()
}

fn growth(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("growth");
    group.bench_function(BenchmarkId::new("connect", MANY), |bencher| {
        let stopped = || {
            let engine = Engine::offline(Format::new(48_000.0, 2)?, 512)?;
            let players = (0..MANY).map(|_| engine.create_player());
            Ok((
                engine.main_mixer(),
                players.collect::<Result<Vec<_>>>()?,
                engine,
            ))
        };
        bencher.iter_custom(|rounds| {
            all(rounds, stopped, |(mixer, players, engine)| {
                let mut players = (0..).zip(players);
                players.try_for_each(|(bus, player)| engine.connect(player, mixer, 0, bus))
            })
        });
    });
    group.bench_function(BenchmarkId::new("detach", MANY), |bencher| {
        bencher.iter_custom(|rounds| {
            let stopped = || {
                let desk = Desk::new(MANY)?;
                desk.engine.stop()?;
                Ok(desk)
            };
            all(rounds, stopped, |desk| {
                let mut players = desk.players.iter();
                players.try_for_each(|player| desk.engine.detach(player))
            })
        });
    });
    for (name, soloed) in [("solo", true), ("unsolo", false)] {
        group.bench_function(BenchmarkId::new(name, MANY), |bencher| {
            let desk = Desk::new(MANY).expect("an offline engine");
            let solo =
                |soloed| (0..MANY).try_for_each(|bus| desk.mixer.bus(bus)?.set_soloed(soloed));
            bencher.iter_custom(|rounds| all(rounds, || solo(!soloed), |()| solo(soloed)));
        });
    }
    // The first silences all others; later ones touch their own strip.
    for (name, others) in [("first solo", false), ("one more solo", true)] {
        group.bench_function(BenchmarkId::new(name, MANY), |bencher| {
            let desk = Desk::new(MANY).expect("an offline engine");
            let bus = |number| desk.mixer.bus(number).expect("a bus of the mixer");
            let (one, other) = (bus(0), bus(MANY / 2));
            other.set_soloed(others).expect("an attached mixer");
            let unsolo = || one.set_soloed(false);
            bencher.iter_custom(|rounds| all(rounds, unsolo, |()| one.set_soloed(true)));
        });
    }
    group.bench_function(BenchmarkId::new("start fades", FADES), |bencher| {
        let desk = Desk::new(FADES).expect("an offline engine");
        let cancel = || start_fades(&desk)?.iter().try_for_each(Fade::cancel);
        bencher.iter_custom(|rounds| all(rounds, cancel, |()| start_fades(&desk)));
    });
    group.bench_function(BenchmarkId::new("cancel fades", FADES), |bencher| {
        let desk = Desk::new(FADES).expect("an offline engine");
        bencher.iter_custom(|rounds| {
            let start = || start_fades(&desk);
            all(rounds, start, |fades| {
                fades.iter().try_for_each(Fade::cancel)
            })
        });
    });
    group.bench_function(BenchmarkId::new("add_destination", SENDS), |bencher| {
        let desk = || Desk::new(1);
        bencher.iter_custom(|rounds| {
            all(
                rounds,
                desk,
                |Desk {
                     engine,
                     mixer,
                     players,
                 }| {
                    (1..=SENDS)
                        .try_for_each(|bus| engine.add_destination(&players[0], mixer, 0, bus))
                },
            )
        });
    });
    group.finish();
}

fn timed(rounds: u64, mut one: impl FnMut() -> Result<Duration>) -> Duration {
    (0..rounds).map(|_| one().expect("a good edit")).sum()
}

criterion_group! {
    name = benches;
    config = Criterion::default().without_plots().sample_size(20)
        .measurement_time(Duration::from_secs(1));
    targets = graph_edit, growth
}
criterion_main!(benches);
