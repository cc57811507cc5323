//! Counts what goes through malloc, including Rust's allocations. Defined in the program itself,
//! these functions take precedence over the C library's for every library that it loads.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use libc::{c_int, c_void, malloc_usable_size, size_t, ENOMEM};
use perbus::Result;

/// Bytes currently allocated by all threads.
static BYTES: AtomicI64 = AtomicI64::new(0);

std::thread_local! {
    /// Allocating calls of this thread.
    static CALLS: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

extern "C" {
    fn __libc_malloc(size: size_t) -> *mut c_void;
    fn __libc_calloc(items: size_t, size: size_t) -> *mut c_void;
    fn __libc_realloc(memory: *mut c_void, size: size_t) -> *mut c_void;
    fn __libc_memalign(alignment: size_t, size: size_t) -> *mut c_void;
    fn __libc_free(memory: *mut c_void);
}

/// The allocator's own header in front of each piece.
const HEADER: i64 = 8;

fn size(memory: *mut c_void) -> i64 {
    if memory.is_null() {
        return 0;
    }
    // SAFETY: every caller's memory comes from the allocator and has not been freed yet.
    HEADER + unsafe { malloc_usable_size(memory) } as i64
}

fn taken(memory: *mut c_void) -> *mut c_void {
    // A thread that is ending no longer has a counter.
    let _ = CALLS.try_with(|calls| calls.set(calls.get() + 1));
    BYTES.fetch_add(size(memory), Ordering::Relaxed);
    memory
}

#[no_mangle]
extern "C" fn malloc(bytes: size_t) -> *mut c_void {
    // SAFETY: any size is allowed.
    taken(unsafe { __libc_malloc(bytes) })
}

#[no_mangle]
extern "C" fn calloc(items: size_t, bytes: size_t) -> *mut c_void {
    // SAFETY: any size is allowed.
    taken(unsafe { __libc_calloc(items, bytes) })
}

#[no_mangle]
extern "C" fn posix_memalign(out: *mut *mut c_void, alignment: size_t, bytes: size_t) -> c_int {
    // SAFETY: any size is allowed; the caller's pointer is for the answer.
    unsafe {
        *out = taken(__libc_memalign(alignment, bytes));
        if (*out).is_null() {
            ENOMEM
        } else {
            0
        }
    }
}

#[no_mangle]
extern "C" fn aligned_alloc(alignment: size_t, bytes: size_t) -> *mut c_void {
    // SAFETY: any size is allowed.
    taken(unsafe { __libc_memalign(alignment, bytes) })
}

/// # Safety
/// As the C library's.
#[no_mangle]
unsafe extern "C" fn realloc(memory: *mut c_void, bytes: size_t) -> *mut c_void {
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

// SAFETY: every call is passed to the system's allocator unchanged.
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

/// The tests count the allocations of all threads, so they run one at a time.
pub(crate) fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Bytes that `work` leaves behind: the engine's and Rust's.
pub(crate) fn left_behind(work: impl FnOnce() -> Result<()>) -> Result<(i64, i64)> {
    let now = || {
        let rust = RUST.load(Ordering::Relaxed);
        (BYTES.load(Ordering::Relaxed) - rust, rust)
    };
    let before = now();
    work()?;
    let after = now();
    Ok((after.0 - before.0, after.1 - before.1))
}

/// Allocating calls of this thread while `work` runs.
pub(crate) fn calls(work: impl FnOnce() -> Result<()>) -> Result<u64> {
    let before = CALLS.get();
    work()?;
    Ok(CALLS.get() - before)
}
