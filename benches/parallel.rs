//! One block of a desk of 8 sub-mixers with 256 stereo players each, by how many threads render it.
//! Run with `cargo bench --bench parallel`; the throughput's unit is one frame of one bus.

use std::hint::black_box;

use criterion::{criterion_group, criterion_main, BenchmarkId, Criterion, Throughput};
use perbus::{Buffer, Engine, Format, Player, Schedule};

const GROUPS: u32 = 8;
const BUSES: u32 = 256;

fn desk(format: Format) -> perbus::Result<(Engine, Vec<Player>)> {
    let engine = Engine::offline(format, 512)?;
    let main = engine.main_mixer();
    let mut players = Vec::new();
    engine.start()?;
    for group in 0..GROUPS {
        let mixer = engine.create_mixer()?;
        engine.connect(&mixer, &main, 0, group)?;
        for bus in 0..BUSES {
            let player = engine.create_player()?;
            engine.connect(&player, &mixer, 0, bus)?;
            mixer.bus(bus)?.set_volume(0.01)?;
            let buffer = Buffer::from_fn(format, 512, |frame, channel| {
                ((frame * (bus + 3) + channel + group) % 1001) as f32 / 1001.0 - 0.5
            })?;
            let schedule = Schedule {
                loops: true,
                ..Schedule::default()
            };
            player.schedule_as(&buffer, schedule)?;
            player.play()?;
            players.push(player);
        }
    }
    Ok((engine, players))
}

fn parallel(criterion: &mut Criterion) {
    let format = Format::new(48_000.0, 2).expect("a usual format");
    let (engine, _players) = desk(format).expect("an offline engine");
    let mut group = criterion.benchmark_group("parallel");
    for frames in [64, 512] {
        let mut planar = [vec![0.0f32; frames], vec![0.0f32; frames]];
        group.throughput(Throughput::Elements(
            u64::from(GROUPS * BUSES) * frames as u64,
        ));
        for threads in [1, 2] {
            engine.set_render_threads(threads).expect("threads");
            group.bench_function(
                BenchmarkId::new(format!("{threads} threads"), frames),
                |b| {
                    b.iter(|| {
                        let [left, right] = &mut planar;
                        engine
                            .render(black_box(&mut [left, right]))
                            .expect("the engine renders");
                    });
                },
            );
        }
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().without_plots();
    targets = parallel
}
criterion_main!(benches);
