"""The SensorThings register: Things, Locations, streams and what they refer to.

JSON members are kept as text exactly as the client sent them. Times are microseconds since 1970
UTC. Entities of one data class or less are visible to a reader of that level; the class of each row
is kept by the actions.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from hereabouts.kernel.privacy import PersonalData, PrivacyClass, no_personal_data

NOTHING_PERSONAL = no_personal_data("until its owner deletes it")
TEXTS_OF_OWNERS = PersonalData(
    PrivacyClass.NONE,
    "describes equipment and places; owners are told not to write names of people here",
    "until its owner deletes it",
)


class Entity(models.Model):
    """What every entity of the register has."""

    id = models.BigAutoField(primary_key=True)
    properties = models.TextField(null=True)
    """JSON text, or None where the client sent none."""
    data_class = models.SmallIntegerField(default=0)

    class Meta:
        """Not a table of its own."""

        abstract = True


class Spatial(Entity):
    """An entity with a place: the value as sent, and its geometry where it has one.

    `geometry` is well-known binary in WGS 84, or None where the value is not GeoJSON. `cell` files
    it on the kernel's grid; the box is exact.
    """

    name = models.TextField()
    description = models.TextField()
    encoding_type = models.TextField()
    value = models.TextField()
    """`location` or `feature` as JSON text, as sent."""
    geometry = models.BinaryField(null=True)
    cell = models.BigIntegerField(null=True)
    west = models.FloatField(null=True)
    south = models.FloatField(null=True)
    east = models.FloatField(null=True)
    north = models.FloatField(null=True)

    class Meta:
        """Found by cell."""

        abstract = True
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["cell"], name="sensing_%(class)s_cell")
        ]


class Thing(Entity):
    """A thing that is sensed or senses; its data class is that of everything under it."""

    personal_data: ClassVar[PersonalData] = TEXTS_OF_OWNERS

    name = models.TextField()
    description = models.TextField()

    def __str__(self) -> str:
        """Its name."""
        return self.name


class Feature(Spatial):
    """A FeatureOfInterest."""

    personal_data: ClassVar[PersonalData] = TEXTS_OF_OWNERS

    def __str__(self) -> str:
        """Its name."""
        return self.name


class Location(Spatial):
    """A Location; `generated_feature` is the feature made from it for observations without one."""

    personal_data: ClassVar[PersonalData] = TEXTS_OF_OWNERS

    generated_feature = models.ForeignKey(
        Feature, null=True, on_delete=models.SET_NULL, related_name="generators"
    )

    def __str__(self) -> str:
        """Its name."""
        return self.name


class ThingLocation(models.Model):
    """A Location where a Thing is now."""

    personal_data: ClassVar[PersonalData] = NOTHING_PERSONAL

    thing = models.ForeignKey(Thing, on_delete=models.CASCADE, related_name="location_links")
    location = models.ForeignKey(Location, on_delete=models.CASCADE, related_name="thing_links")

    class Meta:
        """Once each."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["thing", "location"], name="sensing_thing_location")
        ]

    def __str__(self) -> str:
        """Both ids."""
        return f"{self.thing_id} at {self.location_id}"


class HistoricalLocation(models.Model):
    """Since when a Thing was at its Locations; `time` in microseconds."""

    personal_data: ClassVar[PersonalData] = NOTHING_PERSONAL

    id = models.BigAutoField(primary_key=True)
    thing = models.ForeignKey(Thing, on_delete=models.CASCADE, related_name="history")
    time = models.BigIntegerField()
    data_class = models.SmallIntegerField(default=0)

    class Meta:
        """Found by Thing and time."""

        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["thing", "time"], name="sensing_history_of_thing")
        ]

    def __str__(self) -> str:
        """Thing and time."""
        return f"{self.thing_id} at {self.time}"


