//! Groups: a fader, mute and solo that several strips share.

use std::ffi::{c_char, c_void};
use std::sync::Arc;

use perbus::raw::{self, perbus_curve, perbus_error, perbus_meter, perbus_status};
use perbus::Group;

use crate::fade::{self, perbus_desk_fade, perbus_desk_fade_ended, Target, Wanted};
use crate::failure::{array, get, out, run, Outcome};
use crate::handle::{give, perbus_desk_bus, perbus_desk_engine, take};
use crate::life::Life;
use crate::text;

/// A group (VCA): it has no sound of its own, but a fader, mute and solo that act on its members.
pub struct perbus_desk_group {
    pub(crate) group: Group,
    pub(crate) life: Arc<Life>,
}

/// Makes a group without members. Its fader multiplies those of its members, which may be on any
/// mixers of the engine and in several groups; the members' own faders stay where they are.
/// @param name UTF-8; copied
/// @param out_group receives the group; free it with perbus_desk_group_release
/// @retval PERBUS_ERROR_INVALID_ARGUMENT name: not UTF-8
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_group_create(
    engine: *mut perbus_desk_engine,
    name: *const c_char,
    out_group: *mut *mut perbus_desk_group,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        let name = text::read(name, "name")?;
        let out_group = out(out_group, "out_group")?;
        let group = engine.life.open(|| engine.engine.create_group(name))?;
        out_group.write(hand(group, &engine.life));
        Ok(())
    })
}

pub(crate) fn hand(group: Group, life: &Arc<Life>) -> *mut perbus_desk_group {
    let life = Arc::clone(life);
    give(perbus_desk_group { group, life })
}

/// Frees the handle; the group goes on, and perbus_desk_engine_remove_group ends it. NULL is a no-op.
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_group_release(group: *mut perbus_desk_group) {
    take(group);
}

/// The group's name.
/// @param out_name receives the text; free it with perbus_desk_text_free
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_group_copy_name(
    group: *mut perbus_desk_group,
    out_name: *mut *mut c_char,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let group = get(group, "group")?;
        out(out_name, "out_name")?.write(text::give(&group.group.name()));
        Ok(())
    })
}

/// Gives the group another name; names need not differ.
/// @param name UTF-8; copied
/// @retval PERBUS_ERROR_INVALID_ARGUMENT name: not UTF-8
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_group_set_name(
    group: *mut perbus_desk_group,
    name: *const c_char,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let group = get(group, "group")?;
        group.group.set_name(text::read(name, "name")?);
        Ok(())
    })
}

/// Tells the group apart from the engine's other groups: 0 for the first one that was made. No
/// number is used twice. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_group_get_number(
    group: *mut perbus_desk_group,
    out_number: *mut u32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let group = get(group, "group")?;
        out(out_number, "out_number")?.write(group.group.number());
        Ok(())
    })
}

/// Moves the group's fader, which multiplies those of its members. The cost does not depend on how
/// many there are.
/// @param volume a linear gain, 0 (silence) to 4 (+12 dB); initially 1. What is heard of a member is
/// at most 4
/// @retval PERBUS_ERROR_OUT_OF_RANGE volume
/// @retval PERBUS_ERROR_NOT_ATTACHED the group was removed
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_group_set_volume(
    group: *mut perbus_desk_group,
    volume: f32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let group = get(group, "group")?;
        group.life.brief(|| group.group.set_volume(volume))
    })
}

/// The group's fader; during a fade, its current value. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_group_get_volume(
    group: *mut perbus_desk_group,
    out_volume: *mut f32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let group = get(group, "group")?;
        out(out_volume, "out_volume")?.write(group.group.volume());
        Ok(())
    })
}

/// Moves the group's fader to a gain in decibels.
/// @param decibels minus infinity (silence) to 12.04 (a gain of 4)
/// @retval PERBUS_ERROR_OUT_OF_RANGE decibels
/// @retval PERBUS_ERROR_NOT_ATTACHED the group was removed
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_group_set_volume_db(
    group: *mut perbus_desk_group,
    decibels: f32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let group = get(group, "group")?;
        group.life.brief(|| group.group.set_volume_db(decibels))
    })
}

/// The group's fader in decibels: 0 at unity, minus infinity at silence.
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_group_get_volume_db(
    group: *mut perbus_desk_group,
    out_decibels: *mut f32,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let group = get(group, "group")?;
        out(out_decibels, "out_decibels")?.write(group.group.volume_db());
        Ok(())
    })
}

/// Silences the members, or lets those sound again that nothing else silences.
/// @retval PERBUS_ERROR_NOT_ATTACHED the group was removed
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_group_set_muted(
    group: *mut perbus_desk_group,
    muted: bool,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let group = get(group, "group")?;
        group.life.brief(|| group.group.set_muted(muted))
    })
}

