//! Decibels and linear gains.

use crate::error::{Error, Result};

/// The linear gain of `db` decibels: 0 dB is 1.0, -6.02 dB is about 0.5, minus infinity is 0.
///
/// ```
/// assert_eq!(perbus::decibels::from_db(0.0), 1.0);
/// assert_eq!(perbus::decibels::from_db(f32::NEG_INFINITY), 0.0);
/// ```
#[must_use]
pub fn from_db(db: f32) -> f32 {
    10f32.powf(db / 20.0)
}

/// The decibels of a linear gain (or of a sample's magnitude): minus infinity for 0.
///
/// ```
/// assert_eq!(perbus::decibels::to_db(1.0), 0.0);
/// assert!((perbus::decibels::to_db(0.5) + 6.0206).abs() < 1e-4);
/// ```
#[must_use]
pub fn to_db(gain: f32) -> f32 {
    20.0 * gain.abs().log10()
}

/// The gain of a volume that is given in decibels.
pub(crate) fn volume_from_db(db: f32) -> Result<f32> {
    // NaN fails the comparison.
    if db <= 0.0 {
        Ok(from_db(db))
    } else {
        Err(Error::OutOfRange(format!(
            "volume {db} dB is not in -inf to 0 dB"
        )))
    }
}