class HistoryLocation(models.Model):
    """A Location of a HistoricalLocation."""

    personal_data: ClassVar[PersonalData] = NOTHING_PERSONAL

    history = models.ForeignKey(
        HistoricalLocation, on_delete=models.CASCADE, related_name="location_links"
    )
    location = models.ForeignKey(Location, on_delete=models.CASCADE, related_name="history_links")

    class Meta:
        """Once each."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["history", "location"], name="sensing_history_location")
        ]

    def __str__(self) -> str:
        """Both ids."""
        return f"{self.history_id} at {self.location_id}"


class Sensor(Entity):
    """A Sensor; `metadata` as JSON text."""

    personal_data: ClassVar[PersonalData] = TEXTS_OF_OWNERS

    name = models.TextField()
    description = models.TextField()
    encoding_type = models.TextField()
    metadata = models.TextField()

    def __str__(self) -> str:
        """Its name."""
        return self.name


class ObservedProperty(Entity):
    """An ObservedProperty."""

    personal_data: ClassVar[PersonalData] = NOTHING_PERSONAL

    name = models.TextField()
    definition = models.TextField(db_index=True)
    description = models.TextField()

    def __str__(self) -> str:
        """Its name."""
        return self.name


class Stream(Entity):
    """A Datastream or, with `is_multi`, a MultiDatastream; both share one series of ids.

    A Datastream has `observed_property` and `unit_*`; a MultiDatastream has `units` and
    `result_types` (JSON lists) and its properties in `StreamProperty`. `feature` is the stream's
    standing feature: observations that have it keep no feature of their own.
    """

    personal_data: ClassVar[PersonalData] = TEXTS_OF_OWNERS

    is_multi = models.BooleanField(default=False)
    name = models.TextField()
    description = models.TextField()
    observation_type = models.TextField()
    unit_name = models.TextField(null=True)
    unit_symbol = models.TextField(null=True)
    unit_definition = models.TextField(null=True)
    units = models.TextField(null=True)
    result_types = models.TextField(null=True)
    thing = models.ForeignKey(Thing, on_delete=models.CASCADE, related_name="streams")
    sensor = models.ForeignKey(Sensor, on_delete=models.CASCADE, related_name="streams")
    observed_property = models.ForeignKey(
        ObservedProperty, null=True, on_delete=models.CASCADE, related_name="streams"
    )
    feature = models.ForeignKey(
        Feature, null=True, on_delete=models.SET_NULL, related_name="standing_streams"
    )
    rules = models.TextField(default="")
    """Quality rules of this stream as JSON text; empty for the defaults."""

    def __str__(self) -> str:
        """Its name."""
        return self.name


class StreamProperty(models.Model):
    """An ObservedProperty of a MultiDatastream at its rank, from 0."""

    personal_data: ClassVar[PersonalData] = NOTHING_PERSONAL

    stream = models.ForeignKey(Stream, on_delete=models.CASCADE, related_name="property_links")
    observed_property = models.ForeignKey(
        ObservedProperty, on_delete=models.CASCADE, related_name="multi_links"
    )
    rank = models.SmallIntegerField()

    class Meta:
        """One property a rank; a property may come twice."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["stream", "rank"], name="sensing_stream_property_rank")
        ]

    def __str__(self) -> str:
        """Stream and rank."""
        return f"{self.stream_id}[{self.rank}]"


class Member(models.Model):
    """A scalar inside an entity's `properties`, for filters: kept by the register's actions.

    `entity_type` is `ENTITY_NUMBERS[name]`; `path` the members joined with `/` (`a/b`, `list[0]`).
    A number has `number` and its JSON text; a text has `text`; a truth value has `number` 1 or 0.
    Only the first 200 members of an entity, no deeper than 5, and texts of at most 300 characters.
    """

    personal_data: ClassVar[PersonalData] = TEXTS_OF_OWNERS

    class Kind(models.IntegerChoices):
        """Type of the JSON value."""

        NUMBER = 0
        TEXT = 1
        TRUTH = 2

    id = models.BigAutoField(primary_key=True)
    entity_type = models.SmallIntegerField()
    entity_id = models.BigIntegerField()
    path = models.CharField(max_length=200)
    kind = models.SmallIntegerField(choices=Kind.choices)
    text = models.CharField(max_length=300, null=True)
    number = models.FloatField(null=True)

    class Meta:
        """Found by value; removed by entity."""

        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["entity_type", "path", "text", "entity_id"], name="sensing_member_text"
            ),
            models.Index(
                fields=["entity_type", "path", "number", "entity_id"], name="sensing_member_number"
            ),
            models.Index(fields=["entity_type", "entity_id"], name="sensing_member_entity"),
        ]

    def __str__(self) -> str:
        """Path and value."""
        return f"{self.path}={self.text or self.number}"


ENTITY_NUMBERS = {
    "Thing": 1,
    "Location": 2,
    "Sensor": 3,
    "ObservedProperty": 4,
    "Datastream": 5,
    "MultiDatastream": 6,
    "FeatureOfInterest": 7,
}
"""Small numbers for entity types in `Member`."""


class RegisterVersion(models.Model):
    """One row, counted up by every change of the register; writers of observations hold it shared.

    A writer that finds another number than it knows reads the register anew before it goes on.
    """

    personal_data: ClassVar[PersonalData] = NOTHING_PERSONAL

    id = models.SmallIntegerField(primary_key=True, default=1)
    version = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        """The number."""
        return str(self.version)
