//! Fuzz targets: functions that take any bytes, and panic or crash only if perbus has a fault.
//!
//! libFuzzer calls them through `native/entry.c`, the program `perbus-fuzz` with bytes from a seed. What
//! they expect is what the tests' models expect, which are modules here.

#[path = "../../tests/common/mod.rs"]
mod common;
#[path = "../../tests/engine/console/mod.rs"]
#[cfg_attr(not(test), expect(unused_imports, reason = "its test is not built"))]
mod console;
#[path = "../../tests/common/course.rs"]
mod course;
#[path = "../../tests/file/mutation/damage.rs"]
mod damage;
mod desk;
mod files;
mod mixes;
mod native;
#[path = "../../tests/file/mutation/reading.rs"]
mod reading;
mod scenes;
mod seeded;
mod text;

use std::ffi::{c_char, CStr};
use std::slice;
use std::sync::Once;

pub use seeded::{repeat, run_all, work};

/// Takes any bytes, and ends the process where something does not hold.
pub type Target = fn(&[u8]);

/// What can be fuzzed, by name.
pub const TARGETS: [(&str, Target); 8] = [
    ("desk", desk::desk),
    ("scenes", scenes::scenes),
    ("mixes", mixes::mixes),
    ("files", files::files),
    ("world", native::world),
    ("calls", native::calls),
    ("desk_calls", native::desk_calls),
    ("classes", native::classes),
];

/// A target of this name.
pub fn target(name: &str) -> Option<Target> {
    let found = TARGETS.iter().find(|(known, _)| *known == name);
    found.map(|(_, target)| *target)
}

/// For `native/entry.c`: the target of a name, or `NULL`.
///
/// # Safety
/// The name ends with a 0.
#[no_mangle]
pub unsafe extern "C" fn perbus_fuzz_run(
    name: *const c_char,
    data: *const u8,
    size: usize,
) -> bool {
    // SAFETY: the caller's promise.
    let name = unsafe { CStr::from_ptr(name) };
    let Some(target) = name.to_str().ok().and_then(target) else {
        return false;
    };
    let bytes = if size == 0 {
        &[][..]
    } else {
        // SAFETY: libFuzzer's bytes, which live until this returns.
        unsafe { slice::from_raw_parts(data, size) }
    };
    abort_on_panic();
    target(bytes);
    true
}

/// Every panic is a fault, also on threads of the library's, which catches it there. None may end up in
/// libFuzzer's frames.
pub(crate) fn abort_on_panic() {
    static SET: Once = Once::new();
    SET.call_once(|| {
        let print = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            print(panic);
            std::process::abort();
        }));
    });
}
