//! Decibels and linear gains.

use crate::desk::ranges::MAX_VOLUME;
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
    let most = to_db(MAX_VOLUME);
    // NaN fails the comparison.
    if db <= most {
        Ok(from_db(db).min(MAX_VOLUME))
    } else {
        Err(Error::OutOfRange(format!(
            "volume {db} dB is not in -inf to {most:.2} dB"
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_volume_in_decibels_is_one_that_a_fader_takes() {
        assert_eq!(volume_from_db(f32::NEG_INFINITY).unwrap(), 0.0);
        assert_eq!(volume_from_db(0.0).unwrap(), 1.0);
        assert!((volume_from_db(12.04).unwrap() - 4.0).abs() < 1e-3);
        let most = volume_from_db(to_db(MAX_VOLUME)).unwrap();
        assert!((most - MAX_VOLUME).abs() < 1e-5 && most <= MAX_VOLUME);
        for db in [12.05, f32::INFINITY, f32::NAN] {
            let error = volume_from_db(db).unwrap_err().to_string();
            let reason = format!("volume {db} dB is not in -inf to 12.04 dB");
            assert_eq!(error, reason);
        }
    }
}
