"""Writes a grown town into a folder, file by file."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np

from hereabouts.town.measures import figures_of
from hereabouts.town.statistics.references import number_properties
from hereabouts.town.summary import TownSummary
from hereabouts.town.town import Town
from hereabouts.town.writing.map import draw
from hereabouts.town.writing.notice import FILES, readme
from hereabouts.town.writing.registers import (
    write_assets,
    write_deprivation,
    write_population,
    write_postcodes,
    write_street_numbers,
    write_uprns,
)
from hereabouts.town.writing.tables import write_areas
from hereabouts.town.writing.world import World, world_for

DISTRICT = ("LAD25CD", "LAD25NM")
WARD = ("WD25CD", "WD25NM")
MSOA = ("MSOA21CD", "MSOA21NM")
LSOA = ("LSOA21CD", "LSOA21NM")


def write_town(town: Town, out: Path, tell: Callable[[str, float], None]) -> TownSummary:
    """Write every file and report what was written."""
    world = world_for(town.dice)
    properties, first_uprn = number_properties(town.buildings)
    tell("map", 0.5)
    drawing = draw(town, first_uprn)
    nodes, ways, relations = drawing.write(out / "town.osm.pbf", world)
    tell("registers", 0.85)
    counts = {
        "nodes": nodes,
        "ways": ways,
        "relations": relations,
        "streets": len({s.name for s in town.ground.network.streets if s.name}),
        "buildings": len(town.buildings),
        "addresses": sum(b.addressed for b in town.buildings),
        "homes": sum(b.homes for b in town.buildings),
        "villages": len(town.ground.villages),
        **_write_areas(town, out, world),
        "postcodes": write_postcodes(town, out / "postcodes.csv", world),
        "uprns": write_uprns(properties, out / "uprn.csv", world),
        "usrns": write_street_numbers(town, properties, out, world),
        **write_assets(town, out, world),
    }
    write_deprivation(town, out / "deprivation.csv")
    write_population(town, out / "population.csv")
    summary = _summary(town, out, counts, world)
    _write_notices(summary, out)
    tell("done", 1.0)
    return summary


def _write_areas(town: Town, out: Path, world: World) -> dict[str, int]:
    areas = town.areas
    return {
        "districts": write_areas(out / "district.geojson", [areas.district], DISTRICT, world),
        "wards": write_areas(out / "wards.geojson", areas.wards, WARD, world),
        "msoas": write_areas(out / "msoas.geojson", areas.msoas, MSOA, world),
        "lsoas": write_areas(out / "lsoas.geojson", areas.lsoas, LSOA, world),
    }


def _summary(town: Town, out: Path, counts: dict[str, int], world: World) -> TownSummary:
    west, south, east, north = world.shape(town.areas.district.polygon).bounds
    lon, lat = world.degrees(np.zeros((1, 2)))[0].tolist()
    return TownSummary(
        name=town.name,
        seed=town.dice.seed,
        residents=town.plan.residents,
        folder=str(out),
        files={name: str(out / name) for name in FILES},
        counts=counts,
        figures=figures_of(town),
        centre=(lon, lat),
        bounds=(west, south, east, north),
    )


def _write_notices(summary: TownSummary, out: Path) -> None:
    """What the folder is, for people and for programs; neither names the folder itself."""
    record = {
        "name": summary.name,
        "invented": True,
        "seed": summary.seed,
        "residents": summary.residents,
        "centre": summary.centre,
        "bounds": summary.bounds,
        "counts": summary.counts,
        "figures": {k: round(v, 4) for k, v in asdict(summary.figures).items()},
        "files": FILES,
    }
    text = json.dumps(record, ensure_ascii=False, indent=2, sort_keys=True)
    (out / "town.json").write_text(text + "\n", encoding="utf-8")
    (out / "README.md").write_text(readme(summary), encoding="utf-8")
