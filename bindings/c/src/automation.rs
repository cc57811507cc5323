//! Automation: fades and sets that start at given frames.

use std::ffi::c_void;

use perbus::raw::{self, perbus_curve, perbus_error, perbus_status};
use perbus::AutomationPoint;

use crate::engine::duration;
use crate::fade::{begin, perbus_desk_fade, perbus_desk_fade_ended, Target, Wanted};
use crate::failure::{array, get, list, out, run, Outcome};
use crate::handle::{mixer, perbus_desk_bus, perbus_desk_node};

/// One point of an automation: from a frame on, the value fades to another, or is set.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct perbus_desk_automation_point {
    /// When it starts, in the engine's time: see perbus_desk_engine_get_sample_time.
    pub frame: i64,
    /// Where the value goes.
    pub value: f32,
    /// How long the fade takes, 0 to a day; 0 sets the value.
    pub seconds: f64,
    /// How it gets there. A pan fades linearly.
    pub curve: perbus_curve,
}

pub(crate) fn points(
    points: *const perbus_desk_automation_point,
    count: usize,
) -> Outcome<Vec<AutomationPoint>> {
    let points = array(points, count, "points")?.iter();
    let point = |it: &perbus_desk_automation_point| {
        let (duration, curve) = (duration(it.seconds)?, raw::curve(it.curve)?);
        Ok(AutomationPoint::fade(it.frame, it.value, duration, curve))
    };
    points.map(point).collect()
}

pub(crate) fn hand_out(
    found: Vec<AutomationPoint>,
    out_points: *mut perbus_desk_automation_point,
    capacity: usize,
    out_count: *mut usize,
) -> Outcome<()> {
    out(out_count, "out_count")?.write(found.len());
    list(out_points, capacity, "out_points", found, |it| {
        perbus_desk_automation_point {
            frame: it.frame,
            value: it.value,
            seconds: it.duration.as_secs_f64(),
            curve: it.curve as perbus_curve,
        }
    })
}

/// Fades the volume to a value from a given frame on, exactly there on the portable engine; Apple's,
/// which has no automation, begins with the next block. Whatever starts later takes over from where
/// the volume is then, and ends a fade that started earlier as PERBUS_DESK_FADE_REPLACED. So do values,
/// fades and scenes that start now; what starts later stays. Of two that start at the same frame the
/// later call counts. What waits belongs to the bus, and outlives reconnections; it ends as
/// PERBUS_DESK_FADE_STOPPED when the mixer is detached.
/// @param frame not before the engine's time: see perbus_desk_engine_get_sample_time
/// @param volume 0 to 4
/// @param seconds 0 to a day
/// @param curve the course of the fade
/// @param ended called once when the fade is over, or is cancelled or replaced before it has started;
/// may be NULL. Not called if this fails
/// @param context the callback's argument
/// @param out_fade receives a handle, freed with perbus_desk_fade_release; may be NULL
/// @retval PERBUS_ERROR_OUT_OF_RANGE frame, volume or seconds
/// @retval PERBUS_ERROR_INVALID_ARGUMENT curve is not a perbus_curve
/// @retval PERBUS_ERROR_NOT_ATTACHED the mixer was detached
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_bus_fade_at(
    bus: *mut perbus_desk_bus,
    frame: i64,
    volume: f32,
    seconds: f64,
    curve: perbus_curve,
    ended: perbus_desk_fade_ended,
    context: *mut c_void,
    out_fade: *mut *mut perbus_desk_fade,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let bus = get(bus, "bus")?;
        let target = Target::Volume(bus.bus.clone());
        let wanted = Wanted::new(volume, seconds, curve).at(frame);
        begin(target, &bus.life, wanted, ended, context, out_fade)
    })
}

/// Fades the pan linearly to a value from -1 to 1 from a given frame on; otherwise like
/// perbus_desk_bus_fade_at.
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_bus_fade_pan_at(
    bus: *mut perbus_desk_bus,
    frame: i64,
    pan: f32,
    seconds: f64,
    ended: perbus_desk_fade_ended,
    context: *mut c_void,
    out_fade: *mut *mut perbus_desk_fade,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let bus = get(bus, "bus")?;
        let target = Target::Pan(bus.bus.clone());
        let wanted = Wanted::new(pan, seconds, 0).at(frame);
        begin(target, &bus.life, wanted, ended, context, out_fade)
    })
}

/// Moves the fader at a given frame, as perbus_desk_bus_set_volume does now.
/// @retval as perbus_desk_bus_fade_at
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_bus_set_volume_at(
    bus: *mut perbus_desk_bus,
    frame: i64,
    volume: f32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let bus = get(bus, "bus")?;
        bus.life.open(|| bus.bus.set_volume_at(frame, volume))
    })
}

/// Sets the pan at a given frame, as perbus_desk_bus_set_pan does now.
/// @retval as perbus_desk_bus_fade_at
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_bus_set_pan_at(
    bus: *mut perbus_desk_bus,
    frame: i64,
    pan: f32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let bus = get(bus, "bus")?;
        bus.life.open(|| bus.bus.set_pan_at(frame, pan))
    })
}

