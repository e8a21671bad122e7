"""Which columns of a table are what, as an officer or an operator says it."""

from __future__ import annotations

from collections.abc import Mapping as Typed
from dataclasses import dataclass

from hereabouts.kernel.text import N_
from hereabouts.sensing.domain.connectors.numbers import read_number
from hereabouts.sensing.domain.connectors.times import SECOND, Moments, UnusableFormatError

NO_VALUES = N_("Say which columns have values, or which column has the value of each row.")
NO_PROPERTY = N_("Say which column names the property, or write the property after an = sign.")
BAD_LINE = N_("A line is written column: property, unit, station.")
BAD_FORM = N_("Write iso, unix, unix_ms or a pattern such as %d/%m/%Y %H:%M.")
BAD_ZONE = N_("There is no such time zone.")
BOTH_OR_NONE = N_("Give latitude and longitude, or neither.")


class UnusableMappingError(ValueError):
    """A mapping says something impossible: `option` is which, `message` an English sentence."""

    def __init__(self, option: str, message: str) -> None:
        super().__init__(message)
        self.option = option
        self.message = message


@dataclass(frozen=True)
class Cell:
    """Where a cell comes from: a column, or the same text for every row."""

    column: str = ""
    constant: str = ""

    @property
    def is_given(self) -> bool:
        """Whether there is one at all."""
        return bool(self.column or self.constant)


@dataclass(frozen=True)
class ValueColumn:
    """A column with values, what they measure, and perhaps in which unit and at which station."""

    column: str
    observed: str
    unit: str = ""
    station: str = ""


@dataclass(frozen=True)
class TableMapping:
    """All of it. `period_us` is what a value stands for; `ends`: its time is the end of that."""

    form: str
    records: str
    skip: int
    time_columns: tuple[str, ...]
    moments: Moments
    period_us: int
    ends: bool
    every_s: float | None
    columns: tuple[ValueColumn, ...]
    value: str
    observed: Cell
    unit: Cell
    station: Cell
    station_name: Cell
    lat: Cell
    lon: Cell
    missing: frozenset[str]


def read_mapping(options: Typed[str, str]) -> TableMapping:
    """The mapping of checked options. Raises: UnusableMappingError."""
    columns = _read_lines(options.get("values", ""))
    value, observed = options.get("value", ""), read_cell(options.get("property", ""))
    if not columns and not value:
        raise UnusableMappingError("values", NO_VALUES)
    if value and not observed.is_given:
        raise UnusableMappingError("property", NO_PROPERTY)
    lat, lon = read_cell(options.get("lat", "")), read_cell(options.get("lon", ""))
    if lat.is_given != lon.is_given:
        raise UnusableMappingError("lon" if lat.is_given else "lat", BOTH_OR_NONE)
    period_s = int(options.get("period") or 0)
    every_s = int(options.get("every") or 0) or period_s
    return TableMapping(
        form=options.get("format") or "auto",
        records=options.get("records", ""),
        skip=int(options.get("skip") or 0),
        time_columns=tuple(part.strip() for part in options.get("time", "").split(" + ")),
        moments=read_moments(options.get("time_format", ""), options.get("zone", "")),
        period_us=period_s * SECOND,
        ends=options.get("meaning") == "end",
        every_s=float(every_s) if every_s else None,
        columns=columns,
        value=value,
        observed=observed,
        unit=read_cell(options.get("unit", "")),
        station=read_cell(options.get("station", "")),
        station_name=read_cell(options.get("station_name", "")),
        lat=lat,
        lon=lon,
        missing=read_missing(options.get("missing", "")),
    )


def read_cell(text: str) -> Cell:
    """A column, or after an = sign the text itself."""
    text = text.strip()
    return Cell(constant=text[1:].strip()) if text.startswith("=") else Cell(column=text)


def read_missing(text: str) -> frozenset[str]:
    """The words that mean no value, in lower case."""
    return frozenset({part.strip().lower() for part in text.split(",")} | {""})


def read_moments(form: str, zone: str) -> Moments:
    """A reader of times. Raises: UnusableMappingError."""
    try:
        Moments("iso", zone)
    except UnusableFormatError as fault:
        raise UnusableMappingError("zone", BAD_ZONE) from fault
    try:
        return Moments(form, zone)
    except UnusableFormatError as fault:
        raise UnusableMappingError("time_format", BAD_FORM) from fault


def _read_lines(text: str) -> tuple[ValueColumn, ...]:
    return tuple(_read_line(line) for line in text.splitlines() if line.strip())


def _read_line(line: str) -> ValueColumn:
    column, mark, rest = line.partition(":")
    parts = [part.strip() for part in rest.split(",", 2)]
    if not mark or not column.strip() or not parts[0]:
        raise UnusableMappingError("values", BAD_LINE)
    parts += ["", ""]
    return ValueColumn(column.strip(), parts[0], parts[1], parts[2])


def constant_position(lat: Cell, lon: Cell) -> tuple[float, float] | None:
    """The same (longitude, latitude) for every row, where the mapping says so."""
    numbers = read_number(lon.constant), read_number(lat.constant)
    return None if numbers[0] is None or numbers[1] is None else (numbers[0], numbers[1])
