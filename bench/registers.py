"""National registers: how fast a table of property numbers is read, and in how much memory.

The premises and the register are generated: 20,000 houses in rows, and a register in which each of
them has a number and all other rows lie far away.
"""

from __future__ import annotations

import csv
import os
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import django

from bench.figure import Figure

HOUSES = 20_000
SMALL, LARGE = 200_000, 2_000_000
HEADER = "UPRN,X_COORDINATE,Y_COORDINATE,LATITUDE,LONGITUDE\n"
STEP = 0.0002


def figures() -> Iterator[Figure]:
    """Rows a second beside the bare reading of the same table, and memory as the table grows."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hereabouts.site.settings")
    django.setup()
    from hereabouts.kernel.access import INSTALLATION
    from hereabouts.places.api import ImportOptions, import_file
    from hereabouts.site.cli.installation import bring_up_to_date

    bring_up_to_date()
    _lay_down_houses()
    options = ImportOptions()
    with tempfile.TemporaryDirectory() as folder:
        small = _register(Path(folder) / "small.csv", SMALL)
        large = _register(Path(folder) / "large.csv", LARGE)
        import_file(small, "uprn", INSTALLATION, options)
        before = _peak_mb()
        began = time.perf_counter()
        import_file(large, "uprn", INSTALLATION, options)
        taken = time.perf_counter() - began
        yield Figure(
            name=f"property numbers, {LARGE:,} rows, {HOUSES:,} premises",
            measured=LARGE / taken / 1000,
            unit="k rows/s",
            reference=LARGE / _bare_reading_s(large) / 1000,
            reference_name="csv.reader alone",
        )
        yield Figure(
            name=f"memory that {LARGE:,} rows need over {SMALL:,}",
            measured=_peak_mb() - before,
            unit="MB",
            asked="flat",
            reference=large.stat().st_size / 1e6,
            reference_name="size of the file",
        )


def _lay_down_houses() -> None:
    import shapely

    from hereabouts.kernel.access import INSTALLATION
    from hereabouts.places.actions.importing.files import CheckedFile
    from hereabouts.places.api import import_batch
    from hereabouts.places.domain.batch import Batch
    from hereabouts.places.domain.kinds import Kind
    from hereabouts.places.domain.records import PremisesRecord

    records = []
    for number in range(HOUSES):
        lon, lat = _house(number)
        outline = shapely.box(lon - STEP / 4, lat - STEP / 4, lon + STEP / 4, lat + STEP / 4)
        records.append(
            PremisesRecord(
                source="bench",
                source_id=str(number),
                geometry=shapely.to_wkb(shapely.Point(lon, lat)),
                outline=shapely.to_wkb(outline),
            )
        )
    batch = Batch(source="bench", records={Kind.PREMISES: records})
    import_batch(CheckedFile("houses", 1, "0" * 64), "osm", lambda: batch, INSTALLATION)


def _house(number: int) -> tuple[float, float]:
    return -1.25 + number % 200 * STEP, 51.75 + number // 200 * STEP


def _register(path: Path, rows: int) -> Path:
    with path.open("w") as file:
        file.write(HEADER)
        apart = rows // HOUSES
        for number in range(rows):
            is_here = number % apart == 0
            lon, lat = _house(number // apart) if is_here else (-4.0 + number % 1000 / 1000, 56.0)
            file.write(f"{100_000_000 + number},450673.00,205980.00,{lat:.7f},{lon:.7f}\n")
    return path


def _bare_reading_s(path: Path) -> float:
    began = time.perf_counter()
    with path.open(newline="") as file:
        for _ in csv.reader(file):
            pass
    return time.perf_counter() - began


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
