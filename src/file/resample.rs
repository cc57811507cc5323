//! Streaming sample rate conversion.

use std::fmt;

use rubato::audioadapter_buffers::direct::SequentialSliceOfVecs;
use rubato::{
    Async, Fft, FixedAsync, FixedSync, Indexing, SincInterpolationParameters,
    SincInterpolationType, WindowFunction,
};

use crate::engine::format::Format;
use crate::error::FileError;

/// Filter length on the side with the lower rate, in frames. The transition band shrinks with
/// it: at 44.1 kHz this leaves the response flat up to 20 kHz.
const FILTER_FRAMES: usize = 1024;

/// Rates whose ratio needs longer FFT blocks than this go to the sinc engine.
const MAX_FFT_FRAMES: usize = 1 << 16;

/// Positions per input frame in the sinc engine's table, with cubic interpolation between.
const SINC_OVERSAMPLING: f64 = 256.0;

/// Filter lengths the sinc engine chooses from.
const SINC_LENGTHS: usize = 32;

/// Largest ratio between two rates, either way. The sinc engine's filter grows with it.
const MAX_RATIO: f64 = 256.0;

/// Length in frames of `frames` at rate `from` after conversion to rate `to`, rounded to nearest.
///
/// # Example
///
/// ```
/// use perbus::file::resampled_frames;
///
/// assert_eq!(resampled_frames(44_100, 44_100.0, 48_000.0), 48_000);
/// assert_eq!(resampled_frames(1_000, 44_100.0, 48_000.0), 1_088);
/// ```
#[must_use]
pub fn resampled_frames(frames: u64, from: f64, to: f64) -> u64 {
    if from == to {
        return frames;
    }
    (frames as f64 * to / from).round() as u64
}

/// Converts a stream of planar blocks from one sample rate to another.
///
/// The output is aligned with the input (no delay, to within a frame) and exactly
/// [`resampled_frames`] long once [`finish`](Self::finish) has flushed it. Between equal rates
/// samples pass through unchanged. Noise and distortion are below -120 dB of the signal and the
/// response is flat to 90 % of the lower rate's half.
///
/// Blocks may have any length. The output of a call lags behind its input by up to a filter
/// length, so early calls may return empty blocks. It allocates: not for a real-time thread.
///
/// # Example
///
/// ```
/// use perbus::file::Resampler;
///
/// let mut resampler = Resampler::new(44_100.0, 48_000.0, 2)?;
/// let (left, right) = (vec![0.25; 441], vec![-0.25; 441]);
/// let mut frames = 0;
/// for _ in 0..100 {
///     let output = resampler.process(&[&left, &right])?;
///     frames += output[0].len();
/// }
/// frames += resampler.finish()?[0].len();
/// assert_eq!(frames, 48_000);
/// # Ok::<(), perbus::file::FileError>(())
/// ```
pub struct Resampler {
    from: f64,
    to: f64,
    /// None between equal rates.
    engine: Option<Engine>,
    output: Vec<Vec<f32>>,
    read: u64,
    written: u64,
}

impl Resampler {
    /// Makes a resampler from `from` Hz to `to` Hz for blocks of `channels` channels.
    ///
    /// Rates need not be whole numbers. Each must be from 1 to 768 000, their ratio at most 256
    /// either way, and there must be at least one channel.
    ///
    /// # Errors
    ///
    /// - [`FileError::Resample`]: a rate, the ratio or the channel count is out of range.
    pub fn new(from: f64, to: f64, channels: u32) -> Result<Self, FileError> {
        let refuse = |reason: &str| FileError::Resample {
            from,
            to,
            reason: reason.to_owned(),
        };
        if ![from, to]
            .iter()
            .all(|rate| (1.0..=Format::MAX_SAMPLE_RATE).contains(rate))
        {
            return Err(refuse("rates must be from 1 Hz to 768 kHz"));
        }
        if channels == 0 {
            return Err(refuse("there must be at least one channel"));
        }
        if from / to > MAX_RATIO || to / from > MAX_RATIO {
            return Err(refuse("the rates are too far apart"));
        }
        let engine = if from == to {
            None
        } else {
            Some(Engine::new(from, to, channels as usize).map_err(|error| refuse(&error))?)
        };
        let output = vec![Vec::new(); channels as usize];
        Ok(Self {
            from,
            to,
            engine,
            output,
            read: 0,
            written: 0,
        })
    }

