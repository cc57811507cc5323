//! What Cargo.toml promises about Rust's version.

use std::process::Command;

use serde_json::Value;

/// 1.88 and 1.88.0 alike.
fn version(text: &str) -> Vec<u32> {
    let numbers = text.split(['.', '-']).take(3);
    let mut numbers: Vec<u32> = numbers.map_while(|number| number.parse().ok()).collect();
    numbers.resize(3, 0);
    numbers
}

fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(arguments)
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}"));
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn no_dependency_needs_a_newer_rust_than_declared() {
    let declared = env!("CARGO_PKG_RUST_VERSION");
    let arguments = [
        "metadata",
        "--format-version=1",
        "--all-features",
        "--locked",
    ];
    let metadata: Value = serde_json::from_str(&output(env!("CARGO"), &arguments)).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 20, "{} packages", packages.len());
    for package in packages {
        let needed = package["rust_version"].as_str().unwrap_or("1");
        assert!(
            version(needed) <= version(declared),
            "{} {} needs Rust {needed}, declared is {declared}",
            package["name"],
            package["version"]
        );
    }
}

#[test]
fn the_installed_rust_is_not_older_than_declared() {
    let rustc = output("rustc", &["--version"]);
    let installed = rustc.split(' ').nth(1).unwrap();
    assert!(version(installed) >= version(env!("CARGO_PKG_RUST_VERSION")));
}
