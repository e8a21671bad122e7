"""A council's file: what it may say, and what is answered when it says something else."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from pytest_django import Settings

from hereabouts.design.api import current_council, load_council
from hereabouts.design.council import NEUTRAL
from hereabouts.design.domain.colour import contrast
from hereabouts.design.domain.council import PAPER, CouncilError, Theme, parse_council
from hereabouts.design.errors import BadCouncil
from hereabouts.design.stylesheet import stylesheet

ROOT = Path(__file__).resolve().parents[3]
SHORTEST = '[council]\nname = "Dun Council"\nplace = "Dun"\n'


def read(text: str) -> object:
    return parse_council(tomllib.loads(text))


def test_the_shortest_file_makes_a_whole_council() -> None:
    council = parse_council(tomllib.loads(SHORTEST))
    assert council.name.in_language("cy") == "Dun Council"
    assert council.languages == ("en", "cy")
    assert not council.is_invented
    assert council.map_start is None
    assert council.theme == Theme()


def test_every_council_of_the_repository_loads() -> None:
    files = sorted((ROOT / "councils").glob("*/council.toml"))
    assert files
    for file in (*files, NEUTRAL):
        assert load_council(file).name.en


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "council.name is missing"),
        ('[council]\nname = "Dun"\n', "council.place is missing"),
        ('[council]\nname = "  "\nplace = "Dun"\n', "council.name is empty"),
        ("[council]\nname = 3\nplace = 'Dun'\n", "council.name has to be text in quotes"),
        (SHORTEST + 'invented = "yes"\n', "council.invented has to be true or false"),
        (SHORTEST + 'languages = ["fr"]\n', "council.languages has to be a list of some of en, cy"),
        (SHORTEST + "languages = []\n", "council.languages has to be a list"),
        (SHORTEST + 'colour = "red"\n', "[council] has an unknown entry “colour”"),
        (SHORTEST + "[team]\n", "it has an unknown entry “team”"),
        (SHORTEST + "[map]\nlat = 51.0\n", "map.lon is missing"),
        (SHORTEST + "[map]\nlon = 200\nlat = 51\n", "map.lon has to lie between -180 and 180"),
        (SHORTEST + "[map]\nlon = true\nlat = 51\n", "map.lon has to be a number"),
        (SHORTEST + '[theme.light]\nbrand = "teal"\n', "theme.light.brand has to be a colour like"),
        (
            SHORTEST + '[theme.light]\nbrand = "#ffdd00"\n',
            "on_brand on brand (#ffffff on #ffdd00) has a contrast of 1.3, and needs 4.5",
        ),
        (SHORTEST + '[theme.dark]\nlink = "#1a4f9c"\n', "theme.dark.link on the page"),
        (SHORTEST + '[theme]\nlight = "bright"\n', "[theme.light] is not a table"),
    ],
)
def test_what_is_wrong_is_said_by_the_name_of_the_entry(text: str, said: str) -> None:
    with pytest.raises(CouncilError) as caught:
        read(text)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[council\n", "council.toml"),
        (b'[council]\nname = "D\xff"\n', "it is not text in UTF-8"),
        (b"#" * 70_000, "it is larger than 65536 bytes"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_by_name(
    tmp_path: Path, content: bytes, said: str
) -> None:
    file = tmp_path / "council.toml"
    file.write_bytes(content)
    with pytest.raises(BadCouncil) as caught:
        load_council(file)
    assert said in str(caught.value)
    assert str(file) in str(caught.value)


def test_a_folder_without_the_file_is_refused(tmp_path: Path, settings: Settings) -> None:
    settings.COUNCIL_FOLDER = str(tmp_path)
    with pytest.raises(BadCouncil, match="there is no such file"):
        current_council()


def test_without_a_folder_the_neutral_council_is_used(settings: Settings) -> None:
    settings.COUNCIL_FOLDER = ""
    assert current_council() == load_council(NEUTRAL)


def test_the_paper_of_the_rules_is_the_paper_of_the_stylesheet() -> None:
    styles = (ROOT / "web" / "styles" / "_theme.scss").read_text()
    light, dark = styles.split("@mixin dark")
    assert f"--paper: {PAPER['light']};" in light
    assert f"--paper: {PAPER['dark']};" in dark


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_the_stylesheet_follows_the_reader_before_the_device() -> None:
    rules = stylesheet(parse_council(tomllib.loads(SHORTEST)))
    assert rules.index(":root{") < rules.index("@media (prefers-color-scheme:dark)")
    assert ":root:not([data-theme=light])" in rules
    assert rules.rstrip().startswith(":root{--council-brand:#")
    assert ":root[data-theme=dark]" in rules.rsplit("\n", 2)[-2]
