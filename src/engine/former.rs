//! What an engine has in its place while something is not there.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, Weak};

use crate::engine::format::Format;
use crate::engine::raw_node::RawNode;
use crate::ffi;
use crate::sync::lock;

/// 44.1 kHz and stereo, as of an engine without a device.
pub(crate) fn default_format() -> Format {
    Format::from_ffi(ffi::perbus_format {
        sample_rate: 44_100.0,
        channels: 2,
        layout: ffi::perbus_layout_PERBUS_LAYOUT_STEREO,
    })
}

/// Nodes that have left their engine while somebody has a handle of them, by address.
#[derive(Debug, Default)]
pub(crate) struct Former(Mutex<HashMap<u64, Weak<RawNode>>>);

impl Former {
    pub(crate) fn add(&self, node: &Arc<RawNode>) {
        let mut nodes = lock(&self.0);
        if nodes.len() == nodes.capacity() {
            nodes.retain(|_, node| node.strong_count() > 0);
        }
        nodes.insert(node.address(), Arc::downgrade(node));
    }

    pub(crate) fn get(&self, address: u64) -> Option<Arc<RawNode>> {
        lock(&self.0).get(&address)?.upgrade()
    }
}
