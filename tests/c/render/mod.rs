//! Parts of the render core by themselves.

mod gains;
mod kernels;
mod queue;
