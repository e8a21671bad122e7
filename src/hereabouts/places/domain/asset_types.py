"""The typed list of assets: what stands in the street, told by data that a council extends."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

ANY = "*"
KEY_SIGNS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_")
LONGEST_KEY = 40


class UnusableListError(ValueError):
    """A list of asset types says something that has no meaning."""


Rule = Mapping[str, tuple[str, ...]]
"""Tags that all have to be there, each with one of these values; `*` is any."""


@dataclass(frozen=True)
class AssetType:
    """One type: its key, its names by language, how OpenStreetMap says it, and its symbol."""

    key: str
    names: Mapping[str, str]
    rules: tuple[Rule, ...] = ()
    reference: tuple[str, ...] = ()
    symbol: str = ""

    def name(self, language: str) -> str:
        """The name in a language, in English where that language has none."""
        return self.names.get(language[:2]) or self.names.get("en") or self.key

    @property
    def telling_keys(self) -> frozenset[str]:
        """Keys with one value only that make a thing of this type, and so tell nothing more."""
        return frozenset(
            key
            for rule in self.rules
            for key, values in rule.items()
            if len(values) == 1 and values != (ANY,)
        )

    def fits(self, tags: Mapping[str, str]) -> bool:
        """Whether a thing with these tags is of this type."""
        return any(
            all(_has(tags, key, values) for key, values in rule.items()) for rule in self.rules
        )


@dataclass
class AssetTypes:
    """All types in their order; the first whose rule fits a thing is its type."""

    types: dict[str, AssetType] = field(default_factory=dict)
    _by_tag: dict[tuple[str, str], list[tuple[int, AssetType]]] = field(default_factory=dict)

    def add(self, found: AssetType) -> None:
        """Add a type, or put it in place of the one with its key."""
        self.types[found.key] = found
        self._by_tag.clear()

    def find(self, key: str) -> AssetType | None:
        """The type with this key, or None."""
        return self.types.get(key)

    def type_of(self, tags: Mapping[str, str]) -> AssetType | None:
        """The type of a thing with these tags, or None where it is no asset."""
        if not self._by_tag:
            self._index()
        best: tuple[int, AssetType] | None = None
        for tag in tags.items():
            for place, found in (*self._by_tag.get(tag, ()), *self._by_tag.get((tag[0], ANY), ())):
                if (best is None or place < best[0]) and found.fits(tags):
                    best = (place, found)
        return best[1] if best else None

    def _index(self) -> None:
        for place, found in enumerate(self.types.values()):
            for rule in found.rules:
                key, values = next(iter(rule.items()))
                for value in values:
                    self._by_tag.setdefault((key, value), []).append((place, found))


def read_asset_types(text: str, types: AssetTypes) -> None:
    """Add the types of a TOML text; a type that is there already is replaced.

    Raises: UnusableListError saying what is wrong.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise UnusableListError(str(fault)) from fault
    for key, table in tables.items():
        types.add(_read(key, table))


def _read(key: str, table: object) -> AssetType:
    if not isinstance(table, dict) or not set(key) <= KEY_SIGNS or len(key) > LONGEST_KEY:
        raise UnusableListError(f"“{key}” is not a type")
    names = table.get("name")
    if not isinstance(names, dict) or not isinstance(names.get("en"), str):
        raise UnusableListError(f"“{key}” has no English name")
    rules = table.get("osm", [])
    if not isinstance(rules, list) or not all(isinstance(rule, dict) and rule for rule in rules):
        raise UnusableListError(f"the rules of “{key}” are not a list of tags")
    return AssetType(
        key=key,
        names={str(language): str(name) for language, name in names.items()},
        rules=tuple({str(tag): _values(values) for tag, values in rule.items()} for rule in rules),
        reference=_values(table.get("reference", [])),
        symbol=str(table.get("symbol", "")),
    )


def _values(found: object) -> tuple[str, ...]:
    if isinstance(found, Sequence) and not isinstance(found, str):
        return tuple(map(str, found))
    return (str(found),)


def _has(tags: Mapping[str, str], key: str, values: tuple[str, ...]) -> bool:
    value = tags.get(key)
    return value is not None and (value in values or ANY in values)
