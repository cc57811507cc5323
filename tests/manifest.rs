//! What Cargo.toml promises about Rust's version.

use std::collections::{HashMap, HashSet};
use std::process::Command;

use serde_json::Value;

/// 1.87 and 1.87.0 are the same version.
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

/// The packages that the library is built from, with all features. Tests and benches need more, but
/// those who depend on the library do not build them.
fn library(metadata: &Value) -> HashSet<String> {
    let nodes = metadata["resolve"]["nodes"].as_array().unwrap();
    let id = |value: &Value| value.as_str().unwrap().to_owned();
    let deps: HashMap<String, &Value> = nodes
        .iter()
        .map(|node| (id(&node["id"]), &node["deps"]))
        .collect();
    let root = metadata["packages"].as_array().unwrap().iter();
    let root = root.filter(|package| package["name"] == "perbus");
    let mut open: Vec<String> = root.map(|package| id(&package["id"])).collect();
    let mut found = HashSet::new();
    while let Some(package) = open.pop() {
        if !found.insert(package.clone()) {
            continue;
        }
        for dep in deps[&package].as_array().unwrap() {
            let kinds = dep["dep_kinds"].as_array().unwrap();
            if kinds.iter().any(|kind| kind["kind"] != "dev") {
                open.push(id(&dep["pkg"]));
            }
        }
    }
    found
}

#[test]
fn the_declared_rust_is_what_the_library_needs() {
    let declared = env!("CARGO_PKG_RUST_VERSION");
    let arguments = [
        "metadata",
        "--format-version=1",
        "--all-features",
        "--locked",
    ];
    let metadata: Value = serde_json::from_str(&output(env!("CARGO"), &arguments)).unwrap();
    let library = library(&metadata);
    let packages = metadata["packages"].as_array().unwrap().iter();
    let packages: Vec<_> = packages
        .filter(|package| library.contains(package["id"].as_str().unwrap()))
        .collect();
    assert!(packages.len() > 20, "{} packages", packages.len());
    let mut most = version("1");
    for package in packages.iter().filter(|it| it["name"] != "perbus") {
        let needed = package["rust_version"].as_str().unwrap_or("1");
        assert!(
            version(needed) <= version(declared),
            "{} {} needs Rust {needed}, declared is {declared}",
            package["name"],
            package["version"]
        );
        most = most.max(version(needed));
    }
    assert_eq!(most, version(declared), "declared is more than is needed");
}

#[test]
fn the_installed_rust_is_not_older_than_declared() {
    let rustc = output("rustc", &["--version"]);
    let installed = rustc.split(' ').nth(1).unwrap();
    assert!(version(installed) >= version(env!("CARGO_PKG_RUST_VERSION")));
}
