"""The shape of the town beside the figures of real ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import osmium
import pytest

from hereabouts.town.layout.network import DRIVABLE, Network
from hereabouts.town.measures import degree_shares, figures_of, link_lengths_m
from hereabouts.town.summary import Figures
from hereabouts.town.town import grow
from hereabouts.town.values import Floats, Street
from tests.rooms.town.conftest import Generated


@pytest.fixture(scope="module")
def city() -> Figures:
    return figures_of(grow(1, 160_000, lambda stage, share: None))


def near(value: float, share: float) -> object:
    return pytest.approx(value, rel=share)


def test_a_city_has_the_junctions_of_a_real_one(city: Figures) -> None:
    assert city.degree_1 == pytest.approx(0.33, abs=0.04)
    assert city.degree_3 == pytest.approx(0.63, abs=0.04)
    assert city.degree_4 == pytest.approx(0.04, abs=0.02)


def test_a_city_has_the_links_of_a_real_one(city: Figures) -> None:
    assert city.link_median_m == near(60.0, 0.2)
    assert city.link_mean_m == near(103.0, 0.12)
    assert city.link_p90_m == near(198.0, 0.15)


def test_a_city_has_the_roads_buildings_and_stops_of_a_real_one(city: Figures) -> None:
    assert city.drivable_km == near(450.0, 0.12)
    assert city.buildings == near(34_000, 0.12)
    assert city.addressed == pytest.approx(0.62, abs=0.01)
    assert city.bus_stops == near(400, 0.03)
    assert city.residents_per_home == near(2.4, 0.15)


def test_a_city_has_the_small_areas_of_the_census(city: Figures) -> None:
    assert city.lsoa_residents_mean == near(1_760, 0.05)
    assert city.lsoa_km2_median == near(0.35, 0.25)


def test_a_market_town_is_shaped_like_a_city(market_town: Generated) -> None:
    figures = market_town.summary.figures
    assert figures.degree_1 == pytest.approx(0.33, abs=0.07)
    assert figures.degree_3 == pytest.approx(0.63, abs=0.07)
    assert figures.link_median_m == near(60.0, 0.25)
    assert figures.link_mean_m == near(103.0, 0.15)
    assert figures.link_p90_m == near(198.0, 0.2)
    assert figures.drivable_km == near(450 * 30 / 160, 0.25)
    assert figures.buildings == near(34_000 * 30 / 160, 0.2)
    assert figures.addressed == pytest.approx(0.62, abs=0.01)
    assert figures.bus_stops == near(75, 0.05)
    assert figures.lsoa_residents_mean == near(1_760, 0.1)
    assert figures.lsoa_km2_median == near(0.35, 0.3)


def real_network(path: Path) -> Network:
    """The drivable streets of a real map, in metres about its own latitude."""
    chains: list[tuple[str, list[int]]] = []
    places: dict[int, tuple[float, float]] = {}
    for thing in osmium.FileProcessor(str(path)).with_locations():
        tags = thing.tags
        if not thing.is_way() or tags.get("highway", "").removesuffix("_link") not in DRIVABLE:
            continue
        refs = [node.ref for node in thing.nodes if node.location.valid()]
        places |= {n.ref: (n.lon, n.lat) for n in thing.nodes if n.location.valid()}
        if len(refs) > 1:
            chains.append((tags["highway"].removesuffix("_link"), refs))
    row = {ref: k for k, ref in enumerate(places)}
    degrees: Floats = np.array(list(places.values()))
    xy = degrees * np.array([np.cos(np.radians(51.57)), 1.0]) * 111_320.0
    streets, degree = [], np.zeros(len(row), dtype=np.int64)
    for highway, refs in chains:
        nodes = np.array([row[ref] for ref in refs])
        np.add.at(degree, nodes[1:], 1)
        np.add.at(degree, nodes[:-1], 1)
        streets.append(Street(xy[nodes], highway, "street", nodes=nodes))
    return Network(xy, degree, tuple(streets))


def test_the_yardstick_gives_the_known_figures_for_a_real_city(shared_place: Path) -> None:
    network = real_network(shared_place / "osm" / "newport-2023-06-13.osm.pbf")
    shares, links = degree_shares(network), link_lengths_m(network)
    assert [round(shares[k], 2) for k in (1, 3, 4)] == [0.33, 0.63, 0.04]
    assert np.median(links) == near(60.0, 0.05)
    assert links.mean() == near(103.0, 0.05)
    assert np.percentile(links, 90) == near(198.0, 0.05)
