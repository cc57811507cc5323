//! The examples, run as a user would.

#[cfg(not(target_vendor = "apple"))]
mod probe;
