//! The portable engine made as unkind as Apple's is known or suspected to be, one manner at a time:
//! what is heard is the same.

#[path = "../common/mod.rs"]
mod common;
mod fades;
mod halts;
mod meter_taps;
mod meters;
mod pending;
#[cfg(feature = "files")]
mod players;
mod stopping;
mod values;

use std::sync::{Mutex, MutexGuard, PoisonError};

/// The manners of the engines that are made while this lives. There is one environment: the tests
/// run one at a time.
struct Manners(#[allow(dead_code)] MutexGuard<'static, ()>);

fn manners(names: &str) -> Manners {
    static ENVIRONMENT: Mutex<()> = Mutex::new(());
    let alone = ENVIRONMENT.lock().unwrap_or_else(PoisonError::into_inner);
    std::env::set_var("PERBUS_MANNERS", names);
    Manners(alone)
}

impl Manners {
    /// Those of the engines that are made from now on.
    fn switch(&self, names: &str) {
        std::env::set_var("PERBUS_MANNERS", names);
    }
}

impl Drop for Manners {
    fn drop(&mut self) {
        std::env::remove_var("PERBUS_MANNERS");
    }
}
