"""Pages of deployments, through the client: the public register and the officers' desk."""

from __future__ import annotations

import csv
import html
import io
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from pytest_django import Settings

from hereabouts.journal.models import Entry
from hereabouts.kernel.access import PersonId
from hereabouts.kernel.geometry import Point
from hereabouts.kernel.time import now
from hereabouts.people.domain.roles import Role
from hereabouts.places.models import Asset
from hereabouts.sensing.actions.deployments import change, propose, take_step
from hereabouts.sensing.actions.deployments.health import check_deployments
from hereabouts.sensing.domain.deployments.steps import State, Step
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.models.deployments import Deployment, DeploymentEntry
from hereabouts.sensing.models.observations import StreamState
from hereabouts.sensing.queries.deployments.register import find_deployment
from tests.rooms.people.signing_in import actor_for, make_officer, sign_in
from tests.rooms.places.small_town import Town
from tests.rooms.sensing.deploying import (
    ANN,
    BOB,
    COMPLETE,
    add_stream,
    draft,
    east,
    make_live,
    make_thing,
    noon,
)
from tests.rooms.sensing.test_deployments_coordination import observe, settle

pytestmark = pytest.mark.django_db

DESK = "/desk/sensing/deployments/"
PUBLIC = "/sensing/deployments"
TYPED: dict[str, Any] = {
    "title": "Air at the school gate",
    "department": "environmental_health",
    "mailbox": "air@example.gov.uk",
    "purpose": "Know whether the street outside the school meets the limit.",
    "measures": ["no2", "pm25"],
    "data_class": "open",
    "position": "51.58412, -2.99114",
    "network": "lorawan",
    "power": "mains",
    "no_default_passwords": "yes",
    "disclosure_contact": "security@maker.example",
    "updates_until_day": "1",
    "updates_until_month": "2",
    "updates_until_year": "2031",
    "capital_gbp": "900",
    "yearly_gbp": "0",
}


