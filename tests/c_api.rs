//! The flat C API from C: the headers by themselves, and a program linked to the libraries that
//! cargo has built. On Apple platforms the link line is another one.
#![cfg(not(target_vendor = "apple"))]

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const STRICT: [&str; 4] = ["-Wall", "-Wextra", "-pedantic", "-Werror"];

fn package() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn include() -> String {
    format!("-I{}", package().join("native").display())
}

/// Runs a tool; its output is the failure's text.
#[track_caller]
fn run(command: &mut Command) -> Output {
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

/// Where the build script has left its libraries: `build/perbus-*/out` beside this program's
/// folder. There is one for every set of features: the newest is the one that was just built.
fn libraries() -> PathBuf {
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
        .args(["-lperbus_render", "-lBlocksRuntime"])
        .args(gnustep.split_whitespace())
        .args(["-lportaudio", "-lsamplerate", "-lm"]));
    run(&mut Command::new(&program));
}
