//! Parts of scenes, and what a mixer's scene has besides buses.

use perbus::raw::{self, perbus_error, perbus_pan_law, perbus_status};
use perbus::SceneParts;

use crate::failure::{array, get, out, run, Failure, Outcome};
use crate::handle::give;
use crate::scene::perbus_desk_scene;

/// What of a scene is meant, for perbus_desk_scene_copy_only: the volumes of buses,
/// sends among them, and of groups.
pub const PERBUS_DESK_PART_FADERS: u32 = 1;
/// The pans of buses.
pub const PERBUS_DESK_PART_PANS: u32 = 2;
/// Which buses and groups are muted.
pub const PERBUS_DESK_PART_MUTES: u32 = 4;
/// Which buses and groups are soloed, in a scene that has that.
pub const PERBUS_DESK_PART_SOLOS: u32 = 8;
/// Which buses are solo-safe.
pub const PERBUS_DESK_PART_SOLO_SAFES: u32 = 16;
/// The labels of buses, and the names of groups.
pub const PERBUS_DESK_PART_LABELS: u32 = 32;
/// The output volumes of mixers.
pub const PERBUS_DESK_PART_OUTPUT_VOLUMES: u32 = 64;
/// Which buses and groups are in which groups.
pub const PERBUS_DESK_PART_GROUPS: u32 = 128;
/// Whether sends take their signal before or after the fader.
pub const PERBUS_DESK_PART_SEND_TAPS: u32 = 256;
/// The pan laws of mixers.
pub const PERBUS_DESK_PART_PAN_LAWS: u32 = 512;

pub(crate) fn parts(bits: u32) -> Outcome<SceneParts> {
    const ALL: [(u32, SceneParts); 10] = [
        (PERBUS_DESK_PART_FADERS, SceneParts::FADERS),
        (PERBUS_DESK_PART_PANS, SceneParts::PANS),
        (PERBUS_DESK_PART_MUTES, SceneParts::MUTES),
        (PERBUS_DESK_PART_SOLOS, SceneParts::SOLOS),
        (PERBUS_DESK_PART_SOLO_SAFES, SceneParts::SOLO_SAFES),
        (PERBUS_DESK_PART_LABELS, SceneParts::LABELS),
        (PERBUS_DESK_PART_OUTPUT_VOLUMES, SceneParts::OUTPUT_VOLUMES),
        (PERBUS_DESK_PART_GROUPS, SceneParts::GROUPS),
        (PERBUS_DESK_PART_SEND_TAPS, SceneParts::SEND_TAPS),
        (PERBUS_DESK_PART_PAN_LAWS, SceneParts::PAN_LAWS),
    ];
    let known = ALL.iter().fold(0, |known, (bit, _)| known | bit);
    if bits & !known != 0 {
        return Err(Failure::argument(format!(
            "unknown bits in parts: {bits:#x}"
        )));
    }
    let chosen = ALL.iter().filter(|(bit, _)| bits & bit != 0);
    Ok(chosen.fold(SceneParts::NONE, |parts, (_, part)| parts | *part))
}

/// The same scene with an output volume for the mixer.
/// @param volume 0 to 4; what it sets is checked when it is applied
/// @param out_scene receives the scene; free it with perbus_desk_scene_release
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_scene_copy_with_output_volume(
    scene: *mut perbus_desk_scene,
    volume: f32,
    out_scene: *mut *mut perbus_desk_scene,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let scene = get(scene, "scene")?;
        let with = scene.scene.clone().with_output_volume(volume);
        out(out_scene, "out_scene")?.write(give(with.into()));
        Ok(())
    })
}

/// The output volume that a scene sets.
/// @param out_is_set receives whether it sets one
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_scene_get_output_volume(
    scene: *mut perbus_desk_scene,
    out_volume: *mut f32,
    out_is_set: *mut bool,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let scene = get(scene, "scene")?;
        let (out_volume, out_is_set) = (
            out(out_volume, "out_volume")?,
            out(out_is_set, "out_is_set")?,
        );
        let volume = scene.scene.output_volume();
        out_volume.write(volume.unwrap_or(0.0));
        out_is_set.write(volume.is_some());
        Ok(())
    })
}

/// The same scene with a pan law for the mixer.
/// @param out_scene receives the scene; free it with perbus_desk_scene_release
/// @retval PERBUS_ERROR_INVALID_ARGUMENT law is not a perbus_pan_law
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_scene_copy_with_pan_law(
    scene: *mut perbus_desk_scene,
    law: perbus_pan_law,
    out_scene: *mut *mut perbus_desk_scene,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let scene = get(scene, "scene")?;
        let with = scene.scene.clone().with_pan_law(raw::pan_law(law)?);
        out(out_scene, "out_scene")?.write(give(with.into()));
        Ok(())
    })
}

/// The pan law that a scene sets.
/// @param out_is_set receives whether it sets one
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_scene_get_pan_law(
    scene: *mut perbus_desk_scene,
    out_law: *mut perbus_pan_law,
    out_is_set: *mut bool,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let scene = get(scene, "scene")?;
        let (out_law, out_is_set) = (out(out_law, "out_law")?, out(out_is_set, "out_is_set")?);
        let law = scene.scene.pan_law();
        out_law.write(raw::to_pan_law(law.unwrap_or_default()));
        out_is_set.write(law.is_some());
        Ok(())
    })
}

/// A scene of some of the values of a scene.
/// @param parts PERBUS_DESK_PART_*, combined with |
/// @param out_scene receives the scene; free it with perbus_desk_scene_release
/// @retval PERBUS_ERROR_INVALID_ARGUMENT parts: unknown bits
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_scene_copy_only(
    scene: *mut perbus_desk_scene,
    parts: u32,
    out_scene: *mut *mut perbus_desk_scene,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let scene = get(scene, "scene")?;
        let only = scene.scene.only(self::parts(parts)?);
        out(out_scene, "out_scene")?.write(give(only.into()));
        Ok(())
    })
}

/// A scene of some of the buses of a scene, without what concerns the whole mixer. Buses that it does
/// not have are ignored.
/// @param buses `count` numbers
/// @param out_scene receives the scene; free it with perbus_desk_scene_release
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_scene_copy_only_buses(
    scene: *mut perbus_desk_scene,
    buses: *const u32,
    count: usize,
    out_scene: *mut *mut perbus_desk_scene,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let scene = get(scene, "scene")?;
        let buses = array(buses, count, "buses")?;
        let only = scene.scene.only_buses(buses.iter().copied());
        out(out_scene, "out_scene")?.write(give(only.into()));
        Ok(())
    })
}
