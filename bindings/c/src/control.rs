//! Per-bus control by mixer and bus number, and per-connection control by source and bus.

use perbus::raw::{perbus_error, perbus_status};
use perbus::{Control, Fallback};

use crate::failure::{get, out, run, write_if, Failure};
use crate::handle::{mixer, perbus_desk_engine, perbus_desk_node};

/// Which control a by-number call used.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub enum perbus_desk_control {
    /// The bus's own: that of the tracked connection.
    PERBUS_DESK_CONTROL_CONNECTION = 1,
    /// The mixer's global one, because no source is tracked on the bus: it acts on all buses.
    PERBUS_DESK_CONTROL_MIXER = 2,
    /// The bus's strip, which the next source on the bus gets: see PERBUS_DESK_FALLBACK_HOLD.
    PERBUS_DESK_CONTROL_HELD = 3,
}

impl From<Control> for perbus_desk_control {
    fn from(control: Control) -> Self {
        match control {
            Control::Connection => Self::PERBUS_DESK_CONTROL_CONNECTION,
            Control::Mixer => Self::PERBUS_DESK_CONTROL_MIXER,
            Control::Held => Self::PERBUS_DESK_CONTROL_HELD,
        }
    }
}

/// What the by-number calls do on a bus without a source.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub enum perbus_desk_fallback {
    /// Use the mixer's global control, which acts on all buses. The default.
    PERBUS_DESK_FALLBACK_GLOBAL = 0,
    /// Refuse: PERBUS_ERROR_NOT_CONNECTED.
    PERBUS_DESK_FALLBACK_DENY = 1,
    /// Set the bus's strip, for the next source on it.
    PERBUS_DESK_FALLBACK_HOLD = 2,
}

const FALLBACKS: [(perbus_desk_fallback, Fallback); 3] = [
    (
        perbus_desk_fallback::PERBUS_DESK_FALLBACK_GLOBAL,
        Fallback::Global,
    ),
    (
        perbus_desk_fallback::PERBUS_DESK_FALLBACK_DENY,
        Fallback::Deny,
    ),
    (
        perbus_desk_fallback::PERBUS_DESK_FALLBACK_HOLD,
        Fallback::Hold,
    ),
];

/// Chooses what calls by number do on a bus without a source.
/// @param fallback a perbus_desk_fallback
/// @retval PERBUS_ERROR_INVALID_ARGUMENT fallback is not one of them
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_set_fallback(
    engine: *mut perbus_desk_engine,
    fallback: i32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        let (_, fallback) = FALLBACKS
            .into_iter()
            .find(|(number, _)| *number as i32 == fallback)
            .ok_or_else(|| Failure::argument(format!("unknown fallback {fallback}")))?;
        engine.life.open(|| {
            engine.engine.set_fallback(fallback);
            Ok(())
        })
    })
}

/// The value set by perbus_desk_engine_set_fallback. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_get_fallback(
    engine: *mut perbus_desk_engine,
    out_fallback: *mut perbus_desk_fallback,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        let set = engine.engine.fallback();
        let number = FALLBACKS.into_iter().find(|(_, known)| *known == set);
        if let Some((number, _)) = number {
            out(out_fallback, "out_fallback")?.write(number);
        }
        Ok(())
    })
}

/// Sets the volume of a mixer's input bus, and says which control that was.
///
/// If a source is connected there, it is the bus's own fader. Otherwise it is the mixer's output
/// volume, which all buses share, and the bus's strip is unchanged, unless
/// perbus_desk_engine_set_fallback chose otherwise.
/// @param volume 0 to 4
/// @param bus 0 to PERBUS_MAX_BUSES - 1
/// @param out_control receives which control it was; may be NULL
/// @retval PERBUS_ERROR_OUT_OF_RANGE volume or bus
/// @retval PERBUS_ERROR_NOT_CONNECTED a bus without a source, with PERBUS_DESK_FALLBACK_DENY
/// @retval PERBUS_ERROR_NOT_ATTACHED, PERBUS_ERROR_WRONG_ENGINE, PERBUS_ERROR_WRONG_KIND the mixer
/// Maps to destinationForMixer:bus: and setVolume:, or to outputVolume. Threads: any.
/// Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_set_mixer_volume_for_bus(
    engine: *mut perbus_desk_engine,
    mixer: *mut perbus_desk_node,
    volume: f32,
    bus: u32,
    out_control: *mut perbus_desk_control,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        let (mixer, _) = self::mixer(mixer, "mixer")?;
        let set = || engine.engine.set_mixer_volume_for_bus(mixer, volume, bus);
        write_if(out_control, engine.life.brief(set)?.into());
        Ok(())
    })
}

/// What perbus_desk_engine_set_mixer_volume_for_bus sets, and which control it is. Fails as that
/// does, but for the volume's range.
/// @param out_control may be NULL
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_get_mixer_volume_for_bus(
    engine: *mut perbus_desk_engine,
    mixer: *mut perbus_desk_node,
    bus: u32,
    out_volume: *mut f32,
    out_control: *mut perbus_desk_control,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        let (mixer, _) = self::mixer(mixer, "mixer")?;
        let out_volume = out(out_volume, "out_volume")?;
        let found = || engine.engine.mixer_volume_for_bus(mixer, bus);
        let (volume, control) = engine.life.brief(found)?;
        out_volume.write(volume);
        write_if(out_control, control.into());
        Ok(())
    })
}

