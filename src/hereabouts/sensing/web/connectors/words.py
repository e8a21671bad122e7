"""What pages say of connectors, their runs and what a dry run found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext, ngettext

from hereabouts.design.api import day_and_time, number, percent
from hereabouts.sensing.adapters.connectors.preview import Preview, PreviewRow
from hereabouts.sensing.domain.connectors.grading import (
    PART_NAMES,
    PART_SENTENCES,
    Grade,
    Part,
)
from hereabouts.sensing.domain.connectors.records import PROBLEM_NAMES, Problem
from hereabouts.sensing.domain.connectors.states import (
    OUTCOME_NAMES,
    PHASE_NAMES,
    STATE_NAMES,
    Outcome,
    State,
)
from hereabouts.sensing.domain.connectors.times import to_moment
from hereabouts.sensing.queries.connectors import ConnectorCard, RunCard

STATE_SHAPES = {State.DRAFT: "neutral", State.ON: "good", State.PAUSED: "attention"}
OUTCOME_SHAPES = {
    Outcome.STORED: "good",
    Outcome.UNCHANGED: "neutral",
    Outcome.FAILED: "problem",
}
GRADE_SHAPES = {"A": "good", "B": "good", "C": "attention", "D": "attention", "E": "problem"}


def row_of(card: ConnectorCard) -> dict[str, object]:
    """A connector in the list."""
    failing = card.state is State.ON and card.failures > 0
    state = gettext(STATE_NAMES[card.state])
    return {
        "uid": card.uid,
        "name": card.name,
        "kind": gettext(card.manifest.title),
        "state": gettext("Failing") if failing else state,
        "shape": "problem" if failing else STATE_SHAPES[card.state],
        "grade": card.grade.letter if card.grade else "",
        "grade_shape": GRADE_SHAPES[card.grade.letter] if card.grade else "neutral",
        "streams": card.streams,
        "last_run": card.last_run,
        "next_due": card.next_due,
    }


def interval_words(seconds: int) -> str:
    """How often something is asked."""
    if seconds % 86_400 == 0:
        count = seconds // 86_400
        return ngettext("every day", "every %(count)s days", count) % {"count": number(count)}
    if seconds % 3_600 == 0:
        count = seconds // 3_600
        return ngettext("every hour", "every %(count)s hours", count) % {"count": number(count)}
    count = -(-seconds // 60)
    return ngettext("every minute", "every %(count)s minutes", count) % {"count": number(count)}


def option_rows(card: ConnectorCard) -> list[tuple[str, str]]:
    """What is set, in words; what is empty or zero is left out."""
    rows = []
    for option in card.manifest.options:
        value = card.options.get(option.name, "")
        if value and value != "0":
            shown = option.choices.get(value, "; ".join(value.splitlines()))
            rows.append((gettext(option.title), gettext(shown) if option.choices else shown))
    if card.header:
        rows.append((gettext("Header with a secret"), card.header))
    return rows


def progress_words(card: ConnectorCard) -> str:
    """Where the run stands, or an empty text."""
    if card.progress is None:
        return ""
    phase = gettext(PHASE_NAMES[card.progress.phase])
    if not card.progress.total:
        return phase
    done, total = number(card.progress.done), number(card.progress.total)
    return gettext("%(phase)s: %(done)s of %(total)s") % {
        "phase": phase,
        "done": done,
        "total": total,
    }


def grade_rows(grade: Grade | None) -> list[dict[str, str]]:
    """The parts of a grade, each with its share and its sentence."""
    if grade is None:
        return []
    rows = []
    for part in Part:
        tally = grade.parts.get(part)
        if tally is None or tally.share is None:
            continue
        sentence = gettext(PART_SENTENCES[part])
        rows.append(
            {
                "name": gettext(PART_NAMES[part]),
                "share": percent(tally.share),
                "sentence": sentence.format(good=number(tally.good), of=number(tally.of)),
            }
        )
    return rows


def run_row(run: RunCard) -> dict[str, object]:
    """A run in the history."""
    return {
        "started": run.started,
        "outcome": gettext(OUTCOME_NAMES[run.outcome]),
        "shape": OUTCOME_SHAPES[run.outcome],
        "reason": run.reason,
        "rows": run.rows,
        "added": run.added,
        "again": max(0, run.readings - run.added - run.refused),
        "bad": run.bad_rows,
        "grade": run.grade,
        "messages": run.messages if run.is_pushed else 0,
    }


def problem_rows(problems: Iterable[Problem]) -> list[dict[str, str]]:
    """Problems in words."""
    return [
        {
            "what": gettext(PROBLEM_NAMES.get(problem.code, problem.code)),
            "where": problem.where,
            "value": ": ".join(part for part in (problem.field, problem.value) if part),
            "mended": gettext("Used all the same") if problem.is_mended else gettext("Left out"),
        }
        for problem in problems
    ]


def count_rows(counts: Mapping[str, int]) -> list[tuple[str, str]]:
    """How many problems of which sort, the most first."""
    by_count = sorted(counts.items(), key=lambda pair: -pair[1])
    return [(gettext(PROBLEM_NAMES.get(code, code)), number(count)) for code, count in by_count]


def preview_context(found: Preview) -> dict[str, object]:
    """What the page of a dry run shows."""
    return {
        "found": found,
        "rows": [_reading_row(row) for row in found.rows],
        "stations": [
            (station.name, f"{station.lat:.5f}, {station.lon:.5f}")
            if station.lat is not None and station.lon is not None
            else (station.name, gettext("not on the map"))
            for station in found.stations
        ],
        "series": [
            (series.station, series.name or series.observed.name, series.unit.symbol or "–")
            for series in found.series
        ],
        "problems": problem_rows(found.problems),
        "problem_counts": count_rows(found.problem_counts),
        "grade_rows": grade_rows(found.grade),
    }


def _reading_row(row: PreviewRow) -> tuple[str, str, str, str]:
    value = row.reading.value
    shown = f"{value:g}" if isinstance(value, float) else str(value)
    unit = row.series.unit.symbol
    return (
        row.station.name,
        row.series.name or row.series.observed.name,
        day_and_time(to_moment(row.reading.started)),
        f"{shown} {unit}".strip(),
    )
