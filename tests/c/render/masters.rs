//! Gains with masters, against a model in double precision.

use std::process::Command;

use crate::common::native::{include, libraries, package, run, STRICT};

#[test]
fn products_of_volumes_are_those_of_a_model() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let program = folder.path().join("masters");
    run(Command::new("cc")
        .args(["-std=gnu11", "-O2", "-g", &include()])
        .args(STRICT)
        .args(["masters.c", "course.c"].map(|name| package().join("tests/c/render").join(name)))
        .arg("-o")
        .arg(&program)
        .arg(format!("-L{}", libraries().display()))
        .args(["-lperbus_render", "-lsamplerate", "-lm", "-lpthread"]));
    run(&mut Command::new(&program));
}
