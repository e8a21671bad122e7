"""Whom sensors reach, whom they leave out, and where the next ones would do most good.

Pure: points are rows of (longitude, latitude) in WGS 84, distances metres.
"""

from hereabouts.sensing.domain.coverage.choosing import Choice, choose
from hereabouts.sensing.domain.coverage.ground import distances_m, nearest_m
from hereabouts.sensing.domain.coverage.planning import Aim, Plan, Question, Site, plan_sites
from hereabouts.sensing.domain.coverage.reach import (
    DEPRIVED_DECILES,
    DecileReach,
    Reach,
    SmallArea,
    measure_reach,
    places_of,
    weights_of,
)

__all__ = [
    "DEPRIVED_DECILES",
    "Aim",
    "Choice",
    "DecileReach",
    "Plan",
    "Question",
    "Reach",
    "Site",
    "SmallArea",
    "choose",
    "distances_m",
    "measure_reach",
    "nearest_m",
    "places_of",
    "plan_sites",
    "weights_of",
]