/// Whether the group is muted. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_group_is_muted(
    group: *mut perbus_desk_group,
    out_muted: *mut bool,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let group = get(group, "group")?;
        out(out_muted, "out_muted")?.write(group.group.is_muted());
        Ok(())
    })
}

/// Solos all members, or ends that; those that are soloed themselves stay so.
/// @retval PERBUS_ERROR_NOT_ATTACHED the group was removed
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_group_set_soloed(
    group: *mut perbus_desk_group,
    soloed: bool,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let group = get(group, "group")?;
        group.life.brief(|| group.group.set_soloed(soloed))
    })
}

/// Whether the group is soloed. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_group_is_soloed(
    group: *mut perbus_desk_group,
    out_soloed: *mut bool,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let group = get(group, "group")?;
        out(out_soloed, "out_soloed")?.write(group.group.is_soloed());
        Ok(())
    })
}

fn buses<'a>(buses: *const *mut perbus_desk_bus, count: usize) -> Outcome<Vec<&'a perbus::Bus>> {
    let buses = array(buses, count, "buses")?.iter();
    buses.map(|bus| Ok(&get(*bus, "a bus")?.bus)).collect()
}

/// Makes buses members, which they stay while sources come and go: all of them, heard from one block
/// on, or none. No effect for those that are members.
/// @retval PERBUS_ERROR_WRONG_ENGINE a bus belongs to another engine
/// @retval PERBUS_ERROR_NOT_ATTACHED the group was removed
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_group_add(
    group: *mut perbus_desk_group,
    buses: *const *mut perbus_desk_bus,
    count: usize,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let group = get(group, "group")?;
        let buses = self::buses(buses, count)?;
        group.life.open(|| group.group.add_all(buses))
    })
}

/// Takes buses out of the group: all of them, heard from one block on. They may still be in it
/// through a group in this one. No effect for those that are no members.
/// @retval as perbus_desk_group_add
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_group_remove(
    group: *mut perbus_desk_group,
    buses: *const *mut perbus_desk_bus,
    count: usize,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let group = get(group, "group")?;
        let buses = self::buses(buses, count)?;
        group.life.open(|| group.group.remove_all(buses))
    })
}

/// Makes a group a member: this one acts on all of that one's members, each once, however many ways
/// lead to it.
/// @retval PERBUS_ERROR_CYCLE the groups would contain each other
/// @retval PERBUS_ERROR_WRONG_ENGINE the group belongs to another engine
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_group_add_group(
    group: *mut perbus_desk_group,
    member: *mut perbus_desk_group,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let (group, member) = (get(group, "group")?, get(member, "member")?);
        group.life.open(|| group.group.add_group(&member.group))
    })
}

/// Ends a group's membership; no effect if there is none.
/// @retval PERBUS_ERROR_WRONG_ENGINE the group belongs to another engine
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_group_remove_group(
    group: *mut perbus_desk_group,
    member: *mut perbus_desk_group,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let (group, member) = (get(group, "group")?, get(member, "member")?);
        group.life.open(|| group.group.remove_group(&member.group))
    })
}

/// Ends a group: its members sound as if they had never been in it, and so do the groups in it.
/// Fades of its fader stop.
/// @retval PERBUS_ERROR_WRONG_ENGINE the group belongs to another engine
/// @retval PERBUS_ERROR_NOT_ATTACHED it was removed already
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_remove_group(
    engine: *mut perbus_desk_engine,
    group: *mut perbus_desk_group,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let (engine, group) = (get(engine, "engine")?, get(group, "group")?);
        engine
            .life
            .open(|| engine.engine.remove_group(&group.group))
    })
}

/// The members' meters as one, those of groups in this one too, each bus once, after all faders: the
/// power sum of their RMS, the highest of their peaks, all their clips. Buses without a source count
/// as silent. The first call switches the members' meters on.
/// @retval PERBUS_ERROR_NOT_ATTACHED the group was removed
/// @retval PERBUS_ERROR_UNSUPPORTED, PERBUS_ERROR_INVALID_ARGUMENT as perbus_desk_bus_get_meter
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_group_get_meter(
    group: *mut perbus_desk_group,
    out_meter: *mut perbus_meter,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let group = get(group, "group")?;
        let out_meter = out(out_meter, "out_meter")?;
        // It may wait for a tap's callback, which may close.
        out_meter.write(raw::to_meter(group.life.brief(|| group.group.meter())?));
        Ok(())
    })
}

/// Fades the group's fader; otherwise like perbus_desk_bus_fade_to. The members' own fades go on at
/// the same time: each frame has the product.
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_group_fade_to(
    group: *mut perbus_desk_group,
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
        let wanted = Wanted::new(volume, seconds, curve);
        fade::begin(target, &group.life, wanted, ended, context, out_fade)
    })
}
