"""The first minutes of an installation: many processes at once, no tables, a file that is none."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from hereabouts.site.configuration import BadConfiguration, Configuration

COMMAND = [sys.executable, "-W", "ignore", "-c", "from hereabouts.site.cli import main; main()"]
Environment = dict[str, str]


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[Environment]:
    """A home without anything in it, on the kind of database of this run."""
    kept = {key: value for key, value in os.environ.items() if key != "HEREABOUTS_DATABASE_URL"}
    kept["HEREABOUTS_HOME"] = str(tmp_path / "home")
    if kept["HEREABOUTS_TEST_DATABASE"] == "sqlite":
        yield kept
        return
    server, name = kept["HEREABOUTS_TEST_POSTGRES"], f"first_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as session:
        session.execute(f'CREATE DATABASE "{name}"')
    parts = urlsplit(server)
    url = urlunsplit((parts.scheme, parts.netloc, f"/{name}", parts.query, ""))
    yield {**kept, "HEREABOUTS_DATABASE_URL": url}
    with psycopg.connect(server, autocommit=True) as session:
        session.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def start(environment: Environment, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*COMMAND, *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(environment: Environment, *arguments: str) -> tuple[int, str, str]:
    with start(environment, *arguments) as process:
        out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def test_processes_that_make_the_tables_at_once_do_not_meet(environment: Environment) -> None:
    processes = [start(environment, "migrate") for _ in range(3)]
    said = []
    for process in processes:
        with process:
            said.append(process.communicate(timeout=120))
    assert [process.returncode for process in processes] == [0, 0, 0], said
    assert sum("steps applied" in out for out, _ in said) == 1
    keys = Path(environment["HEREABOUTS_HOME"], "keys")
    assert [file.name for file in keys.iterdir()] == ["secret_key"]
    assert (keys / "secret_key").stat().st_mode & 0o077 == 0


def test_without_tables_it_says_what_to_do(environment: Environment) -> None:
    sentence = "The database has no tables yet: run `hereabouts migrate` first.\n"
    for command in (["journal", "verify", "--json"], ["places", "counts"]):
        assert run(environment, *command) == (1, "", sentence)
    status, _, said = run(environment, "worker")
    assert (status, "run `hereabouts migrate` first" in said) == (1, True)


@pytest.mark.once
@pytest.mark.parametrize("spoilt", ["not a database", "malformed"])
def test_a_damaged_database_file_is_named_as_such(tmp_path: Path, spoilt: str) -> None:
    kept = {key: value for key, value in os.environ.items() if key != "HEREABOUTS_DATABASE_URL"}
    environment = {**kept, "HEREABOUTS_HOME": str(tmp_path)}
    file = tmp_path / "hereabouts.sqlite3"
    if spoilt == "malformed":
        assert run(environment, "migrate")[0] == 0
        content = bytearray(file.read_bytes())
        content[4096:] = b"\xff" * (len(content) - 4096)
        file.write_bytes(content)
    else:
        file.write_bytes(b"something else" * 1_000)
    sentence = "The database file is damaged; put a copy that was kept back in its place.\n"
    assert run(environment, "journal", "verify") == (1, "", sentence)


@pytest.mark.once
def test_a_key_that_was_never_written_is_not_used(tmp_path: Path) -> None:
    first = Configuration(home=str(tmp_path)).secret_key()
    assert Configuration(home=str(tmp_path)).secret_key() == first
    (tmp_path / "keys" / "secret_key").write_text("\n")
    with pytest.raises(BadConfiguration, match="it holds no key"):
        Configuration(home=str(tmp_path)).secret_key()
