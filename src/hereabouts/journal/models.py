"""The journal's tables: entries nobody may change, the head, cursors and deliveries."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from hereabouts.kernel.privacy import PersonalData, PrivacyClass, no_personal_data


class Entry(models.Model):
    """One event as recorded; triggers in the database refuse to change or remove it.

    Times and payloads are kept as the texts that were hashed. `actor` is empty where nobody in
    particular acted.
    """

    personal_data: ClassVar[PersonalData] = PersonalData(
        PrivacyClass.PSEUDONYMOUS,
        purpose="says who changed what, by a number that means nothing once the account is erased",
        kept_for="as long as the installation",
    )

    position = models.BigIntegerField(primary_key=True)
    recorded_at = models.CharField(max_length=27)
    wire_name = models.CharField(max_length=120)
    subject = models.CharField(max_length=200)
    actor = models.CharField(max_length=64, blank=True, default="")
    is_public = models.BooleanField()
    payload = models.TextField()
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index(fields=["wire_name", "position"], name="journal_entry_by_type"),
            models.Index(fields=["subject", "position"], name="journal_entry_by_subject"),
            models.Index(
                fields=["position"],
                name="journal_entry_public",
                condition=models.Q(is_public=True),
            ),
        ]

    def __str__(self) -> str:
        """Position and type."""
        return f"{self.position} {self.wire_name}"


class HeadRow(models.Model):
    """The one row that says where the journal ends; whoever appends holds its lock."""

    personal_data: ClassVar[PersonalData] = no_personal_data()

    id = models.SmallIntegerField(primary_key=True, default=1)
    position = models.BigIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        db_table = "journal_head"
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="journal_head_is_one_row"),
        ]

    def __str__(self) -> str:
        """The position."""
        return str(self.position)


class Cursor(models.Model):
    """How far a named follower has read."""

    personal_data: ClassVar[PersonalData] = no_personal_data()

    name = models.CharField(max_length=120, primary_key=True)
    position = models.BigIntegerField(default=0)
    moved_at = models.DateTimeField()

    def __str__(self) -> str:
        """Name and position."""
        return f"{self.name} at {self.position}"


class Delivery(models.Model):
    """One event that a reaction could not take at once: to be retried, waiting, parked or given up.

    Deliveries that succeed leave no row: the reaction's cursor passes them in the same
    transaction as their effects.
    """

    class State(models.TextChoices):
        """Where a delivery stands."""

        RETRYING = "retrying"
        WAITING = "waiting"
        PARKED = "parked"
        DISCARDED = "discarded"

    personal_data: ClassVar[PersonalData] = PersonalData(
        PrivacyClass.PSEUDONYMOUS,
        purpose="says who gave a failed delivery up, and why",
        kept_for="as long as the installation",
    )

    reaction = models.CharField(max_length=120)
    position = models.BigIntegerField()
    subject = models.CharField(max_length=200)
    state = models.CharField(max_length=12, choices=State.choices)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    failure = models.CharField(max_length=500, blank=True, default="")
    discarded_by = models.CharField(max_length=64, blank=True, default="")
    discard_reason = models.CharField(max_length=500, blank=True, default="")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reaction", "position"], name="journal_delivery_once_per_reaction"
            ),
        ]
        indexes = [
            models.Index(
                fields=["reaction", "subject", "position"], name="journal_delivery_in_order"
            ),
            models.Index(fields=["state", "due_at"], name="journal_delivery_due"),
        ]

    def __str__(self) -> str:
        """Reaction, position and state."""
        return f"{self.reaction} {self.position} {self.state}"
