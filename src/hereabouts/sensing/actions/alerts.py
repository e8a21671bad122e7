"""Alerts: asked for, confirmed by letter, written when a level is crossed, ended at any time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from hereabouts.kernel.access import PersonId
from hereabouts.kernel.geometry import Box
from hereabouts.kernel.ids import new_uid
from hereabouts.kernel.time import Clock, now
from hereabouts.people.api import parse_address
from hereabouts.sensing.domain.watching import Comparison
from hereabouts.sensing.errors.watching import BadAlert, NoSuchAlert, TooManyAlerts
from hereabouts.sensing.models.register import ObservedProperty
from hereabouts.sensing.models.watching import AlertLetter, AlertState, AlertSubscription
from hereabouts.sensing.queries.alerts import secret_of, uid_of

UID_PREFIX = "al"
MOST_PER_ADDRESS = 20
CONFIRM_WITHIN = timedelta(days=2)
KEPT_FOR = timedelta(days=730)
LETTERS_KEPT_FOR = timedelta(days=30)
QUIET = timedelta(hours=1)
"""An alert writes once in this time at most, however often the level is crossed."""


@dataclass(frozen=True)
class AlertDraft:
    """What somebody asks to hear of: a property past a level, at a place."""

    email: str
    place_kind: str
    place_uid: str
    place_name: str
    box: Box
    property_id: int
    comparison: Comparison
    value: float
    language: str = "en"
    person: PersonId | None = None


@dataclass(frozen=True)
class Crossing:
    """A value that crossed the level of a subscription; the texts are for the letter."""

    subscription_id: int
    stream_id: int
    is_beyond: bool
    facts: Mapping[str, str | float | int]


def ask_for_alert(draft: AlertDraft, *, clock: Clock = now) -> tuple[str, str]:
    """Keep an alert until it is confirmed; its address and the secret of the letter's link.

    Nothing is sent before somebody opens that link, so nobody is signed up by others.
    Raises: BadAlert; TooManyAlerts.
    """
    email = parse_address(draft.email)
    if email is None:
        raise BadAlert(reason="that is not an e-mail address")
    known = ObservedProperty.objects.filter(pk=draft.property_id, data_class=0).first()
    if known is None:
        raise BadAlert(reason="nothing measures that")
    with transaction.atomic():
        if AlertSubscription.objects.filter(email=email).count() >= MOST_PER_ADDRESS:
            raise TooManyAlerts(most=MOST_PER_ADDRESS)
        row = AlertSubscription.objects.create(
            uid=new_uid(UID_PREFIX),
            email=email,
            person=draft.person or "",
            language=draft.language,
            place_kind=draft.place_kind,
            place_uid=draft.place_uid,
            place_name=draft.place_name[:200],
            west=draft.box.west,
            south=draft.box.south,
            east=draft.box.east,
            north=draft.box.north,
            observed_property=known,
            comparison=draft.comparison.value,
            value=draft.value,
            created_at=clock(),
        )
    return email, secret_of(row.uid)


def confirm_alert(secret: str, *, clock: Clock = now) -> AlertSubscription:
    """Begin an alert. Raises: NoSuchAlert where the secret is not ours or the alert is gone."""
    row = find_alert(secret)
    if row.confirmed_at is None:
        row.confirmed_at = clock()
        row.save(update_fields=["confirmed_at"])
    return row


def end_alert(secret: str) -> None:
    """End an alert and forget the address. Raises: NoSuchAlert."""
    find_alert(secret).delete()


def find_alert(secret: str) -> AlertSubscription:
    """The alert of a secret. Raises: NoSuchAlert."""
    uid = uid_of(secret)
    row = AlertSubscription.objects.filter(uid=uid).select_related("observed_property").first()
    if row is None:
        raise NoSuchAlert
    return row


def note_crossings(crossings: Sequence[Crossing], *, clock: Clock = now) -> int:
    """Remember on which side of their levels streams are, and write letters; how many.

    Only the way past a level is written of, and once in `QUIET` at most.
    """
    written = 0
    with transaction.atomic():
        for crossing in crossings:
            written += _note(crossing, clock)
    return written


def _note(crossing: Crossing, clock: Clock) -> int:
    state, _ = AlertState.objects.get_or_create(
        subscription_id=crossing.subscription_id, stream_id=crossing.stream_id
    )
    if state.is_beyond == crossing.is_beyond:
        return 0
    state.is_beyond = crossing.is_beyond
    state.save(update_fields=["is_beyond"])
    held = AlertSubscription.objects.select_for_update()
    subscription = held.filter(pk=crossing.subscription_id, confirmed_at__isnull=False).first()
    if subscription is None or not crossing.is_beyond:
        return 0
    moment = clock()
    if subscription.last_letter_at is not None and moment - subscription.last_letter_at < QUIET:
        return 0
    subscription.last_letter_at = moment
    subscription.save(update_fields=["last_letter_at"])
    AlertLetter.objects.create(
        subscription=subscription, facts=dict(crossing.facts), created_at=moment, due_at=moment
    )
    return 1


def note_sent(letter_id: int, *, clock: Clock = now) -> None:
    """Remember that a letter went out."""
    AlertLetter.objects.filter(pk=letter_id).update(sent_at=clock(), failure="")


def note_not_sent(letter_id: int, reason: str, *, clock: Clock = now) -> None:
    """Remember that a letter did not go out; it is tried again later and later, then given up."""
    with transaction.atomic():
        row = AlertLetter.objects.select_for_update().filter(pk=letter_id).first()
        if row is None:
            return
        row.attempts += 1
        row.failure = reason[:200]
        row.due_at = clock() + timedelta(minutes=2**row.attempts)
        row.save(update_fields=["attempts", "failure", "due_at"])


def tidy_alerts(*, clock: Clock = now) -> int:
    """Forget alerts that were never confirmed or have had their time, and old letters."""
    moment = clock()
    unconfirmed = AlertSubscription.objects.filter(
        confirmed_at__isnull=True, created_at__lt=moment - CONFIRM_WITHIN
    )
    expired = AlertSubscription.objects.filter(created_at__lt=moment - KEPT_FOR)
    letters = AlertLetter.objects.filter(created_at__lt=moment - LETTERS_KEPT_FOR)
    return sum(rows.delete()[0] for rows in (unconfirmed, expired, letters))


def erase_alerts_of(person: PersonId) -> int:
    """Forget every alert of a person who was erased."""
    return AlertSubscription.objects.filter(person=person).delete()[0]
