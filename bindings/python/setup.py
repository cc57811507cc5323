"""The one part of the build that pyproject.toml cannot say: the extension."""

from setuptools import setup

setup(cffi_modules=["build_native.py:ffi"])
