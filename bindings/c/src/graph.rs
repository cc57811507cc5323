//! Attaching and connecting.

use std::ffi::c_void;

use perbus::raw::{
    self, perbus_error, perbus_format, perbus_node_info, perbus_point, perbus_status,
};
use perbus::Mixer;

use crate::failure::{array, get, out, run, Failure};
use crate::handle::{mixer, perbus_desk_engine, perbus_desk_node};

/// A mixer's input bus, for perbus_desk_engine_connect_many.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct perbus_desk_destination {
    /// The mixer.
    pub mixer: *mut perbus_desk_node,
    /// Its input bus.
    pub bus: u32,
}

/// Attaches a detached node to its engine again. No effect on an attached node; new nodes are
/// attached. @retval PERBUS_ERROR_WRONG_ENGINE the node was made for another engine
/// Maps to attachNode:. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_attach(
    engine: *mut perbus_desk_engine,
    node: *mut perbus_desk_node,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let (engine, node) = (get(engine, "engine")?, get(node, "node")?);
        engine.life.open(|| engine.engine.attach(&node.node))
    })
}

/// Disconnects the node and detaches it from the engine. A player's queue is emptied; a mixer's
/// strips keep their values; the neighbours of an effect are connected to each other if the formats
/// on both its sides are the same.
/// @retval PERBUS_ERROR_NOT_ATTACHED it is detached already
/// @retval PERBUS_ERROR_WRONG_ENGINE the node was made for another engine
/// @retval PERBUS_ERROR_WRONG_KIND the main mixer or the output
/// Maps to detachNode:. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_detach(
    engine: *mut perbus_desk_engine,
    node: *mut perbus_desk_node,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let (engine, node) = (get(engine, "engine")?, get(node, "node")?);
        engine.life.open(|| engine.engine.detach(&node.node))
    })
}

/// Connects a source's output bus to an input bus. Earlier connections of either bus end: a source
/// that is connected elsewhere moves. On a mixer, the bus's strip is applied to the connection; the
/// mixer grows if `to_bus` is beyond its last one.
/// @param format of the connection; NULL for the one the source was given last, else the engine's
/// @retval PERBUS_ERROR_NOT_ATTACHED, PERBUS_ERROR_WRONG_ENGINE either node
/// @retval PERBUS_ERROR_OUT_OF_RANGE either bus
/// @retval PERBUS_ERROR_CYCLE the destination feeds the source, or is the source
/// @retval PERBUS_ERROR_FORMAT format
/// @retval PERBUS_ERROR_EXCEPTION the engine refuses, see perbus_engine_connect
/// Maps to connect:to:fromBus:toBus:format:. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_connect(
    engine: *mut perbus_desk_engine,
    source: *mut perbus_desk_node,
    from_bus: u32,
    destination: *mut perbus_desk_node,
    to_bus: u32,
    format: *const perbus_format,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        let source = &get(source, "source")?.node;
        let destination = &get(destination, "destination")?.node;
        engine.life.open(|| match format.as_ref() {
            None => engine.engine.connect(source, destination, from_bus, to_bus),
            Some(format) => {
                let format = raw::format(format)?;
                engine
                    .engine
                    .connect_with_format(source, destination, from_bus, to_bus, format)
            }
        })
    })
}

/// Ends the connection of an input bus; no effect when there is none. The strip keeps its values.
/// @retval PERBUS_ERROR_NOT_ATTACHED, PERBUS_ERROR_WRONG_ENGINE the node
/// @retval PERBUS_ERROR_OUT_OF_RANGE the node has no such bus
/// Maps to disconnectNodeInput:bus:. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_disconnect_input(
    engine: *mut perbus_desk_engine,
    node: *mut perbus_desk_node,
    bus: u32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let (engine, node) = (get(engine, "engine")?, get(node, "node")?);
        engine
            .life
            .open(|| engine.engine.disconnect_input(&node.node, bus))
    })
}

/// Ends every connection of an output bus; no effect when there is none. Fails as
/// perbus_desk_engine_disconnect_input.
/// Maps to disconnectNodeOutput:bus:. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_disconnect_output(
    engine: *mut perbus_desk_engine,
    node: *mut perbus_desk_node,
    bus: u32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let (engine, node) = (get(engine, "engine")?, get(node, "node")?);
        engine
            .life
            .open(|| engine.engine.disconnect_output(&node.node, bus))
    })
}

/// Connects a source's output bus to several mixer buses: it feeds exactly these afterwards, each
/// through the bus's own strip.
/// @param format of all the connections; NULL as for perbus_desk_engine_connect
/// @retval PERBUS_ERROR_INVALID_ARGUMENT no destination, or one that is listed twice
/// @retval PERBUS_ERROR_WRONG_KIND a destination is not a mixer
/// @retval as perbus_desk_engine_connect
/// Maps to connect:toConnectionPoints:fromBus:format:. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_connect_many(
    engine: *mut perbus_desk_engine,
    source: *mut perbus_desk_node,
    from_bus: u32,
    destinations: *const perbus_desk_destination,
    count: usize,
    format: *const perbus_format,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        let source = &get(source, "source")?.node;
        let destinations = array(destinations, count, "destinations")?
            .iter()
            .map(|one| Ok((mixer(one.mixer, "a destination")?.0, one.bus)))
            .collect::<Result<Vec<(&Mixer, u32)>, Failure>>()?;
        engine.life.open(|| {
            let format = match format.as_ref() {
                Some(format) => raw::format(format)?,
                None => raw::format_of(source),
            };
            engine
                .engine
                .connect_many(source, from_bus, &destinations, format)
        })
    })
}

