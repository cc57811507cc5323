//! The input: sound from a microphone, or offline from the program.

use std::sync::Arc;

use libc::c_void;

use crate::engine::format::Format;
use crate::engine::handle::NodeHandle;
use crate::engine::node::{sealed::AsNode, NodeRef};
use crate::engine::raw_node::RawNode;
use crate::engine::Engine;
use crate::error::Result;
use crate::ffi::native;
use crate::nodes::source::RenderBlock;
use crate::sync::in_render::Inside;
use crate::sync::panics::caught;

/// The node through which recorded sound enters an engine, see [`Engine::input`]. It is a source like
/// any other: it feeds any bus, with its strip, and can be tapped.
#[doc(alias = "AVAudioInputNode")]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Input(pub(crate) NodeRef);

impl AsNode for Input {
    fn as_node(&self) -> &NodeRef {
        &self.0
    }
}

impl Engine {
    /// The engine's input. Every call returns the same node.
    ///
    /// On a device it records from the [device of choice](crate::EngineBuilder::input) while it is
    /// connected or tapped and the engine runs; no microphone is opened before that. It has the
    /// channels of the device at the rate of the engine, whatever rate the device has.
    /// [`DeviceStatus::input_latency`](crate::DeviceStatus::input_latency) says how late it is. If the
    /// microphone is lost, the engine plays on and reports
    /// [`InputLost`](crate::EngineEvent::InputLost).
    ///
    /// Offline, [`set_input`](Self::set_input) says what it hears; it is silent without.
    ///
    /// Maps to `inputNode`.
    ///
    /// ```no_run
    /// use perbus::Engine;
    ///
    /// let engine = Engine::new()?;
    /// let microphone = engine.input()?; // Error::Start where there is none
    /// let voice = engine.main_mixer().bus(0)?;
    /// voice.connect(&microphone)?;
    /// voice.set_volume(0.5)?;
    /// engine.start()?;
    /// let status = engine.device_status()?;
    /// println!("{} is heard after {:?}", status.input_name, status.monitoring_latency);
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Start`](crate::Error::Start) when there is no input device.
    pub fn input(&self) -> Result<Input> {
        Ok(Input(self.node_ref(self.made_input()?)))
    }

    fn made_input(&self) -> Result<&Arc<RawNode>> {
        if self.inner.input.get().is_none() {
            // Without the cell's own lock: inside of it nobody may wait for the graph.
            let made = self.make_input()?;
            drop(self.inner.input.set(made));
        }
        Ok(self.inner.input.wait())
    }

    fn make_input(&self) -> Result<Arc<RawNode>> {
        let mut raw = std::ptr::null_mut();
        self.alone(|engine| {
            // SAFETY: the engine is live, and the graph lock is held; on PERBUS_OK the handle is ours
            // to release.
            unsafe { native!(perbus_engine_copy_input(engine, &mut raw)) }
        })?;
        let node = self.adopt_node(NodeHandle::new(raw)?)?;
        set_own_format(&node)?;
        Ok(node)
    }

    /// Gives an offline engine that is stopped or paused its input, in place of the previous one.
    /// `fill` is asked for the next frames of it whenever a block is rendered while
    /// [`input`](Self::input) is connected or tapped; [`RenderBlock::sample_time`] counts them. What
    /// holds for the closure of [`create_source`](Self::create_source) holds for this one.
    ///
    /// Maps to `setManualRenderingInputPCMFormat:inputBlock:`.
    ///
    /// ```
    /// use perbus::{Engine, Format};
    ///
    /// let mono = Format::new(48_000.0, 1)?;
    /// let engine = Engine::offline(mono, 64)?;
    /// let mut recorded = (1..).map(|number| number as f32 / 1000.0);
    /// engine.set_input(mono, move |block| {
    ///     for sample in block.channel_mut(0) {
    ///         *sample = recorded.next().unwrap_or(0.0);
    ///     }
    /// })?;
    /// let bus = engine.main_mixer().bus(0)?;
    /// bus.connect(&engine.input()?)?;
    /// bus.set_volume(0.5)?;
    /// engine.start()?;
    /// let mut samples = [0.0; 64];
    /// engine.render(&mut [&mut samples])?;
    /// assert_eq!(samples[..3], [0.0005, 0.001, 0.0015]);
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// - [`Error::WrongKind`](crate::Error::WrongKind) for an engine that plays to a device.
    /// - [`Error::Start`](crate::Error::Start) while the engine runs.
    /// - [`Error::NoMemory`](crate::Error::NoMemory).
    pub fn set_input(
        &self,
        format: Format,
        fill: impl FnMut(&mut RenderBlock<'_>) + Send + 'static,
    ) -> Result<()> {
        let context = Box::into_raw(Box::new(Context {
            fill: Box::new(fill),
            frames: 0,
            failed: false,
        }));
        let set = self.alone(|engine| {
            // SAFETY: the engine is live, and the graph lock is held: it cannot start meanwhile.
            // perbus.h calls `destroy` once, after the last call, and only when it has returned
            // PERBUS_OK.
            unsafe {
                native!(perbus_engine_set_input(
                    engine,
                    &format.to_ffi(),
                    Some(fill_block),
                    context.cast(),
                    Some(destroy),
                ))
            }
        });
        if set.is_err() {
            // SAFETY: on failure destroy is not called: the box is still ours.
            drop(unsafe { Box::from_raw(context) });
        }
        set?;
        // The native node exists by now, and its format follows the input's until it is connected.
        set_own_format(self.made_input()?)
    }
}

/// Connections that are made without a format have the node's own.
fn set_own_format(node: &RawNode) -> Result<()> {
    let mut format = Format::none();
    // SAFETY: the handle is live and the pointer is to a live local.
    unsafe { native!(perbus_node_get_output_format(node.as_ptr(), 0, &mut format)) }?;
    node.set_format(Format::from_ffi(format));
    Ok(())
}

struct Context {
    fill: Box<dyn FnMut(&mut RenderBlock<'_>) + Send>,
    frames: i64,
    failed: bool,
}

unsafe extern "C" fn fill_block(
    context: *mut c_void,
    frames: u32,
    channels: *const *mut f32,
    channel_count: u32,
) -> bool {
    // SAFETY: `set_input` passed a box that lives until `destroy`, and perbus.h has one call at a
    // time.
    let context = unsafe { &mut *context.cast::<Context>() };
    // SAFETY: perbus.h passes `channel_count` pointers.
    let channels = unsafe { std::slice::from_raw_parts(channels, channel_count as usize) };
    if context.failed {
        return false;
    }
    let mut block = RenderBlock::new(context.frames, frames, channels);
    context.frames += i64::from(frames);
    let _inside = Inside::enter();
    context.failed = caught(|| (context.fill)(&mut block)).is_none();
    !context.failed && !block.is_silent()
}

unsafe extern "C" fn destroy(context: *mut c_void) {
    // SAFETY: `set_input` passed a box, and perbus.h calls this once.
    let context = unsafe { Box::from_raw(context.cast::<Context>()) };
    caught(|| drop(context));
}
