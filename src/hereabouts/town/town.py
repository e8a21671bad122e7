"""The town as a whole: the stages of its growth, in order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely

from hereabouts.town.dice import Dice
from hereabouts.town.fabric.amenities import move_in
from hereabouts.town.fabric.attributes import bus_lanes, number_roads, one_ways
from hereabouts.town.fabric.buildings import Building, build, build_up, choose_addressed, people
from hereabouts.town.fabric.furniture import Furniture, put_out
from hereabouts.town.fabric.landmarks import (
    build_churches,
    build_farms,
    build_square,
    build_station,
)
from hereabouts.town.fabric.outbuildings import add_outbuildings
from hereabouts.town.fabric.paths import lay_paths
from hereabouts.town.fabric.sites import Works, furnish
from hereabouts.town.fabric.surroundings import lay_land
from hereabouts.town.layout.countryside import Village, settle, village_zones
from hereabouts.town.layout.growth import fill, with_access
from hereabouts.town.layout.landmarks import Station, find_station, set_aside
from hereabouts.town.layout.network import DRIVABLE, Network, extend, join
from hereabouts.town.layout.skeleton import Skeleton, lay_skeleton
from hereabouts.town.layout.zones import divide, keep_sites
from hereabouts.town.naming import words
from hereabouts.town.naming.areas import Place, quarters
from hereabouts.town.naming.sites import SiteNames
from hereabouts.town.naming.streets import name_streets
from hereabouts.town.plan import Plan, plan_for
from hereabouts.town.statistics.areas import Areas, Geography, draw_areas
from hereabouts.town.statistics.blocks import Blocks, Dwellers, cut_blocks
from hereabouts.town.statistics.postcodes import Postcode, give_postcodes
from hereabouts.town.values import HOMES, Floats, Patch, Path, Style, Zone

Tell = Callable[[str, float], None]


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """Land and streets, before anything is built."""

    skeleton: Skeleton
    zones: list[Zone]
    network: Network
    station: Station | None
    villages: list[tuple[str, Floats]]
    quarters: list[Place]


@dataclass(frozen=True, slots=True, eq=False)
class Town:
    """Everything that was grown, in local metres."""

    name: str
    plan: Plan
    dice: Dice
    ground: Ground
    network: Network
    buildings: list[Building]
    works: Works
    patches: list[Patch]
    paths: list[Path]
    furniture: Furniture
    blocks: Blocks
    areas: Areas
    postcodes: list[Postcode]

    @property
    def name_of_river(self) -> str:
        """The river's name goes with the town's."""
        return words.RIVERS[words.TOWNS.index(self.name) % len(words.RIVERS)]

    @property
    def skeleton(self) -> Skeleton:
        """The bones of the town."""
        return self.ground.skeleton

    @property
    def zones(self) -> list[Zone]:
        """Its neighbourhoods."""
        return self.ground.zones


def grow(seed: int, residents: int, tell: Tell) -> Town:
    """Grow a town, stage by stage."""
    dice = Dice(seed, residents)
    plan = plan_for(residents)
    name = words.TOWNS[int(dice.stream("town").integers(len(words.TOWNS)))]
    tell("streets", 0.0)
    ground = _lay_ground(plan, dice)
    tell("buildings", 0.2)
    works = Works()
    buildings = _build(plan, ground, works, (SiteNames(name, dice.stream("site names")), dice))
    tell("paths", 0.32)
    network = extend(
        ground.network,
        [*works.ways, *lay_paths((plan, ground.skeleton, ground.network), ground.zones,
                                 buildings, dice)],
    )  # fmt: skip
    patches, paths = lay_land(ground.skeleton, _settled(ground.zones, buildings), network, dice)
    furniture = put_out(network, ground.skeleton, residents, dice)
    tell("areas", 0.42)
    blocks = cut_blocks(
        ground.skeleton.district, _edges(ground.skeleton, network), _dwellers(buildings)
    )
    geography = Geography(blocks, ground.skeleton.fringe, name,
                          (*ground.quarters, *ground.villages))  # fmt: skip
    areas = draw_areas(plan, geography, dice)
    postcodes = give_postcodes(buildings, len(ground.network.streets))
    return Town(name, plan, dice, ground, network, buildings, works, patches, paths, furniture,
                blocks, areas, postcodes)  # fmt: skip


def _lay_ground(plan: Plan, dice: Dice) -> Ground:
    skeleton = lay_skeleton(plan, dice)
    zones, streets = divide(plan, skeleton, dice)
    station = find_station(skeleton)
    zones = set_aside(zones, skeleton, station)
    streets += keep_sites(plan, zones, dice)
    if station is not None:
        streets.append(station.approach)
    villages, lanes = settle(plan, skeleton, dice)
    streets = [*skeleton.streets, *streets, *lanes]
    zones = with_access(zones, streets)
    places = quarters(zones, plan.residents, dice)
    zones += village_zones(villages, skeleton)
    network = join([*streets, *fill(zones, streets, dice)], dice.stream("network"))
    named = _named(villages, zones, dice)
    name_streets(network, named, dice)
    number_roads(network.streets, dice)
    bus_lanes(network.streets, dice)
    one_ways(network, dice)
    return Ground(skeleton, zones, network, station, named, places)


def _named(villages: list[Village], zones: list[Zone], dice: Dice) -> list[tuple[str, Floats]]:
    """Villages by name; their zones are told it."""
    order = dice.stream("village names").permutation(len(words.VILLAGES)).tolist()
    names = {v.number: words.VILLAGES[i] for v, i in zip(villages, order, strict=False)}
    for zone in zones:
        if zone.place:
            zone.name = names[zone.place]
    return [(names[v.number], v.centre) for v in villages]


def _build(
    plan: Plan, ground: Ground, works: Works, chance: tuple[SiteNames, Dice]
) -> list[Building]:
    """Landmarks and sites first, then houses where there is room."""
    names, dice = chance
    skeleton, zones, network = ground.skeleton, ground.zones, ground.network
    build_square(skeleton, works)
    if ground.station is not None:
        build_station(ground.station, names.town, works)
    turn = float(dice.stream("world").uniform(0.0, 2.0 * np.pi))
    yards = build_churches(network, zones, works, (plan.residents, turn, names, dice))
    site_works = furnish(network, zones, names, dice)
    land = shapely.union_all([z.polygon.buffer(40.0, quad_segs=2) for z in zones])
    wild = skeleton.district.buffer(-20.0).difference(
        shapely.union_all([land, skeleton.barriers.buffer(30.0)])
    )
    build_farms(network, wild, works, dice)
    for name in ("buildings", "patches", "ways", "spots"):
        getattr(works, name).extend(getattr(site_works, name))
    keep_out = [skeleton.water, skeleton.square, *yards, *(b.polygon for b in works.buildings)]
    houses, built = build(network, zones, keep_out, dice)
    build_up(houses, plan.residents)
    people(houses, zones, plan.residents, plan.village_residents)
    move_in(houses, (zones, [s.name for s in network.streets]), names, dice)
    everything = [*houses, *works.buildings, *add_outbuildings(built, network, zones, dice)]
    choose_addressed(everything, network.streets, dice)
    return everything


def _settled(zones: list[Zone], buildings: list[Building]) -> list[Zone]:
    """Zones where something was built, and those that are meant to stay open."""
    built_on = {b.zone for b in buildings}
    empty_by_chance = (*HOMES, Style.INDUSTRY)
    return [z for i, z in enumerate(zones) if i in built_on or z.style not in empty_by_chance]


def _edges(skeleton: Skeleton, network: Network) -> list[Floats]:
    """Lines that part one block from another."""
    lines = [s.line for s in network.streets if s.highway in DRIVABLE]
    lines += [skeleton.river, np.asarray(shapely.get_coordinates(skeleton.fringe.exterior))]
    if skeleton.railway is not None:
        lines.append(skeleton.railway)
    return lines


def _dwellers(buildings: list[Building]) -> Dwellers:
    lived_in = [b for b in buildings if b.homes]
    return Dwellers(
        np.array([[b.x, b.y] for b in lived_in]),
        np.array([b.residents for b in lived_in], dtype=np.int64),
        np.array([b.homes for b in lived_in], dtype=np.int64),
    )
