"""Arithmetic on polylines: lengths, points along, smoothing, offsets."""

from __future__ import annotations

import numpy as np
import shapely

from hereabouts.town.values import Floats, Shape


def length_m(line: Floats) -> float:
    """Length of a polyline."""
    return float(np.hypot(*np.diff(line, axis=0).T).sum())


def measures_m(line: Floats) -> Floats:
    """Distance of each vertex from the start."""
    return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])


def at(line: Floats, distances: Floats) -> Floats:
    """Points at the given distances along. Shape (distances, 2)."""
    along = measures_m(line)
    return np.column_stack(
        [np.interp(distances, along, line[:, 0]), np.interp(distances, along, line[:, 1])]
    )


def resample(line: Floats, step_m: float) -> Floats:
    """The line with vertices about `step_m` apart, ends kept."""
    total = length_m(line)
    count = max(2, round(total / step_m) + 1)
    return at(line, np.linspace(0.0, total, count))


def part(line: Floats, start_m: float, end_m: float) -> Floats:
    """The piece between two distances along, with the vertices in between."""
    along = measures_m(line)
    inside = (along > start_m + 1e-6) & (along < end_m - 1e-6)
    ends = at(line, np.array([start_m, end_m]))
    return np.vstack([ends[:1], line[inside], ends[1:]])


def smooth(line: Floats, rounds: int = 2) -> Floats:
    """Corner cutting that keeps the ends."""
    for _ in range(rounds):
        cut = np.empty((2 * (len(line) - 1), 2))
        cut[0::2] = 0.75 * line[:-1] + 0.25 * line[1:]
        cut[1::2] = 0.25 * line[:-1] + 0.75 * line[1:]
        line = np.vstack([line[:1], cut[1:-1], line[-1:]])
    return line


def simplify(line: Floats, tolerance_m: float) -> Floats:
    """Fewer vertices within a tolerance."""
    return coordinates(shapely.simplify(shapely.LineString(line), tolerance_m))


def coordinates(shape: Shape) -> Floats:
    """Coordinates of a line, shape (points, 2)."""
    return np.asarray(shapely.get_coordinates(shape), dtype=np.float64)


def heading(line: Floats, distance_m: float) -> Floats:
    """Unit tangent at a distance along."""
    here = at(line, np.array([distance_m - 1.0, distance_m + 1.0]))
    step = here[1] - here[0]
    size = float(np.hypot(step[0], step[1]))
    return step / size if size > 0 else np.array([1.0, 0.0])


def left_of(direction: Floats) -> Floats:
    """A quarter turn to the left."""
    return np.array([-direction[1], direction[0]])


def turned(direction: Floats, angle: float) -> Floats:
    """Direction turned by an angle in radians, anticlockwise."""
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.array(
        [direction[0] * cosine - direction[1] * sine, direction[0] * sine + direction[1] * cosine]
    )


def pieces(shape: Shape, shortest_m: float = 0.0) -> list[Floats]:
    """Every line in a geometry at least so long, joined where they meet end to end."""
    lines = [g for g in shapely.get_parts(shape, return_index=False) if g.length > 0]
    lines = [g for g in lines if g.geom_type == "LineString"]
    if not lines:
        return []
    merged = shapely.get_parts(shapely.line_merge(shapely.MultiLineString(lines)))
    return [coordinates(g) for g in merged if g.length >= shortest_m]


def wave(at_: Floats, rng: np.random.Generator, wavelength_m: float) -> Floats:
    """A smooth random curve of about unit size over `at_`, zero at the origin."""
    total = np.zeros_like(at_)
    for octave, weight in ((1.0, 0.7), (1.9, 0.35), (3.3, 0.15)):
        phase = rng.uniform(0, 2 * np.pi)
        turn = 2 * np.pi * octave / wavelength_m
        total += weight * (np.sin(turn * at_ + phase) - np.sin(phase))
    return total
