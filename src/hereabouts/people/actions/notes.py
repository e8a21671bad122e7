"""The security log: what happened at the door of an account, kept for a while."""

from __future__ import annotations

from hereabouts.kernel.access import PersonId
from hereabouts.kernel.time import Clock, now
from hereabouts.people.domain.records import Visit
from hereabouts.people.domain.security import SecurityFact
from hereabouts.people.models import Person, SecurityNote

NO_VISIT = Visit()


def note(uid: PersonId, what: SecurityFact, visit: Visit = NO_VISIT, *, clock: Clock = now) -> None:
    """Add a line to a person's security log; nothing where there is no such person."""
    person = Person.objects.filter(uid=uid, erased_at__isnull=True).first()
    if person is not None:
        SecurityNote.objects.create(
            person=person, what=what.value, device=visit.device, network=visit.network, at=clock()
        )
