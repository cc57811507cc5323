"""An SDK in the layout that clang and ld64 look for: Xcode's as it is, or one made of a plain folder."""

import json
import re
import shutil
from pathlib import Path

FRAMEWORKS = Path("System/Library/Frameworks")


class Sysroot:
    def __init__(self, sdk, libsystem):
        self.sdk, self.libsystem = sdk.resolve(), libsystem and libsystem.resolve()
        self.root = self.sdk
        self.version = None

    def make(self, folder):
        """What is wrong with the SDK, if anything."""
        if self.libsystem and not self.libsystem.is_file():
            return f"there is no {self.libsystem}"
        if (self.sdk / FRAMEWORKS).is_dir():
            about = self.sdk / "SDKSettings.json"
            self.version = json.loads(about.read_text())["Version"] if about.exists() else None
            return None
        if not (self.sdk / "Frameworks/AVFAudio.framework/Headers/AVFAudio.h").is_file():
            return f"{self.sdk} is no SDK: it lacks AVFAudio's headers"
        self.root = folder.resolve()
        (self.root / "usr/lib").mkdir(parents=True)
        (self.root / "usr/include").symlink_to(self.sdk / "include")
        for framework in (self.sdk / "Frameworks").iterdir():
            self._add(framework)
        for stub in (self.sdk / "lib").glob("*.tbd"):
            shutil.copy(stub, self.root / "usr/lib")
        if self.libsystem:
            for name in ("libSystem.tbd", "libSystem.B.tbd"):
                shutil.copy(self.libsystem, self.root / "usr/lib" / name)
        return None

    def _add(self, framework):
        """Stubs are looked up where the ones that re-export them say: by their install names."""
        made = self.root / FRAMEWORKS / framework.name
        made.mkdir(parents=True, exist_ok=True)
        for part in ("Headers", "Frameworks"):
            if (framework / part).is_dir():
                self._link(made / part, framework / part)
        for stub in framework.rglob("*.tbd"):
            name = re.search(r"^install-name: *'?([^'\n]*)", stub.read_text(), re.MULTILINE)
            place = Path(name[1].strip().lstrip("/")) if name else None
            # Not into the SDK, through the link to a framework's own frameworks.
            if place and not any((self.root / it).is_symlink() for it in place.parents):
                self._link(self.root / f"{place}.tbd", stub)
                if place.parent.parent.name == "Versions":
                    self._link(self.root / place.parents[2] / f"{place.name}.tbd", stub)

    @staticmethod
    def _link(place, target):
        place.parent.mkdir(parents=True, exist_ok=True)
        if not place.is_symlink():
            place.symlink_to(target.resolve())

    def _stub(self, framework):
        return self.root / FRAMEWORKS / f"{framework}.framework" / f"{framework}.tbd"

    def linked(self, frameworks):
        """The frameworks to link; where AVFoundation's stub is missing, the part of it that is needed."""
        return [
            "AVFAudio" if it == "AVFoundation" and not self._stub(it).exists() else it
            for it in frameworks
        ]

    def lacks_stubs(self, platform):
        """Why nothing can be linked for the platform, if so."""
        stubs = [self._stub(it) for it in self.linked(["AVFoundation", "AudioToolbox", "Foundation"])]
        stubs += [self.root / f"usr/lib/{name}.tbd" for name in ("libobjc", "libSystem")]
        for stub in stubs:
            if not stub.exists():
                where = "; name one with TBD=" if stub.stem == "libSystem" else ""
                return f"the SDK lacks the stub {stub.name}{where}"
            if f"-{platform}" not in stub.read_text():
                return f"the stub {stub.name} is not for {platform}"
        return None
