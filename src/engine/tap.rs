//! Taps: what leaves a node, in blocks.

use std::fmt;
use std::ptr::NonNull;

use libc::c_void;

use crate::engine::handle::NodePtr;
use crate::error::{Error, Result};
use crate::ffi::{self, native};
use crate::sync::panics::caught;

/// What [`Node::tap`](crate::Node::tap) returns: dropping it removes the tap.
///
/// The closure gets what was rendered until then; once the drop is over it does not run, and will
/// not again. It is dropped, too. On a thread of an engine, such as in the closure itself, the drop
/// does not wait: what is queued is discarded, and a call that is under way is the last. Elsewhere,
/// hold no lock that the closure takes, and no [batch](crate::Engine::batch) if it calls the engine.
///
/// A tap keeps its node but not its engine alive, and may outlive both.
#[doc(alias = "removeTapOnBus")]
pub struct Tap(NonNull<ffi::perbus_tap>);

// SAFETY: perbus.h lets calls on taps run on any thread, and the closure is `Send`.
unsafe impl Send for Tap {}
// SAFETY: as above; no call on a tap runs the closure on the caller's thread.
unsafe impl Sync for Tap {}

/// A block of a tap: planar samples, frames x channels.
#[derive(Clone, Copy, Debug)]
pub struct TapBlock<'a> {
    sample_time: i64,
    sample_rate: f64,
    frames: u32,
    channels: &'a [*const f32],
}

impl<'a> TapBlock<'a> {
    /// The engine's time at the block's first frame, in frames of [`sample_rate`](Self::sample_rate).
    #[must_use]
    pub fn sample_time(&self) -> i64 {
        self.sample_time
    }

    /// The rate of the tapped output, in Hz.
    #[must_use]
    pub fn sample_rate(&self) -> f64 {
        self.sample_rate
    }

    /// The block's length in frames.
    #[must_use]
    pub fn frames(&self) -> u32 {
        self.frames
    }

    /// The channel count of the tapped output.
    #[must_use]
    pub fn channels(&self) -> u32 {
        self.channels.len() as u32
    }

    /// One channel's samples.
    ///
    /// # Panics
    /// When `channel` is not below the channel count.
    #[must_use]
    pub fn channel(&self, channel: u32) -> &'a [f32] {
        let samples = self.channels[channel as usize];
        // SAFETY: perbus.h hands `frames` samples of each channel to the callback, for the duration
        // of the call, to which 'a is bound.
        unsafe { std::slice::from_raw_parts(samples, self.frames as usize) }
    }
}

