#!/bin/sh
# Builds the crate from the archive that would be published, and its documentation as docs.rs does,
# without GNUstep and clang; installs the Python package from its sdist. Run in the project's root.
set -eu

cargo=${CARGO:-cargo}
target=${CARGO_TARGET_DIR:-$PWD/target}
log=$target/package/check.log

# Quiet when all is well.
run() {
    "$@" >"$log" 2>&1 || {
        cat "$log" >&2
        exit 1
    }
}

mkdir -p "$target/package"
run "$cargo" package -p perbus --no-verify --allow-dirty --target-dir "$target"
archive=$(ls -t "$target"/package/perbus-*.crate | head -n 1)
unpacked=$target/package/unpacked
rm -rf "$unpacked"
mkdir "$unpacked"
# With new times, so that cargo does not take an earlier archive's build for this one's.
tar -xzmf "$archive" -C "$unpacked" --strip-components 1

for file in native/perbus.h native/engine.m native/avfaudio/graph/AVAudioEngine.m \
    native/render/plan/core.c LICENSE-MIT LICENSE-APACHE README.md CHANGELOG.md; do
    [ -f "$unpacked/$file" ] || { echo "check-package: the package lacks $file" >&2; exit 1; }
done
for folder in apps tests conformance benches tools; do
    [ ! -e "$unpacked/$folder" ] || { echo "check-package: $folder is in the package" >&2; exit 1; }
done

make -s -C bindings/python sdist

# A workspace of its own: it lies below this one. The target folder is shared, so that its
# dependencies are not built again.
printf '\n[workspace]\n' >>"$unpacked/Cargo.toml"
cd "$unpacked"
run "$cargo" build --locked --all-features --target-dir "$target"

# In a folder of its own: the build script's result is another one. docs.rs has a nightly compiler,
# whose doc(cfg) names the features that items need.
export DOCS_RS=1 RUSTDOCFLAGS="-D warnings --cfg docsrs" RUSTC_BOOTSTRAP=perbus
export PERBUS_CLANG=/nonexistent PERBUS_GNUSTEP_CONFIG=/nonexistent
run "$cargo" doc --locked --no-deps --all-features --target-dir "$target/docs-rs"
