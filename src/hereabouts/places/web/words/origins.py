"""Whose word a statement is: the register, its credit, and when it was loaded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from hereabouts.places.domain import wording
from hereabouts.places.domain.views import Source
from hereabouts.places.queries.asset_types import get_asset_types
from hereabouts.places.web.words.names import asset_name, word


@dataclass(frozen=True)
class Origin:
    """A source as a page names it."""

    name: str
    attribution: str
    imported_at: datetime | None
    file_name: str
    importer: str

    @property
    def credit(self) -> str:
        """What is owed to the publisher, as a sentence."""
        lines = [line.strip().rstrip(".") for line in self.attribution.splitlines()]
        return " ".join(f"{line}." for line in lines if line)


def origin_of(source: Source) -> Origin:
    """A source in the reader's words."""
    return Origin(
        name=source_name(source.name, source.importer) if source.name else "",
        attribution=source.attribution,
        imported_at=source.imported_at,
        file_name=source.file_name,
        importer=word(wording.IMPORTERS, source.importer) if source.importer else "",
    )


def source_name(name: str, importer: str = "") -> str:
    """What a register is called: OpenStreetMap, a council's list, or the kind of file it was."""
    if importer == "assets":
        return _list_name(name)
    prefix, _, kind = name.partition("/")
    if prefix == "areas" and kind:
        return word(wording.AREA_KINDS_MANY, kind)
    if name in wording.SOURCES:
        return word(wording.SOURCES, name)
    if name in wording.IMPORTERS:
        return word(wording.IMPORTERS, name)
    return wording.as_written(name.replace("-", " ")).capitalize()


def _list_name(name: str) -> str:
    """A list of assets by what it holds where its file is named after a type, or as it is named."""
    key = name.removeprefix("assets-")
    what = asset_name(key) if get_asset_types().find(key) else wording.as_written(name)
    return gettext("The council’s list (%(what)s)") % {"what": what}


def credits_of(sources: Iterable[Source]) -> list[str]:
    """The credits to be shown, each once."""
    found = [line.strip() for one in sources for line in one.attribution.splitlines()]
    return list(dict.fromkeys(line for line in found if line))
