//! Matrix mixers.

use crate::desk::node::Kind;
use crate::desk::ranges::{check_gain, check_volume};
use crate::engine::node::{sealed::AsNode, NodeRef};
use crate::engine::raw_node::RawNode;
use crate::engine::settings::{Place, Settings};
use crate::engine::Engine;
use crate::error::Result;
use crate::ffi::{self, native};
use crate::nodes::levels::Levels;
use crate::sync::lock;

/// A matrix mixer: every input channel to every output channel with a gain of its own.
///
/// `output[o] = master * output volume[o] * sum over i of input[i] * input volume[i] *
/// crosspoint(i, o)`. All four are initially 0: a new matrix is silent.
///
/// Channels are numbered over all buses of a side: with inputs of two, one and two channels, bus 0
/// has channels 0 and 1, bus 1 has channel 2, bus 2 has channels 3 and 4. A bus has two channels
/// until it is connected, and then those of the connection's format: connect both sides with
/// [`connect_with_format`](Engine::connect_with_format) first, then set levels. Levels keep their
/// channel numbers, and are set again after every start and connection, because Apple's matrix
/// forgets them.
///
/// All buses run at one sample rate. Changes are click-free, like those of a [`Bus`](crate::Bus). A
/// matrix that feeds a [`Mixer`](crate::Mixer) has no fader of its own there: the strip of that bus
/// sets the mixer's own parameters instead, and has no meter.
///
/// ```
/// use perbus::{Engine, Format};
///
/// let (mono, stereo) = (Format::new(48_000.0, 1)?, Format::new(48_000.0, 2)?);
/// let engine = Engine::offline(stereo, 64)?;
/// let voice = engine.create_source(mono, |block| block.channel_mut(0).fill(0.5))?;
/// let matrix = engine.create_matrix(1, 1)?;
/// engine.connect_with_format(&voice, &matrix, 0, 0, mono)?;
/// engine.connect_with_format(&matrix, &engine.main_mixer(), 0, 0, stereo)?;
/// assert_eq!(matrix.dimensions()?, (1, 2));
///
/// matrix.set_master(1.0)?;
/// matrix.set_input(0, 1.0)?;
/// let (left, right) = perbus::pan::linear(0.5)?;
/// for (output, gain) in [(0, left), (1, right)] {
///     matrix.set_output(output, 1.0)?;
///     matrix.set_crosspoint(0, output, gain)?;
/// }
/// engine.start()?;
/// let (mut left, mut right) = ([0.0; 64], [0.0; 64]);
/// engine.render(&mut [&mut left, &mut right])?;
/// assert_eq!((left, right), ([0.125; 64], [0.375; 64]));
/// # Ok::<(), perbus::Error>(())
/// ```
#[doc(alias = "AVAudioUnit")]
#[doc(alias = "kAudioUnitSubType_MatrixMixer")]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Matrix(pub(crate) NodeRef);

/// The most buses of one side of a [`Matrix`].
pub const MAX_MATRIX_BUSES: u32 = ffi::PERBUS_MAX_MATRIX_BUSES;

impl Engine {
    /// Makes a matrix mixer with `inputs` input and `outputs` output buses (1 to
    /// [`MAX_MATRIX_BUSES`] each) and attaches it. Waits for the system to make it. It stays when
    /// its last handle is dropped: see [`nodes`](Self::nodes).
    ///
    /// Maps to `+[AVAudioUnit instantiateWithComponentDescription:options:completionHandler:]` and
    /// `kAudioUnitProperty_ElementCount`.
    ///
    /// # Errors
    /// - [`Error::OutOfRange`](crate::Error::OutOfRange) for either count.
    /// - [`Error::Unsupported`](crate::Error::Unsupported) when the system makes none.
    pub fn create_matrix(&self, inputs: u32, outputs: u32) -> Result<Matrix> {
        let mut raw = std::ptr::null_mut();
        // SAFETY: the pointer is to a live local; on PERBUS_OK the handle is ours to release.
        unsafe { native!(perbus_matrix_create(inputs, outputs, &mut raw)) }?;
        Ok(Matrix(self.adopt(raw, Kind::Matrix)?))
    }
}

