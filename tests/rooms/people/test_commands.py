"""What the operator does at the command line."""

from __future__ import annotations

import io
import json
import re

import pytest
from django.core import mail

from hereabouts.people import api
from hereabouts.people.domain.roles import Role
from hereabouts.site.cli import main
from tests.rooms.people.signing_in import PASSWORD, make_officer, make_person

pytestmark = pytest.mark.django_db


class Told:
    """What a command said, and how it left."""

    def __init__(self, status: int, out: str, err: str) -> None:
        self.status, self.out, self.err = status, out, err

    @property
    def summary(self) -> dict[str, object]:
        found: dict[str, object] = json.loads(self.out)
        return found


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]  # a plain function
    def command(*arguments: str) -> Told:
        status = 0
        try:
            main(list(arguments))
        except SystemExit as leaving:
            status = int(leaving.code or 0)
        told = capsys.readouterr()
        return Told(status, told.out, told.err)

    return command


def test_an_officer_is_made_with_password_and_app(run, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    told = run(
        "user", "create", "--email", "Officer@example.org", "--name", "Olu", "--role", "officer",
        "--password-stdin", "--totp", "--json",
    )  # fmt: skip
    assert told.status == 0
    card = api.find_person_by_address("officer@example.org")
    assert card is not None
    assert told.summary["id"] == card.uid
    assert str(told.summary["app_address"]).startswith("otpauth://totp/")
    assert (card.has_password, card.has_second_step, card.roles) == (True, True, {Role.OFFICER})
    code = run("user", "code", "officer@example.org")
    assert re.fullmatch(r"\d{6}\n", code.out)


def test_a_weak_password_makes_no_account(run, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    told = run("user", "create", "--email", "ann@example.org", "--password-stdin")
    assert told.status == 1
    assert told.err.startswith("Choose another password")
    assert told.err.count("\n") == 1
    assert api.find_person_by_address("ann@example.org") is None


def test_no_password_on_standard_input_is_said(run, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    told = run("user", "create", "--email", "ann@example.org", "--password-stdin")
    assert (told.status, told.err) == (1, "No password came from standard input.\n")


def test_an_invitation_goes_out_and_its_link_is_printed(run) -> None:  # type: ignore[no-untyped-def]
    told = run("user", "create", "--email", "ann@example.org", "--role", "planner", "--invite")
    assert told.status == 0
    link = re.search(r"/sign-in/link/\S+", told.out)
    assert link is not None
    assert link[0] in str(mail.outbox[0].body)


def test_wrong_usage_leaves_with_two_and_a_refusal_with_one(run) -> None:  # type: ignore[no-untyped-def]
    assert run("user", "create").status == 2
    assert run("user", "create", "--email", "x@example.org", "--role", "mayor").status == 1
    assert run("user", "disable", "nobody@example.org").err == "There is no such account.\n"
    assert run("token", "create", "--for", "x@example.org", "--name", "x").status == 2


def test_people_are_listed_for_eyes_and_for_programs(run) -> None:  # type: ignore[no-untyped-def]
    make_person("ann@example.org")
    make_officer()
    assert "ann@example.org" in run("user", "list").out
    found = run("user", "list", "--role", "officer", "--json").summary["people"]
    assert isinstance(found, list)
    assert [person["email"] for person in found] == ["officer@example.org"]
    assert "$" not in json.dumps(found), "no digest of a password is printed"
    assert "no such accounts" in run("user", "list", "--search", "zzz").out


def test_roles_are_shown_and_set(run) -> None:  # type: ignore[no-untyped-def]
    uid = make_person("ann@example.org")
    assert run("user", "roles", "ann@example.org").out == "ann@example.org: resident\n"
    told = run("user", "roles", uid, "--role", "auditor", "--role", "planner", "--json")
    assert told.summary == {"id": uid, "changed": True, "roles": ["auditor", "planner"]}


def test_an_account_is_closed_and_opened_again(run) -> None:  # type: ignore[no-untyped-def]
    make_person("ann@example.org")
    assert "is closed" in run("user", "disable", "Ann@example.org").out
    assert "closed already" in run("user", "disable", "ann@example.org").out
    assert "open again" in run("user", "enable", "ann@example.org").out


def test_a_lost_app_is_taken_off(run) -> None:  # type: ignore[no-untyped-def]
    make_officer()
    assert run("user", "reset-app", "officer@example.org").out == "Taken off.\n"
    assert "has no authenticator app" in run("user", "reset-app", "officer@example.org").out


def test_a_link_is_printed_for_those_e_mail_does_not_reach(run) -> None:  # type: ignore[no-untyped-def]
    make_person("ann@example.org")
    assert run("user", "link", "ann@example.org").out.startswith("/sign-in/link/")
    assert mail.outbox == []


def test_a_token_is_made_listed_and_revoked(run) -> None:  # type: ignore[no-untyped-def]
    make_officer("boss@example.org", Role.ADMINISTRATOR)
    arguments = ("--for", "boss@example.org", "--name", "nightly", "--scope", "journal.read")
    made = run("token", "create", *arguments, "--json").summary
    assert api.actor_for_token(str(made["token"])).capabilities == {"journal.read"}
    listed = run("token", "list").out
    assert str(made["id"]) in listed
    assert str(made["token"]) not in listed
    assert run("token", "revoke", str(made["id"])).out == "The token is revoked.\n"
    assert "revoked" in run("token", "list", "--for", "boss@example.org").out


def test_tidying_says_what_went(run) -> None:  # type: ignore[no-untyped-def]
    assert run("user", "tidy", "--json").summary["links"] == 0
