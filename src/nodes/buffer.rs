//! Samples for players.

use std::fmt;
use std::ptr::NonNull;
use std::sync::Arc;

use crate::engine::format::Format;
use crate::engine::planar::check_planar;
use crate::error::{Error, Result};
use crate::ffi::{self, native};

/// Audio in memory: planar 32-bit float, frames x channels. Immutable, and cheap to clone; players
/// read it in place.
///
/// ```
/// use perbus::{Buffer, Format};
///
/// let mono = Format::new(48_000.0, 1)?;
/// let buffer = Buffer::from_planar(mono, &[&[0.0, 0.5, 1.0]])?;
/// assert_eq!(buffer.frames(), 3);
/// assert_eq!(buffer.channel(0), [0.0, 0.5, 1.0]);
/// # Ok::<(), perbus::Error>(())
/// ```
#[doc(alias = "AVAudioPCMBuffer")]
#[derive(Clone)]
pub struct Buffer {
    raw: Arc<RawBuffer>,
    format: Format,
    frames: u32,
}

impl Buffer {
    /// Copies `planar`, one slice per channel and all of one length.
    ///
    /// # Errors
    /// - [`Error::Format`] when there is not one slice for each of the format's channels.
    /// - [`Error::InvalidArgument`] when their lengths differ.
    /// - [`Error::OutOfRange`] for more than 4294967295 frames.
    /// - [`Error::NoMemory`].
    pub fn from_planar(format: Format, planar: &[&[f32]]) -> Result<Self> {
        let frames = planar.first().map_or(0, |channel| channel.len());
        let capacity = u32::try_from(frames).map_err(|_| {
            Error::OutOfRange(format!("{frames} frames are more than {}", u32::MAX))
        })?;
        let mut builder = BufferBuilder::new(format, capacity)?;
        builder.write(planar)?;
        Ok(builder.finish())
    }

    /// Computes every sample: `sample(frame, channel)`.
    ///
    /// # Errors
    /// [`Error::NoMemory`].
    pub fn from_fn(
        format: Format,
        frames: u32,
        mut sample: impl FnMut(u32, u32) -> f32,
    ) -> Result<Self> {
        let mut builder = BufferBuilder::new(format, frames)?;
        for channel in 0..format.channels() {
            for (frame, value) in (0..).zip(builder.channel_mut(channel)) {
                *value = sample(frame, channel);
            }
        }
        builder.frames = frames;
        Ok(builder.finish())
    }

    /// The format the samples are in.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// The length in frames.
    #[must_use]
    pub fn frames(&self) -> u32 {
        self.frames
    }

    /// One channel's samples.
    ///
    /// # Panics
    /// When `channel` is not below the format's channel count.
    #[must_use]
    pub fn channel(&self, channel: u32) -> &[f32] {
        let samples = self.raw.channel(channel, self.format);
        // SAFETY: perbus_buffer_get_channel points at as many samples as the buffer was made for,
        // which `frames` never exceeds; nothing writes them once the builder is gone.
        unsafe { std::slice::from_raw_parts(samples.as_ptr(), self.frames as usize) }
    }

    pub(crate) fn as_ptr(&self) -> *mut ffi::perbus_buffer {
        self.raw.0.as_ptr()
    }
}

impl fmt::Debug for Buffer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Buffer")
            .field("format", &self.format)
            .field("frames", &self.frames)
            .finish()
    }
}

/// Fills a [`Buffer`] block by block.
///
/// ```
/// use perbus::{BufferBuilder, Format};
///
/// let mut builder = BufferBuilder::new(Format::new(44_100.0, 2)?, 1000)?;
/// builder.write(&[&[0.1; 64], &[0.2; 64]])?;
/// let buffer = builder.finish();
/// assert_eq!(buffer.frames(), 64);
/// # Ok::<(), perbus::Error>(())
/// ```
pub struct BufferBuilder {
    raw: RawBuffer,
    format: Format,
    capacity: u32,
    frames: u32,
}

