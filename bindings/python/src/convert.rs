//! Values from and to Python.

use std::time::Duration;

use perbus::{
    Band, BusConfig, ChannelLayout, Control, Discrepancy, FileInfo, Format, Meter, NodeId,
    NodeInfo, Position,
};
use pyo3::call::PyCallArgs;
use pyo3::exceptions::{PyOverflowError, PyTypeError};
use pyo3::sync::PyOnceLock;
use pyo3::types::PyFloat;
use pyo3::IntoPyObjectExt;

use crate::prelude::*;

/// A value of the crate's, to be read from a Python object or shown as one.
pub(crate) struct Value<T>(pub(crate) T);

pub(crate) type Index = Value<u32>;
pub(crate) type Single = Value<f32>;
pub(crate) type Double = Value<f64>;
pub(crate) type Seconds = Value<Duration>;
pub(crate) type Stream = Value<Format>;

pub(crate) trait FromPython: Sized {
    fn from_python(object: &Bound<'_, PyAny>) -> PyResult<Self>;
}

pub(crate) trait ToPython {
    fn to_python<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>>;
}

impl<T: FromPython> FromPyObject<'_, '_> for Value<T> {
    type Error = PyErr;

    #[inline]
    fn extract(object: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        T::from_python(&object).map(Self)
    }
}

impl<'py, T: ToPython> IntoPyObject<'py> for Value<T> {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.0.to_python(py)
    }
}

/// The classes in which Python sees values.
pub(crate) fn class<'py>(py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
    py.import("perbus.values")?.getattr(name)
}

/// Makes a value.
pub(crate) fn make<'py>(
    py: Python<'py>, name: &str, arguments: impl PyCallArgs<'py>,
) -> PyResult<Bound<'py, PyAny>> {
    let _busy = Busy::new(py);
    class(py, name)?.call1(arguments)
}

/// A `TypeError` unless the object is of one of the value classes.
pub(crate) fn expect(object: &Bound<'_, PyAny>, name: &str) -> PyResult<()> {
    if object.is_instance(&class(object.py(), name)?)? {
        return Ok(());
    }
    Err(wanted(&format!("a perbus.{name}"), object))
}

pub(crate) fn wanted(what: &str, found: &Bound<'_, PyAny>) -> PyErr {
    let found = found.get_type().name().map_or_else(|_| String::new(), |name| name.to_string());
    PyTypeError::new_err(format!("{what} is wanted, not {found}"))
}

impl FromPython for f64 {
    #[inline]
    fn from_python(object: &Bound<'_, PyAny>) -> PyResult<Self> {
        if let Ok(float) = object.cast_exact::<PyFloat>() {
            return Ok(float.value());
        }
        object.extract().map_err(|raised: PyErr| {
            if raised.is_instance_of::<PyTypeError>(object.py()) {
                return raised;
            }
            out_of_range(object, "the numbers of the engine")
        })
    }
}

impl FromPython for f32 {
    #[inline]
    fn from_python(object: &Bound<'_, PyAny>) -> PyResult<Self> {
        let value = f64::from_python(object)?;
        let nearest = value as f32;
        let rounded = f64::from(nearest);
        // What is outside a range must not be rounded to its end, which is a whole number.
        if rounded != value && rounded == rounded.trunc() && rounded.abs() <= value.abs() {
            let outward = if value > 0.0 { f32::next_up } else { f32::next_down };
            return Ok(outward(nearest));
        }
        Ok(nearest)
    }
}

/// The number that was meant by one of single precision: 0.8, not 0.800000011920929.
pub(crate) fn widen(value: f32) -> f64 {
    value.to_string().parse().unwrap_or(f64::from(value))
}

/// Whole numbers: those outside of a type's range are out of range, not an overflow.
macro_rules! whole {
    ($($type:ty: $limits:literal),*) => {
        $(impl FromPython for $type {
            #[inline]
            fn from_python(object: &Bound<'_, PyAny>) -> PyResult<Self> {
                object.extract().map_err(|raised: PyErr| {
                    if !raised.is_instance_of::<PyOverflowError>(object.py()) {
                        return raised;
                    }
                    out_of_range(object, $limits)
                })
            }
        })*
    };
}
whole!(u32: "0 to 4294967295", i64: "-2^53 to 2^53 frames", u64: "0 to 2^64 - 1");

