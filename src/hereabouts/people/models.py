"""Tables of people, what they hold, and how they got in."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from hereabouts.kernel.privacy import PersonalData, PrivacyClass
from hereabouts.people.domain.addresses import MAX_LENGTH as ADDRESS_LENGTH
from hereabouts.people.domain.visits import DEVICE_LENGTH

UID_LENGTH = 24
DIGEST_LENGTH = 64
NETWORK_LENGTH = 49
NAME_LENGTH = 100


class Person(AbstractBaseUser):
    """Somebody with an account; after erasure only the id is left, so that it stays taken."""

    personal_data: ClassVar[PersonalData] = PersonalData(
        PrivacyClass.PERSONAL,
        "knowing who is acting and reaching them",
        "until the person deletes the account; the bare id stays",
    )

    uid = models.CharField(max_length=UID_LENGTH, unique=True)
    email = models.EmailField(max_length=ADDRESS_LENGTH, unique=True, null=True, blank=True)
    display_name = models.CharField(max_length=NAME_LENGTH, blank=True)
    language = models.CharField(max_length=8, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = BaseUserManager["Person"]()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    def __str__(self) -> str:
        """The id: names do not belong in logs."""
        return self.uid


class RoleHeld(models.Model):
    """One role of one person."""

    personal_data: ClassVar[PersonalData] = PersonalData(
        PrivacyClass.PERSONAL,
        "knowing what a person may do",
        "until the role is taken away or the account deleted",
    )

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="roles_held")
    role = models.CharField(max_length=24)

    class Meta:
        """A role is held once."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["person", "role"], name="people_role_held_once")
        ]

    def __str__(self) -> str:
        """Person and role."""
        return f"{self.person_id}: {self.role}"


class SignInLink(models.Model):
    """A link sent by e-mail; the secret in it is kept as a digest only."""

    personal_data: ClassVar[PersonalData] = PersonalData(
        PrivacyClass.PERSONAL,
        "letting the owner of an address sign in",
        "one day after the link runs out",
    )

    digest = models.CharField(max_length=DIGEST_LENGTH, unique=True)
    email = models.EmailField(max_length=ADDRESS_LENGTH, db_index=True)
    purpose = models.CharField(max_length=12)
    next_path = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        """Purpose and end."""
        return f"{self.purpose} until {self.expires_at:%Y-%m-%d %H:%M}"


class Session(models.Model):
    """A browser's session; its key is kept as a digest, so that the table opens no door."""

    personal_data: ClassVar[PersonalData] = PersonalData(
        PrivacyClass.PERSONAL,
        "keeping a browser signed in and showing its owner where",
        "until signed out, or one day after it runs out",
    )

    digest = models.CharField(max_length=DIGEST_LENGTH, primary_key=True)
    uid = models.CharField(max_length=UID_LENGTH, unique=True)
    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, null=True, blank=True, related_name="sessions"
    )
    content = models.TextField()
    device = models.CharField(max_length=DEVICE_LENGTH, blank=True)
    network = models.CharField(max_length=NETWORK_LENGTH, blank=True)
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        """The public id."""
        return self.uid


class Token(models.Model):
    """A token of a program that acts for a person; kept as a digest."""

    personal_data: ClassVar[PersonalData] = PersonalData(
        PrivacyClass.PSEUDONYMOUS,
        "letting a program act for its owner within stated limits",
        "90 days after it runs out or is revoked, or until the account is deleted",
    )

    uid = models.CharField(max_length=UID_LENGTH, unique=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=NAME_LENGTH)
    start = models.CharField(max_length=24)
    digest = models.CharField(max_length=DIGEST_LENGTH, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        """The public id."""
        return self.uid


class SecurityNote(models.Model):
    """One line of the security log: what happened at the door of an account."""

    personal_data: ClassVar[PersonalData] = PersonalData(
        PrivacyClass.PERSONAL,
        "letting people and administrators notice a stranger at the door",
        "90 days, or until the account is deleted",
    )

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="security_notes")
    what = models.CharField(max_length=40)
    device = models.CharField(max_length=DEVICE_LENGTH, blank=True)
    network = models.CharField(max_length=NETWORK_LENGTH, blank=True)
    at = models.DateTimeField(db_index=True)

    class Meta:
        """Newest first."""

        ordering: ClassVar[list[str]] = ["-at", "-id"]

    def __str__(self) -> str:
        """What happened."""
        return self.what


class ThrottleEntry(models.Model):
    """Counts of tries and codes already used, shared by all processes through Django's cache."""

    personal_data: ClassVar[PersonalData] = PersonalData(
        PrivacyClass.PSEUDONYMOUS,
        "slowing down guessing: network addresses and digests of e-mail addresses",
        "at most one day",
    )

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        """The table that Django's database cache is pointed at."""

        db_table = "people_throttle"

    def __str__(self) -> str:
        """The key."""
        return self.cache_key
