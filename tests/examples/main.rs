//! The examples, run as a user would.

#[cfg(all(feature = "files", target_os = "linux"))]
mod live;
#[cfg(not(target_vendor = "apple"))]
mod probe;
