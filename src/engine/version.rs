//! Which native library this is.

use crate::ffi;

/// The version of the native library that this program runs with, such as `0.2.0`. Where the crate
/// has built the library itself, it is the crate's version.
///
/// Maps to `perbus_version`.
///
/// ```
/// println!("perbus {}", perbus::version());
/// ```
pub fn version() -> String {
    // SAFETY: the function takes nothing and only returns a constant.
    let number = unsafe { ffi::perbus_version() };
    spelled(number)
}

/// `PERBUS_VERSION` is major * 10000 + minor * 100 + patch.
fn spelled(number: u32) -> String {
    format!(
        "{}.{}.{}",
        number / 10_000,
        number / 100 % 100,
        number % 100
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_crate_the_header_and_the_library_agree() {
        assert_eq!(version(), env!("CARGO_PKG_VERSION"));
        assert_eq!(spelled(ffi::PERBUS_VERSION), env!("CARGO_PKG_VERSION"));
    }

    #[test]
    fn numbers_are_spelled() {
        assert_eq!(spelled(100), "0.1.0");
        assert_eq!(spelled(21_203), "2.12.3");
    }
}
