//! Rendering on several threads.

use crate::engine::Engine;
use crate::error::Result;
use crate::ffi::{self, native};

/// The most threads that can render one engine.
pub const MAX_RENDER_THREADS: u32 = ffi::PERBUS_MAX_RENDER_THREADS;

impl Engine {
    /// Sets how many threads render (1 to [`MAX_RENDER_THREADS`]), including the audio thread or
    /// the caller of [`render`](Self::render). The default is 1: that thread alone.
    ///
    /// Sub-mixers are then rendered in parallel, where it pays: a sub-mixer has to have at least 16
    /// connected inputs, including those of the mixers that feed it, and at most half of all;
    /// nothing upstream of it may have a second connection; and its sample rate must be the
    /// engine's. Everything else is rendered as before. Samples do not depend on which thread
    /// renders what.
    ///
    /// Closures of sources run on any of these threads: each on one at a time, those of different
    /// sources at the same time.
    ///
    /// The other threads poll for work for 0.2 ms after a block, then sleep. Waking one costs the
    /// audio thread one system call per block, which does not wait; blocks that follow each other
    /// faster cost none. The audio thread does the work that no other thread has begun, and waits
    /// only for work that another thread has not finished: more threads than the machine has free
    /// cores slow it down. They run at the priority of the thread that calls this, which waits for
    /// a block that is being rendered.
    ///
    /// Apple's engine has no such setting. Maps to `perbus_engine_set_render_threads`.
    ///
    /// ```no_run
    /// use perbus::{Engine, Format};
    ///
    /// let engine = Engine::offline(Format::new(48_000.0, 2)?, 512)?;
    /// engine.set_render_threads(2)?; // Error::Unsupported on Apple's engine
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// - [`Error::OutOfRange`](crate::Error::OutOfRange) when `threads` is not in 1 to
    ///   [`MAX_RENDER_THREADS`].
    /// - [`Error::NoMemory`](crate::Error::NoMemory) when the system cannot create the threads; the
    ///   number stays as it was.
    /// - [`Error::Unsupported`](crate::Error::Unsupported) on Apple's engine, which decides by
    ///   itself.
    pub fn set_render_threads(&self, threads: u32) -> Result<()> {
        let _graph = self.desk().edit()?;
        // SAFETY: the engine is live, and the graph lock is held.
        unsafe { native!(perbus_engine_set_render_threads(self.as_ptr(), threads)) }
    }
}
