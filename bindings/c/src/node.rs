//! What all nodes have.

use std::sync::Arc;

use perbus::raw::{self, perbus_error, perbus_kind, perbus_node, perbus_status};

use crate::failure::{get, out, run};
use crate::handle::{give, perbus_desk_engine, take};

pub use crate::handle::perbus_desk_node;

/// Ends a handle. The engine keeps a node that is attached, and it goes on sounding, until it is
/// detached or the engine goes: perbus_desk_engine_copy_nodes finds it. NULL is a no-op.
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_node_release(node: *mut perbus_desk_node) {
    take(node);
}

/// The same for two handles of one node, different for two nodes alive at the same time; 0 for
/// NULL. It is that of perbus_node_get_id. Threads: any. Real-time safe: yes
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_node_get_id(node: *mut perbus_desk_node) -> u64 {
    get(node, "node").map_or(0, |node| raw::node_id(node.node.id()))
}

/// What the node is. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_node_get_kind(
    node: *mut perbus_desk_node,
    out_kind: *mut perbus_kind,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let node = get(node, "node")?;
        out(out_kind, "out_kind")?.write(raw::kind(&node.node));
        Ok(())
    })
}

/// A handle to the engine that the node was made for. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_node_copy_engine(
    node: *mut perbus_desk_node,
    out_engine: *mut *mut perbus_desk_engine,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let node = get(node, "node")?;
        out(out_engine, "out_engine")?.write(give(perbus_desk_engine {
            engine: node.node.engine().clone(),
            life: Arc::clone(&node.life),
        }));
        Ok(())
    })
}

/// The shim's handle of the node, for the functions of perbus.h that only look. It lives as long as
/// this handle. A connection or strip must not be changed by it: the desk would not know.
/// NULL for NULL. Threads: any. Real-time safe: yes
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_node_get_raw(node: *mut perbus_desk_node) -> *mut perbus_node {
    get(node, "node").map_or(std::ptr::null_mut(), |node| raw::node_handle(&node.node))
}

/// Handles of all nodes that the engine has, also of those whose last handle was released.
/// @param out_nodes receives at most `capacity` handles, each freed with
/// perbus_desk_node_release; NULL for none
/// @param out_count receives how many nodes there are
/// Maps to attachedNodes. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_copy_nodes(
    engine: *mut perbus_desk_engine,
    out_nodes: *mut *mut perbus_desk_node,
    capacity: usize,
    out_count: *mut usize,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        let out_count = out(out_count, "out_count")?;
        let nodes = engine.life.open(|| engine.engine.nodes())?;
        out_count.write(nodes.len());
        if !out_nodes.is_null() {
            for (place, node) in nodes.into_iter().take(capacity).enumerate() {
                out_nodes.add(place).write(engine.node(node));
            }
        }
        Ok(())
    })
}
