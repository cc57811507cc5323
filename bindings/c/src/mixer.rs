//! Mixers, but for their strips.

use perbus::raw::{self, perbus_error, perbus_meter, perbus_pan_law, perbus_status};
use perbus::AnyNode;

use crate::failure::{get, out, run};
use crate::handle::{mixer, perbus_desk_engine, perbus_desk_node};

/// Makes a mixer and attaches it.
/// @param out_node receives the mixer; free it with perbus_desk_node_release
/// Maps to -[AVAudioMixerNode init] and attachNode:. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_mixer_create(
    engine: *mut perbus_desk_engine,
    out_node: *mut *mut perbus_desk_node,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        let out_node = out(out_node, "out_node")?;
        let mixer = engine.life.open(|| engine.engine.create_mixer())?;
        out_node.write(engine.node(AnyNode::Mixer(mixer)));
        Ok(())
    })
}

/// Sets the gain of the mixer's sum, that is, of all its buses together.
/// @param volume 0 to 4; initially 1
/// @retval PERBUS_ERROR_OUT_OF_RANGE volume
/// @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
/// Maps to outputVolume. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_mixer_set_output_volume(
    mixer: *mut perbus_desk_node,
    volume: f32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let (mixer, life) = self::mixer(mixer, "the node")?;
        life.brief(|| mixer.set_output_volume(volume))
    })
}

/// The gain of the mixer's sum. @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
/// Maps to outputVolume. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_mixer_get_output_volume(
    mixer: *mut perbus_desk_node,
    out_volume: *mut f32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let (mixer, life) = self::mixer(mixer, "the node")?;
        let out_volume = out(out_volume, "out_volume")?;
        out_volume.write(life.brief(|| mixer.output_volume())?);
        Ok(())
    })
}

/// Sets the gain of the mixer's sum in decibels.
/// @param decibels minus infinity (silence) over 0 (unity) to 12.04
/// @retval PERBUS_ERROR_OUT_OF_RANGE decibels
/// @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
/// Maps to outputVolume. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_mixer_set_output_volume_db(
    mixer: *mut perbus_desk_node,
    decibels: f32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let (mixer, life) = self::mixer(mixer, "the node")?;
        life.brief(|| mixer.set_output_volume_db(decibels))
    })
}

/// The gain of the mixer's sum in decibels: 0 at unity, minus infinity at silence.
/// @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
/// Maps to outputVolume. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_mixer_get_output_volume_db(
    mixer: *mut perbus_desk_node,
    out_decibels: *mut f32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let (mixer, life) = self::mixer(mixer, "the node")?;
        let out_decibels = out(out_decibels, "out_decibels")?;
        out_decibels.write(life.brief(|| mixer.output_volume_db())?);
        Ok(())
    })
}

/// Sets the pan law of the mixer's mono inputs, those that are connected later included. It belongs to
/// the mixer: reconnections and being detached leave it alone. Where an input sounds, the change is
/// heard as a ramp, in all inputs from one block on. In a mixer with a mono output it has no effect.
/// Apple's mixers have no law but balance: there the library sends them the volume and the balance
/// whose gains are those of constant power, while a pan fades every few milliseconds.
/// @param law initially PERBUS_PAN_LAW_BALANCE, which inputs with more channels always have
/// @retval PERBUS_ERROR_INVALID_ARGUMENT law is not a perbus_pan_law
/// @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
/// Maps to no selector of Apple's. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_mixer_set_pan_law(
    mixer: *mut perbus_desk_node,
    law: perbus_pan_law,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let (mixer, life) = self::mixer(mixer, "the node")?;
        let law = raw::pan_law(law)?;
        life.open(|| mixer.set_pan_law(law))
    })
}

/// The pan law of the mixer's mono inputs. @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_mixer_get_pan_law(
    mixer: *mut perbus_desk_node,
    out_law: *mut perbus_pan_law,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let (mixer, life) = self::mixer(mixer, "the node")?;
        let out_law = out(out_law, "out_law")?;
        out_law.write(raw::to_pan_law(life.brief(|| Ok(mixer.pan_law()))?));
        Ok(())
    })
}

/// Gives the mixer at least `buses` input buses.
/// @param buses 1 to PERBUS_MAX_BUSES; no effect if it has that many already
/// @retval PERBUS_ERROR_OUT_OF_RANGE buses
/// @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
/// @retval PERBUS_ERROR_EXCEPTION the engine refuses
/// Maps to -[AUAudioUnitBusArray setBusCount:error:]. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_mixer_reserve(
    mixer: *mut perbus_desk_node,
    buses: u32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let (mixer, life) = self::mixer(mixer, "the node")?;
        life.open(|| mixer.reserve(buses))
    })
}

/// The lowest input bus without a source. @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
/// Maps to nextAvailableInputBus. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_mixer_get_next_bus(
    mixer: *mut perbus_desk_node,
    out_bus: *mut u32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let (mixer, life) = self::mixer(mixer, "the node")?;
        let out_bus = out(out_bus, "out_bus")?;
        out_bus.write(life.open(|| mixer.next_bus())?);
        Ok(())
    })
}

/// The meter of the mixer's sum, after its output volume. The first call switches it on.
/// @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
/// @retval PERBUS_ERROR_UNSUPPORTED Apple's AVFAudio has none: see perbus_desk_engine_set_meter_taps
/// @retval PERBUS_ERROR_INVALID_ARGUMENT taps feed the meters, and the program has one there
/// @retval PERBUS_ERROR_NOT_ATTACHED taps feed the meters, and the mixer was detached
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_mixer_get_meter(
    mixer: *mut perbus_desk_node,
    out_meter: *mut perbus_meter,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let (mixer, life) = self::mixer(mixer, "the node")?;
        let out_meter = out(out_meter, "out_meter")?;
        // It may wait for a tap's callback, which may close.
        out_meter.write(raw::to_meter(life.brief(|| mixer.meter())?));
        Ok(())
    })
}
