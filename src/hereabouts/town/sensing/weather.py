"""The invented town's weather: a British year that can be asked for at any moment."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from hereabouts.town.sensing.noise import smooth

DAY_S = 86_400.0
YEAR_S = 365.2425 * DAY_S
COLDEST_DAY = 20
"""Day of the year about which the mean temperature is lowest."""
WETNESS = 0.78
"""Share of the time without rain."""
STEP_S = 60.0


@dataclass(frozen=True)
class Storm:
    """Rain that somebody ordered: from when to when (seconds since 1970 UTC), in mm an hour."""

    start: float
    end: float
    mm_per_hour: float


@dataclass(frozen=True)
class Weather:
    """The weather of a seed; `storms` come on top. Times are seconds since 1970 UTC."""

    seed: int
    storms: Sequence[Storm] = ()

    def rain_mm_h(self, seconds: float) -> float:
        """Rain in millimetres an hour."""
        spell = smooth(self.seed, "rain", seconds, 5 * 3_600)
        shower = smooth(self.seed, "shower", seconds, 600)
        own = max(0.0, spell - WETNESS) / (1 - WETNESS) * 3.0 * shower
        return own + sum(s.mm_per_hour for s in self.storms if s.start <= seconds < s.end)

    def temperature_c(self, seconds: float) -> float:
        """Air temperature in degrees Celsius: season, hour of the day, and the week's weather."""
        season = -math.cos(2 * math.pi * (seconds / YEAR_S - COLDEST_DAY / 365.2425))
        hour = -math.cos(2 * math.pi * (seconds % DAY_S / DAY_S - 3 / 24))
        week = smooth(self.seed, "air mass", seconds, 3 * DAY_S) - 0.5
        wet = min(1.0, self.rain_mm_h(seconds) / 4)
        return 10.2 + 6.5 * season + (2.2 + 1.4 * season) * hour + 8.0 * week - 1.5 * wet

    def humidity_percent(self, seconds: float) -> float:
        """Relative humidity."""
        dry = smooth(self.seed, "moisture", seconds, 9 * 3_600)
        hour = math.cos(2 * math.pi * (seconds % DAY_S / DAY_S - 4 / 24))
        wet = min(1.0, self.rain_mm_h(seconds) / 2)
        return min(100.0, max(30.0, 70.0 + 12.0 * hour + 18.0 * (0.5 - dry) + 20.0 * wet))

    def wind_m_s(self, seconds: float) -> float:
        """Wind speed at ten metres."""
        spell = smooth(self.seed, "wind", seconds, 8 * 3_600)
        gust = smooth(self.seed, "gust", seconds, 120)
        return 0.5 + 9.0 * spell * spell + 2.5 * gust * spell

    def standing_water(self, seconds: float, drains_in_s: float) -> float:
        """Millimetres of rain that have not drained yet, where a third is left after this long.

        A leaky bucket over the last five such times, in steps of at least a minute.
        """
        step = max(STEP_S, drains_in_s / 40)
        steps = math.ceil(5 * drains_in_s / step)
        return sum(
            self.rain_mm_h(seconds - k * step) * step / 3_600 * math.exp(-k * step / drains_in_s)
            for k in range(steps)
        )
