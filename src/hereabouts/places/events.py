"""Facts that the gazetteer announces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from hereabouts.journal.events import Event, event_type
from hereabouts.kernel.text import N_
from hereabouts.places.domain.batch import Counts
from hereabouts.places.domain.wording import IMPORTERS


@event_type
@dataclass(frozen=True)
class ImportCompleted(Event):
    """An import changed the gazetteer; one that changed nothing is not announced.

    `kinds` names what was touched; the numbers are over all of them. The subject is the run.
    """

    wire_name: ClassVar[str] = "places.import.completed.v1"
    is_public: ClassVar[bool] = True
    sentence: ClassVar[str] = N_("New data was loaded: {importer} – {counted} (import {run}).")
    counts: ClassVar[Mapping[str, str]] = {
        "appeared": N_("{count} new"),
        "changed": N_("{count} changed"),
        "moved": N_("{count} moved"),
        "went": N_("{count} gone"),
        "returned": N_("{count} back"),
    }
    words: ClassVar[Mapping[str, Mapping[str, str]]] = {"importer": IMPORTERS}
    run: str
    importer: str
    file_digest: str
    kinds: tuple[str, ...]
    appeared: int
    changed: int
    moved: int
    went: int
    returned: int

    @classmethod
    def of(
        cls, run: str, importer: str, file_digest: str, counts: Mapping[str, Counts]
    ) -> ImportCompleted:
        """The event of a run with these counts."""
        touched = [found for found in counts.values() if found.touched]
        return cls(
            run=run,
            importer=importer,
            file_digest=file_digest,
            kinds=tuple(name for name, found in counts.items() if found.touched),
            appeared=sum(found.appeared for found in touched),
            changed=sum(found.changed for found in touched),
            moved=sum(found.moved for found in touched),
            went=sum(found.went for found in touched),
            returned=sum(found.returned for found in touched),
        )

    @classmethod
    def example(cls) -> Self:
        """One import of a small town."""
        return cls(
            run="im-3x9k2m7q1d5t",
            importer="osm",
            file_digest="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            kinds=("street", "segment", "premises"),
            appeared=1_204,
            changed=0,
            moved=0,
            went=0,
            returned=0,
        )
