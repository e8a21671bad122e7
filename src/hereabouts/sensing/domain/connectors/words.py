"""Units and properties by whatever name a feed has for them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

import msgspec

from hereabouts.sensing.domain.connectors.records import Observed, Unit
from hereabouts.standards.lorawan.description import Property, Vocabulary
from hereabouts.standards.lorawan.description import Unit as KnownUnit

UCUM = "http://unitsofmeasure.org/ucum.html#"
OWN = "urn:hereabouts:property:"
NO_UNIT_WORDS = frozenset({"", "-", "--", "---", "none", "null", "n/a", "unitless"})
MARKUP = re.compile(r"<[^>]{0,20}>")
NOT_IN_A_NAME = re.compile(r"[^a-z0-9]+")


class Spelt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Other spellings, by unit or property."""

    units: dict[str, list[str]] = {}
    properties: dict[str, list[str]] = {}


class WordList(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of words: more units and properties, and how feeds spell them.

    `by_unit` says which property is meant where the unit is of another kind.
    """

    units: dict[str, KnownUnit] = {}
    properties: dict[str, Property] = {}
    spelt: Spelt = Spelt()
    by_unit: dict[str, dict[str, str]] = {}


def squeeze(text: str) -> str:
    """A spelling without what differs between writers: case, spaces, markup, kinds of µ."""
    plain = unicodedata.normalize("NFKC", MARKUP.sub("", text)).lower()
    return "".join(plain.split()).replace("μ", "µ").replace("_", "")


class Words:
    """Finds units and properties; what is not known is kept under its own name."""

    def __init__(self, shared: Vocabulary, more: WordList) -> None:
        self.units: Mapping[str, KnownUnit] = {**shared.units, **more.units}
        self.properties: Mapping[str, Property] = {**shared.properties, **more.properties}
        self._by_unit = more.by_unit
        self._unit_keys = self._index(
            {key: [key, unit.symbol, unit.name] for key, unit in self.units.items()},
            more.spelt.units,
        )
        self._property_keys = self._index(
            {key: [key, each.definition] for key, each in self.properties.items()},
            more.spelt.properties,
        )
        self.find_unit = lru_cache(maxsize=1_000)(self._find_unit)

    def _index(
        self, own: Mapping[str, list[str]], spelt: Mapping[str, list[str]]
    ) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for source in (spelt, own):
            for key, spellings in source.items():
                for spelling in spellings:
                    if spelling:
                        found.setdefault(squeeze(spelling), key)
        return found

    def _find_unit(self, text: str) -> Unit:
        """The unit of a text; brackets with a method behind it are passed over."""
        plain = text.strip()
        if plain.lower() in NO_UNIT_WORDS:
            return Unit(is_known=False)
        key = self._unit_keys.get(squeeze(plain)) or self._unit_keys.get(
            squeeze(plain.partition("(")[0])
        )
        if key is None:
            return Unit(name=plain[:60], symbol=plain[:60], is_known=False)
        unit = self.units[key]
        return Unit(unit.name, unit.symbol or key, unit.definition or UCUM + key)

    def find_property(self, text: str, unit: Unit | None = None) -> tuple[Observed, Unit]:
        """The property of a text and the unit it has here: the one given, else its usual one."""
        key = self._property_keys.get(squeeze(text))
        if key is None:
            name = MARKUP.sub("", text).strip()[:100] or "?"
            slug = NOT_IN_A_NAME.sub("-", name.lower()).strip("-") or "unnamed"
            return Observed(name, OWN + slug, is_known=False), unit or Unit(is_known=False)
        others = self._by_unit.get(key, {})
        if unit is not None and unit.definition.removeprefix(UCUM) in others:
            key = others[unit.definition.removeprefix(UCUM)]
        found = self.properties[key]
        usual = self.find_unit(found.unit) if found.unit else Unit(is_known=False)
        chosen = unit if unit is not None and not unit.is_none else usual
        description = found.description or found.name
        return Observed(found.name, found.definition, description), chosen
