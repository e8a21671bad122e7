"""A figure: what was measured, what was asked, and the reference measured in the same run."""

from __future__ import annotations

import importlib
import math
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One line of the table; `reference` and `measured` share the unit when both are given."""

    name: str
    measured: float
    unit: str
    asked: str = ""
    reference: float | None = None
    reference_name: str = ""

    def __str__(self) -> str:
        """The line as it is printed."""
        beside = ""
        if self.reference is not None:
            ratio = self.measured / self.reference if self.reference else math.inf
            beside = (
                f"  {ratio:.3g} × {self.reference_name} ({_number(self.reference)} {self.unit})"
            )
        value = f"{_number(self.measured)} {self.unit}"
        return f"{self.name:<58} {value:>14} {self.asked:>12}{beside}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def times_ms(
    work: Callable[[], object], runs: int, clock: Callable[[], float] = time.perf_counter
) -> list[float]:
    """Time of each run in milliseconds, after one that is not counted.

    `time.process_time` as clock counts this process's CPU alone, whatever else the machine does.
    """
    work()
    found = []
    for _ in range(runs):
        began = clock()
        work()
        found.append((clock() - began) * 1000)
    return found


def percentile(values: list[float], share: float) -> float:
    """The value below which that share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)]


def median(values: list[float]) -> float:
    """The middle value."""
    return statistics.median(values)


def main() -> None:
    """Print the figures of the benchmark named on the command line."""
    for figure in importlib.import_module(f"bench.{sys.argv[1]}").figures():
        print(figure, flush=True)


if __name__ == "__main__":
    main()
