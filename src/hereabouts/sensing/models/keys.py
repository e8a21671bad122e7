"""Keys that let devices and gateways write."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from hereabouts.kernel.privacy import PersonalData, PrivacyClass

NAME_LENGTH = 100


class DeviceKey(models.Model):
    """A key of a device or gateway, kept as a digest.

    `target_ids` are Things' ids or streams', as `scope` says; `made_by` is a person's public id, or
    empty for the operator.
    """

    personal_data: ClassVar[PersonalData] = PersonalData(
        PrivacyClass.PSEUDONYMOUS,
        "letting a device write, and telling who gave it the key",
        "as long as the installation, as the record of what could write",
    )

    uid = models.CharField(max_length=24, unique=True)
    name = models.CharField(max_length=NAME_LENGTH)
    start = models.CharField(max_length=24)
    digest = models.CharField(max_length=64, unique=True)
    scope = models.CharField(max_length=10)
    target_ids = models.JSONField(default=list)
    level = models.SmallIntegerField(default=0)
    made_by = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        """The public id."""
        return self.uid
