"""The frame of every page, the reader's choices, and how refusals and faults are answered."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template import engines
from django.test import Client, RequestFactory
from pytest_django import Settings

from hereabouts import design
from hereabouts.design.pages import ENGINE
from tests.rooms.design.markup import Page

pytestmark = pytest.mark.django_db

INVENTED = '[council]\nname = "Dun Council"\nname_cy = "Cyngor Dun"\nplace = "Dun"\n' + (
    "invented = true\n"
)


@pytest.fixture
def invented(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "council.toml").write_text(INVENTED)
    settings.COUNCIL_FOLDER = str(tmp_path)


def test_a_page_says_its_language_and_lets_keyboards_skip_to_the_content(client: Client) -> None:
    page = Page(client.get("/trial/form"))
    assert page.one("/html").get("lang") == "en"
    assert page.one("//body/a[1]").get("href") == "#main-content"
    assert page.one("//main").get("id") == "main-content"


def test_nothing_on_a_page_is_inline(client: Client) -> None:
    page = Page(client.get("/trial/map"))
    assert page.find("//*[@style] | //style | //script[not(@src)]") == []
    assert [name for name in page.tree.xpath("//@*") if name.attrname.startswith("on")] == []


def test_a_page_asks_no_other_host_for_anything(client: Client) -> None:
    page = Page(client.get("/trial/map"))
    addresses = page.tree.xpath("//link/@href | //script/@src | //img/@src")
    assert addresses
    assert [address for address in addresses if not address.startswith("/")] == []


def test_everything_shown_lies_in_a_landmark(client: Client) -> None:
    page = Page(client.get("/trial/form"))
    assert {child.tag for child in page.one("//body")} <= {"a", "header", "div", "footer"}
    assert page.find("//body/div//main")


def test_an_invented_place_says_so_on_every_page(client: Client, invented: None) -> None:
    assert "Invented town." in Page(client.get("/trial/form")).said("//header")[0]
    assert "Invented town." in Page(client.get("/nowhere")).said("//header")[0]


def test_a_real_place_does_not(client: Client) -> None:
    assert "Invented" not in Page(client.get("/trial/form")).text


def test_the_language_is_kept_and_the_reader_stays_on_the_page(
    client: Client, invented: None
) -> None:
    answer = client.post("/language", {"language": "cy", "next": "/trial/form?a=1"})
    assert (answer.status_code, answer["Location"]) == (302, "/trial/form?a=1")
    page = Page(client.get("/trial/form"))
    assert page.one("/html").get("lang") == "cy"
    assert page.said("//title")[0].endswith("Cyngor Dun")
    assert page.said("//*[@aria-current='true']") == ["Cymraeg"]


@pytest.mark.parametrize("next_page", ["https://example.com/", "//example.com", "javascript:1", ""])
def test_the_way_back_never_leads_off_the_site(client: Client, next_page: str) -> None:
    answer = client.post("/language", {"language": "cy", "next": next_page})
    assert answer["Location"] == "/"


def test_a_language_that_is_not_offered_is_not_kept(client: Client) -> None:
    assert "language" not in client.post("/language", {"language": "fr"}).cookies


def test_a_reader_of_a_language_that_is_not_offered_gets_the_councils_own(
    client: Client, tmp_path: Path, settings: Settings
) -> None:
    (tmp_path / "council.toml").write_text(INVENTED + 'languages = ["en"]\n')
    settings.COUNCIL_FOLDER = str(tmp_path)
    page = Page(client.get("/trial/form", headers={"Accept-Language": "cy"}))
    assert page.one("/html").get("lang") == "en"
    assert page.find("//form[@action='/language']") == []


def test_choices_are_made_by_post_only(client: Client) -> None:
    assert client.get("/language").status_code == 405
    assert client.get("/theme").status_code == 405


def test_the_theme_is_written_into_the_page_by_the_server(client: Client) -> None:
    assert Page(client.get("/trial/form")).one("/html").get("data-theme") is None
    client.post("/theme", {"theme": "dark"})
    page = Page(client.get("/trial/form"))
    assert page.one("/html").get("data-theme") == "dark"
    assert page.said("//button[@aria-pressed='true']") == ["Dark"]
    client.post("/theme", {"theme": "system"})
    assert Page(client.get("/trial/form")).one("/html").get("data-theme") is None


def test_a_forged_theme_is_passed_over(client: Client) -> None:
    client.post("/theme", {"theme": "neon"})
    client.cookies["theme"] = '"><script>'
    assert Page(client.get("/trial/form")).one("/html").get("data-theme") is None


def test_a_public_page_sets_no_cookie_and_tells_caches_what_it_depends_on(client: Client) -> None:
    answer = client.get("/trial/map")
    assert not answer.cookies
    assert {"cookie", "accept-language"} <= {
        name.strip().lower() for name in answer["Vary"].split(",")
    }


def test_the_councils_colours_are_a_stylesheet_that_caches(client: Client) -> None:
    first = client.get("/theme.css")
    assert first["Content-Type"] == "text/css; charset=utf-8"
    assert "--council-brand:#1f4f59" in first.content.decode()
    again = client.get("/theme.css", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304


def test_other_colours_are_another_stylesheet(
    client: Client, tmp_path: Path, settings: Settings
) -> None:
    before = client.get("/theme.css")["ETag"]
    (tmp_path / "council.toml").write_text(INVENTED + '[theme.light]\nbrand = "#5b2a4e"\n')
    settings.COUNCIL_FOLDER = str(tmp_path)
    answer = client.get("/theme.css", headers={"If-None-Match": before})
    assert "--council-brand:#5b2a4e" in answer.content.decode()


def test_a_map_stands_beside_words_and_says_what_to_do_without_script(client: Client) -> None:
    figure = Page(client.get("/trial/map")).one("//figure")
    island = figure.find("*[@data-island='place-map']")
    assert island is not None
    assert island.get("data-tiles") == "/tiles/places/{z}/{x}/{y}.mvt"
    assert island.get("data-feature-uid") == "str-1"
    assert '"bin": "Litter bin"' in island.get("data-asset-names")
    assert "The map needs JavaScript." in island.text_content()
    assert "The map shows Mill Lane." in figure.find("figcaption").text_content()


def test_a_refusal_is_a_page_with_its_sentence_filled_in_and_escaped(client: Client) -> None:
    page = Page(client.get("/trial/joined"))
    assert page.status == 410
    assert page.said("//h1") == ["This is no longer here"]
    assert "This street is now part of <Mill Lane>." in page.said("//main//p")
    assert "<Mill Lane>" not in page.text


def test_a_refusal_is_json_for_those_who_asked_for_it(client: Client) -> None:
    wanted = {
        "code": "trial.joined",
        "message": "This street is now part of <Mill Lane>.",
    }
    assert client.get("/trial/joined.json").json() == wanted
    asked = client.get("/trial/joined", headers={"Accept": "application/json"})
    assert (asked.status_code, asked.json()) == (410, wanted)


def test_a_stranger_is_led_to_sign_in_and_back(client: Client) -> None:
    page = Page(client.get("/trial/sign-in?a=1"))
    assert page.status == 401
    (link,) = page.find("//main//a")
    assert link.get("href").endswith("?next=/trial/sign-in%3Fa%3D1")


def test_a_missing_permission_is_named_and_nothing_was_lost(client: Client) -> None:
    page = Page(client.get("/trial/forbidden"))
    assert page.status == 403
    assert any("places.import" in words for words in page.said("//main//p"))
    assert "Nothing was changed." in page.said("//main//p")


def test_a_missing_page_offers_the_search(client: Client) -> None:
    page = Page(client.get("/nowhere/at/all"))
    assert (page.status, page.said("//h1")) == (404, ["Page not found"])
    assert page.one("//main//form").get("action") == "/search"


def test_a_missing_page_is_json_for_a_json_address(client: Client) -> None:
    answer = client.get("/nowhere.json")
    assert (answer.status_code, answer.json()["code"]) == (404, "404")


def test_a_bug_is_owned_up_to_without_asking_the_database(
    client: Client, django_assert_num_queries: object
) -> None:
    client.raise_request_exception = False
    with django_assert_num_queries(0):  # type: ignore[operator]
        page = Page(client.get("/trial/broken"))
    assert (page.status, page.said("//h1")) == (500, ["Something went wrong"])
    assert "ZeroDivisionError" not in page.text


def test_the_frame_leaves_the_names_of_a_page_alone(rf: RequestFactory) -> None:
    frame = Path(design.__file__).parent / "templates" / "design" / "layout.html"
    names = re.findall(r"{%-? set (\w+)", frame.read_text())
    assert len(names) > 5
    assert [name for name in names if not name.startswith("page_")] == []
    text = '{% extends "design/layout.html" %}{% block content %}{{ choices }}{% endblock %}'
    page = engines[ENGINE].from_string(text).render({"choices": "mine"}, rf.get("/"))
    assert "mine" in page


def test_a_form_from_elsewhere_is_refused_and_says_why() -> None:
    page = Page(Client(enforce_csrf_checks=True).post("/trial/form", {}))
    assert (page.status, page.said("//h1")) == (403, ["The page was open for too long"])
