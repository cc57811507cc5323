//! Streams of files on their own: what is late without anybody waiting, and how much is in memory.

use std::process::Command;

use crate::common::native::{include, package, run, STRICT};

#[test]
fn streams_are_late_without_waiting_and_hold_two_seconds() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let program = folder.path().join("streams");
    let render = package().join("native/render");
    let player = [
        "player",
        "player_await",
        "player_queue",
        "player_render",
        "player_take",
    ];
    let stream = ["decode", "feeder", "stream"];
    run(Command::new("cc")
        .args(["-std=gnu11", "-O2", "-g", &include()])
        .args(STRICT)
        .arg(package().join("tests/c/render/streams.c"))
        .args(player.map(|name| render.join(format!("player/{name}.c"))))
        .args(stream.map(|name| render.join(format!("stream/{name}.c"))))
        .arg(render.join("effects/convert.c"))
        .args(["-lm", "-lsamplerate", "-pthread", "-o"])
        .arg(&program));
    run(&mut Command::new(&program));
}
