//! Automation of groups' faders.

use std::ffi::c_void;

use perbus::raw::{perbus_curve, perbus_error, perbus_status};

use crate::automation::{self, hand_out, perbus_desk_automation_point};
use crate::fade::{begin, perbus_desk_fade, perbus_desk_fade_ended, Target, Wanted};
use crate::failure::{get, run};
use crate::group::perbus_desk_group;

/// Fades the group's fader from a given frame on; otherwise like perbus_desk_bus_fade_at. On the
/// portable engine all members follow to the frame, those that join meanwhile as well, while their own
/// fades and automation go on. What waits ends as PERBUS_DESK_FADE_STOPPED when the group is removed.
/// @retval PERBUS_ERROR_NOT_ATTACHED the group was removed
/// @retval as perbus_desk_bus_fade_at
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_group_fade_at(
    group: *mut perbus_desk_group,
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
        let group = get(group, "group")?;
        let target = Target::Group(group.group.clone());
        let wanted = Wanted::new(volume, seconds, curve).at(frame);
        begin(target, &group.life, wanted, ended, context, out_fade)
    })
}

/// Moves the group's fader at a given frame, as perbus_desk_group_set_volume does now.
/// @retval as perbus_desk_group_fade_at
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_group_set_volume_at(
    group: *mut perbus_desk_group,
    frame: i64,
    volume: f32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let group = get(group, "group")?;
        group.life.open(|| group.group.set_volume_at(frame, volume))
    })
}

/// Adds points to what the group's volume is going to do, as perbus_desk_bus_automate_volume does.
/// @param points `count` points, in any order
/// @retval PERBUS_ERROR_INVALID_ARGUMENT two start at the same frame
/// @retval as perbus_desk_group_fade_at
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_group_automate_volume(
    group: *mut perbus_desk_group,
    points: *const perbus_desk_automation_point,
    count: usize,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let group = get(group, "group")?;
        let points = automation::points(points, count)?;
        group.life.open(|| group.group.automate_volume(&points))
    })
}

/// What the group's volume is going to do: the points that have not started.
/// @param out_points receives up to `capacity` points, by ascending frame
/// @param out_count receives how many there are
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_group_get_volume_automation(
    group: *mut perbus_desk_group,
    out_points: *mut perbus_desk_automation_point,
    capacity: usize,
    out_count: *mut usize,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let group = get(group, "group")?;
        let found = group.life.open(|| Ok(group.group.volume_automation()))?;
        hand_out(found, out_points, capacity, out_count)
    })
}

/// Cancels what the group's volume was to start at a frame or later, as
/// perbus_desk_bus_cancel_automation_from does.
/// @retval PERBUS_ERROR_OUT_OF_RANGE frame is before the engine's time
/// @retval PERBUS_ERROR_NOT_ATTACHED the group was removed
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_group_cancel_automation_from(
    group: *mut perbus_desk_group,
    frame: i64,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let group = get(group, "group")?;
        group
            .life
            .open(|| group.group.cancel_automation_from(frame))
    })
}
