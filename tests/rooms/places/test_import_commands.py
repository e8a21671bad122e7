"""`hereabouts import …`: what an officer types, and what it answers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hereabouts.places.models import Asset, ImportRun, Street
from hereabouts.site.cli import main
from tests.rooms.places.importing import feature, square, write_geojson
from tests.rooms.places.osm_files import Sketch

pytestmark = pytest.mark.django_db


@pytest.fixture
def map_file(tmp_path: Path) -> Path:
    sketch = Sketch(bounds=(-3.01, 51.49, -2.99, 51.51))
    nodes = [sketch.node(-3.0, 51.5), sketch.node(-3.0, 51.501)]
    sketch.way([*nodes, 999], highway="residential", name="Mill Lane")
    return sketch.save(tmp_path / "town.osm")


def run(*arguments: str) -> int:
    """The exit status of a command."""
    try:
        main(list(arguments))
    except SystemExit as leaving:
        return int(leaving.code or 0)
    return 0


def test_a_map_is_imported_and_the_answer_names_what_came(
    map_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("import", "osm", str(map_file)) == 0
    said = capsys.readouterr()
    assert said.out.startswith("Imported town.osm in ")
    assert "streets: 1 new" in said.out
    assert "osm.nodes_missing: 1, first way/1" in said.err
    assert f"hereabouts import findings {ImportRun.objects.get().uid}" in said.err
    assert "Writing …" in said.err


def test_the_same_map_again_says_that_nothing_changed(
    map_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("import", "osm", str(map_file))
    capsys.readouterr()
    assert run("import", "osm", str(map_file)) == 0
    assert capsys.readouterr().out.startswith("Nothing changed: all ")


def test_the_summary_as_json_is_one_object_on_stdout(
    map_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("import", "osm", str(map_file), "--json") == 0
    summary = json.loads(capsys.readouterr().out)
    assert summary["counts"]["street"]["appeared"] == 1
    assert summary["findings"] == 1
    assert summary["is_unchanged"] is False
    assert summary["run"] == ImportRun.objects.get().uid


def test_a_dry_run_writes_nothing(map_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("import", "osm", str(map_file), "--dry-run") == 0
    assert capsys.readouterr().out.startswith("Would change town.osm")
    assert not Street.objects.exists()


def test_a_refusal_is_one_sentence_on_stderr_and_status_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, body in (("a.zip", b"PK\x03\x04xx"), ("a.csv", b"a,b\n1,2\n"), ("e.osm", b"")):
        path = tmp_path / name
        path.write_bytes(body)
        assert run("import", "osm", str(path)) == 1
        said = capsys.readouterr()
        assert said.out == ""
        assert name in said.err.splitlines()[-1]
    assert run("import", "osm", str(tmp_path / "none.osm")) == 1


def test_wrong_usage_is_status_2(tmp_path: Path) -> None:
    assert run("import", "areas", str(tmp_path / "wards.geojson")) == 2
    assert run("import", "nonsense") == 2


def test_past_imports_and_what_they_found_are_listed(
    map_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("import", "list") == 0
    assert capsys.readouterr().out == "Nothing has been imported yet.\n"
    run("import", "osm", str(map_file))
    uid = ImportRun.objects.get().uid
    capsys.readouterr()
    run("import", "list")
    assert uid in capsys.readouterr().out
    assert run("import", "findings", uid) == 0
    assert capsys.readouterr().out == "osm.nodes_missing: way/1 nodes 1 (mended)\n"
    run("import", "findings", uid, "--json")
    [finding] = json.loads(capsys.readouterr().out)
    assert finding["subject"] == "way/1"
    run("import", "list", "--json")
    [listed] = json.loads(capsys.readouterr().out)
    assert listed["uid"] == uid
    assert run("import", "findings", "im-nothing") == 1


def test_areas_and_assets_are_imported_with_their_options(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wards = write_geojson(tmp_path / "wards.geojson", [feature("W1", "Alway", square(-3, 51.5))])
    options = ("--kind", "ward", "--code", "code", "--name", "name", "--valid-from", "2025-05-01")
    assert run("import", "areas", str(wards), *options) == 0
    assert "areas: 1 new" in capsys.readouterr().out
    bins = tmp_path / "bins.csv"
    bins.write_text("ref,longitude,latitude\nB1,-2.995,51.505\n")
    assert run("import", "assets", str(bins), "--type", "bin", "--reference", "ref") == 0
    assert Asset.objects.get().reference == "B1"
    assert run("import", "assets", str(bins), "--type", "flying_bin") == 1
