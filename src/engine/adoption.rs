//! Engines and nodes that something else has made, and changes behind the map's back.

use std::collections::{HashMap, HashSet};
use std::ffi::c_void;
use std::ptr::NonNull;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, Weak};

use once_cell::sync::{Lazy, OnceCell};

use crate::desk::adoption::Found;
use crate::desk::graph::Graph;
use crate::desk::node::Kind;
use crate::desk::Desk;
use crate::engine::connection::Native;
use crate::engine::format::Format;
use crate::engine::former::{default_format, Former};
use crate::engine::handle::{NodeHandle, RawEngine};
use crate::engine::inspect::info;
use crate::engine::raw_node::RawNode;
use crate::engine::target::desk_engine;
use crate::engine::{format_of, Engine, EngineInner};
use crate::error::{Error, Result};
use crate::ffi::{self, native};
use crate::sync::{in_render, lock};

/// The engines that live, by the address of the native one: one that is adopted twice is the same.
static ENGINES: Lazy<Mutex<HashMap<usize, Weak<EngineInner>>>> = Lazy::new(Mutex::default);

/// What the native engine has.
pub(crate) struct Survey {
    pub(crate) nodes: Vec<Arc<RawNode>>,
    pub(crate) links: Vec<Found<RawNode>>,
}

impl Engine {
    /// Takes up an `AVAudioEngine` that the program has made itself, so that its mixers have buses with
    /// volume, pan, mute and solo. Its nodes and connections are those of the program; the volume and
    /// pan of each connection become those of its bus's strip.
    ///
    /// The engine stays the program's. It is retained, and started, stopped or reconfigured only where
    /// a method says just that. Dropping the last handle leaves it as it is, running or not. Its mixers
    /// do not grow by themselves: connecting to a bus past the last one is
    /// [`Error::OutOfRange`], see [`Mixer::reserve`](crate::Mixer::reserve). An engine that was
    /// adopted already, or made by this crate, is the same engine again.
    ///
    /// If the engine is in manual rendering mode now, [`render`](Self::render) renders it.
    ///
    /// Handles of nodes come from [`nodes`](Self::nodes), [`AnyNode::from_native`](crate::AnyNode::from_native) and
    /// [`main_mixer`](Self::main_mixer). When the program has changed the graph, or a connection's
    /// volume or pan, by itself, call [`sync`](Self::sync).
    ///
    /// Maps to `attachedNodes`, `inputConnectionPointForNode:inputBus:` and
    /// `isInManualRenderingMode`.
    ///
    /// # Safety
    /// `engine` points to an Objective-C object. From now on, and for as long as a handle of the engine
    /// or of one of its nodes exists, the program makes its own calls that attach, detach, connect,
    /// disconnect, start, stop or reset on this engine only while no other thread is in a call of this
    /// crate on it, rendering apart. Calls inside of [`batch`](Self::batch) are serialised like that:
    /// other threads wait for its end.
    ///
    /// ```no_run
    /// use perbus::{Engine, AnyNode};
    /// use std::ffi::c_void;
    /// use std::ptr::NonNull;
    ///
    /// # fn my_engine() -> NonNull<c_void> { unimplemented!() }
    /// // SAFETY: an AVAudioEngine, which only this thread uses.
    /// let engine = unsafe { Engine::from_native(my_engine()) }?;
    /// for node in engine.nodes()? {
    ///     if let AnyNode::Mixer(mixer) = node {
    ///         mixer.bus(3)?.set_volume(0.5)?;
    ///     }
    /// }
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// - [`Error::WrongKind`] when the object is no `AVAudioEngine`.
    /// - [`Error::Unavailable`] when the program lacks the AVFAudio classes.
    /// - [`Error::InRender`] in a source's closure.
    pub unsafe fn from_native(engine: NonNull<c_void>) -> Result<Self> {
        in_render::refuse()?;
        let mut engines = lock(&ENGINES);
        let known = engines.get(&address(engine));
        if let Some(inner) = known.and_then(Weak::upgrade) {
            return Ok(Self { inner });
        }
        let mut raw = std::ptr::null_mut();
        // SAFETY: our caller promises an object; on PERBUS_OK the handle is ours to destroy.
        unsafe { native!(perbus_engine_adopt(engine.as_ptr(), &mut raw)) }?;
        let raw = RawEngine::new(raw)?;
        let mut frames = 0;
        // SAFETY: the engine is live and the pointer is to a live local.
        unsafe { native!(perbus_engine_get_max_frames(raw.as_ptr(), &mut frames)) }?;
        // It may have no output yet.
        let format = format_of(&raw).unwrap_or_else(|_| default_format());
        let adopted = Self {
            inner: Arc::new(EngineInner {
                desk: Desk::new(desk_engine(Native::new(raw))),
                render: Mutex::default(),
                max_frames: (frames > 0).then_some(frames),
                format,
                main: OnceCell::new(),
                output: OnceCell::new(),
                input: OnceCell::new(),
                former: Former::default(),
                meter_taps: AtomicBool::new(false),
            }),
        };
        adopted.sync()?;
        adopted.look_after_events()?;
        remember(&mut engines, engine, &adopted);
        Ok(adopted)
    }

