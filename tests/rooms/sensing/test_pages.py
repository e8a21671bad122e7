"""Pages of sensors for everybody: the panel of a place, the list, a sensor, a stream, a map."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from hereabouts.kernel.time import now
from hereabouts.people.domain.roles import Role
from hereabouts.sensing.actions.findings import FindingDraft, raise_finding
from hereabouts.sensing.domain.observations import QualityFlag, ResultKind
from hereabouts.sensing.domain.watching import FindingKind
from hereabouts.sensing.models.inbound import (
    Connector,
    ConnectorStream,
    Device,
    DeviceStream,
)
from hereabouts.sensing.models.observations import StreamState
from hereabouts.sensing.models.register import Stream, Thing
from hereabouts.sensing.models.watching import Finding, Threshold
from hereabouts.sensing.queries import series
from tests.rooms.people.signing_in import make_officer, make_person, sign_in
from tests.rooms.sensing.looking import (
    HOUR,
    MINUTE,
    a_week_of,
    keep,
    make_sensor,
    make_stream,
    observe,
    readings,
    us,
)

pytestmark = pytest.mark.django_db
HERE = "/at?lat=51.5801&lon=-2.9901"


@pytest.fixture(autouse=True)
def _nothing_remembered(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    series.forget()


def page(client: Client, path: str, status: int = 200) -> str:
    """The markup of a page."""
    answer = client.get(path)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def words(html: str) -> str:
    """The text of a page's main part, with single spaces."""
    main = html[html.index("<main") : html.index("</main>")]
    text = re.sub(r"<[^>]+>", " ", main).replace("\N{NO-BREAK SPACE}", " ")
    return re.sub(r"\s+", " ", text).replace(" ,", ",").replace(" .", ".")


@pytest.fixture
def post() -> Thing:
    return make_sensor()


@pytest.fixture
def no2(post: Thing) -> Stream:
    return make_stream(post)


@pytest.fixture
def closed() -> Stream:
    thing = make_sensor("Clinic door", dataClass="closed")
    found = make_stream(thing, "Presence", None)
    readings(found, 1, 0, 1)
    return found


@pytest.fixture
def steward(client: Client) -> Client:
    """Somebody who may see and manage everything."""
    sign_in(client, make_officer("steward@example.org", Role.DATA_STEWARD))
    return client


# --- the panel of a place -----------------------------------------------------------------------


def test_a_place_says_what_is_measured_there_now(client: Client, no2: Stream) -> None:
    readings(no2, 28, 29, 30, 31)
    html = page(client, HERE)
    said = words(html)
    assert "Nitrogen dioxide 31 µg/m³, 2 minutes ago" in said
    assert "Mill Lane post" in said and "Tell me when a level is crossed here" in said
    assert f'href="/sensors/{no2.thing_id}/{no2.pk}"' in html
    assert 'role="img" aria-label="Nitrogen dioxide over 24 hours: from ' in html


def test_a_value_is_compared_with_what_is_usual(client: Client, no2: Stream) -> None:
    a_week_of(no2, 20, 5)
    readings(no2, 55)
    assert "55 µg/m³, 2 minutes ago higher than usual" in words(page(client, HERE))


def test_a_panel_asks_little_of_the_database(client: Client, no2: Stream) -> None:
    from hereabouts.kernel.geometry import Box, Point
    from hereabouts.places.api import PlaceRef
    from hereabouts.sensing.web.panel import now_panel

    def reads(lat: float) -> int:
        here = PlaceRef(None, "p", "p", Point(-2.99, lat), Box(-2.99, lat, -2.99, lat))
        with CaptureQueriesContext(connection) as found:
            now_panel(here, "en")
        return len(found)

    for name in ("PM2.5", "Noise", "Humidity"):
        a_week_of(make_stream(no2.thing, name, "x"))
    a_week_of(no2)
    assert reads(51.58) <= 3, "beside the two reads of readings, which are shared by all visitors"
    assert reads(51.59) <= 2, "a place without sensors"


def test_nothing_is_called_unusual_short_of_a_week(client: Client, no2: Stream) -> None:
    readings(no2, *([20] * 100), 90)
    assert "than usual" not in words(page(client, HERE))


