//! What one per-bus call costs, compared with floors: the same look-up with the standard library,
//! and the individual steps. `cargo bench --bench bus_control` measures every call with criterion,
//! then prints tables of ratios, taken round by round; words after `--` choose among criterion's
//! rows. Without `--bench`, as under `cargo test`, everything runs once.

mod desk;
mod tables;
mod work;

use std::time::Duration;

use criterion::{BenchmarkId, Criterion};
use perbus::Result;

use crate::desk::{apply_scenes, rewire, Desk};

/// How many buses the mixer has.
const SIZES: [u32; 4] = [8, 64, 512, 4096];

fn calls(criterion: &mut Criterion) -> Result<()> {
    for buses in SIZES {
        let desk = Desk::new(buses)?;
        let mut group = criterion.benchmark_group("call");
        for mut work in work::all(&desk) {
            group.bench_function(BenchmarkId::new(work.name, buses), |bencher| {
                bencher.iter_custom(|calls| (work.run)(calls));
            });
        }
    }
    Ok(())
}

fn bulk(criterion: &mut Criterion) -> Result<()> {
    for buses in [64, 256] {
        let desk = Desk::new(buses)?;
        let mut apply = apply_scenes(&desk);
        criterion.bench_function(&format!("scene/{buses}"), |bencher| {
            bencher.iter(&mut apply)
        });
    }
    for buses in SIZES {
        let desk = Desk::new(buses)?;
        let mut rewire = rewire(&desk);
        criterion.bench_function(&format!("connect_disconnect/{buses}"), |bencher| {
            bencher.iter(&mut rewire);
        });
        criterion.bench_function(&format!("audit/{buses}"), |bencher| {
            bencher.iter(|| desk.engine.audit().expect("an engine that answers"));
        });
    }
    let desk = Desk::new(64)?;
    let bus = desk.mixer.bus(7)?;
    criterion.bench_function("meter/poll", |bencher| {
        bencher.iter(|| bus.meter().expect("a connected bus"));
    });
    Ok(())
}

/// One fader over many members.
fn group_fader(criterion: &mut Criterion) -> Result<()> {
    for members in [1, 64, 1024] {
        let desk = Desk::new(members)?;
        let group = desk.engine.create_group("all")?;
        group.add_all(&desk.mixer.buses().collect::<Vec<_>>())?;
        let mut turn = 0;
        criterion.bench_function(&format!("group_fader/{members}"), |bencher| {
            bencher.iter(|| {
                turn += 1;
                let volume = [0.25, 0.75][turn % 2];
                group.set_volume(volume).expect("a good volume");
            });
        });
    }
    Ok(())
}

fn main() -> Result<()> {
    let mut criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(400))
        .configure_from_args();
    calls(&mut criterion)?;
    bulk(&mut criterion)?;
    group_fader(&mut criterion)?;
    criterion.final_summary();
    let measures = std::env::args().any(|argument| argument == "--bench");
    tables::print(if measures { 400 } else { 1 })
}
