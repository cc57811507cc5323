//! Many strips at once: changes, and scenes.

use std::ffi::{c_char, CString};

use perbus::raw::{perbus_error, perbus_status};
use perbus::{BusConfig, Error, Scene};

use crate::failure::{array, get, out, run, Failure, Outcome};
use crate::handle::{give, mixer, perbus_desk_node, take};
use crate::{send, text};

/// Bits of perbus_desk_bus_config.set: which of its values count.
pub const PERBUS_DESK_SET_VOLUME: u32 = 1;
/// See PERBUS_DESK_SET_VOLUME.
pub const PERBUS_DESK_SET_PAN: u32 = 2;
/// See PERBUS_DESK_SET_VOLUME.
pub const PERBUS_DESK_SET_MUTED: u32 = 4;
/// See PERBUS_DESK_SET_VOLUME.
pub const PERBUS_DESK_SET_SOLOED: u32 = 8;
/// See PERBUS_DESK_SET_VOLUME.
pub const PERBUS_DESK_SET_SOLO_SAFE: u32 = 16;
/// See PERBUS_DESK_SET_VOLUME.
pub const PERBUS_DESK_SET_SEND_TAP: u32 = 32;

/// What is to change on one bus, or what a scene has of it.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct perbus_desk_bus_config {
    /// The bus's number.
    pub bus: u32,
    /// PERBUS_DESK_SET_*: which of the values below count; the others stay.
    pub set: u32,
    /// The fader: a linear gain, 0 to 4.
    pub volume: f32,
    /// -1 (left) to 1 (right).
    pub pan: f32,
    /// Whether the bus is muted.
    pub muted: bool,
    /// Whether the bus is soloed.
    pub soloed: bool,
    /// Whether solos of other buses leave it audible.
    pub solo_safe: bool,
    /// The bus's label, UTF-8; NULL stays.
    pub label: *const c_char,
    /// A perbus_desk_send_tap: where the bus, if it is a send, takes its signal from. No effect on
    /// any other bus.
    pub send_tap: i32,
}

/// A mixer at one moment: its strips, its output volume and its pan law.
pub struct perbus_desk_scene {
    pub(crate) scene: Scene,
    /// Of the buses, for C; NULL where one has none.
    labels: Vec<Option<CString>>,
}

impl From<Scene> for perbus_desk_scene {
    fn from(scene: Scene) -> Self {
        let buses = scene.buses().iter();
        let labels = buses.map(|bus| bus.label.as_deref().map(text::kept));
        Self {
            labels: labels.collect(),
            scene,
        }
    }
}

fn rust(config: &perbus_desk_bus_config) -> Outcome<BusConfig> {
    const ALL: u32 = PERBUS_DESK_SET_VOLUME
        | PERBUS_DESK_SET_PAN
        | PERBUS_DESK_SET_MUTED
        | PERBUS_DESK_SET_SOLOED
        | PERBUS_DESK_SET_SOLO_SAFE
        | PERBUS_DESK_SET_SEND_TAP;
    let set = config.set;
    if set & !ALL != 0 {
        return Err(Failure::argument(format!("unknown bits in set: {set:#x}")));
    }
    let tap = (set & PERBUS_DESK_SET_SEND_TAP != 0).then_some(config.send_tap);
    Ok(BusConfig {
        volume: (set & PERBUS_DESK_SET_VOLUME != 0).then_some(config.volume),
        pan: (set & PERBUS_DESK_SET_PAN != 0).then_some(config.pan),
        muted: (set & PERBUS_DESK_SET_MUTED != 0).then_some(config.muted),
        soloed: (set & PERBUS_DESK_SET_SOLOED != 0).then_some(config.soloed),
        solo_safe: (set & PERBUS_DESK_SET_SOLO_SAFE != 0).then_some(config.solo_safe),
        label: text::read_if(config.label, "a label")?,
        send_tap: tap.map(send::tap).transpose()?,
        ..BusConfig::new(config.bus)
    })
}

pub(crate) fn bit(is_set: bool, bit: u32) -> u32 {
    if is_set {
        bit
    } else {
        0
    }
}

fn all(buses: *const perbus_desk_bus_config, count: usize) -> Outcome<Vec<BusConfig>> {
    array(buses, count, "buses")?.iter().map(rust).collect()
}

/// Changes many strips at once. Everything is checked first; then all of it changes, and on the
/// portable engine it is heard from one and the same block on.
/// @retval PERBUS_ERROR_OUT_OF_RANGE a volume, a pan or a bus
/// @retval PERBUS_ERROR_INVALID_ARGUMENT a bus is listed twice, unknown bits, an unknown tap, or a
/// label is not UTF-8
/// @retval PERBUS_ERROR_NOT_ATTACHED the mixer was detached
/// @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_mixer_configure(
    mixer: *mut perbus_desk_node,
    buses: *const perbus_desk_bus_config,
    count: usize,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let (mixer, life) = self::mixer(mixer, "the node")?;
        let buses = all(buses, count)?;
        life.open(|| mixer.configure(&buses))
    })
}

