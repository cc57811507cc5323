//! Converting takes no memory while it renders: this program counts every call of malloc.
#![cfg(all(target_os = "linux", target_env = "gnu"))]

mod common;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::ffi::c_void;

use common::render_in;
use perbus::{Buffer, Engine, Format, Result, Schedule};

thread_local! {
    static CALLS: Cell<u64> = const { Cell::new(0) };
}

fn count() {
    // Threads that are ending allocate too; nobody asks for theirs.
    let _ = CALLS.try_with(|calls| calls.set(calls.get() + 1));
}

extern "C" {
    fn __libc_malloc(size: usize) -> *mut c_void;
    fn __libc_calloc(count: usize, size: usize) -> *mut c_void;
    fn __libc_realloc(memory: *mut c_void, size: usize) -> *mut c_void;
}

// In the program itself these come before the C library's, for every library that it loads.

#[no_mangle]
extern "C" fn malloc(size: usize) -> *mut c_void {
    count();
    // SAFETY: it is the function that this one stands in for, with the caller's arguments.
    unsafe { __libc_malloc(size) }
}

#[no_mangle]
extern "C" fn calloc(items: usize, size: usize) -> *mut c_void {
    count();
    // SAFETY: as in malloc.
    unsafe { __libc_calloc(items, size) }
}

/// # Safety
/// As the C library's.
#[no_mangle]
unsafe extern "C" fn realloc(memory: *mut c_void, size: usize) -> *mut c_void {
    count();
    // SAFETY: as in malloc; the caller promises that the memory is one of these functions'.
    unsafe { __libc_realloc(memory, size) }
}

/// Rust's own requests, which are not what is counted.
struct Uncounted;

// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Uncounted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let calls = CALLS.try_with(Cell::get).unwrap_or(0);
        // SAFETY: the caller's promise, passed on.
        let memory = unsafe { System.alloc(layout) };
        let _ = CALLS.try_with(|now| now.set(calls));
        memory
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise, passed on.
        unsafe { System.dealloc(memory, layout) };
    }
}

#[global_allocator]
static ALLOCATOR: Uncounted = Uncounted;

/// malloc calls of 1000 blocks of a graph whose sources and group have these rates. The player falls
/// silent and comes back, so that its converter sleeps and wakes; the resets restart all of them.
fn calls_while_rendering(rates: [f64; 4]) -> Result<u64> {
    let engine = Engine::offline(Format::new(48_000.0, 2)?, 512)?;
    let (main, group) = (engine.main_mixer()?, engine.create_mixer()?);
    let mut bus = 0;
    for (mixer, rate, channels) in [
        (&main, rates[0], 1),
        (&main, rates[1], 2),
        (&group, rates[2], 2),
    ] {
        let source = engine.create_source(Format::new(rate, channels)?, |block| {
            for channel in 0..block.channels() {
                block.channel_mut(channel).fill(0.5);
            }
        })?;
        engine.connect(&source, mixer, 0, bus)?;
        bus += 1;
    }
    let player = engine.create_player()?;
    engine.connect_with_format(&player, &group, 0, bus, Format::new(rates[2], 2)?)?;
    engine.connect_with_format(&group, &main, 0, bus, Format::new(rates[3], 2)?)?;
    engine.start()?;
    let click = Buffer::from_fn(Format::new(rates[2], 2)?, 100, |_, _| 1.0)?;
    // At the same moments whatever the rate: every one that ends costs a call.
    for moment in 0..30 {
        let schedule = Schedule {
            at: Some(moment * rates[2] as i64 / 10),
            ..Schedule::default()
        };
        player.schedule_with(&click, schedule, || {})?;
    }
    player.play()?;
    render_in(&engine, 512 * 20, 512);
    let mut memory = [[0.0_f32; 512]; 2];
    let before = CALLS.get();
    for _ in 0..1_000 {
        let [left, right] = &mut memory;
        engine.render(&mut [left, right])?;
        if engine.sample_time()? % 20_480 == 0 {
            engine.reset()?;
        }
    }
    Ok(CALLS.get() - before)
}

#[test]
fn a_converting_graph_allocates_no_more_than_any() -> Result<()> {
    let plain = calls_while_rendering([48_000.0; 4])?;
    assert!(plain > 0, "calls of the engine's libraries are counted");
    let converting = calls_while_rendering([44_100.0, 96_000.0, 22_050.0, 32_000.0])?;
    assert_eq!(converting, plain);
    Ok(())
}
