"""The kinds of building each era put along its streets."""

from __future__ import annotations

from dataclasses import dataclass

from hereabouts.town.values import Style


@dataclass(frozen=True, slots=True)
class Plot:
    """One kind of building, repeated along a frontage. Lengths in metres."""

    share: float
    pitch_m: float
    """Along the street from one to the next."""
    width_m: float
    depth_m: float
    setback_m: float
    """From the back of the pavement to the front wall."""
    building: str
    homes: int
    levels: int
    shape: str = "plain"
    row: int = 0
    """Houses between two gaps, where houses stand in rows; 0 where each stands alone."""
    row_gap_m: float = 0.0
    empty: float = 0.0
    """Share of plots left open."""
    use: str = ""


PLOTS: dict[Style, tuple[Plot, ...]] = {
    Style.CENTRE: (
        Plot(0.60, 8.5, 8.5, 14.0, 0.4, "retail", 2, 3, "outrigger", 9, 3.5, 0.02, "shop"),
        Plot(0.15, 13.0, 13.0, 16.0, 0.6, "commercial", 0, 3, "plain", 6, 4.0, 0.04, "office"),
        Plot(0.14, 6.0, 6.0, 9.5, 1.0, "house", 1, 3, "outrigger", 8, 3.0, 0.02),
        Plot(0.11, 26.0, 22.0, 13.0, 2.0, "apartments", 18, 4, "ell", empty=0.08),
    ),
    Style.TERRACE: (
        Plot(0.50, 5.1, 5.1, 8.6, 1.8, "house", 1, 2, "outrigger", 11, 3.2, 0.01),
        Plot(0.28, 26.5, 25.5, 8.6, 1.8, "terrace", 5, 2, empty=0.01),
        Plot(0.15, 6.0, 6.0, 10.0, 3.2, "house", 2, 3, "outrigger", 9, 3.2, 0.01),
        Plot(0.07, 24.0, 20.0, 11.0, 3.5, "apartments", 16, 3, empty=0.1),
    ),
    Style.VILLA: (
        Plot(0.50, 19.0, 12.0, 11.5, 9.0, "detached", 1, 2, "ell", empty=0.06),
        Plot(0.24, 21.0, 15.5, 10.5, 8.5, "semidetached_house", 2, 3, empty=0.06),
        Plot(0.26, 32.0, 24.0, 13.0, 10.0, "apartments", 14, 3, "ell", empty=0.1),
    ),
    Style.SEMI: (
        Plot(0.06, 6.6, 6.6, 8.6, 6.5, "house", 1, 2, "plain", 2, 3.6, 0.02),
        Plot(0.74, 16.6, 13.2, 8.6, 6.5, "semidetached_house", 2, 2, empty=0.02),
        Plot(0.09, 13.5, 9.5, 10.0, 7.0, "bungalow", 1, 1, "ell", empty=0.03),
        Plot(0.07, 14.0, 10.0, 9.5, 7.0, "detached", 1, 2, "ell", empty=0.04),
        Plot(0.04, 32.0, 26.0, 11.5, 8.0, "apartments", 16, 3, empty=0.1),
    ),
    Style.POSTWAR: (
        Plot(0.46, 26.0, 22.5, 8.2, 5.0, "terrace", 4, 2, empty=0.03),
        Plot(0.04, 5.8, 5.8, 8.2, 5.0, "house", 1, 2, "plain", 6, 3.5, 0.02),
        Plot(0.28, 16.0, 12.8, 8.2, 5.5, "semidetached_house", 2, 2, empty=0.03),
        Plot(0.22, 34.0, 28.0, 11.5, 6.0, "apartments", 18, 4, empty=0.06),
    ),
    Style.MODERN: (
        Plot(0.34, 10.8, 8.2, 9.2, 4.2, "detached", 1, 2, "ell", empty=0.04),
        Plot(0.50, 13.4, 11.0, 9.0, 4.2, "semidetached_house", 2, 2, empty=0.03),
        Plot(0.04, 5.4, 5.4, 9.0, 3.2, "house", 1, 3, "plain", 4, 3.6, 0.03),
        Plot(0.12, 28.0, 24.0, 14.0, 4.0, "apartments", 16, 3, "ell", empty=0.06),
    ),
    Style.VILLAGE: (
        Plot(0.45, 18.0, 11.5, 9.0, 6.5, "detached", 1, 2, "ell", empty=0.12),
        Plot(0.3, 6.2, 6.2, 7.6, 1.8, "house", 1, 2, "plain", 5, 4.0, 0.04),
        Plot(0.25, 17.0, 13.0, 8.4, 6.0, "semidetached_house", 2, 2, empty=0.06),
    ),
    Style.INDUSTRY: (
        Plot(0.45, 58.0, 44.0, 36.0, 14.0, "industrial", 0, 1, empty=0.12),
        Plot(0.25, 82.0, 66.0, 44.0, 16.0, "warehouse", 0, 1, empty=0.12),
        Plot(0.30, 34.0, 27.0, 20.0, 10.0, "commercial", 0, 2, "ell", empty=0.1),
    ),
}

PARADE = Plot(1.0, 6.4, 6.4, 12.0, 2.2, "retail", 1, 2, "outrigger", 9, 3.0, 0.02, "shop")
"""Shops along an old main road."""
