//! Reading and writing audio files, against files made by other programs.
#![cfg(feature = "files")]

mod errors;
mod layouts;
mod reading;
mod stems;
mod tools;
mod wild;
