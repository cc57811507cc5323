//! What a matrix mixer was set to: the engine is told again when it may have forgotten.

use std::collections::BTreeMap;

use crate::engine::handle::RawNode;
use crate::error::{native, Error, Result};
use crate::nodes::levels::Levels;

/// One value of a matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    Crosspoint(u32, u32),
    Input(u32),
    Output(u32),
    Master,
    /// Whether an input bus is on: 0 or 1.
    InputBus(u32),
    /// Whether an output bus is on: 0 or 1.
    OutputBus(u32),
}

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

    /// Of a level; whether a bus is on cannot be asked for.
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

/// Every value that was set.
#[derive(Debug, Default)]
pub(crate) struct Settings(BTreeMap<Place, f32>);

impl Settings {
    pub(crate) fn take(&mut self, place: Place, value: f32) {
        self.0.insert(place, value);
    }

    pub(crate) fn take_levels(&mut self, levels: &Levels) {
        for (input, volume) in (0..).zip(levels.input_volumes()) {
            self.take(Place::Input(input), *volume);
            for output in 0..levels.outputs() {
                self.take(Place::Crosspoint(input, output), levels[(input, output)]);
            }
        }
        for (output, volume) in (0..).zip(levels.output_volumes()) {
            self.take(Place::Output(output), *volume);
        }
        self.take(Place::Master, levels.master);
    }

    /// All crosspoints were set to 0; those of channels that the matrix does not have now, too.
    pub(crate) fn clear_crosspoints(&mut self) {
        self.0
            .retain(|place, _| !matches!(place, Place::Crosspoint(..)));
    }

    /// All crosspoints were turned; those of channels that the matrix does not have now, too.
    pub(crate) fn invert_crosspoints(&mut self) {
        for (place, value) in &mut self.0 {
            if matches!(place, Place::Crosspoint(..)) {
                *value = -*value;
            }
        }
    }

    /// Tells the matrix everything again. Channels that it does not have now keep their values for
    /// when it has them again.
    pub(crate) fn apply(&self, unit: &RawNode) -> Result<()> {
        for (place, value) in &self.0 {
            match place.set(unit, *value) {
                Ok(()) | Err(Error::OutOfRange(_)) => (),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}
