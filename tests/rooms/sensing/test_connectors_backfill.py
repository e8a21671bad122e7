"""Back-fill: files of observations into streams that are there, by the command line too."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest
from click.testing import CliRunner

from hereabouts.journal.models import Entry
from hereabouts.kernel.refusals import Refusal
from hereabouts.sensing.actions.ingest import INGEST
from hereabouts.sensing.adapters.connectors import sources
from hereabouts.sensing.adapters.connectors.backfill import import_observations
from hereabouts.sensing.domain.connectors.backfill import (
    BackfillOptions,
    BackfillSummary,
    make_plan,
)
from hereabouts.sensing.domain.connectors.mapping import UnusableMappingError
from hereabouts.sensing.errors.connectors import ImportUnusable
from hereabouts.sensing.errors.ingest import StoreAway
from hereabouts.sensing.models.observations import Observation
from hereabouts.site.cli import main
from hereabouts.site.cli.observations import observations
from tests.rooms.sensing.registering import (
    a_location,
    a_property,
    a_stream,
    a_thing,
    create,
    link,
)
from tests.shared_data import shared_file

pytestmark = pytest.mark.django_db(transaction=True)

GASES = ("nox", "no2", "o3", "so2", "co")
MEASURED = ("ws", "wd", "pm10", "pm25", *GASES)
CSV = """when,site,what,value,unit
2026-03-01T10:00:00Z,Gully 12,Level,1.5,m
2026-03-01T11:00:00Z,Gully 12,Level,NA,m
2026-03-01T12:00:00Z,Gully 12,Level,many,m
2026-03-01T13:00:00Z,Gully 12,Flow,2,m
2026-03-01T14:00:00Z,Gully 12,Level,2.5,mm
2026-03-01,Gully 12,Level,3,m,too many
noon,Gully 12,Level,4,m
2026-03-01T15:00:00Z,Gully 12,Level,4.25,m
"""


@pytest.fixture(autouse=True)
def writer() -> Iterator[None]:
    INGEST.start()
    yield
    INGEST.stop()


@pytest.fixture
def level() -> int:
    thing = create("Things", a_thing(Locations=[a_location()]))
    return create("Datastreams", a_stream(Thing=link(thing)))


def write(folder: Path, text: str, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def load(path: Path, *, is_dry_run: bool = False, **options: Any) -> BackfillSummary:
    plan = make_plan(BackfillOptions(**options))
    return import_observations(path, plan, ingest=INGEST, is_dry_run=is_dry_run)


def of_long(folder: Path, **more: Any) -> BackfillSummary:
    options = {"time": "when", "values": ["value"], "station": "site", "observed": "what"}
    return load(write(folder, CSV), **{**options, "unit": "unit"}, **more)


def test_rows_find_their_stream_by_thing_and_property(tmp_path: Path, level: int) -> None:
    found = of_long(tmp_path)
    assert (found.rows, found.added, found.streams) == (8, 2, {level})
    assert set(Observation.objects.values_list("number", flat=True)) == {1.5, 4.25}
    assert {(problem.code, problem.where) for problem in found.problems} == {
        ("not_a_number", "line 4"),
        ("stream_unknown", "line 5"),
        ("unit_differs", "line 6"),
        ("not_a_record", "line 7"),
        ("time_unreadable", "line 8"),
    }


def test_a_file_loaded_twice_adds_nothing(tmp_path: Path, level: int) -> None:
    of_long(tmp_path)
    again = of_long(tmp_path)
    assert (again.added, again.duplicates) == (0, 2)
    assert Observation.objects.count() == 2


def test_a_thing_off_the_map_refuses_each_row_with_its_line(tmp_path: Path) -> None:
    thing = create("Things", a_thing())
    stream = create("Datastreams", a_stream(Thing=link(thing)))
    found = load(
        write(tmp_path, "t,v\n2026-03-01T10:00Z,7\n"), time="t", values=["v"], stream=stream
    )
    assert (found.added, found.problem_counts) == (0, {"refused": 1})
    assert found.problems[0].where == "line 2"


def test_a_dry_run_stores_nothing_and_finds_everything(tmp_path: Path, level: int) -> None:
    before = Entry.objects.count()
    found = of_long(tmp_path, is_dry_run=True)
    assert (found.readings, found.added, found.finding_count) == (2, 0, 5)
    assert not Observation.objects.exists()
    assert Entry.objects.count() == before


def test_an_import_stands_in_the_journal(tmp_path: Path, level: int) -> None:
    of_long(tmp_path)
    last = Entry.objects.order_by("-position")[0]
    assert last.wire_name == "sensing.observations.imported.v1"


def test_the_period_makes_intervals_in_the_zone(tmp_path: Path, level: int) -> None:
    path = write(tmp_path, "Date,Time,v\n01/07/2026,24:00,7\n")
    found = load(
        path,
        time="Date + Time",
        values=["v"],
        stream=level,
        time_format="%d/%m/%Y %H:%M",
        zone="Europe/London",
        period_s=3600,
        is_end=True,
    )
    assert found.added == 1
    kept = Observation.objects.get()
    assert datetime.fromtimestamp(kept.started / 1e6, UTC) == datetime(2026, 7, 1, 22, tzinfo=UTC)
    assert kept.ended == kept.started + 3_600_000_000


def test_a_clock_that_jumped_has_no_such_time(tmp_path: Path, level: int) -> None:
    path = write(tmp_path, "t,v\n2026-03-29T01:30:00,7\n2026-10-25T01:30:00,8\n")
    found = load(path, time="t", values=["v"], stream=level, zone="Europe/London")
    assert found.added == 1
    assert found.problem_counts == {"time_skipped": 1}


def test_streams_may_be_named_by_number_in_a_column(tmp_path: Path, level: int) -> None:
    path = write(tmp_path, f"t;s;v\n2026-03-01T10:00Z;{level};7\n2026-03-01T10:00Z;999999;8\n")
    found = load(path, time="t", values=["v"], stream_column="s")
    assert (found.added, found.problem_counts) == (1, {"stream_unknown": 1})


@pytest.mark.parametrize(
    "options", [{"values": ["v"], "stream": 999_999}, {"values": ["v=999999"]}]
)
def test_a_stream_that_is_not_there_is_refused_before_anything_is_read(
    tmp_path: Path, level: int, options: dict[str, Any]
) -> None:
    before = Entry.objects.count()
    path = write(tmp_path, "t,v\n2026-03-01T10:00Z,7\n")
    for is_dry_run in (False, True):
        with pytest.raises(ImportUnusable, match="there is no Datastream 999999"):
            load(path, time="t", is_dry_run=is_dry_run, **options)
    assert not Observation.objects.exists()
    assert Entry.objects.count() == before


FIVE = "".join(f"2026-03-01T1{hour}:00Z,{hour},999999,Gully 12,Flow,mm\n" for hour in range(5))


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"stream_column": "s"}, "stream_unknown"),
        ({"thing": "Nowhere", "observed": "=Level"}, "stream_unknown"),
        ({"thing": "Nowhere", "observed": "=Level", "unit": "u"}, "stream_unknown"),
        ({"station": "g", "observed": "o"}, "stream_unknown"),
        ({"station": "g", "observed": "=Level", "unit": "u"}, "unit_differs"),
        ({"thing": "Gully 12", "observed": "=Level", "unit": "=mm"}, "unit_differs"),
    ],
)
def test_each_bad_row_is_counted_and_its_first_is_kept(
    tmp_path: Path,
    level: int,
    monkeypatch: pytest.MonkeyPatch,
    options: dict[str, Any],
    code: str,
) -> None:
    monkeypatch.setattr(sources, "ROWS_AT_ONCE", 2)
    path = write(tmp_path, "t,v,s,g,o,u\n" + FIVE)
    found = load(path, time="t", values=["v"], **options)
    assert (found.rows, found.added, found.problem_counts) == (5, 0, {code: 5})
    assert [problem.where for problem in found.problems] == ["line 2"]
    assert found.is_unusable


@pytest.mark.parametrize("zone", [None, "UTC"])
def test_parquet_is_read_by_row_groups(tmp_path: Path, level: int, zone: str | None) -> None:
    moments = [datetime(2026, 3, 1, hour) for hour in range(20)]
    table = pyarrow.table(
        {
            "t": pyarrow.array(moments, pyarrow.timestamp("ns", tz=zone)),
            "v": pyarrow.array([None, *range(1, 20)], pyarrow.float32()),
            "unused": ["x"] * 20,
        }
    )
    path = tmp_path / "file.parquet"
    pyarrow.parquet.write_table(table, path, row_group_size=7)
    found = load(path, time="t", values=["v"], stream=level)
    assert (found.rows, found.added) == (20, 19)
    first = Observation.objects.order_by("started")[0].started
    assert datetime.fromtimestamp(first / 1e6, UTC) == datetime(2026, 3, 1, 1, tzinfo=UTC)


def test_parquet_without_its_package_says_what_to_install(
    tmp_path: Path, level: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow.parquet", None)
    path = tmp_path / "file.parquet"
    path.write_bytes(b"")
    with pytest.raises(ImportUnusable, match=r"hereabouts\[parquet\]"):
        load(path, time="t", values=["v"], stream=level)


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("file.parquet", b"no parquet"),
        ("file.csv.gz", b"no gzip"),
        ("file.csv.gz", gzip.compress(b"t,v\n" + b"1,2\n" * 90_000)[:200]),
        ("file.csv", b"t,v\n\xff\xfe,1\n"),
        ("file.csv", b"a,b\n1,2\n"),
    ],
)
def test_a_file_that_is_none_is_refused_in_words(
    tmp_path: Path, level: int, name: str, body: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(body)
    with pytest.raises(ImportUnusable):
        load(path, time="t", values=["v"], stream=level)


@pytest.mark.parametrize(
    "options",
    [
        {"values": []},
        {"values": ["v"]},
        {"values": ["v"], "thing": "Gully 12"},
        {"values": ["v", "w"], "stream": 1},
        {"values": ["v="], "stream": 1},
        {"values": ["v"], "stream": 1, "zone": "Nowhere/Town"},
        {"values": ["v"], "stream": 1, "time_format": "%Q"},
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(UnusableMappingError):
        make_plan(BackfillOptions(time="t", **options))


class AwaySoon:
    """Stores the first batch and no other."""

    def __init__(self) -> None:
        self.batches = 0

    def submit(self, batch: Sequence[Any], done: Any) -> None:
        self.batches += 1
        if self.batches == 1:
            INGEST.submit(batch, done)
        else:
            refusals: list[Refusal] = [StoreAway(reason="the disk is full") for _ in batch]
            done(refusals)


def test_a_full_disk_ends_the_import_and_a_second_one_completes_it(
    tmp_path: Path, level: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "ROWS_AT_ONCE", 10)
    lines = "".join(f"2026-03-01T10:00:{nth:02d}Z,{nth}\n" for nth in range(50))
    path = write(tmp_path, "t,v\n" + lines)
    plan = make_plan(BackfillOptions(time="t", values=["v"], stream=level))
    with pytest.raises(StoreAway):
        import_observations(path, plan, ingest=AwaySoon())
    assert Observation.objects.count() == 10
    found = import_observations(path, plan, ingest=INGEST)
    assert (found.added, found.duplicates) == (40, 10)


def leave_with(path: Path, *more: str) -> int | str | None:
    """The status that the command leaves the shell with."""
    given = ["import", "observations", str(path), "--time", "t", "--value", "v", *more]
    try:
        main(given)
    except SystemExit as left:
        return left.code
    return 0


def test_an_import_leaves_with_1_where_no_row_was_usable(
    tmp_path: Path,
    level: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    INGEST.stop()
    good = write(tmp_path, "t,v\n2026-03-01T10:00Z,7\nnoon,8\n", "good.csv")
    bad = write(tmp_path, "t,v\nnoon,7\nnight,8\n", "bad.csv")
    empty = write(tmp_path, "t,v\n", "empty.csv")
    there = ("--stream", str(level))
    assert leave_with(good, "--stream", "999999") == 1
    assert "there is no Datastream 999999" in capsys.readouterr().err
    for more in ((), ("--dry-run",), ("--json",)):
        assert leave_with(bad, *there, *more) == 1
        assert "None of 2 rows could be used; nothing was stored." in capsys.readouterr().out
        assert leave_with(empty, *there, *more) == 0
        for _ in range(2):
            assert leave_with(good, *there, *more) == 0
        capsys.readouterr()
    assert Observation.objects.count() == 1


def kerbside_streams() -> int:
    """A station with a stream for each column of the real file."""
    thing = create("Things", a_thing(name="Marylebone Road", Locations=[a_location()]))
    for name in MEASURED:
        made = a_stream(Thing=link(thing), name=name, ObservedProperty=a_property(name))
        create("Datastreams", made)
    return thing


def test_years_of_a_real_station_come_in_by_the_command_once(tmp_path: Path) -> None:
    kerbside_streams()
    INGEST.stop()
    whole = gzip.decompress(
        shared_file("place", "sensors", "marylebone-road-hourly-1998-2005.csv.gz").read_bytes()
    )
    head = b"\n".join(whole.split(b"\n")[:4_001]) + b"\n"
    path = tmp_path / "hourly.csv.gz"
    path.write_bytes(gzip.compress(head))
    command = [str(path), "--time", "date", "--period", "3600", "--json"]
    command += ["--thing", "Marylebone Road"]
    for name in MEASURED:
        command += ["--value", f"{name}={name}"]
    cells = sum(
        1 for line in head.decode().splitlines()[1:] for cell in line.split(",")[1:] if cell
    )
    runner = CliRunner()
    done = runner.invoke(observations, command)
    assert done.exit_code == 0, done.output + done.stderr
    first = json.loads(done.stdout)
    assert (first["rows"], first["added"], first["problem_counts"]) == (4_000, cells, {})
    assert Observation.objects.count() == cells
    second = json.loads(runner.invoke(observations, command).stdout)
    assert (second["added"], second["duplicates"]) == (0, cells)
