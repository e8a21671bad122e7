"""Writes small maps for tests, as a reader would draw them: nodes, ways and what they mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import quoteattr

Tags = Mapping[str, str]


@dataclass
class Sketch:
    """A map under the pencil; places are in WGS 84, ids are counted from 1 unless given."""

    bounds: tuple[float, float, float, float] | None = None
    nodes: dict[int, tuple[float, float, Tags]] = field(default_factory=dict)
    ways: dict[int, tuple[list[int], Tags]] = field(default_factory=dict)
    relations: dict[int, tuple[list[tuple[str, int, str]], Tags]] = field(default_factory=dict)

    def node(self, lon: float, lat: float, id: int | None = None, **tags: str) -> int:
        """Add a node; `addr_housenumber` stands for `addr:housenumber`."""
        number = id or len(self.nodes) + 1
        self.nodes[number] = (lon, lat, _keys(tags))
        return number

    def way(self, nodes: Sequence[int], id: int | None = None, **tags: str) -> int:
        """Add a way along these nodes."""
        number = id or len(self.ways) + 1
        self.ways[number] = (list(nodes), _keys(tags))
        return number

    def line(self, *places: tuple[float, float], id: int | None = None, **tags: str) -> int:
        """Add a way with nodes of its own."""
        return self.way([self.node(*place) for place in places], id, **tags)

    def block(self, lon: float, lat: float, size: float = 0.0002, **tags: str) -> int:
        """Add a square way by its south-western corner."""
        corners = [(lon, lat), (lon + size, lat), (lon + size, lat + size), (lon, lat + size)]
        nodes = [self.node(*corner) for corner in corners]
        return self.way([*nodes, nodes[0]], **tags)

    def relation(self, members: Sequence[tuple[str, int, str]], **tags: str) -> int:
        """Add a relation; members are type (`way`), id and role."""
        number = len(self.relations) + 1
        self.relations[number] = (list(members), _keys(tags))
        return number

    def text(self) -> str:
        """The map as OSM XML."""
        lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6" generator="test">']
        if self.bounds:
            west, south, east, north = self.bounds
            lines.append(
                f'<bounds minlon="{west}" minlat="{south}" maxlon="{east}" maxlat="{north}"/>'
            )
        for number, (lon, lat, tags) in self.nodes.items():
            lines.append(f'<node id="{number}" version="1" lon="{lon:.7f}" lat="{lat:.7f}">')
            lines += [*_tags(tags), "</node>"]
        for number, (nodes, tags) in self.ways.items():
            lines.append(f'<way id="{number}" version="1">')
            lines += [f'<nd ref="{node}"/>' for node in nodes]
            lines += [*_tags(tags), "</way>"]
        for number, (members, tags) in self.relations.items():
            lines.append(f'<relation id="{number}" version="1">')
            lines += [
                f'<member type="{kind}" ref="{ref}" role={quoteattr(role)}/>'
                for kind, ref, role in members
            ]
            lines += [*_tags(tags), "</relation>"]
        return "\n".join([*lines, "</osm>"])

    def save(self, path: Path) -> Path:
        """Write the map to a file."""
        path.write_text(self.text(), encoding="utf-8")
        return path


def _keys(tags: Tags) -> dict[str, str]:
    return {
        key.replace("_", ":", 1) if key.startswith(("addr_", "name_")) else key: value
        for key, value in tags.items()
    }


def _tags(tags: Tags) -> list[str]:
    return [f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in tags.items()]
