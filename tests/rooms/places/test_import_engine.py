"""Imports as one scoped difference: what appears, changes, moves, goes and returns, and no more."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from hereabouts.journal.api import get_head, list_after, verify
from hereabouts.kernel.access import INSTALLATION, VISITOR, NotAllowed
from hereabouts.kernel.ids import derive_uid
from hereabouts.places.actions.importing import ImportOptions, import_batch, import_file
from hereabouts.places.actions.importing.files import CheckedFile, check_file
from hereabouts.places.actions.importing.spool import Spool
from hereabouts.places.domain.batch import (
    MAX_FINDINGS,
    Amendment,
    Batch,
    Findings,
    ImportSummary,
    Scope,
)
from hereabouts.places.domain.kinds import Kind, RoadClass
from hereabouts.places.domain.records import (
    AreaRecord,
    AssetRecord,
    DeprivationRecord,
    Finding,
    PopulationRecord,
    PremisesRecord,
    Record,
    SegmentRecord,
    StreetRecord,
)
from hereabouts.places.errors import FileEmpty, FileNotFound, FileTooLarge, FileUnreadable
from hereabouts.places.events import ImportCompleted
from hereabouts.places.models import (
    Area,
    Asset,
    Deprivation,
    FeatureChange,
    Identifier,
    ImportFinding,
    ImportRun,
    Population,
    Premises,
    Segment,
    Street,
)
from tests.rooms.places.importing import counts_of

pytestmark = pytest.mark.django_db

FILE = CheckedFile("town.test", 1, "0" * 64)
EVERYWHERE = Scope()


def bench(number: int, lon: float = -3.0, lat: float = 51.5, **more: object) -> AssetRecord:
    values: dict[str, object] = {
        "source": "council",
        "source_id": f"b{number}",
        "geometry": shapely.to_wkb(shapely.Point(lon + number / 1000, lat)),
        "type": "bench",
        "reference": f"B{number}",
        **more,
    }
    return AssetRecord(**values)  # type: ignore[arg-type] # the values of one record, some replaced


def street(number: int, name: str, *places: tuple[float, float], **more: object) -> StreetRecord:
    values: dict[str, object] = {
        "source": "council",
        "source_id": f"s{number}",
        "geometry": shapely.to_wkb(shapely.MultiLineString([places])),
        "name": name,
        "road_class": RoadClass.RESIDENTIAL,
        **more,
    }
    return StreetRecord(**values)  # type: ignore[arg-type] # the values of one record, some replaced


def house(number: int, lon: float = -3.0, lat: float = 51.5, **more: object) -> PremisesRecord:
    values: dict[str, object] = {
        "source": "council",
        "source_id": f"h{number}",
        "geometry": shapely.to_wkb(shapely.Point(lon, lat)),
        "number": str(number),
        **more,
    }
    return PremisesRecord(**values)  # type: ignore[arg-type] # the values of one record, some replaced


def load(
    kind: Kind,
    records: Iterable[Record],
    scope: Scope | None = EVERYWHERE,
    options: ImportOptions | None = None,
) -> ImportSummary:
    scopes: Mapping[Kind, Scope] = {kind: scope} if scope else {}
    batch = Batch(source="council", records={kind: list(records)}, scopes=scopes)
    return import_batch(
        FILE, "test", lambda: batch, INSTALLATION, options=options or ImportOptions()
    )


def box(west: float, south: float, east: float, north: float) -> bytes:
    wkb: bytes = shapely.to_wkb(shapely.box(west, south, east, north))
    return wkb


# --- the difference -------------------------------------------------------------------------------


def test_what_is_new_appears_with_a_public_id_that_follows_from_its_source() -> None:
    summary = load(Kind.ASSET, [bench(1), bench(2)])
    assert counts_of(summary, "asset") == {"appeared": 2}
    first = Asset.objects.get(source_id="b1")
    assert first.uid == derive_uid("as", "council", "b1")
    assert FeatureChange.objects.count() == 0


def test_the_same_again_changes_nothing_and_says_so() -> None:
    load(Kind.ASSET, [bench(1), bench(2)])
    head = get_head()
    summary = load(Kind.ASSET, [bench(2), bench(1)])
    assert summary.is_unchanged
    assert counts_of(summary, "asset") == {"unchanged": 2}
    assert FeatureChange.objects.count() == 0
    assert get_head() == head


def test_a_change_keeps_what_was_before() -> None:
    load(Kind.ASSET, [bench(1)])
    summary = load(Kind.ASSET, [bench(1, name="The long bench")])
    assert counts_of(summary, "asset") == {"changed": 1}
    change = FeatureChange.objects.get()
    assert (change.change, change.before) == ("changed", {"name": ""})
    assert Asset.objects.get().name == "The long bench"
    assert change.run.uid == summary.run


def test_a_move_is_told_from_a_change_and_the_old_place_is_kept() -> None:
    load(Kind.ASSET, [bench(1)])
    before = bytes(Asset.objects.get().geometry)
    summary = load(Kind.ASSET, [bench(1, lon=-3.001)])
    assert counts_of(summary, "asset") == {"moved": 1}
    change = FeatureChange.objects.get()
    assert change.change == "moved"
    assert bytes.fromhex(change.before["geometry"]) == before
    asset = Asset.objects.get()
    assert asset.west == pytest.approx(-3.0)
    assert asset.cell > 0


def test_what_is_no_longer_named_went_and_keeps_its_row() -> None:
    load(Kind.ASSET, [bench(1), bench(2)])
    summary = load(Kind.ASSET, [bench(1)])
    assert counts_of(summary, "asset") == {"went": 1, "unchanged": 1}
    gone = Asset.objects.get(source_id="b2")
    assert gone.gone_at is not None
    assert FeatureChange.objects.get().before["reference"] == "B2"


def test_what_comes_back_returns_under_its_old_id() -> None:
    load(Kind.ASSET, [bench(1), bench(2)])
    uid = Asset.objects.get(source_id="b2").uid
    load(Kind.ASSET, [bench(1)])
    summary = load(Kind.ASSET, [bench(1), bench(2)])
    assert counts_of(summary, "asset") == {"returned": 1, "unchanged": 1}
    assert Asset.objects.get(source_id="b2", gone_at=None).uid == uid
    assert list(FeatureChange.objects.values_list("change", flat=True)) == ["went", "returned"]


def test_a_kind_without_a_scope_never_loses_anything() -> None:
    load(Kind.ASSET, [bench(1), bench(2)])
    summary = load(Kind.ASSET, [bench(1)], scope=None)
    assert counts_of(summary, "asset") == {"unchanged": 1}


def test_a_file_for_one_type_leaves_the_other_types_alone() -> None:
    load(Kind.ASSET, [bench(1), bench(2, type="bin")])
    summary = load(Kind.ASSET, [], Scope(fields={"type": "bin"}))
    assert counts_of(summary, "asset") == {"went": 1}
    assert Asset.objects.get(gone_at=None).type == "bench"


def test_the_neighbours_file_leaves_ours_alone_and_what_crosses_the_border_too() -> None:
    line = street(1, "Border Road", (-3.01, 51.5), (-2.99, 51.5))
    load(Kind.STREET, [line, street(2, "Inner Road", (-2.98, 51.5), (-2.97, 51.5))])
    east = Scope(boundary=box(-3.0, 51.4, -2.9, 51.6))
    summary = load(Kind.STREET, [], east)
    assert counts_of(summary, "street") == {"went": 1}
    assert Street.objects.get(gone_at=None).name == "Border Road"


def test_a_record_that_is_there_twice_counts_once_and_is_a_finding() -> None:
    summary = load(Kind.ASSET, [bench(1), bench(1)])
    assert counts_of(summary, "asset") == {"appeared": 1}
    assert summary.findings_by_code == {"record.duplicate": 1}


def test_a_record_without_a_place_is_a_finding() -> None:
    nowhere = bench(1, geometry=shapely.to_wkb(shapely.Point()))
    summary = load(Kind.ASSET, [nowhere, bench(2)])
    assert counts_of(summary, "asset") == {"appeared": 1}
    assert summary.findings_by_code == {"geometry.empty": 1}


def test_text_that_is_too_long_or_holds_nul_is_cut_and_named() -> None:
    summary = load(Kind.ASSET, [bench(1, name="x" * 300, reference="B\x001")])
    asset = Asset.objects.get()
    assert (len(asset.name), asset.reference) == (200, "B1")
    assert summary.findings_by_code == {"text.cut": 2}
    assert load(Kind.ASSET, [bench(1, name="x" * 300, reference="B\x001")]).is_unchanged


whereabouts = st.dictionaries(st.integers(1, 6), st.integers(0, 3), max_size=6)


@settings(max_examples=15, deadline=None)
@given(histories=st.lists(whereabouts, min_size=1, max_size=5))
def test_after_any_history_the_gazetteer_holds_what_the_last_file_said(
    histories: list[dict[int, int]],
) -> None:
    source = uuid.uuid4().hex
    uids: dict[str, str] = {}
    for said in histories:
        records = [
            bench(number, lat=51.5 + row / 100, source=source) for number, row in said.items()
        ]
        batch = Batch(source=source, records={Kind.ASSET: records}, scopes={Kind.ASSET: EVERYWHERE})
        first = import_batch(FILE, "test", lambda batch=batch: batch, INSTALLATION)
        again = import_batch(FILE, "test", lambda batch=batch: batch, INSTALLATION)
        assert again.is_unchanged
        held = Asset.objects.filter(source=source)
        standing = {asset.source_id: asset for asset in held.filter(gone_at=None)}
        assert {f"b{n}": 51.5 + row / 100 for n, row in said.items()} == {
            name: asset.south for name, asset in standing.items()
        }
        for asset in held:
            assert uids.setdefault(asset.source_id, asset.uid) == asset.uid
        changes = FeatureChange.objects.filter(run__uid=first.run).count()
        assert (
            changes == first.counts["asset"].touched - first.counts["asset"].appeared
            if ("asset" in first.counts)
            else changes == 0
        )


def test_a_spool_gives_back_what_it_was_given_from_disk_too() -> None:
    spool: Spool[int] = Spool(in_memory=3)
    for start in range(0, 20, 2):
        spool.extend(range(start, start + 2))
    assert list(spool) == list(spool) == list(range(20))
    assert len(spool) == 20


# --- recognising ----------------------------------------------------------------------------------


def test_a_thing_that_its_source_renumbers_keeps_its_public_id() -> None:
    load(Kind.ASSET, [bench(1, identifiers=(("naptan", "571A"),))])
    uid = Asset.objects.get().uid
    moved = bench(1, lon=-2.9, source_id="other", reference="", identifiers=(("naptan", "571A"),))
    summary = load(Kind.ASSET, [moved])
    assert counts_of(summary, "asset") == {"changed": 1}
    asset = Asset.objects.get()
    assert (asset.uid, asset.source_id) == (uid, "other")


def test_a_street_that_its_source_renumbers_is_known_by_name_and_nearness() -> None:
    load(Kind.STREET, [street(1, "Mill Lane", (-3.0, 51.5), (-2.999, 51.5))])
    uid = Street.objects.get().uid
    near = street(2, "Mill Lane", (-2.9995, 51.5), (-2.998, 51.5))
    far = street(3, "Mill Lane", (-2.9, 51.5), (-2.89, 51.5))
    summary = load(Kind.STREET, [near, far])
    assert counts_of(summary, "street") == {"appeared": 1, "changed": 1}
    assert Street.objects.get(source_id="s2").uid == uid
    assert Street.objects.get(source_id="s3").uid != uid


def test_a_source_id_given_to_another_thing_makes_a_new_public_id() -> None:
    load(Kind.STREET, [street(1, "Mill Lane", (-3.0, 51.5), (-2.999, 51.5))])
    load(Kind.STREET, [street(2, "Mill Lane", (-3.0, 51.5), (-2.999, 51.5))])
    load(
        Kind.STREET,
        [
            street(1, "Station Road", (-2.9, 51.5), (-2.89, 51.5)),
            street(2, "Mill Lane", (-3.0, 51.5), (-2.999, 51.5)),
        ],
    )
    uids = list(Street.objects.values_list("uid", flat=True))
    assert len(uids) == len(set(uids)) == 2


def test_an_address_whose_node_became_a_building_is_the_same_premises() -> None:
    load(Kind.PREMISES, [house(7, source_id="node/1", street_name="Mill Lane")])
    uid = Premises.objects.get().uid
    outline = box(-3.0001, 51.4999, -2.9999, 51.5001)
    built = house(7, source_id="way/1", street_name="Mill Lane", outline=outline, use="house")
    load(Kind.PREMISES, [built])
    premises = Premises.objects.get()
    assert (premises.uid, premises.use) == (uid, "house")


# --- two files, one street ------------------------------------------------------------------------


def test_a_street_known_to_two_files_is_whole_whichever_is_loaded_again() -> None:
    #      west file          |        east file
    #   -3.002 ---- -3.0005 --|-- -2.9995 ---- -2.998
    lat = 51.5
    inner_west, crossing = ((-3.002, lat), (-3.0005, lat)), ((-3.0005, lat), (-2.9995, lat))
    inner_east = ((-2.9995, lat), (-2.998, lat))
    west, east = (Scope(boundary=box(*edges)) for edges in ((-3.1, 51, -3, 52), (-3, 51, -2.9, 52)))

    def of(number: int, *parts: tuple[tuple[float, float], tuple[float, float]]) -> StreetRecord:
        lines = shapely.to_wkb(shapely.MultiLineString(parts))
        return replace(street(number, "Border Road", *crossing), geometry=lines)

    first = of(1, inner_west, crossing)
    second = of(2, crossing, inner_east)
    load(Kind.STREET, [first], west)
    joined = load(Kind.STREET, [second], east)
    assert counts_of(joined, "street") == {"moved": 1}
    whole = Street.objects.get()
    parts = shapely.get_parts(shapely.from_wkb(bytes(whole.geometry)))
    assert len(parts) == 3
    assert load(Kind.STREET, [first], west).is_unchanged
    assert load(Kind.STREET, [second], east).is_unchanged
    assert Street.objects.get().geometry == whole.geometry


# --- links ----------------------------------------------------------------------------------------


@pytest.fixture
def two_streets() -> list[StreetRecord]:
    return [
        street(1, "Mill Lane", (-3.0, 51.5), (-2.998, 51.5)),
        street(2, "High Street", (-3.0, 51.501), (-2.998, 51.501)),
    ]


def test_premises_belong_to_the_nearest_street_of_the_name_they_give(
    two_streets: list[StreetRecord],
) -> None:
    load(Kind.STREET, two_streets)
    load(
        Kind.PREMISES,
        [
            house(1, lat=51.5009, street_name="Mill Ln."),
            house(2, lat=51.52, street_name="Mill Lane"),
            house(3, street_name="Elsewhere"),
        ],
    )
    found = dict(Premises.objects.order_by("number").values_list("number", "street__name"))
    assert found == {"1": "Mill Lane", "2": None, "3": None}


def test_assets_belong_to_the_nearest_street_within_thirty_metres(
    two_streets: list[StreetRecord],
) -> None:
    load(Kind.STREET, two_streets)
    load(Kind.ASSET, [bench(1, lat=51.5001), bench(2, lat=51.5005), bench(3, lat=51.502)])
    found = dict(Asset.objects.values_list("reference", "street__name"))
    assert found == {"B1": "Mill Lane", "B2": None, "B3": None}


def test_a_new_street_takes_up_what_lay_there_before(two_streets: list[StreetRecord]) -> None:
    load(Kind.ASSET, [bench(1)])
    load(Kind.PREMISES, [house(1, street_name="Mill Lane")])
    assert Asset.objects.get().street is None
    load(Kind.STREET, two_streets)
    assert str(Asset.objects.get().street) == "Mill Lane"
    assert str(Premises.objects.get().street) == "Mill Lane"
    load(Kind.STREET, two_streets[1:])
    assert Asset.objects.get().street is None
    assert FeatureChange.objects.exclude(kind="street").count() == 0


def test_segments_are_linked_to_the_street_they_name(two_streets: list[StreetRecord]) -> None:
    def segment(street_id: str) -> SegmentRecord:
        return SegmentRecord(
            source="council",
            source_id="g1",
            geometry=shapely.to_wkb(shapely.LineString([(-3.0, 51.5), (-2.998, 51.5)])),
            street_source_id=street_id,
            from_node=1,
            to_node=2,
            road_class=RoadClass.RESIDENTIAL,
        )

    def both(street_id: str) -> ImportSummary:
        records = {Kind.STREET: two_streets, Kind.SEGMENT: [segment(street_id)]}
        batch = Batch(source="council", records=records)
        return import_batch(FILE, "test", lambda: batch, INSTALLATION)

    both("s1")
    assert str(Segment.objects.get().street) == "Mill Lane"
    assert both("s1").is_unchanged
    assert counts_of(both("s2"), "segment") == {"changed": 1}
    assert str(Segment.objects.get().street) == "High Street"


# --- identifiers, amendments, figures -------------------------------------------------------------


def test_identifiers_are_kept_by_the_source_that_gave_them() -> None:
    load(Kind.ASSET, [bench(1, identifiers=(("naptan", "571A"), ("own", "1")))])
    asset = Asset.objects.get()
    amended = Amendment(feature_id=asset.pk, identifiers=(("register", "R1"),))
    batch = Batch(source="register", amendments={Kind.ASSET: [amended]})
    summary = import_batch(FILE, "test", lambda: batch, INSTALLATION)
    assert counts_of(summary, "asset") == {"changed": 1}
    load(Kind.ASSET, [bench(1, name="New", identifiers=(("naptan", "571B"),))])
    found = set(Identifier.objects.values_list("scheme", "value"))
    assert found == {("naptan", "571B"), ("register", "R1")}
    assert import_batch(FILE, "test", lambda: batch, INSTALLATION).is_unchanged


def test_what_another_register_told_outlasts_the_next_map() -> None:
    load(Kind.STREET, [street(1, "Mill Lane", (-3.0, 51.5), (-2.998, 51.5))])
    amended = Amendment(feature_id=Street.objects.get().pk, columns={"usrn": "23906577"})
    batch = Batch(source="os-open-usrn", amendments={Kind.STREET: [amended]})
    import_batch(FILE, "test", lambda: batch, INSTALLATION)
    load(Kind.STREET, [street(1, "Mill Lane", (-3.0, 51.5), (-2.997, 51.5))])
    assert Street.objects.get().usrn == "23906577"


def test_figures_are_replaced_by_their_key() -> None:
    def figures(rank: int) -> Batch:
        imd = DeprivationRecord(
            area_code="W1", edition="imd-2025", domain="overall", score=1.5, rank=rank, decile=1
        )
        people = PopulationRecord(area_code="W1", edition="2021", residents=1_760)
        return Batch(source="figures", figures=[imd, people])

    first = import_batch(FILE, "test", lambda: figures(7), INSTALLATION)
    assert counts_of(first, "deprivation") == counts_of(first, "population") == {"appeared": 1}
    assert import_batch(FILE, "test", lambda: figures(7), INSTALLATION).is_unchanged
    second = import_batch(FILE, "test", lambda: figures(8), INSTALLATION)
    assert counts_of(second, "deprivation") == {"changed": 1}
    assert Deprivation.objects.get().rank == 8
    assert Population.objects.get().residents == 1_760


def test_an_area_is_known_by_its_code_whoever_publishes_it() -> None:
    def ward(source: str, name: str) -> AreaRecord:
        return AreaRecord(
            source=source,
            source_id="W1",
            geometry=box(-3.1, 51.4, -2.9, 51.6),
            kind="ward",
            code="W1",
            name=name,
        )

    for source, name in (("ons", "Alway"), ("council", "Alway Ward")):
        batch = Batch(source=source, records={Kind.AREA: [ward(source, name)]})
        import_batch(FILE, "test", lambda batch=batch: batch, INSTALLATION)
    area = Area.objects.get()
    assert (area.name, area.source) == ("Alway Ward", "council")
    assert area.size_km2 == pytest.approx(308.3, abs=2)


# --- runs, findings, events -----------------------------------------------------------------------


def test_a_run_is_recorded_with_its_counts_and_announced_without_names() -> None:
    summary = load(Kind.ASSET, [bench(1)])
    run = ImportRun.objects.get()
    assert (run.uid, run.file_name) == (summary.run, "town.test")
    assert run.counts["asset"]["appeared"] == 1
    [recorded] = list_after(0, limit=10)
    assert isinstance(recorded.event, ImportCompleted)
    assert (recorded.event.run, recorded.event.kinds) == (summary.run, ("asset",))
    assert recorded.event.appeared == 1
    assert verify().broken is None


def test_findings_are_kept_to_a_limit_and_counted_beyond_it() -> None:
    findings = Findings()
    for number in range(MAX_FINDINGS + 50):
        findings.add(Finding("row.bad", f"row {number}"))
    batch = Batch(source="council", records={Kind.ASSET: [bench(1)]}, findings=findings)
    summary = import_batch(FILE, "test", lambda: batch, INSTALLATION)
    assert summary.findings == MAX_FINDINGS + 50
    assert ImportFinding.objects.count() == MAX_FINDINGS
    assert ImportRun.objects.get().finding_count == MAX_FINDINGS + 50


def test_a_dry_run_says_what_would_change_and_writes_nothing() -> None:
    summary = load(Kind.ASSET, [bench(1)], options=ImportOptions(is_dry_run=True))
    assert counts_of(summary, "asset") == {"appeared": 1}
    assert summary.is_dry_run
    assert not Asset.objects.exists()
    assert not ImportRun.objects.exists()


def test_progress_is_told_step_by_step_and_ends_whole() -> None:
    told: list[tuple[str, float]] = []
    say = ImportOptions(say=lambda step, share: told.append((step, share)))
    load(Kind.ASSET, [bench(1)], options=say)
    assert all(0 <= share <= 1 for _, share in told)
    assert told[-1] == ("Writing", 1.0)


def test_records_may_come_one_by_one_from_a_file_larger_than_memory() -> None:
    def stream() -> Iterator[AssetRecord]:
        for number in range(12_000):
            yield bench(number)

    batch = Batch(source="council", records={Kind.ASSET: stream()})
    summary = import_batch(FILE, "test", lambda: batch, INSTALLATION)
    assert counts_of(summary, "asset") == {"appeared": 12_000}
    assert Asset.objects.count() == 12_000


def test_an_import_that_another_overtakes_is_worked_out_again() -> None:
    readings: list[int] = []

    def read() -> Batch:
        readings.append(1)
        return Batch(source="council", records={Kind.ASSET: overtaken()})

    def overtaken() -> Iterator[AssetRecord]:
        yield bench(1)
        if len(readings) == 1:
            other = Batch(source="other", records={Kind.ASSET: [bench(2, source="other")]})
            import_batch(FILE, "test", lambda: other, INSTALLATION)

    import_batch(FILE, "test", read, INSTALLATION)
    assert len(readings) == 2
    assert Asset.objects.count() == 2


# --- who and what ---------------------------------------------------------------------------------


def test_a_visitor_may_not_import(tmp_path: Path) -> None:
    with pytest.raises(NotAllowed):
        import_file(tmp_path / "map.osm", "osm", VISITOR)


def test_a_file_is_looked_at_before_anything_opens_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(FileNotFound):
        check_file(tmp_path / "none")
    with pytest.raises(FileUnreadable):
        check_file(tmp_path)
    empty = tmp_path / "empty.osm"
    empty.touch()
    with pytest.raises(FileEmpty):
        check_file(empty)
    full = tmp_path / "full.osm"
    full.write_bytes(b"x" * 2_000)
    assert check_file(full).bytes == 2_000

    class Strict:
        import_limit_gb = "0.000001"
        council = ""

    monkeypatch.setattr("django.conf.settings.CONFIGURATION", Strict)
    with pytest.raises(FileTooLarge) as refused:
        check_file(full)
    assert "0.000001 GB" in refused.value.sentence()
