//! The examples, run as a user would.

#[cfg(feature = "files")]
mod mixdown;
#[cfg(not(target_vendor = "apple"))]
mod probe;
