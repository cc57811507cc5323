//! Compiles the render core and the Objective-C shim, and binds `perbus.h`.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Separates the compiler flags handed to dependent build scripts: flags may hold spaces.
const FLAG_SEPARATOR: &str = "\x1f";

const HINT: &str = "on Debian: apt-get install clang libclang-dev gobjc libgnustep-base-dev \
                    libblocksruntime-dev portaudio19-dev libpulse-dev libsamplerate0-dev \
                    libsndfile1-dev libvorbis-dev; on macOS: xcode-select --install; elsewhere what README.md names under Requirements";

/// Ends the build with one line that says what to do.
fn fail(reason: &str) -> ! {
    eprintln!("perbus: {reason}");
    std::process::exit(1);
}

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // Not the folder itself: its makefile builds in there.
    for part in watched() {
        println!("cargo:rerun-if-changed={}", part.display());
    }
    for name in [
        "DOCS_RS",
        "PERBUS_GNUSTEP_CONFIG",
        "PERBUS_CLANG",
        // cc takes these up, but says so only with the metadata that the shim's build goes without.
        "MACOSX_DEPLOYMENT_TARGET",
        "IPHONEOS_DEPLOYMENT_TARGET",
        "SDKROOT",
    ] {
        println!("cargo:rerun-if-env-changed={name}");
    }
    set_deployment_target();
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let settings = Settings::read();
    bind(&out);
    // The documentation needs the header only.
    if env::var_os("DOCS_RS").is_some() {
        return;
    }
    let apple = env::var("CARGO_CFG_TARGET_VENDOR").is_ok_and(|vendor| vendor == "apple");
    if !apple && env::var("CARGO_CFG_TARGET_FAMILY").is_ok_and(|family| family != "unix") {
        fail("it needs Apple's AVFAudio, or a Unix with GNUstep, clang and PortAudio");
    }
    let flags = if apple {
        settings.words("APPLE_OBJC")
    } else {
        gnustep_flags(&settings, &out)
    };
    println!("cargo:objc_flags={}", flags.join(FLAG_SEPARATOR));
    compile_shim(&settings, &flags, apple);
    if apple {
        for framework in settings.words("APPLE_FRAMEWORKS") {
            println!("cargo:rustc-link-lib=framework={framework}");
        }
    } else {
        compile_render(&settings);
        if has_files() {
            compile_files(&settings);
        }
        link_gnustep(&settings);
    }
}

/// Where nothing is set, cc takes the SDK's default, which may be a system as new as the SDK.
fn set_deployment_target() {
    let (name, oldest) = match env::var("CARGO_CFG_TARGET_OS").as_deref() {
        Ok("macos") => ("MACOSX_DEPLOYMENT_TARGET", "11.0"),
        Ok("ios") => ("IPHONEOS_DEPLOYMENT_TARGET", "14.0"),
        _ => return,
    };
    if env::var_os(name).is_none() {
        env::set_var(name, oldest);
    }
}

/// `native/sources.mk`, which the makefile beside it includes.
struct Settings(String);

impl Settings {
    fn read() -> Self {
        Self(
            fs::read_to_string("native/sources.mk")
                .expect("native/sources.mk is part of the package"),
        )
    }

    fn words(&self, name: &str) -> Vec<String> {
        let value = self.0.lines().find_map(|line| {
            let (found, words) = line.split_once(":=")?;
            (found.trim() == name).then_some(words)
        });
        value
            .unwrap_or_else(|| panic!("native/sources.mk has no {name}"))
            .split_whitespace()
            .map(str::to_owned)
            .collect()
    }

    /// The folder below `native` that the setting names.
    fn folder(&self, name: &str) -> PathBuf {
        Path::new("native").join(self.words(name).concat())
    }
}

/// Sources and folders of sources.
fn watched() -> Vec<PathBuf> {
    let folders = ["perbus", "platform", "avfaudio", "render", "sources.mk"];
    let mut parts: Vec<PathBuf> = folders.map(|name| Path::new("native").join(name)).into();
    parts.extend(sources(Path::new("native"), "h"));
    parts.extend(sources(Path::new("native"), "m"));
    parts
}

