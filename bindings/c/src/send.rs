//! Sends: further connections of a strip's source, to buses of other mixers.

use std::sync::Arc;

use perbus::raw::{perbus_error, perbus_status};
use perbus::{Error, SendTap};

use crate::failure::{get, list, out, run, write_if, Failure, Outcome};
use crate::handle::{give, mixer, perbus_desk_bus, perbus_desk_node};
use crate::life::Life;

/// Where a send takes its signal.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum perbus_desk_send_tap {
    /// In front of the strip's fader, mute and groups: none of them changes the send.
    PERBUS_DESK_SEND_PRE_FADER = 0,
    /// Behind them: the send follows them, fades included.
    PERBUS_DESK_SEND_POST_FADER = 1,
}

pub(crate) fn to_tap(tap: SendTap) -> perbus_desk_send_tap {
    match tap {
        SendTap::PreFader => perbus_desk_send_tap::PERBUS_DESK_SEND_PRE_FADER,
        SendTap::PostFader => perbus_desk_send_tap::PERBUS_DESK_SEND_POST_FADER,
    }
}

pub(crate) fn tap(tap: i32) -> Outcome<SendTap> {
    match tap {
        0 => Ok(SendTap::PreFader),
        1 => Ok(SendTap::PostFader),
        _ => Err(Failure::argument(format!("there is no send tap {tap}"))),
    }
}

fn hand(bus: perbus::Bus, life: &Arc<Life>) -> *mut perbus_desk_bus {
    let life = Arc::clone(life);
    give(perbus_desk_bus { bus, life })
}

/// Sends what feeds a bus to a further one, whose strip is the send's: its fader is the send's level,
/// times the fader, mute and groups of the first bus for a post-fader send, frame by frame while they
/// fade. The send ends when one of the two gets another source, or with perbus_desk_bus_end_send.
/// @param tap a perbus_desk_send_tap
/// @retval PERBUS_ERROR_NOT_CONNECTED the bus has no source
/// @retval PERBUS_ERROR_INVALID_ARGUMENT tap, or a send of a bus to itself
/// @retval PERBUS_ERROR_CYCLE the first bus is a send of the other, or gets its sound
/// @retval PERBUS_ERROR_WRONG_ENGINE `to` belongs to another engine
/// @retval PERBUS_ERROR_NOT_ATTACHED either mixer was detached
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_bus_send_to(
    bus: *mut perbus_desk_bus,
    to: *mut perbus_desk_bus,
    tap: i32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let (bus, to) = (get(bus, "bus")?, get(to, "to")?);
        let tap = self::tap(tap)?;
        bus.life.open(|| bus.bus.send_to(&to.bus, tap).map(drop))
    })
}

/// As perbus_desk_bus_send_to, to the lowest bus of a mixer that nothing is connected to.
/// @param out_send receives the send's strip, freed with perbus_desk_bus_release; may be NULL
/// @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_bus_send_to_mixer(
    bus: *mut perbus_desk_bus,
    mixer: *mut perbus_desk_node,
    tap: i32,
    out_send: *mut *mut perbus_desk_bus,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let bus = get(bus, "bus")?;
        let (mixer, _) = self::mixer(mixer, "the node")?;
        let tap = self::tap(tap)?;
        let send = bus.life.open(|| bus.bus.send_to(mixer, tap))?;
        if !out_send.is_null() {
            write_if(out_send, hand(send, &bus.life));
        }
        Ok(())
    })
}

/// Ends a send: disconnects its bus, whose strip keeps its values and is an ordinary one from now on.
/// @retval PERBUS_ERROR_WRONG_KIND the bus is no send
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_bus_end_send(
    send: *mut perbus_desk_bus,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let send = get(send, "send")?;
        send.life.open(|| send.bus.end_send())
    })
}

/// Moves a send's tap to the other side of the fader, without a click.
/// @param send the send's strip
/// @param tap a perbus_desk_send_tap
/// @retval PERBUS_ERROR_INVALID_ARGUMENT tap
/// @retval PERBUS_ERROR_WRONG_KIND the bus is no send
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_bus_set_send_tap(
    send: *mut perbus_desk_bus,
    tap: i32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let send = get(send, "send")?;
        let tap = self::tap(tap)?;
        send.life.open(|| send.bus.set_send_tap(tap))
    })
}

/// Where a send takes its signal.
/// @retval PERBUS_ERROR_WRONG_KIND the bus is no send
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_bus_get_send_tap(
    send: *mut perbus_desk_bus,
    out_tap: *mut perbus_desk_send_tap,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let send = get(send, "send")?;
        let out_tap = out(out_tap, "out_tap")?;
        let Some(tap) = send.life.open(|| Ok(send.bus.send_tap()))? else {
            return Err(no_send(send));
        };
        out_tap.write(to_tap(tap));
        Ok(())
    })
}

/// The bus that a send takes its signal from: the dry strip.
/// @param out_bus receives the handle; free it with perbus_desk_bus_release
/// @retval PERBUS_ERROR_WRONG_KIND the bus is no send
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_bus_copy_send_source(
    send: *mut perbus_desk_bus,
    out_bus: *mut *mut perbus_desk_bus,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let send = get(send, "send")?;
        let out_bus = out(out_bus, "out_bus")?;
        let Some(bus) = send.life.open(|| Ok(send.bus.send_source()))? else {
            return Err(no_send(send));
        };
        out_bus.write(hand(bus, &send.life));
        Ok(())
    })
}

fn no_send(bus: &perbus_desk_bus) -> Failure {
    Error::WrongKind(format!("bus {} is not a send", bus.bus.number())).into()
}

/// The sends of a bus.
/// @param out_buses receives up to `capacity` handles, each freed with perbus_desk_bus_release
/// @param out_count receives how many sends there are
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_bus_copy_sends(
    bus: *mut perbus_desk_bus,
    out_buses: *mut *mut perbus_desk_bus,
    capacity: usize,
    out_count: *mut usize,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let bus = get(bus, "bus")?;
        let out_count = out(out_count, "out_count")?;
        let sends = bus.life.open(|| Ok(bus.bus.sends()))?;
        out_count.write(sends.len());
        list(out_buses, capacity, "out_buses", sends, |it| {
            hand(it, &bus.life)
        })
    })
}