@pytest.fixture(autouse=True)
def routes(settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.rooms.sensing.deployment_routes"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def officer() -> PersonId:
    return make_officer("officer@example.org", Role.OFFICER)


@pytest.fixture
def chief() -> PersonId:
    return make_officer("chief@example.org", Role.CHIEF_DATA_OFFICER)


@pytest.fixture
def desk(client: Client, officer: PersonId) -> Client:
    """An officer who may propose, signed in."""
    sign_in(client, officer)
    return client


def text(answer: Any) -> str:
    """What a page says, without its markup, with single spaces."""
    main = re.search(r"<main.*</main>", answer.content.decode(), re.DOTALL)
    assert main is not None
    plain = re.sub(r"<[^>]+>", " ", main[0])
    return " ".join(html.unescape(plain).replace("\N{NO-BREAK SPACE}", " ").split())


def test_the_public_register_lists_and_filters_and_leaves_closed_ones_out(client: Client) -> None:
    make_live(title="Gully at 14")
    propose(draft(title="Air at 6", measures=("no2",), department="parks"), actor=ANN)
    propose(draft(title="Presence at home", data_class=DataClass.CLOSED), actor=ANN)
    page = text(client.get(PUBLIC))
    assert "Gully at 14" in page
    assert "Flood risk and drainage" in page
    assert "Air at 6" in page
    assert "Presence at home" not in page
    filtered = text(client.get(f"{PUBLIC}?department=parks&measure=no2&state=proposed"))
    assert "Air at 6" in filtered
    assert "Gully at 14" not in filtered
    for odd in ("?area=W9", "?q=%00", "?after=nowhere", "?state=lost", "?network=%27--"):
        assert client.get(f"{PUBLIC}{odd}").status_code == 200


def test_the_empty_register_says_so(client: Client) -> None:
    assert "No deployment matches" in text(client.get(PUBLIC))


def test_the_public_page_says_what_why_who_and_on_what_basis(client: Client) -> None:
    uid = make_live(
        title="Footfall in the High Street",
        measures=("people_count",),
        measures_people=True,
        legal_basis="public_task",
        dpia_url="https://council.example/dpia/7",
    )
    page = text(client.get(f"{PUBLIC}/{uid}"))
    for told in (
        "Footfall in the High Street",
        "Empty the gullies that need it.",
        "People passing",
        "Flood risk and drainage",
        "drainage@example.gov.uk",
        "Yes, if only counted",
        "Public task (UK GDPR",
        "Open: everybody may read it",
        "Security updates until 1 January 2031",
        "Went live",
    ):
        assert told in page
    assert "person-ann" not in page
    assert client.get(f"{PUBLIC}/dp-unknown").status_code == 404
    assert client.get(f"{PUBLIC}/%00").status_code == 404


def test_the_public_page_of_a_closed_deployment_is_not_there(client: Client) -> None:
    uid = propose(draft(data_class=DataClass.CLOSED), actor=ANN)
    assert client.get(f"{PUBLIC}/{uid}").status_code == 404
    assert client.get(f"{PUBLIC}/{uid}.json").status_code == 404


def test_the_register_comes_as_json_and_csv_with_the_same_filters(client: Client) -> None:
    make_live(title="=HYPERLINK(1)")
    propose(draft(title="Air", department="parks", measures=("no2", "pm25")), actor=ANN)
    whole = client.get(f"{PUBLIC}.json").json()["deployments"]
    assert [one["title"] for one in whole] == ["Air", "=HYPERLINK(1)"]
    assert whole[0]["measures"] == ["no2", "pm25"]
    assert whole[0]["page"].startswith("http://testserver/sensing/deployments/dp-")
    answer = client.get(f"{PUBLIC}.csv?department=flood_risk")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert [(row["title"], row["state"]) for row in rows] == [("'=HYPERLINK(1)", "live")]
    one = client.get(f"{PUBLIC}/{rows[0]['uid']}.json").json()
    assert one["contact"] == "drainage@example.gov.uk"
    assert one["updates_until"] == "2031-01-01"
    assert [step["step"] for step in one["history"]] == ["propose", "agree", "go_live"]


def test_the_desk_is_for_those_who_may_propose(client: Client) -> None:
    uid = make_live()
    for path in ("", "new", "pairs", uid, f"{uid}/near", f"{uid}/change", f"{uid}/step/retire"):
        answer = client.get(f"{DESK}{path}")
        assert answer.status_code == 302
        assert "/sign-in" in answer["Location"]


def test_an_officer_proposes_and_is_led_to_the_four_answers(desk: Client) -> None:
    assert desk.get(f"{DESK}new").status_code == 200
    answer = desk.post(f"{DESK}new", TYPED)
    assert answer.status_code == 302, text(answer)
    row = Deployment.objects.get()
    assert answer["Location"] == f"{DESK}{row.uid}/near"
    assert (row.lat, row.lon, row.measures) == (51.58412, -2.99114, ",no2,pm25,")
    assert (row.capital_gbp, row.yearly_gbp, row.no_default_passwords) == (900, 0, True)
    page = text(desk.get(answer["Location"]))
    for told in (
        "The deployment is proposed.",
        "What already measures this near here",
        "Who could share",
        "Who is left out",
        "The best next sites",
        "No figures of residents are loaded",
    ):
        assert told in page


def test_an_empty_form_is_answered_with_a_summary_of_what_is_missing(desk: Client) -> None:
    answer = desk.post(f"{DESK}new", {"position": "here"})
    page = text(answer)
    assert "There is a problem" in page
    assert "Enter latitude and longitude" in page
    assert answer.content.decode().count('href="#id_') >= 6
    assert not Deployment.objects.exists()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"mailbox": "Ann"}, "department’s e-mail address, like"),
        ({"position": "", "asset_uid": ""}, "Say where it stands."),
        ({"asset_uid": "as-none"}, "There is no such asset"),
        ({"position": "95, 200"}, "Enter latitude and longitude"),
        ({"measures": ["people_count"]}, "even if they are only counted"),
        ({"dpia_url": "javascript:alert(1)"}, "web address that begins with https"),
        ({"capital_gbp": "99999999999"}, "a number that makes sense"),
        ({"updates_until_month": "13"}, "Enter a real date"),
        ({"department": "nobody"}, "Select a valid choice"),
        ({"title": "x" * 121}, "at most 120 characters"),
    ],
)
def test_what_cannot_be_recorded_is_said_beside_its_field(
    desk: Client, changed: dict[str, Any], told: str
) -> None:
    answer = desk.post(f"{DESK}new", {**TYPED, **changed})
    assert answer.status_code == 200
    assert told in text(answer)
    assert not Deployment.objects.exists()


def test_an_asset_lends_its_place(desk: Client) -> None:
    lamp: Asset = Town().asset("street_lamp", "L 12", -2.99, 51.58)
    assert f'value="{lamp.uid}"' in desk.get(f"{DESK}new?asset={lamp.uid}").content.decode()
    typed = {**TYPED, "position": "", "asset_uid": f"https://x.example/assets/{lamp.uid}"}
    assert desk.post(f"{DESK}new", typed).status_code == 302
    row = Deployment.objects.get()
    assert (row.asset_uid, row.lat) == (lamp.uid, 51.58)


