"""Sets members and links of an entity that is there, whatever verb asked for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import msgspec

from hereabouts.sensing.actions.ingest.features import refresh_areas
from hereabouts.sensing.actions.register.amending import amend_observation
from hereabouts.sensing.actions.register.columns import PLACES, columns_of, place_columns
from hereabouts.sensing.actions.register.index import index_members
from hereabouts.sensing.actions.register.making import check_class
from hereabouts.sensing.actions.register.paths import Place
from hereabouts.sensing.actions.register.placing import follow_history
from hereabouts.sensing.actions.register.relinking import columns_held, relink
from hereabouts.sensing.actions.register.tables import TABLES
from hereabouts.sensing.actions.register.work import Work
from hereabouts.sensing.domain.register.drafts import Draft, Link
from hereabouts.sensing.domain.register.multi import check_multi
from hereabouts.sensing.domain.register.retention import check_kept_days

STREAMS_OF_FEATURE = "SELECT stream_id FROM sensing_stream_feature WHERE feature_id = %s"


def change(work: Work, place: Place, draft: Draft) -> None:
    """Set the members and links of a draft on an entity that is there. Raises: UnusableError."""
    related = {name: cast(list[Link], some) for name, some in draft.related.items() if some}
    if place.entity == "Observation":
        amend_observation(work, place.id, draft.values, related)
        return
    if draft.values:
        _set_values(work, place, draft)
    for name, links in related.items():
        relink(work, place, name, links)
    if place.entity == "MultiDatastream":
        _check_multi(work, place.id)


def _set_values(work: Work, place: Place, draft: Draft) -> None:
    columns = columns_of(draft.entity, draft.values)
    if "properties" in draft.values:
        _set_properties(work, place, draft, columns)
    if place.entity in PLACES:
        columns |= _moved(work, place, draft.values)
    work.update(TABLES[place.entity], place.id, columns)
    if place.entity == "FeatureOfInterest" and "geometry" in columns:
        refresh_areas(work.ids(STREAMS_OF_FEATURE, place.id))
    if place.entity == "HistoricalLocation":
        _follow(work, place.id)
    work.note_changed(place.entity, place.id, sorted(draft.values))


def _set_properties(work: Work, place: Place, draft: Draft, columns: dict[str, object]) -> None:
    properties = draft.values["properties"]
    check_kept_days(place.entity, properties)
    if place.entity == "Thing":
        columns["data_class"] = check_class(work, properties, "properties")
        work.uses.reclass(place.id)
    index_members(work, place.entity, place.id, properties)


def _moved(work: Work, place: Place, values: Mapping[str, object]) -> dict[str, object]:
    """New geometry where value or encoding changed; the feature made from the old one is let go."""
    member = PLACES[place.entity]
    if "encodingType" not in values and member not in values:
        return {}
    row = work.one(
        f"SELECT encoding_type, value FROM {TABLES[place.entity]} WHERE id = %s", place.id
    )
    encoding, value = row or ("", "")
    encoding = str(values.get("encodingType", encoding))
    columns = place_columns(encoding, str(values.get(member, value)), member)
    if place.entity == "Location":
        columns["generated_feature_id"] = None
    return columns


def _follow(work: Work, visit: int) -> None:
    for thing in work.ids("SELECT thing_id FROM sensing_historicallocation WHERE id = %s", visit):
        follow_history(work, thing)


def _check_multi(work: Work, stream_id: int) -> None:
    """Refuse a MultiDatastream whose parts no longer fit. Raises: UnusableError."""
    row = work.one(
        "SELECT observation_type, units, result_types FROM sensing_stream WHERE id = %s", stream_id
    )
    if row is None:
        raise AssertionError(f"stream {stream_id} was there a moment ago")
    values = {
        "observationType": row[0],
        "unitOfMeasurements": msgspec.json.decode(row[1]),
        "multiObservationDataTypes": msgspec.json.decode(row[2]),
    }
    check_multi(values, len(columns_held(work, stream_id)))
