//! Scenes of a whole engine, and fades to scenes.

use std::ffi::c_char;

use perbus::raw::{self, perbus_curve, perbus_error, perbus_status};
use perbus::{EngineScene, Error, Scene};

use crate::engine::duration;
use crate::failure::{array, get, out, run, Failure, Outcome};
use crate::group_config::Listed;
use crate::handle::{give, mixer, perbus_desk_bus, perbus_desk_engine, perbus_desk_node, take};
use crate::scene::perbus_desk_scene;
use crate::scene_parts;
use crate::text;

/// Fades to a scene: volumes, pans and the output volume start in the same block and arrive
/// together, pans linearly. Everything else switches at the start. Values that are right already do
/// not fade; a later value, fade or scene replaces those that it concerns.
/// @param seconds 0 to a day
/// @param curve of the volumes
/// @retval PERBUS_ERROR_OUT_OF_RANGE seconds
/// @retval PERBUS_ERROR_INVALID_ARGUMENT curve is not a perbus_curve
/// @retval as perbus_desk_mixer_apply
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_mixer_fade_to_scene(
    mixer: *mut perbus_desk_node,
    scene: *mut perbus_desk_scene,
    seconds: f64,
    curve: perbus_curve,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let (mixer, life) = self::mixer(mixer, "the node")?;
        let scene = &get(scene, "scene")?.scene;
        life.open(|| mixer.fade_to_scene(scene, duration(seconds)?, raw::curve(curve)?))
    })
}

/// All mixers and groups of an engine at one moment. A mixer goes by its name, "mixer 0" for the main
/// mixer, and a group by its number; both are numbered in the order of their creation.
pub struct perbus_desk_engine_scene {
    pub(crate) scene: EngineScene,
    pub(crate) groups: Vec<Listed>,
}

pub(crate) fn hand(scene: EngineScene) -> *mut perbus_desk_engine_scene {
    let groups = scene.groups().iter().map(Listed::of).collect();
    give(perbus_desk_engine_scene { scene, groups })
}

/// All mixers and groups as they are now. Which buses and groups are soloed is left out. Detached
/// mixers are left out, too.
/// @param out_scene receives the scene; free it with perbus_desk_engine_scene_release
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_snapshot(
    engine: *mut perbus_desk_engine,
    out_scene: *mut *mut perbus_desk_engine_scene,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        let out_scene = out(out_scene, "out_scene")?;
        let scene = engine.life.open(|| Ok(engine.engine.snapshot()))?;
        out_scene.write(hand(scene));
        Ok(())
    })
}

/// As perbus_desk_engine_snapshot, with the solo of each strip and group.
/// @param out_scene receives the scene; free it with perbus_desk_engine_scene_release
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_snapshot_with_solo(
    engine: *mut perbus_desk_engine,
    out_scene: *mut *mut perbus_desk_engine_scene,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let engine = get(engine, "engine")?;
        let out_scene = out(out_scene, "out_scene")?;
        let scene = engine
            .life
            .open(|| Ok(engine.engine.snapshot_with_solo()))?;
        out_scene.write(hand(scene));
        Ok(())
    })
}

/// Sets the engine's mixers and groups to a scene: all or nothing, heard from one block on. What the
/// scene does not list stays. A group gets exactly the members and inner groups that it lists, but
/// that buses of detached mixers stay in it.
/// @retval PERBUS_ERROR_NOT_ATTACHED a mixer or a group that the engine does not have
/// @retval PERBUS_ERROR_INVALID_ARGUMENT a mixer, a bus of one, a group or a member of one is listed
/// twice
/// @retval PERBUS_ERROR_CYCLE groups in a circle
/// @retval PERBUS_ERROR_OUT_OF_RANGE a volume, a pan or a bus
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_apply(
    engine: *mut perbus_desk_engine,
    scene: *mut perbus_desk_engine_scene,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let (engine, scene) = (get(engine, "engine")?, get(scene, "scene")?);
        engine.life.open(|| engine.engine.apply(&scene.scene))
    })
}

/// Fades to a scene of the engine, as perbus_desk_mixer_fade_to_scene does for one mixer.
/// @retval as perbus_desk_engine_apply and perbus_desk_mixer_fade_to_scene
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_fade_to_scene(
    engine: *mut perbus_desk_engine,
    scene: *mut perbus_desk_engine_scene,
    seconds: f64,
    curve: perbus_curve,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let (engine, scene) = (get(engine, "engine")?, get(scene, "scene")?);
        engine.life.open(|| {
            let (duration, curve) = (duration(seconds)?, raw::curve(curve)?);
            engine.engine.fade_to_scene(&scene.scene, duration, curve)
        })
    })
}

