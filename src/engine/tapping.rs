//! Taps that the program makes: those of meters give way to them.

use std::ptr::NonNull;

use libc::c_void;

use crate::engine::raw_node::RawNode;
use crate::engine::tap::{create, with_context, Tap, TapBlock};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::ffi;

/// Taps an output bus of a node.
pub(crate) fn tap(
    engine: &Engine,
    node: &RawNode,
    bus: u32,
    frames: u32,
    callback: impl FnMut(TapBlock<'_>) + Send + 'static,
) -> Result<Tap> {
    with_context(callback, |receive, context, destroy| {
        // SAFETY: the functions take this context.
        unsafe { raw_tap(engine, node, (bus, frames), receive, context, destroy) }
    })
}

/// [`tap`] of a bus, in blocks of so many frames, for a callback as C has it. One of meters gives way.
///
/// # Safety
/// The functions take this context, on any thread.
pub(crate) unsafe fn raw_tap(
    engine: &Engine,
    node: &RawNode,
    bus_and_frames: (u32, u32),
    callback: ffi::perbus_tap_callback,
    context: *mut c_void,
    destroy: Option<unsafe extern "C" fn(*mut c_void)>,
) -> Result<NonNull<ffi::perbus_tap>> {
    // In the order of the edits; other calls may go on.
    let graph = engine.desk().read()?;
    // SAFETY: as our caller promises; on failure the context is still the caller's.
    let create = || unsafe { create(node.pointer(), bus_and_frames, callback, context, destroy) };
    match create() {
        Err(Error::InvalidArgument(message)) => {
            let displaced = engine.displace_meters(&graph, (node, bus_and_frames.0), create);
            displaced.unwrap_or(Err(Error::InvalidArgument(message)))
        }
        created => created,
    }
}