    /// The `AVAudioEngine`, whether it was adopted or not. It lives at least as long as this handle. What
    /// applies to calls on it is said under [`from_native`](Self::from_native).
    #[must_use]
    pub fn native(&self) -> NonNull<c_void> {
        let mut engine = std::ptr::null_mut();
        // SAFETY: the engine is live and the pointer is to a live local.
        let got = unsafe { native!(perbus_engine_get_native(self.as_ptr(), &mut engine)) };
        debug_assert!(got.is_ok(), "{got:?}");
        NonNull::new(engine).unwrap_or(NonNull::dangling())
    }

    /// Makes the routing map what the engine says, after the program has changed the graph, or
    /// volumes and pans, by itself. [`audit`](Self::audit) lists what differs until then.
    ///
    /// - Nodes that were attached are known from now on; handles of those that were detached return
    ///   [`Error::NotAttached`].
    /// - A connection on a bus that nothing is known of gives its volume and pan to the strip. So it is
    ///   when an engine is adopted.
    /// - A new connection on any other bus gets the strip's values.
    /// - Where nothing was reconnected, volumes and pans other than those that perbus has set last are
    ///   taken over, also output volumes of mixers: they move the fader, the pan. They do not end a
    ///   mute or a solo, which silences the connection again; nor does the silence of a muted strip
    ///   move its fader. While a value fades it is left to its fade, and a strip that was ever
    ///   automated keeps its values.
    /// - A value out of perbus's range becomes the nearest one in it.
    /// - A connection that the engine does not answer for yet stays in the map, and takes part in the
    ///   next sync as if it were new.
    ///
    /// A source that the program has disconnected and connected again to the same bus counts as never
    /// reconnected: what AVFAudio gave the new connection is taken over.
    ///
    /// The map looks at every node and bus: the cost is some microseconds for each connection.
    ///
    /// ```no_run
    /// # fn edit_the_graph_natively() {}
    /// # let engine = perbus::Engine::new()?;
    /// // Other threads wait, and never meet a map that is out of date.
    /// engine.batch(|| {
    ///     edit_the_graph_natively();
    ///     engine.sync()
    /// })?;
    /// # Ok::<(), perbus::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Exception`] when the engine refuses a value. The map is right all the same.
    pub fn sync(&self) -> Result<()> {
        let _ends = self.desk().reporting_ends();
        let mut graph = self.desk().edit()?;
        self.sync_graph(&mut graph)
    }

    pub(super) fn sync_graph(&self, graph: &mut Graph<RawNode>) -> Result<()> {
        let survey = self.survey(graph)?;
        let there: HashSet<_> = survey.nodes.iter().map(Arc::as_ptr).collect();
        for node in graph.nodes().filter(|it| !there.contains(&Arc::as_ptr(it))) {
            self.inner.former.add(node);
        }
        let driver = &self.desk().driver;
        self.desk().backend().native_batch(|_| {
            let synced = graph.sync(driver, &survey.nodes, &survey.links);
            let links = survey.links.iter();
            let synced = links.fold(synced, |synced, link| synced.and(note_format(link)));
            synced.and(self.follow_mirrors(graph))
        })
    }

    /// Asks the native engine for everything. Nodes that the graph does not have are made, or found
    /// among its former ones.
    pub(crate) fn survey(&self, graph: &Graph<RawNode>) -> Result<Survey> {
        let known = graph.nodes().map(|node| (node.address(), Arc::clone(node)));
        let mut known: HashMap<_, _> = known.collect();
        let mut nodes = Vec::new();
        for handle in self.native_nodes()? {
            let address = handle.address();
            let found = known.get(&address).cloned();
            let node = match found.or_else(|| self.inner.former.get(address)) {
                Some(node) => node,
                None => made(handle)?,
            };
            known.insert(address, Arc::clone(&node));
            nodes.push(node);
        }
        let mut links = Vec::new();
        for node in &nodes {
            for bus in 0..info(node.pointer())?.inputs {
                let Some((source, source_bus)) = self.track(node, bus)? else {
                    continue;
                };
                if let Some(source) = known.get(&source.address) {
                    links.push(Found {
                        source: Arc::clone(source),
                        source_bus,
                        destination: Arc::clone(node),
                        bus,
                    });
                }
            }
        }
        Ok(Survey { nodes, links })
    }

