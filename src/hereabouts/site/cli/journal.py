"""Commands of the journal: does it hold, what does it say, what waits for a person."""

from __future__ import annotations

import json
import re
import time
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from hereabouts.kernel.access import INSTALLATION
from hereabouts.kernel.time import to_rfc3339
from hereabouts.site.cli.output import as_json, print_summary, with_django

if TYPE_CHECKING:
    from hereabouts.journal.api import Filter, Head, RecordedEvent

POLL_SECONDS = 0.25

by_type = click.option("--type", "type_prefix", default="", help="Only types that begin so.")
by_subject = click.option("--subject", default="", help="Only events about this.")


@click.group()
def journal() -> None:
    """Read and check the record of what happened."""
    with_django()


@journal.command()
@click.option("--anchor", metavar="POSITION:HASH", help="A head noted earlier, to check as well.")
@as_json
def verify(anchor: str | None, as_json: bool) -> None:
    """Walk the whole chain and name the first broken link."""
    from hereabouts.journal import api
    from hereabouts.journal.errors import JournalBroken

    found = api.verify(_read_anchor(anchor) if anchor else None)
    if found.broken is not None:
        summary = {
            "holds": False,
            "position": found.broken.position,
            "fault": found.broken.fault.value,
        }
        if as_json:
            click.echo(json.dumps(summary))
        raise JournalBroken(sentence=found.broken.sentence())
    head = f"{found.head.position}:{found.head.hash}"
    summary = {"holds": True, "entries": found.entries, "head": head}
    sentence = f"The journal holds: {found.entries:,} entries. Note the head as an anchor: {head}"
    print_summary(summary, sentence, as_json)


def _read_anchor(text: str) -> Head:
    from hereabouts.journal.api import Head
    from hereabouts.journal.errors import AnchorUnusable

    match = re.fullmatch(r"([0-9]{1,15}):([0-9a-f]{64})", text)
    if match is None:
        raise AnchorUnusable(anchor=text[:100])
    return Head(int(match[1]), match[2])


@journal.command("list")
@click.option("--before", type=click.IntRange(1), help="Only entries before this position.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1_000))
@by_type
@by_subject
@as_json
def list_(*, before: int | None, limit: int, type_prefix: str, subject: str, as_json: bool) -> None:
    """Show the newest entries, newest first."""
    from hereabouts.journal.api import Filter, list_before

    found = list_before(before, limit=limit, where=Filter(type_prefix, subject))
    if as_json:
        click.echo(json.dumps([_plain(entry) for entry in found], ensure_ascii=False))
        return
    for entry in found:
        click.echo(_line(entry))
    if not found:
        click.echo("The journal has no such entries.")


@journal.command()
@click.option("--after", type=click.IntRange(0), help="Begin after this position, not at the end.")
@by_type
@by_subject
@as_json
def follow(after: int | None, type_prefix: str, subject: str, as_json: bool) -> None:
    """Show entries as they are recorded, one a line, until stopped."""
    from hereabouts.journal.api import Filter, get_head

    position = get_head().position if after is None else after
    where = Filter(type_prefix, subject)
    try:
        while True:
            reached = _show_new(position, where, as_json)
            if reached == position:
                time.sleep(POLL_SECONDS)
            position = reached
    except KeyboardInterrupt:
        return


def _show_new(position: int, where: Filter, as_json: bool) -> int:
    from hereabouts.journal.api import get_head, list_after

    through = min(get_head().position, position + 5_000)
    found = list_after(position, limit=1_000, through=through, where=where)
    for entry in found:
        click.echo(json.dumps(_plain(entry), ensure_ascii=False) if as_json else _line(entry))
    return found[-1].position if len(found) == 1_000 else max(through, position)


@journal.command()
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 1_000))
@as_json
def parked(limit: int, as_json: bool) -> None:
    """Show deliveries that failed for good and wait for a person."""
    from hereabouts.journal import api

    found = api.list_parked(limit=limit)
    if as_json:
        click.echo(json.dumps([asdict(delivery) for delivery in found], default=str))
        return
    for delivery in found:
        click.echo(
            f"{delivery.id}  {delivery.reaction}  entry {delivery.position}  {delivery.subject}  "
            f"{delivery.attempts} attempts  {delivery.failure}"
        )
    if not found:
        click.echo("No delivery waits for a person.")


@journal.command()
@click.argument("delivery", type=click.IntRange(1))
@as_json
def retry(delivery: int, as_json: bool) -> None:
    """Have a parked delivery tried again."""
    from hereabouts.journal.api import retry_delivery

    retry_delivery(delivery, actor=INSTALLATION)
    summary = {"delivery": delivery, "state": "retrying"}
    print_summary(summary, f"Delivery {delivery} will be tried again.", as_json)


@journal.command()
@click.argument("delivery", type=click.IntRange(1))
@click.option("--reason", required=True, help="Why, for those who ask later.")
@as_json
def discard(delivery: int, reason: str, as_json: bool) -> None:
    """Give a parked delivery up, so that later ones of its subject go on."""
    from hereabouts.journal.api import discard_delivery

    discard_delivery(delivery, reason=reason, actor=INSTALLATION)
    summary = {"delivery": delivery, "state": "discarded"}
    print_summary(summary, f"Delivery {delivery} was given up.", as_json)


def _plain(entry: RecordedEvent) -> dict[str, object]:
    return {
        "position": entry.position,
        "recorded_at": to_rfc3339(entry.recorded_at),
        "type": entry.wire_name,
        "subject": entry.subject,
        "actor": entry.actor,
        "public": entry.is_public,
        "payload": entry.payload,
        "hash": entry.hash,
    }


def _line(entry: RecordedEvent) -> str:
    payload = json.dumps(entry.payload, ensure_ascii=False)
    who = f" by {entry.actor}" if entry.actor else ""
    when = to_rfc3339(entry.recorded_at)
    return f"{entry.position}  {when}  {entry.wire_name}  {entry.subject}{who}  {payload}"
