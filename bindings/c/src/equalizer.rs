//! Equalizers.

use perbus::raw::{self, perbus_band, perbus_error, perbus_status};
use perbus::AnyNode;

use crate::failure::{get, out, run};
use crate::handle::{equalizer, perbus_desk_engine, perbus_desk_node};

/// Makes an equalizer, its bands bypassed, and attaches it. Connect it between a source and a
/// mixer, or anywhere else: it has one input and one output. Behind it, the bus's strip controls
/// the source that feeds it.
/// @param bands 1 to PERBUS_MAX_BANDS
/// @param out_node receives the equalizer; free it with perbus_desk_node_release
/// @retval PERBUS_ERROR_OUT_OF_RANGE bands
/// Maps to -[AVAudioUnitEQ initWithNumberOfBands:] and attachNode:. Threads: any.
/// Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_equalizer_create(
    engine: *mut perbus_desk_engine,
    bands: u32,
    out_node: *mut *mut perbus_desk_node,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        let out_node = out(out_node, "out_node")?;
        let equalizer = engine.life.open(|| engine.engine.create_equalizer(bands))?;
        out_node.write(engine.node(AnyNode::Equalizer(equalizer)));
        Ok(())
    })
}

/// The number of bands it was made with. @retval PERBUS_ERROR_WRONG_KIND the node is not an
/// equalizer
/// Maps to bands. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_equalizer_get_band_count(
    equalizer: *mut perbus_desk_node,
    out_count: *mut u32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let (equalizer, life) = self::equalizer(equalizer)?;
        let out_count = out(out_count, "out_count")?;
        out_count.write(life.brief(|| equalizer.band_count())?);
        Ok(())
    })
}

/// Sets one band. The sound moves to the new response without a click.
/// @param index below the band count
/// @retval PERBUS_ERROR_OUT_OF_RANGE index, or a value of the band; nothing has changed
/// @retval PERBUS_ERROR_INVALID_ARGUMENT type is not a perbus_filter
/// @retval PERBUS_ERROR_WRONG_KIND the node is not an equalizer
/// Maps to AVAudioUnitEQFilterParameters. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_equalizer_set_band(
    equalizer: *mut perbus_desk_node,
    index: u32,
    band: *const perbus_band,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let (equalizer, life) = self::equalizer(equalizer)?;
        let band = get(band, "band")?;
        life.brief(|| equalizer.set_band(index, raw::band(band)?))
    })
}

/// The values of a band. @retval PERBUS_ERROR_OUT_OF_RANGE index
/// @retval PERBUS_ERROR_WRONG_KIND the node is not an equalizer
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_equalizer_get_band(
    equalizer: *mut perbus_desk_node,
    index: u32,
    out_band: *mut perbus_band,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let (equalizer, life) = self::equalizer(equalizer)?;
        let out_band = out(out_band, "out_band")?;
        out_band.write(raw::to_band(&life.brief(|| equalizer.band(index))?));
        Ok(())
    })
}

/// Sets the gain applied after the bands.
/// @param gain dB, -96 to 24; initially 0
/// @retval PERBUS_ERROR_OUT_OF_RANGE gain
/// @retval PERBUS_ERROR_WRONG_KIND the node is not an equalizer
/// Maps to globalGain. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_equalizer_set_global_gain(
    equalizer: *mut perbus_desk_node,
    gain: f32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let (equalizer, life) = self::equalizer(equalizer)?;
        life.brief(|| equalizer.set_global_gain(gain))
    })
}

/// The gain applied after the bands, in dB. @retval PERBUS_ERROR_WRONG_KIND the node is not an
/// equalizer
/// Maps to globalGain. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_equalizer_get_global_gain(
    equalizer: *mut perbus_desk_node,
    out_gain: *mut f32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let (equalizer, life) = self::equalizer(equalizer)?;
        let out_gain = out(out_gain, "out_gain")?;
        out_gain.write(life.brief(|| equalizer.global_gain())?);
        Ok(())
    })
}

/// Turns the bypass on, which passes everything unchanged, or off; bands and gain keep their
/// values. Initially off.
/// @retval PERBUS_ERROR_WRONG_KIND the node is not an equalizer
/// Maps to -[AVAudioUnitEffect setBypass:]. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_equalizer_set_bypassed(
    equalizer: *mut perbus_desk_node,
    bypassed: bool,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let (equalizer, life) = self::equalizer(equalizer)?;
        life.brief(|| equalizer.set_bypassed(bypassed))
    })
}

/// Whether it is bypassed. @retval PERBUS_ERROR_WRONG_KIND the node is not an equalizer
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_equalizer_is_bypassed(
    equalizer: *mut perbus_desk_node,
    out_bypassed: *mut bool,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let (equalizer, life) = self::equalizer(equalizer)?;
        let out_bypassed = out(out_bypassed, "out_bypassed")?;
        out_bypassed.write(life.brief(|| equalizer.is_bypassed())?);
        Ok(())
    })
}
