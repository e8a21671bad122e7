"""What both row stores share about runs: numbers of one stream as columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hereabouts.sensing.adapters.store.rows import StateRow
from hereabouts.sensing.domain.observations import ResultKind, Run, StoredRun

KIND = int(ResultKind.NUMBER)


def state_of(run: Run, first_id: int, received: int) -> StateRow:
    """What a run changes in what is known of its stream."""
    started, times = run.started, run.result_times
    most, count = max(started), len(started)
    # The latest is the one with the greatest id among those of the greatest time.
    last = count - 1 if started[-1] == most else count - 1 - started[::-1].index(most)
    return (
        run.stream_id,
        count,
        min(started),
        most,
        min(times) if times else None,
        max(times) if times else None,
        received,
        first_id + last,
        most,
        None,
        run.numbers[last],
        run.texts.get(last),
        KIND,
        run.quality if isinstance(run.quality, int) else run.quality[last],
    )


def number_runs(runs: Iterable[Run], first_id: int) -> list[StoredRun]:
    """Consecutive ids, run after run."""
    found = []
    for run in runs:
        found.append(StoredRun(first_id, run.stream_id, len(run)))
        first_id += len(run)
    return found


def features_of(runs: Sequence[Run]) -> list[tuple[int, int, int]]:
    """Stream, feature and number of the runs that have a feature of their own, in order."""
    found: dict[tuple[int, int], int] = {}
    for run in runs:
        if run.feature_id is not None:
            pair = (run.stream_id, run.feature_id)
            found[pair] = found.get(pair, 0) + len(run)
    return sorted((*pair, count) for pair, count in found.items())


def spread_texts(run: Run) -> list[str | None]:
    """The kept text of every row."""
    texts: list[str | None] = [None] * len(run)
    for place, text in run.texts.items():
        texts[place] = text
    return texts
