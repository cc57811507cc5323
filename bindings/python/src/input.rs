//! Input: sound that is recorded, or that the program pushes into an offline engine.

use crate::prelude::*;

#[pymethods]
impl Engine {
    /// The engine's input, a source like any other: it feeds any bus, with its strip, and can be tapped.
    /// Every call returns the same node.
    ///
    /// On a device it records while it is connected or tapped and the engine runs; no microphone is opened
    /// before that. If the microphone is lost, the engine plays on, and `EngineEvent.INPUT_LOST` says so.
    /// Offline, `set_input` says what it hears.
    ///
    /// :raises StartError: when there is no input device
    fn input(slf: &Bound<'_, Self>) -> PyResult<Py<Node>> {
        let core = &slf.get().core;
        let input = Self::call(slf, |engine| engine.input())?;
        let cell = core.node(input.id()).unwrap_or_else(|| {
            let cell = NodeCell::new(AnyNode::Input(input), None);
            core.ends(cell.clone());
            core.keep(&cell);
            cell
        });
        wrap(slf, cell)
    }

    /// Gives an offline engine that is stopped or paused its input, in place of the previous one.
    ///
    /// ``fill(block, time)`` is asked for the next frames whenever a block is rendered while `input` is
    /// connected or tapped; ``time`` counts them. What holds for the function of `create_source` holds for
    /// this one; `Input.error` has what it raised. None: there is no input.
    ///
    /// >>> import numpy, perbus
    /// >>> engine = perbus.Engine.offline(48000, 1)
    /// >>> engine.set_input(lambda block, time: numpy.copyto(block, 0.25))
    /// >>> engine.connect(engine.input(), engine.main_mixer)
    /// >>> engine.start()
    /// >>> float(engine.render(64)[0, 63])
    /// 0.25
    ///
    /// :param format: the engine's unless given
    /// :raises WrongKindError: for an engine that plays to a device
    /// :raises StartError: while the engine runs
    #[pyo3(signature = (fill, format = None))]
    fn set_input(
        slf: &Bound<'_, Self>, fill: Option<&Bound<'_, PyAny>>, format: Option<Stream>,
    ) -> PyResult<()> {
        let core = &slf.get().core;
        let format = format.map_or(core.format, |format| format.0);
        let function = fill.map(|fill| {
            SourceFunction::new(&core.objects, fill, "fill", Arc::clone(&core.input_failure))
        });
        let function = function.transpose()?;
        Self::call(slf, move |engine| match function {
            Some(mut function) => engine.set_input(format, move |block| function.render(block)),
            None => engine.set_input(format, |block| block.set_silent()),
        })?;
        core.input_failure.clear();
        Ok(())
    }

    /// Chooses another device for `input`; None is whatever is the default input when recording begins. An
    /// engine that records changes over at once, and plays on meanwhile. This is also how a microphone that
    /// was lost comes back.
    ///
    /// :raises StartError: when there is no input device of that id, or it cannot be opened; the previous
    ///     one goes on
    /// :raises WrongKindError: for an offline engine
    /// :raises UnsupportedError: on Apple's engine, except for the default
    #[pyo3(signature = (id))]
    fn set_input_device(slf: &Bound<'_, Self>, id: Option<String>) -> PyResult<()> {
        Self::call(slf, move |engine| engine.set_input_device(id.as_deref()))
    }
}
