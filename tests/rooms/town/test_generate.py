"""The door of the room: same seed, same bytes; refusals; progress; what is written."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hereabouts.town.api import (
    LARGEST,
    SMALLEST,
    TownFolderRefused,
    TownSeedRefused,
    TownSizeRefused,
    generate,
)
from tests.rooms.town.conftest import Generated


def fingerprint(folder: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
    }


def test_same_seed_and_size_give_the_same_bytes_in_another_process(
    village: Generated, tmp_path: Path
) -> None:
    code = (
        "import pathlib, sys; from hereabouts.town.api import generate; "
        "generate(5, 2_000, pathlib.Path(sys.argv[1]))"
    )
    subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "again")],
        check=True,
        env={**os.environ, "PYTHONHASHSEED": "4711"},
    )
    assert fingerprint(tmp_path / "again") == fingerprint(village.folder)


def test_another_seed_gives_another_town(village: Generated, tmp_path: Path) -> None:
    generate(6, 2_000, tmp_path)
    mine, other = fingerprint(village.folder), fingerprint(tmp_path)
    assert [name for name in mine if mine[name] == other[name]] == []


def test_every_file_of_the_summary_is_there_and_no_other(place: Generated) -> None:
    assert sorted(place.summary.files) == sorted(path.name for path in place.folder.iterdir())


def test_the_folder_says_that_the_town_is_invented(place: Generated) -> None:
    words = (place.folder / "README.md").read_text(encoding="utf-8")
    record = json.loads((place.folder / "town.json").read_text(encoding="utf-8"))
    assert f"{place.summary.name} is invented" in words
    assert "No such town exists" in words
    assert record["invented"] is True
    assert str(place.folder) not in words + json.dumps(record)


def test_progress_names_stages_and_never_goes_back(tmp_path: Path) -> None:
    told: list[tuple[str, float]] = []
    generate(3, 2_000, tmp_path, lambda stage, share: told.append((stage, share)))
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert all(stage for stage, _ in told)


@pytest.mark.parametrize("residents", [0, SMALLEST - 1, LARGEST + 1])
def test_sizes_out_of_reach_are_refused(residents: int, tmp_path: Path) -> None:
    with pytest.raises(TownSizeRefused, match=str(SMALLEST)):
        generate(1, residents, tmp_path / "town")
    assert not (tmp_path / "town").exists()


def test_negative_seeds_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TownSeedRefused):
        generate(-1, SMALLEST, tmp_path / "town")


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    taken = tmp_path / "town"
    taken.write_text("here first")
    with pytest.raises(TownFolderRefused):
        generate(1, SMALLEST, taken)
    assert taken.read_text() == "here first"
