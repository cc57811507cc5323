//! The ranges of what strips are set to.

use crate::error::{Error, Result};

/// The largest volume: four times the samples, or +12 dB.
///
/// Apple documents volumes up to 1. Whether its mixers amplify beyond that, or clamp, is not
/// documented; the portable engine amplifies.
pub const MAX_VOLUME: f32 = 4.0;

pub(crate) fn check_volume(volume: f32) -> Result<()> {
    // NaN is in no range.
    if (0.0..=MAX_VOLUME).contains(&volume) {
        Ok(())
    } else {
        Err(Error::OutOfRange(format!(
            "volume {volume} is not in 0 to {MAX_VOLUME}"
        )))
    }
}

pub(crate) fn check_pan(pan: f32) -> Result<()> {
    if (-1.0..=1.0).contains(&pan) {
        Ok(())
    } else {
        Err(Error::OutOfRange(format!("pan {pan} is not in -1 to 1")))
    }
}

/// The gain of a matrix's crosspoint.
pub(crate) fn check_gain(gain: f32) -> Result<()> {
    if (-1.0..=1.0).contains(&gain) {
        Ok(())
    } else {
        Err(Error::OutOfRange(format!(
            "crosspoint gain {gain} is not in -1 to 1"
        )))
    }
}

/// The number of one of `buses` buses.
#[inline]
pub(crate) fn check_bus(bus: u32, buses: u32) -> Result<()> {
    if bus < buses {
        Ok(())
    } else {
        Err(Error::OutOfRange(format!("bus {bus} is not below {buses}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_in_range_and_everything_else_is_out() {
        for volume in [0.0, 0.5, 1.0, 4.0] {
            assert!(check_volume(volume).is_ok());
        }
        for volume in [-0.001, 4.01, f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            assert!(check_volume(volume).is_err(), "{volume}");
        }
        for pan in [-1.0, 0.0, 1.0] {
            assert!(check_pan(pan).is_ok());
        }
        for pan in [-1.001, 1.001, f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            assert!(check_pan(pan).is_err(), "{pan}");
        }
    }
}
