"""Refusals around connectors: setting them up, fetching, and what cannot be read."""

from __future__ import annotations

from hereabouts.kernel.refusals import Refusal, RefusalKind
from hereabouts.kernel.text import N_


class NoSuchConnector(Refusal):
    """No connector has this id."""

    code = "sensing.no_such_connector"
    kind = RefusalKind.NOT_FOUND
    message = N_("There is no such connector.")


class NoSuchConnectorKind(Refusal):
    """No manifest has this id."""

    code = "sensing.no_such_connector_kind"
    kind = RefusalKind.NOT_FOUND
    message = N_("There is no such kind of connector.")


class BadConnector(Refusal):
    """A connector cannot be set up so; `reason` is a sentence without a full stop."""

    code = "sensing.bad_connector"
    message = N_("The connector cannot be set up so: {reason}.")


class ConnectorPaused(Refusal):
    """Something was pushed to a connector that is not on."""

    code = "sensing.connector_paused"
    kind = RefusalKind.CONFLICT
    message = N_("This connector is not on; nothing was kept.")


class ConnectorBusy(Refusal):
    """A connector runs already."""

    code = "sensing.connector_busy"
    kind = RefusalKind.CONFLICT
    message = N_("This connector runs at the moment.")


class HostNotListed(Refusal):
    """The operator has not listed this host."""

    code = "sensing.host_not_listed"
    kind = RefusalKind.NOT_ALLOWED
    message = N_(
        "The operator has not allowed connections to {host}. It belongs into the setting "
        "HEREABOUTS_CONNECTOR_HOSTS."
    )


class AddressNotAllowed(Refusal):
    """A host's name leads to an address inside the operator's own network."""

    code = "sensing.address_not_allowed"
    kind = RefusalKind.NOT_ALLOWED
    message = N_("{host} leads to {address}, an address that is not public and was not allowed.")


class FetchFailed(Refusal):
    """A feed could not be fetched; `reason` is a sentence without a full stop.

    `retry_after_s` is what the server asked for, None where it asked for nothing.
    """

    code = "sensing.fetch_failed"
    kind = RefusalKind.UNAVAILABLE
    message = N_("The feed could not be fetched: {reason}.")
    retry_after_s: float | None = None


class FeedTooLarge(Refusal):
    """A feed is larger than we take."""

    code = "sensing.feed_too_large"
    kind = RefusalKind.TOO_LARGE
    message = N_("The feed is larger than {limit}.")


class FeedUnreadable(Refusal):
    """What came is not what the kind of connector reads."""

    code = "sensing.feed_unreadable"
    message = N_("What came cannot be read: {reason}.")


class ImportUnusable(Refusal):
    """A file of observations cannot be imported so; `reason` is a sentence without a full stop."""

    code = "sensing.import_unusable"
    message = N_("The file cannot be imported so: {reason}.")
