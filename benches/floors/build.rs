//! Compiles the floor loops for the baseline of the target and, on x86_64, for AVX2; and the floors
//! of calls with the flags that perbus compiled its own Objective-C with.

use std::env;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=native");
    loops("baseline", &[]);
    if env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "x86_64") {
        loops("avx2", &["-mavx2", "-mfma"]);
    }
    calls();
}

fn clang() -> cc::Build {
    let mut build = cc::Build::new();
    build
        .compiler(env::var("PERBUS_CLANG").unwrap_or_else(|_| "clang".to_owned()))
        .opt_level(3)
        .flag("-Wextra");
    build
}

fn loops(name: &str, flags: &[&str]) {
    let mut build = clang();
    build
        .std("c11")
        .file("native/render.c")
        .define("FLOOR(name)", format!("name##_{name}").as_str());
    for flag in flags {
        build.flag(flag);
    }
    build.compile(&format!("perbus_floors_{name}"));
}

fn calls() {
    let flags = env::var("DEP_PERBUS_OBJC_FLAGS").expect("perbus's build script exports its flags");
    let mut build = clang();
    build.file("native/calls.m").include("../../native");
    for flag in flags.split('\x1f').filter(|flag| !flag.is_empty()) {
        build.flag(flag);
    }
    build.compile("perbus_floors_calls");
}
