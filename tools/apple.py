#!/usr/bin/env python3
"""Compiles, analyses and links for Apple's systems whatever the project has for them; nothing is run.

`make apple SDK=... [TBD=...]`, on Linux or a Mac. SDK is one of Xcode's, or a folder with Frameworks/,
include/ and lib/ (github.com/hexops/xcode-frameworks). TBD is libSystem's stub, for a folder that
lacks it: the PyPI package ziglang 0.13.0 contains one. What the SDK or this machine lacks is skipped
and named. CC, LD and NM choose the tools; clang-19 and lld-19 are known to work.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import apple_sysroot

ARCHITECTURES = ("arm64", "x86_64")
OUT = Path(os.environ.get("CARGO_TARGET_DIR", "target")) / "apple"
# Beyond the WARNINGS of native/sources.mk.
STRICT = """-Werror -Wunguarded-availability -Wunguarded-availability-new -Wdeprecated-declarations
-Wstrict-selector-match -Wundeclared-selector -Wno-nullability-completeness""".split()
ANALYSIS = """--analyze --analyzer-output text -Xclang -analyzer-checker=nullability,optin.osx""".split()


@dataclass
class Platform:
    name: str
    target: str  # clang's, with the deployment target
    linker: str  # ld64's name
    stub: str  # as .tbd files name it
    least: str
    tests: bool = False

    def flags(self, arch):
        return ["-target", f"{arch}-apple-{self.target}", "-isysroot", str(sysroot.root)]


PLATFORMS = [
    Platform("macOS", "macos11.0", "macos", "macos", "11.0", tests=True),
    Platform("Catalyst", "ios14.0-macabi", "mac-catalyst", "maccatalyst", "14.0"),
    Platform("iOS simulator", "ios14.0-simulator", "ios-simulator", "ios-simulator", "14.0"),
]


@dataclass
class Group:
    """Sources that are linked into one library or program."""

    name: str
    sources: list
    program: bool = True  # with a main of its own
    desk: bool = False
    arc: bool = False
    test: bool = True
    include: list = field(default_factory=list)


def run(command):
    done = subprocess.run([str(it) for it in command], capture_output=True, text=True)
    return done.returncode == 0, done.stdout + done.stderr


def tool(variable, *names):
    found = [os.environ.get(variable)] if os.environ.get(variable) else names
    return next((path for path in map(shutil.which, found) if path), None)


def fail(reason):
    print(f"apple: {reason}", file=sys.stderr)
    sys.exit(2)


def skip(reason):
    print(f"apple: skipped: {reason}")


def settings(*names):
    """Words of native/sources.mk."""
    lines = Path("native/sources.mk").read_text().splitlines()
    pairs = dict(re.split(r" *:= *", line, maxsplit=1) for line in lines if ":=" in line)
    return [word for name in names for word in pairs[name].split()]


def files(*patterns):
    return sorted(path for pattern in patterns for path in Path().glob(pattern))


def groups():
    """Everything, without the portable engine and what tests it: the shim comes first."""
    found = [
        Group("the shim", files("native/*.m"), program=False, test=False),
        Group("bindings/objc", files("bindings/objc/src/*.m"), program=False, test=False, desk=True,
              include=["bindings/objc/PerbusDesk"], arc=True),
        Group("tests/c", files("tests/c/*.c")),
        Group("tests/c/graph", files("tests/c/graph/*.c")),
        Group("tests/c/file", files("tests/c/file/*.c")),
        Group("tests/c/adopt", files("tests/c/adopt/*.m")),
        Group("bindings/c/tests", files("bindings/c/tests/c/*.c"), desk=True, include=["tests/c"]),
        Group("bindings/objc's tests, without ARC", files(
            "bindings/objc/*/*.m", "tests/c/adopt/program.m"),
              desk=True, include=["bindings/objc/PerbusDesk", "tests/c/adopt"]),
        Group("conformance", files("conformance/cases/*.m", "conformance/probe/*.m",
                                   "conformance/foreign/*.m"), program=False),
    ]
    for path in files("examples/c/*.c"):
        found.append(Group(str(path), [path], desk="desk.h" in path.read_text()))
    return [group for group in found if group.sources]


def stage_headers():
    """The headers as they are installed, and the conformance cases' choices."""
    folder = OUT / "include"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "perbus").mkdir(parents=True)
    shutil.copy("native/perbus.h", folder)
    for header in files("native/perbus/*.h", "bindings/c/include/perbus/*.h"):
        shutil.copy(header, folder / "perbus")
    choices = json.loads(Path("conformance/choices.json").read_text())
    pairs = re.findall(r'\(\s*"(CHOICE_\w+)",\s*"([^"]+)",?\s*\)',
                       Path("conformance/build.rs").read_text())
    (folder / "choices.h").write_text("".join(
        f"#define {name} {literal(choices, place)}\n" for name, place in pairs))


