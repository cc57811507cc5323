//! A control's chain of points on its own: against a model, late, and replaced by another thread.

use std::process::Command;

use crate::common::native::{include, package, run, STRICT};

#[test]
fn a_chain_agrees_with_a_model_and_may_be_replaced_at_any_time() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let program = folder.path().join("chain");
    let render = package().join("native/render/gain");
    run(Command::new("cc")
        .args(["-std=gnu11", "-O2", "-g", &include()])
        .args(STRICT)
        .args(["chain.c", "course.c"].map(|name| package().join("tests/c/render").join(name)))
        .args(["chain.c", "fade.c"].map(|name| render.join(name)))
        .args(["-lm", "-lpthread", "-o"])
        .arg(&program));
    run(&mut Command::new(&program));
}
