"""Tokens, keys and passwords become grants; what is not valid is refused."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest

from hereabouts.kernel.access import INSTALLATION, PersonId
from hereabouts.kernel.time import now
from hereabouts.people.api import (
    Role,
    create_person,
    create_token,
    give_second_step,
    revoke_token,
)
from hereabouts.sensing.actions import access
from hereabouts.sensing.actions.keys import KeyDraft, create_key, revoke_key
from hereabouts.sensing.actions.remembered import GRANTS, KEPT_S, MOST_KEPT, RememberedGrants
from hereabouts.sensing.domain.grants import NOBODY, DataClass, Grant
from hereabouts.sensing.domain.keys import KeyScope
from hereabouts.sensing.errors import BadCredentials, NotPermitted
from hereabouts.sensing.errors.keys import CredentialsNeeded
from hereabouts.sensing.models.keys import DeviceKey
from hereabouts.sensing.models.register import ObservedProperty, Sensor, Stream, Thing

Callbacks = Callable[..., AbstractContextManager[object]]
Queries = Callable[[int], AbstractContextManager[object]]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    GRANTS.forget()
    yield
    GRANTS.forget()


def a_token(*scopes: str) -> tuple[PersonId, str, str]:
    """A steward's token: the steward, its public id and its secret."""
    owner = create_person(
        "steward@example.org",
        display_name="S",
        roles=frozenset({Role.DATA_STEWARD}),
        actor=INSTALLATION,
    )
    give_second_step(owner, actor=INSTALLATION)
    return owner, *create_token(owner, name="t", scopes=scopes, days=1, actor=INSTALLATION)


def basic(password: str) -> str:
    return "Basic " + base64.b64encode(f"anyone:{password}".encode()).decode()


def a_stream() -> Stream:
    thing = Thing.objects.create(name="T", description="")
    return Stream.objects.create(
        name="S",
        description="",
        observation_type="",
        thing=thing,
        sensor=Sensor.objects.create(name="", description="", encoding_type="", metadata='""'),
        observed_property=ObservedProperty.objects.create(name="", definition="", description=""),
    )


def test_no_header_is_nobody_who_reads_open_data() -> None:
    assert access.grant_for_authorization(None) == NOBODY
    assert access.grant_for_password("", "") == NOBODY
    with pytest.raises(CredentialsNeeded):
        access.require_manage(NOBODY)
    with pytest.raises(CredentialsNeeded):
        access.require_observe(NOBODY, 1, 1)


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer nonsense",
        "Bearer hereaboutskey_nonsense",
        "Bearer hereabouts_nonsense",
        "Digest x",
        "Basic !!!",
        "Basic " + base64.b64encode(b"no-colon").decode(),
        "Basic " + base64.b64encode(b"\xff\xfe:x").decode(),
        basic(""),
        basic("ünknown"),
        "Bearer " + "x" * 5_000,
    ],
)
def test_what_is_not_valid_is_refused(header: str) -> None:
    with pytest.raises(BadCredentials):
        access.grant_for_authorization(header)


def test_a_name_without_its_password_is_refused() -> None:
    with pytest.raises(BadCredentials):
        access.grant_for_password("device", "")


def test_a_key_of_one_stream_reaches_just_that_stream() -> None:
    stream = a_stream()
    _, secret = create_key(KeyDraft("Gully", KeyScope.STREAMS, (stream.pk,)), actor=INSTALLATION)
    for grant in (
        access.grant_for_authorization(f"Bearer {secret}"),
        access.grant_for_authorization(basic(secret)),
        access.grant_for_password("any", secret),
    ):
        access.require_observe(grant, stream.pk, stream.thing_id)
        with pytest.raises(NotPermitted):
            access.require_observe(grant, stream.pk + 1, stream.thing_id)
        with pytest.raises(NotPermitted):
            access.require_manage(grant)
        assert grant.level is DataClass.OPEN


def test_a_key_of_a_thing_reaches_its_streams() -> None:
    stream = a_stream()
    draft = KeyDraft("Mast", KeyScope.THINGS, (stream.thing_id,), DataClass.SHARED)
    _, secret = create_key(draft, actor=INSTALLATION)
    grant = access.grant_for_authorization(f"bearer {secret}")
    assert grant.may_observe(999, stream.thing_id) and not grant.may_observe(999, 998)
    assert grant.level is DataClass.SHARED


