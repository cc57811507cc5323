#!/usr/bin/env python3
"""Checks that dependencies point one way and that files are short: `make lint` runs this.

Whatever breaks a rule is printed, one line each; the exit status is 1 then.
"""

import os
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SRC = ROOT / "src"
NATIVE = ROOT / "native"

# What stands in src/, by height: an entry uses those below its own row, and itself.
RUST_ROWS = [
    ["error"],
    ["ffi", "sync"],
    ["desk"],
    ["engine"],
    ["nodes"],
    ["control"],
    ["file"],
    ["raw"],
    ["lib"],
]
MAX_ENTRIES = 9
MAX_LINES = 420

LANGUAGES = {".c", ".go", ".h", ".m", ".mk", ".py", ".rs", ".sh"}
BUILT = {"build", "target", "venv"}
GENERATED = {"bindings/c/include/perbus/desk.h"}

COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.S)
STRING = re.compile(r'b?"(?:\\.|[^"\\])*"', re.S)
TEST_MODULE = re.compile(r"#\[cfg\(test\)\]\s*(?:pub(?:\([a-z]+\))?\s+)?mod\s+(\w+)\s*([;{])")
USE = re.compile(r"\buse\s+([^;]+);", re.S)
PATH = re.compile(r"\b(crate|super|self)((?:::\w+)+)")


def code_of(path):
    """The file's text without comments and strings."""
    return STRING.sub('""', COMMENT.sub("", path.read_text(encoding="utf-8")))


def block_end(text, start):
    """The place after the brace that closes the one at `start`."""
    depth = 0
    for place in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if depth == 0:
            return place + 1
    return len(text)


def without_tests(text):
    """The text without its test modules, and the names of test modules in files of their own."""
    elsewhere = []
    while match := TEST_MODULE.search(text):
        end = match.end()
        if match[2] == "{":
            end = block_end(text, end - 1)
        else:
            elsewhere.append(match[1])
        text = text[: match.start()] + text[end:]
    return text, elsewhere


