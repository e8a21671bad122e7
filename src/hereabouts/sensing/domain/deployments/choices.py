"""What a council chooses from: departments, legal bases, and what can be measured; data it extends.

Departments and not people: a deployment is answered for by an office with a mailbox.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

KEY_SIGNS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_")
LONGEST_KEY = 40
FURTHEST_M = 20_000.0
USUAL_REACH_M = 500.0


class UnusableChoicesError(ValueError):
    """A list of choices says something that has no meaning."""


@dataclass(frozen=True)
class Named:
    """An entry with its names by language."""

    key: str
    names: Mapping[str, str]

    def name(self, language: str) -> str:
        """The name in a language, in English where that language has none."""
        return self.names.get(language[:2]) or self.names["en"]


@dataclass(frozen=True)
class Department(Named):
    """An office that owns deployments."""


@dataclass(frozen=True)
class LegalBasis(Named):
    """Why measuring is lawful; `is_personal` where it allows personal data to be used."""

    is_personal: bool = False


@dataclass(frozen=True)
class Measure(Named):
    """Something that can be measured.

    `reach_m` is how far around a sensor its readings still say something; sensors in the same area
    of the kind `catchment` count as near even beyond that. `is_of_people` where people are
    measured, if only counted.
    """

    definitions: frozenset[str] = frozenset()
    other_names: frozenset[str] = frozenset()
    reach_m: float = USUAL_REACH_M
    catchment: str = ""
    is_of_people: bool = False

    def fits(self, definition: str, name: str) -> bool:
        """Whether a stream's observed property is this."""
        return definition in self.definitions or " ".join(name.casefold().split()) in (
            self.other_names | {known.casefold() for known in self.names.values()}
        )


@dataclass(frozen=True)
class Mount:
    """A type of asset that can carry a device, and whether mains power is at hand there."""

    asset_type: str
    has_power: bool = False


@dataclass
class Choices:
    """Everything there is to choose from, in the order of the lists."""

    departments: dict[str, Department] = field(default_factory=dict)
    legal_bases: dict[str, LegalBasis] = field(default_factory=dict)
    measures: dict[str, Measure] = field(default_factory=dict)
    mounts: dict[str, Mount] = field(default_factory=dict)

    def are_of_people(self, keys: Iterable[str]) -> bool:
        """Whether any of these measures people."""
        found = (self.measures.get(key) for key in keys)
        return any(one is not None and one.is_of_people for one in found)

    def reach_m(self, keys: Iterable[str]) -> float:
        """How far around its place a sensor of these says something: the least of them."""
        found = [self.measures[key].reach_m for key in keys if key in self.measures]
        return min(found, default=USUAL_REACH_M)


Table = Mapping[str, object]


def read_choices(text: str, choices: Choices) -> None:
    """Add the entries of a TOML text; an entry that is there already is replaced.

    Raises: UnusableChoicesError saying what is wrong.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise UnusableChoicesError(str(fault)) from fault
    unknown = set(tables) - {"department", "legal_basis", "property", "mount"}
    if unknown:
        raise UnusableChoicesError(f"“{min(unknown)}” is not a list there is")
    for key, table in _entries(tables, "department"):
        choices.departments[key] = Department(key, _names(key, table))
    for key, table in _entries(tables, "legal_basis"):
        is_personal = table.get("personal") is True
        choices.legal_bases[key] = LegalBasis(key, _names(key, table), is_personal)
    for key, table in _entries(tables, "property"):
        choices.measures[key] = _measure(key, table)
    for key, table in _entries(tables, "mount"):
        choices.mounts[key] = Mount(key, table.get("power") is True)


def _entries(tables: Table, name: str) -> list[tuple[str, Table]]:
    found = tables.get(name, {})
    if not isinstance(found, dict):
        raise UnusableChoicesError(f"“{name}” is not a list of entries")
    for key, table in found.items():
        if not isinstance(table, dict) or not set(key) <= KEY_SIGNS or len(key) > LONGEST_KEY:
            raise UnusableChoicesError(f"“{key}” is not an entry")
    return list(found.items())


def _names(key: str, table: Table) -> dict[str, str]:
    names = table.get("name")
    if not isinstance(names, dict) or not isinstance(names.get("en"), str) or not names["en"]:
        raise UnusableChoicesError(f"“{key}” has no English name")
    return {str(language): str(name) for language, name in names.items()}


def _measure(key: str, table: Table) -> Measure:
    reach = table.get("reach_m", USUAL_REACH_M)
    if isinstance(reach, bool) or not isinstance(reach, int | float) or not 0 < reach <= FURTHEST_M:
        raise UnusableChoicesError(f"the reach of “{key}” is not a distance up to {FURTHEST_M:.0f}")
    return Measure(
        key=key,
        names=_names(key, table),
        definitions=frozenset(_texts(key, table, "definitions")),
        other_names=frozenset(one.casefold() for one in _texts(key, table, "names")),
        reach_m=float(reach),
        catchment=str(table.get("catchment", "")),
        is_of_people=table.get("people") is True,
    )


def _texts(key: str, table: Table, name: str) -> list[str]:
    found = table.get(name, [])
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise UnusableChoicesError(f"“{name}” of “{key}” is not a list of texts")
    return found
