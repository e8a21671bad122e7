"""Neighbourhoods: the land between the main roads, divided, given an era, and some kept green."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from hereabouts.town.dice import Dice
from hereabouts.town.layout.curves import at, length_m, pieces
from hereabouts.town.layout.polygons import across, box_of, cut, faces, tidy
from hereabouts.town.layout.skeleton import Skeleton
from hereabouts.town.plan import Plan
from hereabouts.town.values import Floats, Street, Style, Zone

NEIGHBOURHOOD_M2 = 210_000.0
WEDGES = 0.19
"""Share of the land within the town's edge that is never built on."""
SMALLEST_ZONE_M2 = 3_000.0

QUALITY = {
    Style.CENTRE: 0.42,
    Style.TERRACE: 0.33,
    Style.VILLA: 0.86,
    Style.SEMI: 0.6,
    Style.POSTWAR: 0.22,
    Style.MODERN: 0.72,
    Style.VILLAGE: 0.8,
    Style.INDUSTRY: 0.3,
}


@dataclass(frozen=True, slots=True)
class Character:
    """Where the good side, the works and the smooth accidents of history lie."""

    good_side: float
    works_side: float
    waves: tuple[tuple[float, float, float], ...]

    def accident(self, x: float, y: float) -> float:
        """A smooth random field, about -1 to 1."""
        return float(sum(np.sin(a * x + b * y + c) for a, b, c in self.waves) / 1.7)


def character(plan: Plan, dice: Dice) -> Character:
    """Draw the character of the town."""
    rng = dice.stream("character")
    good = rng.choice([np.pi * 0.9, np.pi * 0.62, np.pi * 0.3])
    waves = tuple(
        (rng.normal() * 5.0 / plan.radius_m, rng.normal() * 5.0 / plan.radius_m,
         rng.uniform(0, 6.3))
        for _ in range(4)
    )  # fmt: skip
    return Character(float(good), float(good - np.pi * rng.uniform(0.75, 0.95)), waves)


def divide(plan: Plan, skeleton: Skeleton, dice: Dice) -> tuple[list[Zone], list[Street]]:
    """Neighbourhoods with their styles, and the collector streets between them."""
    rng = dice.stream("zones")
    lines = [s.line for s in skeleton.streets]
    lines.append(shapely.get_coordinates(skeleton.built.exterior))
    barriers = skeleton.barriers
    cuts: list[tuple[Floats, int]] = []
    zones: list[Zone] = []
    nature = character(plan, dice)
    for face in faces(lines, SMALLEST_ZONE_M2):
        if not skeleton.built.contains(face.representative_point()):
            continue
        for block in tidy(face.difference(barriers), SMALLEST_ZONE_M2):
            parts, lines_between = _split(block, _target_m2(plan, block), rng)
            cuts += [(line, i) for i, line in enumerate(lines_between)]
            zones += [_styled(part, (plan, skeleton, nature), rng) for part in parts]
    zones = _without_wedges(plan, zones, nature)
    land = shapely.STRtree([z.polygon for z in zones])
    streets = [_collector(line, i) for line, i in cuts if _runs_by(line, land)]
    return zones, streets


def _without_wedges(plan: Plan, zones: list[Zone], nature: Character) -> list[Zone]:
    """Leave the land where green wedges reach towards the middle as it is."""
    reach = []
    for i, zone in enumerate(zones):
        x, y = zone.polygon.centroid.x, zone.polygon.centroid.y
        away = float(np.hypot(x, y)) / plan.radius_m
        if away > 0.5 and zone.style is not Style.INDUSTRY:
            reach.append((nature.accident(0.7 * y, -0.7 * x) + 1.2 * away, i))
    left = WEDGES * sum(zone.polygon.area for zone in zones)
    dropped: set[int] = set()
    for _, i in sorted(reach, reverse=True):
        if zones[i].polygon.area < left:
            left -= zones[i].polygon.area
            dropped.add(i)
    return [zone for i, zone in enumerate(zones) if i not in dropped]


