//! Pan laws, for the crosspoints of a [`Matrix`](crate::Matrix).

use crate::error::Result;
use crate::ffi::native;

/// The gains (left, right) of a pan with constant power: `cos a` and `sin a` with
/// `a = (position + 1) * pi / 4`. Both are 0.7071 (-3 dB) at the centre; their squares add up to 1.
///
/// `position` runs from -1 (left) to 1 (right). For the crosspoints of a
/// [`Matrix`](crate::Matrix), say: a mixer's own pan is a balance.
///
/// ```
/// let (left, right) = perbus::pan::constant_power(0.0)?;
/// assert!((left - 0.70710677).abs() < 1e-6 && left == right);
/// # Ok::<(), perbus::Error>(())
/// ```
///
/// # Errors
/// [`Error::OutOfRange`](crate::Error::OutOfRange) for the position.
pub fn constant_power(position: f32) -> Result<(f32, f32)> {
    let (mut left, mut right) = (0.0, 0.0);
    // SAFETY: the pointers are to live locals.
    unsafe { native!(perbus_pan_constant_power(position, &mut left, &mut right)) }?;
    Ok((left, right))
}

/// The gains (left, right) of a linear pan: `(1 - position) / 2` and `(1 + position) / 2`. Both are
/// 0.5 (-6 dB) at the centre; they add up to 1.
///
/// ```
/// assert_eq!(perbus::pan::linear(-0.5)?, (0.75, 0.25));
/// # Ok::<(), perbus::Error>(())
/// ```
///
/// # Errors
/// [`Error::OutOfRange`](crate::Error::OutOfRange) for a position outside -1 (left) to 1 (right).
pub fn linear(position: f32) -> Result<(f32, f32)> {
    let (mut left, mut right) = (0.0, 0.0);
    // SAFETY: the pointers are to live locals.
    unsafe { native!(perbus_pan_linear(position, &mut left, &mut right)) }?;
    Ok((left, right))
}
