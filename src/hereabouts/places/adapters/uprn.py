"""Reads property numbers (UPRN) and gives them to the premises that the gazetteer holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import shapely

from hereabouts.kernel.geometry import Box
from hereabouts.places.adapters.projection import BRITISH_GRID, Places, box_in, to_degrees
from hereabouts.places.adapters.tabular import Table, read_tables
from hereabouts.places.adapters.tabular.positions import in_pieces
from hereabouts.places.domain.batch import Amendment, Batch, Findings, Say, Scope, say_nothing
from hereabouts.places.domain.columns import PlaceColumns
from hereabouts.places.domain.kinds import Kind
from hereabouts.places.domain.records import Finding, PremisesRecord
from hereabouts.places.domain.uprn_matching import Matching, Site, points_of
from hereabouts.places.errors import NothingToAttachTo
from hereabouts.places.queries.standing import (
    StandingPremises,
    codes_given_by,
    codes_of_others,
    land_of_areas,
    list_premises,
)

SOURCE = "os-open-uprn"
SCHEME = "uprn"
EXPECTED = "a table of UPRNs (CSV)"
ATTRIBUTION = "Contains OS data © Crown copyright and database right."
LONGEST = 12
MARGIN_M = 50.0
SAME_PLACE_M = 100.0
"""A number that a premises carries already stays with it when the register puts it this near."""

Found = tuple[str, float, float]
"""A number with its longitude and latitude."""


@dataclass
class _Register:
    """What has been read of the register so far, about the premises that are held."""

    premises: Sequence[StandingPremises]
    findings: Findings
    kept: dict[int, str] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    taken: set[str] = field(default_factory=set)
    extent: list[float] = field(default_factory=lambda: [180.0, 90.0, -180.0, -90.0])

    def __post_init__(self) -> None:
        """Index the premises by place and by the number they carry."""
        self.matching = Matching(
            [Site(one.id, one.lon, one.lat, one.outline) for one in self.premises]
        )
        self.known = {one.uprn: one for one in self.premises if one.uprn}
        given = codes_given_by(Kind.PREMISES, SOURCE, SCHEME)
        self.told = codes_of_others(Kind.PREMISES, SOURCE, SCHEME)
        self.given = {number: set(codes) for number, codes in given.items()}
        self.watched = {code for codes in given.values() for code in codes} | set(self.known)

    def take(self, piece: Sequence[Found]) -> None:
        """Note a piece of the register."""
        places = np.array([found[1:] for found in piece], dtype=np.float64).reshape(-1, 2)
        self._widen(places)
        free: dict[str, int] = {}
        for at, (uprn, lon, lat) in enumerate(piece):
            if uprn in self.watched:
                self.seen.add(uprn)
            if uprn in self.taken or uprn in free:
                self.findings.add(Finding("uprn.repeated", uprn))
            elif not self._stays(uprn, lon, lat):
                free[uprn] = at
        if free:
            at_site = self.matching.take(list(free), places[list(free.values())])
            self.taken.update(uprn for uprn, yes in zip(free, at_site, strict=True) if yes)

    def _widen(self, places: Places) -> None:
        if len(places):
            (west, south), (east, north) = places.min(axis=0), places.max(axis=0)
            now = self.extent
            self.extent = [
                min(now[0], west),
                min(now[1], south),
                max(now[2], east),
                max(now[3], north),
            ]

    def _stays(self, uprn: str, lon: float, lat: float) -> bool:
        """Whether a premises carries this number already and lies where the register says."""
        holder = self.known.get(uprn)
        if holder is None:
            return False
        if not _is_near(holder, lon, lat):
            self.findings.add(Finding("uprn.elsewhere", uprn, SCHEME, f"{lon:.5f}, {lat:.5f}"))
            return False
        self.kept[holder.id] = uprn
        self.taken.add(uprn)
        return True

    def amendments(self) -> list[Amendment]:
        """What the register adds to premises, and what it takes back."""
        numbers = {site: list(uprns) for site, uprns in self.matching.result(self.kept).items()}
        for site, uprn in self.kept.items():
            numbers[site] = [uprn, *(other for other in numbers.get(site, ()) if other != uprn)]
        for site in self.matching.overfull:
            self.findings.add(Finding("uprn.too_many_in_one_place", self.premises[site].uid))
        found = [
            self._amendment(one, numbers[one.id]) for one in self.premises if one.id in numbers
        ]
        bare = [one for one in self.premises if one.id not in numbers and self._has_lost(one)]
        return [
            *found,
            *(Amendment(feature_id=one.id, columns={SCHEME: ""}, identifiers=()) for one in bare),
        ]

    def _amendment(self, premises: StandingPremises, uprns: Sequence[str]) -> Amendment:
        told = self.told.get(premises.id, ())
        is_sure = len(uprns) == 1 or uprns[0] == self.kept.get(premises.id)
        return Amendment(
            feature_id=premises.id,
            columns={SCHEME: uprns[0] if is_sure else ""},
            identifiers=tuple((SCHEME, uprn) for uprn in uprns if uprn not in told),
        )

    def _has_lost(self, premises: StandingPremises) -> bool:
        """Whether the register gave it numbers before, covers its place, and now gives it none."""
        west, south, east, north = self.extent
        is_within = west <= premises.lon <= east and south <= premises.lat <= north
        given = self.given.get(premises.id)
        return bool(given) and is_within and (not premises.uprn or premises.uprn in (given or ()))


def read_uprns(path: Path, say: Say, options: Mapping[str, object]) -> Batch:
    """Read OS Open UPRN, of any size: what is remembered grows with the premises held.

    A number belongs to the building it lies in, shared out one to one among its addresses; several
    for one premises stay a list. With `create`, numbers that belong to none become premises of
    their own where areas, and premises, are held. Raises: NothingToAttachTo, ColumnMissing and
    the refusals of unpacking.
    """
    premises = list(list_premises(without_source=SOURCE))
    if not premises:
        raise NothingToAttachTo(features="premises")
    findings = Findings()
    register = _Register(premises, findings)
    box = _box_of(premises)
    for found in _read(path, box, findings, say):
        register.take(found)
    batch = Batch(
        source=SOURCE,
        amendments={Kind.PREMISES: register.amendments()},
        findings=findings,
        attribution=ATTRIBUTION,
    )
    if options.get("create"):
        batch.records = {Kind.PREMISES: _others(path, box, register.taken)}
        batch.scopes = {Kind.PREMISES: Scope()}
    return batch


def _box_of(premises: Sequence[StandingPremises]) -> Box:
    lons, lats = [one.lon for one in premises], [one.lat for one in premises]
    return Box(min(lons), min(lats), max(lons), max(lats)).grown_m(MARGIN_M)


def _read(path: Path, box: Box, findings: Findings, say: Say) -> Iterator[list[Found]]:
    for table in read_tables(path, findings, say, EXPECTED):
        code, columns = table.place_of("the UPRN", "uprn"), table.places()
        for piece in in_pieces(_within(table, code, columns, box)):
            yield _in_degrees(piece) if columns.is_projected else piece


def _within(table: Table, code: int, columns: PlaceColumns, box: Box) -> Iterator[Found]:
    """Rows inside the box, found as quickly as Python can: a register has forty million rows."""
    x, y = columns.x, columns.y
    west, south, east, north = box_in(box, BRITISH_GRID) if columns.is_projected else _sides(box)
    for number, cells in table.rows():
        try:
            across, up = float(cells[x]), float(cells[y])
        except ValueError:
            across = up = float("nan")
        if west <= across <= east and south <= up <= north:
            uprn = cells[code].strip().lstrip("0")
            if uprn.isdecimal() and len(uprn) <= LONGEST:
                yield uprn, across, up
            else:
                table.note(number, "uprn.malformed", table.columns[code], cells[code])
        elif across != across or up != up:
            table.note(number, "place.not_a_number", "", f"{cells[x]}, {cells[y]}")


def _sides(box: Box) -> tuple[float, float, float, float]:
    return box.west, box.south, box.east, box.north


def _in_degrees(piece: Sequence[Found]) -> list[Found]:
    degrees = to_degrees(np.array([found[1:] for found in piece]), BRITISH_GRID).tolist()
    return [(found[0], lon, lat) for found, (lon, lat) in zip(piece, degrees, strict=True)]


def _others(path: Path, box: Box, taken: set[str]) -> Iterator[PremisesRecord]:
    """A premises for each number that belongs to none, from a second reading of the file."""
    land = land_of_areas()
    if land is not None:
        shapely.prepare(land)
    for piece in _read(path, box, Findings(), say_nothing):
        free = [found for found in piece if found[0] not in taken]
        points = points_of([found[1:] for found in free])
        inside = np.ones(len(free), dtype=bool)
        if land is not None:
            inside &= shapely.covers(land, points)
        for (uprn, _, _), point, is_inside in zip(free, points, inside.tolist(), strict=True):
            if is_inside:
                yield PremisesRecord(
                    source=SOURCE,
                    source_id=uprn,
                    geometry=shapely.to_wkb(point),
                    identifiers=((SCHEME, uprn),),
                    uprn=uprn,
                )


def _is_near(premises: StandingPremises, lon: float, lat: float) -> bool:
    around = Box(premises.lon, premises.lat, premises.lon, premises.lat).grown_m(SAME_PLACE_M)
    return around.west <= lon <= around.east and around.south <= lat <= around.north
