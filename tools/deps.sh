#!/bin/sh
# Installs what the build, the tests and the lints need. Silent when all is there.
set -eu

say() { printf 'deps: %s\n' "$*" >&2; }
die() {
    say "$@"
    exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif have sudo; then
        sudo "$@"
    else
        die "run as root, or install sudo, to get:$missing"
    fi
}

# gobjc brings GCC's Objective-C runtime, python3-venv is for clang-format and the Python binding,
# golang-go for the Go binding, pulseaudio and pipewire are played to, tmux has the console, libclang-rt-dev has the sanitizers, and
# the last two lines are sound files and tools that the tests compare with.
debian() {
    missing=
    installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null || true)
    for package; do
        printf '%s\n' "$installed" | grep -qxF "installed $package" || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    say "installing$missing"
    # Another, unreachable source must not stop the install: if it matters, that fails.
    as_root apt-get -qq update || say "apt-get update failed, going on"
    # shellcheck disable=SC2086
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends \
        -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 install $missing >/dev/null
}

# Untested. A path asks for whichever package has the file.
fedora() {
    missing=
    for package; do
        rpm -q --whatprovides "$package" >/dev/null 2>&1 || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    say "installing$missing"
    # shellcheck disable=SC2086
    as_root dnf -q -y install --setopt=install_weak_deps=False $missing
}

# Untested.
arch() {
    missing=$(pacman -T "$@" | tr '\n' ' ') || true
    [ -n "$missing" ] || return 0
    missing=" ${missing% }"
    say "installing$missing"
    # -Sy alone would be a partial upgrade, which Arch does not support.
    # shellcheck disable=SC2086
    as_root pacman -Syu --needed --noconfirm $missing
}

system=$(uname -s)
if [ "$system" = Darwin ]; then
    xcode-select -p >/dev/null 2>&1 ||
        die "the command line tools are missing, install them with: xcode-select --install"
    missing=
    for tool in go python3 pkg-config sox ffmpeg tmux; do
        have "$tool" || missing="$missing $tool"
    done
    [ -z "$missing" ] ||
        say "make test needs$missing, from Homebrew: brew install go python pkgconf sox ffmpeg tmux"
elif [ "$system" = Linux ] && have apt-get && have dpkg-query; then
    debian gcc libc6-dev clang libclang-dev gobjc libgnustep-base-dev libblocksruntime-dev \
        portaudio19-dev libpulse-dev libsamplerate0-dev libsndfile1-dev libvorbis-dev \
        pkg-config make python3-venv \
        libclang-rt-dev valgrind golang-go \
        pulseaudio pulseaudio-utils libasound2-plugins dbus pipewire pipewire-pulse wireplumber \
        libdbus-1-dev alsa-utils sound-theme-freedesktop tmux procps \
        sox libsox-fmt-all ffmpeg vorbis-tools opus-tools lame flac
elif [ "$system" = Linux ] && have dnf; then
    fedora gcc glibc-devel clang clang-devel gcc-objc gnustep-base-devel /usr/include/Block.h \
        portaudio-devel pulseaudio-libs-devel libsamplerate-devel libsndfile-devel libvorbis-devel \
        pkgconf-pkg-config make python3 \
        compiler-rt valgrind golang pulseaudio-utils \
        dbus-devel alsa-utils sound-theme-freedesktop tmux procps-ng \
        sox /usr/bin/ffmpeg vorbis-tools opus-tools lame flac
elif [ "$system" = Linux ] && have pacman; then
    arch gcc clang gcc-objc gnustep-base libdispatch \
        portaudio libpulse libsamplerate libsndfile libvorbis pkgconf make python \
        compiler-rt valgrind go \
        alsa-utils sound-theme-freedesktop tmux procps-ng \
        sox ffmpeg vorbis-tools opus-tools lame flac
else
    say "unknown system; needed: clang, libclang, GCC's Objective-C runtime, GNUstep base," \
        "the blocks runtime, PortAudio, libpulse, libsamplerate, libsndfile, libvorbis, pkg-config, make," \
        "valgrind, python3, Go, tmux, sox, ffmpeg, oggenc, opusenc, lame, flac"
fi

have cargo || die "cargo is missing, install Rust from https://rustup.rs"
for component in rustfmt clippy; do
    # rustup leaves a cargo-fmt in the path even without the component, so run it.
    case $component in
    rustfmt) cargo fmt --version >/dev/null 2>&1 && continue ;;
    clippy) cargo clippy --version >/dev/null 2>&1 && continue ;;
    esac
    if ! have rustup || ! rustup --quiet component add "$component"; then
        say "$component is missing and could not be added with rustup; make lint needs it"
    fi
done