def literal(choices, place):
    """As conformance/build.rs writes a choice."""
    for part in place.strip("/").split("/"):
        choices = choices[int(part) if isinstance(choices, list) else part]
    return json.dumps(choices).translate(str.maketrans("[]", "{}")).replace("true", "1").replace(
        "false", "0")


def declared(header):
    """The functions that an installed header declares."""
    source = OUT / "declared.c"
    source.write_text(f"#include <{header}>\n")
    good, text = run([CC, *PLATFORMS[0].flags("arm64"), "-I", OUT / "include", "-fsyntax-only",
                      "-Xclang", "-ast-dump", "-fno-color-diagnostics", source])
    if not good:
        fail(text)
    return sorted(set(re.findall(r"FunctionDecl.* (perbus_[a-z0-9_]+) '", text)))


IMPORTS = ("Foundation/Foundation", "AVFAudio/AVFAudio", "AudioToolbox/AudioToolbox")


def precompile(platform, arch):
    """The system's headers for Objective-C, which are most of the work; the first error, if any."""
    made = precompiled(platform, arch)
    made.parent.mkdir(parents=True, exist_ok=True)
    source = made.with_suffix(".h")
    source.write_text("".join(f"#import <{it}.h>\n" for it in IMPORTS))
    good, text = run([CC, *platform.flags(arch), *OBJC, "-O2", "-x", "objective-c-header", source,
                      "-o", made])
    return None if good else next((it for it in text.splitlines() if "error:" in it), text)


def precompiled(platform, arch):
    return OUT / platform.stub / arch / "system.pch"


def compile_flags(path, group, platform, arch):
    flags = [*settings("WARNINGS"), *STRICT, "-I", OUT / "include"]
    flags += ["-Inative"] if group.name == "the shim" else []
    flags += [f"-I{folder}" for folder in [path.parent, *group.include]]
    if group.arc:
        return [*OBJC, "-fobjc-arc", *flags]
    if path.suffix == ".m":
        return [*OBJC, "-include-pch", precompiled(platform, arch), *flags]
    return ["-std=gnu11", *flags]


def compiled(group, platform, arch):
    """The objects, or None with the faults printed."""
    folder = OUT / platform.stub / arch
    folder.mkdir(parents=True, exist_ok=True)

    def one(path):
        made = folder / (str(path).replace("/", "-") + ".o")
        good, text = run([CC, *platform.flags(arch), *compile_flags(path, group, platform, arch), "-O2", "-c", path,
                          "-o", made])
        return made if good else print(f"apple: {platform.name} {arch}: {path}:\n{text}", flush=True)

    made = list(POOL.map(one, group.sources))
    return made if all(made) else None


def analysed(group, platform):
    """How many findings the static analyzer has."""

    def one(path):
        flags = [it for it in compile_flags(path, group, platform, "arm64") if it != "-Werror"]
        good, text = run([CC, *platform.flags("arm64"), *ANALYSIS, *flags, "-O2", path])
        found = len(re.findall(r": (?:warning|error): ", text)) if good else 1
        if found:
            print(f"apple: the analyzer on {path}:\n{text}", flush=True)
        return found

    return sum(POOL.map(one, group.sources))