/// What a folder holds, in a stable order.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("cannot read {}: {error}", folder.display()))
        .map(|entry| entry.expect("a readable folder").path())
        .collect();
    entries.sort();
    entries
}

/// The files of a folder with this extension.
fn sources(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut files = entries(folder);
    files.retain(|path| path.extension().is_some_and(|found| found == extension));
    files
}

/// The same, with the folders in it.
fn sources_below(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut files = sources(folder, extension);
    for entry in entries(folder).iter().filter(|entry| entry.is_dir()) {
        files.extend(sources_below(entry, extension));
    }
    files
}

fn clang() -> String {
    let name = env::var("PERBUS_CLANG").unwrap_or_else(|_| "clang".to_owned());
    if Command::new(&name).arg("--version").output().is_err() {
        fail(&format!(
            "its Objective-C needs clang, and {name} does not run: {HINT}"
        ));
    }
    name
}

/// Fails when clang does not find a system library's header.
fn require_header(name: &str, library: &str) {
    let found = Command::new(clang())
        .args(["-fsyntax-only", "-x", "c", "-include", name, "/dev/null"])
        .output()
        .is_ok_and(|output| output.status.success());
    if !found {
        fail(&format!(
            "{library} is missing ({name} is not found): {HINT}"
        ));
    }
}

/// As in the makefile: glibc's checks of known sizes need optimization.
fn guards(settings: &Settings) -> Vec<String> {
    let mut flags = settings.words("GUARDS");
    if env::var("OPT_LEVEL").is_ok_and(|level| level != "0") {
        flags.extend(["-U_FORTIFY_SOURCE", "-D_FORTIFY_SOURCE=2"].map(str::to_owned));
    }
    flags
}

fn compile_shim(settings: &Settings, flags: &[String], apple: bool) {
    let mut build = cc::Build::new();
    build
        .compiler(clang())
        .files(sources(&settings.folder("SHIM"), "m"))
        .include("native")
        .flags(settings.words("WARNINGS"))
        .flags(flags)
        .flags(settings.words("OBJC"))
        .flags(guards(settings));
    if !apple {
        let mut portable = sources_below(&settings.folder("PORTABLE"), "m");
        portable.retain(|path| has_files() || !path.starts_with(settings.folder("FILES")));
        build.files(portable);
    }
    // Categories have no symbol that would pull their file out of an archive.
    build.cargo_metadata(false).compile("perbus_objc");
    let out = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    println!("cargo:rustc-link-search=native={out}");
    println!("cargo:rustc-link-lib=static:+whole-archive=perbus_objc");
}

fn compile_render(settings: &Settings) {
    cc::Build::new()
        .compiler(clang())
        .files(render_sources(settings))
        .include("native")
        .flags(settings.words("C"))
        .opt_level(3)
        .flags(settings.words("WARNINGS"))
        .compile("perbus_render");
}

/// The render core's: with devices or without.
fn render_sources(settings: &Settings) -> Vec<PathBuf> {
    let name = if has_devices() {
        "NO_DEVICES"
    } else {
        "DEVICES"
    };
    let beginnings = settings.words(name);
    let mut sources = sources_below(&settings.folder("RENDER"), "c");
    sources.retain(|path| {
        let path = path.strip_prefix("native").unwrap_or(path);
        let path = path.to_string_lossy();
        !beginnings.iter().any(|it| path.starts_with(it.as_str()))
    });
    sources
}

/// Whether devices are part of the build: the feature `devices`.
fn has_devices() -> bool {
    env::var_os("CARGO_FEATURE_DEVICES").is_some()
}

/// Whether audio files are part of the build: the feature `files`.
fn has_files() -> bool {
    env::var_os("CARGO_FEATURE_FILES").is_some()
}

fn compile_files(settings: &Settings) {
    cc::Build::new()
        .compiler(clang())
        .files(sources(&settings.folder("FILES"), "c"))
        .include("native")
        .flags(settings.words("C"))
        .flags(guards(settings))
        .flags(settings.words("WARNINGS"))
        .compile("perbus_files");
    for library in settings.words("FILE_PACKAGES") {
        println!("cargo:rustc-link-lib={library}");
    }
}

