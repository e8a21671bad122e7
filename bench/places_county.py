"""Search and place pages over a county's worth of names: 500,000 residents, all invented.

`HEREABOUTS_BENCH_RESIDENTS` chooses another size. The reference of every figure is one read of one
row by its key in the same process.
"""

from __future__ import annotations

import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import django

from bench.figure import Figure, median, percentile, times_ms

RESIDENTS = int(os.environ.get("HEREABOUTS_BENCH_RESIDENTS", "500000"))
QUESTIONS = 300
PAGES = 40
SEED = 7

FILES = (
    ("areas", "wards.geojson", {"kind": "ward", "code": "WD25CD", "name": "WD25NM"}),
    ("areas", "lsoas.geojson", {"kind": "lsoa", "code": "LSOA21CD", "name": "LSOA21NM"}),
    ("osm", "town.osm.pbf", {}),
    ("postcodes", "postcodes.csv", {}),
    ("deprivation", "deprivation.csv", {}),
    ("population", "population.csv", {}),
)


def figures() -> Iterator[Figure]:
    """Search by kind of question, then server time by kind of page."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hereabouts.site.settings")
    django.setup()
    from hereabouts.places.models import Street

    _load()
    random.seed(SEED)
    uids = list(Street.objects.exclude(name="").values_list("uid", flat=True))
    chosen = iter(random.choices(uids, k=2_000))
    row = median(times_ms(lambda: Street.objects.values_list("name").get(uid=next(chosen)), 500))
    yield from _search_figures(row)
    yield from _page_figures(row)


def _load() -> None:
    from hereabouts.kernel.access import INSTALLATION
    from hereabouts.places.api import ImportOptions, import_file
    from hereabouts.site.cli.installation import bring_up_to_date
    from hereabouts.town.api import generate

    bring_up_to_date()
    with tempfile.TemporaryDirectory(prefix="hereabouts-county-") as folder:
        generate(SEED, RESIDENTS, Path(folder))
        for importer, name, options in FILES:
            import_file(Path(folder) / name, importer, INSTALLATION, ImportOptions(reader=options))


def _search_figures(row: float) -> Iterator[Figure]:
    from hereabouts.places.queries.search import search

    together: list[float] = []
    busy: list[float] = []
    for name, questions in _questions().items():
        waiting = iter([*questions, questions[0]])
        took = times_ms(lambda waiting=waiting: search(next(waiting), limit=8), len(questions) - 1)
        together += took
        again = iter([*questions, questions[0]])
        busy += times_ms(
            lambda again=again: search(next(again), limit=8), len(questions) - 1, time.process_time
        )
        yield _figure(f"search, {name}, median", median(took), "", row)
        yield _figure(f"search, {name}, 95th percentile", percentile(took, 0.95), "", row)
    yield _figure("search, all questions, median", median(together), "< 5", row)
    yield _figure("search, all questions, 95th percentile", percentile(together, 0.95), "< 20", row)
    yield Figure("  CPU of the same, 95th percentile", percentile(busy, 0.95), "ms")


def _questions() -> Mapping[str, Sequence[str]]:
    """Questions as people ask them, from what is really there."""
    from hereabouts.places.models import Postcode, Premises, Street

    names = list(Street.objects.exclude(name="").values_list("name", flat=True))
    doors = list(Premises.objects.exclude(number="").values_list("number", "street_name")[:20_000])
    codes = list(Postcode.objects.values_list("code", flat=True)[:20_000])
    streets = random.choices(names, k=QUESTIONS)
    return {
        "a street": streets,
        "a street being typed": [name[: random.randint(3, len(name))] for name in streets],
        "a street mistyped": [_mistyped(name) for name in streets],
        "a house and street": [
            f"{number} {street.lower()}" for number, street in random.choices(doors, k=QUESTIONS)
        ],
        "a postcode": [code.replace(" ", "") for code in random.choices(codes, k=QUESTIONS)],
        "part of a postcode": [code[:-2] for code in random.choices(codes, k=QUESTIONS)],
        "nothing that is there": [f"{_mistyped(_mistyped(name))} xyzzy" for name in streets],
    }


def _mistyped(name: str) -> str:
    place = random.randint(1, max(1, len(name) - 2))
    return name[:place] + name[place + 1 : place + 2] + name[place : place + 1] + name[place + 2 :]


def _page_figures(row: float) -> Iterator[Figure]:
    from django.test import Client

    client = Client()
    for name, addresses in _addresses().items():
        waiting = iter([*addresses, addresses[0]])
        took = times_ms(_get(client, waiting), len(addresses) - 1)
        yield _figure(f"page, {name}, median", median(took), "< 30", row)
        yield _figure(f"page, {name}, 95th percentile", percentile(took, 0.95), "", row)
        again = iter([*addresses, addresses[0]])
        busy = median(times_ms(_get(client, again), len(addresses) - 1, time.process_time))
        yield Figure("  CPU of the same, median", busy, "ms")


def _get(client: object, addresses: Iterator[str]) -> Callable[[], object]:
    def get() -> object:
        answer = client.get(next(addresses), headers={"host": "localhost"})  # type: ignore[attr-defined] - Django's test client
        if answer.status_code != 200:
            raise AssertionError(f"{answer.request['PATH_INFO']} answered {answer.status_code}")
        return answer

    return get


def _addresses() -> Mapping[str, Sequence[str]]:
    from hereabouts.places.models import Area, Asset, Postcode, Premises, Street

    def some(table: type, field: str, folder: str) -> list[str]:
        found = list(table._default_manager.values_list(field, flat=True)[:20_000])  # type: ignore[attr-defined] - a model
        return [f"/{folder}/{uid}" for uid in random.choices(found, k=PAGES)]

    points = list(Premises.objects.values_list("south", "west")[:20_000])
    return {
        "street": some(Street, "uid", "streets"),
        "premises": some(Premises, "uid", "premises"),
        "asset": some(Asset, "uid", "assets"),
        "area": some(Area, "code", "areas"),
        "postcode": [one.replace(" ", "") for one in some(Postcode, "code", "postcodes")],
        "point": [f"/at?lat={lat}&lon={lon}" for lat, lon in random.choices(points, k=PAGES)],
        "home": ["/"] * PAGES,
        "search": [
            f"/search?q={name.replace(' ', '+')}"
            for name in random.choices(
                list(Street.objects.exclude(name="").values_list("name", flat=True)), k=PAGES
            )
        ],
    }


def _figure(name: str, measured: float, asked: str, row: float) -> Figure:
    return Figure(name, measured, "ms", f"{asked} ms" if asked else "", row, "one row by key")
