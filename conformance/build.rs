//! Compiles the cases with the flags that perbus compiled its own Objective-C with.

use std::{env, fs, path::PathBuf};

/// Between two flags in `DEP_PERBUS_OBJC_FLAGS`: no flag contains it, and a space may occur in one.
const SEPARATOR: char = '\x1f';

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=cases");
    println!("cargo:rerun-if-changed=audio_thread");
    println!("cargo:rerun-if-env-changed=DEP_PERBUS_OBJC_FLAGS");

    let flags = env::var("DEP_PERBUS_OBJC_FLAGS")
        .expect("perbus's build script exports its Objective-C flags as `objc_flags`");

    // It looks into the portable engine, and uses the cases' helpers: linked before them.
    if env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux") {
        let mut build = objective_c(&flags);
        build.file("audio_thread/graph.m");
        build.compile("perbus_audio_thread");
    }
    let mut build = objective_c(&flags);
    build.files(cases());
    build.compile("perbus_conformance_cases");
}

fn objective_c(flags: &str) -> cc::Build {
    let mut build = cc::Build::new();
    // gcc lacks the Objective-C features that the cases use.
    build.compiler("clang");
    for flag in flags.split(SEPARATOR).filter(|flag| !flag.is_empty()) {
        build.flag(flag);
    }
    build.flag("-Wall").flag("-Wextra");
    build
}

/// Every Objective-C file in `cases`, in a fixed order.
fn cases() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir("cases")
        .expect("the folder cases lies beside build.rs")
        .map(|entry| entry.expect("cases can be listed").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "m"))
        .collect();
    files.sort();
    files
}
