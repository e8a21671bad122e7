"""Refusals of the standard's parameters; a binding turns them into its answers."""

from __future__ import annotations

from hereabouts.kernel.refusals import Refusal, RefusalKind
from hereabouts.kernel.text import N_


class ParameterUnreadable(Refusal):
    """A parameter's value has not the form that the standard gives it."""

    code = "ogcapi.parameter_unreadable"
    message = N_("The parameter “{name}” cannot be used: {reason}.")


class ParameterUnknown(Refusal):
    """A parameter is not declared for the resource."""

    code = "ogcapi.parameter_unknown"
    message = N_("There is no parameter “{name}” here. There are: {known}.")


class FormatUnknown(Refusal):
    """The resource cannot be had in this format."""

    code = "ogcapi.format_unknown"
    message = N_("This cannot be had as “{format}”. It can be had as: {known}.")


class ResourceUnknown(Refusal):
    """There is no such collection, feature or tile set."""

    code = "ogcapi.resource_unknown"
    kind = RefusalKind.NOT_FOUND
    message = N_("There is nothing called “{name}” here.")


class ExportTooLarge(Refusal):
    """The collection is larger than one file may be."""

    code = "ogcapi.export_too_large"
    kind = RefusalKind.TOO_LARGE
    message = N_(
        "More than {limit} features are too many for one file of this kind; ask for a smaller "
        "bbox, or page through the items."
    )
