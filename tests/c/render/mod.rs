//! Parts of the render core on their own.

mod capture;
mod chain;
mod gains;
mod kernels;
mod masters;
mod queue;
mod streams;
