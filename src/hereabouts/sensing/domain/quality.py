"""Rules that mark what is remarkable about an observation; nothing is dropped for it.

Each rule is registered with a version and a description in plain language. Clock and lateness are
judged for every stream; the others where the stream has settings for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from hereabouts.kernel.text import N_
from hereabouts.sensing.domain.observations import NewObservation, QualityFlag, ResultKind

SECOND = 1_000_000
AHEAD = 300 * SECOND
"""How far a clock may be ahead of the service's, in microseconds."""
EARLIEST = 631_152_000 * SECOND
"""1990-01-01: no sensor of ours measured before."""


@dataclass(frozen=True)
class Rule:
    """A registered rule; `settings` names what can be set, with a plain description each."""

    name: str
    version: int
    flag: QualityFlag
    title: str
    description: str
    settings: Mapping[str, str]


RULES: Final[tuple[Rule, ...]] = (
    Rule(
        "range",
        1,
        QualityFlag.RANGE,
        N_("Outside the range"),
        N_("The number is smaller than the least or larger than the most this stream can measure."),
        {"least": N_("the smallest number"), "most": N_("the largest number")},
    ),
    Rule(
        "spike",
        1,
        QualityFlag.SPIKE,
        N_("Jump"),
        N_("The number differs from the one before by more than this stream can change at once."),
        {"step": N_("the largest difference")},
    ),
    Rule(
        "stuck",
        1,
        QualityFlag.STUCK,
        N_("Stuck"),
        N_("The same number came so often in a row that the sensor may have stopped measuring."),
        {"count": N_("how many equal numbers in a row are too many")},
    ),
    Rule(
        "gap",
        1,
        QualityFlag.GAP,
        N_("After a gap"),
        N_("More time passed since the observation before than this stream usually lets pass."),
        {"seconds": N_("the longest time between two observations, in seconds")},
    ),
    Rule(
        "clock",
        1,
        QualityFlag.CLOCK,
        N_("Wrong clock"),
        N_("The time lies more than five minutes in the future, or before 1990."),
        {},
    ),
    Rule(
        "late",
        1,
        QualityFlag.LATE,
        N_("Late"),
        N_("A newer observation of this stream was here before this one came."),
        {},
    ),
)
"""Every rule, in the order in which pages list them."""


class RangeSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a stream can measure, in its unit; None for no bound."""

    least: float | None = None
    most: float | None = None


class SpikeSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How far one number may be from the one before."""

    step: float


class StuckSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many equal numbers in a row are too many; at least 2."""

    count: int

    def __post_init__(self) -> None:
        """Refuse what would mark everything."""
        if self.count < 2:
            raise ValueError("the count of equal numbers is at least 2")


class GapSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The longest time between two observations."""

    seconds: float


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The settings of one stream; a rule without settings is not applied."""

    range: RangeSettings | None = None
    spike: SpikeSettings | None = None
    stuck: StuckSettings | None = None
    gap: GapSettings | None = None


class SettingsUnreadableError(ValueError):
    """The text is not settings of rules; the message says where."""


_settings = msgspec.json.Decoder(Settings)


def read_settings(text: str) -> Settings | None:
    """The settings in a JSON text; None for an empty text.

    Raises: SettingsUnreadableError.
    """
    if not text:
        return None
    try:
        return _settings.decode(text)
    except (msgspec.DecodeError, UnicodeError) as fault:
        raise SettingsUnreadableError(str(fault)) from fault


def write_settings(settings: Settings | None) -> str:
    """The JSON text of settings, empty for none."""
    return "" if settings is None else msgspec.json.encode(settings).decode()


class Profile(msgspec.Struct):
    """The observation before: when it started, its number, and how often that came in a row."""

    started: int | None = None
    number: float | None = None
    run: int = 0


def judge_clock(started: int, received: int) -> int:
    """The flag for a time that cannot be right, or 0."""
    return int(QualityFlag.CLOCK) if started > received + AHEAD or started < EARLIEST else 0


def judge(row: NewObservation, settings: Settings, before: Profile, received: int) -> int:
    """The flags of one observation; `before` moves on to it unless it is late or its time wrong."""
    flags = judge_clock(row.started, received)
    number = row.number if row.kind == ResultKind.NUMBER else None
    if number is not None and settings.range is not None:
        flags |= _judge_range(number, settings.range)
    if flags & QualityFlag.CLOCK:
        return flags
    if before.started is not None and row.started < before.started:
        return flags | QualityFlag.LATE
    return flags | _judge_after(row.started, number, settings, before)


def _judge_range(number: float, settings: RangeSettings) -> int:
    is_below = settings.least is not None and number < settings.least
    is_above = settings.most is not None and number > settings.most
    return int(QualityFlag.RANGE) if is_below or is_above else 0


def _judge_after(started: int, number: float | None, settings: Settings, before: Profile) -> int:
    flags = 0
    if (
        settings.gap is not None
        and before.started is not None
        and started - before.started > settings.gap.seconds * SECOND
    ):
        flags |= QualityFlag.GAP
    before.started = started
    if number is None:
        before.number, before.run = None, 0
        return flags
    if before.number is not None and settings.spike is not None:
        flags |= QualityFlag.SPIKE if abs(number - before.number) > settings.spike.step else 0
    before.run = before.run + 1 if number == before.number else 1
    before.number = number
    if settings.stuck is not None and before.run >= settings.stuck.count:
        flags |= QualityFlag.STUCK
    return int(flags)
