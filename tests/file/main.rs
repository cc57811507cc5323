//! Reading and writing audio files, against files made by other programs.
#![cfg(feature = "files")]

mod bad_input;
mod corpus;
mod errors;
mod layouts;
#[path = "../common/memory.rs"]
mod memory;
mod mutation;
mod reading;
mod shapes;
mod stems;
mod streams;
mod tools;
mod unwritable;
mod wild;
mod writing;
