//! Starting and stopping.

use crate::engine::{equalization, unit, Engine};
use crate::error::Result;
use crate::ffi::native;

impl Engine {
    /// Allocates what rendering needs, so that [`start`](Self::start) is quick. Maps to `prepare`.
    ///
    /// # Errors
    /// [`Error::Exception`](crate::Error::Exception) when the engine cannot.
    pub fn prepare(&self) -> Result<()> {
        self.alone(|engine| {
            // SAFETY: the engine is live, and the graph lock is held.
            unsafe { native!(perbus_engine_prepare(engine)) }
        })
    }

    /// Starts rendering; no effect while running. Opening a device may take a while: edits of the graph
    /// wait for it, and faders do not. Maps to `startAndReturnError:`.
    ///
    /// # Errors
    /// [`Error::Start`](crate::Error::Start) when there is no output device, it does not open, or
    /// the graph cannot be rendered.
    pub fn start(&self) -> Result<()> {
        {
            // Kept from edits, but not from the per-bus calls of other threads.
            let _graph = self.desk().read()?;
            // SAFETY: the engine is live, and the graph lock is held.
            unsafe { native!(perbus_engine_start(self.as_ptr())) }?;
        }
        self.reapply()
    }

    /// Gives the engine what its strips and matrices are set to: a start may have dropped it.
    fn reapply(&self) -> Result<()> {
        self.desk().reapply_strips()?;
        self.reapply_settings()
    }

    /// The same with equalizers: a change of configuration may have dropped everything.
    pub(crate) fn reapply_all(&self) -> Result<()> {
        let equalizers = self.reapply_equalizers();
        self.reapply().and(equalizers)
    }

    /// Halts rendering; [`start`](Self::start) resumes it. Maps to `pause`.
    ///
    /// # Errors
    /// [`Error::Exception`](crate::Error::Exception) when the engine cannot.
    pub fn pause(&self) -> Result<()> {
        self.alone(|engine| {
            self.now();
            // SAFETY: the engine is live, and the graph lock is held.
            unsafe { native!(perbus_engine_pause(engine)) }
        })
    }

    /// Ends rendering. Players stop playing but keep their queues. Fades stand still; on Apple's
    /// engine, which has none of its own, they end as [`FadeEnd::Stopped`](crate::FadeEnd::Stopped).
    /// Maps to `stop`.
    ///
    /// # Errors
    /// [`Error::Exception`](crate::Error::Exception) when the engine cannot.
    pub fn stop(&self) -> Result<()> {
        self.alone(|engine| {
            self.now();
            // SAFETY: the engine is live, and the graph lock is held.
            unsafe { native!(perbus_engine_stop(engine)) }
        })?;
        self.desk().stop_stepped_fades();
        Ok(())
    }

    /// Sets the clock to 0 and clears the nodes' state, not their connections. Maps to `reset`.
    ///
    /// # Errors
    /// [`Error::Exception`](crate::Error::Exception) when the engine cannot.
    pub fn reset(&self) -> Result<()> {
        self.alone(|engine| {
            let now = self.now();
            // SAFETY: the engine is live, and the graph lock is held.
            unsafe { native!(perbus_engine_reset(engine)) }?;
            self.desk().backend().was_reset(now)
        })?;
        self.desk().reschedule()
    }

    /// Whether the engine renders: started and not paused. Maps to `isRunning`.
    ///
    /// # Errors
    /// [`Error::Exception`](crate::Error::Exception) when the engine cannot tell.
    pub fn is_running(&self) -> Result<bool> {
        let mut running = false;
        // SAFETY: the engine is live and the pointer is to a live local.
        unsafe { native!(perbus_engine_is_running(self.as_ptr(), &mut running)) }?;
        Ok(running)
    }

    /// Gives every equalizer its curve again.
    fn reapply_equalizers(&self) -> Result<()> {
        let graph = self.desk().read()?;
        graph
            .nodes()
            .map(|node| equalization::reapply(node))
            .fold(Ok(()), Result::and)
    }

    /// Gives every matrix its levels again.
    fn reapply_settings(&self) -> Result<()> {
        let graph = self.desk().read()?;
        for node in graph.nodes() {
            unit::reapply(node)?;
        }
        Ok(())
    }
}
