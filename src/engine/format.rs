//! Sample rate, channel count and channel layout.

use std::fmt;
use std::ops::Range;
use std::time::Duration;

use crate::error::{Error, Result};
use crate::ffi;

/// Which speaker each channel of a [`Format`] feeds, in the order of the channels.
///
/// L and R are front left and right, C is the centre, LFE the low frequencies, Ls and Rs are the
/// surrounds, Lb and Rb those in the back.
/// [`Engine::connect_with_format`](crate::Engine::connect_with_format) says what is heard where one
/// layout goes into another.
#[doc(alias = "AVAudioChannelLayout")]
#[doc(alias = "AudioChannelLayoutTag")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ChannelLayout {
    /// Any number of channels, which have numbers but no speakers.
    Discrete,
    /// One channel.
    Mono,
    /// L R
    Stereo,
    /// L R C
    Surround3_0,
    /// L R Ls Rs
    Quad,
    /// L R C Ls Rs
    Surround5_0,
    /// L R C LFE Ls Rs: the order of WAV and FLAC files, and Core Audio's `MPEG_5_1_A`.
    Surround5_1,
    /// L R C LFE Lb Rb Ls Rs: the order of WAV and FLAC files, and Core Audio's `WAVE_7_1`.
    Surround7_1,
    /// L R C LFE Ls Rs Lb Rb: Core Audio's `MPEG_7_1_C`.
    Surround7_1C,
}

/// On which side a channel's speaker stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Left,
    Right,
    Middle,
}

impl Side {
    /// Left is 0, right is 1.
    pub(crate) fn halves(self) -> Range<usize> {
        match self {
            Self::Left => 0..1,
            Self::Right => 1..2,
            Self::Middle => 0..2,
        }
    }
}

/// A layout, its number at the C boundary, its channel count and its name.
const LAYOUTS: [(ChannelLayout, ffi::perbus_layout, u32, &str); 8] = {
    use ChannelLayout::*;
    [
        (Mono, ffi::perbus_layout_PERBUS_LAYOUT_MONO, 1, "mono"),
        (Stereo, ffi::perbus_layout_PERBUS_LAYOUT_STEREO, 2, "stereo"),
        (Surround3_0, ffi::perbus_layout_PERBUS_LAYOUT_3_0, 3, "3.0"),
        (Quad, ffi::perbus_layout_PERBUS_LAYOUT_QUAD, 4, "quad"),
        (Surround5_0, ffi::perbus_layout_PERBUS_LAYOUT_5_0, 5, "5.0"),
        (Surround5_1, ffi::perbus_layout_PERBUS_LAYOUT_5_1, 6, "5.1"),
        (Surround7_1, ffi::perbus_layout_PERBUS_LAYOUT_7_1, 8, "7.1"),
        (
            Surround7_1C,
            ffi::perbus_layout_PERBUS_LAYOUT_7_1_C,
            8,
            "7.1 (C)",
        ),
    ]
};

impl ChannelLayout {
    /// What a plain channel count stands for: mono, stereo, quad, 5.1 and 7.1 for 1, 2, 4, 6 and 8
    /// channels, discrete for any other count.
    #[must_use]
    pub fn usual(channels: u32) -> Self {
        match channels {
            1 => Self::Mono,
            2 => Self::Stereo,
            4 => Self::Quad,
            6 => Self::Surround5_1,
            8 => Self::Surround7_1,
            _ => Self::Discrete,
        }
    }

    /// The layout's channel count; `None` for [`Discrete`](Self::Discrete), which allows any.
    #[must_use]
    pub fn channels(self) -> Option<u32> {
        self.entry().map(|(_, _, channels, _)| *channels)
    }

    /// The channels of speakers without a side, C and LFE: they come one after the other.
    fn middle(self, channels: u32) -> Range<u32> {
        match self {
            Self::Surround3_0 | Self::Surround5_0 => 2..3,
            Self::Surround5_1 | Self::Surround7_1 | Self::Surround7_1C => 2..4,
            Self::Mono | Self::Stereo | Self::Quad => 0..0,
            // They are pairs, but for the last of an odd number.
            Self::Discrete => channels - channels % 2..channels,
        }
    }

    fn entry(self) -> Option<&'static (Self, ffi::perbus_layout, u32, &'static str)> {
        LAYOUTS.iter().find(|(layout, ..)| *layout == self)
    }
}

impl fmt::Display for ChannelLayout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.entry().map_or("discrete", |(_, _, _, name)| name))
    }
}

/// A stream of planar 32-bit float samples: its rate, its channel count and their layout.
///
/// ```
/// use perbus::{ChannelLayout, Format};
///
/// let format = Format::new(48_000.0, 2)?;
/// assert_eq!((format.sample_rate(), format.channels()), (48_000.0, 2));
/// assert!(Format::new(0.0, 2).is_err());
///
/// // Six channels are 5.1 unless a layout says that they are, say, six stems.
/// let surround = Format::new(48_000.0, 6)?;
/// assert_eq!(surround.layout(), ChannelLayout::Surround5_1);
/// let stems = surround.with_layout(ChannelLayout::Discrete)?;
/// assert_ne!(stems, surround);
/// # Ok::<(), perbus::Error>(())
/// ```
#[doc(alias = "AVAudioFormat")]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Format {
    sample_rate: f64,
    channels: u32,
    layout: ChannelLayout,
}

