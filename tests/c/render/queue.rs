//! The queue on its own, against a model, and the number of steps a block takes.

use std::process::Command;

use crate::common::native::{include, package, run, STRICT};

const PLAYER: [&str; 4] = [
    "player.c",
    "player_queue.c",
    "player_render.c",
    "player_take.c",
];

#[test]
fn the_queue_agrees_with_a_model_and_its_work_is_bounded() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let program = folder.path().join("queue");
    let tests = package().join("tests/c/render");
    let player = package().join("native/render/player");
    let stream = package().join("native/render/stream");
    let convert = package().join("native/render/effects/convert.c");
    run(Command::new("cc")
        .args(["-std=gnu11", "-O2", "-g", "-DPBR_COUNT_STEPS", &include()])
        .args(STRICT)
        .args(["queue.c", "queue_steps.c"].map(|name| tests.join(name)))
        .args(PLAYER.map(|name| player.join(name)))
        .args(["decode.c", "feeder.c", "stream.c"].map(|name| stream.join(name)))
        .arg(convert)
        .args(["-lm", "-lsamplerate", "-pthread", "-o"])
        .arg(&program));
    run(&mut Command::new(&program));
}
