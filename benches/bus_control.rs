//! What one per-bus call costs, beside the floor: the same look-up done with the standard
//! library's means. Run with `cargo bench --bench bus_control`.

use std::collections::HashMap;
use std::hint::black_box;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, RwLock};

use criterion::{criterion_group, criterion_main, BenchmarkId, Criterion};
use perbus::{BusConfig, Engine, Format, Mixer, Player, Scene};

struct Desk {
    engine: Engine,
    mixer: Mixer,
    players: Vec<Player>,
}

/// An engine with a player on each of `buses` buses of the main mixer.
fn desk(buses: u32) -> perbus::Result<Desk> {
    let engine = Engine::offline(Format::new(48_000.0, 2)?, 512)?;
    let mixer = engine.main_mixer()?;
    let mut players = Vec::new();
    for bus in 0..buses {
        let player = engine.create_player()?;
        engine.connect(&player, &mixer, 0, bus)?;
        players.push(player);
    }
    Ok(Desk {
        engine,
        mixer,
        players,
    })
}

/// Walks the buses and moves the volume, so that no call repeats the one before it.
struct Walk {
    buses: u32,
    step: u32,
}

impl Walk {
    fn next(&mut self) -> (u32, f32) {
        self.step = self.step.wrapping_add(1);
        let volume = (self.step % 1000) as f32 / 1000.0;
        (self.step % self.buses, volume)
    }
}

fn bus_control(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("set_volume");
    for buses in [8, 64, 512, 4096] {
        let desk = desk(buses).expect("an offline engine");
        let mut walk = Walk { buses, step: 0 };

        let cells: HashMap<u64, Arc<AtomicU32>> = (0..u64::from(buses))
            .map(|bus| (bus, Arc::default()))
            .collect();
        let floor = RwLock::new(cells);
        group.bench_function(BenchmarkId::new("floor", buses), |bencher| {
            bencher.iter(|| {
                let (bus, volume) = walk.next();
                let cells = floor.read().expect("no panic holds it");
                cells[&u64::from(black_box(bus))].store(volume.to_bits(), Ordering::Relaxed);
            });
        });
        group.bench_function(BenchmarkId::new("by_number", buses), |bencher| {
            bencher.iter(|| {
                let (bus, volume) = walk.next();
                desk.engine
                    .set_mixer_volume_for_bus(&desk.mixer, volume, black_box(bus))
                    .expect("a tracked bus")
            });
        });
        let strips: Vec<_> = (0..buses)
            .map(|bus| desk.mixer.bus(bus).expect("a bus in range"))
            .collect();
        group.bench_function(BenchmarkId::new("by_strip", buses), |bencher| {
            bencher.iter(|| {
                let (bus, volume) = walk.next();
                strips[black_box(bus) as usize]
                    .set_volume(volume)
                    .expect("an attached mixer");
            });
        });
        group.bench_function(BenchmarkId::new("by_connection", buses), |bencher| {
            bencher.iter(|| {
                let (bus, volume) = walk.next();
                let player = &desk.players[black_box(bus) as usize];
                desk.engine
                    .set_connection_volume(player, &desk.mixer, bus, volume)
                    .expect("a connected player");
            });
        });
    }
    group.finish();
}

/// A scene of many buses in one call: two that differ everywhere, in turn.
fn scenes(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("scene");
    for buses in [64, 256] {
        let desk = desk(buses).expect("an offline engine");
        let scene = |volume| {
            let config = |bus| BusConfig {
                volume: Some(volume),
                ..BusConfig::new(bus)
            };
            Scene::new((0..buses).map(config).collect())
        };
        let scenes = [scene(0.25), scene(0.75)];
        let mut turn = 0;
        group.bench_function(BenchmarkId::new("apply", buses), |bencher| {
            bencher.iter(|| {
                turn += 1;
                desk.mixer.apply(&scenes[turn % 2]).expect("a good scene");
            });
        });
    }
    group.finish();
}

fn meters(criterion: &mut Criterion) {
    let desk = desk(64).expect("an offline engine");
    let bus = desk.mixer.bus(7).expect("a bus in range");
    criterion.bench_function("meter/poll", |bencher| {
        bencher.iter(|| bus.meter().expect("a connected bus"));
    });
}

criterion_group!(benches, bus_control, scenes, meters);
criterion_main!(benches);
