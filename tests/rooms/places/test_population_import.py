"""How many people live where: columns by name or by what publishers call them."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db.models import Sum

from hereabouts.places.errors import ColumnMissing, FieldMissing, UnknownEdition
from hereabouts.places.models import Population
from tests.rooms.places.importing import counts_of, load

pytestmark = pytest.mark.django_db


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_usual_columns_are_recognised_and_a_second_import_changes_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "population.csv", "lsoa21_code,residents,households\nA1,1760,720\n")
    assert counts_of(load(path, "population"), "population") == {"appeared": 1}
    found = Population.objects.get()
    assert (found.area_code, found.edition) == ("A1", "2021")
    assert (found.residents, found.households) == (1_760, 720)
    assert load(path, "population").is_unchanged


def test_columns_that_the_operator_names_are_used(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", 'patch,people,homes\nA1,"1,760",720\n')
    named = {"code": "patch", "residents": "people", "households": "homes", "edition": "2026"}
    load(path, "population", **named)
    found = Population.objects.get()
    assert (found.edition, found.residents, found.households) == ("2026", 1_760, 720)


def test_bad_counts_are_findings(tmp_path: Path) -> None:
    text = "code,residents,households\nA1,10,x\nA2,-1,1\nA3,,1\n,5,1\nA1,11,1\nA4,7.0,\n"
    summary = load(write(tmp_path / "mid2024.csv", text), "population")
    held = Population.objects.values_list("area_code", "edition", "residents", "households")
    assert set(held) == {("A1", "2024", 10, None), ("A4", "2024", 7, None)}
    assert summary.findings_by_code == {
        "population.not_a_count": 4,
        "population.no_code": 1,
        "population.code_repeated": 1,
        "figures.no_area_held": 1,
    }


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "patch,people\nA1,10\n")
    with pytest.raises(ColumnMissing, match="Its columns are: patch, people"):
        load(path, "population")
    with pytest.raises(FieldMissing, match="no field “Persons”"):
        load(path, "population", code="patch", residents="Persons")
    with pytest.raises(UnknownEdition):
        load(path, "population", code="patch", residents="people")


def test_real_figures_add_up_to_their_published_totals(shared_place: Path) -> None:
    areas = shared_place / "areas"
    load(areas / "oxfordshire-census2021-lsoa2021.csv", "population")
    load(areas / "oxfordshire-population-mid2020-lsoa2011.csv", "population")
    sums = Population.objects.values_list("edition").annotate(Sum("residents"), Sum("households"))
    assert set(sums) == {("2021", 725_299, 288_149), ("2020", 696_880, None)}