def test_a_doubtful_value_says_why(client: Client, no2: Stream) -> None:
    keep(observe(no2, now() - MINUTE, 900, quality=int(QualityFlag.RANGE | QualityFlag.SPIKE)))
    assert "Doubtful: Outside the range, Jump" in words(page(client, HERE))


def test_a_place_without_sensors_names_the_nearest(client: Client, no2: Stream) -> None:
    readings(no2, 1, 2)
    said = words(page(client, "/at?lat=51.5845&lon=-2.99"))
    assert "Nothing measures here. The nearest sensors:" in said
    assert "Mill Lane post, 500 m away" in said
    assert "Nothing measures here yet." in words(page(client, "/at?lat=10&lon=10"))


def test_the_panel_never_tells_of_closed_sensors(steward: Client, closed: Stream) -> None:
    for path in (HERE, "/at?lat=51.5845&lon=-2.99"):
        assert "Clinic door" not in page(steward, path)


def test_the_panel_shows_the_nearest_stream_of_each_property(client: Client, no2: Stream) -> None:
    readings(no2, 7)
    further = make_stream(make_sensor("Far post", -2.9885, 51.58))
    readings(further, 8)
    said = words(page(client, HERE))
    assert "Mill Lane post" in said and "Far post" not in said and "All 2 sensors here" in said


@pytest.mark.parametrize("name", ["Battery voltage", "battery"])
def test_batteries_are_not_what_a_place_measures(client: Client, post: Thing, name: str) -> None:
    readings(make_stream(post, name, "V"), 3.6)
    assert "3.6 V" not in words(page(client, HERE))


def test_the_panel_of_a_crowded_place_reads_no_more_often(client: Client) -> None:
    from hereabouts.kernel.geometry import Box, Point
    from hereabouts.places.api import PlaceRef
    from hereabouts.sensing.web.panel import now_panel

    things = [make_sensor(f"Post {i}", -2.99 + i * 5e-6, 51.58) for i in range(4)]
    known = [make_stream(thing) for thing in things]
    for one in known:
        readings(one, 1, 2, 3)
    _crowd(things[0], known[0], 500)
    here = PlaceRef(None, "p", "p", Point(-2.99, 51.58), Box(-2.99, 51.58, -2.99, 51.58))
    now_panel(here, "en")
    with CaptureQueriesContext(connection) as reads:
        now_panel(here, "en")
    assert len(reads) <= 4


def _crowd(like: Thing, stream: Stream, things: int) -> None:
    """Four streams on each of many Things at the same place."""
    from hereabouts.sensing.models.register import ThingLocation

    place = ThingLocation.objects.get(thing=like).location
    made = Thing.objects.bulk_create(
        Thing(name=f"Crowd {i}", description="", properties=None) for i in range(things)
    )
    ThingLocation.objects.bulk_create(ThingLocation(thing=one, location=place) for one in made)
    streams = Stream.objects.bulk_create(
        Stream(
            name="x",
            description="",
            observation_type="",
            unit_symbol="%",
            thing=one,
            sensor=stream.sensor,
            observed_property=stream.observed_property,
        )
        for one in made
        for _ in range(4)
    )
    StreamState.objects.bulk_create(
        StreamState(
            stream_id=one.pk,
            count=1,
            latest_id=10**9 + one.pk,
            latest_started=us(now()),
            latest_number=5.0,
            latest_kind=0,
            received=us(now()),
            first_started=us(now()),
        )
        for one in streams
    )


# --- the list -----------------------------------------------------------------------------------


def test_the_list_is_found_by_name_property_place_and_state(client: Client, no2: Stream) -> None:
    readings(no2, 1, 2)
    other = make_sensor("Beck gauge", -2.5, 51.4)
    level = make_stream(other, "Water level", "m")
    keep(observe(level, now() - HOUR, 1.27, quality=int(QualityFlag.STUCK)))
    raise_finding(FindingDraft(FindingKind.SILENT, f"thing:{other.pk}", "quiet", thing_id=other.pk))
    asked = {
        "q=beck": "Beck gauge",
        f"property={level.observed_property_id}": "Beck gauge",
        "state=silent": "Beck gauge",
        "state=flagged": "Beck gauge",
        "near=51.58,-2.99": "Mill Lane post",
    }
    for query, name in asked.items():
        said = words(page(client, f"/sensors?{query}"))
        assert "1 sensor matches." in said and name in said, query
    said = words(page(client, "/sensors"))
    assert "Mill Lane post" in said and "Water level 1.27 m (Stuck)" in said and "Silent" in said


