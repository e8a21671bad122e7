"""Alerts, the secrets of their links, and their letters, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core import signing

from hereabouts.kernel.access import PersonId
from hereabouts.sensing.models.watching import AlertLetter, AlertSubscription
from hereabouts.sensing.ports import AlertAddressee

PAGE = 50
MOST_ATTEMPTS = 6
"""A letter that was not taken so often is given up."""
SALT = "sensing.alert"


@dataclass(frozen=True)
class DueLetter:
    """A letter that waits, and to whom."""

    id: int
    to: AlertAddressee
    facts: Mapping[str, str | float | int]


def secret_of(uid: str) -> str:
    """The secret that stands in an alert's letters; it confirms and ends that alert, no other."""
    return signing.dumps(uid, salt=SALT, compress=False)


def uid_of(secret: str) -> str | None:
    """Which alert a secret belongs to, or None for one that is not ours."""
    try:
        return str(signing.loads(secret, salt=SALT))
    except signing.BadSignature:
        return None


def list_due_letters(moment: datetime) -> list[DueLetter]:
    """Letters due by a moment, oldest first, a page of them."""
    rows = (
        AlertLetter.objects.filter(
            sent_at__isnull=True, due_at__lte=moment, attempts__lt=MOST_ATTEMPTS
        )
        .select_related("subscription", "subscription__observed_property")
        .order_by("due_at", "id")[:PAGE]
    )
    return [DueLetter(row.pk, addressee(row.subscription), row.facts) for row in rows]


def list_alerts_of(person: PersonId) -> list[AlertAddressee]:
    """The alerts of a person, newest first."""
    rows = AlertSubscription.objects.filter(person=person).select_related("observed_property")
    return [addressee(row) for row in rows.order_by("-created_at", "-id")]


def addressee(row: AlertSubscription) -> AlertAddressee:
    """A subscription as what a letter needs."""
    return AlertAddressee(
        email=row.email,
        language=row.language,
        place_name=row.place_name,
        property_name=row.observed_property.name,
        comparison=row.comparison,
        value=row.value,
        secret=secret_of(row.uid),
        is_confirmed=row.confirmed_at is not None,
    )
