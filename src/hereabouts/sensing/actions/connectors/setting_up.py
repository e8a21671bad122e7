"""Connectors set up by officers: a draft, its options, on, paused, away."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.db import transaction

from hereabouts.journal.api import append
from hereabouts.kernel.access import Actor, Capability
from hereabouts.kernel.ids import new_uid
from hereabouts.kernel.text import N_
from hereabouts.kernel.time import Clock, now
from hereabouts.sensing.actions.connectors.classes import settle_class
from hereabouts.sensing.actions.connectors.sealing import seal
from hereabouts.sensing.domain.connectors.manifest import Bad, Manifest, check_options
from hereabouts.sensing.domain.connectors.readers import READERS
from hereabouts.sensing.domain.connectors.states import State
from hereabouts.sensing.domain.connectors.times import to_micros
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.domain.keys import new_key
from hereabouts.sensing.errors.connectors import BadConnector, NoSuchConnector
from hereabouts.sensing.events.connectors import ConnectorChanged, ConnectorSwitched
from hereabouts.sensing.models.inbound import NAME_LENGTH, Connector
from hereabouts.sensing.queries.connectors import get_manifest

CONNECT = Capability("sensing.connect")
READ_LEVELS: Mapping[DataClass, Capability] = {
    DataClass.SHARED: Capability("sensing.read_shared"),
    DataClass.CLOSED: Capability("sensing.read_closed"),
}
UID_PREFIX = "co"
LONGEST_SECRET = 2_000
HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,59}")
OWN_HEADERS = frozenset(
    "accept accept-encoding connection content-length cookie expect host if-modified-since "
    "if-none-match te trailer transfer-encoding upgrade user-agent".split()
)
"""Headers that are ours to send."""


@dataclass(frozen=True)
class ConnectorDraft:
    """Where a feed is and how it is read; `secret` None keeps the one that is there."""

    options: Mapping[str, str]
    header: str = ""
    secret: str | None = None


@dataclass(frozen=True)
class Terms:
    """How a feed is run."""

    name: str
    interval_s: int
    data_class: DataClass = DataClass.OPEN
    owner: str = ""


def check_draft(
    manifest: Manifest, typed: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, Bad]]:
    """The options of a kind, tidied, and what is wrong with them, by option."""
    values, faults = check_options(manifest, typed)
    return values, faults or READERS[manifest.reader].check(values)


def create_connector(kind: str, draft: ConnectorDraft, *, actor: Actor, clock: Clock = now) -> str:
    """Begin a connector; nothing is fetched until it is turned on. Its public id.

    Raises: NotAllowed; NoSuchConnectorKind; BadConnector.
    """
    actor.require(CONNECT)
    manifest = get_manifest(kind)
    fields = _fields(manifest, draft)
    with transaction.atomic():
        row = Connector.objects.create(
            uid=new_uid(UID_PREFIX),
            kind=manifest.id,
            name=manifest.title[:NAME_LENGTH],
            state=State.DRAFT.value,
            interval_s=manifest.interval.usual,
            created=to_micros(clock()),
            **fields,
        )
        _tell(row, ("options",), actor)
    return row.uid


def change_options(uid: str, draft: ConnectorDraft, *, actor: Actor) -> None:
    """Set a connector up anew; its feed is then read from the beginning, and nothing twice.

    Raises: NotAllowed; NoSuchConnector; BadConnector.
    """
    actor.require(CONNECT)
    with transaction.atomic():
        row = _hold(uid)
        fields = _fields(get_manifest(row.kind), draft)
        # Another server never gets the secret of the one before.
        is_same_server = _origin(fields["options"]) == _origin(row.options)
        if draft.secret is None and is_same_server:
            fields.pop("sealed")
        for name, value in fields.items():
            setattr(row, name, value)
        row.held, row.failures = "{}", 0
        row.save()
        _tell(row, ("options",), actor)


def turn_on(uid: str, terms: Terms, *, actor: Actor, clock: Clock = now) -> None:
    """Name a connector, say how often it runs and who may read what it brings, and start it.

    Raises: NotAllowed; NoSuchConnector; BadConnector.
    """
    actor.require(CONNECT)
    if terms.data_class in READ_LEVELS:
        actor.require(READ_LEVELS[terms.data_class])
    with transaction.atomic():
        row = _hold(uid)
        manifest = get_manifest(row.kind)
        _check_terms(manifest, terms)
        row.name, row.interval_s, row.owner = terms.name.strip(), terms.interval_s, terms.owner
        row.data_class, before = int(terms.data_class), row.data_class
        row.state = State.ON.value
        row.failures = 0
        row.next_due = to_micros(clock()) if manifest.is_polled else None
        row.save()
        if before != row.data_class:
            settle_class(row)
        append(ConnectorSwitched(row.kind, State.ON.value), subject=row.uid, actor=actor.person)


def pause(uid: str, *, actor: Actor) -> bool:
    """Stop asking, or taking; False where it was not on. Raises: NotAllowed; NoSuchConnector."""
    return _switch(uid, State.PAUSED, actor, now)


def resume(uid: str, *, actor: Actor, clock: Clock = now) -> bool:
    """Go on; False where it was not paused. Raises: NotAllowed; NoSuchConnector."""
    return _switch(uid, State.ON, actor, clock)


def run_soon(uid: str, *, actor: Actor, clock: Clock = now) -> bool:
    """Make a connector that is polled due now; False where it is not on.

    Raises: NotAllowed; NoSuchConnector.
    """
    actor.require(CONNECT)
    with transaction.atomic():
        row = _hold(uid)
        if row.state != State.ON.value or not get_manifest(row.kind).is_polled:
            return False
        row.next_due = to_micros(clock())
        row.save(update_fields=["next_due"])
    return True


def remove_connector(uid: str, *, actor: Actor) -> None:
    """Take a connector away; what it brought stays. Raises: NotAllowed; NoSuchConnector."""
    actor.require(CONNECT)
    with transaction.atomic():
        row = _hold(uid)
        kind, subject = row.kind, row.uid
        row.delete()
        append(ConnectorSwitched(kind, "gone"), subject=subject, actor=actor.person)


def give_connector_key(uid: str, *, actor: Actor) -> str:
    """A fresh key for a connector's own address, in place of the one before; shown once.

    Raises: NotAllowed; NoSuchConnector.
    """
    actor.require(CONNECT)
    key = new_key()
    with transaction.atomic():
        row = _hold(uid)
        row.key_digest = key.digest
        row.save(update_fields=["key_digest"])
        _tell(row, ("key",), actor)
    return key.secret


def _switch(uid: str, after: State, actor: Actor, clock: Clock) -> bool:
    actor.require(CONNECT)
    before = State.PAUSED if after is State.ON else State.ON
    with transaction.atomic():
        row = _hold(uid)
        if row.state != before.value:
            return False
        row.state = after.value
        is_due = after is State.ON and get_manifest(row.kind).is_polled
        row.next_due = to_micros(clock()) if is_due else None
        row.save(update_fields=["state", "next_due"])
        append(ConnectorSwitched(row.kind, after.value), subject=row.uid, actor=actor.person)
    return True


def _hold(uid: str) -> Connector:
    row = Connector.objects.select_for_update().filter(uid=uid).first()
    if row is None:
        raise NoSuchConnector
    return row


def _tell(row: Connector, members: tuple[str, ...], actor: Actor) -> None:
    append(ConnectorChanged(row.kind, members), subject=row.uid, actor=actor.person)


def _fields(manifest: Manifest, draft: ConnectorDraft) -> dict[str, str]:
    """The columns of what was typed. Raises: BadConnector."""
    values, faults = check_draft(manifest, draft.options)
    if faults:
        name, fault = next(iter(faults.items()))
        raise BadConnector(reason=f"{name}: {fault.message.format(**fault.facts).rstrip('.')}")
    header, secret = draft.header.strip(), draft.secret or ""
    _check_header(header, secret)
    kept = json.dumps(values, ensure_ascii=False)
    return {
        "options": kept,
        "header": header,
        "sealed": seal(secret),
        "host": _origin(kept)[1],
    }


def _origin(options: str) -> tuple[str, str, int | None]:
    """Scheme, host and port of the server that options name."""
    values: Mapping[str, str] = json.loads(options)
    parts = urlsplit(values.get("address") or values.get("root") or "")
    return parts.scheme, (parts.hostname or "").lower(), parts.port


def _check_header(header: str, secret: str) -> None:
    if header and (not HEADER.fullmatch(header) or header.lower() in OWN_HEADERS):
        raise BadConnector(reason=N_("that header cannot be sent along"))
    if secret and not header:
        raise BadConnector(reason=N_("name the header that the secret is sent in"))
    if len(secret) > LONGEST_SECRET or not secret.isprintable() or not secret.isascii():
        raise BadConnector(reason=N_("the secret has characters that cannot stand in a header"))


def _check_terms(manifest: Manifest, terms: Terms) -> None:
    if not terms.name.strip() or len(terms.name) > NAME_LENGTH:
        raise BadConnector(reason=N_("it needs a name of at most 100 characters"))
    if not manifest.interval.least <= terms.interval_s <= manifest.interval.most:
        raise BadConnector(reason=N_("it would be asked too often, or too seldom"))
    if len(terms.owner) > NAME_LENGTH:
        raise BadConnector(reason=N_("the owner has at most 100 characters"))
