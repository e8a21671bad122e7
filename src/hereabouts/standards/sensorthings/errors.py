"""Refusals of a SensorThings request; the service turns them into its answers."""

from __future__ import annotations

from hereabouts.kernel.refusals import Refusal, RefusalKind
from hereabouts.kernel.text import N_

LONGEST_TOKEN = 60
"""How much of the offending text is repeated in a message, in characters."""


class BadRequest(Refusal):
    """A request is malformed; `token` is the text that offends and `position` where it begins."""

    code = "sta.bad_request"
    message = N_("“{token}” at character {position} cannot be used: {reason}.")

    def __init__(self, reason: str, token: str = "", position: int = 0) -> None:
        shown = token if len(token) <= LONGEST_TOKEN else token[:LONGEST_TOKEN] + "…"
        super().__init__(reason=reason, token=shown, position=position)

    @property
    def token(self) -> str:
        """The offending text, shortened."""
        return str(self.facts["token"])

    @property
    def position(self) -> int:
        """Where it begins in the text that was parsed, from 0."""
        return int(self.facts["position"])


class FilterUnreadable(BadRequest):
    """An expression of `$filter` or `$orderby` is not of the filter language."""

    code = "sta.filter_unreadable"
    message = N_("The filter cannot be used at “{token}” (character {position}): {reason}.")


class OptionUnreadable(BadRequest):
    """A query option has not the form the standard gives it."""

    code = "sta.option_unreadable"
    message = N_("The query option cannot be used at “{token}” (character {position}): {reason}.")


class TimeUnreadable(BadRequest):
    """A text is not a time, interval or duration of ISO 8601."""

    code = "sta.time_unreadable"
    message = N_("The time “{token}” (character {position}) cannot be used: {reason}.")


class TooComplex(BadRequest):
    """A request is longer or nests deeper than the service reads."""

    code = "sta.too_complex"
    message = N_("The request is too complex at “{token}” (character {position}): {reason}.")


class BodyUnreadable(BadRequest):
    """The body of a request cannot be read at all."""

    code = "sta.body_unreadable"
    message = N_("The body cannot be used at “{token}” (character {position}): {reason}.")


class FormatUnsuitable(BadRequest):
    """An answer of this kind does not fit the form that was asked for."""

    code = "sta.format_unsuitable"
    message = N_("The answer cannot be had in this form because of “{token}”: {reason}.")


class NotFound(Refusal):
    """An address leads nowhere."""

    code = "sta.not_found"
    kind = RefusalKind.NOT_FOUND
    message = N_("There is nothing at “{token}” (character {position}): {reason}.")

    def __init__(self, reason: str, token: str = "", position: int = 0) -> None:
        shown = token if len(token) <= LONGEST_TOKEN else token[:LONGEST_TOKEN] + "…"
        super().__init__(reason=reason, token=shown, position=position)


class NotImplementedOption(BadRequest):
    """A system query option or function exists but not here. Source: OGC 18-088, 9.3.1."""

    code = "sta.not_implemented"
    message = N_("“{token}” (character {position}) is not supported here: {reason}.")

    @property
    def status(self) -> int:
        """Not implemented, 501."""
        return 501
