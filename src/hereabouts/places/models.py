"""Tables of the gazetteer; geometry is well-known binary, found by its cell."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from hereabouts.kernel.geometry import Box
from hereabouts.kernel.privacy import PersonalData, PrivacyClass, no_personal_data

NOTHING_PERSONAL = no_personal_data()
ADDRESSES = PersonalData(
    PrivacyClass.NONE,
    "buildings and published addresses; nobody's name",
    "as long as the source publishes them, then kept as history of the place",
)


class ImportRun(models.Model):
    """One import of one file: what it was, what it did."""

    personal_data: ClassVar[PersonalData] = NOTHING_PERSONAL

    uid = models.CharField(max_length=24, unique=True)
    importer = models.CharField(max_length=30)
    source = models.CharField(max_length=100)
    file_name = models.CharField(max_length=255)
    file_digest = models.CharField(max_length=64)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    counts = models.JSONField(default=dict)
    finding_count = models.IntegerField(default=0)
    attribution = models.CharField(max_length=500, blank=True)

    class Meta:
        """Newest first."""

        ordering: ClassVar[list[str]] = ["-id"]

    def __str__(self) -> str:
        """Importer and file."""
        return f"{self.importer} of {self.file_name}"


class ImportFinding(models.Model):
    """Something wrong in a file that did not stop it."""

    personal_data: ClassVar[PersonalData] = NOTHING_PERSONAL

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="findings")
    code = models.CharField(max_length=60)
    subject = models.CharField(max_length=200)
    field = models.CharField(max_length=100, blank=True)
    value = models.CharField(max_length=300, blank=True)
    repaired = models.BooleanField(default=False)

    def __str__(self) -> str:
        """Code and subject."""
        return f"{self.code}: {self.subject}"


class Feature(models.Model):
    """What every feature has: id, source, place on the map, and its life."""

    uid = models.CharField(max_length=24, unique=True)
    source = models.CharField(max_length=100)
    source_id = models.CharField(max_length=120)
    digest = models.CharField(max_length=32)
    geometry = models.BinaryField()
    cell = models.BigIntegerField()
    west = models.FloatField()
    south = models.FloatField()
    east = models.FloatField()
    north = models.FloatField()
    gone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Found by cell, matched by source."""

        abstract = True
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["cell"], name="%(class)s_cell"),
            models.Index(fields=["source", "source_id"], name="%(class)s_source"),
        ]

    @property
    def box(self) -> Box:
        """The feature's box in WGS 84."""
        return Box(self.west, self.south, self.east, self.north)


class Area(Feature):
    """An area: ward, district, LSOA, or a council's own patch."""

    personal_data: ClassVar[PersonalData] = NOTHING_PERSONAL

    kind = models.CharField(max_length=30)
    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    name_cy = models.CharField(max_length=200, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    successor = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="predecessors"
    )
    size_km2 = models.FloatField(default=0)

    def __str__(self) -> str:
        """Name and code."""
        return f"{self.name} ({self.code})"


class Street(Feature):
    """A street people name."""

    personal_data: ClassVar[PersonalData] = NOTHING_PERSONAL

    name = models.CharField(max_length=200)
    name_cy = models.CharField(max_length=200, blank=True)
    ref = models.CharField(max_length=40, blank=True)
    usrn = models.CharField(max_length=12, blank=True, db_index=True)
    road_class = models.CharField(max_length=20)
    length_m = models.FloatField(default=0)

    def __str__(self) -> str:
        """Name or number."""
        return self.name or self.ref


class Segment(Feature):
    """A piece of carriageway or path between two junctions."""

    personal_data: ClassVar[PersonalData] = NOTHING_PERSONAL

    street = models.ForeignKey(
        Street, null=True, blank=True, on_delete=models.SET_NULL, related_name="segments"
    )
    from_node = models.BigIntegerField()
    to_node = models.BigIntegerField()
    road_class = models.CharField(max_length=20)
    is_link = models.BooleanField(default=False)
    name = models.CharField(max_length=200, blank=True)
    ref = models.CharField(max_length=40, blank=True)
    length_m = models.FloatField()
    lanes = models.SmallIntegerField(null=True, blank=True)
    speed_limit_mph = models.SmallIntegerField(null=True, blank=True)
    one_way = models.CharField(max_length=10)
    width_m = models.FloatField(null=True, blank=True)
    surface = models.CharField(max_length=40, blank=True)
    cycle = models.CharField(max_length=12, blank=True)
    bus = models.CharField(max_length=12, blank=True)
    is_lit = models.BooleanField(null=True, blank=True)
    is_bridge = models.BooleanField(default=False)
    is_tunnel = models.BooleanField(default=False)
    layer = models.SmallIntegerField(default=0)
    access = models.CharField(max_length=30, blank=True)
    tags = models.JSONField(default=dict)

    def __str__(self) -> str:
        """Class and source."""
        return f"{self.road_class} {self.source_id}"