    /// Takes one block, one slice per channel and all of the same length, and returns the output
    /// that is ready: one vector per channel, valid until the next call.
    ///
    /// # Errors
    ///
    /// - [`FileError::Resample`]: not one slice per channel, slices of different lengths, or, with
    ///   rates that differ, a sample that is NaN or infinite. The block was not taken.
    pub fn process<S: AsRef<[f32]>>(&mut self, block: &[S]) -> Result<&[Vec<f32>], FileError> {
        let frames = block.first().map_or(0, |plane| plane.as_ref().len());
        let channels = self.output.len();
        if block.len() != channels || block.iter().any(|plane| plane.as_ref().len() != frames) {
            return Err(self.failed("a block needs one slice per channel, all of one length"));
        }
        if self.engine.is_some() {
            self.check_finite(block)?;
        }
        self.output.iter_mut().for_each(Vec::clear);
        self.read += frames as u64;
        if let Some(engine) = &mut self.engine {
            let pushed = engine.push(block, frames, &mut self.output);
            pushed.map_err(|error| self.failed(&error))?;
        } else {
            for (output, plane) in self.output.iter_mut().zip(block) {
                output.extend_from_slice(plane.as_ref());
            }
        }
        self.written += self.output[0].len() as u64;
        Ok(&self.output)
    }

    /// Ends the stream: returns what is left of the output and gets ready for a new stream.
    ///
    /// # Errors
    ///
    /// - [`FileError::Resample`]: the conversion failed inside.
    pub fn finish(&mut self) -> Result<&[Vec<f32>], FileError> {
        self.output.iter_mut().for_each(Vec::clear);
        let total = resampled_frames(self.read, self.from, self.to);
        let left = total.saturating_sub(self.written) as usize;
        if let Some(engine) = &mut self.engine {
            let flushed = engine.flush(left, &mut self.output);
            flushed.map_err(|error| self.failed(&error))?;
        }
        self.read = 0;
        self.written = 0;
        Ok(&self.output)
    }

    /// A single NaN or infinity would spoil the transform of its whole block.
    fn check_finite<S: AsRef<[f32]>>(&self, block: &[S]) -> Result<(), FileError> {
        for (channel, plane) in block.iter().enumerate() {
            let bad = plane.as_ref().iter().position(|sample| !sample.is_finite());
            if let Some(frame) = bad {
                let (sample, frame) = (plane.as_ref()[frame], self.read + frame as u64);
                return Err(
                    self.failed(&format!("channel {channel} has {sample} in frame {frame}"))
                );
            }
        }
        Ok(())
    }

    fn failed(&self, reason: &str) -> FileError {
        FileError::Resample {
            from: self.from,
            to: self.to,
            reason: reason.to_owned(),
        }
    }
}

impl fmt::Debug for Resampler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resampler")
            .field("from", &self.from)
            .field("to", &self.to)
            .field("channels", &self.output.len())
            .field("read", &self.read)
            .field("written", &self.written)
            .finish_non_exhaustive()
    }
}

/// Feeds the converter the block lengths it wants and drops its delay from the output.
///
/// It computes in f64, so that the only rounding is the final one to f32.
struct Engine {
    converter: Box<dyn rubato::Resampler<f64>>,
    input: Vec<Vec<f64>>,
    filled: usize,
    output: Vec<Vec<f64>>,
    /// Output frames by which the converter lags behind.
    delay: usize,
    /// Output frames still to be dropped at the start of the stream.
    skip: usize,
}

impl Engine {
    fn new(from: f64, to: f64, channels: usize) -> Result<Self, String> {
        let (converter, delay): (Box<dyn rubato::Resampler<f64>>, usize) = match fft_block(from, to)
        {
            Some(block) => {
                let converter = fft(from as usize, to as usize, block, channels)?;
                let delay = converter.fft_size_out() / 2;
                (Box::new(converter), delay)
            }
            None => {
                let (converter, delay) = sinc(from, to, channels)?;
                (Box::new(converter), delay)
            }
        };
        let input = vec![vec![0.0; converter.input_frames_max()]; channels];
        let output = vec![vec![0.0; converter.output_frames_max()]; channels];
        Ok(Self {
            converter,
            input,
            filled: 0,
            output,
            delay,
            skip: delay,
        })
    }

    fn push<S: AsRef<[f32]>>(
        &mut self,
        block: &[S],
        frames: usize,
        output: &mut [Vec<f32>],
    ) -> Result<(), String> {
        let mut start = 0;
        while start < frames {
            let wanted = self.converter.input_frames_next();
            let taken = (wanted - self.filled).min(frames - start);
            for (input, plane) in self.input.iter_mut().zip(block) {
                let source = &plane.as_ref()[start..start + taken];
                for (to, from) in input[self.filled..].iter_mut().zip(source) {
                    *to = f64::from(*from);
                }
            }
            start += taken;
            self.filled += taken;
            if self.filled == wanted {
                self.convert(None, usize::MAX, output)?;
            }
        }
        Ok(())
    }

