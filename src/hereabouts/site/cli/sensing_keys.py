"""Commands about the keys of devices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from hereabouts.kernel.access import INSTALLATION
from hereabouts.kernel.time import to_rfc3339
from hereabouts.site.cli.output import as_json, print_summary, with_django

if TYPE_CHECKING:
    from hereabouts.sensing.domain.keys import KeyCard


@click.group()
def key() -> None:
    """Make, list and revoke the keys of devices and gateways."""
    with_django()


@key.command()
@click.option("--name", required=True, help="The device or gateway that will hold it.")
@click.option("--thing", "things", multiple=True, type=int, help="A Thing's number; repeatable.")
@click.option("--stream", "streams", multiple=True, type=int, help="A stream's; repeatable.")
@click.option("--every-stream", is_flag=True, help="Let it add readings to every stream.")
@click.option(
    "--reads",
    type=click.Choice(["open", "shared", "closed"]),
    default="open",
    show_default=True,
    help="What it may read besides.",
)
@click.option("--days", default=366, show_default=True, help="How long it lasts.")
@as_json
def create(
    name: str,
    *,
    things: tuple[int, ...],
    streams: tuple[int, ...],
    every_stream: bool,
    reads: str,
    days: int,
    as_json: bool,
) -> None:
    """Make a key and print it, once."""
    from hereabouts.sensing.actions.keys import KeyDraft, create_key
    from hereabouts.sensing.domain.grants import DataClass
    from hereabouts.sensing.domain.keys import KeyScope

    if (bool(things), bool(streams), every_stream).count(True) != 1:
        raise click.UsageError("give --thing, --stream or --every-stream, one of them")
    scope = KeyScope.ALL if every_stream else KeyScope.THINGS if things else KeyScope.STREAMS
    level = DataClass[reads.upper()]
    draft = KeyDraft(name, scope, things or streams, level=level, days=days)
    uid, secret = create_key(draft, actor=INSTALLATION)
    summary = {"id": uid, "key": secret, "scope": scope.value, "days": days}
    print_summary(summary, f"{secret}\nKeep it now: it is not shown again.", as_json)


@key.command(name="list")
@as_json
def list_(as_json: bool) -> None:
    """List keys, newest first."""
    from hereabouts.sensing.queries.keys import list_keys

    found = list_keys()
    sentence = "\n".join(_line(card) for card in found) or "There are no device keys."
    print_summary({"keys": [_summary(card) for card in found]}, sentence, as_json)


def _summary(card: KeyCard) -> dict[str, object]:
    return {
        "id": card.uid,
        "name": card.name,
        "begins_with": card.start,
        "scope": card.scope.value,
        "target_ids": list(card.target_ids),
        "reads": card.level.word,
        "expires_at": to_rfc3339(card.expires_at),
        "last_used_at": to_rfc3339(card.last_used_at) if card.last_used_at else None,
        "revoked_at": to_rfc3339(card.revoked_at) if card.revoked_at else None,
    }


def _line(card: KeyCard) -> str:
    state = "revoked" if card.revoked_at else f"until {card.expires_at:%Y-%m-%d}"
    reach = " ".join(map(str, card.target_ids))
    return f"{card.uid}  {card.start}…  {card.name}  {card.scope.value} {reach}  {state}"


@key.command()
@click.argument("uid", metavar="KEY_ID")
@as_json
def revoke(uid: str, as_json: bool) -> None:
    """Stop a key at once."""
    from hereabouts.sensing.actions.keys import revoke_key

    changed = revoke_key(uid, actor=INSTALLATION)
    sentence = "The key is revoked." if changed else "The key was revoked already."
    print_summary({"id": uid, "changed": changed}, sentence, as_json)
