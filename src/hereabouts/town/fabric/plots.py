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
    """Houses between two passages, where houses stand in rows; 0 where each stands alone."""
    empty: float = 0.0
    """Share of plots left open."""
    use: str = ""


PLOTS: dict[Style, tuple[Plot, ...]] = {
    Style.CENTRE: (
        Plot(0.62, 8.5, 8.5, 14.0, 0.4, "retail", 2, 3, "outrigger", 9, 0.02, "shop"),
        Plot(0.16, 13.0, 13.0, 16.0, 0.6, "commercial", 0, 3, "plain", 6, 0.04, "office"),
        Plot(0.14, 6.0, 6.0, 9.5, 1.0, "house", 1, 3, "outrigger", 8, 0.04),
        Plot(0.08, 26.0, 22.0, 13.0, 2.0, "apartments", 14, 4, "ell", 0, 0.1),
    ),
    Style.TERRACE: (
        Plot(0.78, 5.1, 5.1, 8.6, 1.8, "house", 1, 2, "outrigger", 11, 0.02),
        Plot(0.16, 6.0, 6.0, 10.0, 3.2, "house", 2, 3, "outrigger", 9, 0.02),
        Plot(0.06, 24.0, 20.0, 11.0, 3.5, "apartments", 12, 3, "plain", 0, 0.2),
    ),
    Style.VILLA: (
        Plot(0.56, 21.0, 12.0, 11.5, 9.0, "detached", 1, 2, "ell", 0, 0.12),
        Plot(0.24, 23.0, 15.5, 10.5, 8.5, "semidetached_house", 2, 3, "plain", 0, 0.1),
        Plot(0.2, 34.0, 24.0, 13.0, 10.0, "apartments", 11, 3, "ell", 0, 0.15),
    ),
    Style.SEMI: (
        Plot(0.8, 18.0, 13.4, 8.6, 6.5, "semidetached_house", 2, 2, "plain", 0, 0.05),
        Plot(0.11, 14.5, 9.5, 10.0, 7.0, "bungalow", 1, 1, "ell", 0, 0.06),
        Plot(0.09, 15.5, 10.0, 9.5, 7.0, "detached", 1, 2, "ell", 0, 0.08),
    ),
    Style.POSTWAR: (
        Plot(0.56, 27.0, 23.0, 8.2, 6.0, "terrace", 4, 2, "plain", 0, 0.08),
        Plot(0.26, 17.5, 12.8, 8.2, 6.0, "semidetached_house", 2, 2, "plain", 0, 0.06),
        Plot(0.18, 36.0, 28.0, 11.5, 7.0, "apartments", 15, 3, "plain", 0, 0.1),
    ),
    Style.MODERN: (
        Plot(0.5, 12.0, 8.2, 9.2, 4.2, "detached", 1, 2, "ell", 0, 0.07),
        Plot(0.3, 14.5, 11.0, 9.0, 4.2, "semidetached_house", 2, 2, "plain", 0, 0.06),
        Plot(0.12, 19.0, 16.5, 9.0, 3.2, "terrace", 3, 3, "plain", 0, 0.05),
        Plot(0.08, 30.0, 24.0, 14.0, 4.0, "apartments", 14, 3, "ell", 0, 0.1),
    ),
    Style.VILLAGE: (
        Plot(0.45, 21.0, 11.5, 9.0, 6.5, "detached", 1, 2, "ell", 0, 0.2),
        Plot(0.3, 6.2, 6.2, 7.6, 1.8, "house", 1, 2, "plain", 5, 0.06),
        Plot(0.25, 19.0, 13.0, 8.4, 6.0, "semidetached_house", 2, 2, "plain", 0, 0.1),
    ),
    Style.INDUSTRY: (
        Plot(0.5, 62.0, 44.0, 36.0, 14.0, "industrial", 0, 1, "plain", 0, 0.18),
        Plot(0.25, 86.0, 66.0, 44.0, 16.0, "warehouse", 0, 1, "plain", 0, 0.2),
        Plot(0.25, 36.0, 27.0, 20.0, 10.0, "commercial", 0, 2, "ell", 0, 0.15),
    ),
}

PARADE = Plot(1.0, 6.4, 6.4, 12.0, 2.2, "retail", 1, 2, "outrigger", 9, 0.03, "shop")
"""Shops along an old main road."""
