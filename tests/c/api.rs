//! The flat C API from C: the headers on their own, and a program linked to the libraries that
//! cargo built. On Apple platforms the link line would be different.

use std::fs;
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

#[test]
fn a_c_program_gets_what_the_header_promises() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let program = folder.path().join("c_api");
    let files = fs::read_dir(package().join("tests/c")).expect("the C tests");
    let files = files.map(|entry| entry.expect("a readable folder").path());
    let c_files = files.filter(|path| path.extension().is_some_and(|found| found == "c"));
    let gnustep = run(Command::new("gnustep-config").arg("--base-libs")).stdout;
    let gnustep = String::from_utf8(gnustep).expect("flags are text");
    run(Command::new("cc")
        .args(["-std=gnu11", "-g", &include()])
        .args(STRICT)
        .args(c_files)
        .arg("-o")
        .arg(&program)
        .arg(format!("-L{}", libraries().display()))
        // Categories have no symbol that would pull their file out of an archive.
        .args([
            "-Wl,--whole-archive",
            "-lperbus_objc",
            "-Wl,--no-whole-archive",
        ])
        .args(["-lperbus_files", "-lperbus_render", "-lBlocksRuntime"])
        .args(gnustep.split_whitespace())
        .args(["-lsndfile", "-lvorbisfile", "-lsamplerate", "-lm"]));
    run(&mut Command::new(&program));
}
