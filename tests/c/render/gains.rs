//! The gain on its own, faded and set, even by one thread while another renders, with no engine's
//! lock between them.

use std::process::Command;

use crate::common::native::{include, libraries, package, run, STRICT};

#[test]
fn a_fade_that_was_replaced_or_is_over_is_not_heard_again() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let program = folder.path().join("gains");
    run(Command::new("cc")
        .args(["-std=gnu11", "-O2", "-g", &include()])
        .args(STRICT)
        .arg(package().join("tests/c/render/gains.c"))
        .arg("-o")
        .arg(&program)
        .arg(format!("-L{}", libraries().display()))
        .args(["-lperbus_render", "-lsamplerate", "-lm", "-lpthread"]));
    run(&mut Command::new(&program));
}
