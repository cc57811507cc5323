//! What an equalizer costs: one block of a source through it, by bands and channels. Run with
//! `cargo bench --bench equalizer`; the throughput's unit is one band of one channel of one frame.

use std::hint::black_box;

use criterion::{criterion_group, criterion_main, BenchmarkId, Criterion, Throughput};
use perbus::{Band, Engine, Equalizer, Format};

const FRAMES: usize = 512;

/// A square wave through an equalizer whose bands all do something.
fn chain(bands: u8, channels: u32) -> perbus::Result<(Engine, Equalizer)> {
    let format = Format::new(48_000.0, channels)?;
    let engine = Engine::offline(format, FRAMES as u32)?;
    let equalizer = engine.create_equalizer(u32::from(bands))?;
    let source = engine.create_source(format, |block| {
        for channel in 0..block.channels() {
            let (low, high) = block.channel_mut(channel).split_at_mut(FRAMES / 2);
            low.fill(-0.5);
            high.fill(0.5);
        }
    })?;
    engine.connect(&source, &equalizer, 0, 0)?;
    engine.connect(&equalizer, &engine.main_mixer(), 0, 0)?;
    for index in 0..bands {
        let band = Band {
            frequency: 100.0 * f32::from(index + 1),
            gain: 3.0,
            ..Band::default()
        };
        equalizer.set_band(u32::from(index), band)?;
    }
    engine.start()?;
    Ok((engine, equalizer))
}

fn render(engine: &Engine, planar: &mut [Vec<f32>]) {
    let mut slices: Vec<&mut [f32]> = planar.iter_mut().map(Vec::as_mut_slice).collect();
    engine.render(&mut slices).expect("the engine renders");
}

fn equalizer(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("equalizer");
    for (bands, channels) in [(1, 1), (1, 2), (10, 1), (10, 2), (31, 2)] {
        let (engine, equalizer) = chain(bands, channels).expect("an offline engine");
        let mut planar = vec![vec![0.0f32; FRAMES]; channels as usize];
        group.throughput(Throughput::Elements(
            u64::from(bands) * u64::from(channels) * FRAMES as u64,
        ));
        let name = format!("{bands} bands, {channels} channels");
        group.bench_function(BenchmarkId::new("steady", &name), |bencher| {
            bencher.iter(|| render(&engine, black_box(&mut planar)));
        });
        let mut gain = 3.0;
        group.bench_function(BenchmarkId::new("one band moving", &name), |bencher| {
            bencher.iter(|| {
                gain = 6.0 - gain + 0.5;
                let band = Band {
                    gain,
                    ..Band::default()
                };
                equalizer.set_band(0, band).expect("a band in range");
                render(&engine, black_box(&mut planar));
            });
        });
    }
    group.finish();
}

criterion_group!(benches, equalizer);
criterion_main!(benches);
