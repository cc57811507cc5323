//! Tables of ratios: all rows of a table take turns, round by round, and the median over the rounds
//! is printed, so that other load on the machine affects all of them alike.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use perbus::Result;
use perbus_floors::calls::Map;

use crate::desk::Desk;
use crate::work::{self, strips, walk, Work};

/// Calls of one row in one round.
const CALLS: u64 = 4096;

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// By row: nanoseconds per call, and their ratio to the floor's.
fn measure(works: &mut [Work<'_>], rounds: usize) -> Vec<(f64, f64)> {
    let floor = works
        .iter()
        .position(|work| work.name == work::FLOOR)
        .expect("a floor among them");
    let mut times = vec![Vec::new(); works.len()];
    for _ in 0..rounds {
        for (work, times) in works.iter_mut().zip(&mut times) {
            times.push((work.run)(CALLS).as_nanos() as f64 / CALLS as f64);
        }
    }
    let ratio = |row: &[f64]| {
        let ratios = row
            .iter()
            .zip(&times[floor])
            .map(|(own, floor)| own / floor);
        median(ratios.collect())
    };
    times
        .iter()
        .map(|row| (median(row.clone()), ratio(row)))
        .collect()
}

fn by_size(rounds: usize) -> Result<()> {
    println!("\nns a call (the loop's own included), and the ratio to floor C\n");
    print!("{:20}", "buses");
    for buses in crate::SIZES {
        print!("{buses:>9}{:8}", "");
    }
    println!();
    let mut rows: Vec<(&str, String)> = Vec::new();
    for buses in crate::SIZES {
        let desk = Desk::new(buses)?;
        let mut works = work::all(&desk);
        for (place, (time, ratio)) in measure(&mut works, rounds).into_iter().enumerate() {
            if place == rows.len() {
                rows.push((works[place].name, String::new()));
            }
            rows[place].1 += &format!("{time:>9.1} {ratio:>5.2}x ");
        }
    }
    for (name, cells) in rows {
        println!("{name:20}{cells}");
    }
    Ok(())
}

/// The calls while another thread renders block after block.
fn beside_rendering(rounds: usize) -> Result<()> {
    println!("\nbeside a thread that renders 64 buses, block after block\n");
    let desk = Desk::new(64)?;
    desk.play()?;
    let (ended, running) = (AtomicBool::new(false), Barrier::new(2));
    thread::scope(|scope| {
        scope.spawn(|| {
            let (mut left, mut right) = ([0.0; 512], [0.0; 512]);
            running.wait();
            while !ended.load(Ordering::Relaxed) {
                let mut block = [&mut left[..], &mut right[..]];
                desk.engine.render(&mut block).expect("a running engine");
            }
        });
        running.wait();
        let mut works = work::all(&desk);
        for (work, (time, ratio)) in measure(&mut works, rounds).iter().enumerate() {
            println!("{:20}{time:>9.1} {ratio:>5.2}x", works[work].name);
        }
        ended.store(true, Ordering::Relaxed);
    });
    Ok(())
}

/// Every thread sets buses of its own; the time is one thread's, per call.
fn together(threads: u32, rounds: usize, call: impl Fn(u32, f32) + Sync, buses: u32) -> f64 {
    let start = Barrier::new(threads as usize);
    let share = buses / threads;
    let times: Vec<f64> = thread::scope(|scope| {
        let runners: Vec<_> = (0..threads)
            .map(|thread| {
                let (call, start) = (&call, &start);
                scope.spawn(move || {
                    let mut run = walk(share, |bus, volume| call(thread * share + bus, volume));
                    let mut times = Vec::new();
                    for _ in 0..rounds {
                        start.wait();
                        let time: Duration = run(8 * CALLS);
                        times.push(time.as_nanos() as f64 / (8 * CALLS) as f64);
                    }
                    median(times)
                })
            })
            .collect();
        runners
            .into_iter()
            .map(|runner| runner.join().expect("no panic"))
            .collect()
    });
    times.iter().sum::<f64>() / f64::from(threads)
}

/// 1 to 4 threads. If there are more than cores, they share the cores, and each call takes
/// correspondingly longer.
fn several_threads(rounds: usize) -> Result<()> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    println!("\nns a call in each of several threads, on buses of their own; {cores} cores\n");
    println!("{:20}{:>9}{:>9}{:>9}{:>9}", "threads", 1, 2, 3, 4);
    let desk = Desk::new(64)?;
    let (map, strips) = (Map::new(64), strips(&desk));
    let number = |bus, volume| {
        let set = desk
            .engine
            .set_mixer_volume_for_bus(&desk.mixer, volume, bus);
        set.expect("a tracked bus");
    };
    let strip = |bus: u32, volume| {
        let set = strips[bus as usize].set_volume(volume);
        set.expect("a tracked bus");
    };
    let row = |name: &str, time: &dyn Fn(u32) -> f64| {
        let cells: Vec<String> = (1..=4).map(|n| format!("{:>9.1}", time(n))).collect();
        println!("{name:20}{}", cells.concat());
    };
    row(work::FLOOR, &|n| {
        together(n, rounds, |bus, volume| map.set(bus, volume), 64)
    });
    row("by number", &|n| together(n, rounds, number, 64));
    row("by strip", &|n| together(n, rounds, strip, 64));
    Ok(())
}

pub(crate) fn print(rounds: usize) -> Result<()> {
    by_size(rounds)?;
    beside_rendering(rounds)?;
    several_threads(rounds.div_ceil(8))
}
