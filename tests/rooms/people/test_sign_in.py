"""Signing in by link, by password and code; what a stranger at the door learns and can do."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from hereabouts.kernel.access import INSTALLATION
from hereabouts.kernel.time import now
from hereabouts.people import api
from hereabouts.people.domain.codes import code_at
from hereabouts.people.domain.roles import Role
from hereabouts.people.domain.security import SecurityFact
from hereabouts.people.models import Person, SecurityNote, Session, SignInLink
from tests.rooms.people.signing_in import (
    PASSWORD,
    ask_for_link,
    code_now,
    make_officer,
    make_person,
    path_in_letter,
)

pytestmark = pytest.mark.django_db

OFFICER = "officer@example.org"


def give_password(
    client: Client, address: str = OFFICER, password: str = PASSWORD, next: str = ""
) -> HttpResponse:
    form = {"login": address, "password": password, "next": next}
    answer: HttpResponse = client.post("/sign-in/password", form)
    return answer


def session_cookie(client: Client) -> str:
    return client.cookies["session"].value


def test_a_resident_signs_in_by_link(client: Client) -> None:
    uid = make_person()
    link = ask_for_link(client, " Ann@Example.org ")
    page = client.get(link)
    assert page.status_code == 200
    assert "a…@example.org" in page.content.decode()
    answer = client.post(link)
    assert (answer.status_code, answer["Location"]) == (302, "/account")
    assert client.get("/account").status_code == 200
    assert [line.what for line in api.list_security_lines(uid)] == [SecurityFact.SIGNED_IN]


def test_opening_a_link_uses_nothing_up_and_signs_nobody_in(client: Client) -> None:
    make_person()
    link = ask_for_link(client, "ann@example.org")
    for _ in range(3):
        scanned = Client().get(link)
        assert scanned.status_code == 200
        assert "session" not in scanned.cookies
    assert Client().head(link).status_code == 200
    assert client.post(link).status_code == 302
    assert client.get("/account").status_code == 200


def test_a_link_works_on_another_device(client: Client) -> None:
    make_person()
    link = ask_for_link(client, "ann@example.org")
    phone = Client()
    assert phone.post(link)["Location"] == "/account"
    assert client.get("/account").status_code == 302


def test_a_used_link_is_gone(client: Client) -> None:
    make_person()
    link = ask_for_link(client, "ann@example.org")
    client.post(link)
    stranger = Client()
    for answer in (stranger.get(link), stranger.post(link)):
        assert answer.status_code == 410
    assert stranger.get("/account").status_code == 302


def test_an_old_link_is_gone(client: Client) -> None:
    make_person()
    link = ask_for_link(client, "ann@example.org")
    SignInLink.objects.update(expires_at=now() - timedelta(seconds=1))
    assert client.get(link).status_code == 410
    assert client.post(link).status_code == 410
    assert Session.objects.filter(person__isnull=False).count() == 0


def test_a_link_that_never_was_is_gone(client: Client) -> None:
    assert client.get("/sign-in/link/" + "x" * 43).status_code == 410


def test_the_page_of_a_link_is_kept_nowhere_and_passed_on_to_nobody(client: Client) -> None:
    make_person()
    page = client.get(ask_for_link(client, "ann@example.org"))
    assert page["Referrer-Policy"] == "no-referrer"
    assert "no-store" in page["Cache-Control"]


def test_nobody_can_tell_from_page_or_letter_who_has_an_account(client: Client) -> None:
    make_person("known@example.org")
    closed = make_person("closed@example.org")
    api.disable_person(closed, actor=INSTALLATION)
    seen = []
    for address in ("known@example.org", "unknown@example.org", "closed@example.org"):
        mail.outbox.clear()
        answer = client.post("/sign-in", {"email": address}, follow=True)
        letter = re.sub(r"/sign-in/link/\S+", "LINK", str(mail.outbox[0].body))
        told = re.sub(r'value="[^"]{64}"', "", answer.content.decode())
        seen.append((answer.status_code, answer.redirect_chain, told, letter))
    assert seen[0] == seen[1] == seen[2]


def test_whoever_opens_a_link_to_an_unknown_address_gets_an_account(client: Client) -> None:
    link = ask_for_link(client, "new@example.org")
    assert not Person.objects.exists()
    assert "Make your account" in client.get(link).content.decode()
    client.post(link)
    assert client.get("/account").status_code == 200
    assert api.find_person_by_address("new@example.org") is not None


def test_a_closed_account_stays_closed_to_links_and_passwords(client: Client) -> None:
    uid = make_officer()
    api.disable_person(uid, actor=INSTALLATION)
    assert client.post(ask_for_link(client, OFFICER)).status_code == 410
    assert give_password(client)["Location"] == "/sign-in/closed"
    assert client.get("/sign-in/closed").status_code == 200
    assert client.get("/account").status_code == 302


@pytest.mark.parametrize("typed", ["", "nobody", "a@b@c", "a@example.org\r\nBcc: b@example.org"])
def test_what_is_no_address_gets_no_letter(client: Client, typed: str) -> None:
    answer = client.post("/sign-in", {"email": typed})
    assert answer.status_code == 200
    assert "There is a problem" in answer.content.decode()
    assert mail.outbox == []


def test_a_form_from_elsewhere_sends_no_letter_and_signs_nobody_in() -> None:
    make_person()
    link = ask_for_link(Client(), "ann@example.org")
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/sign-in", {"email": "ann@example.org"}).status_code == 403
    assert strict.post(link).status_code == 403
    assert give_password(strict).status_code == 403
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "http:///evil.example",
        "javascript:alert(1)",
        "http://testserver/account",
        "\x00/account",
        "/account\x00",
        "/account\r\nSet-Cookie: a=b",
        "account",
    ],
)
def test_signing_in_leads_to_no_other_site(client: Client, elsewhere: str) -> None:
    make_person()
    link = ask_for_link(client, "ann@example.org", next=elsewhere)
    assert client.post(link)["Location"] == "/account"
    make_officer()
    stranger = Client()
    give_password(stranger, next=elsewhere)
    answer = stranger.post("/sign-in/code", {"code": code_now()})
    assert answer["Location"] == "/desk/"


def test_signing_in_leads_back_to_where_one_came_from(client: Client) -> None:
    make_person()
    link = ask_for_link(client, "ann@example.org", next="/search?q=mill+lane")
    assert client.post(link)["Location"] == "/search?q=mill+lane"
    page = client.get("/sign-in?next=https://evil.example/")
    assert "evil.example" not in page.content.decode().split("<main")[1].split("</main>")[0]


def test_links_for_one_address_are_throttled_whoever_asks() -> None:
    for number in range(3):
        ask_for_link(Client(REMOTE_ADDR=f"192.0.2.{number}"), "ann@example.org")
    answer = Client(REMOTE_ADDR="192.0.2.99").post("/sign-in", {"email": "ANN@example.org"})
    assert answer.status_code == 429
    assert len(mail.outbox) == 3
    ask_for_link(Client(REMOTE_ADDR="192.0.2.99"), "bob@example.org")


def test_links_asked_for_from_one_address_of_the_network_are_throttled(client: Client) -> None:
    for number in range(20):
        client.post("/sign-in", {"email": f"person{number}@example.org"})
    assert client.post("/sign-in", {"email": "another@example.org"}).status_code == 429
    assert len(mail.outbox) == 20


def test_a_forged_header_does_not_fool_the_throttle(client: Client) -> None:
    for number in range(21):
        answer = client.post(
            "/sign-in",
            {"email": f"person{number}@example.org"},
            HTTP_X_FORWARDED_FOR=f"198.51.100.{number}",
        )
    assert answer.status_code == 429


def test_a_letter_that_cannot_leave_is_owned_up_to(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(letter: mail.EmailMessage, fail_silently: bool = False) -> int:
        raise SMTPServerDisconnected("gone")

    monkeypatch.setattr(mail.EmailMessage, "send", refuse)
    answer = client.post("/sign-in", {"email": "ann@example.org"})
    assert answer.status_code == 503
    assert "could not send" in answer.content.decode()


def test_a_letter_says_how_long_and_how_often_its_link_works(client: Client) -> None:
    ask_for_link(client, "ann@example.org")
    letter = mail.outbox[0]
    assert letter.to == ["ann@example.org"]
    assert "15 minutes, once" in str(letter.body)
    assert "http://testserver/sign-in/link/" in str(letter.body)
    assert "\n\n\n" not in str(letter.body)


def test_links_carry_the_address_the_operator_set(client: Client, settings: Settings) -> None:
    settings.CONFIGURATION = replace(settings.CONFIGURATION, base_url="https://place.example/")
    ask_for_link(client, "ann@example.org")
    assert "https://place.example/sign-in/link/" in str(mail.outbox[0].body)


def test_an_officer_signs_in_by_password_and_code(client: Client) -> None:
    make_officer()
    assert give_password(client)["Location"] == "/sign-in/code"
    assert client.get("/desk/").status_code == 302
    assert client.get("/account").status_code == 302
    assert client.get("/sign-in/code").status_code == 200
    answer = client.post("/sign-in/code", {"code": code_now()})
    assert answer["Location"] == "/desk/"
    assert client.get("/desk/").status_code == 200


def test_an_officers_link_leads_to_the_code_as_well(client: Client) -> None:
    make_officer()
    assert client.post(ask_for_link(client, OFFICER))["Location"] == "/sign-in/code"
    assert client.get("/desk/").status_code == 302
    client.post("/sign-in/code", {"code": code_now()})
    assert client.get("/desk/").status_code == 200


def test_a_code_is_good_once(client: Client) -> None:
    make_officer()
    code = code_now()
    give_password(client)
    assert client.post("/sign-in/code", {"code": code}).status_code == 302
    stranger = Client()
    give_password(stranger)
    answer = stranger.post("/sign-in/code", {"code": code})
    assert answer.status_code == 200
    assert "not right, or was used already" in answer.content.decode()
    assert stranger.get("/desk/").status_code == 302


def test_a_code_stays_used_after_its_half_minute_is_over(client: Client) -> None:
    """For one more step it would be accepted, so it must still be remembered."""
    make_officer()
    give_password(client)
    code = code_now()
    assert client.post("/sign-in/code", {"code": code}).status_code == 302
    uid = Person.objects.get().pk
    # What django-allauth itself remembers is gone after 30 seconds.
    cache.delete(f"allauth.mfa.totp.used?user={uid}&code={code}")
    stranger = Client()
    give_password(stranger)
    assert stranger.post("/sign-in/code", {"code": code}).status_code == 200


def test_wrong_codes_are_throttled_and_then_even_the_right_one_waits(client: Client) -> None:
    make_officer()
    give_password(client)
    for number in range(5):
        assert client.post("/sign-in/code", {"code": f"00000{number}"}).status_code == 200
    answer = client.post("/sign-in/code", {"code": code_now()})
    assert "tried too often" in answer.content.decode()
    assert client.get("/desk/").status_code == 302


def test_a_recovery_code_signs_in_once(client: Client) -> None:
    uid = make_officer()
    code = RecoveryCodes.activate(Person.objects.get(uid=uid)).generate_codes()[0]
    give_password(client)
    assert client.post("/sign-in/code", {"code": code})["Location"] == "/desk/"
    stranger = Client()
    give_password(stranger)
    assert stranger.post("/sign-in/code", {"code": code}).status_code == 200


def test_wrong_passwords_are_throttled_by_address_whoever_tries() -> None:
    make_officer()
    for number in range(5):
        answer = give_password(Client(REMOTE_ADDR=f"192.0.2.{number}"), password="not the one")
        assert "do not belong together" in answer.content.decode()
    answer = give_password(Client(REMOTE_ADDR="192.0.2.99"))
    assert answer.status_code == 200
    assert "tried too often" in answer.content.decode()


def test_passwords_from_one_address_of_the_network_are_throttled() -> None:
    make_officer()
    for number in range(30):
        give_password(Client(), address=f"person{number}@example.org", password="not the one")
    answer = give_password(Client())
    assert answer.status_code == 429
    assert "Wait a few minutes" in answer.content.decode()


def test_a_wrong_password_and_an_unknown_address_look_the_same() -> None:
    make_officer()
    told = []
    for address in (OFFICER, "unknown@example.org"):
        answer = give_password(Client(), address=address, password="not the one")
        text = answer.content.decode().replace(address, "ADDRESS")
        told.append((answer.status_code, re.sub(r'value="[^"]{64}"', "", text)))
    assert told[0] == told[1]


def test_an_unknown_address_costs_as_much_time_as_a_wrong_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A password is hashed either way."""
    make_officer()
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def count(self: MD5PasswordHasher, password: str, *args: object, **kwargs: object) -> str:
        hashed.append(password)
        return encode(self, password, *args, **kwargs)

    monkeypatch.setattr(MD5PasswordHasher, "encode", count)
    counts = []
    for address in (OFFICER, "unknown@example.org"):
        hashed.clear()
        give_password(Client(), address=address, password="not the one")
        counts.append(len(hashed))
    assert counts == [1, 1]