impl Matrix {
    /// The number of channels over all input buses, and over all output buses.
    ///
    /// Maps to `kAudioUnitProperty_MatrixDimensions`.
    ///
    /// # Errors
    /// [`Error::Exception`](crate::Error::Exception) when the engine cannot tell.
    pub fn dimensions(&self) -> Result<(u32, u32)> {
        self.with_unit(|unit, _| dimensions(unit))
    }

    /// Sets the gain, -1 to 1, from an input channel to an output channel; a gain below 0 inverts
    /// the polarity.
    ///
    /// Maps to `kMatrixMixerParam_Volume`, global scope.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) for the gain, or a channel that is not
    /// below its side's [`dimension`](Self::dimensions).
    pub fn set_crosspoint(&self, input: u32, output: u32, gain: f32) -> Result<()> {
        check_gain(gain)?;
        self.set(Place::Crosspoint(input, output), gain)
    }

    /// The gain from an input channel to an output channel.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) for a channel.
    pub fn crosspoint(&self, input: u32, output: u32) -> Result<f32> {
        self.get(Place::Crosspoint(input, output))
    }

    /// Sets the volume, 0 to 4, of an input channel.
    ///
    /// Maps to `kMatrixMixerParam_Volume`, input scope.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) for the volume or the channel.
    pub fn set_input(&self, input: u32, volume: f32) -> Result<()> {
        check_volume(volume)?;
        self.set(Place::Input(input), volume)
    }

    /// The volume of an input channel.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) for the channel.
    pub fn input(&self, input: u32) -> Result<f32> {
        self.get(Place::Input(input))
    }

    /// Sets the volume, 0 to 4, of an output channel.
    ///
    /// Maps to `kMatrixMixerParam_Volume`, output scope.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) for the volume or the channel.
    pub fn set_output(&self, output: u32, volume: f32) -> Result<()> {
        check_volume(volume)?;
        self.set(Place::Output(output), volume)
    }

    /// The volume of an output channel.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) for the channel.
    pub fn output(&self, output: u32) -> Result<f32> {
        self.get(Place::Output(output))
    }

    /// Sets the volume, 0 to 4, of the whole matrix.
    ///
    /// Maps to `kMatrixMixerParam_Volume`, global scope, element `0xFFFFFFFF`.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) for the volume.
    pub fn set_master(&self, volume: f32) -> Result<()> {
        check_volume(volume)?;
        self.set(Place::Master, volume)
    }

    /// The volume of the whole matrix.
    ///
    /// # Errors
    /// [`Error::Exception`](crate::Error::Exception) when the engine cannot tell.
    pub fn master(&self) -> Result<f32> {
        self.get(Place::Master)
    }

    /// Turns all channels of an input bus on, as they are initially, or off.
    ///
    /// Maps to `kMatrixMixerParam_Enable`, input scope.
    ///
    /// # Errors
    /// [`Error::OutOfRange`](crate::Error::OutOfRange) for a bus that the matrix does not have.
    pub fn enable_input(&self, bus: u32, enabled: bool) -> Result<()> {
        self.set(Place::InputBus(bus), f32::from(u8::from(enabled)))
    }

    /// As [`enable_input`](Self::enable_input), for an output bus.
    ///
    /// # Errors
    /// As [`enable_input`](Self::enable_input).
    pub fn enable_output(&self, bus: u32, enabled: bool) -> Result<()> {
        self.set(Place::OutputBus(bus), f32::from(u8::from(enabled)))
    }

    /// All levels at once, as the engine reports them.
    ///
    /// Maps to `kAudioUnitProperty_MatrixLevels`.
    ///
    /// # Errors
    /// [`Error::Exception`](crate::Error::Exception) when the engine cannot tell.
    pub fn levels(&self) -> Result<Levels> {
        self.with_unit(|unit, _| copy_levels(unit))
    }

    /// Sets all levels, or none when any is bad.
    ///
    /// # Errors
    /// - [`Error::InvalidArgument`](crate::Error::InvalidArgument) when the levels have other
    ///   [`dimensions`](Self::dimensions) than the matrix.
    /// - [`Error::OutOfRange`](crate::Error::OutOfRange) for a crosspoint outside -1 to 1 or a
    ///   volume outside 0 to 4.
    pub fn set_levels(&self, levels: &Levels) -> Result<()> {
        self.with_unit(|unit, settings| {
            let flat = levels.to_flat();
            // SAFETY: the handle is live, and the array has rows * columns values.
            unsafe {
                native!(perbus_matrix_set_levels(
                    unit.as_ptr(),
                    flat.as_ptr(),
                    levels.inputs() + 1,
                    levels.outputs() + 1,
                ))
            }?;
            take_levels(settings, levels);
            Ok(())
        })
    }

