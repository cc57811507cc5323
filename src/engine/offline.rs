//! Offline rendering, block by block, and the engine's time.

use std::mem::MaybeUninit;
use std::sync::MutexGuard;

use crate::engine::format::Format;
use crate::engine::planar::check_planar;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::ffi::native;
use crate::sync::{in_render, lock};

impl Engine {
    /// Renders the next block into planar slices, one a channel and all of one length: the number
    /// of frames, at most [`max_frames`](Self::max_frames).
    ///
    /// Maps to `renderOffline:toBuffer:error:`. One thread renders at a time; others wait.
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
        // SAFETY: as many pointers are written as `output` has slices, each to `frames` samples of
        // a slice that is borrowed for this call.
        unsafe { self.render_into(frames, channels.as_ptr().cast(), output.len() as u32) }
    }

    /// [`render`](Self::render) for a caller with pointers.
    ///
    /// # Safety
    /// There are `count` pointers, each to room for `frames` samples that nothing else uses
    /// meanwhile.
    pub(crate) unsafe fn render_into(
        &self,
        frames: u32,
        channels: *const *mut f32,
        count: u32,
    ) -> Result<()> {
        in_render::refuse()?;
        let alone = self.alone_to_render();
        let engine = self.as_ptr();
        // SAFETY: the engine is live, and the render lock keeps other renderers away; the pointers
        // are as our caller promises.
        unsafe { native!(perbus_engine_render(engine, frames, channels, count)) }?;
        drop(alone);
        self.desk().poll_fades();
        Ok(())
    }

    /// Renders `frames` frames, block by block, and passes each block's planar samples to `each`.
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
    /// As [`render`](Self::render), whatever `each` returns, and [`Error::NoMemory`] for a block.
    pub fn render_blocks(
        &self,
        frames: u64,
        mut each: impl FnMut(&[&[f32]]) -> Result<()>,
    ) -> Result<()> {
        let longest = self
            .max_frames()
            .ok_or_else(|| Error::WrongKind("only offline engines are rendered".to_owned()))?;
        let mut memory = block_of(longest, self.format().channels())?;
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

    /// The engine's time in frames: what was rendered since the start or the last
    /// [`reset`](Self::reset).
    ///
    /// Maps to `manualRenderingSampleTime`, or to the output's `lastRenderTime` on a device; 0
    /// while the device does not play.
    ///
    /// # Errors
    /// [`Error::Exception`] when the engine cannot tell.
    pub fn sample_time(&self) -> Result<i64> {
        self.desk().backend().sample_time()
    }

    /// Waits until no other thread renders or has a batch open.
    pub(crate) fn alone_to_render(&self) -> MutexGuard<'_, ()> {
        let graph = &self.desk().graph;
        loop {
            let alone = lock(&self.inner.render);
            if !graph.is_kept_away() {
                return alone;
            }
            drop(alone);
            graph.wait_for_batch();
        }
    }
}

/// Silence, planar.
fn block_of(frames: u32, channels: u32) -> Result<Vec<Vec<f32>>> {
    let silence = || {
        let mut plane = Vec::new();
        plane.try_reserve_exact(frames as usize)?;
        plane.resize(frames as usize, 0.0);
        Ok(plane)
    };
    let planes: std::result::Result<_, std::collections::TryReserveError> =
        (0..channels).map(|_| silence()).collect();
    planes.map_err(|_| Error::NoMemory(format!("no memory for a block of {frames} frames")))
}
