//! Devices, and what happens to engines that use them.

use std::time::Duration;

use perbus::{Device, DeviceStatus, EngineBuilder, EngineEvent, RenderTime};

use crate::prelude::*;

/// All devices of the machine, those that only record included: those of PulseAudio or PipeWire if a
/// server answers, else PortAudio's; the environment variable ``PERBUS_AUDIO``, set to ``pulse`` or
/// ``portaudio``, decides otherwise. The GIL is free meanwhile.
///
/// :raises StartError: when no sound system can be reached
/// :raises UnsupportedError: on Apple's engine
#[pyfunction]
pub(crate) fn devices(py: Python<'_>) -> PyResult<Vec<Value<Device>>> {
    refuse_in_source(py, "look for devices")?;
    Ok(call(py, perbus::devices)?.into_iter().map(Value).collect())
}

/// What an engine asks of its device.
pub(crate) fn builder(
    output: Option<&str>, input: Option<&str>, sample_rate: Option<Double>, block: Option<Index>,
    latency: Option<Seconds>, restarts: bool,
) -> EngineBuilder {
    let mut builder = perbus::Engine::builder().restarts(restarts);
    if let Some(id) = output {
        builder = builder.output(id);
    }
    if let Some(id) = input {
        builder = builder.input(id);
    }
    if let Some(Value(rate)) = sample_rate {
        builder = builder.sample_rate(rate);
    }
    if let Some(Value(frames)) = block {
        builder = builder.block(frames);
    }
    if let Some(Value(latency)) = latency {
        builder = builder.latency(latency);
    }
    builder
}

fn seconds(duration: Duration) -> f64 {
    duration.as_secs_f64()
}

show! {
    Device: |it, py| {
        make(py, "Device", (
            &*it.id, &*it.name, &*it.host, it.input_channels, it.output_channels, it.sample_rate,
            seconds(it.low_latency), seconds(it.default_latency), it.is_default_input,
            it.is_default_output,
        ))
    };
    RenderTime: |it, py| {
        let heard = it.instant.map(|instant| raw::host_time(instant) as f64 / 1e9);
        make(py, "RenderTime", (it.sample_time, it.sample_rate, heard))
    };
    DeviceStatus: |it, py| {
        // In two parts: there is no tuple as long as that.
        let output = (
            &*it.id, &*it.name, &*it.host, it.sample_rate, it.block, seconds(it.latency),
            it.underruns, it.late, it.mean_load, it.max_load, it.frames,
        );
        let input = (
            &*it.input_id, &*it.input_name, seconds(it.input_latency),
            seconds(it.monitoring_latency), it.overruns, it.is_realtime,
        );
        let (output, input) = (output.into_pyobject(py)?, input.into_pyobject(py)?);
        make(py, "DeviceStatus", output.as_sequence().concat(input.as_sequence())?.to_tuple()?)
    };
}

#[pymethods]
impl Engine {
    /// Chooses another output device for a stopped engine, which keeps its rate, block and latency; None
    /// is whatever is the default output at each start.
    ///
    /// :raises StartError: when there is no output device of that id, or the engine is started
    /// :raises WrongKindError: for an offline engine
    /// :raises UnsupportedError: on Apple's engine, except for the default
    #[pyo3(signature = (id))]
    fn set_output_device(slf: &Bound<'_, Self>, id: Option<String>) -> PyResult<()> {
        Self::call(slf, move |engine| engine.set_output_device(id.as_deref()))
    }

    /// Has ``function(event)`` called with what happens to the engine by itself, in place of the previous
    /// function: on a thread of the engine's own, one event after the other. It may call everything, also
    /// `start` and `close`. What it raises is logged. With None, nothing is called.
    ///
    /// A loss is noticed within half a second. The engine has stopped by then: as after `stop`, players
    /// keep their queues, fades stand still, strips and output volumes are kept, and all of it goes on
    /// once `start` has found a device and `Player.play` has resumed the players; an engine that restarts
    /// does both by itself. Waits for a function that is running, unless called from it.
    ///
    /// :raises WrongKindError: for an offline engine
    /// :raises InvalidArgumentError: inside `batch`, for whose end a function may be waiting
    #[pyo3(signature = (function))]
    fn on_event(&self, py: Python<'_>, function: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        refuse_in_source(py, "watch an engine")?;
        let engine = self.core.engine(py)?;
        let function = function.map(|it| self.core.objects.keep_function(it, "function"));
        let function = function.transpose()?;
        // No close waits for this: the function that this waits for may close the engine.
        call(py, move || match function {
            Some(function) => engine.on_event(move |_, event| pass_on(&function, event)),
            None => engine.on_event(|_, _| ()),
        })
    }
}

fn pass_on(function: &Function, event: EngineEvent) {
    function.call("an event's function", |py| PyTuple::new(py, [Value(event)]));
}

forward!(Engine {
    /// Where the engine is, and when that is heard.
    ///
    /// :raises NotRunningError: while the engine is stopped or paused
    render_time() -> RenderTime;

    /// How the devices in use fare, since they were opened. On Apple's engine only the rate, the
    /// latencies and the frames are known.
    ///
    /// :raises NotRunningError: while the engine is stopped
    /// :raises WrongKindError: for an offline engine
    device_status() -> DeviceStatus;
});
