//! Recorded sound between two clocks, on its own, in a time of the test's.

use std::process::Command;

use crate::common::native::{include, package, run, STRICT};

#[test]
fn recorded_sound_survives_drift_and_jitter() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let program = folder.path().join("capture");
    run(Command::new("cc")
        .args(["-std=gnu11", "-O2", "-g", &include()])
        .args(STRICT)
        .arg(package().join("tests/c/render/capture.c"))
        .arg(package().join("native/render/device/capture.c"))
        .args(["-lsamplerate", "-lm", "-o"])
        .arg(&program));
    run(&mut Command::new(&program));
}
