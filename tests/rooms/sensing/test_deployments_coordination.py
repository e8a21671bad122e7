"""What a proposal is told before money is spent, and the health of what is live."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from hereabouts.journal.models import Entry
from hereabouts.kernel.geometry import Point
from hereabouts.places.api import peopled_areas
from hereabouts.places.models import Asset, Deprivation, Population
from hereabouts.sensing.actions.deployments import change, propose, take_step
from hereabouts.sensing.actions.deployments.health import Checked, check_deployments
from hereabouts.sensing.domain.coverage import Question
from hereabouts.sensing.domain.deployments.records import Network, Power
from hereabouts.sensing.domain.deployments.steps import Step
from hereabouts.sensing.domain.deployments.views import View
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.domain.watching import FindingKind
from hereabouts.sensing.models.inbound import Device, LinkDay
from hereabouts.sensing.models.observations import StreamState
from hereabouts.sensing.models.register import Stream, Thing
from hereabouts.sensing.models.watching import Finding
from hereabouts.sensing.queries.deployments.choices import get_choices
from hereabouts.sensing.queries.deployments.coverage import (
    find_coverage,
    find_next_sites,
    list_candidates,
)
from hereabouts.sensing.queries.deployments.findings import open_findings
from hereabouts.sensing.queries.deployments.links import link_weeks, list_heard_near
from hereabouts.sensing.queries.deployments.pairs import list_pairs
from hereabouts.sensing.queries.deployments.proposal import (
    Sharing,
    list_near,
    list_sharers,
)
from hereabouts.sensing.queries.deployments.register import find_deployment
from tests.rooms.places.small_town import Town
from tests.rooms.sensing.deploying import (
    ANN,
    BOB,
    COMPLETE,
    MILL_LANE,
    NOON,
    add_stream,
    draft,
    east,
    make_live,
    make_thing,
    noon,
)

pytestmark = pytest.mark.django_db


def view(uid: str) -> View:
    found = find_deployment(uid, actor=BOB)
    assert found is not None
    return found


def near(uid: str, radius_m: float = 150, level: DataClass = DataClass.SHARED) -> list[Any]:
    return list_near(view(uid), get_choices(), radius_m=radius_m, level=level)


def test_what_measures_the_same_near_here_is_told_nearest_first() -> None:
    make_live(east(100), title="Gully at 14")
    make_live(east(40), title="Gully at 8", department="highways")
    make_live(east(30), title="Air at 6", measures=("no2",))
    make_live(east(400), title="Far away")
    loose = make_thing("loose", east(60), measures="Gully Level")
    uid = propose(COMPLETE, actor=ANN)
    found = near(uid)
    assert [one.sensed.title for one in found] == ["Gully at 8", "loose", "Gully at 14"]
    assert [round(one.distance_m) for one in found] == [40, 60, 100]
    assert found[0].sensed.department == "highways"
    assert found[0].sensed.last_at == NOON
    assert found[1].sensed.thing_ids == (loose.pk,)
    assert found[1].sensed.state is None


def test_closed_data_is_not_told_of_and_a_retired_sensor_no_longer_counts() -> None:
    make_live(east(10), title="Closed", data_class=DataClass.CLOSED)
    make_thing("closed thing", east(15), data_class=DataClass.CLOSED)
    retired = make_live(east(20), title="Retired")
    Thing.objects.all().filter(name=f"thing of {retired}").delete()
    take_step(retired, Step.RETIRE, actor=ANN, reason="worn out")
    shared = make_live(east(30), title="Shared", data_class=DataClass.SHARED)
    uid = propose(COMPLETE, actor=ANN)
    assert [one.sensed.uid for one in near(uid)] == [shared]
    assert near(uid, level=DataClass.OPEN) == []
    titles = {one.sensed.title for one in near(uid, level=DataClass.CLOSED)}
    assert {"Closed", "closed thing", "Shared"} <= titles


def test_a_sensor_in_the_same_catchment_counts_beyond_the_radius() -> None:
    town = Town()
    town.area("W1", "Stow Hill", -3.0, -2.95)
    town.area("W2", "Alway", -2.95, -2.90)
    here = Point(-2.99, 51.05)
    same = make_live(Point(-2.96, 51.05), title="Same ward")
    make_live(Point(-2.94, 51.05), title="Next ward")
    uid = propose(draft(place=here), actor=ANN)
    found = near(uid)
    assert [one.sensed.uid for one in found] == [same]
    assert (found[0].catchment, found[0].is_within) == ("Stow Hill", False)


def test_who_could_share_a_mount_power_or_a_gateway_is_told() -> None:
    town = Town()
    lamp: Asset = town.asset("street_lamp", "L 1", MILL_LANE.lon, MILL_LANE.lat)
    town.asset("bench", "B 1", MILL_LANE.lon, MILL_LANE.lat)
    town.asset("sign", "S 1", east(30).lon, MILL_LANE.lat)
    make_live(east(2), title="On the lamp", asset_uid=lamp.uid, spare_mounts=2)
    make_live(east(50), title="Offers power", gives_power=True)
    make_live(east(55), title="Has mains", power=Power.MAINS)
    make_live(east(900), title="Hosts a gateway", hosts_gateway=True, spare_mounts=3)
    uid = propose(draft(asset_uid=lamp.uid), actor=ANN)
    found = list_sharers(view(uid), get_choices(), level=DataClass.SHARED)
    assert [(one.sharing, one.card.title, one.spare) for one in found.offers] == [
        (Sharing.MOUNT, "On the lamp", 2),
        (Sharing.POWER, "Offers power", 1),
        (Sharing.POWER, "Has mains", 0),
        (Sharing.GATEWAY, "Hosts a gateway", 0),
    ]
    assert [(one.asset.reference, one.has_power, one.carries) for one in found.mounts] == [
        ("L 1", True, 1),
        ("S 1", False, 0),
    ]
    wired = propose(draft(network=Network.WIRED), actor=ANN)
    offers = list_sharers(view(wired), get_choices(), level=DataClass.SHARED).offers
    assert Sharing.GATEWAY not in [one.sharing for one in offers]


def settle(town: Town) -> None:
    """Three small areas in a row, each 0.05° wide, with residents and deciles."""
    figures = (("a", -3.0, 1_500, 9), ("b", -2.9, 2_000, 1), ("c", -2.8, 900, None))
    for code, west, residents, decile in figures:
        town.area(code, f"Area {code}", west, west + 0.05, kind="lsoa")
        Population.objects.create(area_code=code, edition="2021", residents=residents)
        if decile:
            Deprivation.objects.create(
                area_code=code, edition="2025", domain="overall", rank=decile, decile=decile
            )


def test_coverage_counts_live_sensors_and_shows_what_the_proposal_would_add() -> None:
    settle(Town())
    middle = Point(-2.975, 51.05)
    make_live(middle, measures=("no2",))
    make_thing("loose", Point(-2.775, 51.05), measures="NO2")
    propose(draft(measures=("no2",), place=Point(-2.875, 51.05)), actor=ANN)
    found = find_coverage("no2", get_choices(), radius_m=500, proposed=Point(-2.875, 51.05))
    assert found is not None
    assert (found.sensors, found.now.residents, found.now.covered) == (2, 4_400, 2_400)
    assert [(one.decile, one.covered) for one in found.now.deciles] == [
        *((1, 0), (9, 1_500), (None, 900))
    ]
    assert found.then is not None
    assert found.then.covered == 4_400


def test_the_smallest_areas_with_residents_are_counted_by() -> None:
    town = Town()
    settle(town)
    town.area("W1", "Stow Hill", -3.0, -2.7)
    Population.objects.create(area_code="W1", edition="2021", residents=9_999)
    Population.objects.create(area_code="a", edition="2031", residents=1_600)
    town.area("old", "Old", -3.1, -3.05, kind="lsoa", valid_to=date(2020, 1, 1))
    Population.objects.create(area_code="old", edition="2011", residents=5_000)
    found = peopled_areas()
    assert [(one.area.code, one.residents, one.decile) for one in found] == [
        *(("a", 1_600, 9), ("b", 2_000, 1), ("c", 900, None))
    ]
    assert found[0].middle.lon == pytest.approx(-2.975)


def test_without_figures_of_residents_there_is_no_coverage_to_tell() -> None:
    assert find_coverage("no2", get_choices(), radius_m=500) is None


def test_the_best_next_site_is_an_asset_that_can_carry_a_sensor() -> None:
    town = Town()
    settle(town)
    town.asset("street_lamp", "near b", -2.8752, 51.05)
    town.asset("street_lamp", "nowhere", -2.7, 51.05)
    town.asset("bench", "in b", -2.875, 51.05)
    coverage = find_coverage("no2", get_choices(), radius_m=500)
    assert coverage is not None
    assert len(list_candidates(get_choices())) == 2
    plan, candidates = find_next_sites(coverage, get_choices(), Question(500, 3))
    chosen = [candidates[site.candidate].asset for site in plan.sites]
    assert [asset.reference for asset in chosen if asset] == ["near b"]
    assert (plan.residents, plan.deprived) == (2_000, 2_000)


def test_without_assets_the_middles_of_areas_are_candidates() -> None:
    settle(Town())
    coverage = find_coverage("no2", get_choices(), radius_m=500)
    assert coverage is not None
    plan, candidates = find_next_sites(coverage, get_choices(), Question(500, 2))
    areas = [candidates[site.candidate].area for site in plan.sites]
    assert [area.code for area in areas if area] == ["b", "a"]


def test_two_departments_about_to_buy_the_same_are_paired() -> None:
    one = propose(draft(measures=("no2", "pm25")), actor=ANN)
    other = propose(draft(measures=("pm25", "no2"), department="parks", place=east(300)), actor=ANN)
    propose(draft(measures=("no2",), department="parks", place=east(5_000)), actor=ANN)
    propose(draft(measures=("noise",), department="parks"), actor=ANN)
    make_live(east(10), measures=("no2",), department="transport")
    pairs = list_pairs(get_choices(), actor=BOB)
    assert [(pair.one.uid, pair.other.uid, pair.measures) for pair in pairs] == [
        (one, other, ("no2", "pm25"))
    ]
    assert pairs[0].distance_m == pytest.approx(300, rel=0.01)


def test_links_are_told_week_by_week_and_lend_their_word_to_neighbours() -> None:
    eui = "70B3D57ED0000001"
    thing = make_thing()
    Device.objects.create(eui=eui, name="gully", thing=thing, created=0)
    today = NOON.date()
    epoch = date(1970, 1, 1)
    for back in (1, 2, 8):
        LinkDay.objects.create(
            eui=eui,
            day=(today - timedelta(days=back) - epoch).days,
            frames=90,
            lost=10,
            rssi_sum=-9_000,
            rssi_count=90,
            rssi_worst=-120,
            snr_sum=450,
            snr_count=90,
            gateways_sum=180,
            gateways_most=3,
            last_counter=1,
            last_received=0,
        )
    live = make_live(east(100), thing=thing)
    weeks = link_weeks(view(live), today)
    assert list(weeks) == [eui]
    assert sum(week.frames for week in weeks[eui]) == 270
    assert {(week.rssi_dbm, week.snr_db, week.gateways) for week in weeks[eui]} == {(-100, 5, 3)}
    heard = list_heard_near(view(propose(COMPLETE, actor=ANN)), today, level=DataClass.SHARED)
    assert [(one.card.uid, one.link.frames, one.link.lost) for one in heard] == [(live, 270, 0.1)]


def observe(stream: Stream, readings: list[tuple[datetime, float]]) -> None:
    """Readings put straight into the store, and the stream's state with them."""
    first = StreamState.objects.count() * 1_000_000 + stream.pk * 100_000
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO sensing_observation (id, stream_id, started, number, kind, quality) "
            "VALUES (%s, %s, %s, %s, 0, 0)",
            [
                (first + number, stream.pk, int(at.timestamp() * 1_000_000), value)
                for number, (at, value) in enumerate(readings)
            ],
        )
    last = int(max(at for at, _ in readings).timestamp() * 1_000_000)
    StreamState.objects.filter(pk=stream.pk).update(
        latest_started=last, received=last, count=len(readings)
    )


