//! Volumes and pans: their ranges, and decibels.

use crate::error::{native, Error, Result};

/// The linear gain of a level in decibels: 0 dB is 1.0, -6.02 dB is about 0.5, minus infinity is 0.
///
/// ```
/// assert_eq!(perbus::level::from_db(0.0), 1.0);
/// assert_eq!(perbus::level::from_db(f32::NEG_INFINITY), 0.0);
/// ```
#[must_use]
pub fn from_db(db: f32) -> f32 {
    10f32.powf(db / 20.0)
}

/// The level in decibels of a linear gain (or of a sample's magnitude): minus infinity for 0.
///
/// ```
/// assert_eq!(perbus::level::to_db(1.0), 0.0);
/// assert!((perbus::level::to_db(0.5) + 6.0206).abs() < 1e-4);
/// ```
#[must_use]
pub fn to_db(gain: f32) -> f32 {
    20.0 * gain.abs().log10()
}

/// The gains (left, right) of a pan with constant power: `cos a` and `sin a` with
/// `a = (position + 1) * pi / 4`. Both are 0.7071 (-3 dB) at the centre; their squares add up to 1.
///
/// `position` runs from -1 (left) to 1 (right). For the crosspoints of a
/// [`Matrix`](crate::Matrix), say: a mixer's own pan is a balance.
///
/// ```
/// let (left, right) = perbus::level::pan_constant_power(0.0)?;
/// assert!((left - 0.70710677).abs() < 1e-6 && left == right);
/// # Ok::<(), perbus::Error>(())
/// ```
///
/// # Errors
/// [`Error::OutOfRange`] for the position.
pub fn pan_constant_power(position: f32) -> Result<(f32, f32)> {
    let (mut left, mut right) = (0.0, 0.0);
    // SAFETY: the pointers are to live locals.
    unsafe { native!(perbus_pan_constant_power(position, &mut left, &mut right)) }?;
    Ok((left, right))
}

/// The gains (left, right) of a linear pan: `(1 - position) / 2` and `(1 + position) / 2`. Both are
/// 0.5 (-6 dB) at the centre; they add up to 1.
///
/// ```
/// assert_eq!(perbus::level::pan_linear(-0.5)?, (0.75, 0.25));
/// # Ok::<(), perbus::Error>(())
/// ```
///
/// # Errors
/// [`Error::OutOfRange`] for a position outside -1 (left) to 1 (right).
pub fn pan_linear(position: f32) -> Result<(f32, f32)> {
    let (mut left, mut right) = (0.0, 0.0);
    // SAFETY: the pointers are to live locals.
    unsafe { native!(perbus_pan_linear(position, &mut left, &mut right)) }?;
    Ok((left, right))
}

/// The gain of a volume that is given in decibels.
pub(crate) fn volume_from_db(db: f32) -> Result<f32> {
    // NaN is not below anything.
    if db <= 0.0 {
        Ok(from_db(db))
    } else {
        Err(Error::OutOfRange(format!(
            "volume {db} dB is not in -inf to 0 dB"
        )))
    }
}

pub(crate) fn check_gain(gain: f32) -> Result<()> {
    if (-1.0..=1.0).contains(&gain) {
        Ok(())
    } else {
        Err(Error::OutOfRange(format!(
            "crosspoint gain {gain} is not in -1 to 1"
        )))
    }
}

pub(crate) fn check_volume(volume: f32) -> Result<()> {
    // NaN is in no range.
    if (0.0..=1.0).contains(&volume) {
        Ok(())
    } else {
        Err(Error::OutOfRange(format!(
            "volume {volume} is not in 0 to 1"
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_in_range_and_everything_else_is_out() {
        for volume in [0.0, 0.5, 1.0] {
            assert!(check_volume(volume).is_ok());
        }
        for volume in [-0.001, 1.001, f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
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
