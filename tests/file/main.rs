//! Reading and writing audio files, against files made by other programs.
#![cfg(feature = "files")]

mod corpus;
mod errors;
mod layouts;
mod mutation;
mod reading;
mod stems;
mod tools;
mod wild;
