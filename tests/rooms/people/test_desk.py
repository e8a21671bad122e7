"""The desk: where it begins, people, tokens."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.test import Client

from hereabouts.journal.models import Entry
from hereabouts.people import api
from hereabouts.people.domain.roles import Role
from hereabouts.people.models import Token
from tests.rooms.people.signing_in import make_officer, make_person, path_in_letter, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(client: Client) -> Client:
    """An administrator, signed in."""
    sign_in(client, make_officer("boss@example.org", Role.ADMINISTRATOR))
    return client


def last_event() -> tuple[str, str]:
    entry = Entry.objects.latest("position")
    return entry.wire_name, entry.subject


def test_the_desk_shows_each_role_its_own_pages() -> None:
    api.add_desk_entries(*api.DESK_ENTRIES)
    shown = {}
    for role in (Role.OFFICER, Role.AUDITOR, Role.ADMINISTRATOR):
        client = Client()
        sign_in(client, make_officer(f"{role}@example.org", role))
        page = client.get("/desk/").content.decode()
        shown[role] = set(re.findall(r'href="(/desk/(?:people|tokens)/)"', page))
    assert shown[Role.OFFICER] == set()
    assert shown[Role.AUDITOR] == {"/desk/people/"}
    assert shown[Role.ADMINISTRATOR] == {"/desk/people/", "/desk/tokens/"}


def test_residents_have_no_desk(client: Client) -> None:
    sign_in(client, make_person())
    assert client.get("/desk/").status_code == 403


def test_people_are_found_by_name_address_and_role(boss: Client) -> None:
    make_person("ann@example.org")
    make_officer("planner@example.org", Role.PLANNER)
    everyone = boss.get("/desk/people/").content.decode()
    assert all(name in everyone for name in ("ann@", "planner@", "boss@"))
    planners = boss.get("/desk/people/?role=planner").content.decode()
    assert "planner@" in planners
    assert "ann@" not in planners
    assert "Nobody matches" in boss.get("/desk/people/?q=zzz").content.decode()
    for odd in ("?role=mayor", "?after=x", "?after=-1", "?after=" + "9" * 40, "?q=%00"):
        assert boss.get(f"/desk/people/{odd}").status_code == 200


def test_hostile_names_are_shown_and_not_run(boss: Client) -> None:
    uid = make_person("ann@example.org")
    sign_in_name = "<script>alert(1)</script>{{ 7 * 7 }}"
    client = Client()
    sign_in(client, uid)
    client.post("/account", {"display_name": sign_in_name, "language": "en"})
    page = boss.get("/desk/people/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    assert "{{ 7 * 7 }}" in page


def test_an_auditor_sees_people_and_changes_nothing() -> None:
    client = Client()
    sign_in(client, make_officer("auditor@example.org", Role.AUDITOR))
    ann = make_person("ann@example.org")
    assert client.get(f"/desk/people/{ann}/").status_code == 200
    assert "Save roles" not in client.get(f"/desk/people/{ann}/").content.decode()
    for act in ("roles", "disable", "enable", "reset-code", "sign-out", "invite"):
        assert client.post(f"/desk/people/{ann}/{act}").status_code == 403
    assert client.get("/desk/people/new").status_code == 403
    assert client.get("/desk/tokens/").status_code == 403


def test_roles_are_changed_and_recorded(boss: Client) -> None:
    ann = make_person("ann@example.org")
    answer = boss.post(f"/desk/people/{ann}/roles", {"roles": ["planner", "auditor"]})
    assert answer.status_code == 302
    assert api.get_person(ann).roles == {Role.PLANNER, Role.AUDITOR}
    assert last_event() == ("people.person.roles_changed.v1", ann)
    assert "The roles are changed" in boss.get(answer["Location"]).content.decode()
    assert boss.post(f"/desk/people/{ann}/roles", {"roles": ["mayor"]}).status_code == 200
    assert api.get_person(ann).roles == {Role.PLANNER, Role.AUDITOR}


def test_an_administrator_cannot_change_themselves(boss: Client) -> None:
    me = api.list_people(words="boss").people[0].uid
    assert "Save roles" not in boss.get(f"/desk/people/{me}/").content.decode()
    answer = boss.post(f"/desk/people/{me}/roles", {"roles": ["resident"]})
    assert answer.status_code == 409
    assert "Ask another administrator" in answer.content.decode()
    assert boss.post(f"/desk/people/{me}/disable").status_code == 409


def test_an_account_is_closed_opened_and_signed_out_from_the_desk(boss: Client) -> None:
    officer = make_officer()
    client = Client()
    sign_in(client, officer)
    boss.post(f"/desk/people/{officer}/sign-out")
    assert client.get("/account").status_code == 302
    boss.post(f"/desk/people/{officer}/reset-code")
    assert last_event() == ("people.second_step.reset.v1", officer)
    boss.post(f"/desk/people/{officer}/disable")
    assert not api.get_person(officer).is_active
    boss.post(f"/desk/people/{officer}/enable")
    assert last_event() == ("people.person.enabled.v1", officer)
    assert boss.get(f"/desk/people/{officer}/disable").status_code == 405


def test_somebody_is_added_and_invited(boss: Client) -> None:
    form = {"email": "New@example.org", "display_name": "Nia", "roles": ["officer"]}
    answer = boss.post("/desk/people/new", form)
    card = api.find_person_by_address("new@example.org")
    assert card is not None
    assert answer["Location"] == f"/desk/people/{card.uid}/"
    assert card.roles == {Role.OFFICER, Role.RESIDENT}
    assert mail.outbox[0].to == ["new@example.org"]
    assert "3 days" in str(mail.outbox[0].body)
    assert Client().post(path_in_letter())["Location"] == "/desk/"
    again = boss.post("/desk/people/new", form)
    assert "already an account" in again.content.decode()
    assert len(mail.outbox) == 1


def test_an_invitation_that_cannot_leave_keeps_the_account(
    boss: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(letter: mail.EmailMessage, fail_silently: bool = False) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr(mail.EmailMessage, "send", refuse)
    form = {"email": "new@example.org", "display_name": "Nia", "roles": ["officer"]}
    answer = boss.post("/desk/people/new", form)
    assert "could not be sent" in boss.get(answer["Location"]).content.decode()
    monkeypatch.undo()
    boss.post(f"{answer['Location']}invite")
    assert len(mail.outbox) == 1


def test_nobody_is_found_under_an_unknown_id(boss: Client) -> None:
    assert boss.get("/desk/people/person-none/").status_code == 404
    assert boss.get("/desk/people/person%00/").status_code == 404
    assert boss.post("/account/sessions/end", {"session": "\0"}).status_code == 302
    assert boss.post("/desk/people/person-none/disable").status_code == 404
    assert boss.post("/desk/tokens/token-none/revoke").status_code == 404


def test_a_token_is_shown_once_and_revoked(boss: Client) -> None:
    form = {"name": "nightly", "scopes": ["journal.read"], "days": "30"}
    page = boss.post("/desk/tokens/", form).content.decode()
    found = re.search(r"hereabouts_[\w-]{43}", page)
    assert found is not None
    secret = found[0]
    assert secret not in boss.get("/desk/tokens/").content.decode()
    assert api.actor_for_token(secret).capabilities == {"journal.read"}
    boss.post(f"/desk/tokens/{Token.objects.get().uid}/revoke")
    assert "Revoked" in boss.get("/desk/tokens/").content.decode()
    bare = Client().get("/api/trial", headers={"authorization": f"Bearer {secret}"})
    assert bare.status_code == 401


@pytest.mark.parametrize(
    "form",
    [
        {"name": "x", "scopes": [], "days": "30"},
        {"name": "x", "scopes": ["people.manage"], "days": "30"},
        {"name": "x", "scopes": ["places.import"], "days": "30"},
        {"name": "x", "scopes": ["journal.read"], "days": "400"},
        {"name": "", "scopes": ["journal.read"], "days": "30"},
    ],
)
def test_a_token_form_that_asks_too_much_makes_none(boss: Client, form: dict[str, object]) -> None:
    page = boss.post("/desk/tokens/", form).content.decode()
    assert "There is a problem" in page
    assert not Token.objects.exists()
