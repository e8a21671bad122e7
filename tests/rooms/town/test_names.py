"""What things are called."""

from __future__ import annotations

import itertools
from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from hereabouts.town.dice import Dice
from hereabouts.town.naming import words
from hereabouts.town.naming.areas import ward_names
from hereabouts.town.naming.streets import BASES, DEAD_ENDS, ENDINGS, Register
from hereabouts.town.town import Town
from hereabouts.town.values import Style


def test_no_two_side_streets_share_a_name(grown: Town) -> None:
    streets = grown.ground.network.streets
    names = Counter(s.name for s in streets if s.role in ("street", "collector", "lane"))
    assert [name for name, count in names.items() if count > 1] == []


def test_every_street_has_a_name_and_only_roundabouts_have_none(grown: Town) -> None:
    nameless = {s.role for s in grown.ground.network.streets if not s.name}
    assert nameless <= {"roundabout"}


def test_the_words_for_each_era_are_all_different() -> None:
    stocks = [value for key, value in vars(words).items() if key.isupper()]
    assert all(len(set(stock)) == len(stock) for stock in stocks)


def test_every_style_that_has_streets_has_names_for_them() -> None:
    assert BASES.keys() == ENDINGS.keys() == DEAD_ENDS.keys()
    assert Style.COUNTRY in BASES


@settings(max_examples=30)
@given(st.integers(0, 2**32), st.sampled_from(list(BASES)))
def test_a_register_never_gives_a_name_twice(seed: int, style: Style) -> None:
    register = Register(np.random.default_rng(seed))
    names = [register.invent(style, ENDINGS[style]) for _ in range(120)]
    assert len(set(names)) == len(names)
    assert all(name[0].isupper() and "  " not in name for name in names)


def test_a_county_of_streets_does_not_run_out_of_names() -> None:
    register = Register(np.random.default_rng(7))
    styles = itertools.cycle([Style.POSTWAR, Style.MODERN, Style.SEMI, Style.TERRACE])
    names = [register.invent(style, DEAD_ENDS[style]) for style in itertools.islice(styles, 9_000)]
    assert len(set(names)) == 9_000


@given(st.integers(1, 90), st.integers(0, 500))
def test_wards_get_different_names_however_few_the_quarters(count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    places = tuple((f"Quarter {k}", rng.uniform(-900, 900, 2)) for k in range(1 + count // 3))
    names = ward_names(rng.uniform(-900, 900, (count, 2)), places, Dice(seed, 2_000))
    assert len(set(names)) == count
