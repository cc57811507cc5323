#!/bin/sh
# Runs the desk's tests, and those of the locks under it, in Miri: `make races`. Skips, with the reason,
# where there is no nightly toolchain with Miri: `rustup toolchain install nightly -c miri,rust-src`.
#
# The models of random calls take hours there and hold no unsafe code of their own: they are left out,
# and properties are tried twice each.
set -eu
cd "$(dirname "$0")/.."

if ! reason=$(cargo +nightly miri --version 2>&1); then
    echo "Miri skipped: $(printf '%s\n' "$reason" | head -n 1)"
    exit 0
fi
PROPTEST_CASES=2 MIRIFLAGS="-Zmiri-disable-isolation ${MIRIFLAGS:-}" \
    cargo +nightly miri test --no-default-features --lib desk:: -- \
    --skip random --skip model --skip console --skip solo --skip adoption "$@"