    /// Sends every input channel to the output channel of the same number, at 1, and nowhere else.
    /// The volumes stay.
    ///
    /// # Errors
    /// [`Error::Exception`](crate::Error::Exception) when the engine refuses.
    pub fn set_identity(&self) -> Result<()> {
        self.with_unit(|unit, settings| {
            // SAFETY: the handle is live.
            unsafe { native!(perbus_matrix_set_identity(unit.as_ptr())) }?;
            settings.clear_crosspoints();
            take_levels(settings, &copy_levels(unit)?);
            Ok(())
        })
    }

    /// Sets all crosspoints to 0. The volumes stay.
    ///
    /// # Errors
    /// [`Error::Exception`](crate::Error::Exception) when the engine refuses.
    pub fn clear(&self) -> Result<()> {
        self.with_unit(|unit, settings| {
            // SAFETY: the handle is live.
            unsafe { native!(perbus_matrix_clear(unit.as_ptr())) }?;
            settings.clear_crosspoints();
            take_levels(settings, &copy_levels(unit)?);
            Ok(())
        })
    }

    /// Inverts the polarity: every crosspoint becomes its negative.
    ///
    /// # Errors
    /// [`Error::Exception`](crate::Error::Exception) when the engine refuses.
    pub fn invert(&self) -> Result<()> {
        self.with_unit(|unit, settings| {
            // SAFETY: the handle is live.
            unsafe { native!(perbus_matrix_invert(unit.as_ptr())) }?;
            settings.invert_crosspoints();
            take_levels(settings, &copy_levels(unit)?);
            Ok(())
        })
    }

    fn set(&self, place: Place, value: f32) -> Result<()> {
        self.with_unit(|unit, settings| {
            place.set(unit, value)?;
            settings.take(place, value);
            Ok(())
        })
    }

    fn get(&self, place: Place) -> Result<f32> {
        self.with_unit(|unit, _| place.get(unit))
    }

    /// Keeps graph calls away and locks the settings, so that they and the sound agree when two
    /// threads set one level.
    fn with_unit<T>(&self, call: impl FnOnce(&RawNode, &mut Settings) -> Result<T>) -> Result<T> {
        let _graph = self.engine().desk().read()?;
        let raw = &self.0.raw;
        call(raw, &mut lock(&raw.settings))
    }
}

fn take_levels(settings: &mut Settings, levels: &Levels) {
    for (input, volume) in (0..).zip(levels.input_volumes()) {
        settings.take(Place::Input(input), *volume);
        for output in 0..levels.outputs() {
            settings.take(Place::Crosspoint(input, output), levels[(input, output)]);
        }
    }
    for (output, volume) in (0..).zip(levels.output_volumes()) {
        settings.take(Place::Output(output), *volume);
    }
    settings.take(Place::Master, levels.master);
}

fn dimensions(unit: &RawNode) -> Result<(u32, u32)> {
    let (mut inputs, mut outputs) = (0, 0);
    // SAFETY: the handle is live and the pointers are to live locals.
    unsafe {
        native!(perbus_matrix_get_dimensions(
            unit.as_ptr(),
            &mut inputs,
            &mut outputs
        ))
    }?;
    Ok((inputs, outputs))
}

fn copy_levels(unit: &RawNode) -> Result<Levels> {
    let (mut flat, mut rows, mut columns) = (std::ptr::null_mut(), 0, 0);
    // SAFETY: the handle is live and the pointers are to live locals.
    unsafe {
        native!(perbus_matrix_copy_levels(
            unit.as_ptr(),
            &mut flat,
            &mut rows,
            &mut columns
        ))
    }?;
    // SAFETY: perbus.h returns rows * columns values, which nothing else changes.
    let values = unsafe { std::slice::from_raw_parts(flat, rows as usize * columns as usize) };
    let levels = Levels::from_flat(rows - 1, columns - 1, values);
    // SAFETY: the array is ours to free, and `values` is not used any more.
    unsafe { ffi::perbus_levels_free(flat) };
    Ok(levels)
}

impl AsNode for Matrix {
    fn as_node(&self) -> &NodeRef {
        &self.0
    }
}
