//! Automation: fades and sets that start at given frames.

use perbus::{AutomationPoint, Curve};

use crate::bus::{Fade, Fades};
use crate::group::Group;
use crate::prelude::*;

impl FromPython for AutomationPoint {
    fn from_python(object: &Bound<'_, PyAny>) -> PyResult<Self> {
        expect(object, "AutomationPoint")?;
        let Value(frame) = object.getattr("frame")?.extract()?;
        let (Value(value), Value(duration)): (Single, Seconds) =
            (object.getattr("value")?.extract()?, object.getattr("seconds")?.extract()?);
        let Value(curve) = object.getattr("curve")?.extract()?;
        Ok(Self::fade(frame, value, duration, curve))
    }
}

show! {
    AutomationPoint: |it, py| {
        let seconds = it.duration.as_secs_f64();
        make(py, "AutomationPoint", (it.frame, Value(it.value), seconds, Value(it.curve)))
    };
}

type Points = Vec<Value<AutomationPoint>>;

fn read(points: &Bound<'_, PyAny>) -> PyResult<Vec<AutomationPoint>> {
    points.try_iter()?.map(|point| Ok(point?.extract::<Value<AutomationPoint>>()?.0)).collect()
}

fn shown(points: Vec<AutomationPoint>) -> Points {
    points.into_iter().map(Value).collect()
}

#[pymethods]
impl Bus {
    /// Fades the volume to a value, 0 to 4, from a given frame on, exactly there on the portable engine;
    /// Apple's, which has no automation, begins with the next block.
    ///
    /// Whatever starts later takes over from where the volume is then, and ends a fade that started
    /// earlier as replaced. So do values, fades and scenes that start now; what starts later stays. Of
    /// two that start at the same frame the later call counts. What waits belongs to the bus, and outlives
    /// reconnections. ``on_end`` runs once, also when the fade is cancelled or replaced before it has
    /// started.
    ///
    /// :raises OutOfRangeError: for a frame before the engine's time, the volume, or a fade of more than a
    ///     day
    /// :raises NotAttachedError: when the mixer was detached
    ///
    /// >>> import perbus
    /// >>> engine = perbus.Engine.offline(1000, 1, 100)
    /// >>> bus = engine.main_mixer.bus(0)
    /// >>> bus.connect(engine.create_source(lambda block, time: block.fill(1)))
    /// >>> fade = bus.fade_at(50, 0.0, seconds=0.05)
    /// >>> bus.volume_automation
    /// [AutomationPoint(frame=50, value=0.0, seconds=0.05, curve=<Curve.LINEAR: 0>)]
    /// >>> engine.start()
    /// >>> samples = engine.render(100)[0]
    /// >>> float(samples[49]), round(float(samples[74]), 6), float(samples[99])
    /// (1.0, 0.5, 0.0)
    #[pyo3(signature = (frame, volume, seconds, curve = Value(Curve::Linear), on_end = None))]
    #[pyo3(
        text_signature = "($self, frame, volume, seconds, curve=<Curve.LINEAR: 0>, on_end=None)"
    )]
    fn fade_at(
        slf: &Bound<'_, Self>, frame: Value<i64>, volume: Single, seconds: Seconds,
        curve: Value<Curve>, on_end: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Fade> {
        Self::fade(slf, on_end, move |it, ended| {
            it.fade_at_with(frame.0, volume.0, seconds.0, curve.0, ended)
        })
    }

    /// Sets the volume at a given frame, by a ramp as when it is set now. Fails as `fade_at`.
    fn set_volume_at(slf: &Bound<'_, Self>, frame: Value<i64>, volume: Single) -> PyResult<()> {
        Self::call(slf, move |it| it.set_volume_at(frame.0, volume.0))
    }

    /// Adds points, in any order: all, or none when one is refused. Fails as `fade_at`, and:
    ///
    /// :raises InvalidArgumentError: for two that start at the same frame
    fn automate_volume(slf: &Bound<'_, Self>, points: &Bound<'_, PyAny>) -> PyResult<()> {
        let points = read(points)?;
        Self::call(slf, move |it| it.automate_volume(&points))
    }

    /// What the volume is going to do, by ascending frame: the points that have not started.
    #[getter]
    fn volume_automation(slf: &Bound<'_, Self>) -> PyResult<Points> {
        Ok(shown(Self::call(slf, |it| Ok(it.volume_automation()))?))
    }

    /// Fades the pan linearly to a value from -1 to 1 from a given frame on, as `fade_at`.
    #[pyo3(signature = (frame, pan, seconds, on_end = None))]
    #[pyo3(text_signature = "($self, frame, pan, seconds, on_end=None)")]
    fn fade_pan_at(
        slf: &Bound<'_, Self>, frame: Value<i64>, pan: Single, seconds: Seconds,
        on_end: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Fade> {
        Self::fade(slf, on_end, move |it, ended| {
            it.fade_pan_at_with(frame.0, pan.0, seconds.0, ended)
        })
    }

    /// Sets the pan at a given frame, by a ramp as when it is set now. Fails as `fade_pan_at`.
    fn set_pan_at(slf: &Bound<'_, Self>, frame: Value<i64>, pan: Single) -> PyResult<()> {
        Self::call(slf, move |it| it.set_pan_at(frame.0, pan.0))
    }

    /// Adds points, in any order: all, or none when one is refused. Fails as `fade_pan_at`, and:
    ///
    /// :raises InvalidArgumentError: for two that start at the same frame, or a curve that is not linear
    fn automate_pan(slf: &Bound<'_, Self>, points: &Bound<'_, PyAny>) -> PyResult<()> {
        let points = read(points)?;
        Self::call(slf, move |it| it.automate_pan(&points))
    }

    /// What the pan is going to do, by ascending frame: the points that have not started.
    #[getter]
    fn pan_automation(slf: &Bound<'_, Self>) -> PyResult<Points> {
        Ok(shown(Self::call(slf, |it| Ok(it.pan_automation()))?))
    }

    /// Cancels what volume and pan were to start at a frame or later. What starts earlier continues, a fade
    /// that is under way then included: `Fade.cancel` stops it.
    ///
    /// :raises OutOfRangeError: for a frame before the engine's time
    /// :raises NotAttachedError: when the mixer was detached
    fn cancel_automation_from(slf: &Bound<'_, Self>, frame: Value<i64>) -> PyResult<()> {
        Self::call(slf, move |it| it.cancel_automation_from(frame.0))
    }
}

#[pymethods]
impl Mixer {
    /// Fades the gain of the mixer's sum from a given frame on, as `Bus.fade_at`.
    #[pyo3(signature = (frame, volume, seconds, curve = Value(Curve::Linear), on_end = None))]
    #[pyo3(
        text_signature = "($self, frame, volume, seconds, curve=<Curve.LINEAR: 0>, on_end=None)"
    )]
    fn fade_output_volume_at(
        slf: &Bound<'_, Self>, frame: Value<i64>, volume: Single, seconds: Seconds,
        curve: Value<Curve>, on_end: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Fade> {
        Self::fade(slf, on_end, move |it, ended| {
            it.fade_output_volume_at_with(frame.0, volume.0, seconds.0, curve.0, ended)
        })
    }

    /// Sets the output volume at a given frame, by a ramp as when it is set now. Fails as `fade_output_volume_at`.
    fn set_output_volume_at(
        slf: &Bound<'_, Self>, frame: Value<i64>, volume: Single,
    ) -> PyResult<()> {
        Self::call(slf, move |it| it.set_output_volume_at(frame.0, volume.0))
    }

    /// Adds points, in any order: all, or none when one is refused. Fails as `fade_output_volume_at`, and:
    ///
    /// :raises InvalidArgumentError: for two that start at the same frame
    fn automate_output_volume(slf: &Bound<'_, Self>, points: &Bound<'_, PyAny>) -> PyResult<()> {
        let points = read(points)?;
        Self::call(slf, move |it| it.automate_output_volume(&points))
    }

    /// What the output volume is going to do, by ascending frame: the points that have not started.
    #[getter]
    fn output_volume_automation(slf: &Bound<'_, Self>) -> PyResult<Points> {
        Ok(shown(Self::call(slf, |it| Ok(it.output_volume_automation()))?))
    }

    /// Cancels what the output volume was to start at a frame or later, as `Bus.cancel_automation_from`.
    fn cancel_output_automation_from(slf: &Bound<'_, Self>, frame: Value<i64>) -> PyResult<()> {
        Self::call(slf, move |it| it.cancel_output_automation_from(frame.0))
    }
}