impl FromPython for Duration {
    fn from_python(object: &Bound<'_, PyAny>) -> PyResult<Self> {
        let seconds = f64::from_python(object)?;
        Self::try_from_secs_f64(seconds).map_err(|_| out_of_range(object, "0 to 86400 seconds"))
    }
}

impl FromPython for bool {
    fn from_python(object: &Bound<'_, PyAny>) -> PyResult<Self> {
        object.is_truthy()
    }
}

fn out_of_range(object: &Bound<'_, PyAny>, limits: &str) -> PyErr {
    let shown = object.str().map_or_else(|_| "a value".to_owned(), |text| text.to_string());
    failure(object.py(), "OutOfRangeError", format!("{shown} is not in {limits}"))
}

/// An enumeration whose Python class has the same members in the same order.
pub(crate) trait Members: Copy + PartialEq + 'static {
    const CLASS: &'static str;
    const ALL: &'static [Self];

    fn shown<'py>(py: Python<'py>) -> PyResult<&'py Bound<'py, PyTuple>>;
}

macro_rules! members {
    ($($type:ident: $($member:ident)*;)*) => {
        $(impl Members for perbus::$type {
            const CLASS: &'static str = stringify!($type);
            const ALL: &'static [Self] = &[$(Self::$member),*];

            fn shown<'py>(py: Python<'py>) -> PyResult<&'py Bound<'py, PyTuple>> {
                static SHOWN: PyOnceLock<Py<PyTuple>> = PyOnceLock::new();
                let shown = SHOWN.get_or_try_init(py, || {
                    let all = py.get_type::<PyTuple>().call1((class(py, Self::CLASS)?,))?;
                    PyResult::Ok(all.cast_into::<PyTuple>()?.unbind())
                });
                Ok(shown?.bind(py))
            }
        })*
    };
}
members! {
    BufferEnd: Played Interrupted Stopped Detached Failed;
    ChannelLayout: Discrete Mono Stereo Surround3_0 Quad Surround5_0 Surround5_1 Surround7_1
        Surround7_1C;
    Control: Connection Mixer Held;
    Curve: Linear EqualPower Exponential;
    EngineEvent: DeviceLost DeviceChanged ConfigurationChanged Xrun DecoderLate Restarted
        InputLost;
    FadeEnd: Finished Replaced Stopped;
    Fallback: Global Deny Hold;
    SendTap: PreFader PostFader;
    PanLaw: Balance ConstantPower;
    FilterType: Parametric LowPass HighPass ResonantLowPass ResonantHighPass BandPass BandStop
        LowShelf HighShelf ResonantLowShelf ResonantHighShelf;
}

impl<T: Members> ToPython for T {
    fn to_python<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let place = T::ALL.iter().position(|member| member == self);
        T::shown(py)?.get_item(place.unwrap_or(usize::MAX))
    }
}

impl<T: Members> FromPython for T {
    fn from_python(object: &Bound<'_, PyAny>) -> PyResult<Self> {
        // Numbers stand for the members of an IntEnum, as Python has it.
        let member = match object.extract::<u32>() {
            Ok(number) => make(object.py(), T::CLASS, (number,))?,
            Err(_) => object.clone(),
        };
        expect(&member, T::CLASS)?;
        Ok(T::ALL[T::shown(object.py())?.index(member)?])
    }
}

impl FromPython for Format {
    fn from_python(object: &Bound<'_, PyAny>) -> PyResult<Self> {
        expect(object, "Format")?;
        let (Value(rate), Value(channels)): (Double, Index) =
            (object.getattr("sample_rate")?.extract()?, object.getattr("channels")?.extract()?);
        let Value(layout) = object.getattr("layout")?.extract()?;
        checked_format(object.py(), rate, channels, Some(layout))
    }
}

/// A format, if there is such a one.
pub(crate) fn checked_format(
    py: Python<'_>, rate: f64, channels: u32, layout: Option<ChannelLayout>,
) -> PyResult<Format> {
    let format = Format::new(rate, channels);
    let format = format.and_then(|format| layout.map_or(Ok(format), |it| format.with_layout(it)));
    format.map_err(|error| raise(py, error))
}

