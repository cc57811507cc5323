//! Channel strips.

use std::ffi::c_char;
use std::sync::Arc;

use perbus::raw::{self, perbus_error, perbus_meter, perbus_status};
use perbus::AnyNode;

use crate::failure::{get, out, run};
use crate::handle::{give, mixer, perbus_desk_node, take};
use crate::text;

pub use crate::handle::perbus_desk_bus;

/// A handle to the strip of a mixer's input bus. It belongs to the bus, not to what is connected
/// there: it can be set before anything is connected, and keeps its values while sources come and
/// go.
/// @param bus 0 to PERBUS_MAX_BUSES - 1
/// @param out_bus receives the handle; free it with perbus_desk_bus_release
/// @retval PERBUS_ERROR_OUT_OF_RANGE bus
/// @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_mixer_copy_bus(
    mixer: *mut perbus_desk_node,
    bus: u32,
    out_bus: *mut *mut perbus_desk_bus,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let node = get(mixer, "mixer")?;
        let (mixer, life) = self::mixer(mixer, "the node")?;
        let out_bus = out(out_bus, "out_bus")?;
        let bus = life.open(|| mixer.bus(bus))?;
        out_bus.write(give(perbus_desk_bus {
            bus,
            life: Arc::clone(&node.life),
        }));
        Ok(())
    })
}

/// Frees the handle; the strip stays. NULL is a no-op. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_bus_release(bus: *mut perbus_desk_bus) {
    take(bus);
}

/// The bus's number on its mixer. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_bus_get_number(
    bus: *mut perbus_desk_bus,
    out_number: *mut u32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let bus = get(bus, "bus")?;
        out(out_number, "out_number")?.write(bus.bus.number());
        Ok(())
    })
}

/// A handle to the mixer whose bus it is. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_bus_copy_mixer(
    bus: *mut perbus_desk_bus,
    out_node: *mut *mut perbus_desk_node,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let bus = get(bus, "bus")?;
        let mixer = bus.bus.mixer().clone();
        out(out_node, "out_node")?.write(give(perbus_desk_node {
            node: AnyNode::Mixer(mixer),
            life: Arc::clone(&bus.life),
        }));
        Ok(())
    })
}

/// Whether a source is connected. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_bus_is_connected(
    bus: *mut perbus_desk_bus,
    out_connected: *mut bool,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let bus = get(bus, "bus")?;
        let out_connected = out(out_connected, "out_connected")?;
        out_connected.write(bus.life.brief(|| Ok(bus.bus.is_connected()))?);
        Ok(())
    })
}

/// Moves the fader.
/// @param volume a linear gain, 0 (silence) over 1 (unity) to 4; initially 1. Beyond 1 it is
/// undocumented on Apple
/// @retval PERBUS_ERROR_OUT_OF_RANGE volume
/// @retval PERBUS_ERROR_NOT_ATTACHED the mixer was detached
/// Maps to -[AVAudioMixingDestination setVolume:]. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_bus_set_volume(
    bus: *mut perbus_desk_bus,
    volume: f32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let bus = get(bus, "bus")?;
        bus.life.brief(|| bus.bus.set_volume(volume))
    })
}

/// The fader; during a fade, its current value. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_bus_get_volume(
    bus: *mut perbus_desk_bus,
    out_volume: *mut f32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let bus = get(bus, "bus")?;
        out(out_volume, "out_volume")?.write(bus.bus.volume());
        Ok(())
    })
}

/// Moves the fader to a gain in decibels.
/// @param decibels minus infinity (silence) over 0 (unity) to 12.04
/// @retval PERBUS_ERROR_OUT_OF_RANGE decibels
/// @retval PERBUS_ERROR_NOT_ATTACHED the mixer was detached
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_bus_set_volume_db(
    bus: *mut perbus_desk_bus,
    decibels: f32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let bus = get(bus, "bus")?;
        bus.life.brief(|| bus.bus.set_volume_db(decibels))
    })
}

/// The fader in decibels: 0 at unity, minus infinity at silence. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_bus_get_volume_db(
    bus: *mut perbus_desk_bus,
    out_decibels: *mut f32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let bus = get(bus, "bus")?;
        out(out_decibels, "out_decibels")?.write(bus.bus.volume_db());
        Ok(())
    })
}

/// Turns the pan: a mono source is panned, a stereo one balanced. It has no effect in a mixer with
/// a mono output.
/// @param pan -1 (left) to 1 (right); initially 0
/// @retval PERBUS_ERROR_OUT_OF_RANGE pan
/// @retval PERBUS_ERROR_NOT_ATTACHED the mixer was detached
/// Maps to -[AVAudioMixingDestination setPan:]. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_bus_set_pan(
    bus: *mut perbus_desk_bus,
    pan: f32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let bus = get(bus, "bus")?;
        bus.life.brief(|| bus.bus.set_pan(pan))
    })
}

/// The pan; during a fade, its current value. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_bus_get_pan(
    bus: *mut perbus_desk_bus,
    out_pan: *mut f32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let bus = get(bus, "bus")?;
        out(out_pan, "out_pan")?.write(bus.bus.pan());
        Ok(())
    })
}

