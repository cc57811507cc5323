//! The flat C API from C: the headers on their own, and a program linked to the libraries that
//! cargo built. On Apple platforms the programs are built, but not run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::native::{include, libraries, package, run, STRICT};

/// perbus.h and the headers that it is made of.
fn headers() -> Vec<String> {
    let folder = package().join("native/perbus");
    let parts = fs::read_dir(folder).into_iter().flatten();
    let names = parts.map(|entry| entry.expect("a readable folder").file_name());
    let mut headers: Vec<String> = names
        .map(|name| format!("perbus/{}", name.to_string_lossy()))
        .collect();
    headers.push("perbus.h".to_owned());
    headers.retain(|header| header.ends_with(".h"));
    headers
}

#[test]
fn every_header_compiles_by_itself_as_c_and_as_cxx() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (compiler, standard, extension) in [("cc", "-std=c11", "c"), ("c++", "-std=c++17", "cc")] {
        for header in headers() {
            let file = folder.path().join("header").with_extension(extension);
            fs::write(&file, format!("#include \"{header}\"\n")).expect("a writable folder");
            run(Command::new(compiler)
                .args([standard, "-fsyntax-only", &include()])
                .args(STRICT)
                .arg(file));
        }
    }
}

/// The programs in C, by their folders in tests/c.
fn c_files(folder: &str) -> Vec<PathBuf> {
    let files = fs::read_dir(package().join("tests/c").join(folder)).expect("the C tests");
    let files = files.map(|entry| entry.expect("a readable folder").path());
    files
        .filter(|path| path.extension().is_some_and(|found| found == "c"))
        .collect()
}

/// What links a program to the libraries that cargo has built. Categories have no symbol that would
/// pull their file out of an archive.
#[cfg(not(target_vendor = "apple"))]
fn link() -> Vec<String> {
    let gnustep = run(Command::new("gnustep-config").arg("--base-libs")).stdout;
    let gnustep = String::from_utf8(gnustep).expect("flags are text");
    let mut flags = vec![format!("-L{}", libraries().display())];
    let own = "-Wl,--whole-archive -lperbus_objc -Wl,--no-whole-archive -lperbus_files \
               -lperbus_render -lBlocksRuntime";
    let packages = "-lsndfile -lvorbisfile -lsamplerate -lm";
    for words in [own, gnustep.as_str(), packages] {
        flags.extend(words.split_whitespace().map(str::to_owned));
    }
    flags
}

#[cfg(target_vendor = "apple")]
fn link() -> Vec<String> {
    let settings = fs::read_to_string(package().join("native/sources.mk")).expect("settings");
    let frameworks = settings
        .lines()
        .find_map(|line| line.strip_prefix("APPLE_FRAMEWORKS := "))
        .expect("the frameworks");
    let shim = libraries().join("libperbus_objc.a");
    let mut flags = vec![format!("-Wl,-force_load,{}", shim.display())];
    for name in frameworks.split_whitespace() {
        flags.extend(["-framework".to_owned(), name.to_owned()]);
    }
    flags
}

fn build(folder: &str, program: &Path) {
    run(Command::new("cc")
        .args(["-std=gnu11", "-g", &include()])
        .args(STRICT)
        .args(c_files(folder))
        .arg("-o")
        .arg(program)
        .args(link()));
}

#[test]
fn a_c_program_gets_what_the_header_promises() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let program = folder.path().join("c_api");
    build("", &program);
    // It expects what only the portable engine does, such as fades.
    if cfg!(not(target_vendor = "apple")) {
        run(&mut Command::new(&program));
    }
}

#[cfg(target_vendor = "apple")]
#[test]
fn the_other_c_programs_are_built() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for name in ["graph", "file"] {
        build(name, &folder.path().join(name));
    }
}
