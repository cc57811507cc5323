//! Meters of engines that have none.

use perbus::raw::{perbus_error, perbus_status};

use crate::failure::{get, out, run};
use crate::handle::perbus_desk_engine;

/// Has taps feed the meters of buses, mixers and groups where the engine has no meters of its own:
/// Apple's. Initially off. On an engine that has meters it changes nothing.
///
/// The first reading makes a tap, the only one that AVFAudio allows of that output bus: of the mixer,
/// or of the node that is connected to the bus, which serves all buses that it feeds. A tap or a
/// recorder of the program's takes its place, and until that ends the readings are
/// PERBUS_ERROR_INVALID_ARGUMENT, as they are if it was there first. It goes with the connection or the
/// node, with the engine, and when this is switched off.
///
/// A bus's meter then reads the tapped signal times the gains of the strip as they are when a block of
/// the tap is measured, 0.1 s or longer, which is an approximation while they move, and before the
/// mixer converts its rate and channels, but for mono. Offline a reading waits for the blocks that are
/// queued, as perbus_tap_wait does, but in a batch.
/// @retval PERBUS_ERROR_IN_RENDER called in a source's function
/// Threads: any, which offline holds no lock that a callback of a tap takes when it reads a meter.
/// Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_set_meter_taps(
    engine: *mut perbus_desk_engine,
    on: bool,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        engine.life.open(|| engine.engine.set_meter_taps(on))
    })
}

/// Whether taps feed the meters where the engine has none.
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_get_meter_taps(
    engine: *mut perbus_desk_engine,
    out_on: *mut bool,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        out(out_on, "out_on")?.write(engine.engine.meter_taps());
        Ok(())
    })
}
