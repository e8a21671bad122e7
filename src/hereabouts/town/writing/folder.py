"""Writes a grown town into a folder, file by file."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import shapely

from hereabouts.town.measures import degree_shares, drivable_km, link_lengths_m
from hereabouts.town.statistics.deprivation import HEADER, deprivation_rows
from hereabouts.town.summary import Figures, TownSummary
from hereabouts.town.town import Town
from hereabouts.town.writing.pbf import Drawing
from hereabouts.town.writing.tables import write_areas, write_csv
from hereabouts.town.writing.world import World, world_for

DISTRICT = ("LAD25CD", "LAD25NM")
WARD = ("WD25CD", "WD25NM")
MSOA = ("MSOA21CD", "MSOA21NM")
LSOA = ("LSOA21CD", "LSOA21NM")


def write_town(town: Town, out: Path, tell: Callable[[str, float], None]) -> TownSummary:
    """Write every file and report what was written."""
    world = world_for(town.dice)
    tell("map", 0.55)
    drawing = draw(town)
    drawing.write(out / "town.osm.pbf", world)
    tell("tables", 0.9)
    return write_tables(town, out, world)


def draw(town: Town) -> Drawing:
    drawing = Drawing()
    ids = drawing.add_points(town.network.xy)
    for street in town.network.streets:
        tags = {"highway": street.highway}
        if street.name:
            tags["name"] = street.name
        if street.roundabout:
            tags["junction"] = "roundabout"
        drawing.add_way(ids[street.nodes], tags)
    for b in town.buildings:
        tags = {"building": b.building}
        if b.addressed:
            tags |= {"addr:housenumber": b.number, "addr:street": town.network.streets[b.street].name,
                     "addr:city": town.name, "addr:postcode": b.postcode.replace("  ", " ")}
        drawing.add_polygon(b.polygon, tags)
    for part in shapely.get_parts(town.skeleton.water):
        drawing.add_polygon(part, {"natural": "water", "water": "river"})
    return drawing


def write_tables(town: Town, out: Path, world: World) -> TownSummary:
    areas = town.areas
    counts = {
        "wards": write_areas(out / "wards.geojson", areas.wards, WARD, world),
        "msoas": write_areas(out / "msoas.geojson", areas.msoas, MSOA, world),
        "lsoas": write_areas(out / "lsoas.geojson", areas.lsoas, LSOA, world),
        "districts": write_areas(out / "district.geojson", [areas.district], DISTRICT, world),
    }
    grid = np.round(world.grid(np.array([[p.x, p.y] for p in town.postcodes]))).astype(int)
    counts["postcodes"] = write_csv(
        out / "postcodes.csv",
        ("postcode", "positional_quality", "easting", "northing", "country_code",
         "nhs_regional_ha", "nhs_ha", "admin_county", "admin_district", "admin_ward"),
        ((p.code, 10, e, n, "E92000001", "", "", "", areas.district.code, "")
         for p, (e, n) in zip(town.postcodes, grid.tolist(), strict=True)),
    )
    quality = np.full(len(areas.lsoas), 0.5)
    write_csv(out / "deprivation.csv", HEADER,
              deprivation_rows([a.code for a in areas.lsoas], quality, town.dice))
    write_csv(out / "population.csv", ("lsoa21_code", "residents", "households"),
              ((a.code, a.residents, a.households) for a in areas.lsoas))
    deg = degree_shares(town.network)
    links = link_lengths_m(town.network)
    sizes = [a.polygon.area / 1e6 for a in areas.lsoas]
    figures = Figures(deg.get(1, 0), deg.get(3, 0), deg.get(4, 0), float(np.median(links)),
                      float(links.mean()), float(np.percentile(links, 90)),
                      drivable_km(town.network.streets), len(town.buildings),
                      sum(b.addressed for b in town.buildings) / len(town.buildings), 0,
                      town.plan.residents / len(areas.lsoas), float(np.median(sizes)))
    b = world.shape(areas.district.polygon).bounds
    c = world.degrees(np.zeros((1, 2)))[0].tolist()
    summary = TownSummary(town.name, town.dice.seed, town.plan.residents, str(out),
                          {p.name: str(p) for p in sorted(out.iterdir())}, counts, figures,
                          (c[0], c[1]), (b[0], b[1], b[2], b[3]))
    (out / "town.json").write_text(json.dumps(asdict(figures), indent=1))
    return summary