#[pymethods]
impl Group {
    /// Fades the group's fader from a given frame on, as `Bus.fade_at`. On the portable engine all members
    /// follow to the frame, those that join meanwhile as well, while their own fades and automation go on.
    /// What waits when the group is removed ends as stopped.
    ///
    /// >>> import perbus
    /// >>> engine = perbus.Engine.offline(1000, 1, 100)
    /// >>> bus = engine.main_mixer.connect_next(engine.create_source(lambda block, time: block.fill(1)))
    /// >>> group = engine.create_group("all")
    /// >>> group.add(bus)
    /// >>> fade = group.fade_at(50, 0.0, seconds=0.05)
    /// >>> engine.start()
    /// >>> samples = engine.render(100)[0]
    /// >>> float(samples[49]), round(float(samples[74]), 6), float(samples[99])
    /// (1.0, 0.5, 0.0)
    #[pyo3(signature = (frame, volume, seconds, curve = Value(Curve::Linear), on_end = None))]
    #[pyo3(
        text_signature = "($self, frame, volume, seconds, curve=<Curve.LINEAR: 0>, on_end=None)"
    )]
    fn fade_at(
        slf: &Bound<'_, Self>, frame: Value<i64>, volume: Single, seconds: Seconds,
        curve: Value<Curve>, on_end: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Fade> {
        Self::fade(slf, on_end, move |it, ended| {
            it.fade_at_with(frame.0, volume.0, seconds.0, curve.0, ended)
        })
    }

    /// Sets the group's volume at a given frame, by a ramp as when it is set now. Fails as `fade_at`.
    fn set_volume_at(slf: &Bound<'_, Self>, frame: Value<i64>, volume: Single) -> PyResult<()> {
        Self::call(slf, move |it| it.set_volume_at(frame.0, volume.0))
    }

    /// Adds points, in any order: all, or none when one is refused. Fails as `fade_at`, and:
    ///
    /// :raises InvalidArgumentError: for two that start at the same frame
    fn automate_volume(slf: &Bound<'_, Self>, points: &Bound<'_, PyAny>) -> PyResult<()> {
        let points = read(points)?;
        Self::call(slf, move |it| it.automate_volume(&points))
    }

    /// What the group's volume is going to do, by ascending frame: the points that have not started.
    #[getter]
    fn volume_automation(slf: &Bound<'_, Self>) -> PyResult<Points> {
        Ok(shown(Self::call(slf, |it| Ok(it.volume_automation()))?))
    }

    /// Cancels what the group's volume was to start at a frame or later, as `Bus.cancel_automation_from`.
    ///
    /// :raises OutOfRangeError: for a frame before the engine's time
    /// :raises NotAttachedError: when the group was removed
    fn cancel_automation_from(slf: &Bound<'_, Self>, frame: Value<i64>) -> PyResult<()> {
        Self::call(slf, move |it| it.cancel_automation_from(frame.0))
    }
}