def test_a_wrong_password_is_noted_with_the_account(client: Client) -> None:
    uid = make_officer()
    give_password(client, password="not the one")
    assert [line.what for line in api.list_security_lines(uid)] == [SecurityFact.WRONG_PASSWORD]
    give_password(client, address="unknown@example.org")
    assert SecurityNote.objects.count() == 1


def test_the_session_key_changes_at_sign_in(client: Client) -> None:
    make_officer()
    give_password(client)
    before = session_cookie(client)
    client.post("/sign-in/code", {"code": code_now()})
    after = session_cookie(client)
    assert before != after
    stale = Client()
    stale.cookies["session"] = before
    assert stale.get("/desk/").status_code == 302


def test_signing_in_as_another_makes_the_first_one_leave(client: Client) -> None:
    make_person("ann@example.org")
    bob = make_person("bob@example.org")
    client.post(ask_for_link(client, "ann@example.org"))
    mail.outbox.clear()
    client.post(ask_for_link(client, "bob@example.org"))
    assert "bob@example.org" in client.get("/account").content.decode()
    assert Session.objects.filter(person__isnull=False).count() == 1
    assert len(api.list_sessions(bob, now())) == 1


def test_a_new_officer_is_led_from_invitation_to_desk(client: Client) -> None:
    uid = make_person("new@example.org", Role.OFFICER)
    _, secret = api.invite("new@example.org", actor=INSTALLATION)
    assert client.post(f"/sign-in/link/{secret}")["Location"] == "/desk/"
    assert client.get("/desk/")["Location"].startswith("/account/second-step")
    page = client.get("/account/second-step").content.decode()
    assert "data:image/svg+xml" in page
    found = re.search(r"secret=([A-Z2-7]{32})", page)
    assert found is not None
    code = code_at(found[1], now())
    assert client.post("/account/second-step", {"code": "000000"}).status_code == 200
    answer = client.post("/account/second-step", {"code": code})
    assert answer["Location"] == "/account/recovery-codes"
    shown = client.get("/account/recovery-codes").content.decode()
    assert len(re.findall(r"<code>\d{10}</code>", shown)) == 10
    again = client.get("/account/recovery-codes").content.decode()
    assert re.findall(r"<code>\d{10}</code>", again) == []
    assert client.get("/desk/").status_code == 200
    assert found[1] not in str(Authenticator.objects.filter(type="totp").values())
    facts = [line.what for line in api.list_security_lines(uid)]
    assert facts == [SecurityFact.SECOND_STEP_SET_UP, SecurityFact.SIGNED_IN]


def test_signing_out_needs_a_button(client: Client) -> None:
    make_person()
    client.post(ask_for_link(client, "ann@example.org"))
    assert client.get("/sign-out").status_code == 200
    assert client.get("/account").status_code == 200
    assert client.post("/sign-out")["Location"] == "/"
    assert client.get("/account").status_code == 302
    assert not Session.objects.filter(person__isnull=False).exists()


def test_no_secret_reaches_a_log(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    make_officer()
    with caplog.at_level(0):
        link = ask_for_link(client, OFFICER)
        client.post(link)
        give_password(client)
        code = code_now()
        client.post("/sign-in/code", {"code": code})
    secret = link.rpartition("/")[2]
    told = "\n".join(
        record.getMessage() for record in caplog.records if not record.name.startswith("django.db")
    )
    for word in (secret, PASSWORD, OFFICER):
        assert word not in told
    assert path_in_letter() == link
