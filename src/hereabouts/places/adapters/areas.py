"""Reads a layer of areas of one kind, and settles which version of each stands.

A code that occurs more than once under one name is one area in parts and is united; under different
names the first is kept. Both are findings, as is every shape that had to be repaired.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import shapely

from hereabouts.places.adapters.areas_shapes import polygons_of
from hereabouts.places.adapters.layers import (
    Layer,
    Wish,
    in_degrees,
    read_layer,
    refuse_latitude_first,
)
from hereabouts.places.adapters.projection import named_system
from hereabouts.places.domain.area_versions import Version, find_endings, settle
from hereabouts.places.domain.batch import Batch, Findings, Say, Scope
from hereabouts.places.domain.kinds import Kind
from hereabouts.places.domain.records import AreaEnding, AreaRecord, Finding, Identifiers
from hereabouts.places.errors import FieldMissing, NothingToImport, UnknownAreaKind
from hereabouts.places.queries.area_versions import list_codes_of_other_kinds, list_versions
from hereabouts.places.queries.standing import extent

MAX_CODE = 40
STEP = "Reading areas"
_KIND = re.compile(r"[a-z][a-z0-9-]{0,29}")


@dataclass(frozen=True, kw_only=True)
class AreasOptions:
    """What a file of areas holds: the kind, the fields to read, and from when it is true."""

    kind: str
    code: str
    name: str
    name_cy: str = ""
    valid_from: date | None = None
    system: str = ""

    @classmethod
    def of(cls, options: Mapping[str, object]) -> AreasOptions:
        """The options as a command or a script gives them: texts and a date by name.

        Raises: UnknownAreaKind.
        """
        kind = str(options["kind"])
        if not _KIND.fullmatch(kind):
            raise UnknownAreaKind(kind=kind)
        valid_from = options.get("valid_from")
        system = str(options.get("crs") or "")
        return cls(
            kind=kind,
            code=str(options["code"]),
            name=str(options.get("name") or options["code"]),
            name_cy=str(options.get("name_cy") or ""),
            valid_from=valid_from if isinstance(valid_from, date) else None,
            system=named_system(system) if system else "",
        )

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields to read, each once."""
        return tuple(dict.fromkeys(f for f in (self.code, self.name, self.name_cy) if f))


def read_areas(path: Path, say: Say, options: Mapping[str, object]) -> Batch:
    """Read a file of areas; for `options` see `AreasOptions`.

    Raises: the refusals of `places.errors`.
    """
    wanted = AreasOptions.of(options)
    findings = Findings()
    say(STEP, 0.0)
    layer = read_layer(path, findings, Wish(fields=wanted.fields))
    _require_fields(layer, wanted)
    found = list(_versions(layer, wanted, findings))
    say(STEP, 0.5)
    versions = _united(found, findings)
    versions = _without_strangers(versions, wanted.kind, findings)
    if not versions:
        raise NothingToImport(name=path.name)
    batch = _batch(versions, wanted, findings)
    say(STEP, 1.0)
    return batch


def _require_fields(layer: Layer, wanted: AreasOptions) -> None:
    for field in wanted.fields:
        if field not in layer.fields:
            shown = ", ".join(layer.fields) or "none"
            raise FieldMissing(name=layer.name, field=field, found=shown)


def _versions(layer: Layer, wanted: AreasOptions, findings: Findings) -> Iterator[Version]:
    shapes = in_degrees(layer, findings, wanted.system)
    refuse_latitude_first(layer.name, shapes, extent())
    names = [layer.text(wanted.code, place) for place in range(len(shapes))]
    shapes = polygons_of(shapes, names, layer, findings)
    for place, code in enumerate(names):
        if shapes[place] is None:
            continue
        subject = f"{layer.name}, feature {place + 1}"
        if not code or len(code) > MAX_CODE:
            findings.add(Finding("area.no_code", subject, wanted.code, code[:60]))
            continue
        name = layer.text(wanted.name, place)
        if not name:
            findings.add(Finding("area.no_name", code, wanted.name, repaired=True))
        yield Version(
            code=code,
            name=name or code,
            name_cy=layer.text(wanted.name_cy, place) if wanted.name_cy else "",
            geometry=shapely.to_wkb(shapes[place]),
            valid_from=wanted.valid_from,
        )


