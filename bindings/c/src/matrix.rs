//! Matrix mixers.

use perbus::raw::{self, perbus_error, perbus_status};
use perbus::{AnyNode, Matrix};

use crate::failure::{array, get, out, run, Failure, Outcome};
use crate::handle::{matrix, perbus_desk_engine, perbus_desk_node};

/// Makes a matrix mixer and attaches it: every input channel to every output channel with a gain of
/// its own. Its channels are numbered as in perbus/matrix.h; the desk keeps the levels across
/// connections and starts. Waits for the system to create it.
/// @param inputs, outputs the number of buses, 1 to PERBUS_MAX_MATRIX_BUSES
/// @param out_node receives the matrix; free it with perbus_desk_node_release
/// @retval PERBUS_ERROR_OUT_OF_RANGE inputs or outputs
/// @retval PERBUS_ERROR_UNSUPPORTED the system cannot create one
/// Maps to +[AVAudioUnit instantiateWithComponentDescription:options:completionHandler:] and
/// attachNode:. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_matrix_create(
    engine: *mut perbus_desk_engine,
    inputs: u32,
    outputs: u32,
    out_node: *mut *mut perbus_desk_node,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        let out_node = out(out_node, "out_node")?;
        let matrix = engine
            .life
            .open(|| engine.engine.create_matrix(inputs, outputs))?;
        out_node.write(engine.node(AnyNode::Matrix(matrix)));
        Ok(())
    })
}

fn set(
    node: *const perbus_desk_node,
    call: impl FnOnce(&Matrix) -> perbus::Result<()>,
) -> Outcome<()> {
    let (matrix, life) = matrix(node)?;
    life.brief(|| call(matrix))
}

fn read<T>(
    node: *const perbus_desk_node,
    into: *mut T,
    call: impl FnOnce(&Matrix) -> perbus::Result<T>,
) -> Outcome<()> {
    let (matrix, life) = matrix(node)?;
    let into = out(into, "out_value")?;
    into.write(life.brief(|| call(matrix))?);
    Ok(())
}

/// The number of channels across all input buses, and across all output buses.
/// @retval PERBUS_ERROR_WRONG_KIND the node is not a matrix, here and below
/// Maps to kAudioUnitProperty_MatrixDimensions. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_matrix_get_dimensions(
    matrix: *mut perbus_desk_node,
    out_inputs: *mut u32,
    out_outputs: *mut u32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let (matrix, life) = self::matrix(matrix)?;
        let out_inputs = out(out_inputs, "out_inputs")?;
        let out_outputs = out(out_outputs, "out_outputs")?;
        let (inputs, outputs) = life.brief(|| matrix.dimensions())?;
        out_inputs.write(inputs);
        out_outputs.write(outputs);
        Ok(())
    })
}

/// Sets the gain from one input channel to one output channel.
/// @param gain -1 to 1; a negative gain inverts the polarity
/// @retval PERBUS_ERROR_OUT_OF_RANGE gain, or a channel that is not below its side's number
/// Maps to kMatrixMixerParam_Volume, global scope. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_matrix_set_crosspoint(
    matrix: *mut perbus_desk_node,
    input: u32,
    output: u32,
    gain: f32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        set(matrix, |matrix| matrix.set_crosspoint(input, output, gain))
    })
}

/// The gain from one input channel to one output channel. @retval PERBUS_ERROR_OUT_OF_RANGE a
/// channel
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_matrix_get_crosspoint(
    matrix: *mut perbus_desk_node,
    input: u32,
    output: u32,
    out_gain: *mut f32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        read(matrix, out_gain, |matrix| matrix.crosspoint(input, output))
    })
}

/// Sets the volume of an input channel, 0 to 4.
/// @retval PERBUS_ERROR_OUT_OF_RANGE volume or input
/// Maps to kMatrixMixerParam_Volume, input scope. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_matrix_set_input(
    matrix: *mut perbus_desk_node,
    input: u32,
    volume: f32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        set(matrix, |matrix| matrix.set_input(input, volume))
    })
}

/// The volume of an input channel. @retval PERBUS_ERROR_OUT_OF_RANGE input
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_matrix_get_input(
    matrix: *mut perbus_desk_node,
    input: u32,
    out_volume: *mut f32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        read(matrix, out_volume, |matrix| matrix.input(input))
    })
}

/// Sets the volume of an output channel, 0 to 4.
/// @retval PERBUS_ERROR_OUT_OF_RANGE volume or output
/// Maps to kMatrixMixerParam_Volume, output scope. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_matrix_set_output(
    matrix: *mut perbus_desk_node,
    output: u32,
    volume: f32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        set(matrix, |matrix| matrix.set_output(output, volume))
    })
}