    /// Feeds silence until `frames` more frames have come out, then starts over.
    fn flush(&mut self, frames: usize, output: &mut [Vec<f32>]) -> Result<(), String> {
        while output[0].len() < frames {
            let left = frames - output[0].len();
            self.convert(Some(self.filled), left, output)?;
        }
        self.converter.reset();
        self.skip = self.delay;
        self.filled = 0;
        Ok(())
    }

    /// Converts what is in `input` and appends at most `limit` frames to `output`.
    fn convert(
        &mut self,
        partial: Option<usize>,
        limit: usize,
        output: &mut [Vec<f32>],
    ) -> Result<(), String> {
        let channels = self.input.len();
        let (room_in, room_out) = (self.input[0].len(), self.output[0].len());
        let source = SequentialSliceOfVecs::new(&self.input, channels, room_in);
        let target = SequentialSliceOfVecs::new_mut(&mut self.output, channels, room_out);
        let indexing = Indexing {
            partial_len: partial,
            ..Indexing::default()
        };
        let (_, produced) = self
            .converter
            .process_into_buffer(
                &source.map_err(|error| error.to_string())?,
                &mut target.map_err(|error| error.to_string())?,
                Some(&indexing),
            )
            .map_err(|error| error.to_string())?;
        self.filled = 0;

        let skipped = self.skip.min(produced);
        self.skip -= skipped;
        let end = produced.min(skipped.saturating_add(limit));
        for (to, from) in output.iter_mut().zip(&self.output) {
            to.extend(from[skipped..end].iter().map(|sample| *sample as f32));
        }
        Ok(())
    }
}

/// Input block length of the FFT engine for these rates, or None where it does not suit.
fn fft_block(from: f64, to: f64) -> Option<usize> {
    if from.fract() != 0.0 || to.fract() != 0.0 {
        return None;
    }
    let (from, to) = (from as usize, to as usize);
    let divisor = greatest_common_divisor(from, to);
    let (from, to) = (from / divisor, to / divisor);
    // An even factor makes both blocks even, so that half a block, the delay, is a whole frame.
    let factor = FILTER_FRAMES.div_ceil(from.min(to)).next_multiple_of(2);
    (factor * from.max(to) <= MAX_FFT_FRAMES).then_some(factor * from)
}

fn greatest_common_divisor(a: usize, b: usize) -> usize {
    if b == 0 {
        a
    } else {
        greatest_common_divisor(b, a % b)
    }
}

fn fft(from: usize, to: usize, block: usize, channels: usize) -> Result<Fft<f64>, String> {
    let window = WindowFunction::BlackmanHarris2;
    Fft::new_custom(from, to, block, 1, channels, window, FixedSync::Both)
        .map_err(|error| error.to_string())
}

/// Makes the sinc engine; returns its delay in output frames too.
fn sinc(from: f64, to: f64, channels: usize) -> Result<(Async<f64>, usize), String> {
    let ratio = to / from;
    // Half the filter, less the step the engine takes before its first output.
    let delay = |length: usize| length as f64 / 2.0 * ratio - 1.0;
    // The filter works at the input rate: going down it must be longer by the ratio. The engine
    // takes multiples of 8. Of the next few, use the one with the delay nearest a whole frame.
    let shortest = ((FILTER_FRAMES as f64 / ratio.min(1.0)).ceil() as usize).next_multiple_of(8);
    let length = (0..SINC_LENGTHS)
        .map(|step| shortest + 8 * step)
        .min_by(|a, b| off_frame(delay(*a)).total_cmp(&off_frame(delay(*b))))
        .unwrap_or(shortest);
    // A longer filter is smoother to the same degree, so its table needs fewer positions per frame.
    let oversampling = ((SINC_OVERSAMPLING * ratio.min(1.0)).ceil() as usize).max(4);
    let parameters = SincInterpolationParameters {
        sinc_len: length,
        f_cutoff: None,
        oversampling_factor: oversampling,
        interpolation: SincInterpolationType::Cubic,
        window: WindowFunction::BlackmanHarris2,
    };
    let fixed = FixedAsync::Input;
    let engine = Async::new_sinc(ratio, 1.0, &parameters, FILTER_FRAMES, channels, fixed)
        .map_err(|error| error.to_string())?;
    Ok((engine, delay(length).round().max(0.0) as usize))
}

/// Distance to the nearest whole number.
fn off_frame(frames: f64) -> f64 {
    (frames - frames.round()).abs()
}

#[cfg(test)]
mod tests;
