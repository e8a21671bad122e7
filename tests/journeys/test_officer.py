"""An officer's story in a real browser: sign in with password and code, work at the desk."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from tests.journeys.conftest import RunningTown, Visit

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.xdist_group("browser")]


def sign_in_words(town: RunningTown, role: str) -> tuple[str, str]:
    """Address and password that the demonstration printed for a role."""
    found = re.search(rf"^\s*{role}\s+(\S+@\S+)\s+password (\S+),", town.said, re.M)
    assert found, town.said
    return found[1], found[2]


def code_of(town: RunningTown, address: str) -> str:
    """The code of this moment, as the operator's command prints it."""
    environment = {**os.environ, "HEREABOUTS_HOME": str(town.home)}
    environment.pop("HEREABOUTS_DATABASE_URL", None)
    script = "from hereabouts.site.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", script, "user", "code", address],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.search(r"\d{6}", done.stdout)
    assert found, done.stdout
    return found[0]


def test_an_officer_signs_in_with_password_and_code_and_reads_the_imports(
    visit: Visit, running_town: RunningTown
) -> None:
    address, password = sign_in_words(running_town, "data_steward")
    visit.go("/desk/")
    visit.page.wait_for_url("**/sign-in**")
    visit.go("/sign-in/password?next=/desk/places/")
    visit.page.get_by_label("E-mail address").fill(address)
    visit.page.get_by_label("Password", exact=True).fill(password)
    visit.page.get_by_role("button", name="Continue").click()
    visit.page.get_by_label(re.compile("code", re.I)).first.fill(code_of(running_town, address))
    visit.page.get_by_role("button", name="Sign in").click()
    visit.go("/desk/places/")
    assert "town.osm.pbf" in visit.text()
    visit.go("/desk/journal/?type=places.import")
    assert "New data was loaded" in visit.page.inner_text("main")


def test_a_visitor_is_sent_from_the_desk_to_sign_in(visit_without_script: Visit) -> None:
    visit_without_script.go("/desk/places/")
    assert "/sign-in" in visit_without_script.page.url
