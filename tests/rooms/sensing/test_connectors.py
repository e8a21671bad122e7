"""Connectors from set-up to stored readings, with a real server and the real writer."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hereabouts.journal.models import Entry
from hereabouts.kernel.access import INSTALLATION, VISITOR, NotAllowed
from hereabouts.kernel.refusals import Refusal
from hereabouts.sensing.actions.connectors.runs import claim_run, tidy_runs
from hereabouts.sensing.actions.connectors.sealing import unseal
from hereabouts.sensing.actions.connectors.setting_up import (
    ConnectorDraft,
    Terms,
    change_options,
    create_connector,
    pause,
    remove_connector,
    resume,
    run_soon,
    turn_on,
)
from hereabouts.sensing.actions.ingest import INGEST
from hereabouts.sensing.actions.register import delete
from hereabouts.sensing.adapters.connectors.preview import preview_connector
from hereabouts.sensing.adapters.connectors.running import run_connector
from hereabouts.sensing.domain.connectors.records import Page
from hereabouts.sensing.domain.connectors.states import Outcome, RunResult
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.domain.observations import NewObservation, Stored
from hereabouts.sensing.errors.connectors import (
    BadConnector,
    ConnectorBusy,
    ConnectorPaused,
    NoSuchConnector,
)
from hereabouts.sensing.errors.ingest import StoreAway
from hereabouts.sensing.jobs.connectors import poll_due
from hereabouts.sensing.models.inbound import Connector, ConnectorRun, ConnectorStream
from hereabouts.sensing.models.observations import Observation
from hereabouts.sensing.models.register import (
    HistoricalLocation,
    Location,
    ObservedProperty,
    Stream,
    Thing,
)
from hereabouts.sensing.queries.connectors import get_connector, list_runs
from tests.rooms.sensing.feed_server import Answer, Asked, FeedServer, cached, serving
from tests.rooms.sensing.registering import MANAGER, path_of
from tests.shared_data import shared_file

pytestmark = pytest.mark.django_db(transaction=True)

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
CSV = b"""site,lat,lon,at,no2,temp
High Street,51.6,-2.9,2026-03-02T10:00:00Z,41.5,8
High Street,51.6,-2.9,2026-03-02T11:00:00Z,No data,9
Park,51.7,-2.8,2026-03-02T11:00:00Z,12,8.5
Park,51.7,-2.8,yesterday,13,8.5
Park,51.7,-2.8,2026-03-02T12:00:00Z,many,8.25
"""
MAPPING = {
    "time": "at",
    "station": "site",
    "lat": "lat",
    "lon": "lon",
    "every": "3600",
    "values": "no2: no2, ug/m3\ntemp: temperature, Cel",
}


class Moving:
    """A clock that is moved."""

    def __init__(self, moment: datetime = NOON) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment


@pytest.fixture
def server() -> Iterator[FeedServer]:
    INGEST.start()
    with serving() as running:
        yield running
    INGEST.stop()


@pytest.fixture
def clock() -> Moving:
    return Moving()


def make(kind: str, options: dict[str, str], clock: Moving, **more: Any) -> str:
    uid = create_connector(kind, ConnectorDraft(options), actor=INSTALLATION, clock=clock)
    turn_on(uid, Terms("A feed", 3600, **more), actor=INSTALLATION, clock=clock)
    return uid


def run(uid: str, server: FeedServer, clock: Moving) -> RunResult:
    result = run_connector(uid, fetcher=server.fetcher(), ingest=INGEST, clock=clock)
    if isinstance(result, Refusal):
        raise result
    return result


def of_table(server: FeedServer, clock: Moving, body: bytes = CSV, **more: Any) -> str:
    server.routes["/air.csv"] = cached(body, '"1"')
    return make("table", {**MAPPING, "address": server.url("/air.csv")}, clock, **more)


def test_a_table_becomes_things_streams_and_readings(server: FeedServer, clock: Moving) -> None:
    result = run(of_table(server, clock), server, clock)
    assert result.outcome is Outcome.STORED
    assert (result.counts.rows, result.counts.bad_rows) == (5, 2)
    assert result.counts.added == Observation.objects.count() == 6
    assert set(Thing.objects.values_list("name", flat=True)) == {"High Street", "Park"}
    assert Location.objects.count() == 2
    assert set(Stream.objects.values_list("name", "unit_symbol")) == {
        ("Nitrogen dioxide", "µg/m³"),
        ("Air temperature", "°C"),
    }
    assert ObservedProperty.objects.count() == 2
    assert result.problem_counts == {"time_unreadable": 1, "not_a_number": 1}


def test_what_did_not_change_is_not_read_again(server: FeedServer, clock: Moving) -> None:
    uid = of_table(server, clock)
    run(uid, server, clock)
    assert run(uid, server, clock).outcome is Outcome.UNCHANGED
    assert [each.outcome for each in list_runs(get_connector(uid, NOON).id)] == [
        Outcome.UNCHANGED,
        Outcome.STORED,
    ]


def test_the_same_readings_sent_again_are_not_added(server: FeedServer, clock: Moving) -> None:
    uid = of_table(server, clock)
    run(uid, server, clock)
    more = CSV + b"Park,51.7,-2.8,2026-03-02T13:00:00Z,14,8.75\n"
    server.routes["/air.csv"] = cached(more, '"2"')
    again = run(uid, server, clock)
    assert (again.counts.readings, again.counts.added, again.counts.streams) == (8, 2, 0)
    assert Thing.objects.count() == 2


class Killed(BaseException):
    """The process ends here."""


class Dying:
    """Writes the first batch, then the process is gone before anything else is written down."""

    def write_blocking(self, batch: Sequence[NewObservation]) -> Sequence[Stored | Refusal]:
        INGEST.write_blocking(batch[:4])
        raise Killed


def test_a_run_that_is_killed_loses_nothing_and_adds_nothing_twice(
    server: FeedServer, clock: Moving
) -> None:
    uid = of_table(server, clock)
    with pytest.raises(Killed):
        run_connector(uid, fetcher=server.fetcher(), ingest=Dying(), clock=clock)
    assert Observation.objects.count() == 4
    row = Connector.objects.get(uid=uid)
    assert (row.held, row.newest) == ("{}", None)
    with pytest.raises(ConnectorBusy):
        run(uid, server, clock)
    clock.moment += timedelta(minutes=11)
    assert poll_due(clock, ingest=INGEST, fetcher=server.fetcher()) == 1
    assert Observation.objects.count() == 6
    assert Thing.objects.count() == 2
    assert Stream.objects.count() == 4


class Away:
    """A store that cannot be reached."""

    def write_blocking(self, batch: Sequence[NewObservation]) -> Sequence[Stored | Refusal]:
        return [StoreAway(reason="the disk is full") for _ in batch]


def test_a_full_disk_fails_the_run_and_the_feed_is_read_again(
    server: FeedServer, clock: Moving
) -> None:
    uid = of_table(server, clock)
    failed = run_connector(uid, fetcher=server.fetcher(), ingest=Away(), clock=clock)
    assert isinstance(failed, StoreAway)
    card = get_connector(uid, NOON)
    assert card.failures == 1
    assert card.next_due is not None
    assert card.next_due > NOON + timedelta(minutes=29)
    assert run(uid, server, clock).counts.added == 6
    assert get_connector(uid, NOON).failures == 0


def test_a_server_that_asks_for_patience_gets_it(server: FeedServer, clock: Moving) -> None:
    uid = of_table(server, clock)
    server.routes["/air.csv"] = Answer(status=429, headers={"Retry-After": "30000"})
    with pytest.raises(Refusal):
        run(uid, server, clock)
    due = get_connector(uid, NOON).next_due
    assert due is not None
    assert NOON + timedelta(seconds=30_000) <= due <= NOON + timedelta(seconds=30_060)
    assert poll_due(clock, ingest=INGEST, fetcher=server.fetcher()) == 0


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"items": [', "JSON cannot be read"),
        (b"", "no line of headings"),
        (b"a,b\n1,2\n", "there is no column"),
        (b"[1, 2", "JSON cannot be read"),
    ],
)
def test_an_answer_that_is_no_table_fails_with_words(
    server: FeedServer, clock: Moving, body: bytes, words: str
) -> None:
    uid = of_table(server, clock, body)
    with pytest.raises(Refusal):
        run(uid, server, clock)
    assert words in list_runs(get_connector(uid, NOON).id)[0].reason
    assert not Thing.objects.exists()


def test_a_dry_run_writes_nothing(server: FeedServer, clock: Moving) -> None:
    uid = of_table(server, clock)
    found = preview_connector(uid, fetcher=server.fetcher(), clock=clock)
    assert (found.row_count, found.reading_count, found.station_count, found.series_count) == (
        5,
        6,
        2,
        4,
    )
    first = found.rows[0]
    assert (first.station.name, first.series.observed.name, first.reading.value) == (
        "High Street",
        "Nitrogen dioxide",
        41.5,
    )
    assert {problem.code for problem in found.problems} == {"time_unreadable", "not_a_number"}
    assert found.grade is not None
    assert not Thing.objects.exists()
    assert not Observation.objects.exists()
    assert not ConnectorRun.objects.exists()
    assert Connector.objects.get(uid=uid).held == "{}"


def test_a_sample_is_previewed_without_asking_anybody(server: FeedServer, clock: Moving) -> None:
    uid = of_table(server, clock)
    found = preview_connector(uid, fetcher=server.fetcher(), sample=Page(CSV), clock=clock)
    assert found.reading_count == 6
    assert server.asked == []


def test_a_thing_that_somebody_deleted_is_not_made_again(server: FeedServer, clock: Moving) -> None:
    uid = of_table(server, clock)
    run(uid, server, clock)
    park = Thing.objects.get(name="Park")
    delete(path_of(f"Things({park.pk})"), grant=MANAGER)
    server.routes["/air.csv"] = cached(CSV, '"2"')
    again = run(uid, server, clock)
    assert (again.counts.things, again.counts.added) == (0, 0)
    assert set(Thing.objects.values_list("name", flat=True)) == {"High Street"}
    assert ConnectorStream.objects.filter(stream=None).count() == 2


def test_a_station_that_moves_gets_a_new_location(server: FeedServer, clock: Moving) -> None:
    uid = of_table(server, clock)
    run(uid, server, clock)
    server.routes["/air.csv"] = cached(CSV.replace(b"51.7", b"51.75"), '"2"')
    run(uid, server, clock)
    assert Location.objects.count() == 3
    assert HistoricalLocation.objects.filter(thing__name="Park").count() == 2


def test_a_station_off_the_map_has_readings_all_the_same(server: FeedServer, clock: Moving) -> None:
    server.routes["/air.csv"] = Answer(CSV)
    options = {**MAPPING, "lat": "", "lon": "", "address": server.url("/air.csv")}
    result = run(make("table", options, clock), server, clock)
    assert (result.counts.added, Location.objects.count()) == (6, 0)
    assert result.problem_counts["position_unknown"] == 2


def test_a_closed_connector_makes_closed_things(server: FeedServer, clock: Moving) -> None:
    uid = of_table(server, clock, data_class=DataClass.CLOSED)
    run(uid, server, clock)
    assert set(Stream.objects.values_list("data_class", flat=True)) == {2}
    turn_on(uid, Terms("Open now", 3600), actor=INSTALLATION, clock=clock)
    assert set(Stream.objects.values_list("data_class", flat=True)) == {0}


def test_a_paused_connector_is_not_run(server: FeedServer, clock: Moving) -> None:
    uid = of_table(server, clock)
    assert pause(uid, actor=INSTALLATION)
    assert not pause(uid, actor=INSTALLATION)
    with pytest.raises(ConnectorPaused):
        run(uid, server, clock)
    assert poll_due(clock, ingest=INGEST, fetcher=server.fetcher()) == 0
    assert resume(uid, actor=INSTALLATION, clock=clock)
    assert poll_due(clock, ingest=INGEST, fetcher=server.fetcher()) == 1


def test_two_feeds_of_one_host_do_not_run_at_once(server: FeedServer, clock: Moving) -> None:
    first, second = of_table(server, clock), of_table(server, clock)
    claim_run(first, clock=clock)
    with pytest.raises(ConnectorBusy):
        claim_run(second, clock=clock)


def test_running_soon_makes_it_due(server: FeedServer, clock: Moving) -> None:
    uid = of_table(server, clock)
    run(uid, server, clock)
    assert poll_due(clock, ingest=INGEST, fetcher=server.fetcher()) == 0
    assert run_soon(uid, actor=INSTALLATION, clock=clock)
    assert poll_due(clock, ingest=INGEST, fetcher=server.fetcher()) == 1


def test_a_secret_is_kept_sealed_and_not_given_to_another_server(
    server: FeedServer, clock: Moving
) -> None:
    address = server.url("/air.csv")
    server.routes["/air.csv"] = Answer(CSV)
    uid = create_connector(
        "table",
        ConnectorDraft({**MAPPING, "address": address}, "X-Key", "word of honour"),
        actor=INSTALLATION,
    )
    turn_on(uid, Terms("A feed", 3600), actor=INSTALLATION, clock=clock)
    row = Connector.objects.get(uid=uid)
    assert "honour" not in row.sealed
    assert unseal(row.sealed) == "word of honour"
    run(uid, server, clock)
    assert server.asked[0].headers["x-key"] == "word of honour"
    assert not any("honour" in str(entry.payload) for entry in Entry.objects.all())
    kept = ConnectorDraft({**MAPPING, "address": server.url("/other.csv")}, "X-Key")
    change_options(uid, kept, actor=INSTALLATION)
    assert Connector.objects.get(uid=uid).sealed
    moved = ConnectorDraft({**MAPPING, "address": "https://elsewhere.example/x"}, "X-Key")
    change_options(uid, moved, actor=INSTALLATION)
    assert Connector.objects.get(uid=uid).sealed == ""


@pytest.mark.parametrize("header", ["Host", "User-Agent", "X Key", "X-Key\r\nX: y", "Cookie"])
def test_a_header_of_ours_cannot_be_set(header: str) -> None:
    draft = ConnectorDraft({**MAPPING, "address": "https://x.example/"}, header, "s")
    with pytest.raises(BadConnector):
        create_connector("table", draft, actor=INSTALLATION)


def test_only_who_may_connect_sets_a_connector_up(server: FeedServer, clock: Moving) -> None:
    with pytest.raises(NotAllowed):
        create_connector("table", ConnectorDraft(MAPPING), actor=VISITOR)
    uid = of_table(server, clock)
    for act in (pause, resume, run_soon, remove_connector):
        with pytest.raises(NotAllowed):
            act(uid, actor=VISITOR)


def test_a_connector_that_is_taken_away_leaves_what_it_brought(
    server: FeedServer, clock: Moving
) -> None:
    uid = of_table(server, clock)
    run(uid, server, clock)
    remove_connector(uid, actor=INSTALLATION)
    assert Observation.objects.count() == 6
    with pytest.raises(NoSuchConnector):
        get_connector(uid, NOON)


def test_old_runs_are_thrown_away(server: FeedServer, clock: Moving) -> None:
    run(of_table(server, clock), server, clock)
    assert tidy_runs(clock=clock) == 0
    clock.moment += timedelta(days=91)
    assert tidy_runs(clock=clock) == 1


# ---- The flood-monitoring API -------------------------------------------------------------------


def flood_stations() -> bytes:
    return json.dumps(
        {
            "items": [
                {"@id": "http://x/id/stations/A1", "label": "Mill", "lat": 51.6, "long": -2.9},
                {
                    "@id": "http://x/id/stations/B2",
                    "label": ["Weir", "Weir up"],
                    "lat": [51.7, 51.8],
                    "long": [-2.8, -2.8],
                    "riverName": "Beck",
                },
            ]
        }
    ).encode()


def flood_measure(station: str, at: str, value: object, **more: object) -> dict[str, object]:
    return {
        "@id": f"http://x/id/measures/{station}-level",
        "station": f"http://x/id/stations/{station}",
        "parameter": "level",
        "parameterName": "Water Level",
        "qualifier": "Stage",
        "unitName": "mASD",
        "unit": "http://qudt.org/1.1/vocab/unit#Meter",
        "period": 900,
        "valueType": "instantaneous",
        "latestReading": {"dateTime": at, "value": value},
        **more,
    }


def of_flood(server: FeedServer, clock: Moving, **more: str) -> str:
    server.routes["/f/id/stations"] = Answer(flood_stations())
    server.routes["/f/id/measures"] = Answer(
        json.dumps(
            {
                "items": [
                    flood_measure("A1", "2026-03-02T11:45:00Z", 0.5),
                    flood_measure("B2", "2026-03-02T11:45:00Z", [0.1, 0.2]),
                    flood_measure("C3", "2026-03-02T11:45:00Z", 1.25),
                ]
            }
        ).encode()
    )
    return make("flood", {"root": server.url("/f"), **more}, clock)


def test_a_list_where_a_number_is_due_is_a_finding(server: FeedServer, clock: Moving) -> None:
    result = run(of_flood(server, clock), server, clock)
    assert result.counts.added == 2
    # Its label, latitude and longitude are mended; its value is not.
    assert result.problem_counts["several_values"] == 4
    assert result.counts.bad_rows == 1
    assert result.problem_counts["station_unknown"] == 1


def test_a_station_with_a_blank_label_goes_by_its_key(server: FeedServer, clock: Moving) -> None:
    uid = of_flood(server, clock)
    server.routes["/f/id/stations"] = Answer(flood_stations().replace(b'"Mill"', b'" "'))
    assert run(uid, server, clock).counts.added == 2
    assert set(Thing.objects.values_list("name", flat=True)) == {"A1", "C3"}


def test_stations_are_fetched_once_a_day_and_readings_since_the_newest(
    server: FeedServer, clock: Moving
) -> None:
    uid = of_flood(server, clock)
    run(uid, server, clock)
    late = {
        "items": [
            {
                "measure": "http://x/id/measures/A1-level",
                "value": 0.4,
                "dateTime": "2026-03-02T11:30:00Z",
            }
        ]
    }
    server.routes["/f/data/readings"] = Answer(json.dumps(late).encode())
    server.asked.clear()
    clock.moment += timedelta(minutes=15)
    assert run(uid, server, clock).counts.added == 1
    assert [asked.path.partition("?")[0] for asked in server.asked] == [
        "/f/id/measures",
        "/f/data/readings",
    ]
    assert "since=2026-03-02T09%3A45%3A00Z" in server.asked[1].path


def test_the_stations_of_the_country_come_in_and_come_in_once(
    server: FeedServer, clock: Moving
) -> None:
    stations = json.loads(
        gzip.decompress(
            shared_file(
                "place", "sensors", "ea-flood-monitoring-stations-2026-02-02.json.gz"
            ).read_bytes()
        )
    )
    levels = json.loads(
        gzip.decompress(
            shared_file(
                "place", "sensors", "ea-flood-monitoring-levels-2026-02-02.json.gz"
            ).read_bytes()
        )
    )
    odd = [item for item in stations["items"] if item["notation"] == "E85123"]
    named = [item for item in stations["items"] if "51.7" in str(item["lat"])]
    keys = {item["@id"] for item in [*odd, *named]}
    assert odd and isinstance(odd[0]["lat"], list)
    measures = [
        item
        for item in levels["items"]
        if item["station"] in keys or isinstance(item.get("latestReading", {}).get("value"), list)
    ]
    server.routes["/f/id/stations"] = Answer(json.dumps({"items": [*odd, *named]}).encode())
    server.routes["/f/id/measures"] = Answer(json.dumps({"items": measures}).encode())
    clock.moment = datetime(2026, 2, 2, 23, 30, tzinfo=UTC)
    uid = make("flood", {"root": server.url("/f"), "readings": "latest"}, clock)
    first = run(uid, server, clock)
    readings = [item for item in measures if "latestReading" in item]
    assert first.counts.added == len(readings) - 1 > 60
    assert first.problem_counts["several_values"] == 4
    again = run(uid, server, clock)
    assert (again.counts.added, again.counts.things, again.counts.streams) == (0, 0, 0)


def test_the_rain_of_the_country_has_its_units(server: FeedServer, clock: Moving) -> None:
    folder = ("place", "sensors")
    server.routes["/f/id/stations"] = Answer(
        gzip.decompress(shared_file(*folder, "ea-rainfall-stations-2022-04.json.gz").read_bytes())
    )
    server.routes["/f/id/measures"] = Answer(
        gzip.decompress(shared_file(*folder, "ea-rainfall-measures-2022-04.json.gz").read_bytes())
    )
    clock.moment = datetime(2022, 4, 30, 6, 0, tzinfo=UTC)
    options = {"root": server.url("/f"), "parameter": "rainfall", "readings": "latest"}
    uid = create_connector("flood", ConnectorDraft(options), actor=INSTALLATION)
    found = preview_connector(uid, fetcher=server.fetcher(), clock=clock)
    assert (found.row_count, found.reading_count, found.series_count) == (1971, 911, 911)
    assert found.problem_counts == {"position_unknown": 4, "no_reading": 92, "station_unknown": 13}
    assert found.grade is not None
    assert found.grade.letter == "A"


# ---- Air ----------------------------------------------------------------------------------------

AIR = b"""Example Roadside
All Data GMT hour ending
Status: R = Ratified / P = Provisional / P* = As supplied