def test_a_reference_that_is_taken_is_said_beside_the_field(desk: Client) -> None:
    propose(draft(reference="GUL-7"), actor=ANN)
    assert "already a deployment" in text(desk.post(f"{DESK}new", {**TYPED, "reference": "GUL-7"}))


def test_the_page_tells_who_measures_shares_and_is_left_out(desk: Client) -> None:
    town = Town()
    settle(town)
    town.asset("street_lamp", "L 12", -2.8752, 51.05)
    here = town.asset("sign", "S 3", -2.9749, 51.05)
    place = Town().asset("street_lamp", "L 13", -2.975, 51.05)
    make_live(
        Point(-2.9751, 51.05),
        title="Air at 8",
        measures=("no2",),
        spare_mounts=2,
        department="highways",
    )
    uid = propose(draft(measures=("no2",), place=Point(-2.975, 51.05)), actor=ANN)
    page = text(desk.get(f"{DESK}{uid}/near"))
    assert "Air at 8" in page
    assert "Highways" in page
    assert "7 m" in page
    assert "Its mount can carry 2 more devices" in page
    assert "Traffic sign S 3" in page or "S 3" in page
    assert here.uid != place.uid
    assert "1,500 of 4,400 residents (34%)" in page
    assert "In the three most deprived deciles it is 0%." in page
    assert "1 (most deprived)" in page
    assert "Street lamp L 12" in page
    assert (
        "would bring 2,000 more residents within 500 m, 100% of them in the three most deprived"
        in page
    )
    assert "No other choice of as many sites among these can do better." in page
    for query in ("?sites=1&aim=near&emphasis=4&radius=900", "?sites=none", "?aim=far&radius=1e9"):
        assert desk.get(f"{DESK}{uid}/near{query}").status_code == 200
    assert "average way to a sensor" in text(desk.get(f"{DESK}{uid}/near?aim=near"))


def test_a_deployment_is_agreed_by_somebody_else_and_goes_live(
    desk: Client, officer: PersonId, chief: PersonId
) -> None:
    uid = propose(COMPLETE, actor=actor_for(officer))
    page = text(desk.get(f"{DESK}{uid}"))
    assert "Withdraw" in page
    assert "Agree" not in page
    assert desk.get(f"{DESK}{uid}/step/agree").status_code == 403
    boss = Client()
    sign_in(boss, chief)
    assert "Agree" in text(boss.get(f"{DESK}{uid}"))
    assert boss.post(f"{DESK}{uid}/step/agree", {}).status_code == 302
    waiting = text(desk.get(f"{DESK}{uid}/step/go_live"))
    assert "the Thing of the register that it became" in waiting
    assert desk.post(f"{DESK}{uid}/step/go_live", {}).status_code == 200
    thing = make_thing()
    wrong = desk.post(f"{DESK}{uid}/things", {"thing": thing.pk + 1})
    assert "is not in the register" in text(wrong)
    added = desk.post(f"{DESK}{uid}/things", {"thing": thing.pk, "device": "70B3"})
    assert added.status_code == 302
    assert desk.post(f"{DESK}{uid}/step/go_live", {}).status_code == 302
    assert Deployment.objects.get().state == State.LIVE
    page = text(desk.get(f"{DESK}{uid}"))
    assert "gully-1 (70B3)" in page
    assert page.count("Ann") >= 3
    assert desk.get(f"{DESK}{uid}/step/agree").status_code == 409
    assert desk.get(f"{DESK}{uid}/step/explode").status_code == 409


def test_withdrawing_asks_for_a_reason_and_keeps_it(desk: Client) -> None:
    uid = propose(COMPLETE, actor=ANN)
    assert "There is a problem" in text(desk.post(f"{DESK}{uid}/step/withdraw", {"reason": " "}))
    answer = desk.post(f"{DESK}{uid}/step/withdraw", {"reason": "No money <b>left</b>"})
    assert answer.status_code == 302
    assert "No money &lt;b&gt;left" in desk.get(f"{DESK}{uid}").content.decode()
    assert "No money" not in desk.get(f"{PUBLIC}/{uid}").content.decode()


