"""What the sensor hub needs from outside: a store that keeps observations."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, cast

from hereabouts.sensing.domain.observations import NewObservation, Run, Stored, StoredRun

RawConnection = Any
"""A connection of the database's own driver, inside a transaction that the caller opened."""


class Kept(NamedTuple):
    """An observation as it stands in the store; members as in `NewObservation`.

    `feature_id` None means the stream's standing feature.
    """

    id: int
    stream_id: int
    started: int
    ended: int | None
    result_time: int | None
    kind: int
    number: float | None
    result: str | None
    quality: int
    valid_start: int | None
    valid_end: int | None
    parameters: str | None
    result_quality: str | None
    feature_id: int | None


@dataclass(frozen=True, slots=True)
class Extent:
    """What is known of a stream: its number of observations, their extents, and the latest one.

    Times in microseconds; `received` is when the service last got one. `area` is GeoJSON text.
    """

    stream_id: int
    count: int
    first_started: int | None
    last_ended: int | None
    first_result_time: int | None
    last_result_time: int | None
    received: int | None
    latest_id: int | None
    latest_started: int | None
    latest_ended: int | None
    latest_number: float | None
    latest_result: str | None
    latest_kind: int | None
    latest_quality: int
    area: str | None


@dataclass(frozen=True, slots=True)
class Bucket:
    """The numbers of a stream within `[start, start + width)`; truth values are not numbers."""

    stream_id: int
    start: int
    count: int
    least: float
    most: float
    mean: float


@dataclass(frozen=True, slots=True)
class Expired:
    """What a stream lost at its old end: how many, and the features that some of them named.

    `is_last` says that none is left before the moment that was given.
    """

    count: int
    feature_ids: Sequence[int]
    is_last: bool


@dataclass(frozen=True)
class Window:
    """Which observations to read: of which streams, when, in which order, after which one.

    `since` is included, `until` is not. The order is by stream, then (started, id), the newest
    first if asked; `after` is the last one already read, as (stream, started, id).
    """

    stream_ids: Sequence[int]
    since: int | None = None
    until: int | None = None
    newest_first: bool = False
    limit: int = 1_000
    after: tuple[int, int, int] | None = None


class ObservationStore(Protocol):
    """Keeps observations and, beside them, what is known of each stream; plain values in and out.

    Every method works in the transaction that the caller opened on `raw`.
    """

    def prepare(self, raw: RawConnection) -> None:
        """Set a connection up for writing many groups; outside any transaction."""

    def append(
        self, raw: RawConnection, rows: Sequence[NewObservation], received: int
    ) -> list[Stored]:
        """Add observations whose streams and features are known; one answer each, in order.

        Those with `once` that are there already, also earlier in the same call, are not added.
        """

    def append_runs(
        self, raw: RawConnection, runs: Sequence[Run], received: int
    ) -> list[StoredRun]:
        """Add runs whose streams, features and quality are known; one answer each, in order."""

    def read(self, raw: RawConnection, window: Window) -> list[Kept]:
        """The observations of a window, at most `limit`."""

    def list_latest(self, raw: RawConnection, stream_ids: Sequence[int]) -> list[Kept]:
        """The latest observation of each stream that has one, in order of the streams' ids."""

    def list_extents(self, raw: RawConnection, stream_ids: Sequence[int]) -> list[Extent]:
        """Counts and extents of each stream that ever had one, in order of the streams' ids."""

    def aggregate(self, raw: RawConnection, window: Window, width: int) -> list[Bucket]:
        """Numbers of the window by stream and bucket of `width` microseconds since 1970, sorted."""

    def export(self, raw: RawConnection, window: Window) -> Iterator[list[Kept]]:
        """All observations of a window in batches of at most `limit`."""

    def delete(self, raw: RawConnection, ids: Sequence[int]) -> int:
        """Delete observations by id and bring what is known of their streams up to date."""

    def delete_of_streams(self, raw: RawConnection, stream_ids: Sequence[int]) -> int:
        """Delete whole streams' observations and all that is known of them; how many there were."""

    def delete_of_feature(self, raw: RawConnection, feature_id: int) -> int:
        """Delete every observation of a feature, also those that have it as standing feature."""

    def delete_oldest(self, raw: RawConnection, stream_id: int, moment: int, most: int) -> Expired:
        """Delete the oldest of a stream, of those that started before a moment: retention.

        About `most`; those of one instant go together.
        """

    def rebuild(self, raw: RawConnection, stream_ids: Sequence[int]) -> None:
        """Work out anew, from the observations, what is known of streams; all but the area."""


_stores: dict[str, str] = {}
_loaded: dict[str, ObservationStore] = {}


def provide_store(vendor: str, where: str) -> None:
    """Name the store for a database vendor as `module:object`; it is loaded when first used."""
    _stores[vendor] = where
    _loaded.pop(vendor, None)


def store_for(vendor: str) -> ObservationStore:
    """The store that was provided for a database vendor (`sqlite`, `postgresql`)."""
    found = _loaded.get(vendor)
    if found is None:
        module, _, name = _stores[vendor].partition(":")
        found = cast(ObservationStore, getattr(importlib.import_module(module), name))
        _loaded[vendor] = found
    return found


@dataclass(frozen=True)
class AlertAddressee:
    """Whom a letter about an alert goes to, and what was asked for; `secret` ends the alert."""

    email: str
    language: str
    place_name: str
    property_name: str
    comparison: str
    value: float
    secret: str
    is_confirmed: bool = True


class AlertSender(Protocol):
    """Tells a subscriber of a crossing: e-mail today; text message or letter behind the same port.

    Raises: OSError or SMTPException where it could not be handed on; it is then tried again.
    """

    def __call__(self, to: AlertAddressee, facts: Mapping[str, str | float | int]) -> None:
        """Send it."""


_senders: list[str] = []


def provide_alert_sender(where: str) -> None:
    """Name the sender of alerts as `module:function`; the last one named is used."""
    _senders.append(where)


def alert_sender() -> AlertSender:
    """The sender that was provided."""
    module, _, name = _senders[-1].partition(":")
    return cast(AlertSender, getattr(importlib.import_module(module), name))
