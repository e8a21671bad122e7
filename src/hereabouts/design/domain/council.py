"""A council as data: its name, languages, colours, words and where its map opens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TypeVar

from hereabouts.design.domain.colour import contrast, is_colour

LANGUAGES = ("en", "cy")
AA_TEXT = 4.5
"""Contrast that text needs at least. Source: WCAG 2.2, 1.4.3."""

Table = Mapping[str, object]
Value = TypeVar("Value", str, bool, float)


class CouncilError(ValueError):
    """What is wrong with a council's description, in words that name the entry."""


@dataclass(frozen=True)
class Palette:
    """The council's own colours in one theme; everything else is the same for all councils."""

    brand: str
    on_brand: str
    link: str


@dataclass(frozen=True)
class Theme:
    """The council's colours by day and by night."""

    light: Palette = Palette(brand="#1f4f59", on_brand="#ffffff", link="#1a4f9c")
    dark: Palette = Palette(brand="#1d3f47", on_brand="#f2f5f4", link="#9cc4ff")


PAPER = {"light": "#fdfcf9", "dark": "#14181b"}
"""What links stand on in each theme; the same values stand in styles/theme.scss."""


@dataclass(frozen=True)
class Text:
    """A text in each of the council's languages; English is the last resort."""

    en: str
    cy: str = ""

    def in_language(self, language: str) -> str:
        """The text in the language, or in English where there is none."""
        return (self.cy if language.startswith("cy") else self.en) or self.en


@dataclass(frozen=True)
class Contact:
    """How people reach the council; empty where the council gives none."""

    telephone: str = ""
    email: str = ""
    address: str = ""


@dataclass(frozen=True)
class MapStart:
    """Where the map opens, WGS 84 degrees; nothing until a place has been loaded."""

    lon: float
    lat: float
    zoom: float


@dataclass(frozen=True)
class Council:
    """One council (or any body that answers for a place), checked and complete."""

    name: Text
    place: Text
    welcome: Text
    is_invented: bool = False
    languages: tuple[str, ...] = LANGUAGES
    theme: Theme = Theme()
    contact: Contact = Contact()
    map_start: MapStart | None = None


def parse_council(tables: Table) -> Council:
    """Read a council from the tables of its file.

    Raises: CouncilError, which names the entry, when one is missing, unknown or of a wrong sort.
    """
    _only(tables, "", {"council", "theme", "contact", "map", "home"})
    about = _table(tables, "council")
    known = {"name", "name_cy", "place", "place_cy", "invented", "languages"}
    _only(about, "council", known)
    return Council(
        name=_text(about, "council", "name"),
        place=_text(about, "council", "place"),
        welcome=_welcome(_table(tables, "home")),
        is_invented=_value(about, "council.invented", bool, default=False),
        languages=_languages(about.get("languages", list(LANGUAGES))),
        theme=_theme(_table(tables, "theme")),
        contact=_contact(_table(tables, "contact")),
        map_start=_map_start(_table(tables, "map")) if "map" in tables else None,
    )


def _table(tables: Table, name: str) -> Table:
    found = tables.get(name.rpartition(".")[2], {})
    if not isinstance(found, Mapping):
        raise CouncilError(f"[{name}] is not a table")
    return found


def _only(table: Table, name: str, known: set[str]) -> None:
    unknown = sorted(set(table) - known)
    if unknown:
        where = f"[{name}] has" if name else "it has"
        raise CouncilError(f"{where} an unknown entry “{unknown[0]}”; known: {_list(known)}")


def _list(names: set[str]) -> str:
    return ", ".join(sorted(names))


def _value(table: Table, path: str, sort: type[Value], default: Value | None = None) -> Value:
    name = path.rpartition(".")[2]
    found = table.get(name, default)
    if found is None:
        raise CouncilError(f"{path} is missing")
    if sort is float and isinstance(found, int) and not isinstance(found, bool):
        found = float(found)
    if not isinstance(found, sort):
        words = {str: "text in quotes", bool: "true or false", float: "a number"}
        raise CouncilError(f"{path} has to be {words[sort]}")
    return found


def _text(table: Table, where: str, name: str) -> Text:
    english = _value(table, f"{where}.{name}", str)
    if not english.strip():
        raise CouncilError(f"{where}.{name} is empty")
    return Text(en=english, cy=_value(table, f"{where}.{name}_cy", str, default=""))


def _welcome(home: Table) -> Text:
    _only(home, "home", {"welcome", "welcome_cy"})
    return Text(
        en=_value(home, "home.welcome", str, default=""),
        cy=_value(home, "home.welcome_cy", str, default=""),
    )


def _languages(found: object) -> tuple[str, ...]:
    if not isinstance(found, list) or not found or not set(found) <= set(LANGUAGES):
        raise CouncilError(f"council.languages has to be a list of some of {', '.join(LANGUAGES)}")
    return tuple(found)


def _theme(table: Table) -> Theme:
    _only(table, "theme", {"light", "dark"})
    neutral = Theme()
    return Theme(
        light=_palette(_table(table, "theme.light"), "light", neutral.light),
        dark=_palette(_table(table, "theme.dark"), "dark", neutral.dark),
    )


def _palette(table: Table, mode: str, neutral: Palette) -> Palette:
    where = f"theme.{mode}"
    names = {entry.name for entry in fields(Palette)}
    _only(table, where, names)
    colours = {
        name: _value(table, f"{where}.{name}", str, default=getattr(neutral, name)).lower()
        for name in names
    }
    for name, colour in colours.items():
        if not is_colour(colour):
            raise CouncilError(f"{where}.{name} has to be a colour like #1f4f59, not “{colour}”")
    palette = Palette(**colours)
    _check_contrast(f"{where}.on_brand on brand", palette.on_brand, palette.brand)
    _check_contrast(f"{where}.link on the page", palette.link, PAPER[mode])
    return palette


def _check_contrast(what: str, ink: str, ground: str) -> None:
    ratio = contrast(ink, ground)
    if ratio < AA_TEXT:
        raise CouncilError(
            f"{what} ({ink} on {ground}) has a contrast of {ratio:.1f}, and needs {AA_TEXT}"
        )


def _contact(table: Table) -> Contact:
    names = {entry.name for entry in fields(Contact)}
    _only(table, "contact", names)
    return Contact(
        **{name: _value(table, f"contact.{name}", str, default="") for name in names},
    )


def _map_start(table: Table) -> MapStart:
    _only(table, "map", {"lon", "lat", "zoom"})
    start = MapStart(
        lon=_value(table, "map.lon", float),
        lat=_value(table, "map.lat", float),
        zoom=_value(table, "map.zoom", float, default=13.0),
    )
    limits = {"lon": (-180.0, 180.0), "lat": (-85.0, 85.0), "zoom": (5.0, 20.0)}
    for name, (low, high) in limits.items():
        if not low <= getattr(start, name) <= high:
            raise CouncilError(f"map.{name} has to lie between {low:g} and {high:g}")
    return start
