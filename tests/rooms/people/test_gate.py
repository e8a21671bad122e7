"""The gate in front of every page."""

from __future__ import annotations

import logging

import pytest
from django.http import HttpResponse
from django.test import Client

from hereabouts.kernel.access import INSTALLATION
from hereabouts.people import api
from hereabouts.people.domain.roles import Role
from tests.rooms.people.signing_in import (
    make_officer,
    make_person,
    sign_in,
)

pytestmark = pytest.mark.django_db


def bearer(secret: str) -> dict[str, str]:
    return {"HTTP_AUTHORIZATION": f"Bearer {secret}"}


@pytest.fixture
def token() -> str:
    uid = make_officer("boss@example.org", Role.ADMINISTRATOR)
    _, secret = api.create_token(
        uid, name="export", scopes=["journal.read"], days=1, actor=INSTALLATION
    )
    return secret


@pytest.mark.parametrize("path", ["/trial/forgotten", "/trial/forgotten.json"])
def test_a_page_that_says_nothing_about_access_is_closed_to_everybody(
    client: Client, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    sign_in(client, make_officer("boss@example.org", Role.ADMINISTRATOR))
    with caplog.at_level(logging.ERROR):
        answer = client.get(path)
    assert answer.status_code == 403
    assert b"nobody may read this" not in answer.content
    assert "route_not_declared" in caplog.text


def test_a_public_page_sets_no_cookie_and_reads_no_session(
    client: Client, django_assert_num_queries: object
) -> None:
    client.cookies["session"] = "a-key-of-somebody"
    with django_assert_num_queries(0):  # type: ignore[operator]  # the fixture's own type is private
        answer = client.get("/trial/open")
    assert answer.status_code == 200
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")
    assert "Cache-Control" not in answer


def test_a_public_page_may_ask_who_is_there(client: Client) -> None:
    assert client.get("/trial/asks").content == b"a visitor"
    uid = make_person()
    sign_in(client, uid)
    answer = client.get("/trial/asks")
    assert answer.content.decode() == uid
    assert "Cookie" in answer["Vary"]


def test_a_visitor_is_sent_to_sign_in_and_back(client: Client) -> None:
    answer = client.get("/trial/closed?page=2")
    assert answer.status_code == 302
    assert answer["Location"] == "/sign-in?next=%2Ftrial%2Fclosed%3Fpage%3D2"


def test_a_visitors_form_does_not_come_back_as_a_page(client: Client) -> None:
    answer = client.post("/desk/tokens/")
    assert answer["Location"] == "/sign-in?next=%2Fdesk%2F"


def test_a_program_without_a_token_is_told_in_its_own_words(client: Client) -> None:
    answer = client.get("/api/trial")
    assert answer.status_code == 401
    assert answer.json()["code"] == "access.sign_in_needed"
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_person_without_the_capability_is_refused(client: Client) -> None:
    sign_in(client, make_person())
    page, data = client.get("/trial/closed"), client.get("/api/trial")
    assert (page.status_code, data.status_code) == (403, 403)
    assert "Read the journal" in page.content.decode()
    assert data.json()["code"] == "access.not_allowed"


def test_an_auditor_reads_what_auditors_may_and_no_cache_keeps_it(client: Client) -> None:
    sign_in(client, make_officer(role=Role.AUDITOR))
    answer = client.get("/trial/closed")
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"


def test_a_token_opens_the_api_within_its_scopes(client: Client, token: str) -> None:
    answer = client.get("/api/trial", **bearer(token))
    assert answer.status_code == 200
    assert answer.json()["person"].startswith("person-")
    assert client.get("/api/trial", HTTP_AUTHORIZATION=f"bearer {token}").status_code == 200


def test_a_token_opens_no_page(client: Client, token: str) -> None:
    assert client.get("/trial/closed", **bearer(token)).status_code == 302
    assert client.get("/desk/tokens/", **bearer(token)).status_code == 302


def test_a_token_in_the_address_is_not_read(client: Client, token: str) -> None:
    for name in ("token", "access_token", "key"):
        assert client.get("/api/trial", {name: token}).status_code == 401


@pytest.mark.parametrize("secret", ["", "nonsense", "hereabouts_" + "a" * 43, "ü" * 50])
def test_a_wrong_token_is_refused_even_with_a_session(client: Client, secret: str) -> None:
    sign_in(client, make_officer(role=Role.AUDITOR))
    answer: HttpResponse = client.get("/api/trial", **bearer(secret))
    assert answer.status_code == (401 if secret else 200)


def test_a_wrong_token_is_refused_where_a_public_page_asks(client: Client) -> None:
    assert client.get("/trial/asks", **bearer("hereabouts_none")).content == b"a visitor"


def test_a_program_with_a_token_needs_no_form_token_and_a_browser_does(token: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/api/trial", **bearer(token)).status_code == 200
    sign_in(strict, make_officer(role=Role.AUDITOR))
    assert strict.post("/api/trial").status_code == 403


def test_a_session_does_not_ride_on_a_wrong_token_past_the_form_check() -> None:
    strict = Client(enforce_csrf_checks=True)
    sign_in(strict, make_officer(role=Role.AUDITOR))
    assert strict.post("/api/trial", **bearer("hereabouts_" + "a" * 43)).status_code == 401


def test_an_officer_without_an_app_is_sent_to_set_one_up(client: Client) -> None:
    sign_in(client, make_person("new@example.org", Role.AUDITOR))
    answer = client.get("/trial/closed")
    assert answer["Location"] == "/account/second-step?next=%2Ftrial%2Fclosed"
    assert client.get("/api/trial").status_code == 403
    assert client.get("/account").status_code == 200


def test_an_officer_who_skipped_the_code_is_asked_for_it(client: Client) -> None:
    from hereabouts.people.queries import get_account

    client.force_login(get_account(make_officer(role=Role.AUDITOR)))
    answer = client.get("/trial/closed")
    assert answer["Location"] == "/account/confirm/code?next=%2Ftrial%2Fclosed"


def test_every_address_of_this_room_is_marked() -> None:
    from django.urls import URLPattern, URLResolver

    from hereabouts.kernel.access import access_of
    from hereabouts.people.web import urls

    def views(patterns: list[URLPattern | URLResolver]) -> list[object]:
        found: list[object] = []
        for entry in patterns:
            if isinstance(entry, URLResolver):
                found += views(entry.url_patterns)
            else:
                found.append(entry.callback)
        return found

    marks = [access_of(view) for view in views(urls.urlpatterns)]
    assert len(marks) > 25
    assert None not in marks


def test_a_public_page_with_header_and_footer_sets_no_cookie(client: Client) -> None:
    answer = client.get("/account-deleted")
    assert answer.status_code == 200
    assert not answer.cookies
    assert "no-store" not in answer.get("Cache-Control", "")


def test_a_message_is_shown_once_and_in_no_cache(client: Client) -> None:
    sign_in(client, make_person())
    client.post("/account", {"display_name": "Ann", "language": "en"})
    answer = client.get("/account-deleted")
    assert "Your details are saved" in answer.content.decode()
    assert answer["Cache-Control"] == "private, no-store"
    assert "Your details are saved" not in client.get("/account-deleted").content.decode()


def test_every_answer_keeps_browsers_from_what_we_never_need(client: Client) -> None:
    answer = client.get("/sign-in")
    assert "camera=()" in answer["Permissions-Policy"]
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert "unsafe" not in answer["Content-Security-Policy"]
