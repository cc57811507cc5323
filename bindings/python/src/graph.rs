//! Connecting, what is connected, and batches.

use perbus::{NodeId, NodeInfo};

use crate::prelude::*;

impl Engine {
    /// Objects for points that the engine has named.
    fn points(slf: &Bound<'_, Self>, points: &[(NodeId, u32)]) -> PyResult<Vec<(Py<Node>, u32)>> {
        let known = points.iter().filter_map(|(id, bus)| Some((slf.get().core.node(*id)?, *bus)));
        known.map(|(cell, bus)| Ok((wrap(slf, cell)?, bus))).collect()
    }
}

#[pymethods]
impl Engine {
    /// Gives a detached node back to its engine; no effect on one that is attached.
    ///
    /// :raises WrongEngineError: for a node that was made for another engine
    fn attach(slf: &Bound<'_, Self>, node: &Bound<'_, Node>) -> PyResult<()> {
        let handle = node.get().held::<AnyNode>(slf.py())?;
        Self::call(slf, move |engine| engine.attach(&*handle))?;
        slf.get().core.keep(&node.get().cell);
        Ok(())
    }

    /// Disconnects the node and takes it out of the engine. A player's queue is emptied; a mixer's
    /// strips keep their values; what an effect stood between is connected, if the formats on both
    /// its sides are the same.
    ///
    /// :raises NotAttachedError: when it is detached already
    /// :raises WrongEngineError:
    /// :raises WrongKindError: for the main mixer and the output
    fn detach(slf: &Bound<'_, Self>, node: &Bound<'_, Node>) -> PyResult<()> {
        let handle = node.get().held::<AnyNode>(slf.py())?;
        Self::call(slf, move |engine| engine.detach(&*handle))?;
        slf.get().core.leave(&node.get().cell);
        Ok(())
    }

    /// Connects a source's output bus to an input bus, in ``format``: unless given, the one that the
    /// source was given last, else the engine's.
    ///
    /// Earlier connections of either bus end: a source that is connected elsewhere moves. On a mixer,
    /// the bus's strip controls the connection; the mixer grows when ``to_bus`` is past its last one.
    /// Mixers and the output convert any rate and channel count.
    ///
    /// :raises NotAttachedError: for either node
    /// :raises WrongEngineError: for either node
    /// :raises OutOfRangeError: for either bus
    /// :raises CycleError: when the destination feeds the source, or is the source
    /// :raises EngineException: when the engine refuses: rates further apart than 1 to 256, say
    #[pyo3(signature = (source, destination, from_bus = Value(0), to_bus = Value(0), format = None))]
    #[pyo3(text_signature = "($self, source, destination, from_bus=0, to_bus=0, format=None)")]
    fn connect(
        slf: &Bound<'_, Self>, source: Held<AnyNode>, destination: Held<AnyNode>, from_bus: Index,
        to_bus: Index, format: Option<Stream>,
    ) -> PyResult<()> {
        Self::call(slf, move |engine| {
            let format = format.map_or_else(|| raw::format_of(&*source), |given| given.0);
            engine.connect_with_format(&*source, &*destination, from_bus.0, to_bus.0, format)
        })
    }

    /// Connects a source's output bus to several mixer buses: it feeds exactly these afterwards, each
    /// through the bus's own strip.
    ///
    /// Fails as `connect`, for any destination, and:
    ///
    /// :raises InvalidArgumentError: for no destination, or one that is listed twice
    ///
    /// >>> import perbus
    /// >>> engine = perbus.Engine.offline(48000, 1, 64)
    /// >>> main, reverb = engine.main_mixer, engine.create_mixer()
    /// >>> engine.connect(reverb, main, to_bus=7)
    /// >>> voice = engine.create_source(lambda block, time: block.fill(1))
    /// >>> engine.connect_many(voice, [(main, 0), (reverb, 0)])
    /// >>> main.bus(0).volume, reverb.bus(0).volume = 0.5, 0.25
    /// >>> engine.start()
    /// >>> float(engine.render(64)[0, 63])
    /// 0.75
    #[pyo3(signature = (source, destinations, from_bus = Value(0), format = None))]
    #[pyo3(text_signature = "($self, source, destinations, from_bus=0, format=None)")]
    fn connect_many(
        slf: &Bound<'_, Self>, source: Held<AnyNode>, destinations: &Bound<'_, PyAny>,
        from_bus: Index, format: Option<Stream>,
    ) -> PyResult<()> {
        let points = destinations.try_iter()?.map(|point| point?.extract());
        let points = points.collect::<PyResult<Vec<(Held<perbus::Mixer>, Index)>>>()?;
        Self::call(slf, move |engine| {
            let format = format.map_or_else(|| raw::format_of(&*source), |given| given.0);
            let points: Vec<_> = points.iter().map(|(mixer, bus)| (&**mixer, bus.0)).collect();
            engine.connect_many(&*source, from_bus.0, &points, format)
        })
    }

    /// What the map says feeds an input bus: the source and its output bus.
    ///
    /// :raises NotAttachedError:
    /// :raises WrongEngineError:
    #[pyo3(signature = (node, bus = Value(0)), text_signature = "($self, node, bus=0)")]
    pub(crate) fn source_of(
        slf: &Bound<'_, Self>, node: Held<AnyNode>, bus: Index,
    ) -> PyResult<Option<(Py<Node>, u32)>> {
        let found = Self::call(slf, move |engine| engine.source_of(&*node, bus.0))?;
        Ok(Self::points(slf, found.as_slice())?.pop())
    }

