//! What all node handles share.

use std::cmp::Ordering;
use std::ffi::c_void;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ptr::NonNull;
use std::sync::Arc;

use crate::desk::node::Kind;
use crate::engine::raw_node::RawNode;
use crate::engine::tap::{Tap, TapBlock};
use crate::engine::tapping::tap;
use crate::engine::Engine;
use crate::error::{Error, Result};

/// A node's identity: equal for all handles of one node, and unique while the node lives.
///
/// It prints the name that the views use ([`Engine::to_dot`], a mixer's `Display`): "player 2". An
/// engine numbers its nodes in the order of their creation, and uses no number twice.
#[derive(Clone, Copy)]
pub struct NodeId {
    pub(crate) address: u64,
    /// `None` for a node that something outside this crate has made.
    name: Option<(Kind, u32)>,
}

impl NodeId {
    pub(crate) fn of(node: &RawNode) -> Self {
        Self {
            address: node.address(),
            name: node.number().map(|number| (node.kind, number)),
        }
    }

    /// Of a node that something outside this crate has attached.
    pub(crate) fn foreign(address: u64) -> Self {
        Self {
            address,
            name: None,
        }
    }
}

impl PartialEq for NodeId {
    fn eq(&self, other: &Self) -> bool {
        self.address == other.address
    }
}

impl Eq for NodeId {}

impl Hash for NodeId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.address.hash(state);
    }
}

impl PartialOrd for NodeId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for NodeId {
    fn cmp(&self, other: &Self) -> Ordering {
        self.address.cmp(&other.address)
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name {
            Some((kind, number)) => {
                // With a width, as in a table.
                formatter.pad(&format!("{} {number}", kind.name()))
            }
            None => formatter.pad(&format!("node {:#x}", self.address)),
        }
    }
}

impl fmt::Debug for NodeId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// A node of an engine: [`Mixer`](crate::Mixer), [`Player`](crate::Player),
/// [`Source`](crate::Source), [`Input`](crate::Input), [`Equalizer`](crate::Equalizer),
/// [`Matrix`](crate::Matrix), [`Output`](crate::Output), or one of the program's own
/// ([`OtherNode`](crate::OtherNode)).
///
/// Handles are cheap to clone and keep their engine alive; two of one node are equal. A handle
/// whose node was detached stays valid: calls that need the engine return
/// [`Error::NotAttached`](crate::Error::NotAttached).
///
/// A node whose last handle is dropped stays attached and connected, as in Apple's engine, and
/// keeps sounding until it is detached or its engine is dropped. [`Engine::nodes`] finds it again.
#[doc(alias = "AVAudioNode")]
pub trait Node: sealed::AsNode {
    /// The node's identity.
    fn id(&self) -> NodeId {
        NodeId::of(&self.as_node().raw)
    }

    /// The engine that the node was made for.
    fn engine(&self) -> &Engine {
        &self.as_node().engine
    }

    /// The `AVAudioNode`. It lives at least as long as this handle. What applies to calls on it is said
    /// under [`Engine::from_native`].
    fn native(&self) -> NonNull<c_void> {
        self.as_node().raw.native()
    }

    /// Whether its engine has the node.
    fn is_attached(&self) -> bool {
        self.as_node().raw.slot().is_ok()
    }

