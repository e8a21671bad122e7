import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sensing", "0002_keys"),
    ]

    operations = [
        migrations.CreateModel(
            name="Application",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("network", models.CharField(max_length=12)),
                ("name", models.CharField(max_length=100)),
                ("is_automatic", models.BooleanField(default=False)),
                ("default_decoder", models.CharField(blank=True, default="", max_length=80)),
                ("key_digest", models.CharField(blank=True, default="", max_length=64)),
                ("created", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("network", "name"), name="sensing_application_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Device",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("eui", models.CharField(max_length=16, unique=True)),
                ("name", models.CharField(max_length=100)),
                ("model", models.CharField(blank=True, default="", max_length=100)),
                ("decoder", models.CharField(blank=True, default="", max_length=80)),
                ("is_enabled", models.BooleanField(default=True)),
                ("is_pending", models.BooleanField(default=False)),
                ("key_digest", models.CharField(blank=True, default="", max_length=64)),
                ("created", models.BigIntegerField()),
                ("last_seen", models.BigIntegerField(null=True)),
                ("last_counter", models.BigIntegerField(null=True)),
                (
                    "application",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="devices",
                        to="sensing.application",
                    ),
                ),
                (
                    "feature",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="lorawan_devices",
                        to="sensing.feature",
                    ),
                ),
                (
                    "thing",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="lorawan_devices",
                        to="sensing.thing",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LinkDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("eui", models.CharField(max_length=16)),
                ("day", models.IntegerField()),
                ("frames", models.IntegerField(default=0)),
                ("lost", models.IntegerField(default=0)),
                ("rssi_sum", models.FloatField(default=0)),
                ("rssi_count", models.IntegerField(default=0)),
                ("rssi_worst", models.FloatField(null=True)),
                ("snr_sum", models.FloatField(default=0)),
                ("snr_count", models.IntegerField(default=0)),
                ("gateways_sum", models.IntegerField(default=0)),
                ("gateways_most", models.SmallIntegerField(default=0)),
                ("last_counter", models.BigIntegerField()),
                ("last_received", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("eui", "day"), name="sensing_link_day_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Uplink",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("eui", models.CharField(max_length=16)),
                ("network", models.CharField(max_length=12)),
                ("application", models.CharField(max_length=100)),
                ("device_name", models.CharField(blank=True, max_length=100)),
                ("model", models.CharField(blank=True, max_length=100)),
                ("port", models.SmallIntegerField()),
                ("counter", models.BigIntegerField()),
                ("payload", models.BinaryField()),
                ("received", models.BigIntegerField()),
                ("gateways", models.TextField(default="[]")),
                ("spreading_factor", models.SmallIntegerField(null=True)),
                ("airtime_us", models.BigIntegerField(null=True)),
                ("is_simulated", models.BooleanField(default=False)),
                ("longitude", models.FloatField(null=True)),
                ("latitude", models.FloatField(null=True)),
                ("state", models.CharField(max_length=16)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("decoder", models.CharField(blank=True, max_length=80)),
                ("decoder_version", models.IntegerField(null=True)),
                ("readings", models.IntegerField(default=0)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["state", "received"], name="sensing_uplink_state")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("eui", "received", "counter"), name="sensing_uplink_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DeviceStream",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reading", models.CharField(max_length=60)),
                (
                    "device",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="streams",
                        to="sensing.device",
                    ),
                ),
                (
                    "stream",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="device_links",
                        to="sensing.stream",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("device", "reading"), name="sensing_device_reading_once"
                    )
                ],
            },
        ),
    ]
