"""Reads street numbers (USRN), as lines or by the properties on them, and gives them to streets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import shapely

from hereabouts.kernel.geometry import Box
from hereabouts.places.adapters.assets_sources import is_layer
from hereabouts.places.adapters.layers import Wish, in_degrees, read_layer
from hereabouts.places.adapters.projection import named_system
from hereabouts.places.adapters.tabular import Table, read_tables
from hereabouts.places.domain.batch import Amendment, Batch, Findings, Say
from hereabouts.places.domain.columns import find_column
from hereabouts.places.domain.kinds import Kind
from hereabouts.places.domain.records import Finding, Identifiers
from hereabouts.places.domain.usrn_matching import Run, Shapes, chief_of, match_lines
from hereabouts.places.errors import FieldMissing, NothingToAttachTo, NothingToImport
from hereabouts.places.queries.standing import StandingStreet, list_streets, street_of_each_uprn

SCHEME = "usrn"
BY_LINE, BY_PROPERTY = "os-open-usrn", "os-linked-identifiers"
OURS = (BY_LINE, BY_PROPERTY)
EXPECTED = "a layer of streets or a table that links UPRNs with USRNs"
ATTRIBUTION = "Contains OS data © Crown copyright and database right."
FIELDS = ("usrn", "street_usrn")
UPRN = ("identifier_1", "uprn", "identifier1")
USRN = ("identifier_2", "usrn", "identifier2")
LONGEST = 8
MARGIN_M = 100.0
LINES = (1, 5)
MOST_VOTES = 0.6
FEWEST_VOTES = 2
STEP = "Finding the street of each number"


def read_usrns(path: Path, say: Say, options: Mapping[str, object]) -> Batch:
    """Read OS Open USRN (a layer of lines) or OS linked identifiers (a table of UPRN and USRN).

    A street takes the number whose line runs along most of it, or that most of its properties name;
    all numbers along it become identifiers. A number the street has already stays.
    Raises: NothingToAttachTo, FieldMissing and the refusals of unpacking.
    """
    streets = list(list_streets(SCHEME, OURS))
    if not streets:
        raise NothingToAttachTo(features="streets")
    findings = Findings()
    if is_layer(path):
        source = BY_LINE
        amendments = _by_line(path, streets, (findings, say), options)
    else:
        source = BY_PROPERTY
        amendments = _by_property(path, streets, findings, say)
    return Batch(
        source=source,
        amendments={Kind.STREET: amendments},
        findings=findings,
        attribution=ATTRIBUTION,
    )


# --- by line ----------------------------------------------------------------------------------


def _by_line(
    path: Path,
    streets: Sequence[StandingStreet],
    told: tuple[Findings, Say],
    options: Mapping[str, object],
) -> list[Amendment]:
    findings, say = told
    shapes: Shapes = np.array(shapely.from_wkb([one.geometry for one in streets]), dtype=object)
    west, south, east, north = shapely.total_bounds(shapes)
    box = Box(west, south, east, north).grown_m(MARGIN_M)
    layer = read_layer(path, findings, Wish(box=box))
    at = find_column(layer.fields, FIELDS)
    if at is None:
        found = ", ".join(layer.fields) or "none"
        raise FieldMissing(name=path.name, field="usrn", found=found)
    system = str(options.get("crs") or "")
    lines = in_degrees(layer, findings, named_system(system) if system else "")
    numbers = [_number(layer.text(layer.fields[at], place)) for place in range(len(lines))]
    usable = _usable(lines, numbers, layer.name, findings)
    say(STEP, 0.0)
    runs = match_lines(lines[usable], shapes)
    say(STEP, 1.0)
    by_street: dict[int, list[Run]] = {}
    for run in runs:
        by_street.setdefault(run.street, []).append(run)
    names = [numbers[place] for place in usable.tolist()]
    return [
        _amendment(streets[street], along, names, findings)
        for street, along in sorted(by_street.items())
    ]


def _usable(
    lines: Shapes, numbers: Sequence[str], name: str, findings: Findings
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Places of features with a number and a line; the others are findings."""
    is_line = np.isin(shapely.get_type_id(lines), LINES) & ~shapely.is_empty(lines)
    has_number = np.array([bool(number) for number in numbers], dtype=bool)
    for place in np.flatnonzero(~is_line | ~has_number).tolist():
        code = "usrn.malformed" if is_line[place] else "usrn.not_a_line"
        findings.add(Finding(code, f"{name}, feature {place + 1}", SCHEME, numbers[place]))
    return np.flatnonzero(is_line & has_number).astype(np.int64)