class Linker:
    """Links what was compiled for one platform and architecture."""

    def __init__(self, platform, arch):
        self.platform, self.arch = platform, arch
        self.folder = OUT / platform.stub / arch
        self.start = [LD, "-arch", arch, "-platform_version", platform.linker, platform.least,
                      sysroot.version or platform.least, "-syslibroot", sysroot.root,
                      "-fatal_warnings", "-lSystem"]
        self.title = f"{platform.name} {arch}"
        self.shim = self.folder / "libperbus.dylib"
        self.desk = OUT / "libdesk.tbd"
        self.frameworks = ["-lobjc"]
        for name in sysroot.linked(settings("APPLE_FRAMEWORKS")):
            self.frameworks += ["-framework", name]

    def __call__(self, made, *arguments):
        good, text = run([*self.start, *arguments, "-o", made])
        if not good:
            print(f"apple: {self.title}: {made.name} does not link:\n{text}", flush=True)
        return good

    def library(self, objects):
        """The shim's, and a program that refers to each of its functions."""
        if not self(self.shim, "-dylib", "-install_name", "@rpath/libperbus.dylib", "-dead_strip",
                    "-exported_symbol", "_perbus_[a-z]*", *objects, *self.frameworks):
            return False
        functions = declared("perbus.h")
        source = self.folder / "all.c"
        rows = "".join(f"(any){name},\n" for name in functions)
        source.write_text("#include <perbus.h>\ntypedef void (*any)(void);\n"
                          f"any all[] = {{{rows}}};\nint main(void) {{ return all[0] == 0; }}\n")
        made = self.folder / "all.o"
        good, text = run([CC, *self.platform.flags(self.arch), "-I", OUT / "include", "-c",
                          source, "-o", made])
        if not good:
            print(text)
            return False
        if not self(self.folder / "all", made, self.shim):
            return False
        classes = run([NM, "-u", self.shim])[1].count("_OBJC_CLASS_") if NM else "its"
        print(f"apple: {self.title}: {len(functions)} functions and {classes} classes resolve")
        return True

    def others(self, group, objects):
        made = self.folder / re.sub(r"\W+", "-", group.name)
        kind = [] if group.program else ["-dylib", "-install_name", f"@rpath/{made.name}"]
        desk = [self.desk] if group.desk else []
        return self(made, *kind, *objects, self.shim, *desk, *self.frameworks)


def desk_stub():
    """Stands for the library with the desk, which only cargo can build."""
    targets = ", ".join(f"{arch}-{it.stub}" for it in PLATFORMS for arch in ARCHITECTURES)
    functions = sorted(set(declared("perbus/desk.h")) - set(declared("perbus.h")))
    symbols = ", ".join(f"_{name}" for name in functions)
    (OUT / "libdesk.tbd").write_text(
        f"--- !tapi-tbd\ntbd-version: 4\ntargets: [ {targets} ]\ninstall-name: '@rpath/libdesk.dylib'\n"
        f"exports:\n  - targets: [ {targets} ]\n    symbols: [ {symbols} ]\n...\n")


def check(platform, linking):
    """How many faults there are."""
    reasons = [precompile(platform, arch) for arch in ARCHITECTURES]
    reason = next(filter(None, reasons), None)
    if reason:
        skip(f"{platform.name}: its headers are not in the SDK: {reason}")
        return 0
    reason = linking or sysroot.lacks_stubs(platform.stub)
    if reason:
        skip(f"{platform.name}: linking: {reason}")
    faults = 0
    for arch in ARCHITECTURES:
        linker = None if reason else Linker(platform, arch)
        count = 0
        for group in groups():
            if group.test and not platform.tests:
                continue
            objects = compiled(group, platform, arch)
            count += len(group.sources)
            if objects is None:
                faults += 1
            elif linker and group.name == "the shim":
                faults += not linker.library(objects)
            elif linker and linker.shim.exists():
                faults += not linker.others(group, objects)
        print(f"apple: {platform.name} {arch}: {count} files compiled", flush=True)
    return faults


def main():
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    problem = sysroot.make(OUT / "sysroot")
    if problem:
        fail(problem)
    stage_headers()
    desk_stub()
    linking = None if LD else "there is no ld64.lld (lld-19), nor LD"
    faults = sum(check(platform, linking) for platform in PLATFORMS)
    findings = sum(analysed(group, PLATFORMS[0]) for group in groups() if not group.test)
    print(f"apple: {findings} findings of the static analyzer, {faults} other faults")
    return 1 if faults or findings else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("sdk", type=Path)
    parser.add_argument("--libsystem", type=Path, help="libSystem's stub, a .tbd")
    arguments = parser.parse_args()
    CC = tool("CC", "clang-19", "clang") or fail("there is no clang")
    LD = tool("LD", "ld64.lld-19", "ld64.lld", *(["ld"] if sys.platform == "darwin" else []))
    NM = tool("NM", "llvm-nm-19", "llvm-nm", "nm")
    OBJC = settings("APPLE_OBJC", "OBJC")
    POOL = ThreadPoolExecutor(max_workers=os.cpu_count())
    sysroot = apple_sysroot.Sysroot(arguments.sdk, arguments.libsystem)
    sys.exit(main())
