//! The extension module of the Python package perbus: handles, arrays and callbacks over the crate.
//!
//! What a call means is the crate's business. Here it is found out which handle is meant, whether it
//! was closed, and what may run with the interpreter's lock held: see `gil`.

mod array;
mod automation;
mod bus;
mod callback;
mod control;
mod convert;
mod core;
mod device;
mod engine;
mod equalizer;
mod error;
mod file;
mod forward;
mod gil;
mod graph;
mod group;
mod input;
mod matrix;
mod mixer;
mod node;
mod offline;
mod player;
mod prelude;
mod recorder;
mod scene;
mod shutdown;
mod tap;

// Its classes rely on the GIL.
#[pyo3::pymodule(gil_used = true)]
mod _native {
    use numpy::PyArrayMethods;
    use perbus::{pan, ChannelLayout};
    use pyo3::types::PyDict;

    use crate::prelude::*;

    #[pymodule_export]
    use crate::{
        bus::{Bus, Fade},
        device::devices,
        engine::Engine,
        equalizer::Equalizer,
        file::{load, Decoder, File},
        graph::Batch,
        group::Group,
        matrix::Matrix,
        mixer::Mixer,
        node::{Input, Node, Output, Source},
        player::Player,
        recorder::Recorder,
        scene::{engine_scene_only, engine_scene_only_buses, scene_only, scene_only_buses},
        tap::Tap,
    };

    /// The crate's version.
    #[pyfunction]
    fn version() -> String {
        perbus::version()
    }

    /// What a `perbus.Format` is made of, checked.
    #[pyfunction]
    #[pyo3(signature = (sample_rate, channels, layout = None))]
    fn check_format(
        py: Python<'_>, sample_rate: Double, channels: Index, layout: Option<Value<ChannelLayout>>,
    ) -> PyResult<(f64, u32, Value<ChannelLayout>)> {
        let format = checked_format(py, sample_rate.0, channels.0, layout.map(|it| it.0))?;
        Ok((format.sample_rate(), format.channels(), Value(format.layout())))
    }

    #[pyfunction]
    fn pan_constant_power(py: Python<'_>, position: Single) -> PyResult<(f64, f64)> {
        law(py, pan::constant_power(position.0))
    }

    #[pyfunction]
    fn pan_linear(py: Python<'_>, position: Single) -> PyResult<(f64, f64)> {
        law(py, pan::linear(position.0))
    }

    fn law(py: Python<'_>, gains: perbus::Result<(f32, f32)>) -> PyResult<(f64, f64)> {
        gains.map(|(left, right)| (widen(left), widen(right))).map_err(|error| raise(py, error))
    }

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        let py = module.py();
        module.add("MAX_BANDS", perbus::MAX_BANDS)?;
        module.add("MAX_BUSES", perbus::MAX_BUSES)?;
        module.add("MAX_CHANNELS", perbus::Format::MAX_CHANNELS)?;
        module.add("MAX_MATRIX_BUSES", perbus::MAX_MATRIX_BUSES)?;
        module.add("MAX_RENDER_THREADS", perbus::MAX_RENDER_THREADS)?;
        module.add("MAX_SAMPLE_RATE", perbus::Format::MAX_SAMPLE_RATE as u32)?;
        // Imports what arrays need, now and not during a block.
        drop(crate::array::zeros(py, [1, 1]).try_readwrite());
        let close_all = wrap_pyfunction!(crate::core::close_all, module)?;
        let forget_all = wrap_pyfunction!(crate::core::forget_all, module)?;
        py.import("atexit")?.call_method1("register", (close_all,))?;
        let os = py.import("os")?;
        if os.hasattr("register_at_fork")? {
            let options = PyDict::new(py);
            options.set_item("after_in_child", forget_all)?;
            os.call_method("register_at_fork", (), Some(&options))?;
        }
        Ok(())
    }
}
