"""Sources: sound from a function."""

from __future__ import annotations

from typing import Optional

from ._handle import Kind
from .node import Node


class Source(Node):
    """A node whose sound a Python function makes, see :meth:`Engine.create_source`."""

    __slots__ = ()
    _kind = Kind.SOURCE

    @property
    def error(self) -> Optional[Exception]:
        """What the function raised; the source is silent since."""
        context = self._raw.context
        return None if context is None else context.error