def split_list(text):
    """The items of a use list, whose commas may be inside of braces."""
    items, depth, item = [], 0, ""
    for letter in text:
        depth += {"{": 1, "}": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            items.append(item)
            item = ""
        else:
            item += letter
    return [item for item in items + [item] if item]


def use_paths(tree):
    """`a::{b, c::d}` is a::b and a::c::d."""
    tree = re.sub(r"\s+as\s+\w+", "", tree)
    tree = re.sub(r"\s+", "", tree)
    head, brace, rest = tree.partition("{")
    if not brace:
        return [tree.split("::")]
    prefix = head.strip(":").split("::") if head else []
    return [prefix + path for item in split_list(rest[:-1]) for path in use_paths(item)]


def module_of(path):
    """The module that a file is, as a tuple of names; () is the crate's root."""
    parts = path.relative_to(SRC).with_suffix("").parts
    return parts[:-1] if parts[-1] in ("mod", "lib") else parts


class Crate:
    """The files of src/ and what they use."""

    def __init__(self):
        self.files = {module_of(path): path for path in sorted(SRC.rglob("*.rs"))}
        self.code, tests = {}, set()
        for module, path in self.files.items():
            self.code[module], elsewhere = without_tests(code_of(path))
            tests.update(module + (name,) for name in elsewhere)
        for module in list(self.code):
            if any(module[: len(test)] == test for test in tests):
                del self.code[module]
        self.uses = {module: self.uses_of(module) for module in self.code}

    def resolve(self, module, path):
        """The module whose file has what the path leads to, or None for one of another crate."""
        path = [name for name in path if name != "self"] if path[0] != "self" else path
        if path[0] == "crate":
            base, path = (), path[1:]
        elif path[0] == "self":
            base, path = module, path[1:]
        elif path[0] == "super":
            base = module
            while path and path[0] == "super":
                base, path = base[:-1], path[1:]
        elif module + (path[0],) in self.files:
            base = module
        else:
            return None
        for length in range(len(path), -1, -1):
            if base + tuple(path[:length]) in self.files:
                return base + tuple(path[:length])
        return None

    def uses_of(self, module):
        text = self.code[module].replace("$crate", "crate")
        paths = [path for use in USE.findall(text) for path in use_paths(use)]
        rest = USE.sub("", text)
        paths += [[first, *names.strip(":").split("::")] for first, names in PATH.findall(rest)]
        found = {self.resolve(module, path) for path in paths if path}
        return sorted(found - {None, module})

    def name(self, module):
        return str(self.files[module].relative_to(ROOT))


def circles(uses):
    """Groups of entries of {entry: the entries it uses} that use one another: Tarjan's algorithm."""
    index, low, stack, groups = {}, {}, [], []

    def visit(entry):
        index[entry] = low[entry] = len(index)
        stack.append(entry)
        for used in uses.get(entry, []):
            if used not in index:
                visit(used)
            if used in stack:
                low[entry] = min(low[entry], low[used])
        if low[entry] == index[entry]:
            group = []
            while not group or group[-1] != entry:
                group.append(stack.pop())
            groups.append(group)

    for entry in uses:
        if entry not in index:
            visit(entry)
    return [sorted(group) for group in groups if len(group) > 1]


def check_rust():
    crate = Crate()
    height = {name: row for row, names in enumerate(RUST_ROWS) for name in names}

    def entry(module):
        return module[0] if module else "lib"

    for module, used in crate.uses.items():
        for other in used:
            above, below = entry(module), entry(other)
            for name in (above, below):
                if name not in height:
                    yield f"src/{name} has no place in the order of {__file__}"
            if above == below or above not in height or below not in height:
                continue
            if height[below] >= height[above]:
                yield f"{crate.name(module)} uses {crate.name(other)}: {above} is not above {below}"
    for group in circles(crate.uses):
        yield "a circle: " + ", ".join(crate.name(module) for module in group)
    for module, path in crate.files.items():
        if module[:1] == ("desk",):
            for word in re.findall(r"\b(?:unsafe|ffi)\b", code_of(path)):
                yield f"{crate.name(module)} has `{word}`: the desk is pure"
    entries = sorted(path.name for path in SRC.iterdir() if path.name != "lib.rs")
    if len(entries) > MAX_ENTRIES:
        yield f"src has {len(entries)} entries beside lib.rs, more than {MAX_ENTRIES}: {entries}"


INCLUDE = re.compile(r'^\s*#\s*(?:include|import)\s*([<"])([^>"]+)[>"]', re.M)
CONDITION = re.compile(r"^\s*#\s*(?:if|ifdef|elif)\b", re.M)
# A function's definition begins at the margin and has a body.
DEFINITION = re.compile(r"^(?!static\b)\w[\w\s*]*?\b(pbr_\w+)\([^;{]*?\)\s*\{", re.M)

INLINE = re.compile(r"^static inline ([^{]+?) \{", re.M)

# What the files of each part of native/ may include. The shim gets the classes' own headers, which
# Apple has as well, as <AVFAudio/...>; all else of the portable ones comes by platform/portable.h.
C_PARTS = {
    "render": {"render"},
    "avfaudio": {"avfaudio", "render"},
    "perbus": {"perbus"},
    "platform": {"platform", "avfaudio", "shim", "perbus"},
    "shim": {"shim", "platform", "perbus"},
}
# The folders of render/: each uses those before it. The files beside them are for all.
RENDER_ROWS = ["memory", "kernels", "gain", "effects", "player", "plan", "device"]


def c_part(path):
    return path.parts[0] if path.parts[0] in C_PARTS else "shim"


def read_c():
    """The files of native/ without comments, and what each includes."""
    paths = (path.relative_to(NATIVE) for path in sorted(NATIVE.rglob("*.[chm]")))
    code = {
        path: COMMENT.sub("", (NATIVE / path).read_text(encoding="utf-8"))
        for path in paths
        if not path.parts[0].startswith("build")
    }
    includes = {path: set() for path in code}
    for path, text in code.items():
        for quote, name in INCLUDE.findall(text):
            places = [path.parent / name, pathlib.Path(name)] if quote == '"' else []
            if c_part(path) == "avfaudio":
                places.append(pathlib.Path("avfaudio") / name)
            includes[path].update([place for place in places if place in code][:1])
    return code, includes


def check_native():
    code, includes = read_c()
    for path, used in includes.items():
        for other in used:
            if c_part(other) not in C_PARTS[c_part(path)]:
                yield f"native/{path} includes {other}: {c_part(path)} may not"
        if c_part(path) == "shim" and CONDITION.search(code[path]):
            yield f"native/{path} has an #if: platform/ is for that"
    # The other pairs have functions of their own besides.
    for names in (("apple.h", "portable.h"), ("apple_batch.h", "portable_batch.h")):
        apple, portable = (
            {" ".join(found.split()) for found in INLINE.findall(code[pathlib.Path("platform") / name])}
            for name in names
        )
        for signature in apple ^ portable:
            yield f"native/platform/ has this for one platform only: {signature}"
    for group in circles(includes):
        yield "a circle of includes: " + ", ".join(f"native/{path}" for path in group)
    yield from check_render({path: code[path] for path in code if c_part(path) == "render"}, includes)


def check_render(code, includes):
    """A file uses those that it includes, and those whose functions it calls."""
    home = {name: path for path, text in code.items() for name in DEFINITION.findall(text)}
    uses = {path: set(includes[path]) for path in code}
    for path, text in code.items():
        if path.suffix == ".c":
            called = {home[name] for name in re.findall(r"\bpbr_\w+", text) if name in home}
            uses[path] |= called - {path}
    for group in circles(uses):
        yield "a circle: " + ", ".join(f"native/{path}" for path in group)
    for path, used in uses.items():
        for other in used:
            above, below = path.parts[1], other.parts[1]
            if above in RENDER_ROWS and below in RENDER_ROWS:
                if RENDER_ROWS.index(below) > RENDER_ROWS.index(above):
                    yield f"native/{path} uses {other}: {above} is not above {below}"


def check_objc():
    """The binding knows the headers that are installed, and nothing else of native/."""
    for path in sorted((ROOT / "bindings" / "objc").rglob("*.[hm]")):
        name = path.relative_to(ROOT).as_posix()
        text = COMMENT.sub("", path.read_text(encoding="utf-8"))
        if path.parent.name == "tests":
            continue
        for quote, include in INCLUDE.findall(text):
            beside = (path.parent / include).exists()
            public = (path.parent.parent / "PerbusDesk" / include).exists()
            installed = include == "perbus.h" or include.startswith("perbus/")
            if quote == '"' and path.parent.name == "PerbusDesk" and not beside:
                yield f"{name} includes {include}: its users have PerbusDesk/ alone"
            if quote == '"' and not (beside or public or installed):
                yield f"{name} includes {include}, which is not the binding's and not installed"


def check_lengths():
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in BUILT and name[0] != "."]
        for path in (pathlib.Path(folder) / name for name in names):
            name = path.relative_to(ROOT).as_posix()
            if path.suffix in LANGUAGES and name not in GENERATED:
                lines = path.read_text(encoding="utf-8").count("\n")
                if lines > MAX_LINES:
                    yield f"{name} has {lines} lines, more than {MAX_LINES}"


def main():
    faults = sorted({*check_rust(), *check_native(), *check_objc(), *check_lengths()})
    print("\n".join(faults), end="\n" if faults else "")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
