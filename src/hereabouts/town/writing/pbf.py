"""OpenStreetMap PBF: nodes, ways and relations as a surveyor of the town would have drawn them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import osmium
import osmium.osm.mutable as osm
import shapely

from hereabouts.town.values import Floats, Ints, Tags
from hereabouts.town.writing.world import World

FIRST_ID = 1_000_000_000_000
"""Far beyond the numbers OpenStreetMap gives, so that none is mistaken for one of its own."""
LARGEST_WAY = 1_900
"""Nodes in one way; the format's users accept 2,000."""


@dataclass(slots=True)
class Drawing:
    """Collects the map in local metres and then writes it in one go."""

    points: list[Floats] = field(default_factory=list)
    node_tags: dict[int, Tags] = field(default_factory=dict)
    ways: list[tuple[Ints, Tags]] = field(default_factory=list)
    relations: list[tuple[list[tuple[str, int, str]], Tags]] = field(default_factory=list)
    _count: int = 0

    def add_points(self, points: Floats) -> Ints:
        """Indices of new nodes."""
        first = self._count
        self.points.append(points)
        self._count += len(points)
        return np.arange(first, self._count, dtype=np.int64)

    def add_spot(self, x: float, y: float, tags: Tags) -> int:
        """A tagged node of its own; returns its index."""
        index = int(self.add_points(np.array([[x, y]]))[0])
        self.node_tags[index] = tags
        return index

    def add_line(self, line: Floats, tags: Tags) -> int:
        """A way of its own nodes; returns the way's index."""
        return self.add_way(self.add_points(line), tags)

    def add_way(self, nodes: Ints, tags: Tags) -> int:
        """A way over nodes that exist; returns its index."""
        self.ways.append((nodes, tags))
        return len(self.ways) - 1

    def add_polygon(self, polygon: shapely.Polygon, tags: Tags) -> None:
        """A closed way, or a multipolygon relation where there are holes or many corners."""
        rings = [polygon.exterior, *polygon.interiors]
        if len(rings) == 1 and len(polygon.exterior.coords) <= LARGEST_WAY:
            self.add_way(self._ring(polygon.exterior), tags)
            return
        members = []
        for k, ring in enumerate(rings):
            nodes = self._ring(ring)
            for low in range(0, len(nodes) - 1, LARGEST_WAY - 1):
                way = self.add_way(nodes[low : low + LARGEST_WAY], {})
                members.append(("w", way, "outer" if k == 0 else "inner"))
        self.relations.append((members, {"type": "multipolygon", **tags}))

    def _ring(self, ring: shapely.LinearRing) -> Ints:
        nodes = self.add_points(np.asarray(shapely.get_coordinates(ring))[:-1])
        return np.append(nodes, nodes[:1])

    def write(self, path: Path, world: World) -> tuple[int, int, int]:
        """Write the file; returns the numbers of nodes, ways and relations."""
        degrees = world.degrees(np.vstack(self.points))
        low, high = degrees.min(axis=0), degrees.max(axis=0)
        header = osmium.io.Header()
        header.set("generator", "hereabouts town (invented)")
        header.add_box(
            osmium.osm.Box(osmium.osm.Location(*low.tolist()), osmium.osm.Location(*high.tolist()))
        )
        file = osmium.io.File(str(path), "pbf")
        with osmium.SimpleWriter(file, 4 << 20, header, True) as writer:
            self._write_nodes(writer, degrees)
            for k, (nodes, tags) in enumerate(self.ways):
                chain = (nodes + FIRST_ID).tolist()
                writer.add_way(osm.Way(id=FIRST_ID + k, version=1, nodes=chain, tags=tags))
            for k, (members, tags) in enumerate(self.relations):
                named = [(kind, FIRST_ID + index, role) for kind, index, role in members]
                writer.add_relation(
                    osm.Relation(id=FIRST_ID + k, version=1, members=named, tags=tags)
                )
        return len(degrees), len(self.ways), len(self.relations)

    def _write_nodes(self, writer: osmium.SimpleWriter, degrees: Floats) -> None:
        for k, (lon, lat) in enumerate(degrees.tolist()):
            tags = self.node_tags.get(k)
            if tags:
                node = osm.Node(id=FIRST_ID + k, version=1, location=(lon, lat), tags=tags)
            else:
                node = osm.Node(id=FIRST_ID + k, version=1, location=(lon, lat))
            writer.add_node(node)
