//! Offline rendering: blocks into slices, durations into files.

use std::mem::MaybeUninit;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::MutexGuard;
use std::time::Duration;

use crate::engine::format::Format;
use crate::engine::{Engine, EngineInner};
use crate::error::{native, Error, Result};
use crate::file::{WavEncoding, WavWriter};
use crate::nodes::buffer::check_planar;
use crate::sync::in_render;
use crate::sync::lock;

impl Engine {
    /// Renders the next block into planar slices, one a channel and all of one length: the number
    /// of frames, at most [`max_frames`](Self::max_frames).
    ///
    /// Maps to `renderOffline:toBuffer:error:`. One thread renders at a time; another one waits.
    ///
    /// # Errors
    /// - [`Error::WrongKind`] for an engine that plays to a device.
    /// - [`Error::NotRunning`] before [`start`](Self::start).
    /// - [`Error::Format`] when the slices are not as many as the engine's channels.
    /// - [`Error::InvalidArgument`] when their lengths differ.
    /// - [`Error::OutOfRange`] when they are longer than the engine's longest block.
    /// - [`Error::Render`] when the engine could not render.
    pub fn render(&self, output: &mut [&mut [f32]]) -> Result<()> {
        let lengths = output.iter().map(|channel| channel.len());
        let frames = check_planar(lengths, self.format().channels())?;
        let frames = u32::try_from(frames)
            .map_err(|_| Error::OutOfRange(format!("{frames} frames in one block")))?;
        let mut channels = [MaybeUninit::uninit(); Format::MAX_CHANNELS as usize];
        for (channel, samples) in channels.iter_mut().zip(output.iter_mut()) {
            channel.write(samples.as_mut_ptr());
        }
        in_render::refuse()?;
        let alone = self.inner.alone_to_render();
        // SAFETY: the engine is live; of the pointers, as many are written as `output` has slices,
        // each to `frames` samples of a slice that is borrowed for this call; the render lock keeps other renderers away.
        unsafe {
            native!(perbus_engine_render(
                self.inner.raw.as_ptr(),
                frames,
                channels.as_ptr().cast(),
                output.len() as u32,
            ))
        }?;
        drop(alone);
        self.inner.look_after_fades();
        Ok(())
    }

    /// Renders `frames` frames, block by block, and hands each block's planar samples on.
    ///
    /// ```
    /// # use perbus::{Engine, Format};
    /// let engine = Engine::offline(Format::new(48_000.0, 2)?, 512)?;
    /// engine.start()?;
    /// let mut rendered = 0;
    /// engine.render_blocks(1000, |planar| {
    ///     rendered += planar[0].len();
    ///     Ok(())
    /// })?;
    /// assert_eq!(rendered, 1000);
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`render`](Self::render), and whatever `each` returns.
    pub fn render_blocks(
        &self,
        frames: u64,
        mut each: impl FnMut(&[&[f32]]) -> Result<()>,
    ) -> Result<()> {
        let longest = self
            .max_frames()
            .ok_or_else(|| Error::WrongKind("only offline engines are rendered".to_owned()))?;
        let mut memory = vec![vec![0.0; longest as usize]; self.format().channels() as usize];
        let mut left = frames;
        while left > 0 {
            let length = left.min(u64::from(longest)) as usize;
            let mut block: Vec<&mut [f32]> = memory
                .iter_mut()
                .map(|channel| &mut channel[..length])
                .collect();
            self.render(&mut block)?;
            let planar: Vec<&[f32]> = block.iter().map(|channel| &channel[..]).collect();
            each(&planar)?;
            left -= length as u64;
        }
        Ok(())
    }

    /// Renders `duration` into a WAV file of 32-bit float samples. The file appears when it is
    /// complete: a failure leaves what was there before.
    ///
    /// ```
    /// # use perbus::{Engine, Format};
    /// # use std::time::Duration;
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let path = folder.path().join("silence.wav");
    /// let engine = Engine::offline(Format::new(48_000.0, 2)?, 512)?;
    /// engine.start()?;
    /// engine.render_to_wav(&path, Duration::from_millis(250))?;
    /// assert_eq!(hound::WavReader::open(&path).unwrap().duration(), 12_000);
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`render`](Self::render), and [`Error::File`] when the file cannot be written.
    pub fn render_to_wav(&self, path: impl AsRef<Path>, duration: Duration) -> Result<()> {
        let format = self.format();
        let frames = (duration.as_secs_f64() * format.sample_rate()).round() as u64;
        let mut writer = WavWriter::create(
            path,
            format.sample_rate(),
            format.channels(),
            WavEncoding::Float32,
        )?
        .with_layout(format.layout())?;
        self.render_blocks(frames, |planar| Ok(writer.write(planar)?))?;
        Ok(writer.finish()?)
    }

    /// The engine's time in frames: what was rendered since the start or the last
    /// [`reset`](Self::reset).
    ///
    /// Maps to `manualRenderingSampleTime`, or to the output's `lastRenderTime` on a device; 0 while
    /// that does not play.
    ///
    /// # Errors
    /// [`Error::Exception`] when the engine cannot tell.
    pub fn sample_time(&self) -> Result<i64> {
        self.inner.sample_time()
    }
}

impl EngineInner {
    /// One thread renders, and none while another one has a batch open.
    pub(crate) fn alone_to_render(&self) -> MutexGuard<'_, ()> {
        loop {
            let alone = lock(&self.render);
            if !self.graph.is_kept_away() {
                return alone;
            }
            drop(alone);
            self.graph.wait_for_batch();
        }
    }

    /// A time that a reset does not turn back, nor a device that halts and has no time: what fades
    /// count in.
    pub(crate) fn now(&self) -> i64 {
        let now = self.past.load(Ordering::Relaxed) + self.sample_time().unwrap_or(0);
        self.latest.fetch_max(now, Ordering::Relaxed).max(now)
    }

    pub(crate) fn sample_time(&self) -> Result<i64> {
        let mut frames = 0;
        // SAFETY: the engine is live and the pointer is to a live local.
        unsafe {
            native!(perbus_engine_get_sample_time(
                self.raw.as_ptr(),
                &mut frames
            ))
        }?;
        Ok(frames)
    }
}
