"""A small town laid down row by row, for tests of reading: no importer has to run first.

Two wards side by side, west and east of longitude 0; streets run from west to east.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import shapely

from hereabouts.kernel.geometry import Box, cell_of
from hereabouts.kernel.ids import derive_uid, new_uid
from hereabouts.places.actions.search_index import reindex
from hereabouts.places.domain.kinds import Kind
from hereabouts.places.models import (
    Area,
    AreaMembership,
    Asset,
    Deprivation,
    Feature,
    Identifier,
    ImportRun,
    Label,
    Population,
    Postcode,
    Premises,
    Segment,
    Street,
)

WHEN = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
KINDS: dict[type[Feature], Kind] = {
    Area: Kind.AREA,
    Street: Kind.STREET,
    Segment: Kind.SEGMENT,
    Premises: Kind.PREMISES,
    Asset: Kind.ASSET,
    Postcode: Kind.POSTCODE,
    Label: Kind.LABEL,
}
PREFIXES = {Kind.STREET: "st", Kind.PREMISES: "pr", Kind.ASSET: "as"}
Values = Any  # columns of seven tables


def shape_of(geometry: shapely.Geometry) -> dict[str, Values]:
    """The columns that say where a feature is."""
    west, south, east, north = geometry.bounds
    box = Box(west, south, east, north)
    return {
        "geometry": geometry.wkb,
        "cell": cell_of(box),
        "west": west,
        "south": south,
        "east": east,
        "north": north,
    }


@dataclass
class Town:
    """Lays features down and remembers what it laid."""

    made: list[Feature] = field(default_factory=list)

    def add(
        self,
        table: type[Feature],
        source_name: str,
        geometry: shapely.Geometry,
        /,
        **values: Values,
    ) -> Any:
        """A feature of this table; `source_name` tells it from the others of its table."""
        kind = KINDS[table]
        uid = values.pop("uid", derive_uid(PREFIXES.get(kind, kind.value[:2]), source_name))
        made = table._default_manager.create(
            uid=uid,
            source="osm",
            source_id=f"way/{source_name}",
            digest="",
            **shape_of(geometry),
            **values,
        )
        self.made.append(made)
        return made

    def area(self, code: str, name: str, west: float, east: float, **values: Values) -> Area:
        """A rectangle between two longitudes, from latitude 51.0 to 51.1."""
        values = {"kind": "ward", "name_cy": "", **values}
        found: Area = self.add(
            Area,
            code,
            shapely.box(west, 51.0, east, 51.1),
            code=code,
            name=name,
            size_km2=(east - west) * 100,
            **values,
        )
        return found

    def street(self, name: str, lat: float, west: float, east: float, **values: Values) -> Street:
        """A straight street with one segment, filed in every area it passes through."""
        line = shapely.LineString([(west, lat), (east, lat)])
        values = {"road_class": "residential", "length_m": 420.0, **values}
        segment = values.pop("segment", {})
        key = values.pop("key", name)
        found: Street = self.add(Street, key, shapely.MultiLineString([line]), name=name, **values)
        self.add(
            Segment,
            f"{key}/0",
            line,
            street=found,
            from_node=abs(hash((west, lat))) % 2**31,
            to_node=abs(hash((east, lat))) % 2**31,
            name=name,
            **{
                "road_class": found.road_class,
                "length_m": found.length_m,
                "speed_limit_mph": 20,
                "one_way": "no",
                "is_lit": True,
                **segment,
            },
        )
        return found

    def premises(self, number: str, street: Street, lon: float, **values: Values) -> Premises:
        """A house on a street."""
        values = {"use": "house", "postcode": "NP20 1AB", "town": "Newport", **values}
        key = values.pop("key", f"{number} {street.uid} {values.get('name', '')}")
        found: Premises = self.add(
            Premises,
            key,
            shapely.Point(lon, street.south + 0.0001),
            number=number,
            street_name=street.name,
            street=street,
            **values,
        )
        return found

    def asset(self, type_: str, reference: str, lon: float, lat: float, **values: Values) -> Asset:
        """Something in the street."""
        found: Asset = self.add(
            Asset,
            f"{type_} {reference} {lon}",
            shapely.Point(lon, lat),
            type=type_,
            reference=reference,
            **values,
        )
        return found

    def settle(self) -> None:
        """File every feature in its areas and in the search index, as an import would."""
        areas = [one for one in self.made if isinstance(one, Area)]
        shapes = [(area, shapely.from_wkb(bytes(area.geometry))) for area in areas]
        for one in self.made:
            geometry = shapely.from_wkb(bytes(one.geometry))
            AreaMembership.objects.bulk_create(
                AreaMembership(area=area, kind=KINDS[type(one)].value, feature_id=one.pk)
                for area, shape in shapes
                if area.pk != one.pk or not isinstance(one, Area)
                if _lies_in(one, geometry, shape)
            )
        for table, kind in KINDS.items():
            reindex(kind, [one.pk for one in self.made if type(one) is table])


def _lies_in(feature: Feature, geometry: shapely.Geometry, area: shapely.Geometry) -> bool:
    if isinstance(feature, Area):
        return bool(area.contains(geometry) and not area.equals(geometry))
    return bool(area.intersects(geometry))


def small_town() -> Town:
    """Two wards in a district, nine streets, a dozen premises, assets, postcodes, a park."""
    town = Town()
    town.area("W06000099", "Newport", -0.10, 0.10, kind="district", name_cy="Casnewydd")
    town.area("W05000001", "Allt-yr-yn", -0.10, 0.0)
    town.area("W05000002", "St. Julian's", 0.0, 0.10)
    lsoa = town.area("W01000001", "Newport 001A", -0.09, 0.0, kind="lsoa")
    mill = town.street(
        "Mill Lane",
        51.05,
        -0.06,
        -0.02,
        name_cy="Lôn y Felin",
        usrn="32400123",
        segment={"surface": "asphalt", "lanes": 2},
    )
    town.street("Millbrook Close", 51.052, -0.06, -0.05)
    town.street("Church Road", 51.054, -0.06, -0.05, key="Church Road west")
    town.street("Church Road", 51.054, 0.02, 0.05, key="Church Road east")
    town.street("Saint John's Street", 51.056, -0.06, -0.05)
    town.street("Heol Malpas", 51.058, -0.06, 0.03, ref="A4051", road_class="primary")
    town.street("Highfield Gardens", 51.060, 0.02, 0.04, length_m=95.0)
    town.street("Caerau Crescent", 51.062, 0.02, 0.04)
    town.street("Lôn Goch", 51.064, 0.02, 0.04)
    for number in range(1, 25):
        town.premises(str(number), mill, -0.059 + number * 0.001)
    town.premises("12A", mill, -0.0471, unit="Flat 2")
    town.premises("30-34", mill, -0.03, name="The King’s Head", use="shop", postcode="NP20 1AD")
    town.asset("street_lamp", "LC1042", -0.04, 51.0501, street=mill)
    town.asset("bus_stop", "5310WDB1", -0.035, 51.0501, name="Mill Lane Bottom", street=mill)
    town.asset("bench", "", -0.033, 51.0502, street=mill)
    town.add(
        Label,
        "Belle Vue Park",
        shapely.Point(-0.03, 51.07),
        kind="park",
        name="Belle Vue Park",
        rank=4,
    )
    town.add(
        Label,
        "Newport",
        shapely.Point(0, 51.05),
        kind="city",
        name="Newport",
        name_cy="Casnewydd",
        rank=1,
    )
    for code, lon in (
        ("NP20 1AB", -0.04),
        ("NP20 1AD", -0.03),
        ("NP20 4ZZ", 0.03),
        ("NP2 9AA", 0.05),
    ):
        town.add(Postcode, code, shapely.Point(lon, 51.05), code=code, quality="10")
    town.settle()
    Identifier.objects.create(kind="street", feature_id=mill.pk, scheme="usrn", value="32400123")
    Deprivation.objects.create(
        area_code=lsoa.code, edition="2019", domain="overall", score=31.2, rank=412, decile=2
    )
    Population.objects.create(area_code=lsoa.code, edition="2021", residents=1712, households=740)
    ImportRun.objects.create(
        uid=new_uid("im"),
        importer="osm",
        source="osm",
        file_name="town.osm.pbf",
        file_digest="0" * 64,
        began_at=WHEN,
        ended_at=WHEN,
        counts={"street": {"appeared": 9}},
        attribution="© OpenStreetMap contributors",
    )
    return town


def names(values: Sequence[object]) -> list[str]:
    """The names of hits, areas or streets, in their order."""
    return [str(getattr(value, "name", value)) for value in values]
