"""Keys of devices: made on the desk and at the command line, shown once, revoked."""

from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner
from django.test import Client
from pytest_django import Settings

from hereabouts.journal.api import get_head
from hereabouts.kernel.access import INSTALLATION, Actor, Capability, NotAllowed
from hereabouts.people.domain.roles import Role
from hereabouts.sensing.actions.access import grant_for_authorization
from hereabouts.sensing.actions.keys import KeyDraft, create_key, revoke_key
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.domain.keys import MAX_TARGETS, KeyScope, is_same_digest
from hereabouts.sensing.errors.keys import BadKey, NoSuchKey
from hereabouts.sensing.models.keys import DeviceKey
from hereabouts.sensing.queries.keys import list_keys
from hereabouts.site.cli.sensing_keys import key as command
from tests.rooms.people.signing_in import make_officer, sign_in
from tests.rooms.sensing.registering import a_stream, a_thing, create, delete, events_since

pytestmark = pytest.mark.django_db
PAGE = "/desk/sensing/keys/"
SECRET = re.compile(r"hereaboutskey_[\w-]{43}")


@pytest.fixture
def steward(client: Client, settings: Settings) -> Client:
    """A data steward, signed in."""
    settings.ROOT_URLCONF = "tests.rooms.sensing.key_routes"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    sign_in(client, make_officer("steward@example.org", Role.DATA_STEWARD))
    return client


def a_form(**more: str) -> dict[str, str]:
    """The form for a key of every stream."""
    return {"name": "Roof", "scope": "all", "targets": "", "level": "0", "days": "30"} | more


def test_a_key_is_shown_once_and_never_kept(steward: Client) -> None:
    assert "None has been made yet" in steward.get(PAGE).content.decode()
    page = steward.post(PAGE, a_form()).content.decode()
    found = SECRET.search(page)
    assert found is not None
    assert not SECRET.search(steward.get(PAGE).content.decode())
    row = DeviceKey.objects.get()
    assert found[0] not in " ".join(map(str, row.__dict__.values()))
    assert row.start == found[0][: len(row.start)] and "Every stream" in page
    assert grant_for_authorization(f"Bearer {found[0]}").observes_all


def test_a_key_of_some_streams_names_them(steward: Client) -> None:
    stream = create("Datastreams", a_stream(Thing=a_thing(), name="Level <b>of</b> gully 12"))
    form = a_form(scope="streams", targets=f" {stream}, {stream}", level="2")
    page = steward.post(PAGE, form).content.decode()
    assert "Level &lt;b&gt;of&lt;/b&gt; gully 12" in page and "closed data too" in page
    assert list_keys()[0].target_ids == (stream,)
    delete(f"Datastreams({stream})")
    assert "one that is gone" in steward.get(PAGE).content.decode()


@pytest.mark.parametrize(
    "change",
    [
        {"name": " "},
        {"scope": "some"},
        {"scope": "streams"},
        {"scope": "things", "targets": "99999"},
        {"targets": "12"},
        {"scope": "things", "targets": "a few"},
        {"scope": "things", "targets": "9" * 30},
        {"days": "0"},
        {"days": "99999"},
        {"level": "3"},
    ],
)
def test_a_form_that_cannot_be_used_says_so(steward: Client, change: dict[str, str]) -> None:
    page = steward.post(PAGE, a_form(**change)).content.decode()
    assert "There is a problem" in page and not DeviceKey.objects.exists()


def test_a_key_is_revoked_on_the_desk(steward: Client) -> None:
    steward.post(PAGE, a_form())
    uid = DeviceKey.objects.get().uid
    answer = steward.post(f"{PAGE}{uid}/revoke", follow=True)
    assert "Revoked" in answer.content.decode()
    assert steward.post(f"{PAGE}key-none/revoke").status_code == 404


def test_the_page_is_for_those_who_connect(client: Client, settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.rooms.sensing.key_routes"
    assert client.get(PAGE).status_code in {302, 401}
    sign_in(client, make_officer("officer@example.org", Role.OFFICER))
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, a_form()).status_code == 403


def test_making_and_revoking_is_in_the_journal() -> None:
    start = get_head().position
    uid, _ = create_key(KeyDraft("Roof", KeyScope.ALL), actor=INSTALLATION)
    assert revoke_key(uid, actor=INSTALLATION) and not revoke_key(uid, actor=INSTALLATION)
    assert events_since(start) == [
        ("sensing.key.created.v1", uid),
        ("sensing.key.revoked.v1", uid),
    ]
    with pytest.raises(NoSuchKey):
        revoke_key("key-none", actor=INSTALLATION)


def test_nobody_gives_a_key_more_than_they_have() -> None:
    connects = Actor(capabilities=frozenset({Capability("sensing.connect")}))
    create_key(KeyDraft("Roof", KeyScope.ALL), actor=connects)
    for actor, level in (
        (connects, DataClass.SHARED),
        (connects, DataClass.CLOSED),
        (Actor(), DataClass.OPEN),
    ):
        with pytest.raises(NotAllowed):
            create_key(KeyDraft("Roof", KeyScope.ALL, level=level), actor=actor)
    with pytest.raises(NotAllowed):
        revoke_key(list_keys()[0].uid, actor=Actor())


def test_a_key_names_only_so_many_targets() -> None:
    draft = KeyDraft("Roof", KeyScope.THINGS, tuple(range(1, MAX_TARGETS + 2)))
    with pytest.raises(BadKey, match="too many"):
        create_key(draft, actor=INSTALLATION)


def test_digests_are_compared_whole() -> None:
    assert is_same_digest("ab" * 32, "ab" * 32) and not is_same_digest("ab" * 32, "ab" * 31 + "aa")


def test_keys_are_made_listed_and_revoked_at_the_command_line() -> None:
    thing, run = create("Things", a_thing()), CliRunner()
    made = run.invoke(
        command, ["create", "--name", "Mast", "--thing", str(thing), "--reads", "shared", "--json"]
    )
    told = json.loads(made.output)
    grant = grant_for_authorization(f"Bearer {told['key']}")
    assert grant.thing_ids == {thing} and grant.level is DataClass.SHARED
    listed = json.loads(run.invoke(command, ["list", "--json"]).output)["keys"]
    assert [(row["id"], row["target_ids"]) for row in listed] == [(told["id"], [thing])]
    assert "Mast" in run.invoke(command, ["list"]).output
    assert "is revoked" in run.invoke(command, ["revoke", told["id"]]).output
    assert "already" in run.invoke(command, ["revoke", told["id"]]).output
    for wrong in ([], ["--thing", "1", "--every-stream"]):
        assert run.invoke(command, ["create", "--name", "x", *wrong]).exit_code == 2
    assert "Keep it now" in run.invoke(command, ["create", "--name", "x", "--every-stream"]).output
