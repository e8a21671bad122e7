"""What recording an event costs, beside the same row without a chain; and how fast the walk is."""

from __future__ import annotations

import os
from collections.abc import Iterator

import django

from bench.figure import Figure, median, times_ms

RUNS = 200
MANY = 20_000


def figures() -> Iterator[Figure]:
    """One append in its own commit, many in one, and verifying."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hereabouts.site.settings")
    django.setup()
    from django.db import transaction

    from hereabouts.journal import api
    from hereabouts.journal.events import DeliveryParked
    from hereabouts.journal.models import Cursor
    from hereabouts.kernel.time import now
    from hereabouts.site.cli.installation import bring_up_to_date

    bring_up_to_date()
    event = DeliveryParked("bench.reaction", 1)

    def append() -> None:
        with transaction.atomic():
            api.append(event, subject="bench:1", actor=None)

    names = iter(range(RUNS * 2))

    def bare() -> None:
        with transaction.atomic():
            Cursor.objects.create(name=f"bench-{next(names)}", moved_at=now())

    yield Figure(
        "record one event, median",
        median(times_ms(append, RUNS)),
        "ms",
        reference=median(times_ms(bare, RUNS)),
        reference_name="a bare insert",
    )

    def append_many() -> None:
        with transaction.atomic():
            api.append_all([api.Fact(event, "bench:1")] * MANY, actor=None)

    (took,) = times_ms(append_many, 1)
    yield Figure("record events, many in one commit", MANY / took * 1_000, "events/s")
    (walk,) = times_ms(api.verify, 1)
    yield Figure("verify the chain", api.get_head().position / walk * 1_000, "entries/s")
