"""What is known of a place: near it, in it, and what became of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hereabouts.kernel.geometry import Point
from hereabouts.places.domain.kinds import Kind
from hereabouts.places.domain.views import Gone
from hereabouts.places.errors import BadPage
from hereabouts.places.models import Area, Asset, FeatureChange, ImportRun, Premises, Street
from hereabouts.places.queries.history import history_of
from hereabouts.places.queries.lists import (
    AssetFilter,
    PremisesFilter,
    StreetFilter,
    list_areas,
    list_assets,
    list_premises,
    list_streets,
    street_letters,
)
from hereabouts.places.queries.living import neighbourhoods
from hereabouts.places.queries.nearby import areas_at, nearest_streets, whereabouts
from hereabouts.places.queries.overview import overview
from hereabouts.places.queries.pages import (
    find_area,
    find_asset,
    find_postcode,
    find_premises,
    find_street,
)
from tests.rooms.places.small_town import WHEN, names, small_town

pytestmark = pytest.mark.django_db
MILL = Point(-0.0401, 51.0502)


@pytest.fixture(autouse=True)
def _town() -> None:
    small_town()


def street(name: str) -> Street:
    return Street.objects.get(name=name)


def test_says_where_a_point_is() -> None:
    here = whereabouts(MILL)

    assert here.streets[0].street.name == "Mill Lane"
    assert here.streets[0].distance_m == pytest.approx(22, abs=2)
    assert here.postcode is not None
    assert here.postcode.code == "NP20 1AB"
    assert names(here.areas) == ["Allt-yr-yn", "Newport", "Newport 001A"]
    assert here.premises[0].address.street == "Mill Lane"
    assert [asset.reference for asset in here.assets][:1] == ["LC1042"]


def test_a_point_in_the_middle_of_nowhere_is_near_nothing() -> None:
    here = whereabouts(Point(10, 10))

    assert (here.streets, here.premises, here.postcode, here.areas) == ([], [], None, [])


def test_a_point_on_a_border_lies_in_the_areas_on_both_sides() -> None:
    assert names(areas_at(Point(0.0, 51.05)))[:2] == ["Allt-yr-yn", "St. Julian's"]


def test_nearest_streets_come_nearest_first_and_each_once() -> None:
    found = nearest_streets(Point(-0.055, 51.051), limit=3)

    assert [one.street.name for one in found][:2] == ["Millbrook Close", "Mill Lane"]
    assert found[0].distance_m < found[1].distance_m


def test_a_street_page_has_everything_about_the_street() -> None:
    view = find_street(street("Mill Lane").uid)

    assert view is not None
    assert not isinstance(view, Gone)
    assert (view.length_m, view.premises_count) == (420.0, 26)
    assert [one.address.number for one in view.premises][:3] == ["1", "2", "3"]
    assert view.assets == {"bench": 1, "bus_stop": 1, "street_lamp": 1}
    assert ("usrn", "32400123") in view.identifiers
    assert view.attributes["speed_limit_mph"][0].value == "20"
    assert view.attributes["width_m"][0].value is None
    assert view.source.attribution == "© OpenStreetMap contributors"
    assert view.postcodes == ["NP20 1AB", "NP20 1AD"]


def test_streets_that_share_a_junction_meet() -> None:
    mill, other = street("Mill Lane"), street("Caerau Crescent")
    end = mill.segments.get()
    other.segments.update(
        from_node=end.to_node,
        west=end.east,
        east=end.east,
        cell=end.cell,
        south=end.south,
        north=end.north,
    )

    view = find_street(mill.uid)

    assert view is not None
    assert not isinstance(view, Gone)
    assert names(view.meets) == ["Caerau Crescent"]


def test_premises_know_their_street_neighbours_and_areas() -> None:
    uid = Premises.objects.get(number="12").uid

    view = find_premises(uid)

    assert view is not None
    assert not isinstance(view, Gone)
    assert view.address.line == "12 Mill Lane, Newport NP20 1AB"
    assert view.street is not None
    assert view.street.name == "Mill Lane"
    assert uid not in [one.uid for one in view.next_door]
    assert names(view.areas)[0] == "Allt-yr-yn"


def test_an_asset_knows_what_stands_around_it() -> None:
    view = find_asset(Asset.objects.get(reference="LC1042").uid)

    assert view is not None
    assert not isinstance(view, Gone)
    assert view.premises[0].address.street == "Mill Lane"


def test_a_postcode_is_known_from_addresses_alone() -> None:
    Premises.objects.filter(number="7").update(postcode="NP99 9ZZ")

    view = find_postcode("NP99 9ZZ")

    assert view is not None
    assert not isinstance(view, Gone)
    assert view.premises_count == 1
    assert names(view.streets) == ["Mill Lane"]
    assert find_postcode("NP98 9ZZ") is None


def test_an_area_knows_what_it_lies_in_and_what_it_holds() -> None:
    ward = find_area("W05000001")
    district = find_area("W06000099")

    assert ward is not None
    assert district is not None
    assert not isinstance(ward, Gone)
    assert not isinstance(district, Gone)
    assert names(ward.within) == ["Newport"]
    assert {kind: names(held) for kind, held in ward.holds.items()} == {"lsoa": ["Newport 001A"]}
    assert ward.counts[Kind.PREMISES] == 26
    assert {kind: names(held) for kind, held in district.holds.items()} == {
        "lsoa": ["Newport 001A"],
        "ward": ["Allt-yr-yn", "St. Julian's"],
    }


def test_figures_come_with_their_edition() -> None:
    found = neighbourhoods(areas_at(MILL))

    assert [(one.residents, one.decile, one.deprivation_edition) for one in found] == [
        (1712, 2, "2019")
    ]


def test_a_feature_that_went_says_when_and_what_there_is_instead() -> None:
    old = street("Millbrook Close")
    Street.objects.filter(pk=old.pk).update(gone_at=WHEN + timedelta(days=1))
    new = Street.objects.get(pk=old.pk)
    new.pk, new.uid, new.gone_at = None, "st-000000000new", None
    new.save()

    view = find_street(old.uid)

    assert isinstance(view, Gone)
    assert view.gone_at == WHEN + timedelta(days=1)
    assert [getattr(one, "uid", "") for one in view.instead] == ["st-000000000new"]


def test_history_tells_what_each_import_changed() -> None:
    mill = street("Mill Lane")
    FeatureChange.objects.create(
        run=ImportRun.objects.get(),
        kind="street",
        uid=mill.uid,
        change="changed",
        before={"usrn": ""},
    )

    (change,) = history_of(Kind.STREET, mill.uid)

    assert (change.change, change.at, change.fields) == ("changed", WHEN, ("usrn",))


def test_unknown_ids_are_not_found() -> None:
    assert find_street("st-nothing") is None
    assert find_premises("pr-nothing") is None
    assert find_asset("as-nothing") is None
    assert find_area("nothing") is None


def test_streets_are_listed_by_letter_in_the_order_of_the_language() -> None:
    page = list_streets(StreetFilter(letter="M"), str.casefold)

    assert names(page.items) == ["Mill Lane", "Millbrook Close"]
    assert street_letters() == ["C", "H", "L", "M", "S"]
    assert names(list_streets(StreetFilter(letter="L"), str.casefold).items) == ["Lôn Goch"]


def test_lists_go_on_from_a_mark_and_refuse_one_they_do_not_know() -> None:
    first = list_streets(StreetFilter(), str.casefold, limit=4)
    second = list_streets(StreetFilter(), str.casefold, after=first.after, limit=20)

    assert len(first.items) == 4
    assert len(second.items) == 5
    assert not set(names(first.items)) & set(names(second.items)) - {"Church Road"}
    with pytest.raises(BadPage):
        list_streets(StreetFilter(), str.casefold, after="st-nothing")
    with pytest.raises(BadPage):
        list_assets(AssetFilter(), after="as-nothing")


def test_lists_can_be_narrowed_to_an_area_a_street_and_a_type() -> None:
    mill = street("Mill Lane")

    in_ward = list_streets(StreetFilter(area="W05000002"), str.casefold)
    assert "Caerau Crescent" in names(in_ward.items)
    assert "Mill Lane" not in names(in_ward.items)
    lamps = list_assets(AssetFilter(type="street_lamp", street=mill.uid, area="W05000001"))
    assert [one.reference for one in lamps.items] == ["LC1042"]
    page = list_premises(PremisesFilter(street=mill.uid), limit=3)
    assert [one.address.number for one in page.items] == ["1", "2", "3"]
    assert names(list_areas("ward", str.casefold).items) == ["Allt-yr-yn", "St. Julian's"]


def test_the_overview_counts_what_stands_today() -> None:
    Asset.objects.filter(type="bench").update(gone_at=WHEN)

    found = overview()

    assert found.counts[Kind.ASSET] == 2
    assert found.counts[Kind.AREA] == Area.objects.count()
    assert found.box is not None
    assert found.area_kinds == {"ward": 2, "district": 1, "lsoa": 1}
    assert not found.is_empty
