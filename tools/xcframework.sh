#!/bin/sh
# Builds target/xcframework/PerbusDesk.xcframework: the strips of bindings/objc with the desk and the C
# API, for macOS, iOS and its simulator. Needs a Mac with Xcode, and rustup for the targets' standard
# libraries. Run in the project's root. Not run on macOS yet.
set -eu

[ "$(uname -s)" = Darwin ] || { echo "xcframework: this needs a Mac with Xcode" >&2; exit 1; }
cargo=${CARGO:-cargo}
target=${CARGO_TARGET_DIR:-$PWD/target}
out=$target/xcframework
export MACOSX_DEPLOYMENT_TARGET=11.0 IPHONEOS_DEPLOYMENT_TARGET=14.0

# Rust's target, the SDK, clang's target.
build() {
    rustup target add "$1"
    "$cargo" build --locked --release -p perbus-desk --target "$1" --target-dir "$target"
    mkdir -p "$out/$1"
    for source in bindings/objc/src/*.m; do
        xcrun --sdk "$2" clang -target "$3" -fobjc-arc -fblocks -fobjc-exceptions -fexceptions -O2 \
            -Wall -Wextra -Inative -iquote native/perbus -Ibindings/c/include \
            -Ibindings/objc/PerbusDesk -c "$source" -o "$out/$1/$(basename "$source" .m).o"
    done
    # One object, because a linker takes categories out of an archive only along with something else.
    xcrun --sdk "$2" clang -target "$3" -nostdlib -r "$out/$1"/*.o -o "$out/$1/binding"
    xcrun libtool -static -o "$out/$1/libPerbusDesk.a" "$target/$1/release/libperbus_desk.a" \
        "$out/$1/binding"
}

rm -rf "$out"
build aarch64-apple-darwin macosx arm64-apple-macos11.0
build x86_64-apple-darwin macosx x86_64-apple-macos11.0
build aarch64-apple-ios iphoneos arm64-apple-ios14.0
build aarch64-apple-ios-sim iphonesimulator arm64-apple-ios14.0-simulator
mkdir "$out/macos"
xcrun lipo -create "$out/aarch64-apple-darwin/libPerbusDesk.a" \
    "$out/x86_64-apple-darwin/libPerbusDesk.a" -output "$out/macos/libPerbusDesk.a"
headers=bindings/objc/PerbusDesk
xcodebuild -create-xcframework \
    -library "$out/macos/libPerbusDesk.a" -headers "$headers" \
    -library "$out/aarch64-apple-ios/libPerbusDesk.a" -headers "$headers" \
    -library "$out/aarch64-apple-ios-sim/libPerbusDesk.a" -headers "$headers" \
    -output "$out/PerbusDesk.xcframework"
