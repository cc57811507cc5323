//! What moves faders: buses, by number, by connection, fades, scenes, meters.

pub(crate) mod bus;
mod by_number;
pub(crate) mod fade;
pub(crate) mod meter;
mod scene;
mod sends;
#[cfg(test)]
mod strip_costs;
mod try_bus;
mod view;
