//! Batches: many changes, heard from one frame on.

use crate::engine::connection::NativeBatch;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::ffi::native;
use crate::sync::in_render;

impl Engine {
    /// Runs `call` as a batch: what it connects, disconnects, sets, schedules, plays, pauses and
    /// stops on this thread is heard from the same frame on, the first of the next block; players
    /// started in it start together. Batches nest: the outermost one counts.
    ///
    /// What `call` has done stays done when it returns an error or panics. What it detaches is
    /// silent at once. Neither a block that `call` itself renders nor one that a device plays
    /// meanwhile contains anything of the batch. Calls from other threads on this engine wait for
    /// the end, offline rendering included; so `call` must not wait for another thread or for a
    /// completion. What waits for callbacks itself, such as [`Tap::wait`](crate::Tap::wait) and the end of
    /// a tap, gives up after half a second if one of them may be waiting for the end.
    ///
    /// Apple's engine has no batches. There the plays are collected, and the players start at one
    /// host time, some 20 ms after the end; offline at the next frame. Everything else takes effect
    /// at once.
    ///
    /// ```
    /// # use perbus::{Buffer, Engine, Format};
    /// let mono = Format::new(48_000.0, 1)?;
    /// let engine = Engine::offline(mono, 64)?;
    /// engine.start()?;
    /// let stem = Buffer::from_fn(mono, 1_000, |_, _| 0.25)?;
    /// let mixer = engine.main_mixer();
    /// engine.batch(|| {
    ///     for bus in 0..4 {
    ///         let player = engine.create_player()?;
    ///         engine.connect(&player, &mixer, 0, bus)?;
    ///         player.schedule(&stem)?;
    ///         player.play()?;
    ///     }
    ///     Ok(())
    /// })?;
    /// let mut samples = [0.0; 64];
    /// engine.render(&mut [&mut samples])?;
    /// assert_eq!(samples, [1.0; 64]);
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// Whatever `call` returns; [`Error::NoMemory`](crate::Error::NoMemory).
    pub fn batch<T>(&self, call: impl FnOnce() -> Result<T>) -> Result<T> {
        let open = Open::new(self)?;
        let result = call();
        drop(open);
        result
    }

    /// Opens a batch for callers that cannot pass their calls as a closure: close it on the same
    /// thread, with [`end_batch`](Self::end_batch).
    #[doc(hidden)]
    pub fn begin_batch(&self) -> Result<()> {
        std::mem::forget(Open::new(self)?);
        Ok(())
    }

    /// Closes what [`begin_batch`](Self::begin_batch) has opened.
    #[doc(hidden)]
    pub fn end_batch(&self) -> Result<()> {
        in_render::refuse()?;
        if !self.desk().graph.has_batch() {
            let reason = "this thread has no batch open".to_owned();
            return Err(Error::WrongKind(reason));
        }
        drop(Open {
            native: Some(NativeBatch(self.desk().backend())),
            engine: self,
        });
        Ok(())
    }
}

/// A batch of the user's, which keeps other threads away from the graph as well.
struct Open<'a> {
    native: Option<NativeBatch<'a>>,
    engine: &'a Engine,
}

impl<'a> Open<'a> {
    fn new(engine: &'a Engine) -> Result<Self> {
        in_render::refuse()?;
        // Let a block that is being rendered end first: it might wait for this batch. The wait for
        // another thread's batch, which may render, is without the lock.
        let rendering = engine.alone_to_render();
        engine.desk().graph.open_batch();
        drop(rendering);
        let mut open = Self {
            native: None,
            engine,
        };
        // SAFETY: the engine is live; the batch is closed with this value, which stays in `batch`.
        unsafe { native!(perbus_engine_begin_batch(engine.as_ptr())) }?;
        open.native = Some(NativeBatch(engine.desk().backend()));
        Ok(open)
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        // The engine's own batch first: other threads may wait for its end with a lock of the
        // crate's.
        self.native = None;
        self.engine.desk().graph.close_batch();
    }
}
