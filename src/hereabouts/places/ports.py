"""What the gazetteer needs from outside: somebody who can read each kind of file."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol, cast

from hereabouts.places.domain.batch import Batch, Say


class Reader(Protocol):
    """Reads one kind of file into a batch; says how far it is; writes nothing.

    Raises: the refusals of `places.errors` for a file that it cannot read at all. A bad row is a
    finding of the batch and never stops it.
    """

    def __call__(self, path: Path, say: Say, options: Mapping[str, object]) -> Batch:
        """Read the file."""


_readers: dict[str, str] = {}


def provide_reader(importer: str, where: str) -> None:
    """Name the reader for an importer as `module:function`; it is loaded when first used."""
    _readers[importer] = where


def reader_for(importer: str) -> Reader:
    """The reader that was provided for an importer."""
    module, _, name = _readers[importer].partition(":")
    return cast(Reader, getattr(importlib.import_module(module), name))
