"""Reads one map file into a batch of streets, segments, premises, assets, ground and labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import shapely

from hereabouts.places.adapters.osm.extract import Extract, load
from hereabouts.places.adapters.osm.files import recognise
from hereabouts.places.adapters.osm.premises import build_premises
from hereabouts.places.adapters.osm.roads import build_network
from hereabouts.places.adapters.osm.surroundings import build_assets, build_ground, build_labels
from hereabouts.places.domain.batch import Batch, Findings, Say, Scope
from hereabouts.places.domain.kinds import Kind
from hereabouts.places.domain.records import Record
from hereabouts.places.errors import NothingToImport
from hereabouts.places.queries.asset_types import get_asset_types

SOURCE = "openstreetmap"
ATTRIBUTION = "© OpenStreetMap contributors, ODbL 1.0"

INVENTED_BY = "hereabouts"
"""Beginning of the generator's name in the header of a town that was made up."""

INVENTED_SOURCE = "invented-town"
INVENTED_ATTRIBUTION = "An invented town; any likeness to a real one is chance"

BUILDING = "Building places from the map"
STEPS = 5


def read_osm(path: Path, say: Say, options: Mapping[str, object]) -> Batch:
    """Read a map; `options` are not used.

    Raises: WrongKindOfFile, FileIsInstead, UnpacksTooLarge, FileDamaged, NothingToImport.
    """
    del options
    findings = Findings()
    extract = load(recognise(path), say, findings)
    is_invented = extract.generator.lower().startswith(INVENTED_BY)
    source = INVENTED_SOURCE if is_invented else SOURCE
    records = _records(extract, source, say, findings)
    if not any(records.values()):
        raise NothingToImport(name=path.name)
    scope = Scope(boundary=shapely.to_wkb(extract.boundary))
    return Batch(
        source=source,
        records=records,
        scopes=dict.fromkeys(records, scope),
        findings=findings,
        attribution=INVENTED_ATTRIBUTION if is_invented else ATTRIBUTION,
    )


def _records(
    extract: Extract, source: str, say: Say, findings: Findings
) -> dict[Kind, Sequence[Record]]:
    say(BUILDING, 0.0)
    streets, segments = build_network(extract, source)
    say(BUILDING, 1 / STEPS)
    premises = build_premises(extract, source, findings)
    say(BUILDING, 2 / STEPS)
    assets = list(build_assets(extract, source, get_asset_types(), findings))
    say(BUILDING, 3 / STEPS)
    ground = list(build_ground(extract, source, findings))
    say(BUILDING, 4 / STEPS)
    ids = {record.source_id for record in premises}
    labels = build_labels(extract, source, ids, findings)
    say(BUILDING, 1.0)
    return {
        Kind.STREET: streets,
        Kind.SEGMENT: segments,
        Kind.PREMISES: premises,
        Kind.ASSET: assets,
        Kind.GROUND: ground,
        Kind.LABEL: labels,
    }
