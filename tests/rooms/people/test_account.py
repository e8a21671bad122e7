"""One's own account and its sessions."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.db.models import F
from django.test import Client

from hereabouts.kernel.access import INSTALLATION
from hereabouts.kernel.time import now
from hereabouts.people import api
from hereabouts.people.adapters.sign_in import SIGNED_IN_AT
from hereabouts.people.domain.links import digest_of
from hereabouts.people.domain.roles import Role
from hereabouts.people.domain.security import SecurityFact
from hereabouts.people.models import Person, Session
from hereabouts.people.ports import add_personal_data_holder
from tests.rooms.people.signing_in import (
    PASSWORD,
    actor_for,
    ask_for_link,
    code_now,
    make_officer,
    make_person,
    sign_in,
)

pytestmark = pytest.mark.django_db


def age(client: Client, **span: float) -> None:
    """Make the session look as if its person had signed in that long ago."""
    session = client.session
    session[SIGNED_IN_AT] = (now() - timedelta(**span)).isoformat()
    session.save()


def leave_alone(client: Client, **span: float) -> None:
    """Make the session look as if it had not been used for that long."""
    Session.objects.update(seen_at=F("seen_at") - timedelta(**span))


def test_a_session_is_kept_under_a_digest_with_its_person_and_browser(client: Client) -> None:
    uid = make_person()
    link = ask_for_link(client, "ann@example.org")
    client.post(link, headers={"user-agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0"})
    key = client.cookies["session"].value
    row = Session.objects.get(person__uid=uid)
    assert row.digest == digest_of(key)
    assert key not in str(row.__dict__)
    assert (row.device, row.network) == ("Firefox, Linux", "127.0.0.0/24")


def test_the_cookie_of_a_session_is_out_of_reach_of_scripts(client: Client) -> None:
    make_person()
    client.post(ask_for_link(client, "ann@example.org"))
    cookie = client.cookies["session"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert int(cookie["max-age"]) == 14 * 24 * 3600


def test_a_desk_left_for_an_hour_is_signed_out_and_says_why(client: Client) -> None:
    sign_in(client, make_officer())
    assert client.get("/desk/").status_code == 200
    leave_alone(client, minutes=61)
    answer = client.get("/desk/")
    assert answer["Location"] == "/sign-in?next=%2Fdesk%2F&ended=1"
    assert "signed out because" in client.get(answer["Location"]).content.decode()
    assert not Session.objects.filter(person__isnull=False).exists()


def test_a_desk_ends_after_twelve_hours_however_busy(client: Client) -> None:
    sign_in(client, make_officer())
    age(client, hours=11)
    assert client.get("/desk/").status_code == 200
    age(client, hours=12.1)
    assert client.get("/desk/").status_code == 302


def test_a_resident_stays_signed_in_by_coming_back(client: Client) -> None:
    sign_in(client, make_person())
    assert client.get("/account").status_code == 200
    leave_alone(client, days=13)
    age(client, days=100)
    answer = client.get("/account")
    assert answer.status_code == 200
    assert "session" in answer.cookies, "the cookie is sent anew, with another fortnight to run"
    assert "session" not in client.get("/account").cookies, "but only once a day"
    leave_alone(client, days=15)
    assert client.get("/account").status_code == 302


def test_a_session_in_use_is_noted_once_a_minute(client: Client) -> None:
    sign_in(client, make_person())
    client.get("/account")
    leave_alone(client, minutes=5)
    before = Session.objects.get().seen_at
    client.get("/account")
    noted = Session.objects.get().seen_at
    assert noted - before > timedelta(minutes=4)
    client.get("/account")
    assert Session.objects.get().seen_at == noted


def test_a_session_that_ran_out_in_the_table_opens_nothing(client: Client) -> None:
    sign_in(client, make_person())
    Session.objects.update(expires_at=now() - timedelta(seconds=1))
    assert client.get("/account").status_code == 302


def test_new_roles_sign_a_person_out(client: Client) -> None:
    uid = make_person()
    sign_in(client, uid)
    api.change_roles(uid, frozenset({Role.OFFICER}), actor=INSTALLATION)
    assert client.get("/account").status_code == 302


def test_a_closed_account_is_out_at_once(client: Client) -> None:
    uid = make_person()
    sign_in(client, uid)
    api.disable_person(uid, actor=INSTALLATION)
    assert client.get("/account").status_code == 302


def test_my_details_are_changed_and_the_pages_follow_my_language(client: Client) -> None:
    uid = make_person()
    sign_in(client, uid)
    answer = client.post("/account", {"display_name": "Ann Other", "language": "cy"})
    assert answer.status_code == 302
    assert answer.cookies["language"].value == "cy"
    card = api.get_person(uid)
    assert (card.display_name, card.language) == ("Ann Other", "cy")
    assert 'lang="cy"' in client.get("/account").content.decode()
    assert client.post("/account", {"language": "xx"}).status_code == 200
    assert api.get_person(uid).language == "cy"


def test_i_see_where_i_am_signed_in_and_sign_another_browser_out(client: Client) -> None:
    uid = make_person()
    phone = Client()
    sign_in(client, uid)
    sign_in(phone, uid)
    page = client.get("/account/security").content.decode()
    assert page.count("This browser") == 1
    assert page.count('name="session"') == 1
    here = digest_of(client.cookies["session"].value)
    other = next(card for card in api.list_sessions(uid, now()) if card.digest != here)
    client.post("/account/sessions/end", {"session": other.uid})
    assert phone.get("/account").status_code == 302
    assert client.get("/account").status_code == 200


def test_i_cannot_sign_somebody_else_out(client: Client) -> None:
    ann, bob = make_person("ann@example.org"), make_person("bob@example.org")
    sign_in(client, ann)
    phone = Client()
    sign_in(phone, bob)
    theirs = api.list_sessions(bob, now())[0]
    client.post("/account/sessions/end", {"session": theirs.uid})
    assert phone.get("/account").status_code == 200


def test_i_sign_out_everywhere(client: Client) -> None:
    uid = make_person()
    phone = Client()
    sign_in(client, uid)
    sign_in(phone, uid)
    assert client.post("/account/sessions/end").status_code == 302
    for browser in (client, phone):
        assert browser.get("/account").status_code == 302
    assert not Session.objects.filter(person__isnull=False).exists()


def test_what_protects_the_account_asks_residents_for_a_new_link(client: Client) -> None:
    uid = make_person()
    sign_in(client, uid)
    client.get("/account")
    age(client, minutes=16)
    answer = client.get("/account/delete")
    assert answer["Location"] == "/sign-in?next=%2Faccount%2Fdelete&again=1"
    assert "Confirm that it is you" in client.get(answer["Location"]).content.decode()
    link = ask_for_link(client, "ann@example.org", next="/account/delete")
    assert client.post(link)["Location"] == "/account/delete"
    assert client.get("/account/delete").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/account/password",
        "/account/delete",
        "/account/data",
        "/account/second-step/remove",
        "/account/recovery-codes/new",
    ],
)
def test_what_protects_the_account_asks_officers_for_a_code(client: Client, path: str) -> None:
    sign_in(client, make_officer())
    client.get("/account")
    age(client, minutes=16)
    asked = client.get(path)["Location"]
    assert asked.startswith("/account/confirm/code?next=")
    assert client.get(asked).status_code == 200
    assert client.post(asked, {"code": "000000"}).status_code == 200
    assert client.get(path).status_code == 302
    answer = client.post(asked, {"code": code_now()})
    assert (answer.status_code, answer["Location"]) == (302, path)
    assert client.get(path).status_code == 200


def test_a_password_does_not_take_the_app_off(client: Client) -> None:
    sign_in(client, make_officer())
    client.get("/account")
    age(client, minutes=16)
    answer = client.get("/account/confirm/password")
    assert answer.status_code == 302
    client.post("/account/confirm/password", {"password": PASSWORD})
    client.post("/account/second-step/remove")
    assert Authenticator.objects.filter(type="totp").exists()


def test_an_officer_without_an_app_confirms_by_password(client: Client) -> None:
    uid = make_person("new@example.org", Role.OFFICER)
    api.set_password(uid, PASSWORD, actor=INSTALLATION)
    sign_in(client, uid)
    client.get("/account")
    age(client, minutes=16)
    asked = client.get("/account/second-step")["Location"]
    assert asked.startswith("/account/confirm/password")
    assert "not your password" in client.post(asked, {"password": "no"}).content.decode()
    assert client.post(asked, {"password": PASSWORD})["Location"] == "/account/second-step"
    assert client.get("/account/second-step").status_code == 200


def test_moving_to_another_phone_rests_the_roles_until_it_is_set_up(client: Client) -> None:
    uid = make_officer()
    sign_in(client, uid)
    client.get("/account")
    assert client.get("/account/second-step/remove").status_code == 200
    client.post("/account/second-step/remove")
    assert not Authenticator.objects.exists()
    assert client.get("/desk/")["Location"].startswith("/account/second-step")
    assert api.list_security_lines(uid)[0].what == SecurityFact.SECOND_STEP_REMOVED


def test_new_recovery_codes_replace_the_old(client: Client) -> None:
    sign_in(client, make_officer())
    client.get("/account")
    client.post("/account/recovery-codes/new")
    first = client.get("/account/recovery-codes").content
    client.post("/account/recovery-codes/new")
    second = client.get("/account/recovery-codes").content
    assert first != second
    assert Authenticator.objects.filter(type="recovery_codes").count() == 1


def test_setting_a_password_signs_other_browsers_out(client: Client) -> None:
    uid = make_officer()
    phone = Client()
    sign_in(client, uid)
    sign_in(phone, uid)
    client.get("/account")
    assert phone.get("/account").status_code == 200
    weak = client.post("/account/password", {"password": "short"})
    assert "There is a problem" in weak.content.decode()
    answer = client.post("/account/password", {"password": "another gully lantern 7"})
    assert answer.status_code == 302
    assert client.get("/desk/").status_code == 200
    assert phone.get("/account").status_code == 302


def test_residents_have_no_password(client: Client) -> None:
    sign_in(client, make_person())
    client.get("/account")
    assert client.get("/account/password").status_code == 404
    assert "Set a password" not in client.get("/account/security").content.decode()


def test_my_data_holds_what_is_kept_and_no_secret(client: Client) -> None:
    add_personal_data_holder("trial", lambda person: {"person": person})
    uid = make_officer("boss@example.org", Role.ADMINISTRATOR)
    _, secret = api.create_token(
        uid, name="export", scopes=["journal.read"], days=1, actor=actor_for(uid)
    )
    sign_in(client, uid)
    client.get("/account")
    answer = client.get("/account/data")
    assert answer["Content-Disposition"] == 'attachment; filename="my-data.json"'
    found = json.loads(answer.content)
    assert found["account"]["email"] == "boss@example.org"
    assert found["tokens"][0]["name"] == "export"
    assert len(found["sessions"]) == 1
    assert found["rooms"]["trial"] == {"person": uid}
    text = answer.content.decode()
    person = Person.objects.get()
    for word in (secret, person.password, client.cookies["session"].value, digest_of(secret)):
        assert word not in text


def test_my_account_is_deleted_only_when_i_am_sure(client: Client) -> None:
    uid = make_person()
    sign_in(client, uid)
    client.get("/account")
    assert client.post("/account/delete").status_code == 200
    assert api.find_person(uid) is not None
    answer = client.post("/account/delete", {"is_sure": "on"})
    assert answer["Location"] == "/account-deleted"
    assert client.get("/account-deleted").status_code == 200
    assert api.find_person(uid) is None
    assert client.get("/account").status_code == 302
    assert mail.outbox == []


def test_the_pages_of_an_account_need_one(client: Client) -> None:
    for path in (
        "/account",
        "/account/security",
        "/account/password",
        "/account/data",
        "/account/delete",
        "/account/second-step",
        "/account/second-step/remove",
        "/account/recovery-codes",
        "/account/recovery-codes/new",
        "/account/confirm/password",
        "/account/confirm/code",
        "/desk/",
        "/desk/people/",
        "/desk/people/new",
        "/desk/people/person-x/",
        "/desk/tokens/",
    ):
        answer = client.get(path)
        assert answer.status_code == 302, path
        assert answer["Location"].startswith("/sign-in?next="), path
