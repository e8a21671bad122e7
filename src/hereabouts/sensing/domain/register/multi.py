"""What a MultiDatastream must be. Source: OGC 18-088, annex on MultiDatastreams."""

from __future__ import annotations

from collections.abc import Mapping, Sized
from typing import cast

from hereabouts.sensing.domain.register.faults import UnusableError

COMPLEX = "OM_ComplexObservation"


def check_multi(values: Mapping[str, object], properties: int, at: str = "") -> None:
    """Refuse a MultiDatastream of another type, or whose lists differ in length.

    `properties` counts its ObservedProperties. Raises: UnusableError.
    """
    lead = f"{at}/" if at else ""
    kind = str(values["observationType"]).rpartition("/")[2]
    if kind.lower() != COMPLEX.lower():
        raise UnusableError(f"{lead}observationType", f"a MultiDatastream has {COMPLEX}")
    if not properties:
        raise UnusableError(f"{lead}ObservedProperties", "a MultiDatastream must have it")
    for name in ("unitOfMeasurements", "multiObservationDataTypes"):
        count = len(cast(Sized, values[name]))
        if count != properties:
            raise UnusableError(
                f"{lead}{name}",
                f"it has {count} elements and there are {properties} ObservedProperties",
            )