class Premises(Feature):
    """A building or an address."""

    personal_data: ClassVar[PersonalData] = ADDRESSES

    outline = models.BinaryField(null=True, blank=True)
    uprn = models.CharField(max_length=12, blank=True, db_index=True)
    name = models.CharField(max_length=200, blank=True)
    name_cy = models.CharField(max_length=200, blank=True)
    unit = models.CharField(max_length=60, blank=True)
    number = models.CharField(max_length=60, blank=True)
    street_name = models.CharField(max_length=200, blank=True)
    street = models.ForeignKey(
        Street, null=True, blank=True, on_delete=models.SET_NULL, related_name="premises"
    )
    locality = models.CharField(max_length=120, blank=True)
    town = models.CharField(max_length=120, blank=True)
    postcode = models.CharField(max_length=8, blank=True, db_index=True)
    use = models.CharField(max_length=30)
    height_m = models.FloatField(null=True, blank=True)
    levels = models.SmallIntegerField(null=True, blank=True)

    def __str__(self) -> str:
        """Number and street, or name."""
        return " ".join(part for part in (self.number, self.street_name or self.name) if part)


class Asset(Feature):
    """Something in the street that somebody looks after."""

    personal_data: ClassVar[PersonalData] = NOTHING_PERSONAL

    type = models.CharField(max_length=40, db_index=True)
    reference = models.CharField(max_length=80, blank=True, db_index=True)
    name = models.CharField(max_length=200, blank=True)
    attributes = models.JSONField(default=dict)
    street = models.ForeignKey(
        Street, null=True, blank=True, on_delete=models.SET_NULL, related_name="assets"
    )

    def __str__(self) -> str:
        """Type and reference."""
        return f"{self.type} {self.reference}"


class Postcode(Feature):
    """A unit postcode, at the mean place of its addresses."""

    personal_data: ClassVar[PersonalData] = NOTHING_PERSONAL

    code = models.CharField(max_length=8, unique=True)
    quality = models.CharField(max_length=4, blank=True)
    area_codes = models.JSONField(default=dict)
    ended = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        """The code."""
        return self.code


class Ground(Feature):
    """What lies on the land, for the map."""

    personal_data: ClassVar[PersonalData] = NOTHING_PERSONAL

    kind = models.CharField(max_length=30)
    name = models.CharField(max_length=200, blank=True)
    is_tunnel = models.BooleanField(default=False)

    def __str__(self) -> str:
        """Kind and name."""
        return f"{self.kind} {self.name}"


class Label(Feature):
    """A name on the map that is no street's."""

    personal_data: ClassVar[PersonalData] = NOTHING_PERSONAL

    kind = models.CharField(max_length=30)
    name = models.CharField(max_length=200)
    name_cy = models.CharField(max_length=200, blank=True)
    rank = models.SmallIntegerField()
    premises = models.ForeignKey(Premises, null=True, blank=True, on_delete=models.SET_NULL)

    def __str__(self) -> str:
        """The name."""
        return self.name


class Identifier(models.Model):
    """A name another register gives a feature: OSM id, USRN, UPRN, NaPTAN code."""

    personal_data: ClassVar[PersonalData] = NOTHING_PERSONAL

    kind = models.CharField(max_length=10)
    feature_id = models.BigIntegerField()
    scheme = models.CharField(max_length=30)
    value = models.CharField(max_length=120)
    source = models.CharField(max_length=100, blank=True)

    class Meta:
        """Found from either side."""

        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["scheme", "value"], name="identifier_value"),
            models.Index(fields=["kind", "feature_id"], name="identifier_feature"),
        ]

    def __str__(self) -> str:
        """Scheme and value."""
        return f"{self.scheme}:{self.value}"


