//! Sample rate and channel count.

use crate::error::{Error, Result};
use crate::ffi;

/// A stream of planar 32-bit float samples: its rate and its channel count.
///
/// ```
/// use perbus::Format;
///
/// let format = Format::new(48_000.0, 2)?;
/// assert_eq!((format.sample_rate(), format.channels()), (48_000.0, 2));
/// assert!(Format::new(0.0, 2).is_err());
/// # Ok::<(), perbus::Error>(())
/// ```
#[doc(alias = "AVAudioFormat")]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Format {
    sample_rate: f64,
    channels: u32,
}

impl Format {
    /// The most channels.
    pub const MAX_CHANNELS: u32 = ffi::PERBUS_MAX_CHANNELS;
    /// The highest sample rate, in Hz.
    pub const MAX_SAMPLE_RATE: f64 = ffi::PERBUS_MAX_SAMPLE_RATE as f64;

    /// A format of `sample_rate` Hz (above 0, at most [`MAX_SAMPLE_RATE`](Self::MAX_SAMPLE_RATE))
    /// and `channels` channels (1 to [`MAX_CHANNELS`](Self::MAX_CHANNELS)).
    ///
    /// # Errors
    /// [`Error::Format`] when either is outside its range.
    pub fn new(sample_rate: f64, channels: u32) -> Result<Self> {
        if !(sample_rate > 0.0 && sample_rate <= Self::MAX_SAMPLE_RATE) {
            return Err(Error::Format(format!(
                "sample rate {sample_rate} Hz is not above 0 and at most {}",
                Self::MAX_SAMPLE_RATE
            )));
        }
        if !(1..=Self::MAX_CHANNELS).contains(&channels) {
            return Err(Error::Format(format!(
                "channel count {channels} is not in 1 to {}",
                Self::MAX_CHANNELS
            )));
        }
        Ok(Self {
            sample_rate,
            channels,
        })
    }

    /// The sample rate in Hz.
    #[must_use]
    pub fn sample_rate(&self) -> f64 {
        self.sample_rate
    }

    /// The channel count.
    #[must_use]
    pub fn channels(&self) -> u32 {
        self.channels
    }

    pub(crate) fn to_ffi(self) -> ffi::perbus_format {
        ffi::perbus_format {
            sample_rate: self.sample_rate,
            channels: self.channels,
        }
    }

    /// Of what an engine reports; a bus without a format has 0 Hz and 0 channels.
    pub(crate) fn from_ffi(format: ffi::perbus_format) -> Self {
        Self {
            sample_rate: format.sample_rate,
            channels: format.channels,
        }
    }
}
