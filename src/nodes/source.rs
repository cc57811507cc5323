//! Sources: sound from a closure.

use libc::c_void;

use crate::desk::node::Kind;
use crate::engine::format::Format;
use crate::engine::node::{sealed::AsNode, NodeRef};
use crate::engine::Engine;
use crate::error::Result;
use crate::ffi::{self, native};
use crate::sync::in_render::Inside;
use crate::sync::panics::caught;

/// A node whose sound is made by a closure, see
/// [`Engine::create_source`](crate::Engine::create_source).
#[doc(alias = "AVAudioSourceNode")]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Source(pub(crate) NodeRef);

impl AsNode for Source {
    fn as_node(&self) -> &NodeRef {
        &self.0
    }
}

impl Engine {
    /// Makes a source whose sound comes from `render`, called with every block, and attaches it. It
    /// stays and keeps sounding when its last handle is dropped: see [`nodes`](Self::nodes).
    ///
    /// `render` runs on the audio thread, or on one that
    /// [`set_render_threads`](Self::set_render_threads) has added: it must not allocate, lock, wait
    /// or log. Calls on any engine or node return [`Error::InRender`](crate::Error::InRender)
    /// there, since they might wait for the block that it makes; handles that it drops are released
    /// by the next call from elsewhere. A panic in it is caught; the source is silent from then on.
    ///
    /// Maps to `-[AVAudioSourceNode initWithFormat:renderBlock:]` and `attachNode:`.
    ///
    /// ```
    /// use perbus::{Engine, Format};
    ///
    /// let mono = Format::new(48_000.0, 1)?;
    /// let engine = Engine::offline(mono, 64)?;
    /// let source = engine.create_source(mono, |block| block.channel_mut(0).fill(0.5))?;
    /// engine.connect(&source, &engine.main_mixer(), 0, 0)?;
    /// engine.start()?;
    /// let mut samples = [0.0; 64];
    /// engine.render(&mut [&mut samples])?;
    /// assert_eq!(samples, [0.5; 64]);
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoMemory`](crate::Error::NoMemory).
    pub fn create_source(
        &self,
        format: Format,
        render: impl FnMut(&mut RenderBlock<'_>) + Send + 'static,
    ) -> Result<Source> {
        let raw = create(format, Box::new(render))?;
        let node = self.adopt(raw, Kind::Source)?;
        node.raw.set_format(format);
        Ok(Source(node))
    }
}

/// The block that a source's closure fills: planar samples, frames x channels.
#[derive(Debug)]
pub struct RenderBlock<'a> {
    sample_time: i64,
    frames: u32,
    pub(crate) channels: &'a [*mut f32],
    silent: bool,
}

impl<'a> RenderBlock<'a> {
    pub(crate) fn new(sample_time: i64, frames: u32, channels: &'a [*mut f32]) -> Self {
        Self {
            sample_time,
            frames,
            channels,
            silent: false,
        }
    }

    pub(crate) fn is_silent(&self) -> bool {
        self.silent
    }
}

impl RenderBlock<'_> {
    /// The engine's time at the block's first frame, in frames of the source's own rate.
    #[must_use]
    pub fn sample_time(&self) -> i64 {
        self.sample_time
    }

    /// The block's length in frames.
    #[must_use]
    pub fn frames(&self) -> u32 {
        self.frames
    }

    /// The channel count: that of the source's format.
    #[must_use]
    pub fn channels(&self) -> u32 {
        self.channels.len() as u32
    }

    /// One channel's samples, to be written; they are undefined before.
    ///
    /// # Panics
    /// When `channel` is not below the channel count.
    #[must_use]
    pub fn channel_mut(&mut self, channel: u32) -> &mut [f32] {
        let samples = self.channels[channel as usize];
        // SAFETY: perbus.h hands each channel's own `frames` samples to the render function, for
        // the duration of the call; `&mut self` keeps a second slice of it from being made.
        unsafe { std::slice::from_raw_parts_mut(samples, self.frames as usize) }
    }

    /// Makes the whole block silent, whatever is written to it. The engine then need not mix it,
    /// and a gain that changes meanwhile needs no ramp: the next sound starts at the new value. The
    /// engine does not look for silence in the samples.
    ///
    /// ```
    /// use perbus::{Engine, Format};
    ///
    /// let mono = Format::new(48_000.0, 1)?;
    /// let engine = Engine::offline(mono, 64)?;
    /// let click = engine.create_source(mono, |block| {
    ///     if block.sample_time() >= 64 {
    ///         block.channel_mut(0).fill(1.0);
    ///     } else {
    ///         block.set_silent();
    ///     }
    /// })?;
    /// engine.connect(&click, &engine.main_mixer(), 0, 0)?;
    /// engine.start()?;
    /// let mut samples = [0.0; 64];
    /// engine.render(&mut [&mut samples])?;
    /// engine.main_mixer().bus(0)?.set_volume(0.5)?;
    /// engine.render(&mut [&mut samples])?;
    /// assert_eq!(samples, [0.5; 64]);
    /// # Ok::<(), perbus::Error>(())
    /// ```
    pub fn set_silent(&mut self) {
        self.silent = true;
    }
}

type Render = Box<dyn FnMut(&mut RenderBlock<'_>) + Send>;

struct Context {
    render: Render,
    failed: bool,
}

/// Makes a source node that owns `render`.
fn create(format: Format, render: Render) -> Result<*mut ffi::perbus_node> {
    let context = Box::into_raw(Box::new(Context {
        render,
        failed: false,
    }));
    let mut raw = std::ptr::null_mut();
    // SAFETY: all pointers are to live values. perbus.h calls `destroy` once, after the last
    // render, and only when it has returned PERBUS_OK.
    let created = unsafe {
        native!(perbus_source_create(
            &format.to_ffi(),
            Some(render_block),
            context.cast(),
            Some(destroy),
            &mut raw,
        ))
    };
    if let Err(error) = created {
        // SAFETY: on failure destroy is not called: the box is still ours.
        drop(unsafe { Box::from_raw(context) });
        return Err(error);
    }
    Ok(raw)
}

unsafe extern "C" fn render_block(
    context: *mut c_void,
    sample_time: i64,
    frames: u32,
    channels: *const *mut f32,
    channel_count: u32,
) -> bool {
    // SAFETY: `create` passed a box that lives until `destroy`, and perbus.h has one render call
    // of a source at a time.
    let context = unsafe { &mut *context.cast::<Context>() };
    // SAFETY: perbus.h passes `channel_count` pointers.
    let channels = unsafe { std::slice::from_raw_parts(channels, channel_count as usize) };
    if context.failed {
        return true;
    }
    let mut block = RenderBlock::new(sample_time, frames, channels);
    let _inside = Inside::enter();
    context.failed = caught(|| (context.render)(&mut block)).is_none();
    context.failed || block.silent
}

unsafe extern "C" fn destroy(context: *mut c_void) {
    // SAFETY: `create` passed a box, and perbus.h calls this once.
    let context = unsafe { Box::from_raw(context.cast::<Context>()) };
    caught(|| drop(context));
}