@pytest.mark.parametrize(
    "query",
    [
        *("q=%00", "near=a,b", "near=91,1", "property=x", "property=99999999999999999"),
        *("after=7", "area=none", "state=odd", "q=" + "x" * 500),
    ],
)
def test_odd_questions_of_the_list_are_answered(client: Client, no2: Stream, query: str) -> None:
    page(client, f"/sensors?{query}")


def test_the_list_is_read_page_by_page(client: Client) -> None:
    names = [f"Post {number:03}" for number in range(85)]
    Thing.objects.bulk_create(Thing(name=name, description="") for name in names)
    path, seen = "/sensors", []
    while path:
        html = page(client, path)
        seen += re.findall(r">(Post \d{3})</a>", html)
        more = re.search(r'href="(\?after=\d+)" rel="next"', html)
        path = f"/sensors{more[1]}" if more else ""
    assert seen == names


def test_an_empty_hub_says_how_sensors_come(client: Client) -> None:
    assert "No sensor is registered yet" in words(page(client, "/sensors"))
    assert "No sensor matches" in words(page(client, "/sensors?q=zzz"))


# --- a sensor and a stream ----------------------------------------------------------------------


def test_a_sensor_says_what_it_reads_and_where_it_is(client: Client, no2: Stream) -> None:
    readings(no2, 1, 2)
    said = words(page(client, f"/sensors/{no2.thing_id}"))
    assert "Nitrogen dioxide 2 µg/m³ 2 minutes ago" in said
    assert "Place Mill Lane" in said and "Open: everybody may read it" in said


def test_findings_stand_on_the_pages_of_sensor_and_stream(client: Client, no2: Stream) -> None:
    draft = FindingDraft(
        FindingKind.THRESHOLD, "threshold:th-1", "Level 92 % is above 80 %", stream_id=no2.pk
    )
    raise_finding(draft)
    Finding.objects.create(
        uid="fi-old",
        kind="silent",
        subject=f"thing:{no2.thing_id}",
        thing_id=no2.thing_id,
        raised_at=now() - timedelta(days=2),
        cleared_at=now() - timedelta(days=1),
        evidence={"summary": "Said nothing"},
    )
    said = words(page(client, f"/sensors/{no2.thing_id}"))
    assert "Level 92 % is above 80 %. Since" in said and "Said nothing. From" in said
    assert "Said nothing" not in words(page(client, f"/sensors/{no2.thing_id}/{no2.pk}"))


def test_a_chart_stands_before_a_table_with_every_value(client: Client, no2: Stream) -> None:
    readings(no2, 10, 12.5, 11, 40)
    html = page(client, f"/sensors/{no2.thing_id}/{no2.pk}")
    assert re.search(
        r'<svg class="app-chart"[^>]*role="img" aria-label="Nitrogen dioxide from ', html
    )
    table = html[html.index("The same as a table") :]
    for value in ("40", "11", "12.5", "10"):
        assert f">{value}\N{NO-BREAK SPACE}µg/m³</td>" in table


def test_gaps_are_gaps_in_the_line(client: Client, no2: Stream) -> None:
    begin = now() - 20 * HOUR
    early = [observe(no2, begin + i * 10 * MINUTE, 5 + i % 3) for i in range(20)]
    late = [observe(no2, begin + (10 * HOUR) + i * 10 * MINUTE, 5 + i % 3) for i in range(20)]
    keep(*early, *late)
    html = page(client, f"/sensors/{no2.thing_id}/{no2.pk}?span=24h")
    line = re.search(r'app-chart__line" d="([^"]+)"', html)
    assert line is not None and line[1].count("M") == 2


def test_many_readings_are_shown_in_steps_with_a_band(client: Client, no2: Stream) -> None:
    begin = now() - timedelta(days=6)
    keep(*(observe(no2, begin + i * 10 * MINUTE, i % 10) for i in range(6 * 144)))
    html = page(client, f"/sensors/{no2.thing_id}/{no2.pk}?span=7d")
    said = words(html)
    assert "The line is the mean of every 1 hour" in said and "app-chart__band" in html
    assert "Mean Least Most Readings" in said


