"""Whether the paths that Package.swift and its module map name exist, and whether all of native/ is
in the target, excluded, or a header. Nothing here can run Swift."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
MANIFEST = (ROOT / "Package.swift").read_text(encoding="utf-8")


def strings(pattern):
    found = re.search(pattern, MANIFEST, re.S)
    if found is None:
        sys.exit(f"Package.swift has nothing like {pattern}")
    return re.findall(r'"([^"]+)"', found[1])


def faults():
    (folder,) = strings(r"\bpath: (\"[^\"]+\"),")
    excluded = strings(r"\bexclude: \[(.*?)\]")
    (headers,) = strings(r"\bpublicHeadersPath: (\"[^\"]+\")")
    sources = ROOT / folder
    for name in excluded:
        if not (sources / name).exists():
            yield f"Package.swift excludes {folder}/{name}, which does not exist"
    module_map = sources / headers / "module.modulemap"
    for name in re.findall(r'header "([^"]+)"', module_map.read_text(encoding="utf-8")):
        if not (module_map.parent / name).exists():
            yield f"{module_map} names {name}, which does not exist"
    compiled = []
    for path in sorted(sources.rglob("*")):
        place = path.relative_to(sources)
        if place.parts[0] in excluded or place.parts[0].startswith("build") or path.is_dir():
            continue
        if path.suffix in (".m", ".c"):
            compiled.append(place.as_posix())
        elif path.suffix not in (".h", ".modulemap"):
            yield f"Package.swift neither compiles nor excludes {folder}/{place}"
    shim = [path.name for path in sorted(sources.glob("*.m"))]
    if compiled != shim:
        yield f"Package.swift compiles other files than the shim's: {set(compiled) ^ set(shim)}"
    for name in ("AVFoundation", "AudioToolbox", "Foundation"):
        if f'.linkedFramework("{name}")' not in MANIFEST:
            yield f"Package.swift does not link {name}"
    if '"-fno-objc-arc"' not in MANIFEST:
        yield "Package.swift compiles the shim with ARC"


found = list(faults())
print("\n".join(found), end="\n" if found else "")
sys.exit(1 if found else 0)
