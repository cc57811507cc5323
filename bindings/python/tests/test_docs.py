"""The examples of the documentation run as they are written."""

import doctest
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import perbus

MODULES = [module.name for module in pkgutil.iter_modules(perbus.__path__, "perbus.")]
README = Path(__file__).parent.parent / "README.md"
PROJECT = README.parent.parent.parent / "README.md"


@pytest.mark.parametrize("name", ["perbus", *MODULES])
def test_docstrings(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_readme():
    result = doctest.testfile(str(README), module_relative=False)
    assert result.attempted > 10 and result.failed == 0


def test_the_project_readme():
    (program,) = re.findall(r"^```python\n(.*?)^```", PROJECT.read_text(), re.DOTALL | re.MULTILINE)
    exec(compile(program, str(PROJECT), "exec"), {})
