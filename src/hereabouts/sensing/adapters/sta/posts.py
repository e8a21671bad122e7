"""Single observations, taken on the event loop: the hottest way in.

A request is known by its path before anything is parsed, its body is decoded, its stream and its
sender are looked up in memory, and it waits for its group's commit without a thread. Whatever is
not as simple as that goes the ordinary way.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from hereabouts.kernel.refusals import Refusal
from hereabouts.sensing.actions.access import require_observe
from hereabouts.sensing.actions.ingest import Ingest
from hereabouts.sensing.adapters.observations import parse_observation
from hereabouts.sensing.adapters.sta.replies import JSON, MINIMAL, Reply
from hereabouts.sensing.adapters.sta.settings import PREFIX
from hereabouts.sensing.adapters.sta.streams import check_stream
from hereabouts.sensing.domain.grants import Grant
from hereabouts.sensing.domain.observations import NewObservation, Stored
from hereabouts.sensing.errors import NoSuchEntity
from hereabouts.sensing.queries.reading.observing import write_rows

Outcome: TypeAlias = Stored | Refusal

SET = f"{PREFIX}/Observations"
OF_STREAM = f"{PREFIX}/Datastreams("
OF_MULTI = f"{PREFIX}/MultiDatastreams("
BEHIND = ")/Observations"

_NUMBER = re.compile(r"[0-9]{1,18}")


class Target(NamedTuple):
    """Where an observation is posted to; a set of all has no stream and no kind."""

    stream_id: int | None
    is_multi: bool | None


def find_target(path: str) -> Target | None:
    """Where a POST to a path would put an observation; None for any other path."""
    if not path.endswith("/Observations"):
        return None
    if path == SET:
        return Target(None, None)
    for prefix, is_multi in ((OF_STREAM, False), (OF_MULTI, True)):
        if path.startswith(prefix) and path.endswith(BEHIND):
            number = path[len(prefix) : -len(BEHIND)]
            return Target(int(number), is_multi) if _NUMBER.fullmatch(number) else None
    return None


class Posts:
    """Takes single observations and answers after their commit."""

    def __init__(self, ingest: Ingest) -> None:
        self._ingest = ingest

    def read(self, body: bytes, target: Target, grant: Grant) -> NewObservation | None:
        """The observation in a body; None where the request has to go the ordinary way.

        Raises: BadObservation; CredentialsNeeded; NotPermitted.
        """
        row = parse_observation(body, target.stream_id, time.time_ns() // 1_000)
        stream = None if row is None else self._ingest.find_stream(row.stream_id)
        if row is None or stream is None or stream.data_class > grant.level:
            return None
        if target.is_multi is not None and target.is_multi is not stream.is_multi:
            return None
        require_observe(grant, row.stream_id, stream.thing_id)
        return row

    def write_blocking(self, body: bytes, target: Target, grant: Grant) -> Stored | None:
        """Commit an observation of a stream that memory does not know. Blocks.

        None where it has to go through the register. Raises: as `read` and `write`.
        """
        row = parse_observation(body, target.stream_id, time.time_ns() // 1_000)
        if row is None:
            return None
        try:
            check_stream(self._ingest, row.stream_id, grant, is_multi=target.is_multi)
        except NoSuchEntity:
            # The register knows whether the address or the body is wrong.
            return None
        outcome = self._ingest.write_blocking([row])[0]
        if isinstance(outcome, Refusal):
            raise outcome
        return outcome

    async def write(self, row: NewObservation) -> Stored:
        """Commit it with its group. Raises: IngestFull; StoreAway; BadObservation."""
        loop = asyncio.get_running_loop()
        told: asyncio.Future[Outcome] = loop.create_future()

        def done(outcomes: Sequence[Outcome]) -> None:
            if not told.done():
                told.set_result(outcomes[0])

        self._ingest.submit((row,), done, loop)
        outcome = await told
        if isinstance(outcome, Refusal):
            raise outcome
        return outcome

    def tell(
        self, row: NewObservation, stored: Stored, base: str, *, is_minimal: bool
    ) -> Reply | None:
        """What the sender is told: where it is, and what it is unless they prefer not to know.

        None where it has more to show than most.
        """
        location = (b"location", f"{base}/Observations({stored.id})".encode("ascii", "ignore"))
        if is_minimal:
            return Reply(201, b"", (location, MINIMAL))
        stream = self._ingest.find_stream(row.stream_id)
        has_more = row.result_quality or row.parameters or row.valid_start is not None
        if stream is None or has_more:
            return None
        times = (row.started, row.ended, row.result_time)
        columns = (stored.id, *times, row.kind, row.number, row.result, None, stream.is_multi)
        shown = write_rows((columns,), base)
        return None if shown is None else Reply(201, shown.encode(), (location, JSON))
