//! Matrix mixers.

use numpy::{PyArray2, PyArrayMethods, PyUntypedArrayMethods};

use crate::prelude::*;

/// A matrix mixer: every input channel to every output channel with a gain of its own.
///
/// ``output[o] = master * output volume[o] * sum over i of input[i] * input volume[i] * crosspoint(i,
/// o)``. All four are initially 0: a new matrix is silent.
///
/// Channels are numbered over all buses of a side. A bus has two channels until it is connected, and
/// then those of the connection's format: connect both sides with explicit formats first, then set
/// levels. They are given to the engine again after every start and connection, because Apple's matrix
/// forgets them. A matrix that feeds a mixer has no fader of its own there: the strip of that bus
/// uses the mixer's own parameters, fades in steps and has no meter.
///
/// >>> import perbus
/// >>> engine = perbus.Engine.offline(48000, 2, 64)
/// >>> mono, stereo = perbus.Format(48000, 1), perbus.Format(48000, 2)
/// >>> voice = engine.create_source(lambda block, time: block.fill(0.5), mono)
/// >>> matrix = engine.create_matrix(1, 1)
/// >>> engine.connect(voice, matrix, format=mono)
/// >>> engine.connect(matrix, engine.main_mixer, format=stereo)
/// >>> matrix.dimensions
/// (1, 2)
/// >>> levels = matrix.levels()
/// >>> levels[:] = [[0.25, 0.75, 1], [1, 1, 1]]  # crosspoints, input volume; outputs, master
/// >>> matrix.set_levels(levels)
/// >>> engine.start()
/// >>> engine.render(64)[:, 63].tolist()
/// [0.125, 0.375]
#[pyclass(module = "perbus", frozen, extends = Node, subclass)]
pub(crate) struct Matrix;

forward!(Matrix {
    /// The number of channels over all input buses, and over all output buses.
    #[getter]
    dimensions() -> (u32, u32);

    /// Sets the gain, -1 to 1, from an input channel to an output channel; a negative gain inverts the
    /// polarity.
    ///
    /// :raises OutOfRangeError: for the gain, or a channel not below its side's dimension
    set_crosspoint(input: Index, output: Index, gain: Single);

    /// The gain from an input channel to an output channel.
    crosspoint(input: Index, output: Index) -> f32;

    /// Sets the volume, 0 to 4, of an input channel.
    set_input(input: Index, volume: Single);

    /// The volume of an input channel.
    input(input: Index) -> f32;

    /// Sets the volume, 0 to 4, of an output channel.
    set_output(output: Index, volume: Single);

    /// The volume of an output channel.
    output(output: Index) -> f32;

    /// The volume, 0 to 4, of the whole matrix.
    #[getter]
    master() -> f32;

    #[setter]
    set_master(volume: Single);

    /// Turns all channels of an input bus on, as they are initially, or off.
    ///
    /// :raises OutOfRangeError: for a bus that the matrix does not have
    enable_input(bus: Index, enabled: Value<bool>);

    /// As `enable_input`, for an output bus.
    enable_output(bus: Index, enabled: Value<bool>);

    /// Sends every input channel to the output channel of the same number, at 1, and nowhere else.
    /// The volumes keep their values.
    set_identity();

    /// Sets all crosspoints to 0. The volumes keep their values.
    clear();

    /// Inverts the polarity: every crosspoint becomes its negative. Inverting twice changes nothing.
    invert();
});

#[pymethods]
impl Matrix {
    /// All levels, a copy: (inputs + 1) x (outputs + 1). A row is an input channel's crosspoints and
    /// its volume; the last row is the output volumes and the master volume.
    fn levels<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyArray2<f32>>> {
        let levels = Self::call(slf, perbus::Matrix::levels)?;
        let rows = raw::to_flat(&levels);
        array(slf.py(), &rows.chunks(levels.outputs() as usize + 1).collect::<Vec<_>>())
    }

    /// Sets all levels, laid out as `levels` has them, or none when any is bad.
    ///
    /// :raises InvalidArgumentError: when the levels are of other `dimensions`, or not contiguous
    /// :raises OutOfRangeError: for a crosspoint outside -1 to 1 or a volume outside 0 to 4
    fn set_levels(slf: &Bound<'_, Self>, levels: &Bound<'_, PyAny>) -> PyResult<()> {
        let [inputs, outputs] = match *floats(levels, "levels")?.shape() {
            [rows, columns] if rows > 0 && columns > 0 => [rows, columns].map(|n| n as u32 - 1),
            _ => {
                let reason = "levels is not an array of rows x columns";
                return Err(failure(slf.py(), "InvalidArgumentError", reason));
            }
        };
        let given = planar(levels, "levels")?.array;
        let levels = raw::from_flat(inputs, outputs, given.readonly().as_slice()?);
        Self::call(slf, move |matrix| matrix.set_levels(&levels))
    }
}
