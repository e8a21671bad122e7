"""Settings that cannot be meant: a sentence that names the setting, before anything starts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hereabouts.site.configuration import BadConfiguration, from_environment

pytestmark = pytest.mark.once
COMMAND = [sys.executable, "-W", "ignore", "-c", "from hereabouts.site.cli import main; main()"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://localhost/x"),
        ("DATABASE_URL", "postgresql://localhost:port/x"),
        ("DATABASE_URL", "postgresql://[::1/x"),
        ("EMAIL_URL", "mail.example.org"),
        ("EMAIL_URL", "smtp://localhost:99999999"),
        ("BASE_URL", "example.org"),
        ("BASE_URL", "javascript:alert(1)"),
        ("WORKER", "somewhere"),
        ("SECURE_COOKIES", "maybe"),
        ("IMPORT_LIMIT_GB", "much"),
        ("IMPORT_LIMIT_GB", "-1"),
        ("IMPORT_LIMIT_GB", "."),
        ("IMPORT_LIMIT_GB", "²"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(name: str, value: str) -> None:
    with pytest.raises(BadConfiguration, match=f"The setting HEREABOUTS_{name} cannot be used"):
        from_environment({f"HEREABOUTS_{name}": value})


def test_settings_that_can_be_used_are(tmp_path: Path) -> None:
    made = from_environment(
        {
            "HEREABOUTS_EMAIL_URL": "smtps://user:word@mail.example.org:465",
            "HEREABOUTS_BASE_URL": "https://place.example.org",
            "HEREABOUTS_DATABASE_URL": "postgresql://user@/x?host=/var/run/postgresql",
            "HEREABOUTS_IMPORT_LIMIT_GB": "0.5",
        }
    )
    assert (made.base_url, made.import_limit_gb) == ("https://place.example.org", "0.5")


def test_a_council_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    kept = {key: value for key, value in os.environ.items() if key != "HEREABOUTS_DATABASE_URL"}
    council = str(tmp_path / "no such council")
    done = subprocess.run(
        [*COMMAND, "serve", "--port", "0"],
        env={**kept, "HEREABOUTS_HOME": str(tmp_path / "home"), "HEREABOUTS_COUNCIL": council},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("The council file ") and "there is no such file" in last
    assert "Traceback" not in done.stderr
