//! Panics in the program's own closures: of sources, completions, ends of fades. The panic hook has
//! reported each; none may unwind into C, or into the rendering thread.

use std::any::Any;
use std::panic::{catch_unwind, AssertUnwindSafe};

/// What the call returned; `None` when it panicked.
pub(crate) fn caught<T>(call: impl FnOnce() -> T) -> Option<T> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(value) => Some(value),
        Err(payload) => {
            end(payload);
            None
        }
    }
}

/// The payload is the program's, too, and dropping it may panic. What that leaves behind is leaked.
fn end(payload: Box<dyn Any + Send>) {
    if let Err(again) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        std::mem::forget(again);
    }
}

#[cfg(test)]
mod tests {
    use std::panic::panic_any;

    use super::*;

    /// Panics with another of its kind when it goes.
    struct Bomb(u32);

    impl Drop for Bomb {
        fn drop(&mut self) {
            if self.0 > 0 {
                panic_any(Bomb(self.0 - 1));
            }
        }
    }

    #[test]
    fn payloads_that_panic_are_survived() {
        for depth in 0..3 {
            assert_eq!(caught(|| panic_any(Bomb(depth))), None::<()>);
        }
        assert_eq!(caught(|| 7), Some(7));
    }
}
