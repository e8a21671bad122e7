import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from hereabouts.sensing.adapters.store.tables import (
    create_observation_table,
    drop_observation_table,
)
from hereabouts.sensing.models.observations import RowKeyField


def create(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    create_observation_table(schema_editor.connection)


def drop(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    drop_observation_table(schema_editor.connection)


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Counter",
            fields=[
                ("name", models.CharField(max_length=30, primary_key=True, serialize=False)),
                ("next", models.BigIntegerField(default=1)),
            ],
            options={
                "db_table": "sensing_counter",
            },
        ),
        migrations.CreateModel(
            name="HistoricalLocation",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("time", models.BigIntegerField()),
                ("data_class", models.SmallIntegerField(default=0)),
            ],
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(create, drop)],
            state_operations=[
                migrations.CreateModel(
                    name="Observation",
                    fields=[
                        ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                        ("stream_id", models.BigIntegerField()),
                        ("started", models.BigIntegerField()),
                        ("ended", models.BigIntegerField(null=True)),
                        ("result_time", models.BigIntegerField(null=True)),
                        ("number", models.FloatField(null=True)),
                        ("result", models.TextField(null=True)),
                        ("kind", models.SmallIntegerField()),
                        ("quality", models.SmallIntegerField(default=0)),
                        ("valid_start", models.BigIntegerField(null=True)),
                        ("valid_end", models.BigIntegerField(null=True)),
                        ("parameters", models.TextField(null=True)),
                        ("result_quality", models.TextField(null=True)),
                        ("feature_id", models.BigIntegerField(null=True)),
                    ],
                    options={
                        "db_table": "sensing_observation",
                    },
                ),
            ],
        ),
        migrations.CreateModel(
            name="ObservedProperty",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("properties", models.TextField(null=True)),
                ("data_class", models.SmallIntegerField(default=0)),
                ("name", models.TextField()),
                ("definition", models.TextField(db_index=True)),
                ("description", models.TextField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="RegisterVersion",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("version", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Sensor",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("properties", models.TextField(null=True)),
                ("data_class", models.SmallIntegerField(default=0)),
                ("name", models.TextField()),
                ("description", models.TextField()),
                ("encoding_type", models.TextField()),
                ("metadata", models.TextField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="StreamState",
            fields=[
                ("stream_id", RowKeyField(primary_key=True, serialize=False)),
                ("count", models.BigIntegerField(default=0)),
                ("first_started", models.BigIntegerField(null=True)),
                ("last_ended", models.BigIntegerField(null=True)),
                ("first_result_time", models.BigIntegerField(null=True)),
                ("last_result_time", models.BigIntegerField(null=True)),
                ("received", models.BigIntegerField(null=True)),
                ("latest_id", models.BigIntegerField(null=True)),
                ("latest_started", models.BigIntegerField(null=True)),
                ("latest_ended", models.BigIntegerField(null=True)),
                ("latest_number", models.FloatField(null=True)),
                ("latest_result", models.TextField(null=True)),
                ("latest_kind", models.SmallIntegerField(null=True)),
                ("latest_quality", models.SmallIntegerField(default=0)),
                ("area", models.TextField(null=True)),
            ],
            options={
                "db_table": "sensing_stream_state",
            },
        ),
        migrations.CreateModel(
            name="Thing",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("properties", models.TextField(null=True)),
                ("data_class", models.SmallIntegerField(default=0)),
                ("name", models.TextField()),
                ("description", models.TextField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Feature",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("properties", models.TextField(null=True)),
                ("data_class", models.SmallIntegerField(default=0)),
                ("name", models.TextField()),
                ("description", models.TextField()),
                ("encoding_type", models.TextField()),
                ("value", models.TextField()),
                ("geometry", models.BinaryField(null=True)),
                ("cell", models.BigIntegerField(null=True)),
                ("west", models.FloatField(null=True)),
                ("south", models.FloatField(null=True)),
                ("east", models.FloatField(null=True)),
                ("north", models.FloatField(null=True)),
            ],
            options={
                "abstract": False,
                "indexes": [models.Index(fields=["cell"], name="sensing_feature_cell")],
            },
        ),
        migrations.CreateModel(
            name="Location",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("properties", models.TextField(null=True)),
                ("data_class", models.SmallIntegerField(default=0)),
                ("name", models.TextField()),
                ("description", models.TextField()),
                ("encoding_type", models.TextField()),
                ("value", models.TextField()),
                ("geometry", models.BinaryField(null=True)),
                ("cell", models.BigIntegerField(null=True)),
                ("west", models.FloatField(null=True)),
                ("south", models.FloatField(null=True)),
                ("east", models.FloatField(null=True)),
                ("north", models.FloatField(null=True)),
                (
                    "generated_feature",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="generators",
                        to="sensing.feature",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="HistoryLocation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "history",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="location_links",
                        to="sensing.historicallocation",
                    ),
                ),
                (
                    "location",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="history_links",
                        to="sensing.location",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Member",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("entity_type", models.SmallIntegerField()),
                ("entity_id", models.BigIntegerField()),
                ("path", models.CharField(max_length=200)),
                (
                    "kind",
                    models.SmallIntegerField(choices=[(0, "Number"), (1, "Text"), (2, "Truth")]),
                ),
                ("text", models.CharField(max_length=300, null=True)),
                ("number", models.FloatField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["entity_type", "path", "text", "entity_id"],
                        name="sensing_member_text",
                    ),
                    models.Index(
                        fields=["entity_type", "path", "number", "entity_id"],
                        name="sensing_member_number",
                    ),
                    models.Index(fields=["entity_type", "entity_id"], name="sensing_member_entity"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Stream",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("properties", models.TextField(null=True)),
                ("data_class", models.SmallIntegerField(default=0)),
                ("is_multi", models.BooleanField(default=False)),
                ("name", models.TextField()),
                ("description", models.TextField()),
                ("observation_type", models.TextField()),
                ("unit_name", models.TextField(null=True)),
                ("unit_symbol", models.TextField(null=True)),
                ("unit_definition", models.TextField(null=True)),
                ("units", models.TextField(null=True)),
                ("result_types", models.TextField(null=True)),
                ("rules", models.TextField(default="")),
                (
                    "feature",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="standing_streams",
                        to="sensing.feature",
                    ),
                ),
                (
                    "observed_property",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="streams",
                        to="sensing.observedproperty",
                    ),
                ),
                (
                    "sensor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="streams",
                        to="sensing.sensor",
                    ),
                ),
                (
                    "thing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="streams",
                        to="sensing.thing",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="StreamFeature",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("stream_id", models.BigIntegerField()),
                ("feature_id", models.BigIntegerField(db_index=True)),
                ("count", models.BigIntegerField(default=0)),
            ],
            options={
                "db_table": "sensing_stream_feature",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("stream_id", "feature_id"), name="sensing_stream_feature_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StreamProperty",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rank", models.SmallIntegerField()),
                (
                    "observed_property",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="multi_links",
                        to="sensing.observedproperty",
                    ),
                ),
                (
                    "stream",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="property_links",
                        to="sensing.stream",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="historicallocation",
            name="thing",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="history",
                to="sensing.thing",
            ),
        ),
        migrations.CreateModel(
            name="ThingLocation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "location",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="thing_links",
                        to="sensing.location",
                    ),
                ),
                (
                    "thing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="location_links",
                        to="sensing.thing",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="location",
            index=models.Index(fields=["cell"], name="sensing_location_cell"),
        ),
        migrations.AddConstraint(
            model_name="historylocation",
            constraint=models.UniqueConstraint(
                fields=("history", "location"), name="sensing_history_location"
            ),
        ),
        migrations.AddConstraint(
            model_name="streamproperty",
            constraint=models.UniqueConstraint(
                fields=("stream", "rank"), name="sensing_stream_property_rank"
            ),
        ),
        migrations.AddIndex(
            model_name="historicallocation",
            index=models.Index(fields=["thing", "time"], name="sensing_history_of_thing"),
        ),
        migrations.AddConstraint(
            model_name="thinglocation",
            constraint=models.UniqueConstraint(
                fields=("thing", "location"), name="sensing_thing_location"
            ),
        ),
    ]
