#!/bin/sh
# What a shared library has to have: relocations that are read-only once it is loaded, all of them
# resolved then; a stack without code; no code that is written to; functions that guard the stack.
# tools/check-hardening.sh LIBRARY...
set -eu

for library; do
    wrong=
    headers=$(readelf -W --program-headers --dynamic "$library")
    has() { printf '%s\n' "$headers" | grep -Eq "$1"; }
    has '^ *GNU_RELRO' || wrong="$wrong, no RELRO"
    has '\((BIND_NOW|FLAGS|FLAGS_1)\).*NOW|\(BIND_NOW\)' || wrong="$wrong, not bound when loaded"
    has '^ *GNU_STACK ' || wrong="$wrong, no word about the stack"
    ! has '^ *GNU_STACK .* RWE ' || wrong="$wrong, an executable stack"
    ! has 'TEXTREL' || wrong="$wrong, relocations in code"
    readelf -W --dyn-syms "$library" | grep -q '__stack_chk_fail' || wrong="$wrong, no guards of the stack"
    if [ -n "$wrong" ]; then
        echo "$library:${wrong#,}" >&2
        exit 1
    fi
done
