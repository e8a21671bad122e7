"""Settings of the quality rules of a stream."""

from __future__ import annotations

from django.db import transaction

from hereabouts.journal.api import append
from hereabouts.sensing.actions.access import require_manage
from hereabouts.sensing.actions.ingest.version import move_register_version
from hereabouts.sensing.domain.grants import Grant
from hereabouts.sensing.domain.quality import (
    Settings,
    SettingsUnreadableError,
    read_settings,
    write_settings,
)
from hereabouts.sensing.errors import BadEntity, NoSuchEntity
from hereabouts.sensing.events import EntityChanged
from hereabouts.sensing.models.register import Stream


def set_quality_settings(stream_id: int, text: str, *, grant: Grant) -> Settings | None:
    """Give a stream settings, as JSON text; empty for none. They hold for what comes from now on.

    Raises: NotPermitted; NoSuchEntity; BadEntity for settings that no rule has.
    """
    require_manage(grant)
    try:
        settings = read_settings(text)
    except SettingsUnreadableError as fault:
        raise BadEntity(member="rules", reason=str(fault)) from fault
    with transaction.atomic():
        move_register_version()
        stream = Stream.objects.filter(pk=stream_id, data_class__lte=grant.level).first()
        if stream is None:
            raise NoSuchEntity(name=f"Datastream({stream_id})")
        stream.rules = write_settings(settings)
        stream.save(update_fields=["rules"])
        name = "MultiDatastream" if stream.is_multi else "Datastream"
        append(
            EntityChanged(name, stream_id, ("rules",)),
            subject=f"stream:{stream_id}",
            actor=grant.actor.person,
        )
    return settings