struct Context {
    callback: Box<dyn FnMut(TapBlock<'_>) + Send>,
    failed: bool,
}

/// Taps an output bus, in blocks of so many frames. The graph is locked.
pub(super) fn tap_locked(
    node: NodePtr,
    bus_and_frames: (u32, u32),
    callback: impl FnMut(TapBlock<'_>) + Send + 'static,
) -> Result<Tap> {
    with_context(callback, |receive, context, destroy| {
        // SAFETY: the functions take this context.
        unsafe { create(node, bus_and_frames, receive, context, destroy) }
    })
}

type Destroy = Option<unsafe extern "C" fn(*mut c_void)>;

/// Makes a tap with functions and a context that call this closure.
pub(super) fn with_context(
    callback: impl FnMut(TapBlock<'_>) + Send + 'static,
    create: impl FnOnce(
        ffi::perbus_tap_callback,
        *mut c_void,
        Destroy,
    ) -> Result<NonNull<ffi::perbus_tap>>,
) -> Result<Tap> {
    let context = Box::into_raw(Box::new(Context {
        callback: Box::new(callback),
        failed: false,
    }));
    // perbus.h calls `destroy` once, after the last call of the callback, and only when it has
    // returned PERBUS_OK.
    let created = create(Some(receive), context.cast(), Some(destroy));
    if created.is_err() {
        // SAFETY: on failure destroy is not called: the box is still ours.
        drop(unsafe { Box::from_raw(context) });
    }
    created.map(Tap)
}

/// [`tap_locked`] for a callback as C has it.
///
/// # Safety
/// The functions take this context, on any thread.
pub(super) unsafe fn create(
    node: NodePtr,
    (bus, frames): (u32, u32),
    callback: ffi::perbus_tap_callback,
    context: *mut c_void,
    destroy: Destroy,
) -> Result<NonNull<ffi::perbus_tap>> {
    let mut raw = std::ptr::null_mut();
    // SAFETY: the node's handle is live and the pointer is to a live local; the rest is as our caller
    // promises.
    unsafe {
        native!(perbus_tap_create(
            node.as_ptr(),
            bus,
            frames,
            callback,
            context,
            destroy,
            &mut raw,
        ))
    }?;
    NonNull::new(raw).ok_or_else(|| Error::NoMemory("no tap".to_owned()))
}

impl Tap {
    /// Waits until the closure has had all blocks that were queued. A program that renders offline
    /// calls this now and then, so that blocks do not pile up in memory where the closure is slower
    /// than the engine. On Apple's engine it returns at once.
    ///
    /// ```
    /// use perbus::{Engine, Format};
    /// use std::sync::atomic::{AtomicU32, Ordering};
    /// use std::sync::Arc;
    ///
    /// let engine = Engine::offline(Format::new(48_000.0, 2)?, 480)?;
    /// engine.start()?;
    /// let heard = Arc::new(AtomicU32::new(0));
    /// let count = Arc::clone(&heard);
    /// let tap = engine.main_mixer().tap(4800, move |block| {
    ///     count.fetch_add(block.frames(), Ordering::Relaxed);
    /// })?;
    /// engine.render_blocks(10_000, |_| Ok(()))?;
    /// tap.wait()?;
    /// # if !cfg!(target_vendor = "apple") {
    /// assert_eq!(heard.load(Ordering::Relaxed), 9600); // two blocks
    /// drop(tap);
    /// assert_eq!(heard.load(Ordering::Relaxed), 10_000); // and the rest
    /// # }
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] on a thread of an engine, such as in the closure; in a
    /// [batch](crate::Engine::batch), once no callback has returned for half a second, since one may be
    /// waiting for the batch's end.
    pub fn wait(&self) -> Result<()> {
        // SAFETY: the handle is live.
        unsafe { native!(perbus_tap_wait(self.0.as_ptr())) }
    }

    /// How many frames were dropped because the closure was late: on a device, for more than a
    /// second. Offline there are none, unless another thread keeps a [batch](crate::Engine::batch)
    /// open while many blocks are rendered.
    ///
    /// # Errors
    /// [`Error::Unsupported`] on Apple's engine, which does not count them.
    pub fn dropped_frames(&self) -> Result<u64> {
        let mut frames = 0;
        // SAFETY: the handle is live and the pointer is to a live local.
        unsafe { native!(perbus_tap_get_dropped(self.0.as_ptr(), &mut frames)) }?;
        Ok(frames)
    }
}

impl Tap {
    /// Removes it without waiting for its closure, which gets nothing any more: a call that is under way
    /// is the last. Whoever waits for the closure goes on.
    pub(super) fn discard(&self) {
        // SAFETY: the handle is live.
        unsafe { ffi::perbus_tap_discard(self.0.as_ptr()) }
    }
}

impl Drop for Tap {
    fn drop(&mut self) {
        // SAFETY: the handle is ours, this is its only destruction, and no call on it is running:
        // every caller borrows the tap.
        unsafe { ffi::perbus_tap_destroy(self.0.as_ptr()) }
    }
}

impl fmt::Debug for Tap {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Tap").finish_non_exhaustive()
    }
}

unsafe extern "C" fn receive(context: *mut c_void, block: *const ffi::perbus_tap_block) {
    // SAFETY: `tap` passed a box that lives until `destroy`, and perbus.h has one call of a callback
    // at a time.
    let context = unsafe { &mut *context.cast::<Context>() };
    if context.failed {
        return;
    }
    // SAFETY: perbus.h passes a block that is valid during the call.
    let block = unsafe { &*block };
    // SAFETY: perbus.h has `channel_count` pointers in it, and none if it has no frames.
    let channels = unsafe {
        match block.frames {
            0 => &[],
            _ => std::slice::from_raw_parts(block.channels, block.channel_count as usize),
        }
    };
    let block = TapBlock {
        sample_time: block.sample_time,
        sample_rate: block.sample_rate,
        frames: block.frames,
        channels,
    };
    context.failed = caught(|| (context.callback)(block)).is_none();
}

unsafe extern "C" fn destroy(context: *mut c_void) {
    // SAFETY: `tap` passed a box, and perbus.h calls this once.
    let context = unsafe { Box::from_raw(context.cast::<Context>()) };
    caught(|| drop(context));
}
