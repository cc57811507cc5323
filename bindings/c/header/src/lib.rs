//! The committed `perbus/desk.h` is what cbindgen makes of the sources.
#![cfg(test)]

use std::fs;
use std::path::Path;

/// Set to write the header instead.
const WRITE: &str = "PERBUS_WRITE_HEADER";

#[test]
fn the_header_is_that_of_the_sources() {
    let library = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let config = cbindgen::Config::from_file(library.join("cbindgen.toml")).unwrap();
    let mut made = Vec::new();
    cbindgen::Builder::new()
        .with_config(config)
        .with_src(library.join("src/lib.rs"))
        .generate()
        .unwrap()
        .write(&mut made);
    let path = library.join("include/perbus/desk.h");
    let made = String::from_utf8(made).unwrap();
    if std::env::var_os(WRITE).is_some() {
        fs::write(path, made).unwrap();
        return;
    }
    assert!(
        fs::read_to_string(path).unwrap() == made,
        "perbus/desk.h is not what cbindgen makes: run `make -C bindings/c header`"
    );
}
