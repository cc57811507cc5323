//! What a bus takes of memory, and that moving its fader takes none: this program counts what goes
//! through malloc, Rust's allocations among it.
#![cfg(all(target_os = "linux", target_env = "gnu"))]

use std::alloc::{GlobalAlloc, Layout, System};
use std::ffi::c_void;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use perbus::{Buffer, Bus, Engine, Format, Mixer, Player, Result, Schedule};

/// Bytes that are taken now, by all threads.
static BYTES: AtomicI64 = AtomicI64::new(0);

std::thread_local! {
    /// Calls of this thread that take memory.
    static CALLS: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

extern "C" {
    fn __libc_malloc(size: usize) -> *mut c_void;
    fn __libc_calloc(items: usize, size: usize) -> *mut c_void;
    fn __libc_realloc(memory: *mut c_void, size: usize) -> *mut c_void;
    fn __libc_memalign(alignment: usize, size: usize) -> *mut c_void;
    fn __libc_free(memory: *mut c_void);
    fn malloc_usable_size(memory: *mut c_void) -> usize;
}

/// What the allocator keeps for itself in front of each piece.
const HEADER: i64 = 8;

fn size(memory: *mut c_void) -> i64 {
    if memory.is_null() {
        return 0;
    }
    // SAFETY: every caller has the memory from the allocator, and it is not freed yet.
    HEADER + unsafe { malloc_usable_size(memory) } as i64
}

fn taken(memory: *mut c_void) -> *mut c_void {
    // A thread that ends has no counter any more.
    let _ = CALLS.try_with(|calls| calls.set(calls.get() + 1));
    BYTES.fetch_add(size(memory), Ordering::Relaxed);
    memory
}

#[no_mangle]
extern "C" fn malloc(bytes: usize) -> *mut c_void {
    // SAFETY: any size is allowed.
    taken(unsafe { __libc_malloc(bytes) })
}

#[no_mangle]
extern "C" fn calloc(items: usize, bytes: usize) -> *mut c_void {
    // SAFETY: any size is allowed.
    taken(unsafe { __libc_calloc(items, bytes) })
}

#[no_mangle]
extern "C" fn posix_memalign(out: *mut *mut c_void, alignment: usize, bytes: usize) -> i32 {
    // SAFETY: any size is allowed; the caller's pointer is for the answer.
    unsafe {
        *out = taken(__libc_memalign(alignment, bytes));
        // No memory is ENOMEM.
        if (*out).is_null() {
            12
        } else {
            0
        }
    }
}

#[no_mangle]
extern "C" fn aligned_alloc(alignment: usize, bytes: usize) -> *mut c_void {
    // SAFETY: any size is allowed.
    taken(unsafe { __libc_memalign(alignment, bytes) })
}

/// # Safety
/// As the C library's.
#[no_mangle]
unsafe extern "C" fn realloc(memory: *mut c_void, bytes: usize) -> *mut c_void {
    BYTES.fetch_sub(size(memory), Ordering::Relaxed);
    // SAFETY: the caller's promise, passed on.
    taken(unsafe { __libc_realloc(memory, bytes) })
}

/// # Safety
/// As the C library's.
#[no_mangle]
unsafe extern "C" fn free(memory: *mut c_void) {
    BYTES.fetch_sub(size(memory), Ordering::Relaxed);
    // SAFETY: the caller's promise, passed on.
    unsafe { __libc_free(memory) }
}

/// Rust's own share.
struct Counting;

static RUST: AtomicI64 = AtomicI64::new(0);

// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise, passed on.
        let memory = unsafe { System.alloc(layout) };
        RUST.fetch_add(size(memory.cast()), Ordering::Relaxed);
        memory
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        RUST.fetch_sub(size(memory.cast()), Ordering::Relaxed);
        // SAFETY: the caller's promise, passed on.
        unsafe { System.dealloc(memory, layout) };
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The tests count what all threads take: one at a time.
fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

const BUSES: u32 = 4096;

/// An engine with so many players, not connected; and a sound for all of them.
fn players() -> Result<(Engine, Mixer, Vec<Player>, Buffer)> {
    let stereo = Format::new(48_000.0, 2)?;
    let engine = Engine::offline(stereo, 512)?;
    let mixer = engine.main_mixer()?;
    let players = (0..BUSES)
        .map(|_| engine.create_player())
        .collect::<Result<Vec<Player>>>()?;
    let sound = Buffer::from_fn(stereo, 100, |_, _| 0.1)?;
    Ok((engine, mixer, players, sound))
}

fn connect(engine: &Engine, mixer: &Mixer, players: &[Player]) -> Result<()> {
    for (bus, player) in (0..).zip(players) {
        engine.connect(player, mixer, 0, bus)?;
        mixer.bus(bus)?.set_volume(0.5)?;
    }
    Ok(())
}

fn play(engine: &Engine, players: &[Player], sound: &Buffer) -> Result<()> {
    engine.start()?;
    for player in players {
        let looping = Schedule {
            loops: true,
            ..Schedule::default()
        };
        player.schedule_with(sound, looping, || {})?;
        player.play()?;
    }
    render(engine)
}

fn render(engine: &Engine) -> Result<()> {
    let (mut left, mut right) = ([0.0; 512], [0.0; 512]);
    engine.render(&mut [&mut left, &mut right])
}

/// Bytes a bus that `work` leaves behind: the engine's and Rust's.
fn left_behind(work: impl FnOnce() -> Result<()>) -> Result<(f64, f64)> {
    let now = || {
        let rust = RUST.load(Ordering::Relaxed);
        (BYTES.load(Ordering::Relaxed) - rust, rust)
    };
    let before = now();
    work()?;
    let after = now();
    let a_bus = |bytes: i64| bytes as f64 / f64::from(BUSES);
    Ok((a_bus(after.0 - before.0), a_bus(after.1 - before.1)))
}

/// Connection, volume and pan, and the bus's place in the render plan; its samples, its player and
/// what the player has queued are not the connection's.
#[test]
fn a_connected_bus_takes_at_most_512_bytes_of_the_engine() -> Result<()> {
    let _alone = alone();
    let (engine, mixer, players, sound) = players()?;
    let connections = left_behind(|| connect(&engine, &mixer, &players))?;
    let plan = left_behind(|| {
        engine.start()?;
        render(&engine)
    })?;
    assert!(connections.0 + plan.0 <= 512.0, "{connections:?}, {plan:?}");
    let queue = left_behind(|| play(&engine, &players, &sound))?;
    // The engine's and Rust's part of all of it: faders, labels and the map of who feeds whom too.
    let all = connections.0 + connections.1 + plan.0 + queue.0 + queue.1;
    assert!(all <= 1280.0, "{connections:?}, {plan:?}, {queue:?}");
    Ok(())
}

/// Calls that take memory while `work` runs.
fn calls(work: impl FnOnce() -> Result<()>) -> Result<u64> {
    let before = CALLS.get();
    work()?;
    Ok(CALLS.get() - before)
}

#[test]
fn moving_and_reading_faders_takes_no_memory() -> Result<()> {
    let _alone = alone();
    let (engine, mixer, players, sound) = players()?;
    let players = &players[..64];
    connect(&engine, &mixer, players)?;
    play(&engine, players, &sound)?;
    let buses = (0..64)
        .map(|bus| mixer.bus(bus))
        .collect::<Result<Vec<Bus>>>()?;
    let taken = calls(|| {
        for round in 0..10 {
            let value = round as f32 / 10.0;
            for ((number, bus), player) in (0..).zip(&buses).zip(players) {
                bus.set_volume(value)?;
                bus.set_pan(value)?;
                bus.set_muted(true)?;
                bus.set_muted(false)?;
                engine.set_mixer_volume_for_bus(&mixer, value, number)?;
                engine.set_mixer_pan_for_bus(&mixer, value, number)?;
                engine.set_connection_volume(player, &mixer, number, value)?;
                engine.set_connection_pan(player, &mixer, number, value)?;
                assert_eq!(engine.connection_volume(player, &mixer, number)?, value);
                assert_eq!(engine.connection_pan(player, &mixer, number)?, value);
                let _ = (
                    bus.volume(),
                    bus.pan(),
                    bus.is_muted(),
                    bus.effective_volume(),
                );
                let _ = engine.mixer_volume_for_bus(&mixer, number)?;
                let _ = engine.mixer_pan_for_bus(&mixer, number)?;
            }
            render(&engine)?;
        }
        Ok(())
    })?;
    assert_eq!(taken, 0);
    let one = calls(|| {
        drop(std::hint::black_box(Box::new(1)));
        Ok(())
    })?;
    assert_eq!(one, 1, "calls are counted");
    Ok(())
}
