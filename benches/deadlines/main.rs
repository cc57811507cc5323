//! How long the slowest block takes while everything changes: a table of the times of many blocks,
//! as shares of the time that a block lasts. `make deadlines`, or a few blocks with `cargo bench
//! --bench deadlines`.
//!
//! The thread that renders stands for an audio thread: it has real-time priority if the system grants
//! it, unless `PERBUS_REALTIME` is `no`, and rests after each block for as long as that has taken.
//!
//! `PERBUS_DEADLINES` is a list of desks: "512:1000000" stands for 512 strips and 1,000,000 blocks.

mod desk;
#[path = "../../tests/device/fake.rs"]
#[allow(dead_code, unreachable_pub)]
mod fake;
mod times;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use desk::{Desk, FRAMES, RATE};
use times::{Block, Times};

/// Blocks before the first that is measured.
const WARM_UP: u64 = 500;

/// Strips and blocks.
fn desks() -> Vec<(u32, u64)> {
    let text = std::env::var("PERBUS_DEADLINES").unwrap_or_default();
    let text = if text.is_empty() {
        "512:20000 16384:1000"
    } else {
        &text
    };
    let parse = |word: &str| {
        let (strips, blocks) = word.split_once(':')?;
        Some((strips.parse().ok()?, blocks.parse().ok()?))
    };
    let desks = text.split_whitespace().map(|word| {
        parse(word).unwrap_or_else(|| panic!("PERBUS_DEADLINES has strips:blocks, not {word}"))
    });
    desks.collect()
}

/// Renders on a thread of its own while another one changes things.
fn measure(strips: u32, blocks: u64) -> perbus::Result<()> {
    let mut desk = Desk::new(strips)?;
    let (rendered, over) = (AtomicU64::new(0), AtomicBool::new(false));
    let mut times = Times::new(blocks);
    let (changes, realtime) = thread::scope(|scope| {
        let churn = scope.spawn(|| desk.churn(&rendered, &over));
        let audio = scope.spawn(|| {
            let realtime = become_realtime();
            let mut planes = [vec![0.0; FRAMES as usize], vec![0.0; FRAMES as usize]];
            for block in 0..WARM_UP + blocks {
                let begin = Block::begin();
                let plays = fake::play_into(&mut planes);
                let taken = begin.end();
                assert!(plays, "the device has stopped");
                if block >= WARM_UP {
                    times.add(taken);
                }
                rendered.store(block + 1, Ordering::Release);
                thread::sleep(taken.wall());
            }
            over.store(true, Ordering::Release);
            realtime
        });
        let realtime = audio.join().expect("the blocks");
        (churn.join().expect("the churn"), realtime)
    });
    let changes = changes?;
    times.print(strips, f64::from(FRAMES) / RATE);
    println!("    real-time priority: {realtime}");
    println!("    {changes}; {} frames decoded late", desk.late_frames()?);
    Ok(())
}

/// As the engine asks for its own audio threads.
fn become_realtime() -> &'static str {
    if std::env::var("PERBUS_REALTIME").is_ok_and(|choice| choice == "no") {
        return "no";
    }
    let wish = libc::sched_param { sched_priority: 5 };
    // SAFETY: the pointer is to a live local, and the thread is this one.
    match unsafe { libc::pthread_setschedparam(libc::pthread_self(), libc::SCHED_FIFO, &wish) } {
        0 => "granted",
        _ => "refused",
    }
}

fn load() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let words: Vec<&str> = load.split_whitespace().take(3).collect();
    words.join(" ")
}

fn main() -> perbus::Result<()> {
    let _alone = fake::alone();
    println!(
        "blocks of {FRAMES} frames at {RATE} Hz: {:.2} ms each; {} processors, load {}",
        1e3 * f64::from(FRAMES) / RATE,
        thread::available_parallelism().map_or(0, usize::from),
        load()
    );
    Times::print_head();
    for (strips, blocks) in desks() {
        measure(strips, blocks)?;
    }
    println!("load {}", load());
    Ok(())
}
