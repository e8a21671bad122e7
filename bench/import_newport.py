"""Imports of real and generated maps: a whole city, the same again, and a county.

Newport from OpenStreetMap (ODbL), read beside the checkout as the tests do; the county is invented,
and `HEREABOUTS_BENCH_RESIDENTS` chooses its size. The reference is one reading of the same file by
the osmium library alone, each thing touched once in Python.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import django
import osmium

from bench.figure import Figure
from tests.shared_data import shared_file

RESIDENTS = int(os.environ.get("HEREABOUTS_BENCH_RESIDENTS", "500000"))
SEED = 7
MEGABYTE = 1 << 20
REFERENCE = "osmium alone"


def figures() -> Iterator[Figure]:
    """Time, CPU and peak memory of each import; memory is that of the process so far."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hereabouts.site.settings")
    django.setup()
    from hereabouts.site.cli.installation import bring_up_to_date

    bring_up_to_date()
    newport = shared_file("place", "osm", "newport-2023-06-13.osm.pbf")
    alone, _ = _timed(lambda: _pass_over(newport))
    yield from _import_figures("Newport", newport, alone, ("< 40", "< 1,500"))
    yield from _import_figures("Newport again", newport, alone, ("", ""))
    with tempfile.TemporaryDirectory(prefix="hereabouts-county-") as folder:
        yield from _county_figures(Path(folder))


def _county_figures(folder: Path) -> Iterator[Figure]:
    from hereabouts.town.api import generate

    generate(SEED, RESIDENTS, folder)
    county = folder / "town.osm.pbf"
    alone, _ = _timed(lambda: _pass_over(county))
    yield from _import_figures(f"County of {RESIDENTS:,}", county, alone, ("< 300", ""))


def _import_figures(
    name: str, path: Path, alone: float, asked: tuple[str, str]
) -> Iterator[Figure]:
    from hereabouts.kernel.access import INSTALLATION
    from hereabouts.places.api import import_osm

    shares: list[tuple[str, float]] = []

    def note(step: str, share: float) -> None:
        if step == "Writing" and share in (0.0, 1.0):
            shares.append((step, time.perf_counter()))

    wall, cpu = _timed(lambda: import_osm(path, INSTALLATION, note))
    yield Figure(f"{name}: import, all layers", wall, "s", asked[0], alone, REFERENCE)
    yield Figure(f"{name}: of which others wait to write", shares[-1][1] - shares[0][1], "s")
    yield Figure(f"{name}: CPU", cpu, "s")
    yield Figure(f"{name}: peak memory", _peak_mb(), "MB", asked[1])


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    """Wall and CPU time in seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def _pass_over(path: Path) -> int:
    return sum(1 for _ in osmium.FileProcessor(str(path)).with_locations())


def _peak_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Kilobytes on Linux, bytes on macOS.
    return peak / MEGABYTE if sys.platform == "darwin" else peak / 1024