/// Adds one mixer bus to those that a source's output bus feeds: a send. On the portable engine the
/// others continue undisturbed; Apple's recreates them, and their strips are applied again.
/// @retval PERBUS_ERROR_WRONG_KIND the destination is not a mixer
/// @retval as perbus_desk_engine_connect
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_add_destination(
    engine: *mut perbus_desk_engine,
    source: *mut perbus_desk_node,
    from_bus: u32,
    mixer: *mut perbus_desk_node,
    to_bus: u32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        let source = &get(source, "source")?.node;
        let (mixer, _) = self::mixer(mixer, "mixer")?;
        engine.life.open(|| {
            engine
                .engine
                .add_destination(source, mixer, from_bus, to_bus)
        })
    })
}

/// Ends the connection to one of several mixer buses that a source feeds. The others continue as
/// with perbus_desk_engine_add_destination.
/// @retval PERBUS_ERROR_NOT_CONNECTED the source does not feed that bus
/// @retval PERBUS_ERROR_NOT_ATTACHED, PERBUS_ERROR_WRONG_ENGINE either node
/// @retval PERBUS_ERROR_WRONG_KIND the destination is not a mixer
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_remove_destination(
    engine: *mut perbus_desk_engine,
    source: *mut perbus_desk_node,
    from_bus: u32,
    mixer: *mut perbus_desk_node,
    to_bus: u32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        let source = &get(source, "source")?.node;
        let (mixer, _) = self::mixer(mixer, "mixer")?;
        engine.life.open(|| {
            engine
                .engine
                .remove_destination(source, mixer, from_bus, to_bus)
        })
    })
}

/// What feeds an input bus according to the desk's map: the source and its output bus.
/// @retval PERBUS_ERROR_NOT_CONNECTED nothing does
/// @retval PERBUS_ERROR_NOT_ATTACHED, PERBUS_ERROR_WRONG_ENGINE the node
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_get_source(
    engine: *mut perbus_desk_engine,
    node: *mut perbus_desk_node,
    bus: u32,
    out_source: *mut perbus_point,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let (engine, node) = (get(engine, "engine")?, get(node, "node")?);
        let out_source = out(out_source, "out_source")?;
        let found = engine
            .life
            .open(|| engine.engine.source_of(&node.node, bus))?;
        let Some((source, from_bus)) = found else {
            let reason = format!("nothing is connected to input bus {bus}");
            return Err(perbus::Error::NotConnected(reason).into());
        };
        out_source.write(perbus_point {
            node: raw::node_id(source),
            bus: from_bus,
        });
        Ok(())
    })
}

/// Whether the node is attached, how many buses it has, and their formats.
/// @param out_formats receives at most `capacity` formats: those of the input buses, connected or
/// not, then those of the output buses; NULL for none
/// @retval PERBUS_ERROR_WRONG_ENGINE the node was made for another engine
/// Maps to numberOfInputs, numberOfOutputs, inputFormatForBus: and outputFormatForBus:.
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_inspect(
    engine: *mut perbus_desk_engine,
    node: *mut perbus_desk_node,
    out_info: *mut perbus_node_info,
    out_formats: *mut perbus_format,
    capacity: usize,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let (engine, node) = (get(engine, "engine")?, get(node, "node")?);
        let out_info = out(out_info, "out_info")?;
        let info = engine.life.open(|| engine.engine.inspect(&node.node))?;
        out_info.write(perbus_node_info {
            attached: info.attached,
            inputs: info.inputs.len() as u32,
            outputs: info.outputs.len() as u32,
            kind: raw::kind(&node.node),
        });
        if !out_formats.is_null() {
            let formats = info.inputs.iter().chain(&info.outputs);
            for (place, format) in formats.take(capacity).enumerate() {
                out_formats.add(place).write(raw::to_format(*format));
            }
        }
        Ok(())
    })
}

/// What perbus_desk_engine_batch runs, with the context it was given.
pub type perbus_desk_changes = Option<unsafe extern "C" fn(context: *mut c_void)>;

/// Runs `changes` as a batch: what it connects, disconnects, sets, schedules, plays, pauses and
/// stops on this thread takes effect at one frame; players that are started in it start together.
/// Batches nest; only the outermost one counts. A call that fails in it fails alone. On Apple's engine
/// only plays are collected; everything else takes effect at once. What waits for callbacks,
/// such as perbus_tap_wait, gives up after half a second if one of them may be waiting for the end.
/// @param changes called once, before this returns PERBUS_OK, else not at all; it must not wait for another thread or a
/// completion, nor throw
/// @param context the function's argument
/// Threads: any; calls of other threads on the engine wait for the end. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_batch(
    engine: *mut perbus_desk_engine,
    changes: perbus_desk_changes,
    context: *mut c_void,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        let changes = changes.ok_or_else(|| Failure::null("changes"))?;
        // A close waits for its end: calls in it need not.
        let _open = engine.life.enter()?;
        engine.engine.batch(|| {
            // SAFETY: the header asks for a function that takes this context.
            unsafe { changes(context) };
            Ok(())
        })?;
        Ok(())
    })
}