impl Format {
    /// The most channels.
    pub const MAX_CHANNELS: u32 = ffi::PERBUS_MAX_CHANNELS;
    /// The highest sample rate, in Hz.
    pub const MAX_SAMPLE_RATE: f64 = ffi::PERBUS_MAX_SAMPLE_RATE as f64;

    /// A format of `sample_rate` Hz (above 0, at most [`MAX_SAMPLE_RATE`](Self::MAX_SAMPLE_RATE))
    /// and `channels` channels (1 to [`MAX_CHANNELS`](Self::MAX_CHANNELS)), in the layout that
    /// [`ChannelLayout::usual`] gives them.
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
            layout: ChannelLayout::usual(channels),
        })
    }

    /// The same stream with its channels in another layout. One channel is mono and two are stereo
    /// even where the layout is discrete.
    ///
    /// # Errors
    /// [`Error::Format`] when the layout has another number of channels.
    pub fn with_layout(self, layout: ChannelLayout) -> Result<Self> {
        match layout.channels() {
            Some(channels) if channels != self.channels => Err(Error::Format(format!(
                "the layout {layout} has {channels} channels, not {}",
                self.channels
            ))),
            None if self.channels <= 2 => Ok(self),
            _ => Ok(Self { layout, ..self }),
        }
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

    /// Which speakers the channels feed.
    #[must_use]
    pub fn layout(&self) -> ChannelLayout {
        self.layout
    }

    /// How many frames last `duration`, rounded to the nearest one. Signed, like the engine's time,
    /// to which it may be added.
    ///
    /// ```
    /// # use perbus::Format;
    /// # use std::time::Duration;
    /// let format = Format::new(44_100.0, 2)?;
    /// assert_eq!(format.frames(Duration::from_millis(10)), 441);
    /// assert_eq!(format.duration(441), Duration::from_millis(10));
    /// # Ok::<(), perbus::Error>(())
    /// ```
    #[must_use]
    pub fn frames(&self, duration: Duration) -> i64 {
        (duration.as_secs_f64() * self.sample_rate).round() as i64
    }

    /// How long `frames` frames last, to the nanosecond; zero for fewer than none.
    #[must_use]
    pub fn duration(&self, frames: i64) -> Duration {
        let seconds = frames.max(0) as f64 / self.sample_rate;
        Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
    }

    /// The side of a channel, of as many: they may have changed since the format was asked for. Mono is
    /// left.
    pub(crate) fn side(&self, channel: u32, channels: u32) -> Side {
        let layout = match channels == self.channels {
            true => self.layout,
            false => ChannelLayout::usual(channels),
        };
        let middle = layout.middle(channels);
        let skipped = if channel < middle.start {
            0
        } else {
            middle.len() as u32
        };
        let sides_before = channel.saturating_sub(skipped);
        if channels == 1 {
            Side::Left
        } else if middle.contains(&channel) {
            Side::Middle
        } else if sides_before.is_multiple_of(2) {
            Side::Left
        } else {
            Side::Right
        }
    }

    pub(crate) fn to_ffi(self) -> ffi::perbus_format {
        let entry = self.layout.entry();
        ffi::perbus_format {
            sample_rate: self.sample_rate,
            channels: self.channels,
            layout: entry.map_or(
                ffi::perbus_layout_PERBUS_LAYOUT_DISCRETE,
                |(_, number, ..)| *number,
            ),
        }
    }

    /// As [`with_layout`](Self::with_layout), with a layout's number at the C boundary.
    pub(crate) fn with_layout_from_c(self, number: ffi::perbus_layout) -> Result<Self> {
        if number == ffi::perbus_layout_PERBUS_LAYOUT_USUAL {
            return Ok(self);
        }
        if number == ffi::perbus_layout_PERBUS_LAYOUT_DISCRETE {
            return self.with_layout(ChannelLayout::Discrete);
        }
        match LAYOUTS.iter().find(|(_, listed, ..)| *listed == number) {
            Some((layout, ..)) => self.with_layout(*layout),
            None => Err(Error::Format(format!(
                "{number} is no channel layout: they are 0 to {}",
                ffi::perbus_layout_PERBUS_LAYOUT_7_1_C
            ))),
        }
    }

    /// A blank for the engine to fill in.
    pub(crate) fn none() -> ffi::perbus_format {
        ffi::perbus_format {
            sample_rate: 0.0,
            channels: 0,
            layout: ffi::perbus_layout_PERBUS_LAYOUT_USUAL,
        }
    }

    /// The format that an engine reports; a bus without one has 0 Hz and 0 channels.
    pub(crate) fn from_ffi(format: ffi::perbus_format) -> Self {
        Self {
            sample_rate: format.sample_rate,
            channels: format.channels,
            layout: LAYOUTS
                .iter()
                .find(|(_, number, ..)| *number == format.layout)
                .map_or(ChannelLayout::Discrete, |(layout, ..)| *layout),
        }
    }
}