def hourly(days: int, value: float = 20.0, until: datetime = NOON) -> list[tuple[datetime, float]]:
    return [
        (until - timedelta(hours=back), value + back % 24 / 10) for back in range(24 * days, -1, -1)
    ]


def kinds(uid: str) -> set[FindingKind]:
    return {one.kind for one in open_findings([uid]).get(uid, [])}


def test_a_healthy_deployment_raises_nothing() -> None:
    thing = make_thing()
    observe(thing.streams.get(), hourly(40))
    uid = make_live(thing=thing)
    assert check_deployments(clock=noon) == Checked(1, 0, 0)
    assert kinds(uid) == set()


def test_a_silent_overdue_unsupported_one_is_found_and_told_in_the_journal() -> None:
    thing = make_thing()
    observe(thing.streams.get(), hourly(7, until=NOON - timedelta(days=2)))
    uid = make_live(thing=thing, inspect_by=date(2026, 5, 31), updates_until=date(2026, 7, 1))
    assert check_deployments(clock=noon) == Checked(1, 3, 0)
    assert kinds(uid) == {FindingKind.SILENT, FindingKind.OVERDUE, FindingKind.UNSUPPORTED}
    raised = Entry.objects.filter(wire_name="sensing.finding.raised.v1")
    assert {entry.subject for entry in raised} == {f"deployment:{uid}"}
    assert check_deployments(clock=noon) == Checked(1, 0, 0)
    # It speaks again and is inspected: what no longer holds is over.
    observe(add_stream(thing, "battery"), [(NOON, 80.0)])
    StreamState.objects.filter(pk=thing.streams.order_by("id")[0].pk).update(
        latest_started=int(NOON.timestamp() * 1_000_000)
    )
    change(uid, draft(inspect_by=date(2027, 5, 31), updates_until=date(2026, 7, 1)), actor=ANN)
    assert check_deployments(clock=noon).cleared == 2
    assert FindingKind.SILENT not in kinds(uid)
    take_step(uid, Step.RETIRE, actor=ANN, reason="worn out")
    check_deployments(clock=noon)
    assert kinds(uid) == set()