def test_the_record_is_changed_with_its_history(desk: Client) -> None:
    uid = propose(draft(reference="A-1"), actor=ANN)
    typed = {
        **TYPED,
        "title": "Other title",
        "department": "flood_risk",
        "measures": ["gully_level"],
        "power": "battery",
        "inspect_by_day": "3",
        "inspect_by_month": "4",
        "inspect_by_year": "2027",
    }
    form = desk.get(f"{DESK}{uid}/change").content.decode()
    assert 'value="Gully level in Mill Lane"' in form
    assert 'value="51.58000, -2.99000"' in form
    assert desk.post(f"{DESK}{uid}/change", typed).status_code == 302
    page = text(desk.get(f"{DESK}{uid}"))
    assert "Title: from Gully level in Mill Lane to Other title" in page
    assert "Next inspection by: from nothing to 2027-04-03" in page
    assert Deployment.objects.get().reference == "A-1"


def test_who_saves_an_older_page_is_told_that_somebody_was_faster(desk: Client) -> None:
    uid = propose(draft(reference="A-1"), actor=ANN)
    form = desk.get(f"{DESK}{uid}/change").content.decode()
    seen = re.search(r'name="seen" value="([^"]+)"', form)
    assert seen is not None
    change(uid, draft(reference="A-1", title="Faster"), actor=ANN)
    answer = desk.post(f"{DESK}{uid}/change", {**TYPED, "seen": html.unescape(seen[1])})
    assert "Somebody else changed this record" in text(answer)
    assert Deployment.objects.get().title == "Faster"
    for odd in ("", "yesterday", "2026-06-01"):
        assert desk.post(f"{DESK}{uid}/change", {**TYPED, "seen": odd}).status_code == 302


def test_what_was_agreed_is_shown_and_stays(desk: Client) -> None:
    uid = make_live()
    form = desk.get(f"{DESK}{uid}/change").content.decode()
    assert "What was agreed stays as it is" in form
    typed = {**TYPED, "measures": ["no2"], "position": "51.58000, -2.99000"}
    assert desk.post(f"{DESK}{uid}/change", typed).status_code == 302
    row = Deployment.objects.get()
    assert (row.title, row.measures) == ("Air at the school gate", ",gully_level,")
    moved = desk.post(f"{DESK}{uid}/change", {**typed, "position": "51.60000, -2.99000"})
    assert "This was agreed and cannot be changed: Place." in text(moved)
    take_step(uid, Step.RETIRE, actor=ANN, reason="worn out")
    assert desk.get(f"{DESK}{uid}/change").status_code == 409
    assert "Nothing: it is history." in text(desk.get(f"{DESK}{uid}"))


def test_a_thing_is_taken_off_again(desk: Client) -> None:
    uid = propose(COMPLETE, actor=ANN)
    thing = make_thing()
    desk.post(f"{DESK}{uid}/things", {"thing": thing.pk})
    assert desk.post(f"{DESK}{uid}/things/{thing.pk}").status_code == 302
    assert "None yet" in text(desk.get(f"{DESK}{uid}"))
    assert desk.get(f"{DESK}{uid}/things/{thing.pk}").status_code == 405


def test_a_thing_recorded_again_keeps_its_id_on_the_network(desk: Client) -> None:
    uid = propose(COMPLETE, actor=ANN)
    path, thing = f"{DESK}{uid}/things", make_thing()
    desk.post(path, {"thing": thing.pk, "device": "70B3"})
    page = text(desk.post(path, {"thing": thing.pk}))
    assert "This Thing is recorded already." in page and "(70B3)" in page
    assert desk.post(path, {"thing": thing.pk, "device": "70B4"}).status_code == 302
    assert "(70B4)" in text(desk.get(f"{DESK}{uid}"))


def test_pairs_and_findings_are_seen_from_the_desk(desk: Client) -> None:
    propose(draft(title="One"), actor=ANN)
    propose(draft(title="Other", department="highways", place=east(50)), actor=ANN)
    uid = make_live(east(5_000), title="Sick")
    change(uid, draft(title="Sick", place=east(5_000), inspect_by=date(2026, 5, 31)), actor=ANN)
    check_deployments(clock=noon)
    page = text(desk.get(DESK))
    assert "about to buy the same thing (1)" in page
    assert "Inspection overdue" in page
    pairs = text(desk.get(f"{DESK}pairs"))
    assert "One" in pairs
    assert "Gully or drain level" in pairs
    assert "50 m" in pairs
    assert "It was due to be inspected by 2026-05-31" in text(desk.get(f"{DESK}{uid}"))
    assert "Inspection overdue" in text(desk.get(f"{PUBLIC}/{uid}"))


