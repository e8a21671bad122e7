"""Plain pages of observations written as JSON text at once, without dicts between.

A page of a hundred is the commonest answer of all; this writes it in a few microseconds a row. The
text is what encoding the documents of `selecting` would give.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from hereabouts.sensing.domain.results import EXACT_DIGITS
from hereabouts.sensing.queries.reading.database import Row
from hereabouts.standards.sensorthings.times import MINUTE, SECOND, format_instant
from hereabouts.standards.sensorthings.tree import Ending, Metadata, Options, ResultFormat

LARGEST = 10**EXACT_DIGITS
MOST_MINUTES = 20_000
_SECONDS = tuple(f'{second:02d}Z"' for second in range(60))
_SECOND_OF = {second * SECOND: text for second, text in enumerate(_SECONDS)}
_minutes: dict[int, str] = {}
_encode = msgspec.json.Encoder().encode

COLUMNS = (
    "{0}.id",
    "{0}.started",
    "{0}.ended",
    "{0}.result_time",
    "{0}.kind",
    "{0}.number",
    "{0}.result",
    "coalesce(length({0}.result_quality), {0}.valid_start, length({0}.parameters))",
    "{0}s.is_multi",
)
"""What a row holds, over the alias of an observation; the last but one says that there is more.

Fewer columns are quicker than all, and few observations have a quality, validity or parameters.
"""


def is_plain(ending: Ending, options: Options) -> bool:
    """Whether a set of observations is asked for as it stands."""
    return (
        ending is Ending.ENTITIES
        and not options.select
        and not options.expand
        and not options.is_distinct
        and options.result_format is ResultFormat.JSON
        and options.metadata is Metadata.FULL
    )


def write_rows(rows: Sequence[Row], base: str) -> str | None:
    """The observations of rows, as JSON separated by commas; None where one has more to show."""
    prefix = f'"{base}/Observations('
    width = len(COLUMNS)
    if rows and len(rows[0]) > width:
        rows = [row[:width] for row in rows]
    written = []
    for key, started, ended, result_time, kind, number, result, more, is_multi in rows:
        if more is not None:
            return None
        # The two calls are written out for what most rows hold: a tenth of the whole answer.
        minute, rest = divmod(started, MINUTE)
        begun = _minutes.get(minute)
        second = _SECOND_OF.get(rest)
        begun = quoted(started) if begun is None or second is None else begun + second
        time = begun if ended is None else f'{begun[:-1]}/{format_instant(ended)}"'
        if result_time is None:
            shown = "null"
        else:
            shown = begun if result_time == started else quoted(result_time)
        if result is None:
            result = write_scalar(kind, number)
        parent = "MultiDatastream" if is_multi else "Datastream"
        own = f"{prefix}{key})"
        written.append(
            f'{{"@iot.id":{key},"@iot.selfLink":{own}","phenomenonTime":{time},'
            f'"resultTime":{shown},"result":{result},'
            f'"{parent}@iot.navigationLink":{own}/{parent}",'
            f'"FeatureOfInterest@iot.navigationLink":{own}/FeatureOfInterest"}}'
        )
    return ",".join(written)


def quoted(micros: int) -> str:
    """A time as JSON."""
    minute, rest = divmod(micros, MINUTE)
    second, part = divmod(rest, SECOND)
    if part:
        return f'"{format_instant(micros)}"'
    text = _minutes.get(minute)
    if text is None:
        if len(_minutes) > MOST_MINUTES:
            _minutes.clear()
        text = _minutes[minute] = f'"{format_instant(minute * MINUTE)[:-3]}'
    return text + _SECONDS[second]


def write_scalar(kind: int, number: float | None) -> str:
    """A result that is kept without its text, as JSON."""
    if kind == 0 and number is not None:
        whole = int(number)
        if whole == number and -LARGEST < whole < LARGEST:
            return str(whole)
        text = repr(number)
        return _encode(number).decode() if "e" in text else text
    if kind == 2:
        return "true" if number else "false"
    return "null"