    fn native_nodes(&self) -> Result<Vec<NodeHandle>> {
        let (mut first, mut count) = (std::ptr::null_mut(), 0);
        // SAFETY: the engine is live and the pointers are to live locals.
        unsafe {
            native!(perbus_engine_copy_nodes(
                self.as_ptr(),
                &mut first,
                &mut count
            ))
        }?;
        let mut handles = Vec::with_capacity(count);
        let mut copied = Ok(());
        for index in 0..count {
            // SAFETY: there are `count` handles, which live until they are freed below.
            let handle = unsafe { copy_handle(*first.add(index)) };
            match handle {
                Ok(handle) => handles.push(handle),
                Err(error) => copied = Err(error),
            }
        }
        // SAFETY: the array is from perbus_engine_copy_nodes, and this is its only release.
        unsafe { ffi::perbus_nodes_free(first, count) };
        copied.map(|()| handles)
    }

    /// The handle of a native node, which is attached if no engine has it.
    pub(crate) fn adopt_node(&self, handle: NodeHandle) -> Result<Arc<RawNode>> {
        let mut graph = self.desk().edit()?;
        let address = handle.address();
        let known = graph.nodes().find(|node| node.address() == address);
        if let Some(node) = known {
            return Ok(Arc::clone(node));
        }
        let node = match self.inner.former.get(address) {
            Some(node) => node,
            None => made(handle)?,
        };
        // SAFETY: both handles are live, and the graph lock is held.
        unsafe { native!(perbus_engine_attach(self.as_ptr(), node.as_ptr())) }?;
        graph.attach(&self.desk().driver, &node)?;
        Ok(node)
    }

    /// From now on the engine is known by its native one's address.
    pub(super) fn register(&self) {
        remember(&mut lock(&ENGINES), self.native(), self);
    }
}

fn address(native: NonNull<c_void>) -> usize {
    native.as_ptr() as usize
}

fn remember(
    engines: &mut HashMap<usize, Weak<EngineInner>>,
    native: NonNull<c_void>,
    engine: &Engine,
) {
    engines.retain(|_, engine| engine.strong_count() > 0);
    engines.insert(address(native), Arc::downgrade(&engine.inner));
}

/// Another handle of the same node.
///
/// # Safety
/// The handle is live.
unsafe fn copy_handle(node: *mut ffi::perbus_node) -> Result<NodeHandle> {
    let (mut native, mut copy) = (std::ptr::null_mut(), std::ptr::null_mut());
    // SAFETY: the handle is live, and so is its object while it is; on PERBUS_OK the copy is ours to
    // release.
    unsafe {
        native!(perbus_node_get_native(node, &mut native))?;
        native!(perbus_node_adopt(native, &mut copy))?;
    }
    NodeHandle::new(copy)
}

/// The source is connected in this format when the caller does not say.
fn note_format(link: &Found<RawNode>) -> Result<()> {
    if link.source_bus > 0 {
        return Ok(());
    }
    let mut format = Format::none();
    let source = link.source.as_ptr();
    // SAFETY: the node is live and the pointer is to a live local.
    unsafe { native!(perbus_node_get_output_format(source, 0, &mut format)) }?;
    if format.channels > 0 && format.sample_rate > 0.0 {
        link.source.set_format(Format::from_ffi(format));
    }
    Ok(())
}

/// A node that the graph has not had yet.
fn made(handle: NodeHandle) -> Result<Arc<RawNode>> {
    let kind = kind_of(&handle)?;
    Ok(Arc::new(RawNode::of_kind(handle, kind)))
}

/// What a native node is to the desk.
fn kind_of(node: &NodeHandle) -> Result<Kind> {
    let info = info(node.pointer())?;
    Ok(match info.kind {
        ffi::perbus_kind_PERBUS_KIND_OUTPUT => Kind::Output,
        ffi::perbus_kind_PERBUS_KIND_INPUT => Kind::Input,
        ffi::perbus_kind_PERBUS_KIND_MIXER => Kind::Mixer,
        ffi::perbus_kind_PERBUS_KIND_PLAYER => Kind::Player,
        ffi::perbus_kind_PERBUS_KIND_SOURCE => Kind::Source,
        ffi::perbus_kind_PERBUS_KIND_EQUALIZER => Kind::Effect,
        ffi::perbus_kind_PERBUS_KIND_MATRIX => Kind::Matrix,
        _ => {
            let mut volume = 0.0;
            let node = node.pointer().as_ptr();
            // SAFETY: the handle is live and the pointer is to a live local.
            match unsafe { native!(perbus_node_get_volume(node, &mut volume)) } {
                Ok(()) => Kind::OtherSource,
                Err(Error::NotMixing(_)) if info.inputs == 1 => Kind::OtherEffect,
                Err(Error::NotMixing(_)) => Kind::Other,
                Err(error) => return Err(error),
            }
        }
    })
}