def _runs_by(line: Floats, land: shapely.STRtree) -> bool:
    """Whether a street has built land beside it at most places."""
    spots = shapely.points(at(line, np.linspace(0.15, 0.85, 5) * length_m(line)))
    beside = np.unique(land.query(spots, predicate="dwithin", distance=4.0)[0])
    return len(beside) >= 3


def _target_m2(plan: Plan, block: shapely.Polygon) -> float:
    away = float(np.hypot(block.centroid.x, block.centroid.y)) / plan.radius_m
    return NEIGHBOURHOOD_M2 * (0.55 + 0.6 * min(1.0, away)) * min(1.0, 0.3 + plan.residents / 6e4)


def _collector(line: Floats, order: int) -> Street:
    return Street(line, "tertiary" if order == 0 else "unclassified", "collector")


def _split(
    block: shapely.Polygon, target_m2: float, rng: np.random.Generator
) -> tuple[list[shapely.Polygon], list[Floats]]:
    """Cut across the long side again and again until the parts are neighbourhoods."""
    waiting, done, cuts = [block], [], list[Floats]()
    while waiting:
        polygon = waiting.pop(0)
        if polygon.area < 1.6 * target_m2 or box_of(polygon).width_m < 90.0:
            done.append(polygon)
            continue
        line = across(
            polygon, rng.uniform(0.42, 0.58), rng.uniform(-0.2, 0.2), rng.uniform(-0.2, 0.2)
        )
        parts = [p for p in cut(polygon, line) if p.area > SMALLEST_ZONE_M2]
        if len(parts) < 2:
            done.append(polygon)
            continue
        cuts += pieces(shapely.LineString(line).intersection(polygon), 30.0)
        waiting += parts
    return done, cuts


def _styled(
    part: shapely.Polygon,
    setting: tuple[Plan, Skeleton, Character],
    rng: np.random.Generator,
) -> Zone:
    plan, _skeleton, nature = setting
    x, y = part.centroid.x, part.centroid.y
    style = _style(part, setting, rng)
    angle = np.arctan2(y, x)
    smart = 0.12 * np.cos(angle - nature.good_side) * min(1.0, np.hypot(x, y) / plan.radius_m)
    quality = QUALITY[style] + smart + 0.1 * nature.accident(-y, x) + rng.normal() * 0.05
    return Zone(part, style, quality=float(np.clip(quality, 0.02, 0.98)))


def _style(
    part: shapely.Polygon,
    setting: tuple[Plan, Skeleton, Character],
    rng: np.random.Generator,
) -> Style:
    plan, skeleton, nature = setting
    point = part.centroid
    if skeleton.centre.contains(part.representative_point()):
        return Style.CENTRE
    away = float(np.hypot(point.x, point.y)) / plan.radius_m
    angle = np.arctan2(point.y, point.x)
    if _is_works(part, (away, angle), setting, rng):
        return Style.INDUSTRY
    age = away + 0.09 * nature.accident(point.x, point.y) + rng.normal() * 0.035
    if np.cos(angle - nature.good_side) > 0.8 and 0.2 < age < 0.62:
        return Style.VILLA
    for limit, style in ((0.40, Style.TERRACE), (0.68, Style.SEMI), (0.86, Style.POSTWAR)):
        if age < limit:
            return style
    return Style.MODERN


def _is_works(
    part: shapely.Polygon,
    where: tuple[float, float],
    setting: tuple[Plan, Skeleton, Character],
    rng: np.random.Generator,
) -> bool:
    plan, skeleton, nature = setting
    away, angle = where
    if plan.residents < 5_000:
        return False
    side = np.cos(angle - nature.works_side)
    if away > 0.78 and side > 0.91:
        return True
    if skeleton.railway is None or away < 0.25:
        return False
    by_rail = part.distance(shapely.LineString(skeleton.railway)) < 30.0
    return bool(by_rail and away < 0.8 and side > -0.1 and rng.random() < 0.5)


