"""The span of time a page looks at, from its address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext

from hereabouts.design.api import day, day_and_time
from hereabouts.sensing.domain.looking import DAY, HOUR, SPAN_NAMES, SPANS, Span
from hereabouts.sensing.queries.current import EPOCH, StreamNow
from hereabouts.sensing.web.readers import asked

LEAST = HOUR
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""Times that charts reach; clocks of devices may tell any others."""


@dataclass(frozen=True)
class Looked:
    """From when until when, in microseconds; `span` None for dates of one's own."""

    since: int
    until: int
    span: Span | None
    first: str = ""
    last: str = ""
    is_bad: bool = False

    @property
    def query(self) -> str:
        """The same in an address."""
        if self.span is None:
            return f"?{urlencode({'from': self.first, 'to': self.last})}"
        return f"?{urlencode({'span': self.span.value})}"

    @property
    def name(self) -> str:
        """What it is called."""
        if self.span is not None:
            return gettext(SPAN_NAMES[self.span])
        return gettext("%(first)s to %(last)s") % {
            "first": day(date.fromisoformat(self.first)),
            "last": day(date.fromisoformat(self.last)),
        }

    @property
    def words(self) -> str:
        """Its two ends in words."""
        return gettext("from %(start)s to %(end)s") % {
            "start": day_and_time(moment_of(self.since)),
            "end": day_and_time(moment_of(self.until)),
        }


def moment_of(micros: int) -> datetime:
    """A time of the store as an aware one."""
    return EPOCH + timedelta(microseconds=micros)


def micros_of(moment: datetime) -> int:
    """An aware time as the store has it."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def looked_at(request: HttpRequest, stream: StreamNow, now: datetime) -> Looked:
    """What the address asks for; a day's span where it asks for nothing that can be."""
    first, last = asked(request, "from", 10), asked(request, "to", 10)
    if first or last:
        found = _between(first, last, now)
        return found or Looked(*_back(DAY, now), Span.DAY, first, last, is_bad=True)
    text = asked(request, "span")
    span = Span(text) if text in set(Span) else _first_span(stream, now)
    if span is Span.ALL:
        return Looked(*_whole(stream, now), span)
    return Looked(*_back(SPANS[span], now), span)


def _first_span(stream: StreamNow, now: datetime) -> Span:
    """A day, or where nothing came in the last day the shortest span with a reading."""
    if stream.at is None:
        return Span.DAY
    age = micros_of(now) - micros_of(stream.at)
    return next((span for span, length in SPANS.items() if age < length), Span.ALL)


def _back(length: int, now: datetime) -> tuple[int, int]:
    return micros_of(now) - length, micros_of(now)


def _whole(stream: StreamNow, now: datetime) -> tuple[int, int]:
    if stream.first_at is None or stream.at is None:
        return _back(DAY, now)
    since = max(micros_of(stream.first_at), micros_of(EARLIEST))
    until = min(micros_of(stream.at) + 1, micros_of(LATEST))
    return since, max(until, since + LEAST)


def _between(first: str, last: str, now: datetime) -> Looked | None:
    try:
        begin = date.fromisoformat(first or last)
        end = date.fromisoformat(last) if last else timezone.localtime(now).date()
    except ValueError:
        return None
    if end < begin or begin.year < EARLIEST.year or end.year >= LATEST.year:
        return None
    zone = timezone.get_current_timezone()
    since = timezone.make_aware(datetime.combine(begin, time()), zone)
    until = timezone.make_aware(datetime.combine(end + timedelta(days=1), time()), zone)
    return Looked(micros_of(since), micros_of(until), None, begin.isoformat(), end.isoformat())
