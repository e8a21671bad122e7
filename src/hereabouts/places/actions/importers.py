"""One door for each kind of file; each is an import with the reader of that name."""

from __future__ import annotations

from pathlib import Path

from hereabouts.kernel.access import Actor
from hereabouts.places.actions.importing import ImportOptions, import_file
from hereabouts.places.domain.batch import ImportSummary, Say, say_nothing


def import_osm(path: Path, actor: Actor, progress: Say = say_nothing) -> ImportSummary:
    """Import a map from OpenStreetMap.

    Raises: NotAllowed; the refusals of `places.errors`; nothing is kept when it raises.
    """
    return import_file(path, "osm", actor, ImportOptions(say=progress))


def import_areas(
    path: Path, actor: Actor, progress: Say = say_nothing, **what: object
) -> ImportSummary:
    """Import areas of one kind; `what` are `kind`, `code`, `name` and the rest of its options."""
    return import_file(path, "areas", actor, ImportOptions(say=progress, reader=what))


def import_postcodes(path: Path, actor: Actor, progress: Say = say_nothing) -> ImportSummary:
    """Import postcodes, in the columns of Code-Point Open or the ONS Postcode Directory."""
    return import_file(path, "postcodes", actor, ImportOptions(say=progress))


def import_uprn(
    path: Path, actor: Actor, progress: Say = say_nothing, **what: object
) -> ImportSummary:
    """Import property numbers; `create` makes premises of those that fit none."""
    return import_file(path, "uprn", actor, ImportOptions(say=progress, reader=what))


def import_usrn(
    path: Path, actor: Actor, progress: Say = say_nothing, **what: object
) -> ImportSummary:
    """Import street numbers; `crs` names the coordinate system where the file does not."""
    return import_file(path, "usrn", actor, ImportOptions(say=progress, reader=what))


def import_deprivation(
    path: Path, actor: Actor, progress: Say = say_nothing, **what: object
) -> ImportSummary:
    """Import an index of deprivation by LSOA; `edition` names it where the file does not."""
    return import_file(path, "deprivation", actor, ImportOptions(say=progress, reader=what))


def import_population(
    path: Path, actor: Actor, progress: Say = say_nothing, **what: object
) -> ImportSummary:
    """Import numbers of residents by area; `code`, `residents`, `households`, `edition`."""
    return import_file(path, "population", actor, ImportOptions(say=progress, reader=what))


def import_assets(
    path: Path, actor: Actor, progress: Say = say_nothing, **what: object
) -> ImportSummary:
    """Import assets of one `type`; `reference`, `name`, `lon`, `lat`, `crs` and `source`."""
    return import_file(path, "assets", actor, ImportOptions(say=progress, reader=what))