def test_hostile_texts_are_shown_and_not_run(desk: Client) -> None:
    hostile = '<script>alert(1)</script>{{ 7 * 7 }}"'
    answer = desk.post(f"{DESK}new", {**TYPED, "title": hostile, "purpose": hostile})
    uid = Deployment.objects.get().uid
    assert answer.status_code == 302
    for path in (f"{DESK}", f"{DESK}{uid}", f"{DESK}{uid}/near", PUBLIC, f"{PUBLIC}/{uid}"):
        page = desk.get(path).content.decode()
        assert "<script>alert" not in page
        assert "{{ 7 * 7 }}" in page


def test_welsh_readers_are_given_welsh_names_of_the_councils_lists(client: Client) -> None:
    make_live()
    client.cookies["language"] = "cy"
    page = text(client.get(PUBLIC))
    assert "Perygl llifogydd a draenio" in page
    translation.deactivate()


def test_an_unknown_deployment_is_not_found_at_the_desk(desk: Client) -> None:
    for path in ("dp-x", "dp-x/near", "dp-x/change", "dp-x/step/agree", "%00"):
        assert desk.get(f"{DESK}{path}").status_code == 404


def test_a_proposer_sees_their_own_closed_one_and_other_officers_do_not(
    desk: Client, officer: PersonId
) -> None:
    mine = propose(draft(data_class=DataClass.CLOSED), actor=actor_for(officer))
    theirs = propose(draft(data_class=DataClass.CLOSED), actor=ANN)
    assert desk.get(f"{DESK}{mine}").status_code == 200
    assert desk.get(f"{DESK}{theirs}").status_code == 404
    assert find_deployment(theirs, actor=BOB) is not None
    assert DeploymentEntry.objects.count() == 2


def test_pages_tell_what_it_reads_now_and_when_its_battery_is_empty(client: Client) -> None:
    thing = make_thing(last=None)
    moment = now().replace(hour=0, minute=30)
    observe(
        add_stream(thing, "battery"),
        [(moment - timedelta(days=back), 40.0 + back / 2) for back in range(30, -1, -1)],
    )
    StreamState.objects.update(latest_number=40.0)
    uid = make_live(thing=thing)
    page = text(client.get(f"{PUBLIC}/{uid}"))
    assert "battery 40 %" in page
    assert "Battery 40%; expected to be empty on" in page


def test_closed_readings_stay_off_the_page_of_a_shared_deployment(client: Client) -> None:
    thing = make_thing(data_class=DataClass.SHARED)
    uid = make_live(thing=thing, data_class=DataClass.SHARED)
    page = text(client.get(f"{PUBLIC}/{uid}"))
    assert "Shared: departments and partners" in page
    assert "What it reads now" not in page


def test_what_is_wrong_with_a_closed_thing_is_not_told_in_public(
    client: Client, officer: PersonId, chief: PersonId
) -> None:
    thing = make_thing("secret thing", data_class=DataClass.CLOSED, last=None)
    uid = make_live(thing=thing)
    check_deployments(clock=noon)
    assert not Entry.objects.filter(
        wire_name__contains="finding", subject=f"deployment:{uid}", is_public=True
    ).exists()
    for path in (PUBLIC, f"{PUBLIC}/{uid}"):
        assert "Silent" not in client.get(path).content.decode()
    assert client.get(f"{PUBLIC}/{uid}.json").json()["things"] == []
    for person, is_told in ((officer, False), (chief, True)):
        sign_in(client, person)
        page = client.get(f"{DESK}{uid}").content.decode()
        assert ("has never sent" in page or "has sent nothing" in page) is is_told
        assert ("secret thing" in page) is is_told


NASTY = (
    "\x00",
    "\N{GRINNING FACE}" * 600,
    "9" * 400,
    "-1",
    "1e309",
    "NaN",
    "' OR 1=1 --",
    "\u202e",
)


@pytest.mark.parametrize("value", NASTY, ids=range(len(NASTY)))
def test_nothing_typed_into_the_form_is_a_fault(desk: Client, value: str) -> None:
    for name in (*TYPED, "spare_mounts", "battery_mah", "battery_empty", "asset_uid", "reference"):
        answer = desk.post(f"{DESK}new", {**TYPED, name: value})
        assert answer.status_code in (200, 302), name
    uid = propose(COMPLETE, actor=ANN)
    assert desk.post(f"{DESK}{uid}/things", {"thing": value, "device": value}).status_code == 200
    for query in ("radius", "sites", "aim", "emphasis", "measure"):
        assert desk.get(f"{DESK}{uid}/near", {query: value}).status_code == 200
