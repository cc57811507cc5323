//! Parts of the render core on their own.

mod gains;
mod kernels;
mod queue;
