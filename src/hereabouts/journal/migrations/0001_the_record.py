from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from hereabouts.journal.adapters.guards import install_guards, lift_guards


def install(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    install_guards(schema_editor.connection)


def lift(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    lift_guards(schema_editor.connection)


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Cursor",
            fields=[
                ("name", models.CharField(max_length=120, primary_key=True, serialize=False)),
                ("position", models.BigIntegerField(default=0)),
                ("moved_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reaction", models.CharField(max_length=120)),
                ("position", models.BigIntegerField()),
                ("subject", models.CharField(max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("retrying", "Retrying"),
                            ("waiting", "Waiting"),
                            ("parked", "Parked"),
                            ("discarded", "Discarded"),
                        ],
                        max_length=12,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField()),
                ("failure", models.CharField(blank=True, default="", max_length=500)),
                ("discarded_by", models.CharField(blank=True, default="", max_length=64)),
                ("discard_reason", models.CharField(blank=True, default="", max_length=500)),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["reaction", "subject", "position"], name="journal_delivery_in_order"
                    ),
                    models.Index(fields=["state", "due_at"], name="journal_delivery_due"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("reaction", "position"), name="journal_delivery_once_per_reaction"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("position", models.BigIntegerField(primary_key=True, serialize=False)),
                ("recorded_at", models.CharField(max_length=27)),
                ("wire_name", models.CharField(max_length=120)),
                ("subject", models.CharField(max_length=200)),
                ("actor", models.CharField(blank=True, default="", max_length=64)),
                ("is_public", models.BooleanField()),
                ("payload", models.TextField()),
                ("previous", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["wire_name", "position"], name="journal_entry_by_type"),
                    models.Index(fields=["subject", "position"], name="journal_entry_by_subject"),
                    models.Index(
                        condition=models.Q(("is_public", True)),
                        fields=["position"],
                        name="journal_entry_public",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HeadRow",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("position", models.BigIntegerField()),
                ("hash", models.CharField(max_length=64)),
            ],
            options={
                "db_table": "journal_head",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("id", 1)), name="journal_head_is_one_row"
                    )
                ],
            },
        ),
        migrations.RunPython(install, lift),
    ]