Date,time,Ozone,status,unit,PM<sub>2.5</sub> particulate matter (Hourly measured),status,unit
01-03-2026,23:00,45.5,R,ugm-3,12,P,ugm-3 (TEOM FDMS)
01-03-2026,24:00,46,R,ugm-3,No data,,
"""


def test_the_hour_that_ends_at_24_is_the_last_of_its_day(server: FeedServer, clock: Moving) -> None:
    server.routes["/a.csv"] = Answer(AIR)
    uid = make("air", {"address": server.url("/a.csv"), "lat": "51.6", "lon": "-2.9"}, clock)
    result = run(uid, server, clock)
    assert result.counts.added == 3
    ends = {
        datetime.fromtimestamp(ended / 1e6, UTC)
        for ended in Observation.objects.values_list("ended", flat=True)
    }
    assert ends == {datetime(2026, 3, 1, 23, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)}
    assert Thing.objects.get().name == "Example Roadside"
    assert set(Stream.objects.values_list("unit_symbol", flat=True)) == {"µg/m³"}


def test_daily_means_of_a_real_city_come_in_once(server: FeedServer, clock: Moving) -> None:
    body = shared_file("place", "sensors", "aurn-oxford-daily-2019-2022.csv").read_bytes()
    server.routes["/a.csv"] = Answer(body)
    uid = make("air", {"address": server.url("/a.csv")}, clock)
    first = run(uid, server, clock)
    assert (first.counts.rows, first.counts.added) == (1_339, 5_322)
    assert (first.counts.things, first.counts.streams) == (2, 4)
    assert run(uid, server, clock).counts.added == 0


# ---- NGSI-LD ------------------------------------------------------------------------------------


def entity(nth: int) -> dict[str, object]:
    return {
        "id": f"urn:ngsi-ld:AirQualityObserved:{nth}",
        "type": "AirQualityObserved",
        "@context": "https://nowhere.example/context.jsonld",
        "location": {
            "type": "GeoProperty",
            "value": {"type": "Point", "coordinates": [-2.9, 51.5 + nth / 1000]},
        },
        "NO2": {
            "type": "Property",
            "value": 20 + nth,
            "unitCode": "GQ",
            "observedAt": "2026-03-02T11:00:00Z",
        },
    }


def broker(asked: Asked) -> Answer:
    offset = int(asked.path.rpartition("offset=")[2])
    page = [entity(nth) for nth in range(offset, min(offset + 100, 150))]
    return Answer(json.dumps(page).encode(), headers={"Content-Type": "application/json"})


def test_a_broker_is_read_page_after_page(server: FeedServer, clock: Moving) -> None:
    server.routes["/ngsi-ld/v1/entities"] = broker
    options = {"root": server.origin, "type": "AirQualityObserved", "tenant": "town"}
    result = run(make("ngsild", options, clock), server, clock)
    assert (result.counts.things, result.counts.added) == (150, 150)
    assert len(server.asked) == 2
    assert server.asked[0].headers["ngsild-tenant"] == "town"
    assert set(Stream.objects.values_list("unit_symbol", flat=True)) == {"µg/m³"}
    assert not any("nowhere" in asked.path for asked in server.asked)