def test_a_battery_that_runs_down_is_found_in_its_own_stream() -> None:
    thing = make_thing()
    observe(thing.streams.get(), hourly(7))
    readings = [(NOON - timedelta(days=back), 20.0 + back) for back in range(40, -1, -1)]
    observe(add_stream(thing, "Battery"), readings)
    uid = make_live(thing=thing)
    check_deployments(clock=noon)
    assert kinds(uid) == {FindingKind.LOW_BATTERY}
    found = Finding.objects.get(kind="low_battery")
    assert found.evidence["day"] == "2026-06-11"
    assert found.thing_id == thing.pk


def test_a_sensor_that_drifts_from_its_neighbours_is_found_and_they_are_not() -> None:
    weather = [
        (NOON - timedelta(hours=back), 20 + back % 37 / 5) for back in range(24 * 40, -1, -1)
    ]
    uids = []
    for number in range(4):
        place = east(100.0 * number)
        thing = make_thing(f"air-{number}", place, measures="no2")
        slope = 0.4 / 24 if number == 0 else 0.0
        readings = [(at, value + slope * step) for step, (at, value) in enumerate(weather)]
        observe(thing.streams.get(), readings)
        uids.append(make_live(place, thing=thing, measures=("no2",)))
    check_deployments(clock=noon)
    assert [kinds(uid) for uid in uids] == [{FindingKind.DRIFTING}, set(), set(), set()]
    summary = open_findings(uids[:1])[uids[0]][0].summary
    assert "away from its neighbours" in summary


def test_findings_about_closed_deployments_stay_out_of_the_public_journal() -> None:
    make_live(data_class=DataClass.CLOSED, inspect_by=date(2026, 5, 31))
    check_deployments(clock=noon)
    told = Entry.objects.filter(wire_name__contains="finding")
    assert [entry.is_public for entry in told] == [False] * len(told)
    assert len(told) >= 1


def test_a_change_of_place_finds_its_areas_anew() -> None:
    town = Town()
    town.area("W1", "Stow Hill", -3.0, -2.95)
    town.area("W2", "Alway", -2.95, -2.90)
    uid = propose(draft(place=Point(-2.99, 51.05)), actor=ANN)
    assert [area.code for area in view(uid).areas] == ["W1"]
    change(uid, replace(view(uid).draft, place=Point(-2.92, 51.05)), actor=ANN)
    assert [area.code for area in view(uid).areas] == ["W2"]
