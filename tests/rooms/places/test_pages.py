"""Place pages: what they say, how little they ask of the database, and what they do when lost."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hereabouts.design.api import Line, Panel
from hereabouts.people.api import Role
from hereabouts.places import ports
from hereabouts.places.models import (
    Area,
    Asset,
    FeatureChange,
    ImportFinding,
    ImportRun,
    Premises,
    Street,
)
from hereabouts.places.ports import PlaceRef, Slot, contribute_panel
from tests.rooms.people.signing_in import make_officer, sign_in
from tests.rooms.places.small_town import WHEN, small_town

pytestmark = pytest.mark.django_db
MOST_READS = 14


@pytest.fixture
def town() -> None:
    small_town()


def mill() -> Street:
    return Street.objects.get(name="Mill Lane")


def text_of(response: HttpResponse) -> str:
    """The words of a page, without its markup."""
    body = response.content.decode()
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def test_an_empty_installation_says_how_to_load_a_place(client: Client) -> None:
    page = client.get("/")

    assert page.status_code == 200
    assert "No place is loaded yet" in text_of(page)
    assert "hereabouts import osm" in text_of(page)


@pytest.mark.usefixtures("town")
class TestHome:
    def test_says_what_the_place_is_and_where_it_comes_from(self, client: Client) -> None:
        words = text_of(client.get("/"))

        assert "9 streets" in words
        assert "26 buildings and addresses" in words
        assert "Allt-yr-yn" in words
        assert "town.osm.pbf" in words
        assert "© OpenStreetMap contributors" in words

    def test_is_there_as_data(self, client: Client) -> None:
        assert client.get("/index.json").json()["counts"]["street"] == 9

    def test_tells_the_last_changes_by_name(self, client: Client) -> None:
        run = ImportRun.objects.all()[0]
        FeatureChange.objects.create(
            run=run, kind="street", uid=mill().uid, change="changed", before={"name": "Mill Ln"}
        )

        page = client.get("/")

        assert "Mill Lane : Changed, as told by" in text_of(page)
        assert mill().uid not in text_of(page)
        assert f'href="/streets/{mill().uid}"' in page.content.decode()

    def test_leads_from_a_changed_area_to_its_page(self, client: Client) -> None:
        area = Area.objects.get(code="W05000001")
        FeatureChange.objects.create(
            run=ImportRun.objects.all()[0], kind="area", uid=area.uid, change="moved"
        )

        page = client.get("/")

        assert "Allt-yr-yn : Moved, as told by" in text_of(page)
        assert area.uid not in page.content.decode()

    def test_passes_over_places_that_only_got_a_number(self, client: Client) -> None:
        FeatureChange.objects.create(
            run=ImportRun.objects.all()[0],
            kind="street",
            uid=mill().uid,
            change="changed",
            before={"usrn": "", "identifiers": []},
        )

        assert "Last changes" not in text_of(client.get("/"))
        assert "Got its street number from" in text_of(client.get(f"/streets/{mill().uid}"))


@pytest.mark.usefixtures("town")
class TestStreetPage:
    def test_leads_with_one_plain_sentence(self, client: Client) -> None:
        words = text_of(client.get(f"/streets/{mill().uid}"))

        assert (
            "Mill Lane is a residential street, 420 m long, 20 mph, lit, in Allt-yr-yn ward."
            in words
        )

    def test_says_what_is_unknown(self, client: Client) -> None:
        words = text_of(client.get(f"/streets/{mill().uid}"))

        assert "Not recorded: " in words
        assert "cycling" in words
        assert "not recorded" not in words

    def test_names_its_identifiers_source_and_data(self, client: Client) -> None:
        page = client.get(f"/streets/{mill().uid}")

        assert "USRN 32400123" in text_of(page)
        assert "Source: OpenStreetMap" in text_of(page)
        assert f'href="/streets/{mill().uid}.json"' in page.content.decode()

    def test_marks_the_welsh_name(self, client: Client) -> None:
        body = client.get(f"/streets/{mill().uid}").content.decode()

        assert '<span lang="cy">Lôn y Felin</span>' in body

    def test_describes_itself_to_search_engines(self, client: Client) -> None:
        body = client.get(f"/streets/{mill().uid}").content.decode()

        assert '<meta name="description" content="Mill Lane is a residential street' in body
        assert f'<link rel="canonical" href="http://testserver/streets/{mill().uid}">' in body
        assert 'rel="alternate" type="application/json"' in body

    def test_shows_people_and_need(self, client: Client) -> None:
        words = text_of(client.get(f"/streets/{mill().uid}"))

        assert "1,712 people in 740 households live in Newport 001A (2021)." in words
        assert "among the 20% most deprived neighbourhoods" in words

    def test_is_there_as_data(self, client: Client) -> None:
        answer = client.get(f"/streets/{mill().uid}.json")
        body = answer.json()

        assert body["name"] == "Mill Lane"
        assert body["premises_count"] == 26
        assert body["box"]["west"] == pytest.approx(-0.06)
        assert body["links"]["html"] == f"/streets/{mill().uid}"
        assert answer["Access-Control-Allow-Origin"] == "*"

    def test_one_that_went_is_gone_and_says_since_when(self, client: Client) -> None:
        street = mill()
        Street.objects.filter(pk=street.pk).update(gone_at=WHEN + timedelta(days=2))

        page = client.get(f"/streets/{street.uid}")

        assert page.status_code == 410
        assert "Mill Lane is no longer here" in text_of(page)
        assert "3 November 2026" in text_of(page)
        assert client.get(f"/streets/{street.uid}.json").status_code == 410


@pytest.fixture
def addresses_of_pages(town: None) -> dict[str, str]:
    return {
        "home": "/",
        "street": f"/streets/{mill().uid}",
        "area": "/areas/W05000001",
        "district": "/areas/W06000099",
        "premises": f"/premises/{Premises.objects.get(number='12').uid}",
        "asset": f"/assets/{Asset.objects.get(type='bus_stop').uid}",
        "postcode": "/postcodes/NP201AB",
        "point": "/at?lat=51.0501&lon=-0.04",
        "search": "/search?q=mill+lane",
        "streets": "/streets",
        "areas": "/areas?kind=ward",
        "assets": "/assets?type=street_lamp",
    }


def test_every_page_answers_and_asks_little_of_the_database(
    client: Client, addresses_of_pages: dict[str, str]
) -> None:
    asked: dict[str, int] = {}
    for name, address in addresses_of_pages.items():
        client.get(address)
        with CaptureQueriesContext(
            connection,
        ) as found:
            page = client.get(address)
        assert page.status_code == 200, name
        asked[name] = len(found)

    assert max(asked.values()) <= MOST_READS, asked


def test_every_map_credits_all_that_it_may_show(
    client: Client, addresses_of_pages: dict[str, str]
) -> None:
    for name, address in addresses_of_pages.items():
        body = client.get(address).content.decode()
        if "data-island" in body:
            assert re.search(r'data-attribution="[^"]*© OpenStreetMap contributors', body), name


def test_public_pages_set_no_cookie_and_can_be_revalidated(
    client: Client, addresses_of_pages: dict[str, str]
) -> None:
    for name, address in addresses_of_pages.items():
        page = client.get(address)
        assert not page.cookies, name
        again = client.get(address, headers={"If-None-Match": page["ETag"]})
        assert again.status_code == 304, name


def test_every_page_can_be_read_in_welsh(
    client: Client, addresses_of_pages: dict[str, str]
) -> None:
    client.cookies["language"] = "cy"
    for name, address in addresses_of_pages.items():
        assert 'lang="cy"' in client.get(address).content.decode(), name


def test_no_page_carries_script_or_style_of_its_own(
    client: Client, addresses_of_pages: dict[str, str]
) -> None:
    for name, address in addresses_of_pages.items():
        body = client.get(address).content.decode()
        assert " style=" not in body, name
        assert not re.search(r"<script(?![^>]*\bsrc=)", body), name


@pytest.mark.usefixtures("town")
class TestPostcodePage:
    def test_other_spellings_lead_to_the_one_address(self, client: Client) -> None:
        for spelling in ("np201ab", "NP20%201AB", "np20-1ab"):
            answer = client.get(f"/postcodes/{spelling}")
            assert (answer.status_code, answer["Location"]) == (301, "/postcodes/NP201AB")
        assert client.get("/postcodes/np20%201ab.json")["Location"] == "/postcodes/NP201AB.json"

    def test_what_is_no_postcode_is_not_that_of_addresses_without_one(self, client: Client) -> None:
        Premises.objects.filter(number="7").update(postcode="")

        assert client.get("/postcodes/x").status_code == 404

    def test_without_addresses_it_says_so_and_promises_no_list(self, client: Client) -> None:
        Premises.objects.filter(postcode="NP20 1AB").update(postcode="")

        words = text_of(client.get("/postcodes/NP201AB"))

        assert "No address here is known by this postcode." in words
        assert "The same in words:" not in words

    def test_says_which_addresses_have_it(self, client: Client) -> None:
        words = text_of(client.get("/postcodes/NP201AB"))

        assert "NP20 1AB covers 25 addresses on Mill Lane, in Allt-yr-yn ward." in words


@pytest.mark.usefixtures("town")
class TestOtherPages:
    def test_premises_are_called_by_their_address(self, client: Client) -> None:
        uid = Premises.objects.get(number="12").uid

        words = text_of(client.get(f"/premises/{uid}"))

        assert "12 Mill Lane is a house, postcode NP20 1AB, in Allt-yr-yn ward." in words

    def test_an_asset_says_where_it_is(self, client: Client) -> None:
        uid = Asset.objects.get(reference="LC1042").uid

        words = text_of(client.get(f"/assets/{uid}"))

        assert "Street lamp LC1042 is on Mill Lane, in Allt-yr-yn ward." in words

    def test_an_asset_without_a_name_is_called_by_its_type_in_its_path(
        self, client: Client
    ) -> None:
        Asset.objects.filter(reference="LC1042").update(reference="", name="")
        asset = Asset.objects.filter(reference="", type="street_lamp")[0]

        body = client.get(f"/assets/{asset.uid}").content.decode()
        path = body[body.index("<ol") : body.index("</ol>")]

        assert "Street lamp" in path
        assert "building" not in path

    def test_what_is_not_recorded_is_no_great_fact(self, client: Client) -> None:
        Premises.objects.filter(number="12").update(postcode="")
        uid = Premises.objects.get(number="12").uid

        body = client.get(f"/premises/{uid}").content.decode()
        facts = body[body.index('class="app-three"') : body.index("</dl>")]

        assert "not recorded" not in facts
        assert "Mill Lane" in facts
        assert "Not recorded: postcode." in unescape(body)

    def test_an_area_says_what_it_holds(self, client: Client) -> None:
        words = text_of(client.get("/areas/W06000099"))

        assert "Newport is a district of" in words
        assert "Wards" in words
        assert "St. Julian's" in words

    def test_a_point_says_what_is_nearest(self, client: Client) -> None:
        words = text_of(client.get("/at?lat=51.0502&lon=-0.04"))

        assert "This point is 20 m from Mill Lane, in Allt-yr-yn ward." in words
        here = client.get("/at.json?lat=51.0502&lon=-0.04").json()
        assert here["streets"][0]["street"]["name"] == "Mill Lane"
        assert here["postcode"]["code"] == "NP20 1AB"

    def test_a_point_outside_the_place_says_so(self, client: Client) -> None:
        assert "outside the place" in text_of(client.get("/at?lat=10&lon=10"))

    @pytest.mark.parametrize(
        "query",
        [
            "",
            "lat=51",
            "lat=x&lon=y",
            "lat=91&lon=0",
            "lat=nan&lon=0",
            "lat=0&lon=181",
            "lat=&lon=",
        ],
    )
    def test_bad_coordinates_are_refused_in_a_sentence(self, client: Client, query: str) -> None:
        page = client.get(f"/at?{query}")

        assert page.status_code == 400
        assert "latitude from −90 to 90" in text_of(page)
        assert client.get(f"/at.json?{query}").json()["code"] == "places.bad_coordinates"

    def test_an_unknown_place_offers_the_search_box(self, client: Client) -> None:
        for address in ("/streets/st-0", "/areas/X1", "/premises/x", "/assets/x", "/postcodes/x"):
            page = client.get(address)
            assert page.status_code == 404
            assert 'name="q"' in page.content.decode()
            assert client.get(f"{address}.json").json()["code"] == "places.not_found"

    def test_lists_lead_to_pages(self, client: Client) -> None:
        assert "Church Road" in text_of(client.get("/streets?letter=C"))
        assert "Caerau Crescent" in text_of(client.get("/streets?area=W05000002"))
        assert "Addresses: Mill Lane" in text_of(client.get(f"/premises?street={mill().uid}"))
        assert client.get("/premises").status_code == 400
        assert client.get("/streets?after=st-nothing").status_code == 400


@pytest.mark.usefixtures("town")
class TestSearchPage:
    def test_groups_what_it_finds_and_says_where_it_is(self, client: Client) -> None:
        words = text_of(client.get("/search?q=church+road"))

        assert "Residential street in Allt-yr-yn ward" in words
        assert "Residential street in St. Julian's ward" in words

    def test_asks_whether_a_guess_was_meant(self, client: Client) -> None:
        words = text_of(client.get("/search?q=hihgfield"))

        assert "Did you mean one of these?" in words
        assert "Highfield Gardens" in words

    def test_says_when_there_is_nothing(self, client: Client) -> None:
        assert "Nothing here is called “zzzz”" in text_of(client.get("/search?q=zzzz"))

    def test_refuses_an_essay_in_one_sentence(self, client: Client) -> None:
        page = client.get("/search", {"q": "mill " * 60})

        assert page.status_code == 400
        assert "Search for at most 120 characters" in text_of(page)

    def test_pages_through_one_kind(self, client: Client) -> None:
        first = text_of(client.get("/search?q=mill+lane&kind=premises"))
        assert "All kinds of places" in first
        assert client.get("/search?q=mill&kind=street&skip=x").status_code == 400

    def test_is_there_as_data(self, client: Client) -> None:
        body = client.get("/search.json?q=12+mill+lane").json()

        assert body["hits"][0]["name"] == "12 Mill Lane, Newport NP20 1AB"
        assert body["hits"][0]["href"].startswith("/premises/pr-")

    def test_suggests_while_somebody_types(self, client: Client) -> None:
        hits = client.get("/search/suggest?q=mil").json()["hits"]

        assert [hit["name"] for hit in hits][:2] == ["Mill Lane", "Millbrook Close"]
        assert hits[0]["note"] == "Residential street in Allt-yr-yn ward"

    def test_escapes_what_was_typed(self, client: Client) -> None:
        body = client.get("/search", {"q": "<script>alert(1)</script>"}).content.decode()

        assert "<script>alert" not in body


@pytest.fixture
def other_panels() -> Iterator[None]:
    kept = dict(ports._panels)
    yield
    ports._panels.clear()
    ports._panels.update(kept)


@pytest.mark.usefixtures("town", "other_panels")
def test_other_rooms_add_panels_in_a_fixed_order(client: Client) -> None:
    def panel(title: str):  # type: ignore[no-untyped-def] - a panel source for the test
        def source(place: PlaceRef, language: str) -> Panel:
            return Panel(title.lower(), title, lines=[Line(f"{title} of {place.name}")])

        return source

    contribute_panel("test.plans", Slot.PLANS, panel("Plans"))
    contribute_panel("test.now", Slot.NOW, panel("Now"))

    words = text_of(client.get(f"/streets/{mill().uid}"))

    assert words.index("Now of Mill Lane") < words.index("Plans of Mill Lane")
    assert words.index("Plans of Mill Lane") < words.index("People and need")


@pytest.mark.usefixtures("town")
class TestDesk:
    def test_is_closed_to_visitors_and_to_officers_who_may_not_import(self, client: Client) -> None:
        assert client.get("/desk/places/").status_code in (302, 401, 403)
        sign_in(client, make_officer(role=Role.OFFICER))
        assert client.get("/desk/places/").status_code == 403

    def test_lists_imports_with_what_they_did(self, client: Client) -> None:
        sign_in(client, make_officer(role=Role.DATA_STEWARD))

        words = text_of(client.get("/desk/places/"))

        assert "town.osm.pbf" in words
        assert "9 new" in words

    def test_shows_findings_by_code_and_page_by_page(self, client: Client) -> None:
        run = ImportRun.objects.get()
        for number in range(60):
            ImportFinding.objects.create(
                run=run, code="osm.broken" if number else "osm.odd", subject=f"way/{number}"
            )
        sign_in(client, make_officer(role=Role.DATA_STEWARD))

        first = client.get(f"/desk/places/{run.uid}")
        odd = text_of(client.get(f"/desk/places/{run.uid}?code=osm.odd"))

        assert "way/49" in text_of(first)
        assert "way/50" not in text_of(first)
        (after,) = re.findall(r"after=(\d+)", first.content.decode())
        assert "way/59" in text_of(client.get(f"/desk/places/{run.uid}?after={after}"))
        assert "way/0" in odd
        assert "way/1 " not in odd
        assert client.get("/desk/places/im-nothing").status_code == 404
        assert client.get(f"/desk/places/{run.uid}?after=x").status_code == 400


@pytest.mark.usefixtures("town")
def test_json_never_holds_bytes_or_tables(client: Client) -> None:
    body = client.get("/areas/W05000001.json").content

    assert json.loads(body)["counts"]["premises"] == 26
