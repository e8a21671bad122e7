"""A dry run: what a feed would bring, read from the server or a sample, with nothing written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from hereabouts.kernel.time import Clock, now
from hereabouts.sensing.actions.connectors.runs import claimed_of
from hereabouts.sensing.adapters.connectors.fetching import Fetcher
from hereabouts.sensing.adapters.connectors.running import asked_of, collect, read_feed
from hereabouts.sensing.domain.connectors.grading import Grade, Judged, grade_of, judge_run
from hereabouts.sensing.domain.connectors.manifest import Manifest
from hereabouts.sensing.domain.connectors.readers import READERS
from hereabouts.sensing.domain.connectors.reading import Asked
from hereabouts.sensing.domain.connectors.records import (
    Documents,
    Gathered,
    Page,
    Problem,
    Reading,
    Series,
    Station,
)
from hereabouts.sensing.domain.connectors.states import Claimed
from hereabouts.sensing.domain.connectors.times import to_micros
from hereabouts.sensing.queries.connectors import get_manifest, get_row

SHOWN_ROWS = 20
SHOWN = 50


@dataclass(frozen=True)
class PreviewRow:
    """A reading as it would be stored."""

    reading: Reading
    series: Series
    station: Station


@dataclass(frozen=True)
class Preview:
    """What a feed would bring. Stations and series are those not made before."""

    rows: tuple[PreviewRow, ...]
    row_count: int
    reading_count: int
    stations: tuple[Station, ...]
    station_count: int
    series: tuple[Series, ...]
    series_count: int
    problems: tuple[Problem, ...]
    problem_counts: dict[str, int]
    grade: Grade | None


def preview_connector(
    uid: str, *, fetcher: Fetcher, sample: Page | None = None, clock: Clock = now
) -> Preview:
    """Fetch a connector's feed once, or read a sample, and say what would come of it.

    Raises: NoSuchConnector; FeedUnreadable; and as `Fetcher.fetch`.
    """
    row = get_row(uid)
    moment = clock()
    manifest = get_manifest(row.kind)
    reader = READERS[manifest.reader]
    claimed = replace(claimed_of(row, to_micros(moment)), held={}, newest=None)
    asked = asked_of(claimed, moment)
    documents = _documents(manifest, claimed, asked, (fetcher, sample, moment))
    return summarise(manifest, read_feed(reader, documents, asked), asked)


def _documents(
    manifest: Manifest,
    claimed: Claimed,
    asked: Asked,
    source: tuple[Fetcher, Page | None, datetime],
) -> Documents:
    fetcher, sample, moment = source
    steps = READERS[manifest.reader].steps(asked) if manifest.is_polled else []
    if sample is not None:
        return {steps[-1].name if steps else "sample": [sample]}
    return collect(claimed, steps, fetcher, moment).documents if steps else {}


def summarise(manifest: Manifest, gathered: Gathered, asked: Asked) -> Preview:
    """What pages show of a feed that was read."""
    used = {series.station for series in gathered.series.values()}
    stations = [
        gathered.stations.get(key, Station(key, key))
        for key in sorted(used)
        if key not in asked.stations
    ]
    everywhere = [gathered.stations.get(key, Station(key, key)) for key in used]
    judged = Judged(
        to_micros(asked.moment),
        manifest.grade.late_after,
        {},
        added=0,
        placed=sum(station.is_placed for station in everywhere),
        stations=len(everywhere),
    )
    periods = {key: series.period_s for key, series in gathered.series.items()}
    return Preview(
        rows=tuple(_rows(gathered)),
        row_count=gathered.rows,
        reading_count=len(gathered.readings),
        stations=tuple(stations[:SHOWN]),
        station_count=len(stations),
        series=tuple(gathered.series.values())[:SHOWN],
        series_count=len(gathered.series),
        problems=tuple(sorted(gathered.problems, key=lambda each: each.is_mended)[:SHOWN]),
        problem_counts=dict(gathered.problem_counts),
        grade=grade_of(judge_run(gathered, periods, judged)),
    )


def _rows(gathered: Gathered) -> list[PreviewRow]:
    found = []
    for reading in gathered.readings:
        series = gathered.series.get(reading.series)
        if series is None:
            continue
        station = gathered.stations.get(series.station, Station(series.station, series.station))
        found.append(PreviewRow(reading, series, station))
        if len(found) == SHOWN_ROWS:
            break
    return found
