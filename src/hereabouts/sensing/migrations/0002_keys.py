from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sensing", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="DeviceKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.CharField(max_length=24, unique=True)),
                ("name", models.CharField(max_length=100)),
                ("start", models.CharField(max_length=24)),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("scope", models.CharField(max_length=10)),
                ("target_ids", models.JSONField(default=list)),
                ("level", models.SmallIntegerField(default=0)),
                ("made_by", models.CharField(blank=True, max_length=40)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("last_used_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
            ],
        ),
    ]
