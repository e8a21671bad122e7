"""Towns that the tests share; each is generated once."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import osmium
import pytest

from hereabouts.town.api import TownSummary, generate
from hereabouts.town.town import Town, grow

Tags = dict[str, str]


@dataclass
class Map:
    """What a reader of the PBF finds."""

    nodes: dict[int, tuple[float, float]] = field(default_factory=dict)
    node_tags: dict[int, Tags] = field(default_factory=dict)
    ways: dict[int, tuple[list[int], Tags]] = field(default_factory=dict)
    relations: dict[int, tuple[list[tuple[str, int, str]], Tags]] = field(default_factory=dict)

    def ways_with(self, key: str) -> list[tuple[list[int], Tags]]:
        return [(refs, tags) for refs, tags in self.ways.values() if key in tags]

    def points(self, refs: list[int]) -> list[tuple[float, float]]:
        return [self.nodes[ref] for ref in refs]


def read_map(path: Path) -> Map:
    found = Map()
    for thing in osmium.FileProcessor(str(path)):
        tags = {tag.k: tag.v for tag in thing.tags}
        if thing.is_node():
            found.nodes[thing.id] = (thing.location.lon, thing.location.lat)
            if tags:
                found.node_tags[thing.id] = tags
        elif thing.is_way():
            found.ways[thing.id] = ([node.ref for node in thing.nodes], tags)
        else:
            members = [(m.type, m.ref, m.role) for m in thing.members]
            found.relations[thing.id] = (members, tags)
    return found


@dataclass(frozen=True)
class Generated:
    summary: TownSummary
    folder: Path
    map: Map


@pytest.fixture(scope="session")
def village(tmp_path_factory: pytest.TempPathFactory) -> Generated:
    """The smallest town."""
    folder = tmp_path_factory.mktemp("village")
    summary = generate(5, 2_000, folder)
    return Generated(summary, folder, read_map(folder / "town.osm.pbf"))


@pytest.fixture(scope="session")
def market_town(tmp_path_factory: pytest.TempPathFactory) -> Generated:
    """The town of the demonstration."""
    folder = tmp_path_factory.mktemp("town")
    summary = generate(1, 30_000, folder)
    return Generated(summary, folder, read_map(folder / "town.osm.pbf"))


@pytest.fixture(scope="session")
def grown() -> Town:
    """The town of the demonstration, before it is written."""
    return grow(1, 30_000, lambda stage, share: None)


@pytest.fixture(scope="session", params=["village", "market_town"])
def place(request: pytest.FixtureRequest) -> Generated:
    """Both sizes, one after the other."""
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Generated)
    return found
