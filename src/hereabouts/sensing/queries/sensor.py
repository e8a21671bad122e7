"""One sensor and one stream with everything a page says of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from django.db.models import Q

from hereabouts.kernel.geometry import Point
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.domain.register.retention import kept_days
from hereabouts.sensing.domain.watching import FindingKind
from hereabouts.sensing.models.deployments import DeploymentThing
from hereabouts.sensing.models.inbound import ConnectorStream, DeviceStream
from hereabouts.sensing.models.register import Stream, Thing, ThingLocation
from hereabouts.sensing.models.watching import Finding, Threshold
from hereabouts.sensing.queries.whereabouts import places_of

LARGEST_ID = 2**62
MOST_FINDINGS = 30


@dataclass(frozen=True)
class DeploymentLink:
    """The deployment a Thing belongs to."""

    uid: str
    title: str
    department: str
    asset_uid: str
    state: str
    data_class: DataClass


@dataclass(frozen=True)
class ThingView:
    """A Thing; `location_names` are those of the Locations where it is now.

    `kept_days`: how long it keeps the observations of streams that say nothing; None for ever.
    """

    id: int
    name: str
    description: str
    data_class: DataClass
    place: Point | None
    location_names: tuple[str, ...]
    deployment: DeploymentLink | None
    properties: Mapping[str, object] = field(default_factory=dict)
    kept_days: int | None = None


@dataclass(frozen=True)
class FindingView:
    """Something found about a Thing or a stream; `cleared_at` None while it holds."""

    uid: str
    kind: FindingKind
    subject: str
    summary: str
    raised_at: datetime
    cleared_at: datetime | None
    stream_id: int | None
    thing_id: int | None
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Provenance:
    """Where a stream's readings come from.

    `device` is an EUI, empty without a LoRaWAN device; `feed` is a connector's name, empty without.
    `kept_days`: how long they are kept, None for ever.
    """

    sensor_name: str
    sensor_description: str
    observation_type: str
    description: str
    device: str
    device_name: str
    network: str
    reading: str
    decoder: str
    model: str
    feed: str
    feed_owner: str
    rules: str
    kept_days: int | None


@dataclass(frozen=True)
class ThresholdView:
    """A level watched on a stream."""

    uid: str
    stream_id: int
    name: str
    comparison: str
    value: float
    margin: float
    sustained_s: int


def find_thing(thing_id: int, *, level: DataClass) -> ThingView | None:
    """A Thing the reader may see, or None. Four reads."""
    if thing_id > LARGEST_ID:
        return None
    row = Thing.objects.filter(pk=thing_id, data_class__lte=int(level)).first()
    if row is None:
        return None
    names = ThingLocation.objects.filter(thing_id=thing_id).order_by("location_id")
    return ThingView(
        id=row.pk,
        name=row.name,
        description=row.description,
        data_class=DataClass(row.data_class),
        place=places_of([thing_id]).get(thing_id),
        location_names=tuple(names.values_list("location__name", flat=True)[:3]),
        deployment=_deployment(thing_id),
        properties=_object(row.properties),
        kept_days=kept_days(None, row.properties),
    )


def _object(text: str | None) -> Mapping[str, object]:
    found = msgspec.json.decode(text) if text else {}
    return found if isinstance(found, dict) else {}


def _deployment(thing_id: int) -> DeploymentLink | None:
    link = (
        DeploymentThing.objects.filter(thing_id=thing_id, deployment__state="live")
        .select_related("deployment")
        .first()
    )
    if link is None:
        return None
    row = link.deployment
    level = DataClass(row.data_class)
    return DeploymentLink(row.uid, row.title, row.department, row.asset_uid, row.state, level)


def list_findings_of(
    thing_id: int, stream_ids: Sequence[int], *, level: DataClass
) -> list[FindingView]:
    """Findings about a Thing or its streams, those that hold first, then the newest. One read."""
    about = Q(thing_id=thing_id) | Q(stream_id__in=list(stream_ids))
    return _findings(about, level)


def list_findings_of_stream(stream_id: int, *, level: DataClass) -> list[FindingView]:
    """Findings about one stream, those that hold first. One read."""
    return _findings(Q(stream_id=stream_id), level)


def list_open_findings(*, level: DataClass, limit: int = 100) -> list[FindingView]:
    """Everything found that still holds, the newest first. One read."""
    return _findings(Q(cleared_at=None), level, limit)


def _findings(about: Q, level: DataClass, limit: int = MOST_FINDINGS) -> list[FindingView]:
    rows = Finding.objects.filter(about, data_class__lte=int(level)).order_by("-raised_at", "-id")
    still = list(rows.filter(cleared_at=None)[:limit])
    past = list(rows.filter(cleared_at__isnull=False)[: limit - len(still)])
    return [_finding(row) for row in (*still, *past)]


def _finding(row: Finding) -> FindingView:
    return FindingView(
        uid=row.uid,
        kind=FindingKind(row.kind),
        subject=row.subject,
        summary=str(row.evidence.get("summary", "")),
        raised_at=row.raised_at,
        cleared_at=row.cleared_at,
        stream_id=row.stream_id,
        thing_id=row.thing_id,
        evidence=row.evidence,
    )


def find_provenance(stream_id: int) -> Provenance | None:
    """Where the readings of a stream come from. Three reads."""
    row = Stream.objects.filter(pk=stream_id).select_related("sensor", "thing").first()
    if row is None:
        return None
    links = DeviceStream.objects.filter(stream_id=stream_id).select_related("device__application")
    link = links.order_by("-device__last_seen").first()
    device = link.device if link else None
    application = device.application if device else None
    fed = ConnectorStream.objects.filter(stream_id=stream_id).select_related("connector").first()
    return Provenance(
        sensor_name=row.sensor.name,
        sensor_description=row.sensor.description,
        observation_type=row.observation_type,
        description=row.description,
        device=device.eui if device else "",
        device_name=device.name if device else "",
        network=application.network if application else "",
        reading=link.reading if link else "",
        decoder=device.decoder if device else "",
        model=device.model if device else "",
        feed=fed.connector.name if fed else "",
        feed_owner=fed.connector.owner if fed else "",
        rules=row.rules,
        kept_days=kept_days(row.properties, row.thing.properties),
    )


def list_thresholds(stream_ids: Sequence[int] | None = None) -> list[ThresholdView]:
    """Levels watched on these streams, or on all. One read."""
    rows = Threshold.objects.order_by("stream_id", "value", "id")
    if stream_ids is not None:
        rows = rows.filter(stream_id__in=list(stream_ids))
    return [
        ThresholdView(
            row.uid,
            row.stream_id,
            row.name,
            row.comparison,
            row.value,
            row.margin,
            row.sustained_s,
        )
        for row in rows[:500]
    ]
