"""Builds perbus._native: cffi's extension over the installed C library, found by pkg-config.

The declarations are read from the installed headers, so that the extension always has all of the
C API.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

from cffi import FFI


def pkg_config(*arguments: str) -> str:
    command = [os.environ.get("PKG_CONFIG", "pkg-config"), "--print-errors", *arguments, "perbus"]
    try:
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    except FileNotFoundError:
        sys.exit("perbus: pkg-config is missing")
    except subprocess.CalledProcessError as failed:
        sys.exit(
            f"perbus: {failed.stderr.strip()}\n"
            "Install the C library ('make -C native install PREFIX=...') and name its folder: "
            "PKG_CONFIG_PATH=.../lib/pkgconfig"
        )


def declarations(header: str) -> str:
    """What cffi needs of a header: no comments, no directives but the constants."""
    text = re.sub(r"/\*.*?\*/", "", header, flags=re.DOTALL)
    text = re.sub(r"#ifdef __cplusplus.*?#endif", "", text, flags=re.DOTALL)
    text = re.sub(r"^#define (PERBUS_[A-Z_]+)[ \t]+\S.*$", r"@define \1 ...", text, flags=re.M)
    text = re.sub(r"^#.*$", "", text, flags=re.MULTILINE)
    return text.replace("@define", "#define")


include = Path(pkg_config("--variable=includedir"))
library = pkg_config("--variable=libdir")
# perbus.h names its parts; the types come first.
parts = re.findall(r'#include "(perbus/\w+\.h)"', (include / "perbus.h").read_text())
parts.sort(key=lambda part: (part != "perbus/types.h", part))

ffi = FFI()
for part in parts:
    ffi.cdef(declarations((include / part).read_text()))
# The functions that C calls: they are in perbus._callbacks.
ffi.cdef(
    """
    extern "Python" {
        bool perbus_python_render(void *, int64_t, uint32_t, float *const *, uint32_t);
        void perbus_python_destroy(void *);
        void perbus_python_completion(void *, perbus_end);
    }
    """
)
ffi.set_source(
    "perbus._native",
    "#include <perbus.h>",
    include_dirs=[str(include)],
    library_dirs=[library],
    libraries=["perbus"],
    runtime_library_dirs=[library],
)