def test_a_key_of_every_stream_does_not_reach_the_register() -> None:
    _, secret = create_key(KeyDraft("Gateway", KeyScope.ALL), actor=INSTALLATION)
    grant = access.grant_for_authorization(f"Bearer {secret}")
    assert grant.observes_all and not grant.manages


def test_a_revoked_key_stops_at_once(django_capture_on_commit_callbacks: Callbacks) -> None:
    uid, secret = create_key(KeyDraft("Lost", KeyScope.ALL), actor=INSTALLATION)
    access.grant_for_authorization(f"Bearer {secret}")
    with django_capture_on_commit_callbacks(execute=True):
        assert revoke_key(uid, actor=INSTALLATION)
    with pytest.raises(BadCredentials):
        access.grant_for_authorization(f"Bearer {secret}")


def test_a_key_ends_at_its_time() -> None:
    _, secret = create_key(KeyDraft("Old", KeyScope.ALL, days=1), actor=INSTALLATION)
    later = now() + timedelta(days=1, seconds=1)
    with pytest.raises(BadCredentials):
        access.grant_for_authorization(f"Bearer {secret}", clock=lambda: later)


def test_the_operator_may_do_everything() -> None:
    grant = access.grant_for_actor(INSTALLATION)
    assert grant == Grant(INSTALLATION, DataClass.CLOSED, True, True)


def test_a_remembered_grant_needs_no_database(
    django_assert_num_queries: Queries,
) -> None:
    _, secret = create_key(KeyDraft("Gateway", KeyScope.ALL), actor=INSTALLATION)
    header = f"Bearer {secret}"
    assert access.find_remembered_grant(header) is None
    first = access.grant_for_authorization(header)
    with django_assert_num_queries(0):
        assert access.grant_for_authorization(header) is first
        assert access.find_remembered_grant(header) is first


def test_grants_are_forgotten_after_seconds_and_never_pile_up() -> None:
    at = [0.0]
    memory = RememberedGrants(ticks=lambda: at[0])
    memory.keep("a", NOBODY)
    assert memory.find("a") is NOBODY
    at[0] = KEPT_S
    assert memory.find("a") is None
    for number in range(MOST_KEPT + 10):
        memory.keep(str(number), NOBODY)
    assert len(memory._grants) == MOST_KEPT
    assert memory.find("9") is None and memory.find("10") is NOBODY


def test_use_of_a_key_is_noted_at_most_once_a_minute() -> None:
    uid, secret = create_key(KeyDraft("Gateway", KeyScope.ALL), actor=INSTALLATION)
    start = now()
    access.grant_for_authorization(f"Bearer {secret}", clock=lambda: start)
    assert DeviceKey.objects.get(uid=uid).last_used_at is None
    assert access.note_key_uses() >= 1
    assert DeviceKey.objects.get(uid=uid).last_used_at == start
    GRANTS.forget()
    soon = start + timedelta(seconds=30)
    access.grant_for_authorization(f"Bearer {secret}", clock=lambda: soon)
    access.note_key_uses()
    assert DeviceKey.objects.get(uid=uid).last_used_at == start


def test_a_persons_token_opens_what_its_scopes_say() -> None:
    owner, uid, secret = a_token("sensing.observe", "sensing.read_shared")
    grant = access.grant_for_authorization(f"Bearer {secret}")
    assert grant.observes_all and grant.level is DataClass.SHARED and not grant.manages
    assert grant.actor.person == owner
    access.require_observe(grant, 1, 1)
    with pytest.raises(NotPermitted):
        access.require_manage(grant)
    revoke_token(uid, actor=INSTALLATION)
    GRANTS.forget()
    with pytest.raises(BadCredentials):
        access.grant_for_password("steward", secret)


def test_a_token_that_manages_also_observes() -> None:
    _, _, secret = a_token("sensing.manage")
    grant = access.grant_for_password("steward", secret)
    assert grant.manages and grant.observes_all and grant.level is DataClass.OPEN