    /// Gives `callback` what leaves the node's first output bus, in blocks, from the next rendered
    /// block on and until the returned [`Tap`] is dropped. Of a mixer that is its sum, after its
    /// output volume; of other nodes what they make, before the faders of the buses that they feed.
    /// To hear a bus after its strip, send it to a mixer of its own and tap that.
    ///
    /// `frames` is the length of the blocks to ask for; AVFAudio supports 0.1 to 0.4 s and rounds to
    /// that. A bus has one tap at most, and is only heard while the engine renders its node.
    ///
    /// `callback` runs on a thread of the engine, one block after the other. Meanwhile completions
    /// and other taps of the engine wait; a device plays on. It may call anything. A panic in it is
    /// caught, and it does not run again. A handle that it holds keeps the engine alive.
    ///
    /// Offline every block is queued before [`render`](Engine::render) returns, and none is lost;
    /// see [`Tap::wait`]. The last, shorter block comes when the tap is dropped, the node is detached
    /// or the engine ends. On a device frames are dropped while `callback` is more than a second
    /// late, and [counted](Tap::dropped_frames). If the node is connected in another format, the
    /// blocks that follow have that one; where it is not rendered for a while, a block ends early.
    /// When blocks come on Apple's engine is not documented; a last shorter one does not.
    ///
    /// Maps to `installTapOnBus:bufferSize:format:block:`.
    ///
    /// ```
    /// use perbus::{Engine, Format};
    /// use std::sync::mpsc;
    ///
    /// let stereo = Format::new(48_000.0, 2)?;
    /// let engine = Engine::offline(stereo, 512)?;
    /// let source = engine.create_source(stereo, |block| block.channel_mut(1).fill(0.5))?;
    /// engine.main_mixer().bus(0)?.connect(&source)?;
    /// engine.start()?;
    ///
    /// let (sender, heard) = mpsc::channel();
    /// let tap = source.tap(4800, move |block| {
    ///     let _ = sender.send((block.sample_time(), block.channel(1).to_vec()));
    /// })?;
    /// engine.render_blocks(9600, |_| Ok(()))?;
    /// drop(tap);
    /// let blocks: Vec<_> = heard.iter().collect();
    /// # if !cfg!(target_vendor = "apple") {
    /// assert_eq!(blocks, [(0, vec![0.5; 4800]), (4800, vec![0.5; 4800])]);
    /// # }
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// - [`Error::OutOfRange`](crate::Error::OutOfRange) for no frames, or more than 1048576.
    /// - [`Error::InvalidArgument`](crate::Error::InvalidArgument) when the bus has a tap.
    /// - [`Error::NotAttached`](crate::Error::NotAttached).
    fn tap(&self, frames: u32, callback: impl FnMut(TapBlock<'_>) + Send + 'static) -> Result<Tap>
    where
        Self: Sized,
    {
        tap(self.engine(), &self.as_node().raw, 0, frames, callback)
    }

    /// As [`tap`](Self::tap), of another output bus: a matrix has several.
    ///
    /// # Errors
    /// As [`tap`](Self::tap), and [`Error::OutOfRange`](crate::Error::OutOfRange) for a bus that the
    /// node does not have.
    fn tap_bus(
        &self,
        bus: u32,
        frames: u32,
        callback: impl FnMut(TapBlock<'_>) + Send + 'static,
    ) -> Result<Tap>
    where
        Self: Sized,
    {
        tap(self.engine(), &self.as_node().raw, bus, frames, callback)
    }
}

impl<T: sealed::AsNode> Node for T {}

impl Engine {
    pub(crate) fn node_ref(&self, raw: &Arc<RawNode>) -> NodeRef {
        NodeRef {
            engine: self.clone(),
            raw: Arc::clone(raw),
        }
    }

    pub(crate) fn check_owner(&self, node: &(impl Node + ?Sized)) -> Result<()> {
        if node.engine() == self {
            Ok(())
        } else {
            let id = node.id();
            Err(Error::WrongEngine(format!(
                "{id} belongs to another engine"
            )))
        }
    }
}

/// A node and its engine.
#[derive(Clone)]
pub struct NodeRef {
    pub(crate) engine: Engine,
    pub(crate) raw: Arc<RawNode>,
}

impl PartialEq for NodeRef {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.raw, &other.raw)
    }
}

impl Eq for NodeRef {}

impl Hash for NodeRef {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.raw).hash(state);
    }
}

/// Prints the node alone: its engine would print all the others.
impl fmt::Debug for NodeRef {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        NodeId::of(&self.raw).fmt(formatter)
    }
}

pub(crate) mod sealed {
    use super::NodeRef;

    pub trait AsNode {
        #[doc(hidden)]
        fn as_node(&self) -> &NodeRef;
    }

    impl<T: AsNode + ?Sized> AsNode for &T {
        fn as_node(&self) -> &NodeRef {
            (**self).as_node()
        }
    }

    impl<T: AsNode + ?Sized> AsNode for Box<T> {
        fn as_node(&self) -> &NodeRef {
            (**self).as_node()
        }
    }
}