    /// What the map says an output bus feeds: nodes and their input buses. Fails as `source_of`.
    #[pyo3(signature = (node, bus = Value(0)), text_signature = "($self, node, bus=0)")]
    fn destinations_of(
        slf: &Bound<'_, Self>, node: Held<AnyNode>, bus: Index,
    ) -> PyResult<Vec<(Py<Node>, u32)>> {
        let fed = Self::call(slf, move |engine| engine.destinations_of(&*node, bus.0))?;
        Self::points(slf, &fed)
    }

    /// Every input bus on which the map and the engine disagree, the engine being asked bus by bus.
    /// Empty unless something outside this package has rewired the engine.
    ///
    /// >>> import perbus
    /// >>> engine = perbus.Engine.offline(48000, 2)
    /// >>> engine.connect(engine.create_player(), engine.main_mixer, to_bus=5)
    /// >>> engine.audit()
    /// []
    fn audit(slf: &Bound<'_, Self>) -> PyResult<Vec<Value<perbus::Discrepancy>>> {
        Ok(Self::call(slf, perbus::Engine::audit)?.into_iter().map(Value).collect())
    }
}

forward!(Engine {
    /// Adds one mixer bus to those that a source's output bus feeds: a send. The others continue
    /// undisturbed on the portable engine; Apple's makes them anew, and their strips are applied
    /// again. Fails as `connect`.
    #[pyo3(signature = (source, mixer, from_bus = Value(0), to_bus = Value(0)))]
    #[pyo3(text_signature = "($self, source, mixer, from_bus=0, to_bus=0)")]
    add_destination(
        source: Held<AnyNode>,
        mixer: Held<perbus::Mixer>,
        from_bus: Index,
        to_bus: Index
    );

    /// Ends the connection to one of several buses that a source feeds.
    ///
    /// :raises NotConnectedError: when the source does not feed that bus
    /// :raises NotAttachedError: for either node
    /// :raises WrongEngineError: for either node
    #[pyo3(signature = (source, mixer, from_bus = Value(0), to_bus = Value(0)))]
    #[pyo3(text_signature = "($self, source, mixer, from_bus=0, to_bus=0)")]
    remove_destination(
        source: Held<AnyNode>,
        mixer: Held<perbus::Mixer>,
        from_bus: Index,
        to_bus: Index
    );

    /// Ends the connection of an input bus; no effect when there is none. The bus's strip keeps its
    /// values.
    ///
    /// :raises NotAttachedError:
    /// :raises WrongEngineError:
    /// :raises OutOfRangeError: when ``bus`` is not below the node's input count
    #[pyo3(signature = (node, bus = Value(0)), text_signature = "($self, node, bus=0)")]
    disconnect_input(node: Held<AnyNode>, bus: Index);

    /// Ends every connection of an output bus; otherwise as `disconnect_input`.
    #[pyo3(signature = (node, bus = Value(0)), text_signature = "($self, node, bus=0)")]
    disconnect_output(node: Held<AnyNode>, bus: Index);

    /// Whether a node is attached, and its buses' formats, asked of the engine.
    ///
    /// :raises WrongEngineError:
    inspect(node: Held<AnyNode>) -> NodeInfo;

    /// The graph in Graphviz's language: nodes by kind and number, connections with their buses and,
    /// into mixers, volume and pan. ``dot -Tsvg`` draws it.
    ///
    /// >>> import perbus
    /// >>> engine = perbus.Engine.offline(48000, 2)
    /// >>> engine.connect(engine.create_player(), engine.main_mixer, to_bus=3)
    /// >>> "bus 3: 0.0 dB" in engine.to_dot()
    /// True
    to_dot() -> String;
});

/// What `Engine.batch` returns.
#[pyclass(module = "perbus", frozen)]
pub(crate) struct Batch {
    engine: Py<Engine>,
    /// An engine for each time that it was entered: it must not go before.
    open: Mutex<Vec<Held<perbus::Engine>>>,
}

impl Batch {
    pub(crate) fn new(engine: Py<Engine>) -> Self {
        Self { engine, open: Mutex::default() }
    }

    fn leave(&self, py: Python<'_>) -> PyResult<()> {
        let Some(engine) = lock(&self.open).pop() else {
            return Ok(());
        };
        call(py, || match engine.end_batch() {
            Ok(()) => {
                self.engine.get().core.calls.close_batch();
                drop(engine);
                Ok(())
            }
            Err(error) => {
                lock(&self.open).push(engine);
                Err(error)
            }
        })
    }
}

/// One that was entered and never left.
impl Drop for Batch {
    fn drop(&mut self) {
        while !lock(&self.open).is_empty() {
            if Python::try_attach(|py| self.leave(py)).is_none_or(|left| left.is_err()) {
                return;
            }
        }
    }
}

#[pymethods]
impl Batch {
    fn __enter__(&self, py: Python<'_>) -> PyResult<()> {
        let core = &self.engine.get().core;
        let engine = core.engine(py)?;
        call(py, || {
            engine.begin_batch()?;
            core.calls.open_batch();
            lock(&self.open).push(engine);
            Ok(())
        })?;
        if core.engine.is_closed() {
            // Meanwhile, by another thread.
            self.leave(py)?;
            return Err(Core::closed(py));
        }
        Ok(())
    }

    #[pyo3(signature = (*_raised))]
    fn __exit__(&self, py: Python<'_>, _raised: &Bound<'_, PyTuple>) -> PyResult<()> {
        self.leave(py)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.engine)
    }
}
