//! What one edit of a running engine's graph costs, by how many buses are connected: the call, and
//! what it adds to the block after it, which takes up the new graph. Run with
//! `cargo bench --bench graph_edit`.

use std::time::{Duration, Instant};

use criterion::{criterion_group, criterion_main, BenchmarkId, Criterion};
use perbus::{Engine, Format, Mixer, Player};

struct Desk {
    engine: Engine,
    mixer: Mixer,
    players: Vec<Player>,
}

impl Desk {
    /// A running engine with a player on each of `buses` buses of the main mixer.
    fn new(buses: u32) -> perbus::Result<Self> {
        let engine = Engine::offline(Format::new(48_000.0, 2)?, 512)?;
        let mixer = engine.main_mixer()?;
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

    fn block(&self) -> perbus::Result<()> {
        self.engine.render(&mut [&mut [0.0], &mut [0.0]])
    }

    /// The time of one call with the block after it, less a steady block's.
    fn timed(&self, edit: impl FnOnce() -> perbus::Result<()>) -> perbus::Result<Duration> {
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
                let one = || -> perbus::Result<Duration> {
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
                let one = || -> perbus::Result<Duration> {
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
                let one = || -> perbus::Result<Duration> {
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

fn timed(rounds: u64, mut one: impl FnMut() -> perbus::Result<Duration>) -> Duration {
    (0..rounds).map(|_| one().expect("a good edit")).sum()
}

criterion_group! {
    name = benches;
    config = Criterion::default().without_plots().sample_size(20)
        .measurement_time(Duration::from_secs(1));
    targets = graph_edit
}
criterion_main!(benches);
