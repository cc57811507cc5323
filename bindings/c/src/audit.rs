//! What the engine itself says: an audit of the map, and views of the graph.

use std::ffi::c_char;

use perbus::raw::{node_id, perbus_error, perbus_point, perbus_status};
use perbus::NodeId;

use crate::failure::{get, out, run};
use crate::handle::{mixer, perbus_desk_engine, perbus_desk_node};
use crate::text;

/// An input bus on which the desk's map and the engine disagree.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct perbus_desk_discrepancy {
    /// The input bus.
    pub at: perbus_point,
    /// The source and its output bus according to the map; node 0 for none.
    pub tracked: perbus_point,
    /// The same according to the engine.
    pub engine: perbus_point,
}

fn point(found: Option<(NodeId, u32)>) -> perbus_point {
    found.map_or(perbus_point { node: 0, bus: 0 }, |(node, bus)| {
        perbus_point {
            node: node_id(node),
            bus,
        }
    })
}

/// Every input bus on which the desk's map and the engine disagree, asking the engine bus by bus.
/// There are none unless something outside the desk has rewired the engine.
/// @param out_found receives at most `capacity` of them; NULL for none
/// @param out_count receives how many there are
/// Maps to inputConnectionPointForNode:inputBus:. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_audit(
    engine: *mut perbus_desk_engine,
    out_found: *mut perbus_desk_discrepancy,
    capacity: usize,
    out_count: *mut usize,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        let out_count = out(out_count, "out_count")?;
        let found = engine.life.open(|| engine.engine.audit())?;
        out_count.write(found.len());
        if !out_found.is_null() {
            for (place, one) in found.iter().take(capacity).enumerate() {
                out_found.add(place).write(perbus_desk_discrepancy {
                    at: point(Some((one.node, one.bus))),
                    tracked: point(one.tracked),
                    engine: point(one.engine),
                });
            }
        }
        Ok(())
    })
}

/// The graph in Graphviz's language: nodes by kind and number, connections with their buses and,
/// into mixers, volume and pan. `dot -Tsvg` draws it.
/// @param out_text receives the text; free it with perbus_desk_text_free
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_copy_dot(
    engine: *mut perbus_desk_engine,
    out_text: *mut *mut c_char,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        let out_text = out(out_text, "out_text")?;
        let dot = engine.life.open(|| Ok(engine.engine.to_dot()))?;
        out_text.write(text::give(&dot));
        Ok(())
    })
}

/// A table of the mixer's buses that have a source or a strip: number, label, source, volume, pan
/// and what silences them.
/// @param out_text receives the text; free it with perbus_desk_text_free
/// @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_mixer_copy_table(
    mixer: *mut perbus_desk_node,
    out_text: *mut *mut c_char,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let (mixer, life) = self::mixer(mixer, "the node")?;
        let out_text = out(out_text, "out_text")?;
        let table = life.open(|| Ok(mixer.to_string()))?;
        out_text.write(text::give(&table));
        Ok(())
    })
}
