"""Runs a connector: claimed, fetched, read, made, stored, and only then followed further.

A run may be killed at any point. What it stored is found again by its stream, time and result, and
not added twice; what it did not store is fetched again, because the validators and the time from
which the feed is followed are written last.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

import msgspec
from django.conf import settings

from hereabouts.kernel.refusals import Refusal
from hereabouts.kernel.time import Clock, now
from hereabouts.sensing.actions.connectors.entities import ensure_entities
from hereabouts.sensing.actions.connectors.runs import (
    claim_run,
    fail_run,
    finish_run,
    note_progress,
)
from hereabouts.sensing.actions.connectors.storing import Writes, find_newest, store_readings
from hereabouts.sensing.adapters.connectors.fetching import Fetched, Fetcher, Wanted
from hereabouts.sensing.adapters.connectors.hosts import HostRules
from hereabouts.sensing.domain.connectors.grading import Judged, judge_run
from hereabouts.sensing.domain.connectors.manifest import Manifest
from hereabouts.sensing.domain.connectors.readers import READERS
from hereabouts.sensing.domain.connectors.reading import (
    Asked,
    Reader,
    Step,
    UnreadableFeedError,
)
from hereabouts.sensing.domain.connectors.records import (
    Documents,
    Gathered,
    Page,
    Problem,
)
from hereabouts.sensing.domain.connectors.states import (
    Claimed,
    Counts,
    Held,
    Outcome,
    Phase,
    RunResult,
)
from hereabouts.sensing.domain.connectors.times import HOUR, SECOND, to_micros
from hereabouts.sensing.errors.connectors import FeedUnreadable
from hereabouts.sensing.queries.connectors import (
    feed_words,
    get_manifest,
    known_stations,
    periods_of,
)

log = logging.getLogger(__name__)

MOST_PAGES = 200
"""Pages of one feed in one run; what is beyond is said in the run's problems."""


@dataclass(frozen=True)
class Collected:
    """What was fetched; `held` is what to keep of it once it is stored."""

    documents: Documents
    held: Mapping[str, Held]
    size: int
    is_unchanged: bool


def usual_fetcher() -> Fetcher:
    """The fetcher of this installation's settings."""
    contact = settings.CONNECTOR_CONTACT
    return Fetcher(HostRules(settings.CONNECTOR_HOSTS), f"Hereabouts/0.1 (+{contact})")


def run_connector(
    uid: str, *, fetcher: Fetcher, ingest: Writes, clock: Clock = now
) -> RunResult | Refusal:
    """Run a connector once: what came of it, or why it failed; both are written down.

    Raises: NoSuchConnector, ConnectorPaused, ConnectorBusy where it is not to run.
    """
    claimed = claim_run(uid, clock=clock)
    try:
        result = _run(claimed, fetcher, ingest, clock)
    except Refusal as refusal:
        retry_after_s = getattr(refusal, "retry_after_s", None)
        fail_run(claimed, refusal, retry_after_s=retry_after_s, clock=clock)
        log.warning("connector_failed connector=%s code=%s", uid, refusal.code)
        return refusal
    finish_run(claimed, result, clock=clock)
    log.info("connector_ran connector=%s added=%d", uid, result.counts.added)
    return result


def _run(claimed: Claimed, fetcher: Fetcher, ingest: Writes, clock: Clock) -> RunResult:
    manifest = get_manifest(claimed.kind)
    reader = READERS[manifest.reader]
    moment = clock()
    asked = asked_of(claimed, moment)
    say = partial(note_progress, claimed, clock=clock)
    collected = collect(claimed, reader.steps(asked), fetcher, moment)
    if collected.is_unchanged:
        return RunResult(Outcome.UNCHANGED, Counts(size=collected.size), held=collected.held)
    say(Phase.READING)
    gathered = read_feed(reader, collected.documents, asked)
    say(Phase.MAKING, 0, len(gathered.series))
    result = take_in(
        claimed.id, manifest, gathered, Taking(ingest, moment, partial(say, Phase.STORING))
    )
    return replace(
        result,
        counts=replace(result.counts, size=collected.size),
        held=_complete(claimed, gathered, collected.held),
    )


def asked_of(claimed: Claimed, moment: datetime) -> Asked:
    """What the reader of a connector works with."""
    return Asked(
        claimed.options,
        feed_words(),
        moment,
        claimed.name,
        claimed.newest,
        known_stations(claimed.id),
    )


