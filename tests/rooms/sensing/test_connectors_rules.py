"""The rules of connectors without a database: times, words, mappings, feeds, grades, pauses."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hereabouts.sensing.domain.connectors.grading import (
    Judged,
    Part,
    Tally,
    add_up,
    from_plain,
    grade_of,
    judge_run,
    letter_of,
    to_plain,
)
from hereabouts.sensing.domain.connectors.manifest import check_options
from hereabouts.sensing.domain.connectors.numbers import read_number, read_value
from hereabouts.sensing.domain.connectors.pacing import LONGEST_PAUSE_S, pause_after
from hereabouts.sensing.domain.connectors.readers import READERS
from hereabouts.sensing.domain.connectors.reading import Asked, UnreadableFeedError
from hereabouts.sensing.domain.connectors.records import Gathered, Page, Reading
from hereabouts.sensing.domain.connectors.times import (
    Moments,
    UnreadableTimeError,
    UnusableFormatError,
    to_micros,
    to_moment,
)
from hereabouts.sensing.queries.connectors import feed_words, get_manifest, list_manifests
from tests.shared_data import shared_file

pytestmark = pytest.mark.once

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = 3_600_000_000


def read(kind: str, body: bytes, media_type: str = "", **options: str) -> Gathered:
    """What a reader says of one document."""
    manifest = get_manifest(kind)
    values, faults = check_options(manifest, {"address": "https://x.example/", **options})
    assert not faults
    asked = Asked(values, feed_words(), NOON, "The one station")
    return READERS[manifest.reader].read({"document": [Page(body, media_type)]}, asked)


# ---- Times and numbers --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "zone", "text", "moment"),
    [
        ("iso", "UTC", "2026-03-02T12:00:00Z", NOON),
        ("iso", "UTC", "2026-03-02T13:00:00+01:00", NOON),
        ("iso", "UTC", " 2026-03-02 12:00 ", NOON),
        ("iso", "UTC", "2026-03-01T24:00", NOON - timedelta(hours=12)),
        ("iso", "UTC", "2026-03-01 24:00:00Z", NOON - timedelta(hours=12)),
        ("iso", "Europe/London", "2026-07-01T12:00", datetime(2026, 7, 1, 11, tzinfo=UTC)),
        ("unix", "UTC", "1772452800", NOON),
        ("unix_ms", "UTC", "1772452800000", NOON),
        ("%d/%m/%Y %H:%M", "UTC", "02/03/2026 12:00", NOON),
        ("%d/%m/%Y %H:%M", "UTC", "01/03/2026 24:00", NOON - timedelta(hours=12)),
    ],
)
def test_times_are_read_as_feeds_write_them(
    form: str, zone: str, text: str, moment: datetime
) -> None:
    assert to_moment(Moments(form, zone).read(text)[0]) == moment


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "time_unreadable"),
        ("noon", "time_unreadable"),
        ("0001-01-01T00:00Z", "time_unreadable"),
        ("9999-01-01T00:00Z", "time_unreadable"),
        ("2026-03-29T01:30:00", "time_skipped"),
    ],
)
def test_a_text_that_is_no_time_is_refused_by_its_code(text: str, code: str) -> None:
    with pytest.raises(UnreadableTimeError) as refused:
        Moments("iso", "Europe/London").read(text)
    assert refused.value.code == code


def test_a_time_that_the_clock_showed_twice_is_the_first_and_said() -> None:
    micros, is_unsure = Moments("iso", "Europe/London").read("2026-10-25T01:30:00")
    assert is_unsure
    assert to_moment(micros) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("form", "zone"), [("%Q", "UTC"), ("day", "UTC"), ("iso", "../etc/passwd")]
)
def test_a_format_or_zone_that_is_none_is_refused(form: str, zone: str) -> None:
    with pytest.raises(UnusableFormatError):
        Moments(form, zone)


@given(st.text(max_size=40), st.sampled_from(["iso", "unix", "unix_ms", "%d/%m/%Y %H:%M"]))
def test_whatever_stands_for_a_time_it_is_read_or_refused(text: str, form: str) -> None:
    try:
        micros, _ = Moments(form, "Europe/London").read(text)
    except UnreadableTimeError:
        return
    assert 1899 < to_moment(micros).year < 2101


@given(st.datetimes(datetime(1900, 1, 2), datetime(2099, 12, 30), timezones=st.just(UTC)))
def test_a_time_comes_back_as_it_went(moment: datetime) -> None:
    assert Moments().read(moment.isoformat())[0] == to_micros(moment)


@pytest.mark.parametrize(
    ("sent", "number"),
    [
        ("1.5", 1.5),
        (" -3 ", -3),
        ("1,234.5", 1234.5),
        ("1e3", 1000),
        (7, 7),
        ("nan", None),
        ("inf", None),
        ("1_000", None),
        ("1,23", None),
        ("", None),
        (True, None),
        (None, None),
        ([1], None),
    ],
)
def test_numbers_are_read_and_nothing_else(sent: object, number: float | None) -> None:
    assert read_number(sent) == number


def test_truth_values_stay_truth_values() -> None:
    assert read_value("TRUE") is True
    assert read_value(False) is False
    assert read_value("yes") is None


# ---- Words --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "symbol"),
    [
        ("ugm-3", "µg/m³"),
        ("µg/m3", "µg/m³"),
        ("\u03bcg/m³", "µg/m³"),
        ("ugm-3 (TEOM FDMS)", "µg/m³"),
        ("GQ", "µg/m³"),
        ("CEL", "°C"),
        ("mASD", "m"),
        ("http://qudt.org/1.1/vocab/unit#Millimeter", "mm"),
        ("%", "%"),
    ],
)
def test_units_are_found_by_what_feeds_call_them(text: str, symbol: str) -> None:
    unit = feed_words().find_unit(text)
    assert (unit.symbol, unit.is_known) == (symbol, True)


def test_an_unknown_unit_is_kept_as_it_is() -> None:
    unit = feed_words().find_unit("furlongs")
    assert (unit.symbol, unit.is_known, unit.definition) == ("furlongs", False, "")
    assert feed_words().find_unit("---").is_none


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("NO2", "Nitrogen dioxide"),
        ("Nitrogen dioxide", "Nitrogen dioxide"),
        ("PM<sub>2.5</sub> particulate matter (Hourly measured)", "PM2.5"),
        ("pm25", "PM2.5"),
        ("Water Level", "Water level"),
        ("air_temperature", "Air temperature"),
        ("Hens", "Hens"),
    ],
)
def test_properties_are_found_by_what_feeds_call_them(text: str, name: str) -> None:
    assert feed_words().find_property(text)[0].name == name


def test_a_gas_by_volume_is_another_property_than_by_mass() -> None:
    words = feed_words()
    by_mass, _ = words.find_property("no2", words.find_unit("ug/m3"))
    by_volume, unit = words.find_property("no2", words.find_unit("ppb"))
    assert by_mass.definition != by_volume.definition
    assert unit.symbol in ("ppb", "[ppb]")


# ---- Tables -------------------------------------------------------------------------------------


def test_a_long_table_names_property_and_unit_in_each_row() -> None:
    body = "\ufeffwhen;what;how much;in;where\n2026-03-02T10:00Z;NO2;1.5;ug/m3;Gate\n"
    found = read(
        "table",
        body.encode(),
        time="when",
        value="how much",
        property="what",
        unit="in",
        station="where",
    )
    (series,) = found.series.values()
    assert (series.observed.name, series.unit.symbol, series.station) == (
        "Nitrogen dioxide",
        "µg/m³",
        "Gate",
    )
    assert found.problem_counts == {"position_unknown": 1}


def test_records_of_json_are_reached_by_their_path() -> None:
    body = {
        "type": "FeatureCollection",
        "features": [
            {
                "properties": {"id": "A", "t": 1772452800, "v": {"no2": 4}},
                "geometry": {"type": "Point", "coordinates": [-2.9, 51.6]},
            },
            "no record",
        ],
    }
    found = read(
        "table",
        json.dumps(body).encode(),
        "application/geo+json",
        records="features",
        time="properties.t",
        time_format="unix",
        station="properties.id",
        lon="geometry.coordinates.0",
        lat="geometry.coordinates.1",
        values="properties.v.no2: no2",
    )
    assert [reading.value for reading in found.readings] == [4]
    assert found.stations["A"].lon == -2.9
    assert found.problem_counts == {"not_a_record": 1}


def test_a_table_without_a_station_is_of_one_station() -> None:
    found = read("table", b"t,v\n2026-03-02,1\n", time="t", values="v: rain, mm", period="86400")
    assert [station.name for station in found.stations.values()] == ["The one station"]
    reading = found.readings[0]
    assert reading.ended == reading.started + 24 * HOUR


def test_columns_may_belong_to_stations_of_their_own() -> None:
    found = read(
        "table", b"t,a,b\n2026-03-02,1,2\n", time="t", values="a: no2, , North\nb: no2, , South"
    )
    assert {series.station for series in found.series.values()} == {"North", "South"}


def test_rows_that_are_cut_are_findings_with_their_line() -> None:
    found = read(
        "table", b'x\nt,v\n2026-03-02,1\n2026-03-02\n"', skip="1", time="t", values="v: no2"
    )
    assert [(each.code, each.where) for each in found.problems if not each.is_mended][:1] == [
        ("not_a_record", "line 4")
    ]


def test_zero_and_zero_is_no_place() -> None:
    found = read(
        "table", b"t,v,y,x\n2026-03-02,1,0,0\n", time="t", values="v: no2", lat="y", lon="x"
    )
    assert found.problem_counts == {"position_unusable": 1}
    assert not found.stations["1"].is_placed


@given(st.binary(max_size=200))
def test_whatever_bytes_come_a_table_is_read_or_refused(body: bytes) -> None:
    for form in ("csv", "json", "auto"):
        try:
            found = read("table", body, format=form, time="t", values="v: no2")
        except UnreadableFeedError:
            continue
        assert found.bad_rows <= found.rows


@given(st.text(alphabet='Datetime,No2\n 01-:24R"', max_size=200))
def test_whatever_text_comes_air_is_read_or_refused(text: str) -> None:
    try:
        found = read("air", text.encode())
    except UnreadableFeedError:
        return
    assert found.bad_rows <= found.rows


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(max_size=6),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "items",
                        "@id",
                        "station",
                        "lat",
                        "long",
                        "latestReading",
                        "value",
                        "dateTime",
                        "period",
                        "label",
                        "measure",
                    ]
                ),
                inner,
                max_size=5,
            )
        ),
        max_leaves=15,
    )
)
def test_whatever_json_comes_the_flood_reader_reads_or_refuses_it(sent: object) -> None:
    body = Page(json.dumps({"items": [sent]}).encode())
    values, _ = check_options(get_manifest("flood"), {})
    asked = Asked(values, feed_words(), NOON)
    for step in ("stations", "measures", "readings"):
        READERS["flood"].read({step: [body]}, asked)


# ---- Air ----------------------------------------------------------------------------------------

SEVERAL = b"""Data supplied by UK-AIR on 3/3/2026
All Data GMT hour ending
Status: V = Verified P = Provisionally Verified

