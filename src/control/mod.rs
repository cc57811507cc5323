//! Control of buses: their strips, by number, by connection, fades, scenes, meters, views.

pub(crate) mod automation;
pub(crate) mod bus;
mod by_number;
mod connect;
pub(crate) mod fade;
pub(crate) mod group;
mod group_fades;
mod group_members;
pub(crate) mod meter;
mod output_automation;
mod scene;
pub(crate) mod send_tap;
mod sends;
#[cfg(test)]
mod strip_costs;
mod try_bus;
mod view;