def _united(found: Sequence[Version], findings: Findings) -> dict[str, Version]:
    """One version for each code."""
    parts: dict[str, list[Version]] = {}
    for version in found:
        parts.setdefault(version.code, []).append(version)
    return {code: _one(versions, findings) for code, versions in parts.items()}


def _one(versions: Sequence[Version], findings: Findings) -> Version:
    first = versions[0]
    if len(versions) == 1:
        return first
    is_one = len({version.name for version in versions}) == 1
    findings.add(Finding("area.code_repeated", first.code, value=first.name, repaired=is_one))
    if not is_one:
        return first
    union = shapely.union_all(shapely.from_wkb([version.geometry for version in versions]))
    return replace(first, geometry=shapely.to_wkb(shapely.normalize(union)))


def _without_strangers(
    versions: dict[str, Version], kind: str, findings: Findings
) -> dict[str, Version]:
    """Leave out codes that the gazetteer knows as areas of another kind."""
    for code, other in list_codes_of_other_kinds(kind, versions):
        findings.add(Finding("area.code_of_another_kind", code, "kind", other))
        del versions[code]
    return versions


def _batch(new: Mapping[str, Version], wanted: AreasOptions, findings: Findings) -> Batch:
    held = list_versions(wanted.kind)
    standing = {code: settle(version, held.get(code)) for code, version in new.items()}
    given = [code for code, version in standing.items() if version is not held.get(code)]
    endings: Sequence[AreaEnding] = ()
    scopes: dict[Kind, Scope] = {}
    if wanted.valid_from is None:
        land = shapely.union_all(shapely.from_wkb([v.geometry for v in standing.values()]))
        fields = {"kind": wanted.kind, "valid_to": None}
        scopes[Kind.AREA] = Scope(boundary=shapely.to_wkb(land), fields=fields, mostly=True)
    else:
        stand_again = [
            AreaEnding(code=code, ended_on=None)
            for code, version in standing.items()
            if code in held and held[code].valid_to is not None and version.valid_to is None
        ]
        nearby = _near({**held, **standing}, standing)
        found = find_endings(nearby, new, given)
        ended = {ending.code for ending in found}
        endings = [*(one for one in stand_again if one.code not in ended), *found]
    return Batch(
        source=f"areas/{wanted.kind}",
        records={Kind.AREA: [_record(version, wanted.kind) for version in standing.values()]},
        scopes=scopes,
        endings=endings,
        findings=findings,
    )


def _near(all_versions: Mapping[str, Version], new: Mapping[str, Version]) -> list[Version]:
    """The versions whose boxes touch the land of the file; others cannot end by it."""
    everyone = list(all_versions.values())
    boxes = shapely.bounds(shapely.from_wkb([version.geometry for version in everyone]))
    mine = np.array([version.code in new for version in everyone], dtype=bool)
    west, south = boxes[mine][:, 0].min(), boxes[mine][:, 1].min()
    east, north = boxes[mine][:, 2].max(), boxes[mine][:, 3].max()
    touches = (
        (boxes[:, 0] <= east)
        & (boxes[:, 2] >= west)
        & (boxes[:, 1] <= north)
        & (boxes[:, 3] >= south)
    )
    return [everyone[place] for place in np.flatnonzero(touches)]


def _record(version: Version, kind: str) -> AreaRecord:
    return AreaRecord(
        source=f"areas/{kind}",
        source_id=version.code,
        geometry=version.geometry,
        identifiers=_identifiers(version.code),
        kind=kind,
        code=version.code,
        name=version.name,
        name_cy=version.name_cy,
        valid_from=version.valid_from,
    )


def _identifiers(code: str) -> Identifiers:
    """The code as an identifier of the statistical register, where it has its form."""
    is_statistical = len(code) == 9 and code[0] in "EKLMNSW" and code[1:].isdigit()
    return (("gss", code),) if is_statistical else ()