/// Makes a scene of mixers' scenes, to which perbus_desk_engine_scene_copy_with_groups adds groups.
/// What it sets is checked when it is applied.
/// @param mixers `count` names, UTF-8
/// @param scenes `count` scenes, which are copied
/// @param out_scene receives the scene; free it with perbus_desk_engine_scene_release
/// @retval PERBUS_ERROR_INVALID_ARGUMENT a name is not UTF-8
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_scene_create(
    mixers: *const *const c_char,
    scenes: *const *mut perbus_desk_scene,
    count: usize,
    out_scene: *mut *mut perbus_desk_engine_scene,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let names = array(mixers, count, "mixers")?.iter();
        let scenes = array(scenes, count, "scenes")?.iter();
        let named = names.zip(scenes).map(|(name, scene)| {
            let name = text::read(*name, "a name")?;
            Ok((name.to_owned(), get(*scene, "a scene")?.scene.clone()))
        });
        let named = named.collect::<Outcome<Vec<(String, Scene)>>>()?;
        out(out_scene, "out_scene")?.write(hand(EngineScene::new(named)));
        Ok(())
    })
}

/// How many mixers the scene sets. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_scene_get_count(
    scene: *mut perbus_desk_engine_scene,
    out_count: *mut usize,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let scene = get(scene, "scene")?;
        out(out_count, "out_count")?.write(scene.scene.mixers().count());
        Ok(())
    })
}

/// What the scene has of one of its mixers.
/// @param index below the scene's count
/// @param out_name receives the mixer's name, freed with perbus_desk_text_free
/// @param out_scene receives the scene, freed with perbus_desk_scene_release
/// @retval PERBUS_ERROR_OUT_OF_RANGE index
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_scene_copy_mixer(
    scene: *mut perbus_desk_engine_scene,
    index: usize,
    out_name: *mut *mut c_char,
    out_scene: *mut *mut perbus_desk_scene,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let scene = get(scene, "scene")?;
        let (out_name, out_scene) = (out(out_name, "out_name")?, out(out_scene, "out_scene")?);
        let Some((name, found)) = scene.scene.mixers().nth(index) else {
            let count = scene.scene.mixers().count();
            let reason = format!("index {index} is not below {count}");
            return Err(Error::OutOfRange(reason).into());
        };
        out_name.write(text::give(name));
        out_scene.write(give(found.clone().into()));
        Ok(())
    })
}

/// A scene of some of the values: see perbus_desk_scene_copy_only.
/// @param out_scene receives the scene; free it with perbus_desk_engine_scene_release
/// @retval PERBUS_ERROR_INVALID_ARGUMENT parts: unknown bits
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_scene_copy_only(
    scene: *mut perbus_desk_engine_scene,
    parts: u32,
    out_scene: *mut *mut perbus_desk_engine_scene,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let scene = get(scene, "scene")?;
        let only = scene.scene.only(scene_parts::parts(parts)?);
        out(out_scene, "out_scene")?.write(hand(only));
        Ok(())
    })
}

/// A scene of some buses, without what concerns whole mixers and without groups. Buses that it does
/// not have are ignored.
/// @param out_scene receives the scene; free it with perbus_desk_engine_scene_release
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_scene_copy_only_buses(
    scene: *mut perbus_desk_engine_scene,
    buses: *const *mut perbus_desk_bus,
    count: usize,
    out_scene: *mut *mut perbus_desk_engine_scene,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let scene = get(scene, "scene")?;
        let buses = array(buses, count, "buses")?.iter();
        let buses = buses.map(|bus| Ok(&get(*bus, "a bus")?.bus));
        let only = scene.scene.only_buses(buses.collect::<Outcome<Vec<_>>>()?);
        out(out_scene, "out_scene")?.write(hand(only));
        Ok(())
    })
}

/// Reads a scene from the JSON that perbus_desk_engine_scene_copy_json writes.
/// @param out_scene receives the scene; free it with perbus_desk_engine_scene_release
/// @retval PERBUS_ERROR_INVALID_ARGUMENT json: not UTF-8, no scene, or of a later version
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_scene_create_from_json(
    json: *const c_char,
    out_scene: *mut *mut perbus_desk_engine_scene,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let json = text::read(json, "json")?;
        let out_scene = out(out_scene, "out_scene")?;
        let scene = serde_json::from_str(json)
            .map_err(|reason| Failure::argument(format!("json is no scene: {reason}")))?;
        out_scene.write(hand(scene));
        Ok(())
    })
}

/// The scene as JSON.
/// @param out_text receives the text; free it with perbus_desk_text_free
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_scene_copy_json(
    scene: *mut perbus_desk_engine_scene,
    out_text: *mut *mut c_char,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let scene = get(scene, "scene")?;
        let out_text = out(out_text, "out_text")?;
        let json = serde_json::to_string(&scene.scene)
            .map_err(|reason| Failure::argument(format!("the scene is no JSON: {reason}")))?;
        out_text.write(text::give(&json));
        Ok(())
    })
}

/// Frees the handle. NULL is a no-op. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_engine_scene_release(scene: *mut perbus_desk_engine_scene) {
    take(scene);
}
