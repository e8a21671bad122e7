import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sensing", "0005_watching"),
    ]

    operations = [
        migrations.CreateModel(
            name="Connector",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.CharField(max_length=24, unique=True)),
                ("kind", models.CharField(max_length=40)),
                ("name", models.CharField(max_length=100)),
                ("options", models.TextField(default="{}")),
                ("header", models.CharField(blank=True, default="", max_length=60)),
                ("sealed", models.TextField(blank=True, default="")),
                ("key_digest", models.CharField(blank=True, default="", max_length=64)),
                ("state", models.CharField(default="draft", max_length=10)),
                ("interval_s", models.IntegerField(default=3600)),
                ("data_class", models.SmallIntegerField(default=0)),
                ("owner", models.CharField(blank=True, default="", max_length=100)),
                ("host", models.CharField(blank=True, default="", max_length=255)),
                ("held", models.TextField(default="{}")),
                ("newest", models.BigIntegerField(null=True)),
                ("failures", models.IntegerField(default=0)),
                ("next_due", models.BigIntegerField(db_index=True, null=True)),
                ("last_run", models.BigIntegerField(null=True)),
                ("lease", models.CharField(blank=True, default="", max_length=24)),
                ("leased_until", models.BigIntegerField(default=0)),
                ("progress", models.CharField(blank=True, default="", max_length=40)),
                ("progress_done", models.BigIntegerField(default=0)),
                ("progress_total", models.BigIntegerField(default=0)),
                ("created", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="ConnectorRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("started", models.BigIntegerField()),
                ("ended", models.BigIntegerField()),
                ("is_pushed", models.BooleanField(default=False)),
                ("outcome", models.CharField(max_length=10)),
                ("code", models.CharField(blank=True, default="", max_length=60)),
                ("reason", models.CharField(blank=True, default="", max_length=200)),
                ("messages", models.IntegerField(default=1)),
                ("size", models.BigIntegerField(default=0)),
                ("rows", models.IntegerField(default=0)),
                ("bad_rows", models.IntegerField(default=0)),
                ("readings", models.IntegerField(default=0)),
                ("added", models.IntegerField(default=0)),
                ("refused", models.IntegerField(default=0)),
                ("things", models.IntegerField(default=0)),
                ("streams", models.IntegerField(default=0)),
                ("problems", models.TextField(default="[]")),
                ("problem_counts", models.TextField(default="{}")),
                ("grade", models.CharField(blank=True, default="", max_length=1)),
                ("parts", models.TextField(default="{}")),
                (
                    "connector",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="runs",
                        to="sensing.connector",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["connector", "started"], name="sensing_connector_run"),
                    models.Index(fields=["started"], name="sensing_connector_run_age"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ConnectorStream",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=300)),
                ("station", models.CharField(max_length=300)),
                ("period_s", models.FloatField(null=True)),
                (
                    "connector",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="streams",
                        to="sensing.connector",
                    ),
                ),
                (
                    "stream",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="connector_links",
                        to="sensing.stream",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("connector", "key"), name="sensing_connector_stream_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ConnectorThing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=300)),
                ("longitude", models.FloatField(null=True)),
                ("latitude", models.FloatField(null=True)),
                (
                    "connector",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="things",
                        to="sensing.connector",
                    ),
                ),
                (
                    "feature",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="connector_links",
                        to="sensing.feature",
                    ),
                ),
                (
                    "thing",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="connector_links",
                        to="sensing.thing",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("connector", "key"), name="sensing_connector_thing_once"
                    )
                ],
            },
        ),
    ]
