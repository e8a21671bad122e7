"""Findings, watched levels, and the alerts people subscribe to."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from hereabouts.kernel.privacy import PersonalData, PrivacyClass, no_personal_data
from hereabouts.sensing.models.register import ObservedProperty, Stream

ABOUT_SENSORS = no_personal_data("as long as the installation, as the record of what was found")
SUBSCRIBERS = PersonalData(
    PrivacyClass.PERSONAL,
    "an e-mail address, to send the alerts its owner asked for",
    "two days unless confirmed; then until unsubscribed, two years at most",
)


class Finding(models.Model):
    """Something remarkable about a stream, a Thing or a deployment, from when to when.

    `subject` is what it is about, `stream:12` or `deployment:dp-…`; one of a kind is open at once.
    `evidence` is a JSON object of plain facts that pages show.
    """

    personal_data: ClassVar[PersonalData] = ABOUT_SENSORS

    uid = models.CharField(max_length=24, unique=True)
    kind = models.CharField(max_length=20)
    subject = models.CharField(max_length=100)
    stream_id = models.BigIntegerField(null=True, db_index=True)
    thing_id = models.BigIntegerField(null=True, db_index=True)
    data_class = models.SmallIntegerField(default=0)
    raised_at = models.DateTimeField(db_index=True)
    cleared_at = models.DateTimeField(null=True)
    evidence = models.JSONField(default=dict)

    class Meta:
        """One open finding of a kind and subject."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["kind", "subject"],
                condition=models.Q(cleared_at__isnull=True),
                name="sensing_finding_open_once",
            )
        ]

    def __str__(self) -> str:
        """Kind and subject."""
        return f"{self.kind} of {self.subject}"


class Threshold(models.Model):
    """A level that officers watch on a stream; crossing it is a finding."""

    personal_data: ClassVar[PersonalData] = ABOUT_SENSORS

    uid = models.CharField(max_length=24, unique=True)
    stream = models.ForeignKey(Stream, on_delete=models.CASCADE, related_name="thresholds")
    name = models.CharField(max_length=200)
    comparison = models.CharField(max_length=5)
    value = models.FloatField()
    margin = models.FloatField(default=0)
    sustained_s = models.IntegerField(default=0)
    created_by = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        """Name."""
        return self.name


class AlertSubscription(models.Model):
    """Somebody who wants to hear when a property crosses a level at a place."""

    personal_data: ClassVar[PersonalData] = SUBSCRIBERS

    uid = models.CharField(max_length=24, unique=True)
    email = models.CharField(max_length=254)
    person = models.CharField(max_length=64, blank=True, db_index=True)
    language = models.CharField(max_length=5, default="en")
    place_kind = models.CharField(max_length=12)
    place_uid = models.CharField(max_length=40)
    place_name = models.CharField(max_length=200)
    west = models.FloatField()
    south = models.FloatField()
    east = models.FloatField()
    north = models.FloatField()
    observed_property = models.ForeignKey(
        ObservedProperty, on_delete=models.CASCADE, related_name="subscriptions"
    )
    comparison = models.CharField(max_length=5)
    value = models.FloatField()
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    last_letter_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        """Its id, never the address."""
        return self.uid


class AlertState(models.Model):
    """Whether a stream is beyond a subscription's level: one crossing is one letter."""

    personal_data: ClassVar[PersonalData] = ABOUT_SENSORS

    subscription = models.ForeignKey(
        AlertSubscription, on_delete=models.CASCADE, related_name="states"
    )
    stream_id = models.BigIntegerField()
    is_beyond = models.BooleanField(default=False)

    class Meta:
        """Once each."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["subscription", "stream_id"], name="sensing_alert_state_once"
            )
        ]

    def __str__(self) -> str:
        """Both ids."""
        return f"{self.subscription_id} of {self.stream_id}"


class AlertLetter(models.Model):
    """A letter to a subscriber: waiting, sent, or given up."""

    personal_data: ClassVar[PersonalData] = PersonalData(
        PrivacyClass.PERSONAL, "what was sent to a subscriber and when", "30 days"
    )

    subscription = models.ForeignKey(
        AlertSubscription, on_delete=models.CASCADE, related_name="letters"
    )
    facts = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    attempts = models.SmallIntegerField(default=0)
    failure = models.CharField(max_length=200, blank=True)

    class Meta:
        """Found by what is due."""

        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["sent_at", "due_at"], name="sensing_letter_due")
        ]

    def __str__(self) -> str:
        """Its number."""
        return f"letter {self.pk}"