class AreaMembership(models.Model):
    """Which areas a feature lies in: points exactly, streets wherever they pass through."""

    personal_data: ClassVar[PersonalData] = NOTHING_PERSONAL

    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="members")
    kind = models.CharField(max_length=10)
    feature_id = models.BigIntegerField()

    class Meta:
        """Each pair once; found from either side."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["kind", "feature_id", "area"], name="membership_pair")
        ]

    def __str__(self) -> str:
        """Feature in area."""
        return f"{self.kind} {self.feature_id} in {self.area_id}"


class FeatureChange(models.Model):
    """What a feature was before an import changed it: the gazetteer's history."""

    personal_data: ClassVar[PersonalData] = NOTHING_PERSONAL

    run = models.ForeignKey(ImportRun, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=10)
    uid = models.CharField(max_length=24, db_index=True)
    change = models.CharField(max_length=10)
    before = models.JSONField(default=dict)

    def __str__(self) -> str:
        """What happened to which."""
        return f"{self.uid} {self.change}"


class Deprivation(models.Model):
    """An index of deprivation or one of its domains for one area; 1 is the most deprived."""

    personal_data: ClassVar[PersonalData] = NOTHING_PERSONAL

    area_code = models.CharField(max_length=40)
    edition = models.CharField(max_length=20)
    domain = models.CharField(max_length=40)
    score = models.FloatField(null=True, blank=True)
    rank = models.IntegerField(null=True, blank=True)
    decile = models.SmallIntegerField(null=True, blank=True)

    class Meta:
        """One figure for an area, edition and domain."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["area_code", "edition", "domain"], name="deprivation_figure"
            )
        ]

    def __str__(self) -> str:
        """Area, edition and domain."""
        return f"{self.area_code} {self.edition} {self.domain}"


class Population(models.Model):
    """Residents and households of an area; counts, never people."""

    personal_data: ClassVar[PersonalData] = NOTHING_PERSONAL

    area_code = models.CharField(max_length=40)
    edition = models.CharField(max_length=20)
    residents = models.IntegerField()
    households = models.IntegerField(null=True, blank=True)

    class Meta:
        """One figure for an area and edition."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["area_code", "edition"], name="population_figure")
        ]

    def __str__(self) -> str:
        """Area and edition."""
        return f"{self.area_code} {self.edition}"


class SearchEntry(models.Model):
    """One name by which one feature is found; `key` is the name reduced to bare words."""

    personal_data: ClassVar[PersonalData] = ADDRESSES

    kind = models.CharField(max_length=10)
    feature_id = models.BigIntegerField()
    uid = models.CharField(max_length=40)
    name = models.CharField(max_length=260)
    what = models.CharField(max_length=40, blank=True)
    key = models.CharField(max_length=300, db_index=True)
    terms = models.CharField(max_length=600)

    class Meta:
        """Found from the feature to be replaced, and by the beginning of its key."""

        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["kind", "feature_id"], name="searchentry_feature"),
        ]

    def __str__(self) -> str:
        """What it is found by."""
        return self.key


class SearchPosting(models.Model):
    """A word of an entry; the lighter the weight, the sooner the entry is shown."""

    personal_data: ClassVar[PersonalData] = NOTHING_PERSONAL

    term = models.CharField(max_length=40)
    weight = models.SmallIntegerField()
    entry = models.ForeignKey(SearchEntry, on_delete=models.CASCADE, related_name="postings")

    class Meta:
        """Read by term, lightest first."""

        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["term", "weight", "entry"], name="searchposting_term"),
        ]

    def __str__(self) -> str:
        """The word."""
        return self.term


class SearchTerm(models.Model):
    """Every word that a name is made of, once."""

    personal_data: ClassVar[PersonalData] = NOTHING_PERSONAL

    term = models.CharField(max_length=40, primary_key=True)

    def __str__(self) -> str:
        """The word."""
        return self.term


class SearchVariant(models.Model):
    """A word with one letter left out, by which a mistyped word finds the real one."""

    personal_data: ClassVar[PersonalData] = NOTHING_PERSONAL

    variant = models.CharField(max_length=40)
    term = models.CharField(max_length=40)

    class Meta:
        """Each pair once; found by the variant."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["variant", "term"], name="searchvariant_pair")
        ]

    def __str__(self) -> str:
        """Variant and word."""
        return f"{self.variant} for {self.term}"


class SearchAddress(models.Model):
    """A house number on a street, by which an address is found without indexing each as text."""

    personal_data: ClassVar[PersonalData] = ADDRESSES

    street_id = models.BigIntegerField()
    number = models.CharField(max_length=12)
    premises_id = models.BigIntegerField(db_index=True)

    class Meta:
        """Read by street and number."""

        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["street_id", "number"], name="searchaddress_number"),
        ]

    def __str__(self) -> str:
        """The number."""
        return self.number
