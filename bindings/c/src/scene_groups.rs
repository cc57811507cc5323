//! Groups in scenes of an engine.

use perbus::raw::{perbus_error, perbus_status};
use perbus::Error;

use crate::engine_scene::{hand, perbus_desk_engine_scene};
use crate::failure::{array, get, out, run, Outcome};
use crate::group_config::{self, perbus_desk_group_config};

/// The same scene with these groups in place of those that it has. What it sets is checked when it
/// is applied.
/// @param out_scene receives the scene; free it with perbus_desk_engine_scene_release
/// @retval PERBUS_ERROR_INVALID_ARGUMENT unknown bits, or a name is not UTF-8
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_scene_copy_with_groups(
    scene: *mut perbus_desk_engine_scene,
    groups: *const perbus_desk_group_config,
    count: usize,
    out_scene: *mut *mut perbus_desk_engine_scene,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let scene = get(scene, "scene")?;
        let groups = array(groups, count, "groups")?
            .iter()
            .map(group_config::rust);
        let with = scene
            .scene
            .clone()
            .with_groups(groups.collect::<Outcome<Vec<_>>>()?);
        out(out_scene, "out_scene")?.write(hand(with));
        Ok(())
    })
}

/// How many groups the scene sets. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_scene_get_group_count(
    scene: *mut perbus_desk_engine_scene,
    out_count: *mut usize,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let scene = get(scene, "scene")?;
        out(out_count, "out_count")?.write(scene.groups.len());
        Ok(())
    })
}

/// What the scene sets of one of its groups; those of a snapshot are in ascending order. Names and
/// lists live as long as the scene.
/// @param index below the scene's count of groups
/// @retval PERBUS_ERROR_OUT_OF_RANGE index
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_scene_get_group(
    scene: *mut perbus_desk_engine_scene,
    index: usize,
    out_group: *mut perbus_desk_group_config,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let scene = get(scene, "scene")?;
        let out_group = out(out_group, "out_group")?;
        let (Some(config), Some(listed)) =
            (scene.scene.groups().get(index), scene.groups.get(index))
        else {
            let reason = format!("index {index} is not below {}", scene.groups.len());
            return Err(Error::OutOfRange(reason).into());
        };
        out_group.write(listed.c(config));
        Ok(())
    })
}
