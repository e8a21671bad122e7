"""Whose word a statement is: the register, its credit, and when it was loaded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from hereabouts.places.domain import wording
from hereabouts.places.domain.views import Source
from hereabouts.places.web.words.names import word


@dataclass(frozen=True)
class Origin:
    """A source as a page names it."""

    name: str
    attribution: str
    imported_at: datetime | None
    file_name: str
    importer: str


def origin_of(source: Source) -> Origin:
    """A source in the reader's words."""
    return Origin(
        name=source_name(source.name) if source.name else "",
        attribution=source.attribution,
        imported_at=source.imported_at,
        file_name=source.file_name,
        importer=word(wording.IMPORTERS, source.importer) if source.importer else "",
    )


def source_name(name: str) -> str:
    """What a register is called: OpenStreetMap, or the kind of file it was."""
    importer, _, kind = name.partition("/")
    if importer == "areas" and kind:
        return word(wording.AREA_KINDS_MANY, kind)
    if name in wording.SOURCES:
        return word(wording.SOURCES, name)
    if name in wording.IMPORTERS:
        return word(wording.IMPORTERS, name)
    return wording.as_written(name.replace("-", " ")).capitalize()


def credits_of(sources: Iterable[Source]) -> list[str]:
    """The credits to be shown, each once."""
    found = [line.strip() for one in sources for line in one.attribution.splitlines()]
    return list(dict.fromkeys(line for line in found if line))
