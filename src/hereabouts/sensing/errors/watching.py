"""Refusals about levels and alerts."""

from __future__ import annotations

from hereabouts.kernel.refusals import Refusal, RefusalKind
from hereabouts.kernel.text import N_


class NoSuchThreshold(Refusal):
    """A watched level, or its stream, is not there."""

    code = "sensing.no_such_threshold"
    kind = RefusalKind.NOT_FOUND
    message = N_("There is no such level, or no such stream.")


class TooManyThresholds(Refusal):
    """A stream has as many watched levels as it may."""

    code = "sensing.too_many_thresholds"
    kind = RefusalKind.CONFLICT
    message = N_("A stream may have {most} levels at most: remove one first.")


class BadAlert(Refusal):
    """An alert cannot be made of what was typed."""

    code = "sensing.bad_alert"
    message = N_("This alert cannot be made: {reason}.")


class NoSuchAlert(Refusal):
    """An alert is not there, or its link has run out."""

    code = "sensing.no_such_alert"
    kind = RefusalKind.NOT_FOUND
    message = N_("This link does not work: the alert was ended, or the link has run out.")


class TooManyAlerts(Refusal):
    """An address has as many alerts as it may."""

    code = "sensing.too_many_alerts"
    kind = RefusalKind.TOO_MANY
    message = N_("One address may have {most} alerts at most: end one first.")


class NoSuchSensor(Refusal):
    """A sensor, stream or property is not there, or not for this reader."""

    code = "sensing.no_such_sensor"
    kind = RefusalKind.NOT_FOUND
    message = N_("There is no such sensor here.")


class NoSuchPlace(Refusal):
    """An alert is asked for at a place that is not there."""

    code = "sensing.no_such_place"
    kind = RefusalKind.NOT_FOUND
    message = N_("There is no such place.")


class TooManyLetters(Refusal):
    """An address was sent enough letters to confirm for now."""

    code = "sensing.too_many_letters"
    kind = RefusalKind.TOO_MANY
    message = N_(
        "Several letters have been sent to this address already: open one of them, or wait an hour."
    )


class LetterNotSent(Refusal):
    """The letter that confirms an alert was not taken."""

    code = "sensing.letter_not_sent"
    kind = RefusalKind.UNAVAILABLE
    message = N_("The letter could not be sent just now; nothing was kept. Try again later.")


class LiveFull(Refusal):
    """As many pages follow live values as this process can serve."""

    code = "sensing.live_full"
    kind = RefusalKind.UNAVAILABLE
    message = N_("Very many pages follow live values just now; reload this one later.")
