"""The whole of what is published, in the reader's language, as of the latest import."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import get_language, gettext

from hereabouts.design.api import current_council
from hereabouts.places.adapters.ogcapi.collections import COLLECTIONS, DESCRIPTION, TITLE
from hereabouts.places.queries.features import find_dataset_box
from hereabouts.places.queries.sources import sources
from hereabouts.places.queries.tiles import data_version
from hereabouts.standards.ogcapi.errors import ResourceUnknown
from hereabouts.standards.ogcapi.model import Collection, Dataset, Property


def current_dataset() -> Dataset:
    """What is published now."""
    version = data_version()
    named = [source.attribution for source in sources().values() if source.attribution]
    return Dataset(
        title=f"{_place_name()}: {gettext(TITLE)}",
        description=gettext(DESCRIPTION),
        attribution="; ".join(dict.fromkeys(named)),
        extent=find_dataset_box(version),
        version=version,
        collections=tuple(translated(collection) for collection in COLLECTIONS.values()),
    )


def _place_name() -> str:
    return current_council().place.in_language(get_language() or "en")


def find_collection(name: str) -> Collection:
    """A collection by its name. Raises: ResourceUnknown."""
    found = COLLECTIONS.get(name)
    if found is None:
        raise ResourceUnknown(name=name[:60])
    return translated(found)


def translated(collection: Collection) -> Collection:
    """The collection with its words in the reader's language."""
    return replace(
        collection,
        title=gettext(collection.title),
        description=gettext(collection.description),
        properties=tuple(_translated(one) for one in collection.properties),
        filters=tuple(_translated(one) for one in collection.filters),
    )


def _translated(declared: Property) -> Property:
    return replace(declared, title=gettext(declared.title))
