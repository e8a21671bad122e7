"""The town as a whole: the stages of its growth, in order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hereabouts.town.dice import Dice
from hereabouts.town.fabric.buildings import Building, build, choose_addressed, people
from hereabouts.town.layout.growth import fill
from hereabouts.town.layout.network import Network, join
from hereabouts.town.layout.skeleton import Skeleton, lay_skeleton
from hereabouts.town.layout.zones import divide
from hereabouts.town.naming import words
from hereabouts.town.naming.streets import name_streets
from hereabouts.town.plan import Plan, plan_for
from hereabouts.town.statistics.areas import Areas, Blocks, cut_blocks, draw_areas
from hereabouts.town.statistics.postcodes import Postcode, give_postcodes
from hereabouts.town.values import Patch, Path, Spot, Zone


@dataclass(slots=True)
class Town:
    """Everything that was grown, in local metres."""

    name: str
    plan: Plan
    dice: Dice
    skeleton: Skeleton
    zones: list[Zone]
    network: Network
    buildings: list[Building]
    paths: list[Path]
    patches: list[Patch]
    spots: list[Spot]
    blocks: Blocks
    areas: Areas
    postcodes: list[Postcode]


def grow(seed: int, residents: int, tell: Callable[[str, float], None]) -> Town:
    """Grow a town, stage by stage."""
    dice = Dice(seed, residents)
    plan = plan_for(residents)
    tell("main roads", 0.0)
    skeleton = lay_skeleton(plan, dice)
    zones, collectors = divide(plan, skeleton, dice)
    tell("streets", 0.05)
    streets = [*skeleton.streets, *collectors]
    network = join([*streets, *fill(zones, streets, dice)])
    tell("names", 0.2)
    name_streets(network, (), dice)
    tell("buildings", 0.25)
    buildings = build(network, zones, [skeleton.water, skeleton.square], dice)
    people(buildings, zones, residents)
    choose_addressed(buildings, len(network.streets), dice)
    tell("areas", 0.4)
    name = words.TOWNS[int(dice.stream("town").integers(len(words.TOWNS)))]
    where = np.array([[b.x, b.y] for b in buildings])
    blocks = cut_blocks(skeleton, network, [], (where, np.array([b.residents for b in buildings])))
    areas = draw_areas(plan, blocks, name, dice)
    postcodes = give_postcodes(buildings, len(network.streets))
    return Town(name, plan, dice, skeleton, zones, network, buildings, [], [], [],
                blocks, areas, postcodes)  # fmt: skip
