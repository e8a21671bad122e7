"""What the security log can say, and for how long things about the door are kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from hereabouts.kernel.text import N_


class SecurityFact(StrEnum):
    """One kind of line in the security log."""

    SIGNED_IN = "signed_in"
    WRONG_PASSWORD = "wrong_password"
    PASSWORD_SET = "password_set"
    SECOND_STEP_SET_UP = "second_step_set_up"
    SECOND_STEP_REMOVED = "second_step_removed"
    CODES_RENEWED = "codes_renewed"
    SIGNED_OUT_EVERYWHERE = "signed_out_everywhere"
    DATA_EXPORTED = "data_exported"


SENTENCES: Mapping[SecurityFact, str] = {
    SecurityFact.SIGNED_IN: N_("Signed in"),
    SecurityFact.WRONG_PASSWORD: N_("A wrong password was tried"),
    SecurityFact.PASSWORD_SET: N_("A password was set"),
    SecurityFact.SECOND_STEP_SET_UP: N_("An authenticator app was set up"),
    SecurityFact.SECOND_STEP_REMOVED: N_("The authenticator app was removed"),
    SecurityFact.CODES_RENEWED: N_("New recovery codes were made"),
    SecurityFact.SIGNED_OUT_EVERYWHERE: N_("Signed out everywhere"),
    SecurityFact.DATA_EXPORTED: N_("The account’s data was downloaded"),
}

NOTES_KEPT = timedelta(days=90)
ENDED_TOKENS_KEPT = timedelta(days=90)
ENDED_LINKS_KEPT = timedelta(days=1)
ENDED_SESSIONS_KEPT = timedelta(days=1)
