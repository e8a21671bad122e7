"""Who has put what where, why, and until when."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from hereabouts.kernel.privacy import PersonalData, PrivacyClass, no_personal_data

OFFICES = PersonalData(
    PrivacyClass.PSEUDONYMOUS,
    "departments and their mailboxes, and the id of the officer who proposed",
    "as long as the installation, as the record of public equipment",
)
STEPS = PersonalData(
    PrivacyClass.PSEUDONYMOUS,
    "who took a step or changed the record, by id, and the reason they gave",
    "as long as the installation, as the record of public equipment",
)
ABOUT_EQUIPMENT = no_personal_data()


class Deployment(models.Model):
    """A device, or several on one mount, as somebody proposed, agreed to, or runs it.

    `measures` are keys of the council's list, between commas (`,no2,pm25,`). Costs are whole
    pounds. `cell` files its place on the kernel's grid.
    """

    personal_data: ClassVar[PersonalData] = OFFICES

    uid = models.CharField(max_length=24, unique=True)
    reference = models.CharField(max_length=40, unique=True)
    state = models.CharField(max_length=12, db_index=True)
    title = models.CharField(max_length=120)
    department = models.CharField(max_length=40, db_index=True)
    mailbox = models.CharField(max_length=254)
    purpose = models.TextField()
    measures = models.CharField(max_length=400)
    data_class = models.SmallIntegerField(default=0)
    measures_people = models.BooleanField(default=False)
    legal_basis = models.CharField(max_length=40, blank=True)
    dpia_url = models.CharField(max_length=500, blank=True)
    lon = models.FloatField()
    lat = models.FloatField()
    cell = models.BigIntegerField(db_index=True)
    asset_uid = models.CharField(max_length=40, blank=True, db_index=True)
    network = models.CharField(max_length=12, blank=True)
    power = models.CharField(max_length=12, blank=True)
    battery_mah = models.IntegerField(null=True)
    battery_empty = models.FloatField(null=True)
    gives_power = models.BooleanField(default=False)
    spare_mounts = models.SmallIntegerField(default=0)
    hosts_gateway = models.BooleanField(default=False)
    maker = models.CharField(max_length=120, blank=True)
    model = models.CharField(max_length=120, blank=True)
    installed_on = models.DateField(null=True)
    inspected_on = models.DateField(null=True)
    inspect_by = models.DateField(null=True)
    support_ends_on = models.DateField(null=True)
    no_default_passwords = models.BooleanField(null=True)
    disclosure_contact = models.CharField(max_length=500, blank=True)
    updates_until = models.DateField(null=True)
    capital_gbp = models.IntegerField(null=True)
    yearly_gbp = models.IntegerField(null=True)
    proposed_by = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    state_since = models.DateTimeField()

    def __str__(self) -> str:
        """Reference and title."""
        return f"{self.reference}: {self.title}"


class DeploymentArea(models.Model):
    """An area that a deployment stands in, as the gazetteer said when its place was recorded."""

    personal_data: ClassVar[PersonalData] = ABOUT_EQUIPMENT

    deployment = models.ForeignKey(Deployment, on_delete=models.CASCADE, related_name="areas")
    code = models.CharField(max_length=40, db_index=True)
    kind = models.CharField(max_length=30)
    name = models.CharField(max_length=200)
    name_cy = models.CharField(max_length=200, blank=True)

    class Meta:
        """Once each."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["deployment", "code"], name="sensing_deployment_area_once"
            )
        ]

    def __str__(self) -> str:
        """Name and code."""
        return f"{self.name} ({self.code})"


class DeploymentThing(models.Model):
    """A Thing of the register that a deployment became; `device` is its id on its network.

    No foreign key: whoever deletes a Thing need not know of deployments, which outlive it.
    """

    personal_data: ClassVar[PersonalData] = ABOUT_EQUIPMENT

    deployment = models.ForeignKey(Deployment, on_delete=models.CASCADE, related_name="things")
    thing_id = models.BigIntegerField(unique=True)
    device = models.CharField(max_length=80, blank=True)

    def __str__(self) -> str:
        """Both ids."""
        return f"{self.deployment_id} became {self.thing_id}"


class DeploymentEntry(models.Model):
    """What happened to a deployment: a step, or a change of its record.

    `step` is a step's name, `change`, `link` or `unlink`. `changes` maps field to [before, after],
    as texts, numbers and truth values.
    """

    personal_data: ClassVar[PersonalData] = STEPS

    deployment = models.ForeignKey(Deployment, on_delete=models.CASCADE, related_name="entries")
    at = models.DateTimeField()
    step = models.CharField(max_length=20)
    state_before = models.CharField(max_length=12, blank=True)
    state_after = models.CharField(max_length=12)
    person = models.CharField(max_length=64, blank=True)
    reason = models.TextField(blank=True)
    changes = models.JSONField(default=dict)

    class Meta:
        """Found by deployment."""

        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["deployment", "id"], name="sensing_deployment_history")
        ]

    def __str__(self) -> str:
        """Step and time."""
        return f"{self.step} at {self.at}"