def _amendment(
    street: StandingStreet, runs: Sequence[Run], names: Sequence[str], findings: Findings
) -> Amendment:
    numbers = sorted({names[run.line] for run in runs}, key=int)
    chief = chief_of(runs)
    chosen = names[chief.line] if chief else ""
    if street.usrn and street.usrn not in numbers:
        findings.add(Finding("usrn.disagrees", street.name, SCHEME, f"{street.usrn}, {chosen}"))
    return Amendment(
        feature_id=street.id,
        columns={SCHEME: street.usrn or chosen},
        identifiers=_new(street, numbers),
    )


# --- by property ------------------------------------------------------------------------------


def _by_property(
    path: Path, streets: Sequence[StandingStreet], findings: Findings, say: Say
) -> list[Amendment]:
    street_of = street_of_each_uprn()
    if not street_of:
        raise NothingToAttachTo(features="UPRNs on streets")
    votes: dict[int, Counter[str]] = {}
    rows = 0
    for table in read_tables(path, findings, say, EXPECTED):
        rows += _count_votes(table, street_of, votes)
    if not rows:
        raise NothingToImport(name=path.name)
    return [
        _elected(street, votes[street.id], findings) for street in streets if street.id in votes
    ]


def _count_votes(table: Table, street_of: Mapping[str, int], votes: dict[int, Counter[str]]) -> int:
    """Count each property's street number for the street it stands on; how many rows were links."""
    uprn, usrn = table.place_of("the UPRN", *UPRN), table.place_of("the USRN", *USRN)
    links = 0
    for number, cells in table.rows():
        of_property, of_street = cells[uprn].strip().lstrip("0"), _number(cells[usrn])
        if not of_property.isdecimal() or not of_street:
            table.note(number, "usrn.malformed", SCHEME, f"{cells[uprn]}, {cells[usrn]}")
            continue
        links += 1
        street = street_of.get(of_property)
        if street is not None:
            votes.setdefault(street, Counter())[of_street] += 1
    return links


def _elected(street: StandingStreet, votes: Counter[str], findings: Findings) -> Amendment:
    chosen, count = max(votes.items(), key=lambda vote: (vote[1], -int(vote[0])))
    total = votes.total()
    is_clear = count >= MOST_VOTES * total and (count >= FEWEST_VOTES or total == 1)
    if not is_clear:
        findings.add(Finding("usrn.unclear", street.name, SCHEME, _shown(votes.most_common(5))))
    elif street.usrn and street.usrn != chosen:
        findings.add(Finding("usrn.disagrees", street.name, SCHEME, f"{street.usrn}, {chosen}"))
    return Amendment(
        feature_id=street.id,
        columns={SCHEME: street.usrn or (chosen if is_clear else "")},
        identifiers=_new(street, [chosen] if is_clear else []),
    )


def _new(street: StandingStreet, numbers: Iterable[str]) -> Identifiers:
    """Numbers as identifiers, without the one that the street's own source told."""
    return tuple((SCHEME, number) for number in numbers if number not in street.told)


def _shown(votes: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{number} ({count})" for number, count in votes)


def _number(text: str) -> str:
    """A street number without leading noughts, or nothing where it is none."""
    number = text.strip().removesuffix(".0").lstrip("0")
    return number if number.isdecimal() and len(number) <= LONGEST else ""
