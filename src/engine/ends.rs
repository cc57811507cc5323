//! The main mixer and the output.

use std::sync::Arc;

use once_cell::sync::OnceCell;

use crate::engine::handle::NodeHandle;
use crate::engine::raw_node::RawNode;
use crate::engine::Engine;
use crate::error::Error;
use crate::ffi;

impl Engine {
    pub(crate) fn main(&self) -> &Arc<RawNode> {
        self.end(&self.inner.main, |engine, out, error| {
            // SAFETY: as `end` promises.
            unsafe { ffi::perbus_engine_copy_main_mixer(engine, out, error) }
        })
    }

    pub(crate) fn output_node(&self) -> &Arc<RawNode> {
        self.end(&self.inner.output, |engine, out, error| {
            // SAFETY: as `end` promises.
            unsafe { ffi::perbus_engine_copy_output(engine, out, error) }
        })
    }

    /// The main mixer or the output, which an adopted engine is asked for the first time.
    ///
    /// `copy` gets a live engine, a pointer to a handle, and one to room for an error.
    fn end<'a>(
        &'a self,
        kept: &'a OnceCell<Arc<RawNode>>,
        copy: fn(
            *mut ffi::perbus_engine,
            *mut *mut ffi::perbus_node,
            *mut ffi::perbus_error,
        ) -> ffi::perbus_status,
    ) -> &'a Arc<RawNode> {
        let find = || {
            let mut graph = self.desk().edit()?;
            let mut raw = std::ptr::null_mut();
            let mut error = ffi::blank();
            let status = copy(self.as_ptr(), &mut raw, error.as_mut_ptr());
            ffi::check(status, &error)?;
            let handle = NodeHandle::new(raw)?;
            // Asking may have made and connected it.
            self.sync_graph(&mut graph)?;
            let mut nodes = graph.nodes();
            let found = nodes.find(|node| node.address() == handle.address());
            found
                .cloned()
                .ok_or_else(|| Error::NotAttached("no engine has it".to_owned()))
        };
        if kept.get().is_none() {
            // Without the cell's own lock: inside of it nobody may wait for the graph.
            match find() {
                Ok(node) => drop(kept.set(node)),
                Err(error) => panic!("the engine has no main mixer or output: {error}"),
            }
        }
        kept.wait()
    }
}
