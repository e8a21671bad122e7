"""What sensing does when other rooms have something to tell."""

from __future__ import annotations

from hereabouts.journal.api import RecordedEvent, reaction
from hereabouts.kernel.access import PersonId
from hereabouts.people.events import PersonErased
from hereabouts.sensing.actions.alerts import erase_alerts_of


@reaction(PersonErased, name="sensing.forget_alerts")
def forget_alerts(event: PersonErased, recorded: RecordedEvent) -> None:
    """Forget the alerts of a person whose account was deleted."""
    erase_alerts_of(PersonId(recorded.subject))
