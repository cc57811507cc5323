//! Compiles the cases and the probes with the flags that perbus compiled its own Objective-C with.

use std::path::{Path, PathBuf};
use std::{env, fs};

use serde_json::Value;

/// Between two flags in `DEP_PERBUS_OBJC_FLAGS`: no flag contains it, and a space may occur in one.
const SEPARATOR: char = '\x1f';

/// What the cases call a choice, and where it is in `choices.json`.
const CHOICES: &[(&str, &str)] = &[
    ("CHOICE_PANS", "/P01_pan/pans"),
    ("CHOICE_MONO_LEFT", "/P01_pan/mono/left"),
    ("CHOICE_MONO_RIGHT", "/P01_pan/mono/right"),
    ("CHOICE_LEFT_TO_LEFT", "/P01_pan/stereo_left_only/left"),
    ("CHOICE_LEFT_TO_RIGHT", "/P01_pan/stereo_left_only/right"),
    ("CHOICE_RIGHT_TO_LEFT", "/P01_pan/stereo_right_only/left"),
    ("CHOICE_RIGHT_TO_RIGHT", "/P01_pan/stereo_right_only/right"),
    (
        "CHOICE_SETTLE_FRAMES",
        "/P02_step/volume_blocks_of_512/frames",
    ),
    (
        "CHOICE_LARGEST_STEP",
        "/P02_step/volume_blocks_of_512/largest_step",
    ),
    ("CHOICE_MONO_CENTRE_GAIN", "/P04_channels/mono_to_stereo/0"),
    ("CHOICE_DOWNMIX_GAIN", "/P04_channels/stereo_to_mono/0"),
    ("CHOICE_5_1_TO_LEFT", "/P04_channels/5_1_in_stereo/to_0"),
    ("CHOICE_5_1_TO_RIGHT", "/P04_channels/5_1_in_stereo/to_1"),
    ("CHOICE_5_1_TO_MONO", "/P04_channels/5_1_in_mono/to_0"),
    ("CHOICE_7_1_TO_LEFT", "/P04_channels/7_1_in_stereo/to_0"),
    ("CHOICE_7_1_TO_RIGHT", "/P04_channels/7_1_in_stereo/to_1"),
    ("CHOICE_7_1_TO_SURROUND", "/P04_channels/7_1_in_5_1/to_4"),
    ("CHOICE_QUAD_TO_LEFT", "/P04_channels/quad_in_stereo/to_0"),
    ("CHOICE_QUAD_TO_RIGHT", "/P04_channels/quad_in_stereo/to_1"),
    ("CHOICE_5_1_PAN_LEFT", "/P04_channels/5_1_pan_left"),
    ("CHOICE_5_1_PAN_RIGHT", "/P04_channels/5_1_pan_right"),
    (
        "CHOICE_DISCRETE_THROWS",
        "/P04_channels/discrete_5_in_stereo_throws",
    ),
    (
        "CHOICE_LISTED_KEEPS_VOLUME",
        "/P05_listed_again/keeps_volume",
    ),
    ("CHOICE_RECONNECT_BUS", "/P06_connect_twice/bus"),
    (
        "CHOICE_MIXER_INPUTS",
        "/P07_full_mixer/inputs_of_a_new_mixer",
    ),
    (
        "CHOICE_NEXT_BUS_WHEN_FULL",
        "/P07_full_mixer/next_bus_with_8_taken",
    ),
    (
        "CHOICE_DISCONNECT_FREE_INPUT_THROWS",
        "/P11_disconnect_free_bus/input_throws",
    ),
    (
        "CHOICE_DISCONNECT_FREE_OUTPUT_THROWS",
        "/P11_disconnect_free_bus/output_throws",
    ),
    (
        "CHOICE_TOO_MANY_FRAMES_STATUS",
        "/P12_too_many_frames/above_maximum/status",
    ),
    (
        "CHOICE_TOO_MANY_FRAMES_ERROR",
        "/P12_too_many_frames/above_maximum/code",
    ),
    (
        "CHOICE_TOO_MANY_FRAMES_LENGTH",
        "/P12_too_many_frames/above_maximum/frames",
    ),
    (
        "CHOICE_HANDLERS_ON_CALLER",
        "/P14_completion/consumed/on_the_rendering_thread",
    ),
    ("CHOICE_DEFAULT_SAMPLE_RATE", "/others/new_node/sample_rate"),
    ("CHOICE_DEFAULT_CHANNELS", "/others/new_node/channels"),
    (
        "CHOICE_HALF_RATE_LATE",
        "/others/frames_late/from_22050_to_44100",
    ),
    (
        "CHOICE_SPLIT_ACROSS_RATES_THROWS",
        "/others/split_across_rates_throws",
    ),
    (
        "CHOICE_ENGINE_STOP_KEEPS_QUEUE",
        "/others/engine_stop/keeps_queue",
    ),
];

fn main() {
    for path in [
        "build.rs",
        "cases",
        "audio_thread",
        "probe",
        "foreign",
        "choices.json",
        "../native/render/choices.h",
        "../native/render/layout.h",
        "../native/platform/points.h",
    ] {
        println!("cargo:rerun-if-changed={path}");
    }
    println!("cargo:rerun-if-env-changed=DEP_PERBUS_OBJC_FLAGS");

    let flags = env::var("DEP_PERBUS_OBJC_FLAGS")
        .expect("perbus's build script exports its Objective-C flags as `objc_flags`");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    fs::write(out.join("choices.h"), header()).expect("OUT_DIR is writable");

    // It looks into the portable engine, and uses the cases' helpers: linked before them.
    if env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux") {
        let mut build = objective_c(&flags, &out);
        build.file("audio_thread/beside.m");
        build.file("audio_thread/graph.m");
        build.file("audio_thread/walks.m");
        build.compile("perbus_audio_thread");
    }
    let mut build = objective_c(&flags, &out);
    build
        .files(sources("cases"))
        .files(sources("probe"))
        .files(sources("foreign"));
    build.compile("perbus_conformance_cases");
}

fn objective_c(flags: &str, out: &Path) -> cc::Build {
    let mut build = cc::Build::new();
    // gcc lacks the Objective-C features that the cases use.
    build.compiler("clang");
    for flag in flags.split(SEPARATOR).filter(|flag| !flag.is_empty()) {
        build.flag(flag);
    }
    build.flag("-Wall").flag("-Wextra").include(out);
    build
}

/// Every Objective-C file of a folder, in a fixed order.
fn sources(folder: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{folder} lies beside build.rs: {error}"))
        .map(|entry| entry.expect("the folder can be listed").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "m"))
        .collect();
    files.sort();
    files
}

/// The choices as the cases read them.
fn header() -> String {
    let text = fs::read_to_string("choices.json").expect("choices.json lies beside build.rs");
    let choices: Value = serde_json::from_str(&text).expect("choices.json is JSON");
    let mut header = String::new();
    for (name, place) in CHOICES {
        let value = choices
            .pointer(place)
            .unwrap_or_else(|| panic!("choices.json has no {place}"));
        header += &format!("#define {name} {}\n", literal(value));
    }
    header
}

/// A value as C writes it.
fn literal(value: &Value) -> String {
    match value {
        Value::Bool(truth) => i32::from(*truth).to_string(),
        Value::Array(values) => {
            let values: Vec<String> = values.iter().map(literal).collect();
            format!("{{{}}}", values.join(", "))
        }
        Value::Number(number) => number.to_string(),
        other => panic!("choices.json: {other} is no number and no truth"),
    }
}
