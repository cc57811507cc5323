"""Adds to a wheel the licence texts of what it carries: python tools/wheel_licences.py WHEEL

Of the system's libraries that maturin has put beside the extension: what Debian says of their
packages. Of the Rust crates that are linked into it: the files of their packages.
"""

import base64
import hashlib
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

COMMON = Path("/usr/share/common-licenses")
FILES = re.compile(r"(licen[cs]e|copying|copyright|notice|unlicense)", re.IGNORECASE)


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def libraries(names):
    """The licences of libraries, by Debian package: maturin puts a hash into each file's name."""
    texts, cache = {}, output("/sbin/ldconfig", "-p")
    for name in names:
        plain = re.sub(r"-[0-9a-f]{8}(?=\.so)", "", name)
        places = re.findall(rf"=> (\S*/{re.escape(plain)})$", cache, re.MULTILINE)
        if not places:
            sys.exit(f"wheel_licences: where does {name} come from? {plain} is not in the cache")
        owners = None
        for place in (places[0], Path(places[0]).resolve(), places[0].replace("/lib/", "/usr/lib/", 1)):
            found = subprocess.run(("dpkg", "-S", place), capture_output=True, text=True).stdout
            owners = owners or found.partition(":")[0]
        text = Path("/usr/share/doc", owners, "copyright").read_text(errors="replace")
        texts[f"libraries/{owners}.txt"] = text
        for common in re.findall(rf"{COMMON}/([\w.+-]*\w)", text):
            texts[f"common/{common}.txt"] = (COMMON / common).read_text()
    return texts


def crates():
    """The licences of the crates that the extension is built of."""
    metadata = json.loads(output("cargo", "metadata", "--locked", "--format-version=1"))
    packages = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    (root,) = (key for key, package in packages.items() if package["name"] == "perbus-python")
    open_, found, texts = [root], set(), {}
    while open_:
        key = open_.pop()
        if key in found:
            continue
        found.add(key)
        for dep in nodes[key]["deps"]:
            if any(kind["kind"] is None for kind in dep["dep_kinds"]):
                open_.append(dep["pkg"])
    for package in (packages[key] for key in found):
        name = f"crates/{package['name']}-{package['version']}"
        files = [file for file in sorted(Path(package["manifest_path"]).parent.iterdir())
                 if file.is_file() and FILES.match(file.name)]
        for file in files:
            texts[f"{name}/{file.name}"] = file.read_text(errors="replace")
        if not files and not package["name"].startswith("perbus"):
            texts[f"{name}.txt"] = f"{package['license']}\n\n{package['repository']}\n"
    return texts


def main(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        entries = {name: (archive.getinfo(name), archive.read(name)) for name in names}
    (record,) = (name for name in names if name.endswith(".dist-info/RECORD"))
    folder = record.rpartition("/")[0] + "/licenses"
    bundled = [name.rpartition("/")[2] for name in names if name.startswith("perbus.libs/")]
    added = {f"{folder}/{name}": text.encode() for name, text in
             {**libraries(bundled), **crates()}.items()}
    lines = entries[record][1].decode().splitlines()
    for name, data in added.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        lines.append(f"{name},sha256={digest},{len(data)}")
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, (info, data) in entries.items():
            if name != record:
                archive.writestr(info, data, zipfile.ZIP_DEFLATED)
        for name, data in added.items():
            archive.writestr(name, data)
        archive.writestr(record, "\n".join(lines) + "\n")
    print(f"{wheel}: {len(bundled)} libraries, {len(added)} licence texts")


if __name__ == "__main__":
    main(sys.argv[1])
