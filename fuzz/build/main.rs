//! Compiles the targets in C and Objective-C, as perbus compiled its own, and writes a call of every
//! function of `perbus.h` and `desk.h` with arguments drawn by their types.

mod calls;

use std::path::PathBuf;
use std::{env, fs};

/// Between two flags in `DEP_PERBUS_OBJC_FLAGS`: no flag contains it, and a space may occur in one.
const SEPARATOR: char = '\x1f';

fn main() {
    for path in [
        "build",
        "native",
        "../native/perbus",
        "../bindings/c/include/perbus",
        "../tests/c/graph",
        "../tests/c/check.h",
    ] {
        println!("cargo:rerun-if-changed={path}");
    }
    println!("cargo:rerun-if-env-changed=DEP_PERBUS_OBJC_FLAGS");
    if env::var_os("DOCS_RS").is_some() {
        return;
    }
    let flags = env::var("DEP_PERBUS_OBJC_FLAGS")
        .expect("perbus's build script exports its Objective-C flags as `objc_flags`");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    for (name, folder, of_desk) in [
        ("calls.inc", "../native/perbus", false),
        ("desk_calls.inc", "../bindings/c/include/perbus", true),
    ] {
        let text = calls::written(folder, of_desk);
        fs::write(out.join(name), text).expect("OUT_DIR is writable");
    }
    let mut build = cc::Build::new();
    build
        .compiler("clang")
        .files(["walk", "world", "random"].map(|name| format!("../tests/c/graph/{name}.c")))
        .files(
            ["calls", "desk_calls", "draw", "given", "world"]
                .map(|name| format!("native/{name}.c")),
        )
        .flag("-Wall")
        .flag("-Wextra")
        .flag("-std=gnu11")
        .flag("-Werror=implicit-function-declaration")
        .include("../native")
        .include("../bindings/c/include")
        // Which desk.h includes as its neighbours.
        .flag("-iquote../native/perbus")
        .include(&out)
        .compile("perbus_fuzz_c");
    let mut build = cc::Build::new();
    build
        .compiler("clang")
        .files(["classes", "objects"].map(|name| format!("native/{name}.m")))
        .include("../native");
    for flag in flags.split(SEPARATOR).filter(|flag| !flag.is_empty()) {
        build.flag(flag);
    }
    build
        .flag("-Wall")
        .flag("-Wextra")
        .flag("-fobjc-exceptions")
        .compile("perbus_fuzz_objc");
}