def _complete(claimed: Claimed, gathered: Gathered, held: Mapping[str, Held]) -> Mapping[str, Held]:
    """What to keep of the steps; with an unknown station, those left out are due next time."""
    if "station_unknown" not in gathered.problem_counts:
        return held
    return {**held, **{name: Held() for name in claimed.held if name not in held}}


def read_feed(reader: Reader, documents: Documents, asked: Asked) -> Gathered:
    """What the answers say. Raises: FeedUnreadable."""
    try:
        return reader.read(documents, asked)
    except UnreadableFeedError as fault:
        raise FeedUnreadable(reason=str(fault)[:200]) from fault


def collect(claimed: Claimed, steps: list[Step], fetcher: Fetcher, moment: datetime) -> Collected:
    """Fetch the steps that are due; of each only what is new. Raises: as `Fetcher.fetch`."""
    documents: dict[str, list[Page]] = {}
    held: dict[str, Held] = {}
    size = 0
    at = to_micros(moment)
    for step in steps:
        known = claimed.held.get(step.name, Held())
        if step.every_s and known.at + step.every_s * SECOND > at:
            continue
        is_whole = step.always or bool(step.page_size)
        pages = _fetch_step(claimed, step, fetcher, None if is_whole else known)
        size += sum(page.sent_bytes for page in pages)
        last = pages[-1]
        held[step.name] = Held() if is_whole else Held(last.etag, last.modified, at)
        if not last.is_unchanged:
            documents[step.name] = [Page(page.body, page.media_type) for page in pages]
    return Collected(documents, held, size, is_unchanged=not documents)


def _fetch_step(claimed: Claimed, step: Step, fetcher: Fetcher, held: Held | None) -> list[Fetched]:
    if not step.page_size:
        return [fetcher.fetch(_wanted(claimed, step, step.url, held))]
    pages: list[Fetched] = []
    mark = "&" if "?" in step.url else "?"
    for nth in range(MOST_PAGES):
        offset = nth * step.page_size
        limit, skip = step.page_names
        url = f"{step.url}{mark}{limit}={step.page_size}&{skip}={offset}"
        page = fetcher.fetch(_wanted(claimed, step, url, None))
        pages.append(page)
        if _count_items(page.body) < step.page_size:
            break
    return pages


def _count_items(body: bytes) -> int:
    """How many items a page has; none where it is no list, so that paging ends."""
    try:
        found = msgspec.json.decode(body, type=list[msgspec.Raw] | _Items)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return 0
    return len(found.items if isinstance(found, _Items) else found)


class _Items(msgspec.Struct):
    """An object with the list of items."""

    items: list[msgspec.Raw] = []


def _wanted(claimed: Claimed, step: Step, url: str, held: Held | None) -> Wanted:
    return Wanted(url, step.headers, held, claimed.header, claimed.secret)


@dataclass(frozen=True)
class Taking:
    """What taking a feed in needs beside the feed."""

    ingest: Writes
    moment: datetime
    say: Callable[[int, int], None] = lambda done, total: None


def take_in(connector_id: int, manifest: Manifest, gathered: Gathered, taking: Taking) -> RunResult:
    """Make what is missing, store the readings, and judge the run; `held` is the caller's.

    Raises: IngestFull; StoreAway.
    """
    links = ensure_entities(connector_id, manifest, gathered)
    before = find_newest(links)
    told = store_readings(gathered, links, taking.ingest, taking.say)
    counts = dict(gathered.problem_counts)
    for problem in told.problems:
        counts[problem.code] = counts.get(problem.code, 0) + 1
    moment = to_micros(taking.moment)
    parts = judge_run(
        gathered,
        periods_of(connector_id),
        Judged(
            moment,
            manifest.grade.late_after,
            before,
            told.flagged,
            told.added,
            links.placed,
            links.stations,
        ),
    )
    newest = told.newest
    return RunResult(
        Outcome.STORED,
        Counts(
            rows=gathered.rows,
            bad_rows=gathered.bad_rows,
            readings=len(gathered.readings),
            added=told.added,
            refused=told.refused,
            flagged=told.flagged,
            things=links.things_made,
            streams=links.streams_made,
        ),
        (*gathered.problems, *told.problems),
        counts,
        parts,
        # A clock ahead of ours would have us miss what comes until then.
        newest=None if newest is None else min(newest, moment + HOUR),
    )


def problems_of(gathered: Gathered) -> list[Problem]:
    """A feed's problems, those that cost a reading first."""
    return sorted(gathered.problems, key=lambda problem: problem.is_mended)
