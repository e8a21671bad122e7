"""Refusals of those who read."""

from __future__ import annotations

from hereabouts.kernel.refusals import Refusal, RefusalKind
from hereabouts.kernel.text import N_


class QuestionTooSlow(Refusal):
    """A reader's question kept the database busy for longer than one may."""

    code = "sensing.question_too_slow"
    kind = RefusalKind.UNAVAILABLE
    message = N_("This took longer than {seconds} seconds and was stopped: ask for less at once.")


class AnswerTooLarge(Refusal):
    """An answer would hold more rows than the service gives at once."""

    code = "sensing.answer_too_large"
    kind = RefusalKind.TOO_LARGE
    message = N_("The answer would hold more than {most} rows: use $top inside $expand.")


class AnswerTooLong(Refusal):
    """One entity with what is asked for inside it is larger than the service gives at once."""

    code = "sensing.answer_too_long"
    kind = RefusalKind.TOO_LARGE
    message = N_(
        "The answer would be longer than {most} characters: ask for less with $select and $top."
    )


class BadPageToken(Refusal):
    """A link to a page was changed, or belongs to another question."""

    code = "sensing.bad_page_token"
    message = N_("This $skiptoken does not belong to this question: start from the first page.")


class CannotBeAsked(Refusal):
    """A filter or order is of the language, but no answer to it can be worked out."""

    code = "sensing.cannot_be_asked"
    message = N_("The part “{token}” at character {position} cannot be answered: {reason}.")
