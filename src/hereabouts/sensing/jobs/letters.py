"""Sends the letters of alerts, outside any transaction; a letter may come twice, never get lost."""

from __future__ import annotations

import logging
from smtplib import SMTPException

from hereabouts.kernel.time import Clock, now
from hereabouts.sensing.actions.alerts import note_not_sent, note_sent
from hereabouts.sensing.ports import alert_sender
from hereabouts.sensing.queries.alerts import list_due_letters

log = logging.getLogger(__name__)


def send_due_letters(*, clock: Clock = now) -> int:
    """Send what is due; how many went out."""
    send = alert_sender()
    sent = 0
    for letter in list_due_letters(clock()):
        try:
            send(letter.to, letter.facts)
        except (OSError, SMTPException) as fault:
            note_not_sent(letter.id, type(fault).__name__, clock=clock)
            log.warning("alert_not_sent letter=%s fault=%s", letter.id, type(fault).__name__)
        else:
            note_sent(letter.id, clock=clock)
            sent += 1
    return sent