fn gnustep_config(option: &str) -> Vec<String> {
    let name = env::var("PERBUS_GNUSTEP_CONFIG").unwrap_or_else(|_| "gnustep-config".to_owned());
    let output = Command::new(&name)
        .arg(option)
        .output()
        .unwrap_or_else(|error| fail(&format!("GNUstep is missing ({name}: {error}): {HINT}")));
    String::from_utf8_lossy(&output.stdout)
        .split_whitespace()
        .map(str::to_owned)
        .collect()
}

/// The flags that compile Objective-C against GNUstep and the portable AVFAudio.
fn gnustep_flags(settings: &Settings, out: &Path) -> Vec<String> {
    require_header("Block.h", "the blocks runtime");
    if has_devices() {
        require_header("portaudio.h", "PortAudio");
        require_header("pulse/pulseaudio.h", "libpulse");
    }
    require_header("samplerate.h", "libsamplerate");
    if has_files() {
        require_header("sndfile.h", "libsndfile");
        require_header("vorbis/vorbisfile.h", "libvorbisfile");
    }
    let root = env::current_dir().expect("cargo runs build scripts in the package");
    let runtime = out.join("objc-runtime");
    link_runtime_headers(&runtime);
    let without = settings.words("GNUSTEP_WITHOUT");
    let mut flags = gnustep_config("--objc-flags");
    flags.retain(|flag| !without.contains(flag));
    flags.push("-isystem".to_owned());
    flags.push(runtime.display().to_string());
    let portable = root.join(settings.folder("PORTABLE"));
    flags.push(format!("-I{}", portable.display()));
    flags.push("-fblocks".to_owned());
    flags
}

/// Shows clang the runtime's `objc/` headers of gcc, but not the folder around them: that one
/// holds a stdatomic.h that clang rejects.
fn link_runtime_headers(folder: &Path) {
    let output = Command::new("gcc")
        .arg("-print-file-name=include")
        .output()
        .unwrap_or_else(|error| fail(&format!("gcc is missing ({error}): {HINT}")));
    let objc = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()).join("objc");
    if !objc.join("objc.h").exists() {
        fail(&format!(
            "gcc has no Objective-C ({} is missing): {HINT}",
            objc.display()
        ));
    }
    let target = folder.join("objc");
    let _ = fs::remove_dir_all(&target);
    fs::create_dir_all(&target).expect("OUT_DIR is writable");
    for header in fs::read_dir(&objc).expect("a readable folder") {
        let header = header.expect("a readable folder").path();
        let name = header.file_name().expect("a file has a name");
        fs::copy(&header, target.join(name)).expect("OUT_DIR is writable");
    }
}

fn link_gnustep(settings: &Settings) {
    for library in settings.words("GNUSTEP_BEFORE") {
        println!("cargo:rustc-link-lib={library}");
    }
    for flag in gnustep_config("--base-libs") {
        if let Some(path) = flag.strip_prefix("-L") {
            println!("cargo:rustc-link-search=native={path}");
        } else if let Some(name) = flag.strip_prefix("-l") {
            println!("cargo:rustc-link-lib={name}");
        }
    }
    println!("cargo:rustc-link-lib=samplerate");
}

fn bind(out: &Path) {
    let builder = bindgen::Builder::default()
        .header("native/perbus.h")
        .allowlist_item("(perbus|PERBUS)_.*")
        .newtype_enum("perbus_status")
        .use_core()
        .ctypes_prefix("libc")
        // For limits that are written as expressions.
        .clang_macro_fallback()
        .clang_macro_fallback_build_dir(out);
    // Without libclang bindgen panics: that message is long, and names no package.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let generated = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| builder.generate()));
    std::panic::set_hook(hook);
    match generated {
        Ok(Ok(bindings)) => bindings
            .write_to_file(out.join("bindings.rs"))
            .expect("OUT_DIR is writable"),
        Ok(Err(error)) => fail(&format!("perbus.h cannot be bound: {error}")),
        Err(_) => fail(&format!("libclang is missing: {HINT}")),
    }
}
