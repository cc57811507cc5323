//! What the engine reports about a node.

use crate::engine::format::Format;
use crate::engine::handle::NodePtr;
use crate::engine::node::{Node, NodeId};
use crate::engine::raw_node::RawNode;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::ffi::{self, native};

/// What [`Engine::inspect`] reports about a node.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct NodeInfo {
    /// Whether an engine has the node.
    pub attached: bool,
    /// The formats of the input buses, connected or not: their count is the node's.
    pub inputs: Vec<Format>,
    /// The formats of the output buses.
    pub outputs: Vec<Format>,
}

impl Engine {
    /// Whether a node is attached, and its buses' formats.
    ///
    /// Maps to `numberOfInputs`, `numberOfOutputs`, `inputFormatForBus:` and `outputFormatForBus:`.
    ///
    /// # Errors
    /// [`Error::WrongEngine`].
    pub fn inspect(&self, node: &(impl Node + ?Sized)) -> Result<NodeInfo> {
        self.check_owner(node)?;
        let _graph = self.desk().read()?;
        let raw = &node.as_node().raw;
        let info = info(raw.pointer())?;
        let mut format = Format::none();
        let mut inputs = Vec::with_capacity(info.inputs as usize);
        for bus in 0..info.inputs {
            // SAFETY: the handle is live and the pointer is to a live local.
            unsafe { native!(perbus_node_get_input_format(raw.as_ptr(), bus, &mut format)) }?;
            inputs.push(Format::from_ffi(format));
        }
        let mut outputs = Vec::with_capacity(info.outputs as usize);
        for bus in 0..info.outputs {
            // SAFETY: as above.
            unsafe {
                native!(perbus_node_get_output_format(
                    raw.as_ptr(),
                    bus,
                    &mut format
                ))
            }?;
            outputs.push(Format::from_ffi(format));
        }
        Ok(NodeInfo {
            attached: info.attached,
            inputs,
            outputs,
        })
    }

    /// What feeds an input bus according to the engine, which knows the node by its address alone.
    pub(crate) fn track(&self, node: &RawNode, bus: u32) -> Result<Option<(NodeId, u32)>> {
        let mut point = ffi::perbus_point { node: 0, bus: 0 };
        let engine = self.as_ptr();
        // SAFETY: both handles are live and the pointer is to a live local.
        match unsafe { native!(perbus_track_input(engine, node.as_ptr(), bus, &mut point)) } {
            Ok(()) => Ok(Some((NodeId::foreign(point.node), point.bus))),
            // Also of a node that something else has detached.
            Err(Error::NotConnected(_) | Error::NotAttached(_) | Error::WrongEngine(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

pub(crate) fn info(node: NodePtr) -> Result<ffi::perbus_node_info> {
    let mut info = ffi::perbus_node_info {
        attached: false,
        inputs: 0,
        outputs: 0,
        kind: ffi::perbus_kind_PERBUS_KIND_OTHER,
    };
    // SAFETY: whoever has the pointer knows that the handle is live; the other one is to a live local.
    unsafe { native!(perbus_node_get_info(node.as_ptr(), &mut info)) }?;
    Ok(info)
}
