//! Rendering on several threads.

use crate::engine::Engine;
use crate::error::Result;
use crate::ffi::{self, native};

/// The most threads that can render one engine.
pub const MAX_RENDER_THREADS: u32 = ffi::PERBUS_MAX_RENDER_THREADS;

impl Engine {
    /// Sets how many threads render (1 to [`MAX_RENDER_THREADS`]), the audio thread or the caller of
    /// [`render`](Self::render) included. 1 is the default: that one alone.
    ///
    /// Sub-mixers are then rendered side by side. One that pays has at least 16 connected inputs,
    /// those of the mixers that feed it included, and at most half of all; nothing upstream of it
    /// has a second connection; and its sample rate is the engine's. Everything else is rendered as
    /// before. Which threads render what changes not one sample.
    ///
    /// Closures of sources run on any of these threads: each on one at a time, those of different
    /// sources at the same time.
    ///
    /// The other threads look out for work for 0.2 ms after a block, then sleep. To wake one costs
    /// the audio thread a system call a block, which does not wait; blocks that follow each other
    /// faster cost none. The audio thread does what nobody else has begun, and waits only for what
    /// another thread is in the midst of: more threads than the machine has free cores slow it down.
    /// They run at the priority of the thread that calls this, which waits for a block that is
    /// being rendered.
    ///
    /// Apple's engine has nothing of the kind. Maps to `perbus_engine_set_render_threads`.
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
    /// - [`Error::NoMemory`](crate::Error::NoMemory) when the system gives no more threads; the
    ///   number stays as it was.
    /// - [`Error::Unsupported`](crate::Error::Unsupported) on Apple's engine, which decides
    ///   itself.
    pub fn set_render_threads(&self, threads: u32) -> Result<()> {
        let _graph = self.desk().edit()?;
        // SAFETY: the engine is live, and the graph lock is held.
        unsafe { native!(perbus_engine_set_render_threads(self.as_ptr(), threads)) }
    }
}
