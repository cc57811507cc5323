//! Values of an equalizer.

use crate::engine::raw_node::RawNode;
use crate::error::{Error, Result};
use crate::ffi::{self, native};
use crate::sync::lock;

/// One value that is set.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Value {
    Band(u32, ffi::perbus_band),
    Gain(f32),
    Bypassed(bool),
}

impl Value {
    fn send(self, node: &RawNode) -> Result<()> {
        let raw = node.as_ptr();
        // SAFETY: the handle is live and the pointer is to a live local.
        unsafe {
            match self {
                Self::Band(index, band) => native!(perbus_equalizer_set_band(raw, index, &band)),
                Self::Gain(decibels) => native!(perbus_equalizer_set_global_gain(raw, decibels)),
                Self::Bypassed(bypassed) => native!(perbus_equalizer_set_bypass(raw, bypassed)),
            }
        }
    }

    /// Sets it, and keeps it if the engine has taken it.
    pub(crate) fn set(self, node: &RawNode) -> Result<()> {
        let mut kept = lock(&node.equalization);
        self.send(node)?;
        let kept = kept.get_or_insert_with(Box::default);
        match self {
            Self::Band(index, band) => drop(kept.bands.insert(index, band)),
            Self::Gain(decibels) => kept.gain = Some(decibels),
            Self::Bypassed(bypassed) => kept.bypassed = Some(bypassed),
        }
        Ok(())
    }
}

/// Sets an equalizer again to everything that it was set to. A band whose frequency is too high for
/// its rate now keeps it until it has a higher one again.
pub(crate) fn reapply(node: &RawNode) -> Result<()> {
    let kept = lock(&node.equalization);
    let Some(kept) = kept.as_deref() else {
        return Ok(());
    };
    let bands = kept
        .bands
        .iter()
        .map(|(index, band)| Value::Band(*index, *band));
    let rest = kept.gain.map(Value::Gain).into_iter();
    let rest = rest.chain(kept.bypassed.map(Value::Bypassed));
    let mut applied = Ok(());
    for value in bands.chain(rest) {
        match value.send(node) {
            Err(Error::OutOfRange(_)) => {}
            sent => applied = applied.and(sent),
        }
    }
    applied
}
