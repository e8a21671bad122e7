"""The commands that read the gazetteer: what they print, and what they leave with."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from hereabouts.places.models import SearchEntry
from hereabouts.site.cli.places import places
from tests.rooms.places.small_town import small_town

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _town() -> None:
    small_town()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(places, arguments)


def test_search_prints_what_it_finds() -> None:
    done = run("search", "12", "mill", "lane")

    assert done.exit_code == 0
    assert "12 Mill Lane, Newport NP20 1AB, in Allt-yr-yn" in done.stdout.splitlines()[0]


def test_search_says_when_it_guesses_and_when_it_finds_nothing() -> None:
    assert "did you mean" in run("search", "hihgfield").stdout
    assert "come closest" in run("search", "mill lane timbuktu").stdout
    assert "Nothing here is called that" in run("search", "zzzz").stdout


def test_search_answers_in_json() -> None:
    found = json.loads(run("search", "mill lane", "--json").stdout)

    assert found["hits"][0]["name"] == "Mill Lane"
    assert found["is_guess"] is False


def test_at_says_what_is_there_west_of_greenwich_too() -> None:
    found = json.loads(run("at", "51.0502", "-0.04", "--json").stdout)

    assert found["streets"][0]["name"] == "Mill Lane"
    assert found["postcode"] == "NP20 1AB"
    assert "Mill Lane" in run("at", "51.0502", "-0.04").stdout
    assert "No street or area" in run("at", "10", "10").stdout


def test_counts_says_what_stands() -> None:
    assert json.loads(run("counts", "--json").stdout)["street"] == 9


def test_reindex_builds_the_index_again() -> None:
    SearchEntry.objects.all().delete()

    done = run("reindex", "--json")

    assert json.loads(done.stdout)["names"] > 0
    assert "Mill Lane" in run("search", "mill lane").stdout


def test_wrong_usage_leaves_with_two() -> None:
    assert run("search").exit_code == 2
    assert run("at", "north", "west").exit_code == 2
