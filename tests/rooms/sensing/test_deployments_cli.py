"""Commands about deployments: one sentence, one exit code, JSON when asked."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from hereabouts.kernel.refusals import Refusal
from hereabouts.site.cli.deployments import NoResidents, UnknownMeasure, deployments
from tests.rooms.places.small_town import Town
from tests.rooms.sensing.deploying import ANN, COMPLETE, make_live, propose
from tests.rooms.sensing.test_deployments_coordination import settle

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> Result:
    return CliRunner().invoke(deployments, arguments)


def test_deployments_are_listed_with_filters() -> None:
    propose(COMPLETE, actor=ANN)
    make_live(title="Other")
    assert run("list").output.count("\n") == 2
    (found,) = json.loads(run("list", "--state", "live", "--json").output)
    assert (found["title"], found["measures"]) == ("Other", ["gully_level"])
    assert run("list", "--department", "parks").output == "No deployment matches.\n"


def test_health_is_checked_from_the_command_line() -> None:
    make_live()
    found = json.loads(run("check", "--json").output)
    assert found["deployments"] == 1
    assert "Looked at 1 live deployments" in run("check").output


def test_the_next_sites_are_told_with_whom_they_would_reach() -> None:
    settle(Town())
    found = json.loads(run("sites", "no2", "--sites", "2", "--json").output)
    assert (found["residents"], found["covered"], found["added"]) == (4_400, 0, 3_500)
    assert [site["residents"] for site in found["sites"]] == [2_000, 1_500]
    said = run("sites", "no2", "--nearer", "--emphasis", "2").output
    assert said.startswith("0 of 4,400 residents are covered (0%)")


@pytest.mark.parametrize(
    ("arguments", "refusal"),
    [(("sites", "phlogiston"), UnknownMeasure), (("sites", "no2"), NoResidents)],
)
def test_what_cannot_be_answered_is_refused(
    arguments: tuple[str, ...], refusal: type[Refusal]
) -> None:
    assert isinstance(run(*arguments).exception, refusal)
