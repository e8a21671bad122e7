"""Indices of deprivation: recognised by their columns, all England at once, each edition apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from hereabouts.places.errors import ColumnMissing, UnknownEdition
from hereabouts.places.models import Area, Deprivation
from tests.rooms.places.importing import counts_of, load

pytestmark = pytest.mark.django_db

OFFICIAL = (
    '"LSOA code (2011)","LSOA name (2011)","Local Authority District code (2019)",'
    '"Index of Multiple Deprivation (IMD) Score","Index of Multiple Deprivation (IMD) Rank",'
    '"Index of Multiple Deprivation (IMD) Decile (where 1 is most deprived 10% of LSOAs)",'
    '"Income Score (rate)","Income Rank (where 1 is most deprived)",'
    '"Health Deprivation and Disability Rank (where 1 is most deprived)",'
    '"Barriers to Housing and Services Rank (where 1 is most deprived)",'
    '"Living Environment Decile (where 1 is most deprived 10% of LSOAs)",'
    '"Income Deprivation Affecting Children Index (IDACI) Rank (where 1 is most deprived)",'
    '"Adult Skills Sub-domain Rank (where 1 is most deprived)",'
    '"Total population: mid 2015 (excluding prisoners)"\n'
)
ROW = 'E01000001,City 001A,E09000001,6.208,"29,199",9,0.007,32831,32113,7319,3,32806,32,1296\n'


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def figures() -> dict[str, tuple[float | None, int | None, int | None]]:
    rows = Deprivation.objects.values_list("domain", "score", "rank", "decile")
    return {domain: (score, rank, decile) for domain, score, rank, decile in rows}


def test_the_official_table_is_read_by_its_long_names(tmp_path: Path) -> None:
    summary = load(write(tmp_path / "File_7.csv", OFFICIAL + ROW), "deprivation")
    assert figures() == {
        "overall": (6.208, 29_199, 9),
        "income": (0.007, 32_831, None),
        "health": (None, 32_113, None),
        "housing_and_services": (None, 7_319, None),
        "living_environment": (None, None, 3),
        "idaci": (None, 32_806, None),
    }
    assert set(Deprivation.objects.values_list("edition", flat=True)) == {"2019"}
    assert summary.findings_by_code == {"figures.no_area_held": 1}


def test_bad_figures_are_findings_and_the_others_are_read(tmp_path: Path) -> None:
    rows = [
        "lsoa21_code,IMD_rank,IMD_decile,Income_rank",
        "E01000001,5,1,-4",
        "E01000002,n/a,11,7",
        ",1,1,1",
        "E01000001,6,2,2",
        "E01000003,1.5,2,",
    ]
    path = write(tmp_path / "a.csv", "\n".join(rows) + "\n")
    summary = load(path, "deprivation")
    assert summary.findings_by_code == {
        "deprivation.not_a_rank": 3,
        "deprivation.not_a_decile": 1,
        "deprivation.no_code": 1,
        "deprivation.code_repeated": 1,
        "figures.no_area_held": 1,
    }
    held = Deprivation.objects.values_list("area_code", "edition", "domain", "rank", "decile")
    assert set(held) == {
        ("E01000001", "2025", "overall", 5, 1),
        ("E01000002", "2025", "income", 7, None),
        ("E01000003", "2025", "overall", None, 2),
    }


def test_a_corrected_file_changes_only_what_it_corrects(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "lsoa11_code,IMD_rank\nE01000001,5\nE01000002,6\n")
    load(path, "deprivation")
    assert load(path, "deprivation").is_unchanged
    corrected = load(write(path, "lsoa11_code,IMD_rank\nE01000001,7\n"), "deprivation")
    assert counts_of(corrected, "deprivation") == {"changed": 1}
    assert Deprivation.objects.count() == 2


def test_the_edition_is_named_by_the_operator_the_file_or_its_zones(tmp_path: Path) -> None:
    text = "lsoa11_code,IMD_rank\nE01000001,5\n"
    load(write(tmp_path / "a.csv", text), "deprivation", edition="2015")
    load(write(tmp_path / "imd2010.csv", text), "deprivation")
    load(write(tmp_path / "b.csv", text), "deprivation")
    editions = Deprivation.objects.values_list("edition", flat=True)
    assert sorted(editions) == ["2010", "2015", "2019"]
    with pytest.raises(UnknownEdition, match="--edition"):
        load(write(tmp_path / "c.csv", text.replace("lsoa11_code", "lsoa")), "deprivation")


def test_a_table_without_figures_or_zones_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ColumnMissing, match="score, rank or decile"):
        load(write(tmp_path / "a.csv", "lsoa21_code,residents\nE01000001,5\n"), "deprivation")
    with pytest.raises(ColumnMissing, match="code of the area"):
        load(write(tmp_path / "b.csv", "name,IMD_rank\nx,5\n"), "deprivation")


def test_both_real_editions_cover_england_and_join_oxfordshire(shared_place: Path) -> None:
    folder = shared_place / "deprivation"
    for vintage in ("11", "21"):
        fields = {"kind": "lsoa", "code": f"LSOA{vintage}CD", "name": f"LSOA{vintage}NM"}
        path = shared_place / "areas" / f"oxfordshire-lsoa20{vintage}.geojson"
        load(path, "areas", **fields)
    old = load(folder / "imd2019-england-lsoa2011.csv.gz", "deprivation")
    new = load(folder / "imd2025-england-lsoa2021.csv.gz", "deprivation")
    assert counts_of(old, "deprivation") == {"appeared": 32_844 * 8}
    assert counts_of(new, "deprivation") == {"appeared": 33_755 * 8}
    assert old.findings == new.findings == 0
    overall = Deprivation.objects.filter(edition="2025", domain="overall")
    first = overall.get(area_code="E01000001")
    assert (first.score, first.rank, first.decile) == (8.742, 26_525, 8)
    here = set(Area.objects.filter(kind="lsoa").values_list("code", flat=True))
    held = set(overall.values_list("area_code", flat=True))
    assert len(here & held) == 428
