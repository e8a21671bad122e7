"""What one file says, as plain values: records, how far it speaks, and what was wrong in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from hereabouts.places.domain.kinds import Kind
from hereabouts.places.domain.records import (
    AreaEnding,
    DeprivationRecord,
    Finding,
    Identifiers,
    PopulationRecord,
    Record,
)

Say = Callable[[str, float], None]
"""Called with the name of a step and the share of it that is done, from 0 to 1."""

MAX_FINDINGS = 1_000
"""Findings kept for one run; beyond these they are only counted."""

MOSTLY = 0.5
"""Share of a held area that a new file has to cover before it may say that the area went."""


def say_nothing(step: str, share: float) -> None:
    """Report progress to nobody."""


class Findings:
    """Collects what was wrong in a file: keeps the first thousand, counts all by code."""

    def __init__(self) -> None:
        self.kept: list[Finding] = []
        self.by_code: dict[str, int] = {}

    def add(self, finding: Finding) -> None:
        """Note one finding."""
        self.by_code[finding.code] = self.by_code.get(finding.code, 0) + 1
        if len(self.kept) < MAX_FINDINGS:
            self.kept.append(finding)

    def forget(self, beginning: str) -> None:
        """Take back findings whose code begins so, before their rows are looked at again."""
        self.kept = [found for found in self.kept if not found.code.startswith(beginning)]
        for code in [code for code in self.by_code if code.startswith(beginning)]:
            del self.by_code[code]

    @property
    def total(self) -> int:
        """How many there were, kept or not."""
        return sum(self.by_code.values())


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Which held features a file speaks for; those of them that it does not name *went*.

    A held feature is in scope when it has the batch's source, its columns equal `fields` (such as
    `{"type": "bench"}`; None is an empty column), and it lies within `boundary` (well-known binary,
    WGS 84; None is everywhere): wholly, or, with `mostly`, by more than half of its surface.
    """

    boundary: bytes | None = None
    fields: Mapping[str, str | None] = field(default_factory=dict)
    mostly: bool = False


@dataclass(frozen=True, kw_only=True)
class Amendment:
    """What another register adds to a feature that is already held, such as its USRN.

    `columns` are values for columns of the feature's table; `identifiers` are added to those it
    has, in place of the ones that the same batch source added before (None leaves those alone).
    """

    feature_id: int
    columns: Mapping[str, object] = field(default_factory=dict)
    identifiers: Identifiers | None = None


@dataclass(kw_only=True)
class Batch:
    """Everything one file says.

    A kind without an entry in `scopes` never loses features. `figures` are statistics of areas,
    replaced by their natural key; `endings` say which areas later ones took over. Every iterable is
    gone through once, in pieces, so a generator keeps memory flat for a file larger than it. The
    order of records does not matter.
    """

    source: str
    records: Mapping[Kind, Iterable[Record]] = field(default_factory=dict)
    scopes: Mapping[Kind, Scope] = field(default_factory=dict)
    amendments: Mapping[Kind, Sequence[Amendment]] = field(default_factory=dict)
    figures: Iterable[DeprivationRecord | PopulationRecord] = ()
    endings: Sequence[AreaEnding] = ()
    findings: Findings = field(default_factory=Findings)
    attribution: str = ""


@dataclass(frozen=True, kw_only=True)
class Counts:
    """What an import did to the features of one kind."""

    appeared: int = 0
    changed: int = 0
    moved: int = 0
    went: int = 0
    returned: int = 0
    unchanged: int = 0

    @property
    def touched(self) -> int:
        """How many features are not as they were."""
        return self.appeared + self.changed + self.moved + self.went + self.returned

    @property
    def total(self) -> int:
        """How many features the file or the gazetteer named."""
        return self.touched + self.unchanged


@dataclass(frozen=True, kw_only=True)
class ImportSummary:
    """What one import did; `run` is its public id, empty for a dry run.

    `first_findings` holds the first of each code.
    """

    run: str
    importer: str
    source: str
    file_name: str
    file_digest: str
    counts: Mapping[str, Counts]
    findings: int
    findings_by_code: Mapping[str, int]
    first_findings: Sequence[Finding]
    seconds: float
    is_dry_run: bool = False

    @property
    def is_unchanged(self) -> bool:
        """Whether the gazetteer is exactly as it was."""
        return all(counts.touched == 0 for counts in self.counts.values())
