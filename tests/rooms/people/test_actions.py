"""Accounts, links, tokens and erasure, with a database."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection

from hereabouts.journal.models import Entry
from hereabouts.kernel.access import INSTALLATION, Actor, Capability, NotAllowed, PersonId
from hereabouts.people import api
from hereabouts.people.actions.links import LIFETIMES
from hereabouts.people.domain.codes import code_at
from hereabouts.people.domain.links import LinkPurpose
from hereabouts.people.domain.roles import Role
from hereabouts.people.domain.security import SecurityFact
from hereabouts.people.errors import (
    AddressTaken,
    BadAddress,
    BadLifetime,
    BadToken,
    LastAdministrator,
    LinkNotValid,
    NoScope,
    NoSuchPerson,
    NoSuchToken,
    OwnRoles,
    ScopeNotAllowed,
    TooManyTokens,
    UnknownRole,
    WeakPassword,
)
from hereabouts.people.models import Person, SignInLink, Token
from tests.rooms.people.signing_in import (
    PASSWORD,
    SECRET,
    StoppedClock,
    actor_for,
    make_officer,
    make_person,
)

pytestmark = pytest.mark.django_db


def wire_names() -> list[str]:
    return list(Entry.objects.order_by("position").values_list("wire_name", flat=True))


def test_making_an_account_is_recorded_without_a_name_or_an_address() -> None:
    uid = make_person("ann@example.org", Role.OFFICER)
    entry = Entry.objects.get()
    assert (entry.wire_name, entry.subject) == ("people.person.created.v1", uid)
    assert json.loads(entry.payload) == {"origin": "operator", "roles": ["officer"]}


def test_an_address_in_capitals_is_the_same_address() -> None:
    make_person("ann@example.org")
    with pytest.raises(AddressTaken):
        make_person("ANN@Example.org")
    assert Person.objects.count() == 1


def test_a_bad_address_makes_no_account() -> None:
    with pytest.raises(BadAddress):
        make_person("ann at example")
    assert Entry.objects.count() == 0


def test_only_those_who_manage_people_make_accounts() -> None:
    officer = actor_for(make_officer())
    with pytest.raises(NotAllowed):
        api.create_person("bob@example.org", actor=officer)


def test_a_role_that_does_not_exist_is_named_in_the_refusal() -> None:
    with pytest.raises(UnknownRole, match="mayor"):
        api.parse_roles(["resident", "mayor"])


def test_changing_roles_is_recorded() -> None:
    uid = make_person("ann@example.org")
    assert api.change_roles(uid, frozenset({Role.AUDITOR}), actor=INSTALLATION)
    assert api.get_person(uid).roles == {Role.AUDITOR}
    changed = json.loads(Entry.objects.latest("position").payload)
    assert changed == {"added": ["auditor"], "removed": ["resident"], "roles": ["auditor"]}
    assert not api.change_roles(uid, frozenset({Role.AUDITOR}), actor=INSTALLATION)
    assert wire_names().count("people.person.roles_changed.v1") == 1


def test_nobody_changes_their_own_roles_or_closes_their_own_account() -> None:
    uid = make_officer("boss@example.org", Role.ADMINISTRATOR)
    make_officer("other@example.org", Role.ADMINISTRATOR)
    boss = actor_for(uid)
    for act in (api.disable_person, api.reset_second_step):
        with pytest.raises(OwnRoles):
            act(uid, actor=boss)
    with pytest.raises(OwnRoles):
        api.change_roles(uid, frozenset(Role), actor=boss)


def test_the_last_administrator_stays() -> None:
    uid = make_officer("boss@example.org", Role.ADMINISTRATOR)
    with pytest.raises(LastAdministrator):
        api.change_roles(uid, frozenset({Role.OFFICER}), actor=INSTALLATION)
    with pytest.raises(LastAdministrator):
        api.disable_person(uid, actor=INSTALLATION)
    with pytest.raises(LastAdministrator):
        api.erase_person(uid, actor=actor_for(uid))
    assert api.get_person(uid).roles == {Role.ADMINISTRATOR}


def test_an_account_is_closed_and_opened_again() -> None:
    uid = make_person()
    assert api.disable_person(uid, actor=INSTALLATION)
    assert not api.disable_person(uid, actor=INSTALLATION)
    assert api.get_person(uid).capabilities(has_second_step=True) == frozenset()
    assert api.enable_person(uid, actor=INSTALLATION)
    assert wire_names()[1:] == ["people.person.disabled.v1", "people.person.enabled.v1"]


@pytest.mark.parametrize("weak", ["short", "123456789012", "password1234", "officer@example"])
def test_a_weak_password_is_refused(weak: str) -> None:
    uid = make_person("officer@example.org", Role.OFFICER)
    with pytest.raises(WeakPassword):
        api.set_password(uid, weak, actor=actor_for(uid))
    assert not api.get_person(uid).has_password


def test_the_secret_of_an_app_is_not_kept_in_the_clear() -> None:
    uid = make_officer()
    app = Authenticator.objects.get()
    assert SECRET not in json.dumps(app.data)
    assert api.current_code(uid, actor=INSTALLATION)


def test_a_lost_app_is_taken_off_by_somebody_else() -> None:
    uid = make_officer()
    assert api.reset_second_step(uid, actor=INSTALLATION)
    assert not api.get_person(uid).has_second_step
    assert not api.reset_second_step(uid, actor=INSTALLATION)
    assert wire_names()[-1] == "people.second_step.reset.v1"


def test_only_the_operator_reads_codes() -> None:
    uid = make_officer()
    boss = actor_for(make_officer("boss@example.org", Role.ADMINISTRATOR))
    assert api.current_code(uid, actor=boss) is None
    with pytest.raises(NotAllowed):
        api.current_code(uid, actor=actor_for(uid))


def test_a_link_signs_in_once() -> None:
    clock = StoppedClock()
    uid = make_person()
    _, secret = api.ask_for_link("Ann@example.org", next_path="/account", clock=clock)
    assert api.use_link(secret, clock=clock) == (uid, "/account")
    with pytest.raises(LinkNotValid):
        api.use_link(secret, clock=clock)


def test_a_link_runs_out_after_a_quarter_of_an_hour() -> None:
    clock = StoppedClock()
    make_person()
    _, secret = api.ask_for_link("ann@example.org", clock=clock)
    clock.pass_by(LIFETIMES[LinkPurpose.SIGN_IN])
    assert api.find_live_link(secret, clock()) is None
    with pytest.raises(LinkNotValid):
        api.use_link(secret, clock=clock)


def test_using_one_link_ends_the_others_of_the_address() -> None:
    clock = StoppedClock()
    make_person()
    _, first = api.ask_for_link("ann@example.org", clock=clock)
    _, second = api.ask_for_link("ann@example.org", clock=clock)
    _, of_another = api.ask_for_link("bob@example.org", clock=clock)
    api.use_link(second, clock=clock)
    with pytest.raises(LinkNotValid):
        api.use_link(first, clock=clock)
    assert api.find_live_link(of_another, clock()) is not None


def test_an_invitation_lasts_for_days() -> None:
    clock = StoppedClock()
    uid = make_person("new@example.org", Role.OFFICER)
    _, secret = api.invite("new@example.org", actor=INSTALLATION, clock=clock)
    clock.pass_by(timedelta(days=2, hours=23))
    assert api.use_link(secret, clock=clock)[0] == uid


def test_the_secret_of_a_link_is_not_kept() -> None:
    _, secret = api.ask_for_link("ann@example.org")
    link = SignInLink.objects.get()
    assert secret not in (link.digest, link.email, link.next_path)


def test_whoever_proves_an_unknown_address_gets_a_residents_account() -> None:
    _, secret = api.ask_for_link("new@example.org")
    uid, _ = api.use_link(secret)
    assert api.get_person(uid).roles == {Role.RESIDENT}
    entry = Entry.objects.get()
    assert (entry.wire_name, entry.actor) == ("people.person.created.v1", uid)


def test_a_closed_account_cannot_be_entered_by_link() -> None:
    uid = make_person()
    api.disable_person(uid, actor=INSTALLATION)
    _, secret = api.ask_for_link("ann@example.org")
    with pytest.raises(LinkNotValid):
        api.use_link(secret)


READ = Capability("journal.read")


def make_token(uid: PersonId, clock: StoppedClock, days: int = 30) -> tuple[str, str]:
    return api.create_token(
        uid, name="export", scopes=[READ], days=days, actor=actor_for(uid), clock=clock
    )


def test_a_token_acts_for_its_owner_within_its_scopes() -> None:
    clock = StoppedClock()
    uid = make_officer("boss@example.org", Role.ADMINISTRATOR)
    _, secret = make_token(uid, clock)
    assert api.actor_for_token(secret, clock=clock) == Actor(uid, frozenset({READ}))


def test_a_token_is_kept_as_a_digest_and_recorded_without_its_secret() -> None:
    uid = make_officer("boss@example.org", Role.ADMINISTRATOR)
    token, secret = make_token(uid, StoppedClock())
    row = Token.objects.get()
    assert secret not in str(row.__dict__)
    assert secret.startswith(row.start)
    entry = Entry.objects.latest("position")
    assert json.loads(entry.payload) == {"days": 30, "scopes": ["journal.read"], "token": token}
    assert secret not in str(list(Entry.objects.values()))


def test_a_token_notes_its_last_use_once_a_minute() -> None:
    clock = StoppedClock()
    uid = make_officer("boss@example.org", Role.ADMINISTRATOR)
    _, secret = make_token(uid, clock)
    api.actor_for_token(secret, clock=clock)
    first = clock()
    clock.pass_by(timedelta(seconds=30))
    api.actor_for_token(secret, clock=clock)
    assert Token.objects.get().last_used_at == first
    clock.pass_by(timedelta(seconds=40))
    api.actor_for_token(secret, clock=clock)
    assert Token.objects.get().last_used_at == clock()


def test_a_token_stops_at_its_end_and_when_it_is_revoked() -> None:
    clock = StoppedClock()
    uid = make_officer("boss@example.org", Role.ADMINISTRATOR)
    _, ends = make_token(uid, clock, days=1)
    token, revoked = make_token(uid, clock)
    assert api.revoke_token(token, actor=actor_for(uid), clock=clock)
    assert not api.revoke_token(token, actor=actor_for(uid), clock=clock)
    clock.pass_by(timedelta(days=1))
    for secret in (ends, revoked, "hereabouts_" + "x" * 43, ""):
        with pytest.raises(BadToken):
            api.actor_for_token(secret, clock=clock)
    with pytest.raises(NoSuchToken):
        api.revoke_token("token-none", actor=actor_for(uid))


def test_a_token_loses_what_its_owner_loses() -> None:
    clock = StoppedClock()
    make_officer("other@example.org", Role.ADMINISTRATOR)
    uid = make_officer("boss@example.org", Role.ADMINISTRATOR)
    _, secret = make_token(uid, clock)
    api.change_roles(uid, frozenset({Role.OFFICER}), actor=INSTALLATION)
    assert api.actor_for_token(secret, clock=clock).capabilities == frozenset()
    api.change_roles(uid, frozenset({Role.AUDITOR}), actor=INSTALLATION)
    assert api.actor_for_token(secret, clock=clock).capabilities == {READ}
    api.reset_second_step(uid, actor=INSTALLATION)
    assert api.actor_for_token(secret, clock=clock).capabilities == frozenset()
    api.disable_person(uid, actor=INSTALLATION)
    with pytest.raises(BadToken):
        api.actor_for_token(secret, clock=clock)


@pytest.mark.parametrize(
    ("scopes", "days", "refusal"),
    [
        ([], 30, NoScope),
        (["people.manage"], 30, ScopeNotAllowed),
        (["tokens.manage"], 30, ScopeNotAllowed),
        (["places.import"], 30, ScopeNotAllowed),
        (["journal.read"], 0, BadLifetime),
        (["journal.read"], 400, BadLifetime),
    ],
)
def test_a_token_that_would_carry_too_much_is_not_made(
    scopes: list[str], days: int, refusal: type[Exception]
) -> None:
    uid = make_officer("boss@example.org", Role.ADMINISTRATOR)
    with pytest.raises(refusal):
        api.create_token(uid, name="x", scopes=scopes, days=days, actor=actor_for(uid))
    assert Token.objects.count() == 0


def test_nobody_makes_a_token_for_another() -> None:
    boss = make_officer("boss@example.org", Role.ADMINISTRATOR)
    other = make_officer("other@example.org", Role.ADMINISTRATOR)
    with pytest.raises(ScopeNotAllowed):
        api.create_token(other, name="x", scopes=[READ], days=1, actor=actor_for(boss))
    assert api.create_token(other, name="x", scopes=[READ], days=1, actor=INSTALLATION)


def test_one_person_holds_twenty_live_tokens_at_most() -> None:
    clock = StoppedClock()
    uid = make_officer("boss@example.org", Role.ADMINISTRATOR)
    tokens = [make_token(uid, clock)[0] for _ in range(20)]
    with pytest.raises(TooManyTokens):
        make_token(uid, clock)
    api.revoke_token(tokens[0], actor=actor_for(uid), clock=clock)
    assert make_token(uid, clock)


def test_erasure_leaves_the_bare_id_and_nothing_else() -> None:
    make_officer("boss@example.org", Role.ADMINISTRATOR)
    uid = make_officer("ann@example.org", Role.AUDITOR)
    clock = StoppedClock()
    api.create_token(uid, name="export", scopes=[READ], days=30, actor=INSTALLATION, clock=clock)
    api.note(uid, SecurityFact.SIGNED_IN)
    api.ask_for_link("ann@example.org")
    api.erase_person(uid, actor=actor_for(uid))
    row = Person.objects.filter(uid=uid).values().get()
    assert {name: value for name, value in row.items() if value} == {
        "id": row["id"],
        "uid": uid,
        "password": row["password"],
        "created_at": row["created_at"],
        "erased_at": row["erased_at"],
    }
    assert row["password"].startswith("!")
    for model in (Token, SignInLink):
        assert not model.objects.exists()
    assert Authenticator.objects.count() == 1
    assert api.find_person(uid) is None
    assert wire_names()[-1] == "people.person.erased.v1"
    journal = json.dumps(list(Entry.objects.values("payload", "subject", "actor")))
    assert "ann@example.org" not in journal
    assert PASSWORD not in journal
    with pytest.raises(NoSuchPerson):
        api.erase_person(uid, actor=INSTALLATION)


def test_an_erased_address_may_come_back_as_somebody_new() -> None:
    uid = make_person()
    api.erase_person(uid, actor=actor_for(uid))
    assert make_person() != uid


def test_nobody_erases_another() -> None:
    ann, bob = make_person("ann@example.org"), make_person("bob@example.org")
    with pytest.raises(NotAllowed):
        api.erase_person(ann, actor=actor_for(bob))
    with pytest.raises(NotAllowed):
        api.end_all_sessions(ann, actor=actor_for(bob))
    with pytest.raises(NotAllowed):
        api.change_details(ann, display_name="x", language="cy", actor=actor_for(bob))


def test_a_name_is_kept_without_line_breaks() -> None:
    uid = make_person()
    api.change_details(uid, display_name=" Ann\n\x00 Other ", language="cy", actor=actor_for(uid))
    assert api.get_person(uid).display_name == "Ann Other"


def test_tidying_throws_away_what_has_had_its_time_and_nothing_else() -> None:
    clock = StoppedClock()
    uid = make_officer("boss@example.org", Role.ADMINISTRATOR)
    api.ask_for_link("old@example.org", clock=clock)
    api.note(uid, SecurityFact.SIGNED_IN, clock=clock)
    make_token(uid, clock, days=1)
    clock.pass_by(timedelta(days=80))
    api.ask_for_link("new@example.org", clock=clock)
    assert api.tidy(clock=clock) == api.Tidied(1, 0, 0, 0, 0)
    clock.pass_by(timedelta(days=12))
    assert api.tidy(clock=clock) == api.Tidied(1, 0, 1, 1, 0)
    assert api.tidy(clock=clock) == api.Tidied(0, 0, 0, 0, 0)


def test_the_demonstration_makes_its_people_once_with_lasting_sign_ins() -> None:
    first = api.create_demonstration_people()
    assert first == api.create_demonstration_people()
    assert Person.objects.count() == Entry.objects.count() == len(first)
    assert {one.role for one in first} >= {Role.RESIDENT, Role.OFFICER, Role.ADMINISTRATOR}
    for one in first:
        card = api.find_person_by_address(one.address)
        assert card is not None
        assert one.role in card.roles
        assert card.has_second_step is card.has_password is (one.role is not Role.RESIDENT)
        assert one.address.endswith(".example")


def test_a_demonstration_puts_its_sign_ins_back() -> None:
    officer = api.create_demonstration_people()[1]
    card = api.find_person_by_address(officer.address)
    assert card is not None
    api.set_password(card.uid, PASSWORD, actor=INSTALLATION)
    api.give_second_step(card.uid, actor=INSTALLATION)
    api.create_demonstration_people()
    assert Person.objects.get(uid=card.uid).check_password(officer.password)
    clock = StoppedClock()
    shown = api.current_code(card.uid, actor=INSTALLATION, clock=clock)
    assert shown == code_at(officer.secret, clock())


def test_people_are_listed_a_page_at_a_time() -> None:
    for number in range(60):
        make_person(f"person{number:02}@example.org")
    first = api.list_people()
    second = api.list_people(after=first.next_after)
    assert (len(first.people), len(second.people), second.next_after) == (50, 10, 0)
    assert not {card.uid for card in first.people} & {card.uid for card in second.people}
    assert [card.email for card in api.list_people(words="PERSON07").people] == [
        "person07@example.org"
    ]
    assert api.list_people(role=Role.AUDITOR).people == ()
    assert api.list_people(words="%").people == ()


@pytest.mark.django_db(transaction=True)
def test_of_two_presses_at_once_one_signs_in() -> None:
    make_person()
    _, secret = api.ask_for_link("ann@example.org")
    together = Barrier(4)

    def press() -> bool:
        together.wait()
        try:
            api.use_link(secret)
        except LinkNotValid:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as presses:
        used = [pressed.result() for pressed in [presses.submit(press) for _ in range(4)]]
    assert used.count(True) == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_accounts_made_at_once_for_one_address_one_is_made() -> None:
    together = Barrier(4)

    def make() -> bool:
        together.wait()
        try:
            make_person("ann@example.org")
        except AddressTaken:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as makers:
        made = [maker.result() for maker in [makers.submit(make) for _ in range(4)]]
    assert made.count(True) == 1
    assert Entry.objects.count() == Person.objects.count() == 1
