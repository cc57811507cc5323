//! Lists of groups and of their members.

use std::sync::Arc;

use perbus::raw::{perbus_error, perbus_status};
use perbus::Group;

use crate::failure::{get, list, out, run, Outcome};
use crate::group::{hand, perbus_desk_group};
use crate::handle::{give, perbus_desk_bus, perbus_desk_engine};
use crate::life::Life;

unsafe fn give_groups(
    life: &Arc<Life>,
    groups: impl FnOnce() -> Vec<Group>,
    out_groups: *mut *mut perbus_desk_group,
    capacity: usize,
    out_count: *mut usize,
) -> Outcome<()> {
    let out_count = out(out_count, "out_count")?;
    let groups = life.open(|| Ok(groups()))?;
    out_count.write(groups.len());
    list(out_groups, capacity, "out_groups", groups, |it| {
        hand(it, life)
    })
}

/// The buses that are directly in the group, not those of groups in it.
/// @param out_buses receives up to `capacity` handles, each freed with perbus_desk_bus_release
/// @param out_count receives how many members there are
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_group_copy_members(
    group: *mut perbus_desk_group,
    out_buses: *mut *mut perbus_desk_bus,
    capacity: usize,
    out_count: *mut usize,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let group = get(group, "group")?;
        let out_count = out(out_count, "out_count")?;
        let members = group.life.open(|| Ok(group.group.members()))?;
        out_count.write(members.len());
        list(out_buses, capacity, "out_buses", members, |bus| {
            let life = Arc::clone(&group.life);
            give(perbus_desk_bus { bus, life })
        })
    })
}

/// The groups that are directly in this one.
/// @param out_groups receives up to `capacity` handles, each freed with perbus_desk_group_release
/// @param out_count receives how many there are
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_group_copy_inner_groups(
    group: *mut perbus_desk_group,
    out_groups: *mut *mut perbus_desk_group,
    capacity: usize,
    out_count: *mut usize,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let group = get(group, "group")?;
        give_groups(
            &group.life,
            || group.group.inner_groups(),
            out_groups,
            capacity,
            out_count,
        )
    })
}

/// The groups that this one is directly in.
/// @param out_groups receives up to `capacity` handles, each freed with perbus_desk_group_release
/// @param out_count receives how many there are
/// @retval PERBUS_ERROR_NOT_ATTACHED the group was removed
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_group_copy_groups(
    group: *mut perbus_desk_group,
    out_groups: *mut *mut perbus_desk_group,
    capacity: usize,
    out_count: *mut usize,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let group = get(group, "group")?;
        give_groups(
            &group.life,
            || group.group.groups(),
            out_groups,
            capacity,
            out_count,
        )
    })
}

/// All groups of an engine, in the order in which they were made.
/// @param out_groups receives up to `capacity` handles, each freed with perbus_desk_group_release
/// @param out_count receives how many there are
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_copy_groups(
    engine: *mut perbus_desk_engine,
    out_groups: *mut *mut perbus_desk_group,
    capacity: usize,
    out_count: *mut usize,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        give_groups(
            &engine.life,
            || engine.engine.groups(),
            out_groups,
            capacity,
            out_count,
        )
    })
}

/// The groups that a bus is a direct member of.
/// @param out_groups receives up to `capacity` handles, each freed with perbus_desk_group_release
/// @param out_count receives how many there are
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_bus_copy_groups(
    bus: *mut perbus_desk_bus,
    out_groups: *mut *mut perbus_desk_group,
    capacity: usize,
    out_count: *mut usize,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let bus = get(bus, "bus")?;
        give_groups(
            &bus.life,
            || bus.bus.groups(),
            out_groups,
            capacity,
            out_count,
        )
    })
}
