"""The refusals of the gazetteer. Append below; codes never change."""

from __future__ import annotations

from hereabouts.kernel.refusals import Refusal, RefusalKind
from hereabouts.kernel.text import N_


class FileNotFound(Refusal):
    """There is no such file to import."""

    code = "places.import.file_not_found"
    kind = RefusalKind.NOT_FOUND
    message = N_("There is no file “{name}”.")


class FileUnreadable(Refusal):
    """The operating system does not let us read the file."""

    code = "places.import.file_unreadable"
    message = N_("The file “{name}” cannot be read: {reason}.")


class FileEmpty(Refusal):
    """The file has no content."""

    code = "places.import.file_empty"
    message = N_("The file “{name}” is empty.")


class FileTooLarge(Refusal):
    """The file is larger than the operator allows."""

    code = "places.import.file_too_large"
    kind = RefusalKind.TOO_LARGE
    message = N_(
        "The file “{name}” is larger than {limit} GB, "
        "the most that HEREABOUTS_IMPORT_LIMIT_GB allows."
    )


class WrongKindOfFile(Refusal):
    """The file is not of the kind this importer reads."""

    code = "places.import.wrong_kind_of_file"
    message = N_("The file “{name}” is not {expected}.")


class FileDamaged(Refusal):
    """The file is of the right kind but breaks off or is damaged."""

    code = "places.import.file_damaged"
    message = N_("The file “{name}” is damaged or incomplete: {reason}. Nothing was imported.")


class NothingToImport(Refusal):
    """The file is readable but holds nothing this importer knows."""

    code = "places.import.nothing_to_import"
    message = N_("The file “{name}” holds nothing that this importer reads.")


class GazetteerBusy(Refusal):
    """Other imports kept changing the gazetteer while this one was being prepared."""

    code = "places.import.gazetteer_busy"
    kind = RefusalKind.CONFLICT
    message = N_("Another import was running at the same time; nothing was imported, try again.")


class SearchTooLong(Refusal):
    """The question is longer than any name."""

    code = "places.search.too_long"
    message = N_("Search for at most {limit} characters: a street, a postcode or a place will do.")


class BadCoordinates(Refusal):
    """A latitude and longitude were asked for and something else came."""

    code = "places.bad_coordinates"
    message = N_(
        "A place on the map needs a latitude from −90 to 90 and a longitude from −180 to 180, "
        "such as /at?lat=51.588&lon=-2.998."
    )


class BadPage(Refusal):
    """The mark of where a list goes on cannot be read."""

    code = "places.bad_page"
    message = N_("The list cannot go on from there: start again from its first page.")


class PlaceNotFound(Refusal):
    """No feature of the gazetteer has this id."""

    code = "places.not_found"
    kind = RefusalKind.NOT_FOUND
    message = N_("There is nothing called “{name}” in this gazetteer.")


class FileIsInstead(Refusal):
    """The file is recognised as something this importer does not read."""

    code = "places.import.file_is_instead"
    message = N_("The file “{name}” is not {expected}; it looks like {found}.")


class UnpacksTooLarge(Refusal):
    """An archive unpacks into far more than was packed."""

    code = "places.import.unpacks_too_large"
    kind = RefusalKind.TOO_LARGE
    message = N_(
        "The file “{name}” unpacks into far more than a real one would; nothing was imported."
    )


class ArchiveNotSafe(Refusal):
    """An archive's list of members is not that of an honest archive."""

    code = "places.import.archive_not_safe"
    message = N_("The archive “{name}” was not opened: {reason}.")


class ArchiveHoldsNothing(Refusal):
    """An archive holds no file of the kind asked for."""

    code = "places.import.archive_holds_nothing"
    message = N_("The archive “{name}” holds no file that ends in {endings}.")


class ColumnMissing(Refusal):
    """A table or layer lacks a column that the import needs."""

    code = "places.import.column_missing"
    message = N_("The file “{name}” has no column for {wanted}. Its columns are: {found}.")


