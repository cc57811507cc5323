//! Compiles the floor loops for the baseline of the target and, on x86_64, for AVX2.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=native");
    build("baseline", &[]);
    if std::env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "x86_64") {
        build("avx2", &["-mavx2", "-mfma"]);
    }
}

fn build(name: &str, flags: &[&str]) {
    let mut build = cc::Build::new();
    build
        .compiler(std::env::var("PERBUS_CLANG").unwrap_or_else(|_| "clang".to_owned()))
        .std("c11")
        .file("native/render.c")
        .define("FLOOR(name)", format!("name##_{name}").as_str())
        .opt_level(3)
        .flag("-Wextra");
    for flag in flags {
        build.flag(flag);
    }
    build.compile(&format!("perbus_floors_{name}"));
}
