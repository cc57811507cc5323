//! Node handles, and what all kinds of them share.

use crate::equalizer::Equalizer;
use crate::matrix::Matrix;
use crate::prelude::*;

/// A kind of node, or any.
pub(crate) trait Kind: Clone + Send + 'static {
    const CLASS: &'static str;

    fn of(node: &AnyNode) -> Option<&Self>;
}

impl Kind for AnyNode {
    const CLASS: &'static str = "Node";

    fn of(node: &AnyNode) -> Option<&Self> {
        Some(node)
    }
}

macro_rules! kinds {
    ($($kind:ident $name:literal),*) => {
        fn name(node: &AnyNode) -> &'static str {
            match node {
                $(AnyNode::$kind(_) => $name,)*
                _ => "node",
            }
        }

        /// A Python object for a node, of its kind's class.
        pub(crate) fn wrap(engine: &Bound<'_, Engine>, cell: Arc<NodeCell>) -> PyResult<Py<Node>> {
            let py = engine.py();
            let name = cell.name;
            let node = PyClassInitializer::from(Node { engine: engine.clone().unbind(), cell });
            let made = match name {
                $($name => Py::new(py, node.add_subclass($kind))?.into_any(),)*
                _ => unreachable!("a node's name is that of its kind"),
            };
            Ok(made.into_bound(py).cast_into::<Node>()?.unbind())
        }

        $(impl Kind for perbus::$kind {
            const CLASS: &'static str = stringify!($kind);

            fn of(node: &AnyNode) -> Option<&Self> {
                match node {
                    AnyNode::$kind(node) => Some(node),
                    _ => None,
                }
            }
        }

        impl Handle for $kind {
            type Native = perbus::$kind;

            fn call<T: Send>(
                slf: &Bound<'_, Self>,
                native: impl FnOnce(&perbus::$kind) -> perbus::Result<T> + Send,
            ) -> PyResult<T> {
                let node = slf.as_super().get();
                let handle = node.held(slf.py())?;
                node.core().call(slf.py(), move || native(&handle))
            }
        })*
    };
}

kinds!(
    Output "output",
    Input "input",
    Mixer "mixer",
    Player "player",
    Source "source",
    Equalizer "equalizer",
    Matrix "matrix"
);

/// One node, whichever Python objects stand for it.
pub(crate) struct NodeCell {
    pub(crate) id: u64,
    name: &'static str,
    node: Slot<AnyNode>,
    /// Of a source.
    failure: Option<Arc<Failure>>,
}

impl NodeCell {
    pub(crate) fn new(node: AnyNode, failure: Option<Arc<Failure>>) -> Arc<Self> {
        let (id, name) = (raw::node_id(node.id()), name(&node));
        Arc::new(Self { id, name, node: Slot::new(node), failure })
    }

    pub(crate) fn is_attached(&self) -> bool {
        self.node.with(|node| node.is_attached()).unwrap_or(false)
    }

    /// Uses the handle for a moment, if it is of that kind.
    #[inline]
    pub(crate) fn with<T: Kind, R>(&self, function: impl FnOnce(&T) -> Option<R>) -> Option<R> {
        self.node.with(|node| T::of(node).and_then(function))?
    }

    pub(crate) fn held<T: Kind>(&self, py: Python<'_>, core: &Core) -> PyResult<Held<T>> {
        match self.node.with(|node| T::of(node).cloned()) {
            Some(Some(node)) => Ok(Held::new(node)),
            Some(None) => {
                let reason = format!("a perbus.{} is wanted, not a {}", T::CLASS, self.name);
                Err(pyo3::exceptions::PyTypeError::new_err(reason))
            }
            None if core.engine.is_closed() => Err(Core::closed(py)),
            None => Err(failure(py, "ClosedError", format!("the {} was closed", self.name))),
        }
    }
}

impl Close for NodeCell {
    fn take(&self) -> Option<Ended> {
        self.node.take()
    }
}

