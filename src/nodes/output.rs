//! The output.

use crate::engine::node::{sealed::AsNode, NodeRef};
use crate::engine::Engine;

/// The node through which the mix leaves the engine.
///
/// ```
/// use perbus::{Engine, Format, Node};
///
/// let engine = Engine::offline(Format::new(48_000.0, 2)?, 512)?;
/// let fed_by = engine.source_of(&engine.output(), 0)?;
/// assert_eq!(fed_by, Some((engine.main_mixer().id(), 0)));
/// # Ok::<(), perbus::Error>(())
/// ```
#[doc(alias = "AVAudioOutputNode")]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Output(pub(crate) NodeRef);

impl AsNode for Output {
    fn as_node(&self) -> &NodeRef {
        &self.0
    }
}

impl Engine {
    /// The node through which the mix leaves the engine: its second node, "output 1". An
    /// adopted engine is asked for it as for its [main mixer](Self::main_mixer). Maps to `outputNode`.
    ///
    /// # Panics
    /// As [`main_mixer`](Self::main_mixer).
    #[must_use]
    pub fn output(&self) -> Output {
        Output(self.node_ref(self.output_node()))
    }
}