class FieldMissing(Refusal):
    """The operator named a field that the file does not have."""

    code = "places.import.field_missing"
    message = N_("The file “{name}” has no field “{field}”. Its fields are: {found}.")


class NotLongitudeLatitude(Refusal):
    """Coordinates are evidently not degrees, and the file does not say what they are."""

    code = "places.import.not_longitude_latitude"
    message = N_(
        "The coordinates in “{name}” are not longitudes and latitudes (the first is {first}) and "
        "the file does not say what they are; name their system, for example --crs EPSG:27700."
    )


class NotInNamedSystem(Refusal):
    """Coordinates are evidently degrees, but are said to be lengths on a plane."""

    code = "places.import.not_in_named_system"
    message = N_(
        "The coordinates in “{name}” are said to be in {crs} but look like degrees (the first is "
        "{first}); name the system they are in, for example --crs EPSG:4326."
    )


class LatitudeFirst(Refusal):
    """Coordinates are degrees, but latitude before longitude."""

    code = "places.import.latitude_first"
    message = N_(
        "The coordinates in “{name}” seem to have latitude before longitude (the first is "
        "{first}); write them the other way round."
    )


class UnknownCoordinateSystem(Refusal):
    """A coordinate system is not one that can be turned into longitude and latitude."""

    code = "places.import.unknown_coordinate_system"
    message = N_("“{crs}” is not a coordinate system that is known here.")


class NotAnArea(Refusal):
    """A layer holds points or lines where areas were expected."""

    code = "places.import.not_an_area"
    message = N_("The file “{name}” holds no areas, only {found}.")


class UnknownAreaKind(Refusal):
    """An area kind is not a plain word."""

    code = "places.import.unknown_area_kind"
    message = N_("“{kind}” cannot name a kind of area: use small letters, digits and hyphens.")


class UnknownAssetType(Refusal):
    """An asset type is not in the council's list."""

    code = "places.import.unknown_asset_type"
    message = N_("There is no asset type “{type}”. The types are: {types}.")


class UnknownEdition(Refusal):
    """A table of figures does not say which edition it is."""

    code = "places.import.unknown_edition"
    message = N_("The file “{name}” does not show its edition; name it with --edition.")


class NothingToAttachTo(Refusal):
    """Identifiers were imported before the features they belong to."""

    code = "places.import.nothing_to_attach_to"
    kind = RefusalKind.CONFLICT
    message = N_("There are no {features} to give these numbers to yet; import a map first.")


class TileNumberUnreadable(Refusal):
    """One of a tile's three numbers is not a whole number."""

    code = "places.tile.number_unreadable"
    message = N_("The tile number {name} cannot be “{value}”: it is a whole number from 0.")


class NoSuchTile(Refusal):
    """There are no tiles of this zoom, or the tile lies off the map."""

    code = "places.tile.none_such"
    kind = RefusalKind.NOT_FOUND
    message = N_("There is no such tile at zoom {zoom}; tiles go from zoom 8 to zoom 16.")


class BadAssetTypes(Refusal):
    """A council's list of asset types cannot be used."""

    code = "places.bad_asset_types"
    message = N_("The list of asset types in {where} cannot be used: {reason}.")


class PlaceGone(Refusal):
    """The feature was here and went."""

    code = "places.gone"
    kind = RefusalKind.GONE
    message = N_("“{name}” is no longer in this gazetteer; it went on {day}.")


class ImportNotFound(Refusal):
    """No import has this id."""

    code = "places.import.not_found"
    kind = RefusalKind.NOT_FOUND
    message = N_("There is no import “{run}”; `hereabouts import list` shows those there are.")


class ListNeedsPlace(Refusal):
    """A list of addresses was asked for without saying of what."""

    code = "places.list_needs_place"
    message = N_("Addresses are listed for one street or one postcode: open its page first.")


class QuestionTookTooLong(Refusal):
    """A reader's question kept the database busy for longer than one question may."""

    code = "places.open_api.question_took_too_long"
    kind = RefusalKind.UNAVAILABLE
    message = N_("This question takes longer than {seconds} seconds; ask for a smaller area.")
