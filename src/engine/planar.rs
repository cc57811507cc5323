//! Planar samples: a slice per channel.

use crate::error::{Error, Result};

/// The common length of one slice per channel.
pub(crate) fn check_planar(
    lengths: impl ExactSizeIterator<Item = usize>,
    channels: u32,
) -> Result<usize> {
    if lengths.len() != channels as usize {
        return Err(Error::Format(format!(
            "{} slices for {channels} channels",
            lengths.len()
        )));
    }
    let mut frames = None;
    for (channel, length) in lengths.enumerate() {
        let expected = *frames.get_or_insert(length);
        if length != expected {
            return Err(Error::InvalidArgument(format!(
                "channel {channel} has {length} samples, channel 0 has {expected}"
            )));
        }
    }
    Ok(frames.unwrap_or(0))
}