impl FromPython for Band {
    fn from_python(object: &Bound<'_, PyAny>) -> PyResult<Self> {
        expect(object, "Band")?;
        let value = |name| PyResult::Ok(object.getattr(name)?.extract::<Single>()?.0);
        Ok(Self {
            filter: object.getattr("filter")?.extract::<Value<_>>()?.0,
            frequency: value("frequency")?,
            gain: value("gain")?,
            bandwidth: value("bandwidth")?,
            bypass: object.getattr("bypass")?.is_truthy()?,
        })
    }
}

impl FromPython for BusConfig {
    fn from_python(object: &Bound<'_, PyAny>) -> PyResult<Self> {
        expect(object, "BusConfig")?;
        let get = |name| object.getattr(name);
        Ok(Self {
            volume: get("volume")?.extract::<Option<Single>>()?.map(|volume| volume.0),
            pan: get("pan")?.extract::<Option<Single>>()?.map(|pan| pan.0),
            muted: get("muted")?.extract()?,
            soloed: get("soloed")?.extract()?,
            label: get("label")?.extract()?,
            solo_safe: get("solo_safe")?.extract()?,
            send_tap: get("send_tap")?.extract::<Option<Value<_>>>()?.map(|tap| tap.0),
            ..Self::new(get("bus")?.extract::<Index>()?.0)
        })
    }
}

/// How values are shown: what is made of `$value`, with `$py`.
macro_rules! show {
    ($($type:ty: |$value:ident, $py:ident| $made:expr;)*) => {
        $(impl ToPython for $type {
            fn to_python<'py>(&self, $py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
                let $value = self;
                $made
            }
        })*
    };
}
pub(crate) use show;

/// Values that PyO3 shows.
macro_rules! plain {
    ($($type:ty),*) => { show! { $($type: |value, py| value.into_bound_py_any(py);)* } };
}
plain!(bool, u32, i64, u64, f64, String, (u32, u32));

show! {
    f32: |value, py| widen(*value).into_bound_py_any(py);
    (f32, Control): |value, py| (Value(value.0), Value(value.1)).into_bound_py_any(py);
    Format: |it, py| {
        // An engine reports buses without a format, of 0 Hz and 0 channels.
        let values = (it.sample_rate(), it.channels(), Value(it.layout()));
        let _busy = Busy::new(py);
        class(py, "Format")?.call_method1("_reported", values)
    };
    FileInfo: |it, py| {
        let values = (Value(it.format), it.frames, it.container, it.codec, it.invalid);
        make(py, "FileInfo", values)
    };
    Meter: |it, py| {
        make(py, "Meter", (PyTuple::new(py, it.peak)?, PyTuple::new(py, it.rms)?, it.clips))
    };
    Position: |it, py| {
        make(py, "Position", (it.player_frame, it.file_frame, it.file_frames, it.late_frames))
    };
    NodeInfo: |it, py| {
        let list = |formats: &[Format]| formats.iter().copied().map(Value).collect::<Vec<_>>();
        make(py, "NodeInfo", (it.attached, list(&it.inputs), list(&it.outputs)))
    };
    Discrepancy: |it, py| {
        let point = |point: Option<(NodeId, u32)>| point.map(|(node, bus)| (raw::node_id(node), bus));
        let node = raw::node_id(it.node);
        make(py, "Discrepancy", (node, it.bus, point(it.tracked), point(it.engine)))
    };
    Band: |it, py| {
        let [frequency, gain, bandwidth] = [it.frequency, it.gain, it.bandwidth].map(Value);
        make(py, "Band", (Value(it.filter), frequency, gain, bandwidth, it.bypass))
    };
    BusConfig: |it, py| {
        let (volume, pan) = (it.volume.map(Value), it.pan.map(Value));
        let label = it.label.as_deref();
        let tap = it.send_tap.map(Value);
        let values = (it.bus, volume, pan, it.muted, it.soloed, label, it.solo_safe, tap);
        make(py, "BusConfig", values)
    };
}
