"""Recognises an OpenStreetMap file by its content, whatever its name; refuses everything else."""

from __future__ import annotations

import bz2
import gzip
import zlib
from dataclasses import dataclass
from pathlib import Path

from hereabouts.places.adapters.recognition import describe
from hereabouts.places.errors import FileDamaged, FileIsInstead, UnpacksTooLarge, WrongKindOfFile

EXPECTED = "an OpenStreetMap file (.osm, .osm.gz, .osm.bz2 or .osm.pbf)"
PBF_MARK = b"OSMHeader"
GZIP, BZIP2 = b"\x1f\x8b", b"BZh"
HEAD = 4096
PIECE = 1 << 20

MOST_UNPACKED = 200
"""Times its packed size that a map may have; maps as XML reach about 25."""

FREE_BYTES = 64 << 20
"""Unpacked bytes below which the ratio does not matter."""


@dataclass(frozen=True)
class MapFile:
    """A file that holds a map, and its format in the words of the osmium library."""

    path: Path
    format: str


def recognise(path: Path) -> MapFile:
    """Look at the content of a file.

    Raises: WrongKindOfFile, FileIsInstead, FileDamaged, UnpacksTooLarge.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
    if PBF_MARK in head[:64]:
        return MapFile(path, "osm.pbf")
    for mark, name in ((GZIP, "osm.gz"), (BZIP2, "osm.bz2")):
        if head.startswith(mark):
            inner = _unpack(path, mark)
            _check_xml(path, inner)
            return MapFile(path, name)
    _check_xml(path, head)
    return MapFile(path, "osm")


def _check_xml(path: Path, head: bytes) -> None:
    text = head.decode("utf-8", errors="replace")
    if "<osm" in text and text.lstrip("\ufeff \t\r\n").startswith("<"):
        return
    found = describe(head)
    if found:
        raise FileIsInstead(name=path.name, expected=EXPECTED, found=found)
    raise WrongKindOfFile(name=path.name, expected=EXPECTED)


def _unpack(path: Path, mark: bytes) -> bytes:
    """Unpack once to nowhere, for the size; answers the beginning."""
    allowed = max(FREE_BYTES, MOST_UNPACKED * path.stat().st_size)
    head, total = b"", 0
    try:
        with _open(path, mark) as stream:
            while piece := stream.read(PIECE):
                head = head or piece[:HEAD]
                total += len(piece)
                if total > allowed:
                    raise UnpacksTooLarge(name=path.name)
    except (EOFError, zlib.error, OSError) as fault:
        raise FileDamaged(name=path.name, reason="its packing is broken") from fault
    return head


def _open(path: Path, mark: bytes) -> gzip.GzipFile | bz2.BZ2File:
    return gzip.open(path) if mark == GZIP else bz2.open(path)
