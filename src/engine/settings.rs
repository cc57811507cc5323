//! What matrix mixers and equalizers were set to, kept for when the engine may have forgotten it.

use std::collections::BTreeMap;

use crate::ffi;

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

/// What an equalizer was set to. Everything else is left as the engine has it.
#[derive(Debug, Default)]
pub(crate) struct Equalization {
    pub(crate) bands: BTreeMap<u32, ffi::perbus_band>,
    pub(crate) gain: Option<f32>,
    pub(crate) bypassed: Option<bool>,
}

/// Every value of a matrix that was set.
#[derive(Debug, Default)]
pub(crate) struct Settings(BTreeMap<Place, f32>);

impl Settings {
    pub(crate) fn take(&mut self, place: Place, value: f32) {
        self.0.insert(place, value);
    }

    /// All crosspoints were set to 0, including those of channels that the matrix does not have
    /// now.
    pub(crate) fn clear_crosspoints(&mut self) {
        self.0
            .retain(|place, _| !matches!(place, Place::Crosspoint(..)));
    }

    /// All crosspoints were inverted, including those of channels that the matrix does not have
    /// now.
    pub(crate) fn invert_crosspoints(&mut self) {
        for (place, value) in &mut self.0 {
            if matches!(place, Place::Crosspoint(..)) {
                *value = -*value;
            }
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (Place, f32)> + '_ {
        self.0.iter().map(|(place, value)| (*place, *value))
    }
}
