"""The reader of a national flood-monitoring API: stations, their measures, and readings.

Source: the API's reference, version 0.9.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, timedelta
from urllib.parse import urlencode

import msgspec

from hereabouts.kernel.text import N_
from hereabouts.sensing.domain.connectors.manifest import Bad
from hereabouts.sensing.domain.connectors.numbers import is_on_earth, read_number
from hereabouts.sensing.domain.connectors.reading import Asked, Step, UnreadableFeedError
from hereabouts.sensing.domain.connectors.records import (
    Documents,
    Gathered,
    Page,
    Problem,
    Reading,
    Series,
    Station,
)
from hereabouts.sensing.domain.connectors.times import Moments, UnreadableTimeError, to_moment

ALL_THREE = N_("Give latitude, longitude and distance, or none of them.")
MOST_ITEMS = 10_000
DAY_S = 86_400
OLDEST = timedelta(days=28)
"""The API keeps readings for about four weeks."""
FACTS = (
    ("stationReference", "reference"),
    ("riverName", "river"),
    ("town", "town"),
    ("catchmentName", "catchment"),
    ("wiskiID", "wiskiId"),
    ("RLOIid", "rloiId"),
    ("dateOpened", "opened"),
)
INSTANT, EVENT = "instantaneous", "event"

Item = Mapping[str, object]


class FloodReader:
    """Reads stations, measures and readings."""

    def check(self, options: Mapping[str, str]) -> dict[str, Bad]:
        """A circle has a middle and a radius."""
        around = ("lat", "long", "dist")
        given = [name for name in around if options.get(name)]
        if not given or len(given) == len(around):
            return {}
        return {name: Bad(ALL_THREE) for name in around if name not in given}

    def steps(self, asked: Asked) -> list[Step]:
        """Stations once a day; measures with their latest readings; readings since the last."""
        root = asked.options["root"].rstrip("/")
        query = {
            name: asked.options[name] for name in ("lat", "long", "dist") if asked.options.get(name)
        }
        parameter = asked.options.get("parameter", "")
        if parameter not in ("", "all"):
            query["parameter"] = parameter
        steps = [
            Step("stations", _address(f"{root}/id/stations", query, _view="full"), every_s=DAY_S),
            # In full each time: without it nobody knows what a reading is a total of.
            Step("measures", _address(f"{root}/id/measures", _measures_query(query)), always=True),
        ]
        if asked.options.get("readings") == "since" and asked.newest is not None:
            steps.append(_readings(root, query, asked))
        return steps

    def read(self, documents: Documents, asked: Asked) -> Gathered:
        """What the answers say. Raises: UnreadableFeedError."""
        found = Gathered()
        work = _Work(found, asked, Moments())
        for item in _items(documents.get("stations", ())):
            work.take_station(item)
        for item in _items(documents.get("measures", ())):
            work.take_measure(item)
        for item in _items(documents.get("readings", ())):
            found.rows += 1
            work.take_reading(_last_part(item.get("measure")), item)
        return found


def _measures_query(query: Mapping[str, str]) -> Mapping[str, str]:
    """Measures cannot be asked for by distance; those of other stations are passed over."""
    return {name: value for name, value in query.items() if name == "parameter"}


def _readings(root: str, query: Mapping[str, str], asked: Asked) -> Step:
    """Readings since the newest one, and for some hours before: stations report in batches."""
    overlap = timedelta(hours=float(asked.options.get("overlap") or 0))
    since = max(to_moment(asked.newest or 0) - overlap, asked.moment - OLDEST).astimezone(UTC)
    more = {**_measures_query(query), "since": since.strftime("%Y-%m-%dT%H:%M:%SZ")}
    address = f"{root}/data/readings?{urlencode(more)}&_sorted"
    return Step("readings", address, page_size=MOST_ITEMS, page_names=("_limit", "_offset"))


def _address(address: str, query: Mapping[str, str], **more: str) -> str:
    return f"{address}?{urlencode({**query, **more, '_limit': str(MOST_ITEMS)})}"


def _items(pages: Iterator[Page] | tuple[Page, ...] | object) -> Iterator[Item]:
    """The items of a document, as objects."""
    for page in pages if isinstance(pages, list | tuple) else ():
        try:
            sent = msgspec.json.decode(page.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
            raise UnreadableFeedError(f"the JSON cannot be read ({fault})") from fault
        items = sent.get("items") if isinstance(sent, dict) else None
        if isinstance(items, dict):
            items = [items]
        if not isinstance(items, list):
            raise UnreadableFeedError("the answer has no items")
        yield from (item for item in items if isinstance(item, dict))


class _Work:
    def __init__(self, found: Gathered, asked: Asked, moments: Moments) -> None:
        self._found = found
        self._asked = asked
        self._moments = moments
        self._is_around = bool(asked.options.get("lat"))
        self._totals: set[str] = set()
        self._waiting: dict[str, Series] = {}

    def take_station(self, item: Item) -> None:
        key = _last_part(item.get("@id")) or _first(item.get("stationReference"))
        self._found.rows += 1
        if not key:
            self._found.bad_rows += 1
            self._found.note(Problem("no_station", "station", value=str(item.get("label"))))
            return
        lon = self._coordinate(key, "long", item.get("long"))
        lat = self._coordinate(key, "lat", item.get("lat"))
        if lon is None or lat is None or not is_on_earth(lon, lat):
            self._found.note(Problem("position_unknown", key, is_mended=True))
            lon = lat = None
        name = _first(item.get("label")) or key
        if isinstance(item.get("label"), list):
            self._found.note(Problem("several_values", key, "label", str(item["label"]), True))
        facts = {ours: text for theirs, ours in FACTS if (text := _first(item.get(theirs)))}
        river = facts.get("river", "")
        self._found.stations[key] = Station(
            key, name, f"{name}, {river}" if river else name, lon, lat, facts
        )

    def _coordinate(self, key: str, field: str, sent: object) -> float | None:
        """A number; of a list of numbers the first, with a word about it."""
        if isinstance(sent, list) and sent:
            self._found.note(Problem("several_values", key, field, str(sent), is_mended=True))
            sent = sent[0]
        return read_number(sent)

    def take_measure(self, item: Item) -> None:
        key = _last_part(item.get("@id"))
        station = _last_part(item.get("station")) or _first(item.get("stationReference"))
        self._found.rows += 1
        if not key or not station:
            self._found.bad_rows += 1
            self._found.note(Problem("no_station", "measure", value=key))
            return
        if self._is_around and not self._is_described(station):
            self._found.rows -= 1
            return
        if _first(item.get("valueType")) not in (INSTANT, EVENT):
            self._totals.add(key)
        self._waiting[key] = self._series(key, station, item)
        latest = item.get("latestReading")
        if isinstance(latest, dict):
            self.take_reading(key, latest)
        elif latest is None:
            self._found.note(Problem("no_reading", key, is_mended=True))

    def _series(self, key: str, station: str, item: Item) -> Series:
        words, told = self._asked.words, _first(item.get("unitName"))
        unit = words.find_unit(_first(item.get("unit")) or told)
        if told and not unit.is_none and told != unit.symbol:
            detail = told
        else:
            detail = ""
        parameter = _first(item.get("parameter"))
        observed, _ = words.find_property(_first(item.get("parameterName")) or parameter)
        qualifier = _first(item.get("qualifier"))
        parts = [part for part in (qualifier, detail) if part]
        name = f"{observed.name} ({', '.join(parts)})" if parts else observed.name
        return Series(key, station, observed, unit, name, read_number(item.get("period")))

    def take_reading(self, key: str, item: Item) -> None:
        series = self._found.series.get(key) or self._waiting.get(key)
        if series is None and self._is_around:
            return
        text, sent = _first(item.get("dateTime")), item.get("value")
        try:
            moment, _ = self._moments.read(text)
        except UnreadableTimeError as fault:
            self._bad(Problem(fault.code if text else "no_time", key, "dateTime", text))
            return
        value = read_number(sent)
        if value is None:
            code = "several_values" if isinstance(sent, list) else "not_a_number"
            self._bad(Problem(code, key, "value", str(sent)))
            return
        if series is not None and key not in self._found.series:
            self._adopt(series)
        started, ended = self._span(key, series, moment)
        self._found.readings.append(Reading(key, started, value, ended))

    def _span(self, key: str, series: Series | None, moment: int) -> tuple[int, int | None]:
        """A total is of the period that ends then; anything else of the moment."""
        period = series.period_s if series is not None and key in self._totals else None
        return (moment - int(period * 1_000_000), moment) if period else (moment, None)

    def _adopt(self, series: Series) -> None:
        """Make a series that has a reading one of the feed's, and its station too."""
        self._found.series[series.key] = series
        if series.period_s is None:
            self._found.note(Problem("period_unknown", series.key, is_mended=True))
        if not series.unit.is_known:
            self._found.note(
                Problem("unit_unknown", series.key, value=series.unit.symbol, is_mended=True)
            )
        if not self._is_described(series.station):
            self._found.note(Problem("station_unknown", series.station, is_mended=True))

    def _is_described(self, station: str) -> bool:
        return station in self._found.stations or station in self._asked.stations

    def _bad(self, problem: Problem) -> None:
        self._found.bad_rows += 1
        self._found.note(problem)


def _last_part(value: object) -> str:
    """The last part of an address."""
    if isinstance(value, dict):
        value = value.get("@id")
    return value.rstrip("/").rpartition("/")[2][:200] if isinstance(value, str) else ""


def _first(value: object) -> str:
    """A text; of a list the first."""
    if isinstance(value, list):
        value = value[0] if value else ""
    return value.strip()[:200] if isinstance(value, str) else ""