@pytest.mark.parametrize("span", ["24h", "7d", "30d", "365d", "all", "odd"])
def test_every_span_can_be_looked_at(client: Client, no2: Stream, span: str) -> None:
    keep(*(observe(no2, now() - timedelta(days=i * 30), i) for i in range(30)))
    said = words(page(client, f"/sensors/{no2.thing_id}/{no2.pk}?span={span}"))
    assert "Over time" in said


def test_own_dates_can_be_chosen(client: Client, no2: Stream) -> None:
    readings(no2, 3)
    path = f"/sensors/{no2.thing_id}/{no2.pk}"
    said = words(page(client, f"{path}?from=2020-01-01&to=2020-01-02"))
    assert "Nothing was read in this period" in said
    for bad in ("from=2020-02-30", "from=2021-01-02&to=2021-01-01", "to=x", "from=0001-01-01"):
        assert "Those dates cannot be used" in words(page(client, f"{path}?{bad}")), bad


def test_truth_values_and_texts_are_tables_without_a_chart(client: Client, post: Thing) -> None:
    bay = make_stream(post, "Occupied", None)
    keep(observe(bay, now() - MINUTE, 1, kind=ResultKind.TRUTH))
    assert "yes" in words(page(client, f"/sensors/{post.pk}/{bay.pk}"))
    state = make_stream(post, "State", None)
    row = observe(state, now() - MINUTE, 0, kind=ResultKind.TEXT, result='"<b>ajar</b>"')
    row.number = None
    keep(row)
    html = page(client, f"/sensors/{post.pk}/{state.pk}")
    assert "&lt;b&gt;ajar&lt;/b&gt;" in html and "<b>ajar" not in html and "app-chart" not in html


def test_rules_of_quality_are_explained_with_their_settings(client: Client, post: Thing) -> None:
    found = make_stream(post, rules='{"range":{"least":0,"most":500}}')
    keep(observe(found, now() - MINUTE, 900, quality=int(QualityFlag.RANGE)))
    said = words(page(client, f"/sensors/{post.pk}/{found.pk}"))
    assert "Doubtful in this period: Outside the range (1)" in said
    assert "the smallest number: 0; the largest number: 500 1" in said
    assert (
        "More time passed" in said and "Not set for this stream" in said and "Always judged" in said
    )


def test_a_stream_can_be_taken_away_as_csv_and_json(client: Client, no2: Stream) -> None:
    readings(no2, 3)
    html = page(client, f"/sensors/{no2.thing_id}/{no2.pk}")
    assert f"/sta/v1.1/Datastreams({no2.pk})/Observations?$filter=phenomenonTime%20ge%20" in html
    assert "$resultFormat=CSV" in html and f'href="/sta/v1.1/Datastreams({no2.pk})"' in html


def test_a_stream_says_how_its_readings_came(client: Client, no2: Stream) -> None:
    readings(no2, 3)
    path = f"/sensors/{no2.thing_id}/{no2.pk}"
    assert "Through SensorThings, from a program that holds a key" in words(page(client, path))
    feed = Connector.objects.create(
        uid="cn-1", kind="table", name="Air of the county", owner="The county", created=0
    )
    ConnectorStream.objects.create(connector=feed, key="a", station="s", stream=no2)
    said = words(page(client, path))
    assert "From the feed “Air of the county”" in said and "Publisher The county" in said
    device = Device.objects.create(
        eui="A81758FFFE012345", name="Office", decoder="elsys-generic", created=0
    )
    DeviceStream.objects.create(device=device, reading="nitrogen", stream=no2)
    said = words(page(client, path))
    assert "By LoRaWAN, through a network server" in said and ", version 1" in said