impl<T: Kind> FromPyObject<'_, '_> for Held<T> {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        match object.cast::<Node>() {
            Ok(node) => node.get().held(object.py()),
            Err(_) => Err(wanted(&format!("a perbus.{}", T::CLASS), &object)),
        }
    }
}

/// A node of an engine. Handles of one node are equal; they keep their engine alive.
///
/// A handle whose node was detached stays valid: what needs the engine raises `NotAttachedError`.
/// After `close`, everything raises `ClosedError`.
#[pyclass(module = "perbus", frozen, subclass, weakref)]
pub(crate) struct Node {
    pub(crate) engine: Py<Engine>,
    pub(crate) cell: Arc<NodeCell>,
}

impl Node {
    pub(crate) fn core(&self) -> &Arc<Core> {
        &self.engine.get().core
    }

    pub(crate) fn held<T: Kind>(&self, py: Python<'_>) -> PyResult<Held<T>> {
        self.cell.held(py, self.core())
    }
}

#[pymethods]
impl Node {
    /// The engine that the node was made for.
    #[getter]
    fn engine(&self, py: Python<'_>) -> Py<Engine> {
        self.engine.clone_ref(py)
    }

    /// The node's identity: equal for all handles of one node, while the node lives.
    #[getter]
    fn id(&self) -> u64 {
        self.cell.id
    }

    /// Whether the engine has the node.
    #[getter]
    fn is_attached(&self) -> bool {
        self.cell.is_attached()
    }

    /// Detaches the node and ends all its handles now, not when the last one goes. Closing again
    /// has no effect.
    ///
    /// :raises WrongKindError: for the main mixer and the output, which go with the engine
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        let core = self.core();
        if self.cell.node.is_closed() {
            return Ok(());
        }
        if [&core.main, &core.output].iter().any(|own| Arc::ptr_eq(own, &self.cell)) {
            let reason = "the main mixer and the output are closed with their engine";
            return Err(failure(py, "WrongKindError", reason));
        }
        let (engine, node) = (core.engine(py)?, self.held::<AnyNode>(py)?);
        core.call(py, move || match engine.detach(&*node) {
            Err(perbus::Error::NotAttached(_)) => Ok(()),
            detached => detached,
        })?;
        core.leave(&self.cell);
        end(self.cell.take());
        Ok(())
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        let other = other.cast::<Node>();
        other.is_ok_and(|other| Arc::ptr_eq(&self.cell, &other.get().cell))
    }

    fn __hash__(&self) -> u64 {
        self.cell.id
    }

    fn __copy__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        let (class, cell) = (slf.get_type().name()?, &slf.get().cell);
        let state = match (cell.node.is_closed(), cell.is_attached()) {
            (true, _) => " closed",
            (false, false) => " detached",
            (false, true) => "",
        };
        Ok(format!("<perbus.{class} {:#x}{state}>", cell.id))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.engine)
    }
}

/// Where an engine's mix leaves it.
#[pyclass(module = "perbus", frozen, extends = Node)]
pub(crate) struct Output;

/// Where recorded sound enters an engine, see `Engine.input`.
#[pyclass(module = "perbus", frozen, extends = Node)]
pub(crate) struct Input;

#[pymethods]
impl Input {
    /// What the function of `Engine.set_input` raised; the input has been silent since.
    #[getter]
    fn error(slf: &Bound<'_, Self>) -> Option<Py<PyAny>> {
        slf.as_super().get().core().input_failure.get(slf.py())
    }
}

/// A node whose sound a Python function makes, see `Engine.create_source`.
#[pyclass(module = "perbus", frozen, extends = Node, subclass)]
pub(crate) struct Source;

#[pymethods]
impl Source {
    /// What the function raised; the source has been silent since.
    #[getter]
    fn error(slf: &Bound<'_, Self>) -> Option<Py<PyAny>> {
        slf.as_super().get().cell.failure.as_ref()?.get(slf.py())
    }
}
