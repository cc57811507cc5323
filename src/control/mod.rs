//! What moves faders: buses, by number, by connection, fades, scenes, meters.

pub(crate) mod bus;
pub(crate) mod by_number;
pub(crate) mod fade;
pub(crate) mod meter;
pub(crate) mod scene;
mod sends;
#[cfg(test)]
pub(crate) mod strip_costs;
mod view;
