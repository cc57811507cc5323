//! Taps: what leaves an output bus.

use std::ffi::c_void;

use perbus::raw::{self, perbus_error, perbus_status, perbus_tap, perbus_tap_callback};

use crate::failure::{get, out, run, Failure};
use crate::handle::perbus_desk_node;
use crate::source::perbus_desk_destroy;

/// Taps an output bus of a node: from the next rendered block on, the callback gets what leaves it, on
/// a thread of the engine. perbus_tap_create says when blocks come, how long they are and when frames
/// are dropped. A tap keeps its node but not its engine alive, and may outlive both.
/// @param frames the length of blocks to ask for, 1 to PERBUS_MAX_TAP_FRAMES
/// @param callback may call anything, also perbus_tap_destroy
/// @param destroy called once with the context, after the last call of `callback`; NULL for none. Not
/// called when this fails
/// @param out_tap receives the tap, for the functions of perbus/tap.h; perbus_tap_destroy ends it
/// @retval PERBUS_ERROR_OUT_OF_RANGE bus, frames
/// @retval PERBUS_ERROR_NOT_ATTACHED the node was detached
/// @retval PERBUS_ERROR_INVALID_ARGUMENT the bus has a tap already
/// Maps to installTapOnBus:bufferSize:format:block:. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_tap_create(
    node: *mut perbus_desk_node,
    bus: u32,
    frames: u32,
    callback: perbus_tap_callback,
    context: *mut c_void,
    destroy: perbus_desk_destroy,
    out_tap: *mut *mut perbus_tap,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let node = get(node, "node")?;
        if callback.is_none() {
            return Err(Failure::null("callback"));
        }
        let out_tap = out(out_tap, "out_tap")?;
        // SAFETY: the header asks for functions that take this context.
        let create =
            || unsafe { raw::create_tap(&node.node, (bus, frames), callback, context, destroy) };
        out_tap.write(node.life.open(create)?.as_ptr());
        Ok(())
    })
}
