import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sensing", "0003_inbound"),
    ]

    operations = [
        migrations.CreateModel(
            name="Deployment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.CharField(max_length=24, unique=True)),
                ("reference", models.CharField(max_length=40, unique=True)),
                ("state", models.CharField(db_index=True, max_length=12)),
                ("title", models.CharField(max_length=120)),
                ("department", models.CharField(db_index=True, max_length=40)),
                ("mailbox", models.CharField(max_length=254)),
                ("purpose", models.TextField()),
                ("measures", models.CharField(max_length=400)),
                ("data_class", models.SmallIntegerField(default=0)),
                ("measures_people", models.BooleanField(default=False)),
                ("legal_basis", models.CharField(blank=True, max_length=40)),
                ("dpia_url", models.CharField(blank=True, max_length=500)),
                ("lon", models.FloatField()),
                ("lat", models.FloatField()),
                ("cell", models.BigIntegerField(db_index=True)),
                ("asset_uid", models.CharField(blank=True, db_index=True, max_length=40)),
                ("network", models.CharField(blank=True, max_length=12)),
                ("power", models.CharField(blank=True, max_length=12)),
                ("battery_mah", models.IntegerField(null=True)),
                ("battery_empty", models.FloatField(null=True)),
                ("gives_power", models.BooleanField(default=False)),
                ("spare_mounts", models.SmallIntegerField(default=0)),
                ("hosts_gateway", models.BooleanField(default=False)),
                ("maker", models.CharField(blank=True, max_length=120)),
                ("model", models.CharField(blank=True, max_length=120)),
                ("installed_on", models.DateField(null=True)),
                ("inspected_on", models.DateField(null=True)),
                ("inspect_by", models.DateField(null=True)),
                ("support_ends_on", models.DateField(null=True)),
                ("no_default_passwords", models.BooleanField(null=True)),
                ("disclosure_contact", models.CharField(blank=True, max_length=500)),
                ("updates_until", models.DateField(null=True)),
                ("capital_gbp", models.IntegerField(null=True)),
                ("yearly_gbp", models.IntegerField(null=True)),
                ("proposed_by", models.CharField(blank=True, max_length=64)),
                ("created_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                ("state_since", models.DateTimeField()),
            ],
            options={
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="DeploymentArea",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "deployment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="areas",
                        to="sensing.deployment",
                    ),
                ),
                ("code", models.CharField(db_index=True, max_length=40)),
                ("kind", models.CharField(max_length=30)),
                ("name", models.CharField(max_length=200)),
                ("name_cy", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("deployment", "code"), name="sensing_deployment_area_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DeploymentThing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "deployment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="things",
                        to="sensing.deployment",
                    ),
                ),
                ("thing_id", models.BigIntegerField(unique=True)),
                ("device", models.CharField(blank=True, max_length=80)),
            ],
            options={
                "constraints": [],
            },
        ),
        migrations.CreateModel(
            name="DeploymentEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "deployment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="entries",
                        to="sensing.deployment",
                    ),
                ),
                ("at", models.DateTimeField()),
                ("step", models.CharField(max_length=20)),
                ("state_before", models.CharField(blank=True, max_length=12)),
                ("state_after", models.CharField(max_length=12)),
                ("person", models.CharField(blank=True, max_length=64)),
                ("reason", models.TextField(blank=True)),
                ("changes", models.JSONField(default=dict)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["deployment", "id"], name="sensing_deployment_history")
                ],
                "constraints": [],
            },
        ),
    ]
