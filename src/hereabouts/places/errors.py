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
        "The file “{name}” is larger than {limit} GB, the most that HEREABOUTS_IMPORT_LIMIT_GB allows."
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
