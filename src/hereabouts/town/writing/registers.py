"""The registers that go with the map: postcodes, property and street numbers, census, assets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from hereabouts.town.fabric.furniture import Item
from hereabouts.town.statistics.blocks import owners
from hereabouts.town.statistics.deprivation import HEADER, deprivation_rows
from hereabouts.town.statistics.references import Property, number_streets
from hereabouts.town.town import Town
from hereabouts.town.values import Floats
from hereabouts.town.writing.tables import write_csv
from hereabouts.town.writing.world import World

CODE_POINT = ("postcode", "positional_quality", "easting", "northing", "country_code",
              "nhs_regional_ha", "nhs_ha", "admin_county", "admin_district",
              "admin_ward")  # fmt: skip
ENGLAND = "E92000001"
OPEN_UPRN = ("UPRN", "X_COORDINATE", "Y_COORDINATE", "LATITUDE", "LONGITUDE")
LINKED = ("CORRELATION_ID", "IDENTIFIER_1", "IDENTIFIER_2", "CONFIDENCE")
ASSETS = {
    "street_lamp": ("column_height_m", "lamp_type"),
    "gully": ("trap", "grate"),
    "grit_bin": ("capacity_l",),
}


def write_postcodes(town: Town, path: Path, world: World) -> int:
    """Unit postcodes with whole-metre grid references and the codes of district and ward."""
    where = np.array([[p.x, p.y] for p in town.postcodes])
    grid = np.round(world.grid(where)).astype(np.int64).tolist()
    ward = town.areas.ward_of_block[owners(town.blocks.polygons, where)].tolist()
    wards, district = town.areas.wards, town.areas.district.code
    rows = (
        (p.code, 10, e, n, ENGLAND, "", "", "", district, wards[w].code)
        for p, (e, n), w in zip(town.postcodes, grid, ward, strict=True)
    )
    return write_csv(path, CODE_POINT, rows)


def write_uprns(properties: list[Property], path: Path, world: World) -> int:
    """Property numbers with grid references to the centimetre and coordinates."""
    where = np.array([[p.x, p.y] for p in properties])
    grid, degrees = world.grid(where).tolist(), world.degrees(where).tolist()
    rows = (
        (p.uprn, f"{e:.2f}", f"{n:.2f}", f"{lat:.7f}", f"{lon:.7f}")
        for p, (e, n), (lon, lat) in zip(properties, grid, degrees, strict=True)
    )
    return write_csv(path, OPEN_UPRN, rows)


def write_street_numbers(town: Town, properties: list[Property], out: Path, world: World) -> int:
    """Street numbers twice: with the lines, and linked to the property numbers."""
    streets = town.ground.network.streets
    numbers = number_streets(streets)
    lines: dict[str, list[Floats]] = {}
    for street in streets:
        if street.name:
            lines.setdefault(street.name, []).append(street.line)
    features = []
    for name, number in numbers.items():
        parts = [world.degrees(line).tolist() for line in lines[name]]
        properties_ = {"usrn": number, "street_type": "Designated Street Name"}
        shape = {"type": "MultiLineString", "coordinates": parts}
        features.append({"type": "Feature", "properties": properties_, "geometry": shape})
    text = ",\n".join(json.dumps(f, separators=(",", ":")) for f in features)
    (out / "usrn.geojson").write_text(
        '{"type":"FeatureCollection","features":[\n' + text + "\n]}\n", encoding="utf-8"
    )
    linked = (
        (f"{k:08d}", p.uprn, numbers[streets[p.street].name], "Exact match")
        for k, p in enumerate(properties, start=1)
        if streets[p.street].name
    )
    write_csv(out / "usrn.csv", LINKED, linked)
    return len(numbers)


def write_deprivation(town: Town, path: Path) -> int:
    """The index of each small area, from the quality of the homes in it."""
    lived_in = [b for b in town.buildings if b.residents]
    block = owners(town.blocks.polygons, np.array([[b.x, b.y] for b in lived_in]))
    area = town.areas.lsoa_of_block[block]
    people = np.array([b.residents for b in lived_in], dtype=np.float64)
    quality = np.array([town.zones[b.zone].quality for b in lived_in])
    count = len(town.areas.lsoas)
    weight = np.bincount(area, people, count)
    mean = np.bincount(area, people * quality, count) / np.maximum(weight, 1.0)
    codes = [a.code for a in town.areas.lsoas]
    return write_csv(path, HEADER, deprivation_rows(codes, mean, town.dice))


def write_population(town: Town, path: Path) -> int:
    """Residents and households of each small area."""
    rows = ((a.code, a.residents, a.households) for a in town.areas.lsoas)
    return write_csv(path, ("lsoa21_code", "residents", "households"), rows)


def write_assets(town: Town, out: Path, world: World) -> dict[str, int]:
    """The council's own lists, one file a type."""
    held = {
        "street_lamp": town.furniture.lamps,
        "gully": town.furniture.gullies,
        "grit_bin": town.furniture.grit_bins,
    }
    counts = {}
    for kind, details in ASSETS.items():
        header = ("lon", "lat", "reference", "street", *details)
        path = out / f"assets-{kind}.csv"
        counts[f"{kind}s"] = write_csv(path, header, _rows(held[kind], world))
    return counts


def _rows(items: list[Item], world: World) -> Iterator[tuple[str, ...]]:
    where = world.degrees(np.array([[i.x, i.y] for i in items]).reshape(-1, 2)).tolist()
    for item, (lon, lat) in zip(items, where, strict=True):
        yield (f"{lon:.7f}", f"{lat:.7f}", item.reference, item.street, *item.details)
