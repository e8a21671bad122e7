"""Observations: rows clustered by stream and time, and what is kept of each stream beside them.

These tables are made by SQL in the migration: on SQLite the rows are the primary key's own tree
(`WITHOUT ROWID`), which Django cannot say. They are read and written by SQL alone.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from hereabouts.kernel.privacy import PersonalData, PrivacyClass

READINGS = PersonalData(
    PrivacyClass.NONE,
    "measures the place; where people are counted, only the count",
    "as the stream's retention says, else as long as the stream",
)


class Observation(models.Model):
    """One observation. Times in microseconds since 1970 UTC.

    Primary key (stream_id, started, id); unique (id); partial indexes (stream_id, result_time) and
    (feature_id, id) over the rows that have one. `ended` is None for an instant. `kind` is a
    `ResultKind` of the domain. `number` holds a number, and 1 or 0 for a truth value. `result` is
    the JSON text as sent; None for a number whose shortest form is what was sent, for truth values
    and null. `feature_id` is None for the stream's standing feature (`Stream.feature`). `quality`
    is a set of `QualityFlag`.
    """

    personal_data: ClassVar[PersonalData] = READINGS

    id = models.BigIntegerField(primary_key=True)
    stream_id = models.BigIntegerField()
    started = models.BigIntegerField()
    ended = models.BigIntegerField(null=True)
    result_time = models.BigIntegerField(null=True)
    number = models.FloatField(null=True)
    result = models.TextField(null=True)
    kind = models.SmallIntegerField()
    quality = models.SmallIntegerField(default=0)
    valid_start = models.BigIntegerField(null=True)
    valid_end = models.BigIntegerField(null=True)
    parameters = models.TextField(null=True)
    result_quality = models.TextField(null=True)
    feature_id = models.BigIntegerField(null=True)

    class Meta:
        """Its own table name, used in SQL."""

        db_table = "sensing_observation"

    def __str__(self) -> str:
        """Its id."""
        return str(self.id)


class RowKeyField(models.BigIntegerField):  # type: ignore[type-arg]  # has none when it runs
    """A number that rows are found by; on SQLite the row's own key, without an index between."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        """INTEGER is what SQLite calls it, whatever the size."""
        return "integer" if connection.vendor == "sqlite" else super().db_type(connection)


class StreamState(models.Model):
    """What is known of a stream's observations, written in the transaction that adds them.

    `received` is when the service last got one. The latest is the one with the greatest
    (started, id). `area` is GeoJSON text of the hull of the features seen; None without one.
    """

    personal_data: ClassVar[PersonalData] = READINGS

    stream_id = RowKeyField(primary_key=True)
    count = models.BigIntegerField(default=0)
    first_started = models.BigIntegerField(null=True)
    last_ended = models.BigIntegerField(null=True)
    first_result_time = models.BigIntegerField(null=True)
    last_result_time = models.BigIntegerField(null=True)
    received = models.BigIntegerField(null=True)
    latest_id = models.BigIntegerField(null=True)
    latest_started = models.BigIntegerField(null=True)
    latest_ended = models.BigIntegerField(null=True)
    latest_number = models.FloatField(null=True)
    latest_result = models.TextField(null=True)
    latest_kind = models.SmallIntegerField(null=True)
    latest_quality = models.SmallIntegerField(default=0)
    area = models.TextField(null=True)

    class Meta:
        """Its own table name, used in SQL."""

        db_table = "sensing_stream_state"

    def __str__(self) -> str:
        """Stream and count."""
        return f"{self.stream_id}: {self.count}"


class StreamFeature(models.Model):
    """A feature that observations of a stream have; `count` of those that keep it themselves.

    Those that have the stream's standing feature keep none: they are what remains of the stream's
    count.
    """

    personal_data: ClassVar[PersonalData] = READINGS

    stream_id = models.BigIntegerField()
    feature_id = models.BigIntegerField(db_index=True)
    count = models.BigIntegerField(default=0)

    class Meta:
        """Once each."""

        db_table = "sensing_stream_feature"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["stream_id", "feature_id"], name="sensing_stream_feature_once"
            )
        ]

    def __str__(self) -> str:
        """Both ids."""
        return f"{self.stream_id} of {self.feature_id}"


class Counter(models.Model):
    """The next id of observations; one row named `observation`.

    Used on SQLite only, inside the transaction that adds observations; PostgreSQL has the sequence
    `sensing_observation_number`. Ids are never given twice.
    """

    personal_data: ClassVar[PersonalData] = READINGS

    name = models.CharField(max_length=30, primary_key=True)
    next = models.BigIntegerField(default=1)

    class Meta:
        """Its own table name, used in SQL."""

        db_table = "sensing_counter"

    def __str__(self) -> str:
        """Name and number."""
        return f"{self.name}: {self.next}"
