"""Real maps: the whole city of Newport, a quarter of Oxford, and three corners of other cities."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

import pytest
import shapely
from django.db import transaction
from django.db.models import Count, Sum
from pytest_django.plugin import DjangoDbBlocker

from hereabouts.journal.api import verify
from hereabouts.kernel.access import INSTALLATION
from hereabouts.places.api import ImportSummary, import_osm, sentence_of
from hereabouts.places.domain.measures import Plane
from hereabouts.places.domain.osm.roads import MOTOR_CLASSES
from hereabouts.places.domain.streets import NEAR_M
from hereabouts.places.models import (
    Asset,
    FeatureChange,
    Ground,
    Identifier,
    Label,
    Premises,
    Segment,
    Street,
)
from tests.rooms.places.importing import counts_of
from tests.shared_data import shared_file

# The city is imported once, so by one worker.
pytestmark = pytest.mark.xdist_group("newport")

NEWPORT = ("place", "osm", "newport-2023-06-13.osm.pbf")


@pytest.fixture(scope="module")
def newport(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[ImportSummary]:
    """The city, imported once for all tests here and taken back at the end."""
    del django_db_setup
    with django_db_blocker.unblock(), transaction.atomic():
        yield import_osm(shared_file(*NEWPORT), INSTALLATION)
        transaction.set_rollback(True)


def test_newport_has_the_roads_that_were_counted(newport: ImportSummary) -> None:
    classes = [member.value for member in MOTOR_CLASSES]
    drivable = Segment.objects.filter(road_class__in=classes).aggregate(km=Sum("length_m"))
    assert drivable["km"] / 1000 == pytest.approx(454, abs=4)
    ways = Segment.objects.values_list("source_id", flat=True)
    # 8,965 highways, less those under construction, areas, platforms and the like.
    assert len({source.split("/")[1] for source in ways}) == pytest.approx(8_930, abs=35)


def test_newport_has_the_buildings_addresses_and_stops_that_were_counted(
    newport: ImportSummary,
) -> None:
    ways = Premises.objects.exclude(outline=None).filter(source_id__startswith="way/")
    assert ways.count() == 34_056
    # 21,297 things carry a number; a shop and the building round it are one address here.
    addressed = Premises.objects.exclude(number="").count()
    assert addressed == pytest.approx(21_297, rel=0.05)
    assert Asset.objects.filter(type="bus_stop").count() == 395
    assert newport.findings < 20


def test_every_named_street_of_newport_holds_together(newport: ImportSummary) -> None:
    plane = Plane(51.58)
    for street in Street.objects.all():
        parts = plane.place(shapely.get_parts(shapely.from_wkb(bytes(street.geometry))))
        joined = shapely.unary_union(shapely.buffer(parts, NEAR_M / 2 + 0.5, quad_segs=2))
        assert shapely.get_num_geometries(joined) == 1, street.name


def test_streets_of_one_name_in_newport_lie_apart(newport: ImportSummary) -> None:
    plane = Plane(51.58)
    by_name: dict[str, list[shapely.Geometry]] = defaultdict(list)
    for name, wkb in Street.objects.exclude(name="").values_list("name", "geometry"):
        by_name[name].append(plane.place(shapely.from_wkb([bytes(wkb)]))[0])
    several = {name: shapes for name, shapes in by_name.items() if len(shapes) > 1}
    assert several, "a city has more than one Station Road"
    for name, shapes in several.items():
        for at, one in enumerate(shapes):
            for other in shapes[at + 1 :]:
                assert one.distance(other) > NEAR_M, name


def test_a_street_is_as_long_as_its_segments(newport: ImportSummary) -> None:
    rows = Street.objects.annotate(of_segments=Sum("segments__length_m"))
    for street in rows:
        assert street.length_m == pytest.approx(street.of_segments, abs=0.1)


def test_segments_of_newport_meet_where_junctions_are(newport: ImportSummary) -> None:
    ends: Counter[int] = Counter()
    inner: set[tuple[float, float]] = set()
    junctions: set[tuple[float, float]] = set()
    for start, end, wkb in Segment.objects.values_list("from_node", "to_node", "geometry"):
        places = [tuple(place) for place in shapely.get_coordinates(shapely.from_wkb(bytes(wkb)))]
        ends.update((start, end))
        inner.update(places[1:-1])
        junctions.update((places[0], places[-1]))
    assert not inner & junctions
    degrees = Counter(ends.values())
    assert degrees[3] > degrees[2]
    assert degrees[3] > 4 * degrees[4]


def test_welsh_names_of_newport_are_kept_beside_the_usual_ones(newport: ImportSummary) -> None:
    names = dict(Street.objects.exclude(name_cy="").values_list("name", "name_cy"))
    assert names["Usk Way"] == "Ffordd Wysg"
    assert names["Chepstow Road"] == "Heol Cas-Gwent"
    assert len(names) > 400


def test_addresses_of_newport_find_their_street(newport: ImportSummary) -> None:
    named = Premises.objects.exclude(street_name="")
    linked = named.exclude(street=None)
    assert linked.count() / named.count() > 0.97
    sample = linked.select_related("street")[:500]
    assert sum(one.street_name == one.street.name for one in sample if one.street) > 480


def test_newport_has_its_rivers_parks_and_names(newport: ImportSummary) -> None:
    kinds = set(Ground.objects.values_list("kind", flat=True))
    assert {"water", "river", "rail", "park", "wood", "farmland", "residential", "wall"} <= kinds
    assert Ground.objects.filter(kind="river", name__contains="Usk").exists()
    labels = set(Label.objects.values_list("name", "kind", "rank"))
    assert {("Newport", "city", 1), ("Newport", "station", 3)} <= labels
    assert ("Beechwood Park", "park", 3) in labels or ("Beechwood Park", "park", 4) in labels
    shapes = [bytes(wkb) for wkb in Ground.objects.values_list("geometry", flat=True)]
    assert shapely.is_valid(shapely.from_wkb(shapes)).all()


def test_identifiers_of_newport_lead_back_to_the_map(newport: ImportSummary) -> None:
    stops = Identifier.objects.filter(kind="asset", scheme="naptan").count()
    assert stops >= 140
    premises = Identifier.objects.filter(kind="premises", scheme="osm").values("feature_id")
    assert premises.annotate(times=Count("id")).count() == Premises.objects.count()
    assert Identifier.objects.filter(scheme="uprn").exists()


def test_newport_again_changes_nothing(newport: ImportSummary) -> None:
    again = import_osm(shared_file(*NEWPORT), INSTALLATION)
    assert again.is_unchanged
    assert sentence_of(again).startswith("Nothing changed")
    assert FeatureChange.objects.count() == 0


def test_a_part_of_newport_does_not_erase_the_rest(newport: ImportSummary) -> None:
    with transaction.atomic():
        part = import_osm(
            shared_file("place", "osm", "newport-major-roads-2023.osm.pbf"), INSTALLATION
        )
        # The part holds main roads only, so minor ones in its box go; outside nothing does.
        west = Street.objects.filter(gone_at=None, east__lt=-3.08).count()
        assert counts_of(part, "street")["went"] > 0
        assert west == Street.objects.filter(east__lt=-3.08).count()
        assert verify().broken is None
        transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "streets", "buildings", "drivable_km"),
    [
        ("oxford-jericho-norham-2015-02-25.osm.bz2", "Walton Street", 993, 15.0),
        ("leeds-its-2020-07.osm.pbf", "University Road", 81, 4.3),
        ("bristol-contraflow-cycleway-2024-03.osm.bz2", "", 89, 2.1),
        ("london-southwark-oneway-loop-2024-03.osm.bz2", "", 28, 0.775),
    ],
)
def test_other_real_maps_make_sense(
    name: str, streets: str, buildings: int, drivable_km: float
) -> None:
    summary = import_osm(shared_file("place", "osm", name), INSTALLATION)
    assert counts_of(summary, "street")["appeared"] > 3
    if streets:
        assert Street.objects.filter(name=streets).count() == 1
    outlined = Premises.objects.exclude(outline=None).count()
    assert outlined == pytest.approx(buildings, rel=0.02)
    classes = [member.value for member in MOTOR_CLASSES]
    rows = Segment.objects.filter(road_class__in=classes)
    assert rows.aggregate(m=Sum("length_m"))["m"] / 1000 == pytest.approx(drivable_km, rel=0.02)
    assert import_osm(shared_file("place", "osm", name), INSTALLATION).is_unchanged


@pytest.mark.django_db
def test_a_contraflow_cycle_street_of_bristol_is_one_way_with_cycles_both_ways() -> None:
    name = "bristol-contraflow-cycleway-2024-03.osm.bz2"
    import_osm(shared_file("place", "osm", name), INSTALLATION)
    against = Segment.objects.filter(cycle="contraflow")
    assert against.exclude(one_way="no").exists()
