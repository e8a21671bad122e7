"""The reader of tables with a mapping: CSV or JSON, wide or long, polled or pushed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC

from hereabouts.sensing.domain.connectors.manifest import Bad
from hereabouts.sensing.domain.connectors.mapping import (
    Cell,
    TableMapping,
    UnusableMappingError,
    read_mapping,
)
from hereabouts.sensing.domain.connectors.numbers import is_on_earth, read_number, read_value
from hereabouts.sensing.domain.connectors.reading import Asked, Step, UnreadableFeedError
from hereabouts.sensing.domain.connectors.records import (
    Documents,
    Gathered,
    Problem,
    Reading,
    Series,
    Station,
)
from hereabouts.sensing.domain.connectors.tables import (
    MOST_ROWS,
    Getter,
    Row,
    Table,
    UnreadableTableError,
    open_table,
)
from hereabouts.sensing.domain.connectors.times import UnreadableTimeError, to_moment
from hereabouts.sensing.domain.connectors.words import Words, squeeze

SEVERAL = frozenset({list, dict})


class TableReader:
    """Reads tables."""

    def check(self, options: Mapping[str, str]) -> dict[str, Bad]:
        """Whether the mapping makes sense."""
        try:
            read_mapping(options)
        except UnusableMappingError as fault:
            return {fault.option: Bad(fault.message)}
        return {}

    def steps(self, asked: Asked) -> list[Step]:
        """The address, its places filled in."""
        return [Step("table", fill_address(asked.options["address"], asked))]

    def read(self, documents: Documents, asked: Asked) -> Gathered:
        """Every row of every page. Raises: UnreadableFeedError."""
        mapping = read_mapping(asked.options)
        found = Gathered()
        for pages in documents.values():
            for page in pages:
                try:
                    table = open_table(
                        page, mapping.form, records=mapping.records, skip=mapping.skip
                    )
                except UnreadableTableError as fault:
                    raise UnreadableFeedError(str(fault)) from fault
                _Rows(table, mapping, asked, found).read()
        return found


def fill_address(address: str, asked: Asked) -> str:
    """An address with the time of the newest reading, the day and the year in their places."""
    newest = to_moment(asked.newest) if asked.newest is not None else None
    since = newest.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if newest else ""
    return (
        address.replace("{since}", since)
        .replace("{today}", asked.moment.strftime("%Y-%m-%d"))
        .replace("{year}", asked.moment.strftime("%Y"))
    )


def _no_cell(row: Row) -> object:
    return ""


@dataclass
class _Rows:
    """One table on its way through a mapping."""

    table: Table
    mapping: TableMapping
    asked: Asked
    found: Gathered
    _series: dict[tuple[str, str, str], Series] = field(default_factory=dict)
    _told: set[tuple[str, str]] = field(default_factory=set)

    def read(self) -> None:
        times = [self._column(name) for name in self.mapping.time_columns]
        columns = [(self._column(each.column), each) for each in self.mapping.columns]
        value = self._column(self.mapping.value) if self.mapping.value else None
        cells = {
            name: self._cell(getattr(self.mapping, name))
            for name in ("observed", "unit", "station", "station_name", "lat", "lon")
        }
        for where, row in self.table.rows():
            self.found.rows += 1
            if self.found.rows > MOST_ROWS:
                raise UnreadableFeedError(f"there are more than {MOST_ROWS} rows")
            if row is None:
                self._bad(Problem("not_a_record", where))
                continue
            span = self._span(where, [get(row) for get in times])
            station = self._station(where, row, cells) if span is not None else None
            if span is None or station is None:
                continue
            is_bad = False
            for get, column in columns:
                key = self._own_station(column.station, station)
                series = (key, column.observed, column.unit)
                is_bad |= self._take(where, column.column, get(row), (series, span))
            if value is not None:
                series = (station, _text(cells["observed"](row)), _text(cells["unit"](row)))
                is_bad |= self._take(where, self.mapping.value, value(row), (series, span))
            self.found.bad_rows += is_bad

    def _column(self, name: str) -> Getter:
        get = self.table.getter(name)
        if get is None:
            there = ", ".join(self.table.names[:30])
            raise UnreadableFeedError(f"there is no column “{name}”; there are: {there}")
        return get

    def _cell(self, cell: Cell) -> Getter:
        if cell.column:
            return self._column(cell.column)
        constant = cell.constant
        return (lambda row: constant) if constant else _no_cell

    def _bad(self, problem: Problem) -> None:
        self.found.note(problem)
        self.found.bad_rows += 1

    def _span(self, where: str, parts: list[object]) -> tuple[int, int | None] | None:
        """Start and end of what a row's values stand for."""
        text = " ".join(_text(part) for part in parts).strip()
        if not text:
            self._bad(Problem("no_time", where))
            return None
        try:
            micros, is_unsure = self.mapping.moments.read(text)
        except UnreadableTimeError as fault:
            self._bad(Problem(fault.code, where, self.mapping.time_columns[0], text))
            return None
        if is_unsure:
            self.found.note(Problem("time_ambiguous", where, value=text, is_mended=True))
        period = self.mapping.period_us
        if not period:
            return micros, None
        return (micros - period, micros) if self.mapping.ends else (micros, micros + period)

    def _station(self, where: str, row: Row, cells: Mapping[str, Getter]) -> str | None:
        is_named = self.mapping.station.is_given
        key = _text(cells["station"](row)) if is_named else "1"
        if not key:
            self._bad(Problem("no_station", where, self.mapping.station.column))
            return None
        if key not in self.found.stations:
            name = _text(cells["station_name"](row)) or (key if is_named else self.asked.name)
            self._add_station(where, key, name, (cells["lon"](row), cells["lat"](row)))
        return key

    def _add_station(self, where: str, key: str, name: str, place: tuple[object, object]) -> None:
        lon, lat = read_number(place[0]), read_number(place[1])
        if lon is None or lat is None:
            code = "position_unusable" if place[0] not in ("", None) else "position_unknown"
            self.found.note(Problem(code, where, value=key, is_mended=True))
        elif not is_on_earth(lon, lat):
            said = f"{lat}, {lon}"
            self.found.note(Problem("position_unusable", where, "lat, lon", said, is_mended=True))
            lon = lat = None
        both = lon is not None and lat is not None
        self.found.stations[key] = Station(
            key[:200], name[:200] or key[:200], lon=lon if both else None, lat=lat if both else None
        )

    def _own_station(self, named: str, station: str) -> str:
        """The station of a column that names its own."""
        if not named:
            return station
        if named not in self.found.stations:
            self.found.stations[named] = Station(named, named)
            self.found.note(Problem("position_unknown", named, is_mended=True))
        return named

    def _take(
        self,
        where: str,
        column: str,
        sent: object,
        of: tuple[tuple[str, str, str], tuple[int, int | None]],
    ) -> bool:
        """Keep a cell's value; whether it was bad."""
        named, (started, ended) = of
        if sent is None or (isinstance(sent, str) and sent.strip().lower() in self.mapping.missing):
            return False
        value = read_value(sent)
        if value is None or not named[1]:
            code = "several_values" if type(sent) in SEVERAL else "not_a_number"
            code = code if named[1] else "property_unknown"
            self.found.note(Problem(code, where, column, _text(sent)))
            return True
        series = self._series.get(named)
        if series is None:
            series = self._series[named] = self._add_series(where, named)
        self.found.readings.append(Reading(series.key, started, value, ended))
        return False

    def _add_series(self, where: str, named: tuple[str, str, str]) -> Series:
        series = make_series(self.asked.words, named, self.mapping.every_s, self._tell(where))
        return self.found.series.setdefault(series.key, series)

    def _tell(self, where: str) -> Callable[[str, str], None]:
        """Notes a mended problem of a series once for each value."""

        def tell(code: str, value: str) -> None:
            if (code, value) not in self._told:
                self._told.add((code, value))
                self.found.note(Problem(code, where, value=value, is_mended=True))

        return tell


def make_series(
    words: Words,
    named: tuple[str, str, str],
    period_s: float | None,
    tell: Callable[[str, str], None],
) -> Series:
    """The series of a station, a property and a unit as a feed names them."""
    station, observed_text, unit_text = named
    given = words.find_unit(unit_text) if unit_text else None
    observed, unit = words.find_property(observed_text, given)
    if not observed.is_known:
        tell("property_unknown", observed_text)
    if not unit.is_known:
        tell("unit_unknown", unit_text or observed_text)
    key = f"{station}/{squeeze(observed_text)}"
    if unit_text:
        key = f"{key}/{squeeze(unit_text)}"
    return Series(key[:300], station[:200], observed, unit, period_s=period_s)


def _text(value: object) -> str:
    if value is None:
        return ""
    return value.strip() if isinstance(value, str) else str(value)