/// Adds points to what the volume is going to do: all, or none when one is refused.
/// @param points `count` points, in any order
/// @retval PERBUS_ERROR_INVALID_ARGUMENT two start at the same frame, or a curve that does not fit
/// @retval as perbus_desk_bus_fade_at
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_bus_automate_volume(
    bus: *mut perbus_desk_bus,
    points: *const perbus_desk_automation_point,
    count: usize,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let bus = get(bus, "bus")?;
        let points = self::points(points, count)?;
        bus.life.open(|| bus.bus.automate_volume(&points))
    })
}

/// Adds points to what the pan is going to do, likewise.
/// @param points `count` points, in any order
/// @retval PERBUS_ERROR_INVALID_ARGUMENT two start at the same frame, or a curve that does not fit
/// @retval as perbus_desk_bus_fade_at
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_bus_automate_pan(
    bus: *mut perbus_desk_bus,
    points: *const perbus_desk_automation_point,
    count: usize,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let bus = get(bus, "bus")?;
        let points = self::points(points, count)?;
        bus.life.open(|| bus.bus.automate_pan(&points))
    })
}

/// What the volume is going to do: the points that have not started.
/// @param out_points receives up to `capacity` points, by ascending frame
/// @param out_count receives how many there are
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_bus_get_volume_automation(
    bus: *mut perbus_desk_bus,
    out_points: *mut perbus_desk_automation_point,
    capacity: usize,
    out_count: *mut usize,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let bus = get(bus, "bus")?;
        let found = bus.life.open(|| Ok(bus.bus.volume_automation()))?;
        hand_out(found, out_points, capacity, out_count)
    })
}

/// What the pan is going to do, likewise.
/// @param out_points receives up to `capacity` points, by ascending frame
/// @param out_count receives how many there are
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_bus_get_pan_automation(
    bus: *mut perbus_desk_bus,
    out_points: *mut perbus_desk_automation_point,
    capacity: usize,
    out_count: *mut usize,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let bus = get(bus, "bus")?;
        let found = bus.life.open(|| Ok(bus.bus.pan_automation()))?;
        hand_out(found, out_points, capacity, out_count)
    })
}

/// Cancels what volume and pan were to start at a frame or later. What starts earlier continues, a
/// fade that is under way then included: perbus_desk_fade_cancel stops it.
/// @retval PERBUS_ERROR_OUT_OF_RANGE frame is before the engine's time
/// @retval PERBUS_ERROR_NOT_ATTACHED the mixer was detached
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_bus_cancel_automation_from(
    bus: *mut perbus_desk_bus,
    frame: i64,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let bus = get(bus, "bus")?;
        bus.life.open(|| bus.bus.cancel_automation_from(frame))
    })
}

/// Fades the gain of the mixer's sum from a given frame on; otherwise like perbus_desk_bus_fade_at.
/// @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_mixer_fade_output_volume_at(
    mixer: *mut perbus_desk_node,
    frame: i64,
    volume: f32,
    seconds: f64,
    curve: perbus_curve,
    ended: perbus_desk_fade_ended,
    context: *mut c_void,
    out_fade: *mut *mut perbus_desk_fade,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let node = get(mixer, "mixer")?;
        let target = Target::Output(self::mixer(mixer, "the node")?.0.clone());
        let wanted = Wanted::new(volume, seconds, curve).at(frame);
        begin(target, &node.life, wanted, ended, context, out_fade)
    })
}

/// Sets the gain of the mixer's sum at a given frame.
/// @retval as perbus_desk_bus_fade_at
/// @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_mixer_set_output_volume_at(
    mixer: *mut perbus_desk_node,
    frame: i64,
    volume: f32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let (mixer, life) = self::mixer(mixer, "the node")?;
        life.open(|| mixer.set_output_volume_at(frame, volume))
    })
}

/// Adds points to what the output volume is going to do, as perbus_desk_bus_automate_volume does.
/// @param points `count` points, in any order
/// @retval PERBUS_ERROR_INVALID_ARGUMENT two start at the same frame, or a curve that does not fit
/// @retval as perbus_desk_bus_fade_at
/// @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_mixer_automate_output_volume(
    mixer: *mut perbus_desk_node,
    points: *const perbus_desk_automation_point,
    count: usize,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let (mixer, life) = self::mixer(mixer, "the node")?;
        let points = self::points(points, count)?;
        life.open(|| mixer.automate_output_volume(&points))
    })
}

/// What the output volume is going to do: the points that have not started.
/// @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
/// @param out_points receives up to `capacity` points, by ascending frame
/// @param out_count receives how many there are
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_mixer_get_output_volume_automation(
    mixer: *mut perbus_desk_node,
    out_points: *mut perbus_desk_automation_point,
    capacity: usize,
    out_count: *mut usize,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let (mixer, life) = self::mixer(mixer, "the node")?;
        let found = life.open(|| Ok(mixer.output_volume_automation()))?;
        hand_out(found, out_points, capacity, out_count)
    })
}

/// Cancels what the output volume was to start at a frame or later, as
/// perbus_desk_bus_cancel_automation_from does.
/// @retval as perbus_desk_bus_cancel_automation_from
/// @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_mixer_cancel_output_automation_from(
    mixer: *mut perbus_desk_node,
    frame: i64,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let (mixer, life) = self::mixer(mixer, "the node")?;
        life.open(|| mixer.cancel_output_automation_from(frame))
    })
}
