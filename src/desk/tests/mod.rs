//! The desk over an engine of the tests' own.

mod console;
mod fake;
mod locks;
mod model;
mod operation;
mod random;
mod solo;
mod stage;
