//! The desk over an engine of the tests' own.

mod adoption;
mod console;
mod console_model;
mod console_scenes;
mod console_stage;
mod fake;
mod fake_values;
mod locks;
mod model;
mod operation;
mod pan_law;
mod random;
mod solo;
mod stage;

type FakeDesk = super::Desk<fake::FakeNode>;