impl BufferBuilder {
    /// Room for `capacity` frames. Memory is used as it is written.
    ///
    /// # Errors
    /// [`Error::NoMemory`].
    pub fn new(format: Format, capacity: u32) -> Result<Self> {
        let mut raw = std::ptr::null_mut();
        // SAFETY: both pointers are to live locals; on PERBUS_OK the handle is ours to release.
        unsafe { native!(perbus_buffer_create(&format.to_ffi(), capacity, &mut raw)) }?;
        let raw = NonNull::new(raw)
            .ok_or_else(|| Error::NoMemory(format!("no buffer of {capacity} frames")))?;
        Ok(Self {
            raw: RawBuffer(raw),
            format,
            capacity,
            frames: 0,
        })
    }

    /// Appends frames: one slice per channel, all of one length.
    ///
    /// # Errors
    /// - [`Error::Format`] when there is not one slice for each of the format's channels.
    /// - [`Error::InvalidArgument`] when their lengths differ.
    /// - [`Error::OutOfRange`] when they do not fit.
    pub fn write(&mut self, planar: &[&[f32]]) -> Result<()> {
        let frames = check_planar(
            planar.iter().map(|channel| channel.len()),
            self.format.channels(),
        )?;
        let room = self.capacity - self.frames;
        if frames > room as usize {
            return Err(Error::OutOfRange(format!(
                "{frames} frames do not fit: room for {room} of {} is left",
                self.capacity
            )));
        }
        let start = self.frames as usize;
        for (channel, samples) in (0..).zip(planar) {
            self.channel_mut(channel)[start..start + frames].copy_from_slice(samples);
        }
        self.frames += frames as u32;
        Ok(())
    }

    /// Frames written so far.
    #[must_use]
    pub fn frames(&self) -> u32 {
        self.frames
    }

    /// Frames that there is room for in total.
    #[must_use]
    pub fn capacity(&self) -> u32 {
        self.capacity
    }

    /// The buffer, as long as what was written.
    #[must_use]
    pub fn finish(self) -> Buffer {
        // SAFETY: the handle is live. `frames` never exceeds what the buffer was made for, the one
        // condition under which perbus.h lets this fail.
        let shortened =
            unsafe { native!(perbus_buffer_set_frames(self.raw.0.as_ptr(), self.frames)) };
        debug_assert!(shortened.is_ok());
        Buffer {
            raw: Arc::new(self.raw),
            format: self.format,
            frames: self.frames,
        }
    }

    fn channel_mut(&mut self, channel: u32) -> &mut [f32] {
        let samples = self.raw.channel(channel, self.format);
        // SAFETY: `capacity` samples belong to each channel, and `&mut self` is the only handle.
        unsafe { std::slice::from_raw_parts_mut(samples.as_ptr(), self.capacity as usize) }
    }
}

impl fmt::Debug for BufferBuilder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("BufferBuilder")
            .field("format", &self.format)
            .field("capacity", &self.capacity)
            .field("frames", &self.frames)
            .finish()
    }
}

/// Owns a native buffer handle.
struct RawBuffer(NonNull<ffi::perbus_buffer>);

// SAFETY: the handle has no thread of its own, and perbus.h lets buffer calls run on any thread.
// Samples are written through `&mut BufferBuilder` only.
unsafe impl Send for RawBuffer {}
// SAFETY: as above; a shared handle is only read.
unsafe impl Sync for RawBuffer {}

impl RawBuffer {
    fn channel(&self, channel: u32, format: Format) -> NonNull<f32> {
        assert!(
            channel < format.channels(),
            "channel {channel} of a buffer with {} channels",
            format.channels()
        );
        // SAFETY: the handle is live.
        let samples = unsafe { ffi::perbus_buffer_get_channel(self.0.as_ptr(), channel) };
        NonNull::new(samples).unwrap_or(NonNull::dangling())
    }
}

impl Drop for RawBuffer {
    fn drop(&mut self) {
        // SAFETY: the handle is ours, and this is its only release.
        unsafe { ffi::perbus_buffer_release(self.0.as_ptr()) }
    }
}
