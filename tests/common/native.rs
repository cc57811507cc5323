//! Compiling C in a test, against what cargo has built.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub(crate) const STRICT: [&str; 4] = ["-Wall", "-Wextra", "-pedantic", "-Werror"];

pub(crate) fn package() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn include() -> String {
    format!("-I{}", package().join("native").display())
}

/// Runs a tool; if it fails, panics with its output.
#[track_caller]
pub(crate) fn run(command: &mut Command) -> Output {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(
        output.status.success(),
        "{command:?}: {}\n{out}{err}",
        output.status
    );
    output
}

/// Where the build script left its libraries: `build/perbus-*/out` next to this program's folder.
/// There is one for every set of features; the newest is the one that was just built.
pub(crate) fn libraries() -> PathBuf {
    let program = env::current_exe().expect("a path");
    let profile = program
        .ancestors()
        .nth(2)
        .expect("target/profile/deps/program");
    let built = |folder: &Path| fs::metadata(folder.join("libperbus_objc.a"))?.modified();
    fs::read_dir(profile.join("build"))
        .expect("cargo's build folder")
        .map(|entry| entry.expect("a readable folder").path().join("out"))
        .filter(|out| built(out).is_ok())
        .max_by_key(|out| built(out).expect("it was there"))
        .expect("the build script's libraries")
}
