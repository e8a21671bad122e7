"""`/sensors/12/34`: a stream as a chart and a table, its quality, where it comes from, as data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from hereabouts.design.api import day_and_time, number, render_page
from hereabouts.kernel.access import Actor, public
from hereabouts.kernel.time import now
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.domain.looking import SECOND, SPAN_NAMES, Span, Usual
from hereabouts.sensing.domain.observations import ResultKind
from hereabouts.sensing.domain.quality import RULES, SettingsUnreadableError, read_settings
from hereabouts.sensing.errors import NoSuchSensor
from hereabouts.sensing.queries.current import StreamNow, find_stream_now
from hereabouts.sensing.queries.decoders import current_library
from hereabouts.sensing.queries.sensor import (
    Provenance,
    ThingView,
    ThresholdView,
    find_provenance,
    find_thing,
    list_findings_of_stream,
    list_thresholds,
)
from hereabouts.sensing.queries.series import Series, read_series, usual_of_stream
from hereabouts.sensing.web import words
from hereabouts.sensing.web.drawing.charts import Chart, chart
from hereabouts.sensing.web.forms import ThresholdForm
from hereabouts.sensing.web.pages.spans import Looked, looked_at, micros_of, moment_of
from hereabouts.sensing.web.pages.thing import finding_row
from hereabouts.sensing.web.panel import live_address
from hereabouts.sensing.web.readers import MANAGE, level_for, reader_of

ROWS_A_FILE = 10_000
"""As many rows as one answer of the SensorThings service holds."""
MOST_FILES = 20
LARGEST_ID = 2**62


@public
@require_safe
def stream(request: HttpRequest, thing_id: int, stream_id: int) -> HttpResponse:
    """A stream."""
    return show(request, thing_id, stream_id, None)


def show(
    request: HttpRequest, thing_id: int, stream_id: int, form: ThresholdForm | None
) -> HttpResponse:
    """The page, with a form for a new level where the reader may watch levels."""
    reader = reader_of(request)
    thing, one = get_stream(reader, thing_id, stream_id)
    moment = now()
    looked = looked_at(request, one, moment)
    series = read_series(one.id, looked.since, looked.until)
    usual = usual_of_stream(one, micros_of(moment))
    is_open = one.data_class is DataClass.OPEN
    may_watch = reader.may(MANAGE) and one.kind in (None, ResultKind.NUMBER) and not one.is_multi
    thresholds = list_thresholds([one.id]) if may_watch else []
    context = {
        "thing": thing,
        "now": one,
        "value": words.value_text(one),
        "flags": words.flag_names(one.quality),
        "usual": words.usual_text(one.number, usual),
        "usual_range": words.usual_range(usual, one.unit),
        "looked": looked,
        "spans": [(span.value, gettext(SPAN_NAMES[span]), span is looked.span) for span in Span],
        "chart": _chart(
            one, series, looked, usual=usual, levels=[each.value for each in thresholds]
        ),
        "step": words.span_text(timedelta(microseconds=series.width)) if series.width else "",
        "rows": _table(series, one),
        "series": series,
        "marked": [(_title(flag), number(count)) for flag, count in sorted(series.flags.items())],
        "rules": _rules(one.id),
        "provenance": _provenance(one),
        "findings": [finding_row(f) for f in list_findings_of_stream(one.id, level=level_of(one))],
        "files": _files(one, looked, series.count),
        "sta": f"/sta/v1.1/{_set(one)}({one.id})",
        "is_open": is_open,
        "live": live_address([one.id]) if is_open else "",
        "may_watch": may_watch,
        "thresholds": [_level_row(each, one.unit) for each in thresholds],
        "form": form or (ThresholdForm() if may_watch else None),
    }
    return render_page(request, "sensing/stream.html", context)


def _level_row(level: ThresholdView, unit: str) -> dict[str, object]:
    return {
        "uid": level.uid,
        "name": level.name,
        "comparison": level.comparison,
        "text": words.with_unit(level.value, unit),
        "margin": words.with_unit(level.margin, unit) if level.margin else "",
        "minutes": level.sustained_s // 60,
    }


def level_of(one: StreamNow) -> DataClass:
    """The class up to which things about a stream may be said beside it: its own."""
    return one.data_class


def get_stream(reader: Actor, thing_id: int, stream_id: int) -> tuple[ThingView, StreamNow]:
    """A stream and its Thing. Raises: NoSuchSensor."""
    level = level_for(reader)
    if max(thing_id, stream_id) > LARGEST_ID:
        raise NoSuchSensor
    thing = find_thing(thing_id, level=level)
    one = find_stream_now(stream_id, level=level)
    if thing is None or one is None or one.thing_id != thing_id:
        raise NoSuchSensor
    return thing, one


def _chart(
    one: StreamNow,
    series: Series,
    looked: Looked,
    *,
    usual: Usual | None,
    levels: Sequence[float],
) -> str:
    if not series.spots:
        return ""
    low = min(spot.least for spot in series.spots)
    high = max(spot.most for spot in series.spots)
    label = gettext(
        "%(name)s %(span)s: from %(low)s to %(high)s. The table below has every value."
    ) % {
        "name": one.name,
        "span": looked.words,
        "low": words.figure(low),
        "high": words.with_unit(high, one.unit),
    }
    return chart(
        Chart(
            since=looked.since,
            until=looked.until,
            width=series.width,
            spots=series.spots,
            label=label,
            unit=one.unit,
            levels=levels,
            usual=(usual.low, usual.high) if usual else None,
        )
    )


def _table(series: Series, one: StreamNow) -> list[tuple[str, ...]]:
    """Rows of the table behind the chart, the newest first."""
    if series.width:
        return [
            (
                day_and_time(moment_of(spot.start)),
                words.figure(spot.mean),
                words.figure(spot.least),
                words.figure(spot.most),
                number(spot.count),
            )
            for spot in reversed(series.spots)
        ]
    return [
        (
            day_and_time(moment_of(row.started)),
            words.reading_text(row.kind, row.number, row.result, one.unit),
            ", ".join(words.flag_names(row.quality)),
        )
        for row in reversed(series.rows)
    ]


def _title(flag: int) -> str:
    return ", ".join(words.flag_names(flag))


def _rules(stream_id: int) -> list[dict[str, str]]:
    """Every registered rule with its version, and how it is set for the stream."""
    provenance = find_provenance(stream_id)
    try:
        settings = read_settings(provenance.rules if provenance else "")
    except SettingsUnreadableError:
        settings = None
    found = []
    for rule in RULES:
        values = getattr(settings, rule.name, None) if settings else None
        told = [
            f"{gettext(meaning)}: {words.figure(getattr(values, name))}"
            for name, meaning in rule.settings.items()
            if values is not None and getattr(values, name) is not None
        ]
        is_used = not rule.settings or values is not None
        found.append(
            {
                "title": gettext(rule.title),
                "version": str(rule.version),
                "description": gettext(rule.description),
                "set": "; ".join(told)
                or (gettext("Always judged") if is_used else gettext("Not set for this stream")),
            }
        )
    return found


def _provenance(one: StreamNow) -> list[tuple[str, str]]:
    """Where readings come from: the sensor, its device, its decoder, and how they are received."""
    found = find_provenance(one.id)
    if found is None:
        return []
    rows = [
        (gettext("Sensor"), found.sensor_name),
        (gettext("What it is"), found.sensor_description),
        (gettext("What the stream is"), found.description),
        (gettext("Definition of the property"), one.definition),
    ]
    if found.device:
        rows += _device_rows(found)
    elif found.feed:
        told = gettext("From the feed “%(feed)s”") % {"feed": found.feed}
        rows += [(gettext("Received"), told), (gettext("Publisher"), found.feed_owner)]
    else:
        rows.append(
            (gettext("Received"), gettext("Through SensorThings, from a program that holds a key"))
        )
    if one.received_at is not None:
        rows.append((gettext("Last received"), day_and_time(one.received_at)))
    rows.append((gettext("Observations kept"), number(one.count)))
    if found.kept_days is not None:
        rows.append((gettext("Readings are kept for"), words.days_text(found.kept_days)))
    return [(name, value) for name, value in rows if value]


def _device_rows(found: Provenance) -> list[tuple[str, str]]:
    library = current_library()
    decoder = library.find(found.decoder) if found.decoder else library.find_for_model(found.model)
    name = (
        gettext("%(title)s, version %(version)s")
        % {"title": decoder.title, "version": decoder.version}
        if decoder
        else found.decoder
    )
    return [
        (gettext("Received"), gettext("By LoRaWAN, through a network server")),
        (gettext("Reading of the device"), found.reading),
        (gettext("Decoder"), name),
    ]


def _set(one: StreamNow) -> str:
    return "MultiDatastreams" if one.is_multi else "Datastreams"


def _files(one: StreamNow, looked: Looked, count: int) -> list[tuple[str, str]]:
    """The span as CSV and JSON, through the SensorThings service's own addresses."""
    span = f"phenomenonTime ge {_iso(looked.since)} and phenomenonTime lt {_iso(looked.until)}"
    base = (
        f"/sta/v1.1/{_set(one)}({one.id})/Observations?$filter={quote(span)}"
        f"&$orderby=phenomenonTime&$top={ROWS_A_FILE}"
    )
    parts = min(MOST_FILES, -(-count // ROWS_A_FILE))
    csv = [
        (
            gettext("CSV, part %(part)s") % {"part": part + 1} if parts > 1 else "CSV",
            f"{base}&$resultFormat=CSV" + (f"&$skip={part * ROWS_A_FILE}" if part else ""),
        )
        for part in range(max(1, parts))
    ]
    return [*csv, ("JSON", base)]


def _iso(micros: int) -> str:
    return moment_of(micros - micros % SECOND).strftime("%Y-%m-%dT%H:%M:%SZ")
