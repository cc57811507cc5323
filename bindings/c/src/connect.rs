//! Connecting to a bus, by the bus itself.

use std::sync::Arc;

use perbus::raw::{self, perbus_error, perbus_format, perbus_status};
use perbus::Error;

use crate::failure::{get, list, out, run, write_if};
use crate::handle::{give, mixer, perbus_desk_bus, perbus_desk_node};

/// Connects a source's first output bus to this bus; otherwise like perbus_desk_engine_connect.
/// @param format NULL for the source's: the one that it was made with or last connected in, or else
/// the engine's
/// @retval as perbus_desk_engine_connect
/// Maps to connect:to:fromBus:toBus:format:. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_bus_connect(
    bus: *mut perbus_desk_bus,
    source: *mut perbus_desk_node,
    format: *const perbus_format,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let bus = get(bus, "bus")?;
        let source = &get(source, "source")?.node;
        bus.life.open(|| match format.as_ref() {
            None => bus.bus.connect(source),
            Some(format) => bus.bus.connect_with_format(source, raw::format(format)?),
        })
    })
}

/// Ends the bus's connection; no effect when there is none. The strip keeps its values.
/// @retval PERBUS_ERROR_NOT_ATTACHED the mixer was detached
/// @retval PERBUS_ERROR_OUT_OF_RANGE the mixer does not have the bus yet
/// Maps to disconnectNodeInput:bus:. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_bus_disconnect(
    bus: *mut perbus_desk_bus,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let bus = get(bus, "bus")?;
        bus.life.open(|| bus.bus.disconnect())
    })
}

/// What is connected to the bus, directly.
/// @param out_node receives the handle; free it with perbus_desk_node_release
/// @retval PERBUS_ERROR_NOT_CONNECTED the bus has no source
/// @retval PERBUS_ERROR_NOT_ATTACHED the mixer was detached
/// Maps to inputConnectionPointForNode:inputBus:. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_bus_copy_source(
    bus: *mut perbus_desk_bus,
    out_node: *mut *mut perbus_desk_node,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let bus = get(bus, "bus")?;
        let out_node = out(out_node, "out_node")?;
        let Some(node) = bus.life.open(|| bus.bus.source())? else {
            let reason = format!("bus {} has no source", bus.bus.number());
            return Err(Error::NotConnected(reason).into());
        };
        let life = Arc::clone(&bus.life);
        out_node.write(give(perbus_desk_node { node, life }));
        Ok(())
    })
}

/// Connects a source to the lowest bus that nothing is connected to, like perbus_desk_bus_connect.
/// Threads that do so at the same time get different buses.
/// @param format NULL for the source's
/// @param out_bus receives the bus, freed with perbus_desk_bus_release; may be NULL
/// @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
/// @retval as perbus_desk_engine_connect
/// Maps to nextAvailableInputBus and connect:to:fromBus:toBus:format:. Threads: any.
/// Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_mixer_connect_next(
    mixer: *mut perbus_desk_node,
    source: *mut perbus_desk_node,
    format: *const perbus_format,
    out_bus: *mut *mut perbus_desk_bus,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let node = get(mixer, "mixer")?;
        let (mixer, _) = self::mixer(mixer, "the node")?;
        let source = &get(source, "source")?.node;
        let bus = node.life.open(|| match format.as_ref() {
            None => mixer.connect_next(source),
            Some(format) => mixer.connect_next_with_format(source, raw::format(format)?),
        })?;
        if !out_bus.is_null() {
            let life = Arc::clone(&node.life);
            write_if(out_bus, give(perbus_desk_bus { bus, life }));
        }
        Ok(())
    })
}

/// The buses that have a strip, by ascending number: those that were ever connected or asked for.
/// @param out_buses receives up to `capacity` handles, each freed with perbus_desk_bus_release
/// @param out_count receives how many there are
/// @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_mixer_copy_buses(
    mixer: *mut perbus_desk_node,
    out_buses: *mut *mut perbus_desk_bus,
    capacity: usize,
    out_count: *mut usize,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let node = get(mixer, "mixer")?;
        let (mixer, _) = self::mixer(mixer, "the node")?;
        let out_count = out(out_count, "out_count")?;
        let buses: Vec<_> = node.life.open(|| Ok(mixer.buses().collect()))?;
        out_count.write(buses.len());
        list(out_buses, capacity, "out_buses", buses, |bus| {
            let life = Arc::clone(&node.life);
            give(perbus_desk_bus { bus, life })
        })
    })
}
