//! Nothing that can wait happens on the audio thread: this program counts allocations, locks and
//! Objective-C messages, and renders where the kernel lets no system call pass.
//!
//! The functions below take the place of the C library's and the runtime's, for all libraries of
//! this program; they count on the thread that renders, while it does.
#![cfg(all(target_os = "linux", target_env = "gnu"))]

use std::cell::Cell;
use std::ffi::CStr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Once;

use libc::{c_int, c_void};
use perbus as _;
use perbus_conformance as _;

thread_local! {
    static RENDERING: Cell<bool> = const { Cell::new(false) };
    static COUNTS: Cell<Counts> = const { Cell::new(Counts { allocations: 0, locks: 0, messages: 0 }) };
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Counts {
    allocations: u32,
    locks: u32,
    messages: u32,
}

fn count(what: impl FnOnce(&mut Counts)) {
    // A thread that ends has neither any more.
    if RENDERING.try_with(Cell::get).unwrap_or(false) {
        let mut counts = COUNTS.get();
        what(&mut counts);
        COUNTS.set(counts);
    }
}

extern "C" {
    fn __libc_malloc(size: usize) -> *mut c_void;
    fn __libc_calloc(items: usize, size: usize) -> *mut c_void;
    fn __libc_realloc(memory: *mut c_void, size: usize) -> *mut c_void;
    fn __libc_memalign(alignment: usize, size: usize) -> *mut c_void;
    fn __libc_free(memory: *mut c_void);

    fn open_graph() -> bool;
    fn change_graph(step: u32);
    fn set_fault(fault: c_int);
    fn render_graph() -> bool;
}

/// Defines functions that count and pass the call on: to another name, or to the next library that
/// has this one.
macro_rules! counted {
    ($what:ident: fn $name:ident($($argument:ident: $type:ty),*) $(-> $result:ty)? = $real:ident) => {
        /// # Safety
        /// As the C library's.
        #[no_mangle]
        unsafe extern "C" fn $name($($argument: $type),*) $(-> $result)? {
            count(|counts| counts.$what += 1);
            // SAFETY: the caller's promise, passed on.
            unsafe { $real($($argument),*) }
        }
    };
    ($what:ident: fn $name:ident($($argument:ident: $type:ty),*) -> $result:ty) => {
        /// # Safety
        /// As the library's.
        #[no_mangle]
        unsafe extern "C" fn $name($($argument: $type),*) -> $result {
            static REAL: AtomicUsize = AtomicUsize::new(0);
            count(|counts| counts.$what += 1);
            let mut real = REAL.load(Ordering::Relaxed);
            if real == 0 {
                const NAME: &CStr = match CStr::from_bytes_with_nul(
                    concat!(stringify!($name), "\0").as_bytes(),
                ) {
                    Ok(name) => name,
                    Err(_) => panic!("a name"),
                };
                // SAFETY: a C string, and a library of this program has it.
                real = unsafe { libc::dlsym(libc::RTLD_NEXT, NAME.as_ptr()) } as usize;
                REAL.store(real, Ordering::Relaxed);
            }
            // SAFETY: this is the signature in the library's header.
            let real: unsafe extern "C" fn($($type),*) -> $result =
                unsafe { std::mem::transmute(real) };
            // SAFETY: the caller's promise, passed on.
            unsafe { real($($argument),*) }
        }
    };
}

counted!(allocations: fn malloc(size: usize) -> *mut c_void = __libc_malloc);
counted!(allocations: fn calloc(items: usize, size: usize) -> *mut c_void = __libc_calloc);
counted!(allocations: fn realloc(memory: *mut c_void, size: usize) -> *mut c_void = __libc_realloc);
counted!(allocations: fn aligned_alloc(alignment: usize, size: usize) -> *mut c_void = __libc_memalign);
counted!(allocations: fn free(memory: *mut c_void) = __libc_free);
counted!(locks: fn pthread_mutex_lock(mutex: *mut c_void) -> c_int);
counted!(locks: fn pthread_rwlock_rdlock(lock: *mut c_void) -> c_int);
counted!(locks: fn pthread_rwlock_wrlock(lock: *mut c_void) -> c_int);
// Every message asks the runtime for its method.
counted!(messages: fn objc_msg_lookup(receiver: *mut c_void, selector: *mut c_void) -> *mut c_void);
counted!(messages: fn objc_msg_lookup_super(receiver: *mut c_void, selector: *mut c_void) -> *mut c_void);

/// The one graph, for one test at a time.
fn graph() -> std::sync::MutexGuard<'static, ()> {
    static TURN: std::sync::Mutex<()> = std::sync::Mutex::new(());
    static OPENED: Once = Once::new();
    let turn = TURN.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    // SAFETY: called once, before everything else.
    OPENED.call_once(|| assert!(unsafe { open_graph() }, "a graph"));
    turn
}

/// What one block does.
fn counted_block() -> Counts {
    COUNTS.set(Counts::default());
    RENDERING.set(true);
    // SAFETY: the graph is open, and the only one to render it is this thread.
    let rendered = unsafe { render_graph() };
    RENDERING.set(false);
    assert!(rendered);
    COUNTS.get()
}

const FAULTS: [c_int; 5] = [0, 1, 2, 3, 4];

#[test]
fn a_block_neither_allocates_nor_locks_nor_sends_a_message() {
    let _turn = graph();
    for step in 0..400 {
        // SAFETY: the graph is open.
        unsafe { change_graph(step) };
        for block in 0..step % 4 {
            let counts = counted_block();
            assert_eq!(counts, Counts::default(), "step {step}, block {block}");
        }
    }
}

#[test]
fn what_a_block_must_not_do_is_counted() {
    let _turn = graph();
    let mut found = Vec::new();
    for fault in FAULTS {
        // SAFETY: the graph is open, and not rendered now.
        unsafe { set_fault(fault) };
        found.push(counted_block());
    }
    // SAFETY: as above.
    unsafe { set_fault(FAULTS[0]) };
    let of = |allocations, locks, messages| Counts {
        allocations,
        locks,
        messages,
    };
    assert_eq!(
        found,
        [
            of(0, 0, 0),
            of(2, 0, 0),
            of(0, 1, 0),
            of(0, 0, 1),
            of(0, 0, 0)
        ]
    );
}

/// Renders in a process that the kernel ends at any system call but read, write and exit; how that
/// process ended.
fn render_without_system_calls() -> c_int {
    // SAFETY: the child is this one thread and calls nothing that another might have locked: it
    // renders, which takes no lock, and exits.
    unsafe {
        let child = libc::fork();
        if child == 0 {
            let mut code = 1;
            if libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_STRICT) == 0 {
                code = if (0..40).all(|_| render_graph()) {
                    0
                } else {
                    2
                };
            }
            libc::syscall(libc::SYS_exit, code);
        }
        let mut status = -1;
        assert_eq!(libc::waitpid(child, &mut status, 0), child);
        status
    }
}

#[test]
fn a_block_makes_no_system_call() {
    let _turn = graph();
    for step in 0..16 {
        // SAFETY: the graph is open.
        unsafe { change_graph(step) };
        assert_eq!(render_without_system_calls(), 0, "after step {step}");
    }
    // SAFETY: the graph is open, and not rendered now.
    unsafe { set_fault(FAULTS[4]) };
    let caught = render_without_system_calls();
    // SAFETY: as above.
    unsafe { set_fault(FAULTS[0]) };
    assert_eq!(caught, libc::SIGKILL);
}
