"""Which reader a layer needs: by the file's first bytes, never by what its name claims."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from hereabouts.places.adapters.layers.geojson import read_geojson
from hereabouts.places.adapters.layers.layer import Layer
from hereabouts.places.adapters.layers.vector_files import EVERYTHING, Wish, read_vector_file
from hereabouts.places.adapters.recognition import describe
from hereabouts.places.adapters.unpacking import (
    ZIP,
    head_of,
    members_ending,
    open_archive,
    open_member,
    open_unpacked,
)
from hereabouts.places.domain.batch import Findings
from hereabouts.places.errors import FileDamaged, FileIsInstead

EXPECTED = "a map layer (GeoJSON, GeoPackage or Shapefile)"
GEOPACKAGE = b"SQLite format 3\x00"
SHAPEFILE = b"\x00\x00\x27\x0a"
PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
NEEDED = PARTS[:3]
"""Files of a Shapefile that are put in a folder of their own; other neighbours are ignored."""


def read_layer(path: Path, findings: Findings, wish: Wish = EVERYTHING) -> Layer:
    """Read one layer: GeoJSON (also gzipped), GeoPackage, or Shapefile (also zipped).

    Raises: FileIsInstead, FileDamaged, FieldMissing and the refusals of unpacking.
    """
    head = head_of(path)
    if head.startswith(ZIP):
        with open_archive(path) as archive:
            return _read_zipped(archive, path.name, findings, wish)
    if head.startswith(GEOPACKAGE):
        with _own_folder() as folder:
            # Under a name of our own GDAL meets no neighbouring file and no odd address.
            return read_vector_file(_linked(path, folder / "layer.gpkg"), path.name, findings, wish)
    if head.startswith(SHAPEFILE):
        with _own_folder() as folder:
            _copy_parts(path, folder)
            return read_vector_file(folder / "layer.shp", path.name, findings, wish)
    with open_unpacked(path) as opened:
        found = describe(opened.stream.peek(512)[:512])
        if found != "JSON":
            raise FileIsInstead(name=path.name, expected=EXPECTED, found=found or "plain text")
        return read_geojson(opened)


@contextmanager
def _own_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="hereabouts-layer-") as folder:
        yield Path(folder)


def _linked(path: Path, target: Path) -> Path:
    try:
        target.symlink_to(path.resolve())
    except OSError:
        # Some systems give links only to administrators.
        shutil.copyfile(path, target)
    return target


def _copy_parts(path: Path, folder: Path) -> None:
    beside = {
        neighbour.suffix.lower(): neighbour
        for neighbour in path.parent.iterdir()
        if neighbour.stem == path.stem and neighbour.suffix.lower() in PARTS
    }
    for ending in NEEDED:
        if ending not in beside:
            raise FileDamaged(name=path.name, reason=f"its {ending} file is missing")
    for ending, neighbour in beside.items():
        _linked(neighbour, folder / f"layer{ending}")


def _read_zipped(archive: zipfile.ZipFile, name: str, findings: Findings, wish: Wish) -> Layer:
    members = members_ending(archive, ".shp", ".gpkg", ".geojson", ".json")
    chosen = members[0]
    ending = PurePosixPath(chosen.filename).suffix.lower()
    if ending in (".geojson", ".json"):
        with open_member(archive, chosen) as opened:
            return read_geojson(opened)
    with _own_folder() as folder:
        if ending == ".gpkg":
            _unpack(archive, chosen, folder / "layer.gpkg")
            if head_of(folder / "layer.gpkg", 16) != GEOPACKAGE:
                raise FileDamaged(name=name, reason="what it calls a GeoPackage is none")
            return read_vector_file(folder / "layer.gpkg", name, findings, wish)
        _unpack_parts(archive, chosen, folder, name)
        return read_vector_file(folder / "layer.shp", name, findings, wish)


def _unpack_parts(
    archive: zipfile.ZipFile, chosen: zipfile.ZipInfo, folder: Path, name: str
) -> None:
    stem = str(PurePosixPath(chosen.filename).with_suffix(""))
    by_name = {member.filename.lower(): member for member in archive.infolist()}
    for ending in PARTS:
        member = by_name.get(f"{stem}{ending}".lower())
        if member is not None:
            _unpack(archive, member, folder / f"layer{ending}")
        elif ending in NEEDED:
            raise FileDamaged(name=name, reason=f"its {ending} file is missing")


def _unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> None:
    with open_member(archive, member) as opened, target.open("wb") as file:
        shutil.copyfileobj(opened.stream, file, 1 << 20)