/// The mixer as it is now: the strips of every bus that was ever connected or asked for, the output
/// volume and the pan law. Which buses are soloed is left out, so that to apply the scene leaves the
/// solos as they are then.
/// @param out_scene receives the scene; free it with perbus_desk_scene_release
/// @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_mixer_snapshot(
    mixer: *mut perbus_desk_node,
    out_scene: *mut *mut perbus_desk_scene,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let (mixer, life) = self::mixer(mixer, "the node")?;
        let out_scene = out(out_scene, "out_scene")?;
        let scene = life.open(|| Ok(mixer.snapshot()))?;
        out_scene.write(give(scene.into()));
        Ok(())
    })
}

/// As perbus_desk_mixer_snapshot, with the solo of each strip.
/// @param out_scene receives the scene; free it with perbus_desk_scene_release
/// @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_mixer_snapshot_with_solo(
    mixer: *mut perbus_desk_node,
    out_scene: *mut *mut perbus_desk_scene,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let (mixer, life) = self::mixer(mixer, "the node")?;
        let out_scene = out(out_scene, "out_scene")?;
        let scene = life.open(|| Ok(mixer.snapshot_with_solo()))?;
        out_scene.write(give(scene.into()));
        Ok(())
    })
}

/// Sets the mixer to a scene, as perbus_desk_mixer_configure does: all or nothing, heard from one
/// block on. What the scene does not list stays.
/// @retval as perbus_desk_mixer_configure
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_mixer_apply(
    mixer: *mut perbus_desk_node,
    scene: *mut perbus_desk_scene,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let (mixer, life) = self::mixer(mixer, "the node")?;
        let scene = &get(scene, "scene")?.scene;
        life.open(|| mixer.apply(scene))
    })
}

/// Makes a scene of these buses. What it sets is checked when it is applied.
/// @param out_scene receives the scene; free it with perbus_desk_scene_release
/// @retval PERBUS_ERROR_INVALID_ARGUMENT unknown bits, an unknown tap, or a label is not UTF-8
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_scene_create(
    buses: *const perbus_desk_bus_config,
    count: usize,
    out_scene: *mut *mut perbus_desk_scene,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let buses = all(buses, count)?;
        out(out_scene, "out_scene")?.write(give(Scene::new(buses).into()));
        Ok(())
    })
}

/// Reads a scene from the JSON that perbus_desk_scene_copy_json writes.
/// @param out_scene receives the scene; free it with perbus_desk_scene_release
/// @retval PERBUS_ERROR_INVALID_ARGUMENT json: not UTF-8, or no scene
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_scene_create_from_json(
    json: *const c_char,
    out_scene: *mut *mut perbus_desk_scene,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let json = text::read(json, "json")?;
        let out_scene = out(out_scene, "out_scene")?;
        let scene: Scene = serde_json::from_str(json)
            .map_err(|reason| Failure::argument(format!("json is no scene: {reason}")))?;
        out_scene.write(give(scene.into()));
        Ok(())
    })
}

/// The scene as JSON, which every language of perbus reads.
/// @param out_text receives the text; free it with perbus_desk_text_free
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_scene_copy_json(
    scene: *mut perbus_desk_scene,
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

/// How many buses the scene sets. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_scene_get_count(
    scene: *mut perbus_desk_scene,
    out_count: *mut usize,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let scene = get(scene, "scene")?;
        out(out_count, "out_count")?.write(scene.labels.len());
        Ok(())
    })
}

/// What the scene sets on one of its buses; those of a snapshot are in ascending order. The label
/// lives as long as the scene.
/// @param index below the scene's count
/// @retval PERBUS_ERROR_OUT_OF_RANGE index
/// Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_scene_get_bus(
    scene: *mut perbus_desk_scene,
    index: usize,
    out_bus: *mut perbus_desk_bus_config,
    error: *mut perbus_error,
) -> perbus_status {
    run(error, || {
        let scene = get(scene, "scene")?;
        let out_bus = out(out_bus, "out_bus")?;
        let (Some(bus), Some(label)) = (scene.scene.buses().get(index), scene.labels.get(index))
        else {
            let reason = format!("index {index} is not below {}", scene.labels.len());
            return Err(Error::OutOfRange(reason).into());
        };
        out_bus.write(perbus_desk_bus_config {
            bus: bus.bus,
            set: bit(bus.volume.is_some(), PERBUS_DESK_SET_VOLUME)
                | bit(bus.pan.is_some(), PERBUS_DESK_SET_PAN)
                | bit(bus.muted.is_some(), PERBUS_DESK_SET_MUTED)
                | bit(bus.soloed.is_some(), PERBUS_DESK_SET_SOLOED)
                | bit(bus.solo_safe.is_some(), PERBUS_DESK_SET_SOLO_SAFE)
                | bit(bus.send_tap.is_some(), PERBUS_DESK_SET_SEND_TAP),
            volume: bus.volume.unwrap_or(0.0),
            pan: bus.pan.unwrap_or(0.0),
            muted: bus.muted.unwrap_or(false),
            soloed: bus.soloed.unwrap_or(false),
            solo_safe: bus.solo_safe.unwrap_or(false),
            label: label
                .as_ref()
                .map_or(std::ptr::null(), |label| label.as_ptr()),
            send_tap: send::to_tap(bus.send_tap.unwrap_or_default()) as i32,
        });
        Ok(())
    })
}

/// Ends the handle. NULL is a no-op. Threads: any. Real-time safe: no
#[no_mangle]
pub unsafe extern "C" fn perbus_desk_scene_release(scene: *mut perbus_desk_scene) {
    take(scene);
}