,,Example Roadside,,,,Example Park,
Date,Time,Ozone,Status,Nitric oxide,Status,Ozone,Status
2026-03-02,01:00,45,V ugm-3,x,V ugm-3,40,P ugm-3
"""


def test_several_sites_stand_above_their_columns() -> None:
    found = read("air", SEVERAL)
    assert {(series.station, series.observed.name) for series in found.series.values()} == {
        ("Example Roadside", "Ozone"),
        ("Example Park", "Ozone"),
    }
    assert found.problem_counts["not_a_number"] == 1
    assert found.readings[0].started == to_micros(datetime(2026, 3, 2, tzinfo=UTC))


def test_every_hour_of_a_real_kerbside_is_read() -> None:
    import gzip

    packed = shared_file("place", "sensors", "marylebone-road-hourly-1998-2005.csv.gz")
    found = read("air", gzip.decompress(packed.read_bytes()), gases="[ppb]", lat="51.5", lon="-0.2")
    assert (found.rows, found.bad_rows, len(found.readings)) == (65_533, 0, 558_173)
    assert len(found.series) == 9
    assert found.problem_counts == {}


def test_every_site_of_the_lockdown_months_is_read_from_the_long_form() -> None:
    import gzip

    packed = shared_file("place", "sensors", "aurn-uk-daily-2020-02-08.csv.gz")
    found = read(
        "table",
        gzip.decompress(packed.read_bytes()),
        time="date",
        period="86400",
        value="value_ug_m3",
        property="pollutant",
        unit="=ug/m3",
        station="site_code",
        station_name="site_name",
        lat="latitude",
        lon="longitude",
    )
    assert (found.rows, len(found.readings), found.problem_counts) == (28_542, 28_542, {})
    assert (len(found.stations), len(found.series)) == (96, 134)


# ---- Grades and pauses --------------------------------------------------------------------------


def hourly(*hours: int, rows: int = 0, bad: int = 0) -> Gathered:
    found = Gathered(rows or len(hours), bad)
    found.readings = [Reading("s", hour * HOUR, 1.0) for hour in hours]
    return found


def judged(now_hour: int, **more: object) -> Judged:
    return Judged(now_hour * HOUR, 4, more.pop("before", {}), **more)  # type: ignore[arg-type]  # by name


def test_a_gap_costs_completeness_and_age_costs_punctuality() -> None:
    parts = judge_run(hourly(1, 2, 3, 4, 8, 9, 10), {"s": 3600.0}, judged(11))
    assert parts[Part.COMPLETE] == Tally(7, 10)
    assert parts[Part.TIMELY] == Tally(1, 1)
    late = judge_run(hourly(1, 2, 3), {"s": 3600.0}, judged(20))
    assert late[Part.TIMELY] == Tally(0, 1)


def test_values_seen_before_are_not_counted_as_due_again() -> None:
    before = {"s": 8 * HOUR}
    parts = judge_run(hourly(7, 8, 9, 10), {"s": 3600.0}, judged(10, before=before))
    assert parts[Part.COMPLETE] == Tally(2, 2)
    nothing_new = judge_run(hourly(7, 8), {"s": 3600.0}, judged(10, before=before))
    assert nothing_new[Part.COMPLETE] == Tally(0, 0)


def test_a_feed_that_says_no_period_is_judged_by_its_usual_gap() -> None:
    parts = judge_run(hourly(1, 2, 3, 5), {"s": None}, judged(6))
    assert parts[Part.COMPLETE] == Tally(4, 5)
    assert judge_run(hourly(1), {"s": None}, judged(6))[Part.COMPLETE] == Tally()


def test_one_bad_part_cannot_hide_behind_good_ones() -> None:
    good = dict.fromkeys(Part, Tally(100, 100))
    found = grade_of(good)
    assert found is not None
    assert found.letter == "A"
    found = grade_of({**good, Part.UNFLAGGED: Tally(0, 100)})
    assert found is not None
    assert found.letter == "C"


def test_nothing_has_no_grade() -> None:
    assert grade_of({}) is None
    assert grade_of(dict.fromkeys(Part, Tally())) is None


tallies = st.dictionaries(
    st.sampled_from(list(Part)),
    st.integers(1, 1000).flatmap(lambda of: st.integers(0, of).map(lambda good: Tally(good, of))),
    min_size=1,
)


@given(tallies, st.sampled_from(list(Part)))
def test_a_better_part_never_makes_a_worse_grade(parts: dict[Part, Tally], part: Part) -> None:
    if part not in parts:
        return
    before = grade_of(parts)
    after = grade_of({**parts, part: Tally(parts[part].of, parts[part].of)})
    assert before is not None
    assert after is not None
    assert after.letter <= before.letter


@given(tallies)
def test_parts_are_kept_and_added_up(parts: dict[Part, Tally]) -> None:
    assert from_plain(to_plain(parts)) == parts
    twice = add_up([parts, parts])
    assert {part: tally.share for part, tally in twice.items()} == {
        part: tally.share for part, tally in parts.items()
    }


def test_letters_begin_at_their_shares() -> None:
    assert [letter_of(share) for share in (1, 0.95, 0.949, 0.85, 0.7, 0.5, 0.49, 0)] == list(
        "AABBCDEE"
    )


@given(st.integers(60, 604_800), st.integers(0, 60), st.floats(0, 1))
def test_pauses_grow_with_failures_up_to_a_limit(
    interval: int, failures: int, chance: float
) -> None:
    pause = pause_after(interval, failures, chance=chance)
    if not failures:
        assert 0.95 * interval <= pause <= 1.05 * interval
    else:
        assert 30 <= pause <= max(LONGEST_PAUSE_S, 60)


@given(st.floats(0, 1), st.floats(0, 1e9), st.integers(0, 9))
def test_what_a_server_asks_for_is_the_least_for_a_day(
    chance: float, asked: float, failures: int
) -> None:
    pause = pause_after(900, failures, chance=chance, asked_s=asked)
    assert pause >= min(asked, 86_400)
    assert pause <= max(LONGEST_PAUSE_S, 86_460)


# ---- Manifests ----------------------------------------------------------------------------------


@pytest.mark.parametrize("manifest", list_manifests(), ids=lambda manifest: manifest.id)
def test_every_manifest_can_be_used(manifest) -> None:  # type: ignore[no-untyped-def]  # pytest's
    assert manifest.reader in READERS
    assert manifest.interval.least <= manifest.interval.usual <= manifest.interval.most
    names = [option.name for option in manifest.options]
    assert len(names) == len(set(names))
    for option in manifest.options:
        assert option.type != "choice" or option.default in option.choices
        values, faults = check_options(manifest, {option.name: option.default})
        assert option.required or option.name not in faults
        assert values[option.name] == option.default.strip()
    assert bool(manifest.licence) == bool(manifest.attribution)