def test_what_is_closed_is_there_for_those_alone_who_may_see_it(
    client: Client, closed: Stream
) -> None:
    paths = [
        f"/sensors/{closed.thing_id}",
        f"/sensors/{closed.thing_id}/{closed.pk}",
        f"/sensors/properties/{closed.observed_property_id}",
    ]
    for path in paths:
        page(client, path, 404)
    assert "Clinic door" not in page(client, "/sensors")
    sign_in(client, make_person("ann@example.org"))
    for path in paths:
        page(client, path, 404)
    sign_in(client, make_officer("steward@example.org", Role.DATA_STEWARD))
    for path in (*paths, "/sensors"):
        answer = client.get(path)
        assert "Clinic door" in answer.content.decode(), path
        assert answer["Cache-Control"] == "private, no-store"


def test_public_pages_set_no_cookie_and_read_no_session(client: Client, no2: Stream) -> None:
    readings(no2, 1, 2)
    for path in (HERE, "/sensors", f"/sensors/{no2.thing_id}", f"/sensors/{no2.thing_id}/{no2.pk}"):
        answer = client.get(path)
        assert not answer.cookies, path
        assert "no-store" not in answer.get("Cache-Control", ""), path


@pytest.mark.parametrize("path", ["/sensors/9", "/sensors/9/9", "/sensors/properties/9"])
def test_what_is_not_there_is_not_found(client: Client, path: str) -> None:
    page(client, path, 404)
    page(client, path.replace("9", "9" * 30), 404)


def test_a_stream_is_not_shown_under_another_sensor(client: Client, no2: Stream) -> None:
    other = make_sensor("Other")
    page(client, f"/sensors/{other.pk}/{no2.pk}", 404)


# --- watched levels -----------------------------------------------------------------------------


def test_a_manager_watches_a_level_and_removes_it(steward: Client, no2: Stream) -> None:
    readings(no2, 12)
    path = f"/sensors/{no2.thing_id}/{no2.pk}"
    form = {"name": "Too much", "comparison": "above", "value": "40", "margin": "2", "minutes": "5"}
    assert steward.post(f"{path}/levels", form).status_code == 302
    row = Threshold.objects.get()
    assert (row.value, row.margin, row.sustained_s) == (40, 2, 300)
    html = page(steward, path)
    assert "Too much: above 40 µg/m³, back by 2 µg/m³, for 5 minutes" in words(html)
    assert "app-chart__level" in html
    assert "Too much" in words(page(steward, "/desk/sensing/levels"))
    assert steward.post(f"{path}/levels/{row.uid}").status_code == 302
    assert not Threshold.objects.exists()


@pytest.mark.parametrize("change", [{"name": ""}, {"value": "lots"}, {"comparison": ""}])
def test_a_level_that_cannot_be_says_so(
    steward: Client, no2: Stream, change: dict[str, str]
) -> None:
    readings(no2, 12)
    form = {"name": "Too much", "comparison": "above", "value": "40"} | change
    answer = steward.post(f"/sensors/{no2.thing_id}/{no2.pk}/levels", form)
    assert "There is a problem" in answer.content.decode() and not Threshold.objects.exists()


def test_levels_are_not_for_everybody(client: Client, no2: Stream) -> None:
    path = f"/sensors/{no2.thing_id}/{no2.pk}"
    readings(no2, 12)
    assert "Watched levels" not in page(client, path)
    assert client.post(f"{path}/levels", {}).status_code in {302, 401, 403}
    sign_in(client, make_officer())
    assert client.post(f"{path}/levels", {}).status_code == 403


# --- a property on the map ----------------------------------------------------------------------


def test_a_property_is_listed_now_and_at_an_earlier_hour(client: Client, no2: Stream) -> None:
    readings(no2, *range(60))
    path = f"/sensors/properties/{no2.observed_property_id}"
    html = page(client, path)
    assert "59 µg/m³" in words(html) and 'data-island="sensing-map"' in html
    hours = re.findall(r'href="(\?at=[^"]+)"', html)
    assert len(hours) == 24
    earlier = words(page(client, path + hours[3]))
    assert "As it was at" in earlier and "59 µg/m³" not in earlier and "µg/m³" in earlier


@pytest.mark.parametrize("query", ["at=x", "at=2020-01-01T00:00:00Z", "at=2026", "area=none"])
def test_odd_times_show_a_property_as_it_is_now(client: Client, no2: Stream, query: str) -> None:
    readings(no2, 7)
    said = words(page(client, f"/sensors/properties/{no2.observed_property_id}?{query}"))
    assert "As it is now." in said
