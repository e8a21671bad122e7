"""Reads assets of one type from a table or a layer; fields of no known use become attributes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from hereabouts.places.adapters.assets_naptan import NAPTAN, merge_with_held
from hereabouts.places.adapters.assets_sources import Thing, read_things
from hereabouts.places.domain.batch import Batch, Findings, Say, Scope
from hereabouts.places.domain.columns import find_column
from hereabouts.places.domain.kinds import Kind
from hereabouts.places.domain.records import AssetRecord, Finding, Identifiers
from hereabouts.places.errors import FieldMissing, UnknownAssetType
from hereabouts.places.queries.asset_types import get_asset_types

REFERENCES = (
    "reference", "ref", "asset_id", "asset_reference", "asset_number", "unit_id", "unit_number",
    "column_number", "atco_code", "feature_id", "objectid", "id",
)  # fmt: skip
NAMES = (
    "name", "common_name", "title", "site_name", "site_and_location", "polling_station", "location",
    "address", "description",
)  # fmt: skip
MAX_REFERENCE, MAX_NAME, MAX_SOURCE = 80, 200, 60
MAX_ATTRIBUTES, MAX_VALUE = 100, 1_000


@dataclass(frozen=True, kw_only=True)
class AssetsOptions:
    """What the operator says about a file of assets; empty fields are recognised by name."""

    type: str
    reference: str = ""
    name: str = ""
    source: str = ""

    @classmethod
    def of(cls, options: Mapping[str, object], path: Path) -> AssetsOptions:
        """The options by name; without a source, it is the file's name without its endings.

        Raises: UnknownAssetType.
        """
        kind, types = str(options["type"]), get_asset_types().types
        if kind not in types:
            raise UnknownAssetType(type=kind, types=", ".join(sorted(types)))
        source = str(options.get("source") or "") or path.name.partition(".")[0]
        return cls(
            type=kind,
            reference=str(options.get("reference") or ""),
            name=str(options.get("name") or ""),
            source=re.sub(r"[^\w-]+", "-", source.lower()).strip("-")[:MAX_SOURCE] or "assets",
        )


def read_assets(path: Path, say: Say, options: Mapping[str, object]) -> Batch:
    """Read assets from CSV, GeoJSON, GeoPackage or Shapefile, packed or not.

    `options`: `type`, and where the file's own names are not understood `reference`, `name`, `lon`
    and `lat` or `easting` and `northing`; `source` names the register. A code of NaPTAN makes an
    asset the same as a held bus stop that carries the code or stands there.
    Raises: the refusals of `places.errors`.
    """
    wanted = AssetsOptions.of(options, path)
    findings = Findings()
    fields, things = read_things(path, findings, say, options)
    names = _Names.among(fields, wanted, path.name)
    records = _records(things, names, wanted, findings)
    batch = Batch(
        source=wanted.source,
        scopes={Kind.ASSET: Scope(fields={"type": wanted.type})},
        findings=findings,
    )
    if names.is_naptan:
        kept, amendments = merge_with_held(records, wanted.source)
        batch.records = {Kind.ASSET: kept}
        batch.amendments = {Kind.ASSET: amendments}
    else:
        batch.records = {Kind.ASSET: records}
    return batch


@dataclass(frozen=True)
class _Names:
    """The fields that hold an asset's reference and name."""

    reference: str
    name: str
    is_naptan: bool

    @classmethod
    def among(cls, fields: list[str], wanted: AssetsOptions, file: str) -> _Names:
        """Those the operator names, else the usual ones. Raises: FieldMissing."""
        for named in (wanted.reference, wanted.name):
            if named and named not in fields:
                raise FieldMissing(name=file, field=named, found=", ".join(fields) or "none")
        atco = find_column(fields, ("atco_code",))
        usual_reference = find_column(fields, REFERENCES) if atco is None else atco
        usual_name = find_column(fields, NAMES)
        return cls(
            reference=wanted.reference
            or (fields[usual_reference] if usual_reference is not None else ""),
            name=wanted.name or (fields[usual_name] if usual_name is not None else ""),
            is_naptan=atco is not None and wanted.type == BUS_STOP,
        )


BUS_STOP = "bus_stop"


def _records(
    things: Iterable[Thing], names: _Names, wanted: AssetsOptions, findings: Findings
) -> Iterator[AssetRecord]:
    seen: dict[str, int] = {}
    for thing in things:
        reference = thing.values.get(names.reference, "")[:MAX_REFERENCE]
        source_id = reference or _own_id(thing, names)
        seen[source_id] = count = seen.get(source_id, 0) + 1
        if count > 1:
            findings.add(Finding("asset.repeated", thing.subject, names.reference, source_id))
            source_id = f"{source_id}#{count}"
        attributes = {
            field: value[:MAX_VALUE]
            for field, value in thing.values.items()
            if value and field not in (names.reference, names.name)
        }
        yield AssetRecord(
            source=wanted.source,
            source_id=source_id,
            geometry=thing.point,
            identifiers=_identifiers(reference, names),
            type=wanted.type,
            reference=reference,
            name=thing.values.get(names.name, "")[:MAX_NAME],
            attributes=dict(list(attributes.items())[:MAX_ATTRIBUTES]),
        )


def _own_id(thing: Thing, names: _Names) -> str:
    """An id for a thing without a reference: what it is called and where it stands."""
    body = thing.values.get(names.name, "").encode() + thing.point
    return blake2b(body, digest_size=10).hexdigest()


def _identifiers(reference: str, names: _Names) -> Identifiers:
    return ((NAPTAN, reference),) if names.is_naptan and reference else ()
