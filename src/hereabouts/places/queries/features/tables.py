"""Where each collection's features and properties are kept."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.db.models import Max, Min

from hereabouts.kernel.geometry import Box
from hereabouts.places.domain.kinds import Kind
from hereabouts.places.models import (
    Area,
    Asset,
    Feature,
    Postcode,
    Premises,
    Segment,
    Street,
)


@dataclass(frozen=True)
class Table:
    """A collection's table: which column is the public id, which one each property.

    `began` and `ended` are columns with the days between which a feature was valid; `ended` is
    the first day on which it no longer was.
    """

    kind: Kind
    model: type[Feature]
    key: str
    fields: Mapping[str, str]
    began: str = ""
    ended: str = ""
    is_point: bool = False


def _same(*names: str, **others: str) -> Mapping[str, str]:
    return MappingProxyType({**{name: name for name in names}, **others})


TABLES: Mapping[str, Table] = MappingProxyType(
    {
        "areas": Table(
            Kind.AREA,
            Area,
            "code",
            _same(
                "code",
                "kind",
                "name",
                "name_cy",
                "valid_from",
                "valid_to",
                "size_km2",
                successor="successor__code",
            ),
            began="valid_from",
            ended="valid_to",
        ),
        "streets": Table(
            Kind.STREET,
            Street,
            "uid",
            _same("name", "name_cy", "ref", "usrn", "road_class", "length_m"),
        ),
        "segments": Table(
            Kind.SEGMENT,
            Segment,
            "uid",
            _same(
                "road_class",
                "is_link",
                "name",
                "ref",
                "length_m",
                "lanes",
                "speed_limit_mph",
                "one_way",
                "width_m",
                "surface",
                "cycle",
                "bus",
                "is_lit",
                "is_bridge",
                "is_tunnel",
                "layer",
                "access",
                street="street__uid",
            ),
        ),
        "premises": Table(
            Kind.PREMISES,
            Premises,
            "uid",
            _same(
                "uprn",
                "name",
                "name_cy",
                "unit",
                "number",
                "street_name",
                "locality",
                "town",
                "postcode",
                "use",
                "height_m",
                "levels",
                street="street__uid",
            ),
            is_point=True,
        ),
        "assets": Table(
            Kind.ASSET,
            Asset,
            "uid",
            _same("type", "reference", "name", "attributes", street="street__uid"),
            is_point=True,
        ),
        "postcodes": Table(
            Kind.POSTCODE,
            Postcode,
            "code",
            _same("code", "quality", "ended"),
            ended="ended",
            is_point=True,
        ),
    }
)


@functools.lru_cache(maxsize=1)
def find_dataset_box(version: str) -> Box | None:
    """The box round all streets, areas and assets of this state of the data; None for none."""
    edges = [
        model._default_manager.filter(gone_at=None).aggregate(
            w=Min("west"), s=Min("south"), e=Max("east"), n=Max("north")
        )
        for model in (Street, Area, Asset, Premises)
    ]
    found = [edge for edge in edges if edge["w"] is not None]
    if not found:
        return None
    return Box(
        min(edge["w"] for edge in found),
        min(edge["s"] for edge in found),
        max(edge["e"] for edge in found),
        max(edge["n"] for edge in found),
    )
