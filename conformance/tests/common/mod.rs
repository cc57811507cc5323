//! Turns conformance cases into Rust tests.

use std::ffi::CStr;

use libc::{c_char, c_int};

// Not named below, but they link the cases and the AVFAudio that these call.
use perbus as _;
use perbus_conformance as _;

pub type Case = unsafe extern "C" fn(message: *mut c_char, capacity: usize) -> c_int;

/// Runs a case and panics with its message when it fails.
pub fn run(case: Case) {
    let mut message: [c_char; 512] = [0; 512];
    // SAFETY: every case has this signature (the CASE macro of cases/support.h defines it) and
    // writes at most `capacity` bytes to `message`; it lets no exception out.
    let failed = unsafe { case(message.as_mut_ptr(), message.len()) };
    if failed != 0 {
        // SAFETY: the array is zeroed and a case ends what it writes with a zero, so there is one
        // within its bounds; nothing else refers to it.
        let message = unsafe { CStr::from_ptr(message.as_ptr()) };
        panic!("{}", message.to_string_lossy());
    }
}

macro_rules! cases {
    ($($name:ident),* $(,)?) => {
        mod native {
            use libc::{c_char, c_int};

            extern "C" {
                $(pub(super) fn $name(message: *mut c_char, capacity: usize) -> c_int;)*
            }
        }

        $(
            #[test]
            fn $name() {
                common::run(native::$name);
            }
        )*
    };
}