/// The volume of an output channel. @retval PERBUS_ERROR_OUT_OF_RANGE output
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_matrix_get_output(
    matrix: *mut perbus_desk_node,
    output: u32,
    out_volume: *mut f32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        read(matrix, out_volume, |matrix| matrix.output(output))
    })
}

/// Sets the volume of the whole matrix, 0 to 4. @retval PERBUS_ERROR_OUT_OF_RANGE volume
/// Maps to kMatrixMixerParam_Volume, global scope, element 0xFFFFFFFF.
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_matrix_set_master(
    matrix: *mut perbus_desk_node,
    volume: f32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || set(matrix, |matrix| matrix.set_master(volume)))
}

/// The volume of the whole matrix. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_matrix_get_master(
    matrix: *mut perbus_desk_node,
    out_volume: *mut f32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || read(matrix, out_volume, Matrix::master))
}

/// Turns all channels of an input bus on or off. They are initially on.
/// @retval PERBUS_ERROR_OUT_OF_RANGE the matrix has no such bus
/// Maps to kMatrixMixerParam_Enable, input scope. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_matrix_enable_input(
    matrix: *mut perbus_desk_node,
    bus: u32,
    enabled: bool,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        set(matrix, |matrix| matrix.enable_input(bus, enabled))
    })
}

/// As perbus_desk_matrix_enable_input, for an output bus. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_matrix_enable_output(
    matrix: *mut perbus_desk_node,
    bus: u32,
    enabled: bool,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        set(matrix, |matrix| matrix.enable_output(bus, enabled))
    })
}

/// `rows * columns` values, if these are the matrix's: no others are read or written.
fn size((inputs, outputs): (u32, u32), rows: u32, columns: u32) -> Outcome<usize> {
    if (rows, columns) != (inputs + 1, outputs + 1) {
        let reason = format!(
            "{rows} rows of {columns} levels for a matrix with {} rows of {}",
            inputs + 1,
            outputs + 1
        );
        return Err(Failure::argument(reason));
    }
    Ok(rows as usize * columns as usize)
}

/// Sets all levels, or none if any is invalid.
/// @param levels row by row: an input channel's crosspoints and its volume; the last row has the
/// output volumes and the master volume
/// @param rows the number of input channels and 1
/// @param columns the number of output channels and 1
/// @retval PERBUS_ERROR_INVALID_ARGUMENT rows or columns are not those of the matrix
/// @retval PERBUS_ERROR_OUT_OF_RANGE a crosspoint outside -1 to 1 or a volume outside 0 to 4
/// Maps to kAudioUnitProperty_MatrixLevels. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_matrix_set_levels(
    matrix: *mut perbus_desk_node,
    levels: *const f32,
    rows: u32,
    columns: u32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let (matrix, life) = self::matrix(matrix)?;
        let _open = life.enter()?;
        let size = size(matrix.dimensions()?, rows, columns)?;
        let flat = array(levels, size, "levels")?;
        matrix.set_levels(&raw::from_flat(rows - 1, columns - 1, flat))?;
        Ok(())
    })
}

/// All levels as the engine has them, in the layout of perbus_desk_matrix_set_levels.
/// @param out_levels room for rows * columns values
/// @retval PERBUS_ERROR_INVALID_ARGUMENT rows or columns are not those of the matrix
/// Maps to kAudioUnitProperty_MatrixLevels. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_matrix_get_levels(
    matrix: *mut perbus_desk_node,
    out_levels: *mut f32,
    rows: u32,
    columns: u32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let (matrix, life) = self::matrix(matrix)?;
        out(out_levels, "out_levels")?;
        let levels = life.brief(|| matrix.levels())?;
        let count = size((levels.inputs(), levels.outputs()), rows, columns)?;
        let flat = raw::to_flat(&levels);
        std::ptr::copy_nonoverlapping(flat.as_ptr(), out_levels, count);
        Ok(())
    })
}

/// Sends every input channel to the output channel of the same number, at 1, and nowhere else. The
/// volumes stay. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_matrix_set_identity(
    matrix: *mut perbus_desk_node,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || set(matrix, Matrix::set_identity))
}

/// Sets all crosspoints to 0. The volumes are unchanged. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_matrix_clear(
    matrix: *mut perbus_desk_node,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || set(matrix, Matrix::clear))
}

/// Inverts the polarity: negates every crosspoint. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_matrix_invert(
    matrix: *mut perbus_desk_node,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || set(matrix, Matrix::invert))
}
