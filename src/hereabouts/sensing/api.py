"""The door: what other rooms may ask of sensing."""

from hereabouts.sensing.actions.findings import FindingDraft, clear_finding, raise_finding
from hereabouts.sensing.domain.grants import DataClass, Grant
from hereabouts.sensing.domain.watching import FINDING_NAMES, FindingKind
from hereabouts.sensing.queries.current import StreamNow, find_stream_now, list_streams_now
from hereabouts.sensing.queries.sensor import FindingView, ThingView, find_thing, list_open_findings
from hereabouts.sensing.queries.whereabouts import (
    StandingThing,
    list_things_in,
    list_things_near,
    list_things_of_area,
    places_of,
)

__all__ = [
    "FINDING_NAMES",
    "DataClass",
    "FindingDraft",
    "FindingKind",
    "FindingView",
    "Grant",
    "StandingThing",
    "StreamNow",
    "ThingView",
    "clear_finding",
    "find_stream_now",
    "find_thing",
    "list_open_findings",
    "list_streams_now",
    "list_things_in",
    "list_things_near",
    "list_things_of_area",
    "places_of",
    "raise_finding",
]
