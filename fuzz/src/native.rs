//! Targets in C and Objective-C.

use libc::c_int;
// Its functions are called from C.
use perbus_desk as _;

extern "C" {
    fn perbus_fuzz_world(data: *const u8, size: usize) -> c_int;
    fn perbus_fuzz_calls(data: *const u8, size: usize) -> c_int;
    fn perbus_fuzz_desk_calls(data: *const u8, size: usize) -> c_int;
    fn perbus_fuzz_classes(data: *const u8, size: usize) -> c_int;
}

type Target = unsafe extern "C" fn(*const u8, usize) -> c_int;

fn run(target: Target, bytes: &[u8]) {
    // SAFETY: the pointer and the length are those of a slice that outlives the call.
    let faults = unsafe { target(bytes.as_ptr(), bytes.len()) };
    assert_eq!(faults, 0, "see above");
}

/// Three engines whose nodes move from one to the other: the test of the graph in C.
pub(crate) fn world(bytes: &[u8]) {
    run(perbus_fuzz_world, bytes);
}

/// Every function of `perbus.h` with any arguments of its types.
pub(crate) fn calls(bytes: &[u8]) {
    run(perbus_fuzz_calls, bytes);
}

/// Every function of `desk.h`, likewise.
pub(crate) fn desk_calls(bytes: &[u8]) {
    run(perbus_fuzz_desk_calls, bytes);
}

/// The portable AVFAudio's classes, without the shim.
pub(crate) fn classes(bytes: &[u8]) {
    run(perbus_fuzz_classes, bytes);
}