/// Sets the pan of a mixer's input bus, and says which control that was.
///
/// If a source is connected there, it is the bus's own pan. Otherwise it is the pan of the whole
/// mixer on the mixers that it feeds, since AVAudioMixerNode has no pan for its own sum.
/// @param pan -1 (left) to 1 (right)
/// @param bus 0 to PERBUS_MAX_BUSES - 1
/// @param out_control receives which control it was; may be NULL
/// @retval PERBUS_ERROR_OUT_OF_RANGE pan or bus
/// @retval PERBUS_ERROR_NO_PAN_CONTROL the bus has no source and the mixer feeds no other mixer
/// @retval PERBUS_ERROR_NOT_CONNECTED a bus without a source, with PERBUS_DESK_FALLBACK_DENY
/// @retval PERBUS_ERROR_NOT_ATTACHED, PERBUS_ERROR_WRONG_ENGINE, PERBUS_ERROR_WRONG_KIND the mixer
/// Maps to destinationForMixer:bus: and setPan:. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_set_mixer_pan_for_bus(
    engine: *mut perbus_desk_engine,
    mixer: *mut perbus_desk_node,
    pan: f32,
    bus: u32,
    out_control: *mut perbus_desk_control,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        let (mixer, _) = self::mixer(mixer, "mixer")?;
        let set = || engine.engine.set_mixer_pan_for_bus(mixer, pan, bus);
        write_if(out_control, engine.life.brief(set)?.into());
        Ok(())
    })
}

/// What perbus_desk_engine_set_mixer_pan_for_bus sets, and which control it is. Fails as that does,
/// but for the pan's range.
/// @param out_control may be NULL
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_get_mixer_pan_for_bus(
    engine: *mut perbus_desk_engine,
    mixer: *mut perbus_desk_node,
    bus: u32,
    out_pan: *mut f32,
    out_control: *mut perbus_desk_control,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        let (mixer, _) = self::mixer(mixer, "mixer")?;
        let out_pan = out(out_pan, "out_pan")?;
        let found = || engine.engine.mixer_pan_for_bus(mixer, bus);
        let (pan, control) = engine.life.brief(found)?;
        out_pan.write(pan);
        write_if(out_control, control.into());
        Ok(())
    })
}

/// Sets the volume of one connection: the fader of the bus, with the source checked.
/// @param volume 0 to 4
/// @retval PERBUS_ERROR_OUT_OF_RANGE volume or bus
/// @retval PERBUS_ERROR_NOT_CONNECTED the source does not feed that bus, directly or through
/// effects
/// @retval PERBUS_ERROR_NOT_MIXING the source is an effect
/// @retval PERBUS_ERROR_NOT_ATTACHED, PERBUS_ERROR_WRONG_ENGINE either node
/// @retval PERBUS_ERROR_WRONG_KIND the destination is not a mixer
/// Maps to destinationForMixer:bus: and setVolume:. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_set_connection_volume(
    engine: *mut perbus_desk_engine,
    source: *mut perbus_desk_node,
    mixer: *mut perbus_desk_node,
    bus: u32,
    volume: f32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        let source = &get(source, "source")?.node;
        let (mixer, _) = self::mixer(mixer, "mixer")?;
        engine.life.brief(|| {
            engine
                .engine
                .set_connection_volume(source, mixer, bus, volume)
        })
    })
}

/// The volume that the engine reports for one connection: 0 while the bus is muted. Fails as
/// perbus_desk_engine_set_connection_volume, but for the volume's range.
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_get_connection_volume(
    engine: *mut perbus_desk_engine,
    source: *mut perbus_desk_node,
    mixer: *mut perbus_desk_node,
    bus: u32,
    out_volume: *mut f32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        let source = &get(source, "source")?.node;
        let (mixer, _) = self::mixer(mixer, "mixer")?;
        let out_volume = out(out_volume, "out_volume")?;
        let found = || engine.engine.connection_volume(source, mixer, bus);
        out_volume.write(engine.life.brief(found)?);
        Ok(())
    })
}

/// Sets the pan of one connection, -1 (left) to 1 (right). Fails as
/// perbus_desk_engine_set_connection_volume.
/// Maps to destinationForMixer:bus: and setPan:. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_set_connection_pan(
    engine: *mut perbus_desk_engine,
    source: *mut perbus_desk_node,
    mixer: *mut perbus_desk_node,
    bus: u32,
    pan: f32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        let source = &get(source, "source")?.node;
        let (mixer, _) = self::mixer(mixer, "mixer")?;
        engine
            .life
            .brief(|| engine.engine.set_connection_pan(source, mixer, bus, pan))
    })
}

/// The pan that the engine reports for one connection. Fails as
/// perbus_desk_engine_set_connection_volume, but for the pan's range.
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_get_connection_pan(
    engine: *mut perbus_desk_engine,
    source: *mut perbus_desk_node,
    mixer: *mut perbus_desk_node,
    bus: u32,
    out_pan: *mut f32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        let source = &get(source, "source")?.node;
        let (mixer, _) = self::mixer(mixer, "mixer")?;
        let out_pan = out(out_pan, "out_pan")?;
        let found = || engine.engine.connection_pan(source, mixer, bus);
        out_pan.write(engine.life.brief(found)?);
        Ok(())
    })
}
