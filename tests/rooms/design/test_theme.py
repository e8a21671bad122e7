"""Colours that can be read: every pair of ink and ground the styles use, in both themes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hereabouts.design.domain.colour import contrast

THEME = Path(__file__).resolve().parents[3] / "web" / "styles" / "_theme.scss"
BODY, TEXT, SHAPE = 7.0, 4.5, 3.0
"""Contrast for body text (AAA), other text, and shapes. Source: WCAG 2.2, 1.4.3, 1.4.6, 1.4.11."""

PAIRS = [
    ("ink", "paper", BODY),
    ("ink", "surface", BODY),
    ("ink", "surface-strong", BODY),
    ("ink", "field", BODY),
    ("link", "paper", BODY),
    ("ink-soft", "paper", TEXT),
    ("ink-soft", "surface", TEXT),
    ("ink-soft", "field", TEXT),
    ("link", "surface", TEXT),
    ("link-hover", "paper", TEXT),
    ("link-visited", "paper", TEXT),
    ("on-brand", "brand", TEXT),
    ("on-action", "action", TEXT),
    ("on-action", "action-hover", TEXT),
    ("problem", "paper", TEXT),
    ("paper", "problem", TEXT),
    ("invented-ink", "invented-ground", BODY),
    ("focus-ink", "focus", BODY),
    ("ink", "good-ground", BODY),
    ("ink", "attention-ground", BODY),
    ("ink", "problem-ground", BODY),
    ("ink", "information-ground", BODY),
    ("good", "good-ground", SHAPE),
    ("attention", "attention-ground", SHAPE),
    ("problem", "problem-ground", SHAPE),
    ("information", "information-ground", SHAPE),
    ("line-strong", "field", SHAPE),
    ("line-strong", "paper", SHAPE),
    ("action", "paper", SHAPE),
    ("chosen", "paper", SHAPE),
]


def colours(theme: str) -> dict[str, str]:
    (block,) = re.findall(rf"@mixin {theme} {{(.*?)\n}}", THEME.read_text(), re.DOTALL)
    found = re.findall(r"--([\w-]+): (?:var\(--[\w-]+, )?(#[0-9a-f]{6})", block)
    return dict(found)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_ink_can_be_read_on_its_ground(theme: str, ink: str, ground: str, least: float) -> None:
    known = colours(theme)
    assert contrast(known[ink], known[ground]) >= least


def test_both_themes_set_the_same_colours() -> None:
    assert set(colours("light")) == set(colours("dark"))
    assert len(colours("light")) > 25


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_the_map_marks_has_the_colour_of_its_pins(theme: str) -> None:
    palette = (THEME.parents[1] / "map" / "palette.ts").read_text()
    (block,) = re.findall(rf"const {theme.upper()}: Palette = {{(.*?)\n}};", palette, re.DOTALL)
    assert f'chosen: "{colours(theme)["chosen"]}"' in block