/// Silences the bus, or restores it at its fader's volume.
/// @retval PERBUS_ERROR_NOT_ATTACHED the mixer was detached
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_bus_set_muted(
    bus: *mut perbus_desk_bus,
    muted: bool,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let bus = get(bus, "bus")?;
        bus.life.brief(|| bus.bus.set_muted(muted))
    })
}

/// Whether the bus is muted. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_bus_is_muted(
    bus: *mut perbus_desk_bus,
    out_muted: *mut bool,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let bus = get(bus, "bus")?;
        out(out_muted, "out_muted")?.write(bus.bus.is_muted());
        Ok(())
    })
}

/// Solo in place, for the whole engine: while any bus is soloed, only these are heard: the soloed and
/// the solo-safe buses, every bus that the source of a soloed one is heard through (its other
/// connections, and the mixers' buses that it goes on through), and every bus that leads into a
/// soloed one. The others' faders stay where they are, and sound again when the last solo ends. Mute
/// wins over solo.
/// @retval PERBUS_ERROR_NOT_ATTACHED the mixer was detached
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_bus_set_soloed(
    bus: *mut perbus_desk_bus,
    soloed: bool,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let bus = get(bus, "bus")?;
        bus.life.brief(|| bus.bus.set_soloed(soloed))
    })
}

/// Whether the bus is soloed. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_bus_is_soloed(
    bus: *mut perbus_desk_bus,
    out_soloed: *mut bool,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let bus = get(bus, "bus")?;
        out(out_soloed, "out_soloed")?.write(bus.bus.is_soloed());
        Ok(())
    })
}

/// Keeps solos of other buses from silencing this one, or no longer.
/// @retval PERBUS_ERROR_NOT_ATTACHED the mixer was detached
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_bus_set_solo_safe(
    bus: *mut perbus_desk_bus,
    solo_safe: bool,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let bus = get(bus, "bus")?;
        bus.life.brief(|| bus.bus.set_solo_safe(solo_safe))
    })
}

/// Whether solo never silences the bus. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_bus_is_solo_safe(
    bus: *mut perbus_desk_bus,
    out_solo_safe: *mut bool,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let bus = get(bus, "bus")?;
        out(out_solo_safe, "out_solo_safe")?.write(bus.bus.is_solo_safe());
        Ok(())
    })
}

/// Whether the bus is neither muted nor silenced by a solo elsewhere; its fader may still be at 0.
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_bus_is_audible(
    bus: *mut perbus_desk_bus,
    out_audible: *mut bool,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let bus = get(bus, "bus")?;
        out(out_audible, "out_audible")?.write(bus.bus.is_audible());
        Ok(())
    })
}

/// The volume that the engine receives: 0 while the bus is muted, or while solo silences it; else
/// the fader. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_bus_get_effective_volume(
    bus: *mut perbus_desk_bus,
    out_volume: *mut f32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let bus = get(bus, "bus")?;
        out(out_volume, "out_volume")?.write(bus.bus.effective_volume());
        Ok(())
    })
}

/// Resets the strip to its initial state: volume 1, pan 0, neither muted nor soloed nor
/// solo-safe. The label is kept.
/// @retval PERBUS_ERROR_NOT_ATTACHED the mixer was detached
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_bus_reset(
    bus: *mut perbus_desk_bus,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let bus = get(bus, "bus")?;
        bus.life.brief(|| bus.bus.reset())
    })
}

/// Names the bus.
/// @param label UTF-8; copied
/// @retval PERBUS_ERROR_INVALID_ARGUMENT label: not UTF-8
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_bus_set_label(
    bus: *mut perbus_desk_bus,
    label: *const c_char,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let bus = get(bus, "bus")?;
        bus.bus.set_label(text::read(label, "label")?);
        Ok(())
    })
}

/// The bus's label; initially empty.
/// @param out_label receives the text; free it with perbus_desk_text_free
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_bus_copy_label(
    bus: *mut perbus_desk_bus,
    out_label: *mut *mut c_char,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let bus = get(bus, "bus")?;
        out(out_label, "out_label")?.write(text::give(&bus.bus.label()));
        Ok(())
    })
}

/// The bus's meter: what it adds to its mixer, after fader, pan, mute and solo. The first call for
/// a connection switches it on, and reads zeros until a window is full.
/// @retval PERBUS_ERROR_NOT_CONNECTED the bus has no source
/// @retval PERBUS_ERROR_NOT_MIXING its source is a matrix
/// @retval PERBUS_ERROR_NOT_ATTACHED the mixer was detached
/// @retval PERBUS_ERROR_UNSUPPORTED Apple's AVFAudio has no meter per connection: see
///         perbus_desk_engine_set_meter_taps
/// @retval PERBUS_ERROR_INVALID_ARGUMENT taps feed the meters, and the program has one there
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_bus_get_meter(
    bus: *mut perbus_desk_bus,
    out_meter: *mut perbus_meter,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let bus = get(bus, "bus")?;
        let out_meter = out(out_meter, "out_meter")?;
        // It may wait for a tap's callback, which may close.
        out_meter.write(raw::to_meter(bus.life.brief(|| bus.bus.meter())?));
        Ok(())
    })
}
