//! Input: sound that is recorded, or that the program pushes into an offline engine.

use std::ffi::{c_char, c_void};

use perbus::raw::{self, perbus_error, perbus_format, perbus_input_function, perbus_status};
use perbus::AnyNode;

use crate::failure::{get, out, run};
use crate::handle::{perbus_desk_engine, perbus_desk_node};
use crate::source::{self, perbus_desk_destroy, Function};
use crate::text::read_if;

/// A handle to the input node, a source of recorded sound that feeds any bus, with its strip, and can be
/// tapped; free it with perbus_desk_node_release. perbus_engine_copy_input says when it records: not
/// before it is connected or tapped. Offline, perbus_desk_engine_set_input says what it hears.
/// @retval PERBUS_ERROR_START there is no input device
/// Maps to inputNode. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_copy_input(
    engine: *mut perbus_desk_engine,
    out_node: *mut *mut perbus_desk_node,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        let out_node = out(out_node, "out_node")?;
        let input = engine.life.open(|| engine.engine.input())?;
        out_node.write(engine.node(AnyNode::Input(input)));
        Ok(())
    })
}

/// Chooses another input device. An engine that records changes over at once, and plays on meanwhile;
/// this is also how an input that was lost comes back.
/// @param input a device's id; NULL or "": the default input whenever recording begins
/// @retval PERBUS_ERROR_START there is no input device of that id, or it cannot be opened; the previous
/// one goes on
/// @retval PERBUS_ERROR_WRONG_KIND the engine is offline
/// @retval PERBUS_ERROR_UNSUPPORTED not on Apple's AVFAudio, but for the default
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_set_input_device(
    engine: *mut perbus_desk_engine,
    input: *const c_char,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        let id = read_if(input, "input")?;
        let set = || engine.engine.set_input_device(id.as_deref());
        engine.life.open(set)
    })
}

/// Gives a stopped or paused offline engine its input, in place of the previous one. The input node asks
/// it for every block that is rendered while it is connected or tapped; the frames follow one another.
/// @param format the format in which `input` is asked
/// @param input fills every channel and returns true, or returns false for silence. It runs on the thread
/// that renders: calls from it on the desk are PERBUS_ERROR_IN_RENDER. NULL: there is no input
/// @param destroy called once with the context, after the last call of `input`: when another one is set,
/// or the engine goes or is closed; NULL for none. Not called when this fails
/// @retval PERBUS_ERROR_FORMAT format: a rate or channel count outside its range
/// @retval PERBUS_ERROR_WRONG_KIND the engine plays to a device
/// @retval PERBUS_ERROR_START the engine is running
/// Maps to setManualRenderingInputPCMFormat:inputBlock:. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_set_input(
    engine: *mut perbus_desk_engine,
    format: *const perbus_format,
    input: perbus_input_function,
    context: *mut c_void,
    destroy: perbus_desk_destroy,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        let format = raw::format(get(format, "format")?)?;
        let function = (Function::Input(input), context, destroy);
        source::give(engine, function, |fill| {
            engine.engine.set_input(format, fill)
        })
    })
}
