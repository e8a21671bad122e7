import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sensing", "0004_deployments"),
    ]

    operations = [
        migrations.CreateModel(
            name="AlertSubscription",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.CharField(max_length=24, unique=True)),
                ("email", models.CharField(max_length=254)),
                ("person", models.CharField(blank=True, db_index=True, max_length=64)),
                ("language", models.CharField(default="en", max_length=5)),
                ("place_kind", models.CharField(max_length=12)),
                ("place_uid", models.CharField(max_length=40)),
                ("place_name", models.CharField(max_length=200)),
                ("west", models.FloatField()),
                ("south", models.FloatField()),
                ("east", models.FloatField()),
                ("north", models.FloatField()),
                ("comparison", models.CharField(max_length=5)),
                ("value", models.FloatField()),
                ("created_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("last_letter_at", models.DateTimeField(null=True)),
                (
                    "observed_property",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="subscriptions",
                        to="sensing.observedproperty",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Finding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.CharField(max_length=24, unique=True)),
                ("kind", models.CharField(max_length=20)),
                ("subject", models.CharField(max_length=100)),
                ("stream_id", models.BigIntegerField(db_index=True, null=True)),
                ("thing_id", models.BigIntegerField(db_index=True, null=True)),
                ("data_class", models.SmallIntegerField(default=0)),
                ("raised_at", models.DateTimeField(db_index=True)),
                ("cleared_at", models.DateTimeField(null=True)),
                ("evidence", models.JSONField(default=dict)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("cleared_at__isnull", True)),
                        fields=("kind", "subject"),
                        name="sensing_finding_open_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Threshold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.CharField(max_length=24, unique=True)),
                ("name", models.CharField(max_length=200)),
                ("comparison", models.CharField(max_length=5)),
                ("value", models.FloatField()),
                ("margin", models.FloatField(default=0)),
                ("sustained_s", models.IntegerField(default=0)),
                ("created_by", models.CharField(blank=True, max_length=64)),
                ("created_at", models.DateTimeField()),
                (
                    "stream",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="thresholds",
                        to="sensing.stream",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AlertState",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("stream_id", models.BigIntegerField()),
                ("is_beyond", models.BooleanField(default=False)),
                (
                    "subscription",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="states",
                        to="sensing.alertsubscription",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("subscription", "stream_id"), name="sensing_alert_state_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AlertLetter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("facts", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("attempts", models.SmallIntegerField(default=0)),
                ("failure", models.CharField(blank=True, max_length=200)),
                (
                    "subscription",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="letters",
                        to="sensing.alertsubscription",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["sent_at", "due_at"], name="sensing_letter_due")],
            },
        ),
    ]
