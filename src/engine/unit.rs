//! Values of a matrix mixer's audio unit.

use crate::engine::raw_node::RawNode;
use crate::engine::settings::Place;
use crate::error::{Error, Result};
use crate::ffi::native;
use crate::sync::lock;

impl Place {
    pub(crate) fn set(self, unit: &RawNode, value: f32) -> Result<()> {
        let raw = unit.as_ptr();
        // SAFETY: the handle is live.
        unsafe {
            match self {
                Self::Crosspoint(i, o) => native!(perbus_matrix_set_crosspoint(raw, i, o, value)),
                Self::Input(input) => native!(perbus_matrix_set_input(raw, input, value)),
                Self::Output(output) => native!(perbus_matrix_set_output(raw, output, value)),
                Self::Master => native!(perbus_matrix_set_master(raw, value)),
                Self::InputBus(bus) => native!(perbus_matrix_enable_input(raw, bus, value != 0.0)),
                Self::OutputBus(bus) => {
                    native!(perbus_matrix_enable_output(raw, bus, value != 0.0))
                }
            }
        }
    }

    /// For levels; whether a bus is on cannot be queried.
    pub(crate) fn get(self, unit: &RawNode) -> Result<f32> {
        let raw = unit.as_ptr();
        let mut value = 0.0;
        // SAFETY: the handle is live and the pointer is to a live local.
        unsafe {
            match self {
                Self::Crosspoint(i, o) => {
                    native!(perbus_matrix_get_crosspoint(raw, i, o, &mut value))
                }
                Self::Input(input) => native!(perbus_matrix_get_input(raw, input, &mut value)),
                Self::Output(output) => native!(perbus_matrix_get_output(raw, output, &mut value)),
                Self::Master => native!(perbus_matrix_get_master(raw, &mut value)),
                Self::InputBus(_) | Self::OutputBus(_) => Ok(()),
            }
        }?;
        Ok(value)
    }
}

/// Sets a matrix again to everything that it was set to. Channels that it does not have now keep
/// their values until it has them again.
pub(crate) fn reapply(unit: &RawNode) -> Result<()> {
    for (place, value) in lock(&unit.settings).iter() {
        match place.set(unit, value) {
            Ok(()) | Err(Error::OutOfRange(_)) => (),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