SITES: tuple[tuple[Style, float, float, int], ...] = (
    (Style.HOSPITAL, 60_000.0, 110_000.0, 20_000),
    (Style.PARK, 190_000.0, 17_000.0, 60_000),
    (Style.PARK, 95_000.0, 16_000.0, 14_000),
    (Style.SCHOOL, 75_000.0, 19_000.0, 9_000),
    (Style.CEMETERY, 45_000.0, 38_000.0, 6_000),
    (Style.RETAIL, 52_000.0, 42_000.0, 15_000),
    (Style.PARK, 60_000.0, 11_000.0, 4_000),
    (Style.SCHOOL, 22_000.0, 4_600.0, 1_500),
    (Style.PARK, 20_000.0, 5_000.0, 1_500),
    (Style.ALLOTMENTS, 17_000.0, 8_000.0, 3_000),
)
"""Style, square metres, residents for one, and the fewest residents that have any."""


def keep_sites(plan: Plan, zones: list[Zone], dice: Dice) -> list[Street]:
    """Keep land for schools, parks and the like, well spread; the cut becomes a street."""
    rng = dice.stream("sites")
    streets: list[Street] = []
    taken: list[tuple[Style, Floats]] = []
    small = min(1.0, 0.4 + plan.residents / 25_000)
    for style, full_m2, per_residents, fewest in SITES:
        area_m2 = full_m2 * small
        if plan.residents < fewest:
            continue
        for _ in range(max(1, round(plan.residents / per_residents))):
            chosen = _zone_for(zones, style, area_m2, taken)
            if chosen is None:
                break
            streets += _carve(zones, chosen, (style, area_m2), rng)
            middle = zones[-1].polygon.centroid
            taken.append((style, np.array([middle.x, middle.y])))
    return streets


def _zone_for(
    zones: list[Zone], style: Style, area_m2: float, taken: list[tuple[Style, Floats]]
) -> int | None:
    """The zone farthest from other sites, most of all from those of its own kind."""
    able = [
        i for i, zone in enumerate(zones)
        if _suits(zone.style, style) and zone.polygon.area >= 1.15 * area_m2
    ]  # fmt: skip
    if not able:
        return None
    middles = shapely.get_coordinates(shapely.centroid([zones[i].polygon for i in able]))
    score = 3000.0 + 0.001 * (np.array(able) % 7)
    if taken:
        places = np.array([place for _, place in taken])
        weight = np.array([1.0 if other is style else 3.0 for other, _ in taken])
        apart = np.hypot(*(middles[:, None, :] - places[None, :, :]).transpose(2, 0, 1))
        score = np.minimum(score, (apart * weight).min(axis=1))
    if style is Style.RETAIL:
        score = 0.1 * score + np.hypot(*middles.T)
    return able[int(score.argmax())]


def _suits(zone: Style, site: Style) -> bool:
    if site is Style.RETAIL:
        return zone in (Style.INDUSTRY, Style.MODERN)
    if site is Style.HOSPITAL:
        return zone in (Style.SEMI, Style.POSTWAR, Style.VILLA)
    return zone in (Style.TERRACE, Style.VILLA, Style.SEMI, Style.POSTWAR, Style.MODERN)


def _carve(
    zones: list[Zone], index: int, site: tuple[Style, float], rng: np.random.Generator
) -> list[Street]:
    style, area_m2 = site
    zone = zones[index]
    share = area_m2 / zone.polygon.area
    if share > 0.62:
        zones.append(Zone(zone.polygon, style, zone.quality))
        del zones[index]
        return []
    at_end = rng.random() < 0.5
    line = across(zone.polygon, 1.0 - share if at_end else share, rng.uniform(-0.05, 0.05))
    parts = sorted(cut(zone.polygon, line), key=lambda p: abs(p.area - area_m2))
    if len(parts) < 2:
        zones.append(Zone(zone.polygon, style, zone.quality))
        del zones[index]
        return []
    rest = [Zone(p, zone.style, zone.quality) for p in parts[1:] if p.area > SMALLEST_ZONE_M2]
    lines = pieces(shapely.LineString(line).intersection(zone.polygon), 30.0)
    del zones[index]
    zones += [*rest, Zone(parts[0], style, zone.quality)]
    return [Street(found, "residential", "collector", zone.style) for found in lines]
