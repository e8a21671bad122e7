"""The reader of air quality as a national network writes it in CSV.

Some lines about the file; perhaps a line with the names of sites above their columns; then Date,
time, and a column for each pollutant, followed by its status and perhaps its unit. A plain table
with `date` and pollutants, as analysts pass it on, is read too.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass

from hereabouts.kernel.text import N_
from hereabouts.sensing.domain.connectors.manifest import Bad
from hereabouts.sensing.domain.connectors.mapped import fill_address, make_series
from hereabouts.sensing.domain.connectors.numbers import read_number
from hereabouts.sensing.domain.connectors.reading import Asked, Step, UnreadableFeedError
from hereabouts.sensing.domain.connectors.records import (
    Documents,
    Gathered,
    Problem,
    Reading,
    Series,
    Station,
)
from hereabouts.sensing.domain.connectors.tables import decode_text
from hereabouts.sensing.domain.connectors.times import (
    DAY,
    HOUR,
    SECOND,
    Moments,
    UnreadableTimeError,
)
from hereabouts.sensing.domain.connectors.words import squeeze

BOTH_OR_NONE = N_("Give latitude and longitude, or neither.")
MOST_PREAMBLE = 60
DATE_NAMES, TIME_NAMES = frozenset({"date"}), frozenset({"time", "hour"})
SITE_NAMES = ("site", "site_name", "sitename", "station", "code", "site_code", "city")
BESIDE = frozenset({"status", "unit", "units", "qc", "source"})
NO_VALUE = frozenset({"", "no data", "na", "nan", "n/a", "-"})
GASES = frozenset({"no2", "no", "nox", "o3", "so2"})
DAY_FIRST = re.compile(r"(\d{2})[-/](\d{2})[-/](\d{4})")
NUMBERED = re.compile(r"(.+)_(\d{1,2})")


@dataclass(frozen=True)
class _Column:
    place: int
    name: str
    station: str
    unit_at: int | None


@dataclass(frozen=True)
class _Layout:
    date_at: int
    time_at: int | None
    site_at: int | None
    columns: tuple[_Column, ...]
    ends: bool
    width: int


class AirReader:
    """Reads hourly and daily values."""

    def check(self, options: Mapping[str, str]) -> dict[str, Bad]:
        """A position has two numbers."""
        given = {name for name in ("lat", "lon") if options.get(name)}
        if len(given) != 1:
            return {}
        return {next(iter({"lat", "lon"} - given)): Bad(BOTH_OR_NONE)}

    def steps(self, asked: Asked) -> list[Step]:
        """The file."""
        return [Step("file", fill_address(asked.options["address"], asked))]

    def read(self, documents: Documents, asked: Asked) -> Gathered:
        """Every row of every page. Raises: UnreadableFeedError."""
        found = Gathered()
        for pages in documents.values():
            for page in pages:
                _File(decode_text(page.body), asked, found).read()
        return found


class _File:
    def __init__(self, text: str, asked: Asked, found: Gathered) -> None:
        self._asked = asked
        self._found = found
        self._rows = csv.reader(io.StringIO(text, newline=""))
        self._moments = Moments()
        self._series: dict[tuple[str, str, str], Series] = {}
        self._told: set[tuple[str, str]] = set()
        self._last_times: dict[str, int] = {}

    def read(self) -> None:
        try:
            layout = self._layout()
            for row in self._rows:
                if any(row) and not row[0].lower().startswith("end"):
                    self._take(row, layout)
        except csv.Error as fault:
            raise UnreadableFeedError(f"line {self._rows.line_num}: {fault}") from fault

    def _layout(self) -> _Layout:
        """Find the headings and what stands above them."""
        above: list[list[str]] = []
        for row in self._rows:
            cells = [squeeze(cell) for cell in row]
            if DATE_NAMES & set(cells):
                return self._columns(row, cells, above)
            above.append(row)
            if len(above) > MOST_PREAMBLE:
                break
        raise UnreadableFeedError("no line of headings begins with Date")

    def _columns(self, row: list[str], cells: list[str], above: list[list[str]]) -> _Layout:
        date_at = next(at for at, cell in enumerate(cells) if cell in DATE_NAMES)
        time_at = next((at for at, cell in enumerate(cells) if cell in TIME_NAMES), None)
        site_at = next((cells.index(squeeze(n)) for n in SITE_NAMES if squeeze(n) in cells), None)
        named = _names_above(above, len(row))
        site = self._asked.options.get("site") or _single(above) or self._asked.name
        columns = [
            _Column(at, name.strip(), named[at] or site, _unit_at(cells, at))
            for at, name in enumerate(row)
            if at not in (date_at, time_at, site_at) and cells[at] and cells[at] not in BESIDE
        ]
        said = " ".join(cell for line in above for cell in line).lower()
        ending = self._asked.options.get("ending", "auto")
        if ending != "auto":
            ends = ending == "end"
        else:
            ends = "hour ending" in said if said.strip() else time_at is not None
        return _Layout(date_at, time_at, site_at, tuple(columns), ends, len(row))

    def _take(self, row: list[str], layout: _Layout) -> None:
        where = f"line {self._rows.line_num}"
        self._found.rows += 1
        if len(row) < layout.width:
            self._bad(Problem("not_a_record", where))
            return
        moment = self._moment(where, row, layout)
        if moment is None:
            return
        time, is_day = moment
        period = DAY if is_day else HOUR
        # A day's value is dated by its day, whatever is said of hours.
        ends = layout.ends and not is_day
        started, ended = (time - period, time) if ends else (time, time + period)
        is_bad = False
        for column in layout.columns:
            cell = row[column.place].strip()
            if cell.lower() in NO_VALUE:
                continue
            number = read_number(cell)
            if number is None:
                self._found.note(Problem("not_a_number", where, column.name, cell))
                is_bad = True
                continue
            named = self._named(row, column, layout)
            series = self._series.get(named) or self._add(where, named, period)
            self._found.readings.append(Reading(series.key, started, number, ended))
        self._found.bad_rows += is_bad

    def _moment(self, where: str, row: list[str], layout: _Layout) -> tuple[int, bool] | None:
        """The time of a row, and whether it is a day."""
        text = DAY_FIRST.sub(r"\3-\2-\1", row[layout.date_at].strip(), count=1)
        is_day = layout.time_at is None and len(text) <= len("2020-01-01")
        if layout.time_at is not None and row[layout.time_at].strip():
            text = f"{text} {row[layout.time_at].strip()}"
        try:
            return self._moments.read(text)[0], is_day
        except UnreadableTimeError as fault:
            self._bad(Problem(fault.code, where, "Date", text))
            return None

    def _named(self, row: list[str], column: _Column, layout: _Layout) -> tuple[str, str, str]:
        """Station, property and unit of a cell; a number behind the name is that of the site."""
        station = column.station
        if layout.site_at is not None:
            station = row[layout.site_at].strip() or station
        name, match = column.name, NUMBERED.fullmatch(column.name)
        if match is not None:
            name, station = match[1], f"{station} {match[2]}"
        unit = row[column.unit_at].strip() if column.unit_at is not None else ""
        if not unit:
            unit = self._usual_unit(squeeze(name))
        return station or "1", name, unit

    def _usual_unit(self, gas: str) -> str:
        """The unit of a gas where the file names none; carbon monoxide is a thousand times more."""
        chosen = self._asked.options.get("gases") or "ug/m3"
        if gas == "co":
            return "[ppm]" if chosen == "[ppb]" else "mg/m3"
        return chosen if gas in GASES else ""

    def _add(self, where: str, named: tuple[str, str, str], period: int) -> Series:
        station = named[0]
        if station not in self._found.stations:
            self._add_station(where, station)
        made = make_series(self._asked.words, named, period / SECOND, self._tell)
        # One series for each property, however its unit is spelt or its method noted.
        made = Series(
            f"{station}/{made.observed.definition}"[:300],
            made.station,
            made.observed,
            made.unit,
            period_s=made.period_s,
        )
        series = self._found.series.setdefault(made.key, made)
        self._series[named] = series
        return series

    def _add_station(self, where: str, station: str) -> None:
        options = self._asked.options
        lon, lat = read_number(options.get("lon", "")), read_number(options.get("lat", ""))
        # The position that was typed is that of one site; a second one has none.
        if lon is None or lat is None or self._found.stations:
            lon = lat = None
            self._found.note(Problem("position_unknown", where, value=station, is_mended=True))
        self._found.stations[station] = Station(station, station, lon=lon, lat=lat)

    def _tell(self, code: str, value: str) -> None:
        if (code, value) not in self._told:
            self._told.add((code, value))
            self._found.note(Problem(code, "headings", value=value, is_mended=True))

    def _bad(self, problem: Problem) -> None:
        self._found.bad_rows += 1
        self._found.note(problem)


def _unit_at(cells: list[str], at: int) -> int | None:
    """The column with the unit, which stands beside its values and their status."""
    for beside in range(at + 1, min(at + 4, len(cells))):
        if cells[beside] in ("unit", "units"):
            return beside
        if cells[beside] not in BESIDE:
            return None
    return None


def _names_above(above: list[list[str]], width: int) -> list[str]:
    """Names of sites above the headings, each for the columns from its own to the next one."""
    line = above[-1] if above else []
    names = [""] * width
    if len(line) < 3 or line[0].strip():
        return names
    current = ""
    for at in range(width):
        cell = line[at].strip() if at < len(line) else ""
        current = cell or current
        names[at] = current
    return names


def _single(above: list[list[str]]) -> str:
    """The name of the one site where it stands alone in the first line."""
    if not above or len(above) < 2:
        return ""
    filled = [cell.strip() for cell in above[0] if cell.strip()]
    is_name = len(filled) == 1 and not re.search(r"(?i)suppl|data|http|:", filled[0])
    return filled[0] if is_name else ""
