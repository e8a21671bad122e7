"""The engine that reads decoder descriptions, with small descriptions of our own."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hereabouts.standards.lorawan.decoder import Decoder, read_decoder, read_vocabulary
from hereabouts.standards.lorawan.errors import DecoderUnreadable, PayloadUndecodable

pytestmark = pytest.mark.once
VOCABULARY = read_vocabulary(
    """
    [units.Cel]
    name = "degree Celsius"
    [properties.heat]
    name = "Heat"
    definition = "urn:test:heat"
    unit = "Cel"
    [properties.open]
    name = "Open"
    definition = "urn:test:open"
    kind = "boolean"
    [properties.word]
    name = "Word"
    definition = "urn:test:word"
    kind = "category"
    """,
    "vocabulary",
)
HEAD = 'id = "test"\nversion = 1\ntitle = "Test"\nkind = "test"\ndevices = ["a/b"]\n'


def make(payload: str) -> Decoder:
    return read_decoder(HEAD + payload, "test.toml", VOCABULARY)


def values(payload: str, data: bytes, port: int = 1) -> dict[str, object]:
    return {each.name: each.value for each in make(payload).decode(data, port)}


def fields(*lines: str, more: str = "") -> str:
    return f"[[payload]]\n{more}\nfields = [\n" + ",\n".join(lines) + "\n]\n"


@pytest.mark.parametrize(
    ("read", "data", "value"),
    [
        ("u8", b"\xff", 255),
        ("i8", b"\xff", -1),
        ("u16", b"\x01\x02", 258),
        ("u16le", b"\x01\x02", 513),
        ("i16", b"\xff\xfe", -2),
        ("u24", b"\x01\x00\x00", 65536),
        ("i24le", b"\xff\xff\xff", -1),
        ("u32lw", b"\x00\x01\x00\x02", 131073),
        ("u64", b"\x00\x00\x00\x01\x00\x00\x00\x00", 2**32),
        ("f32", struct.pack(">f", 1.5), 1.5),
        ("f64le", struct.pack("<d", -2.25), -2.25),
    ],
)
def test_numbers_of_every_width_and_order_are_read(read: str, data: bytes, value: float) -> None:
    text = fields(f'{{ name = "n", read = "{read}", property = "heat" }}')
    assert values(text, data) == {"n": value}


def test_a_scaled_number_has_no_noise_of_binary_fractions() -> None:
    text = fields('{ name = "n", read = "u16", property = "heat", scale = 0.1, add = -40 }')
    assert values(text, b"\x01\x09") == {"n": -13.5}
    assert repr(values(text, b"\x02\x99")["n"]) == "26.5"


def test_bits_sentinels_maps_and_limits_decide_what_is_a_reading() -> None:
    text = fields(
        '{ name = "head", read = "u8" }',
        '{ name = "low", from = "head", bits = [0, 4], property = "heat", invalid = [15] }',
        '{ name = "high", from = "head", bits = [4, 4], signed = true, property = "heat" }',
        '{ name = "is_open", from = "head", bits = [7, 1], property = "open" }',
        '{ name = "way", read = "u8", property = "word", map = { 0 = "north", 0x10 = "east" } }',
        '{ name = "part", read = "u8", property = "heat", least = 1, most = 100 }',
    )
    assert values(text, b"\x8f\x10\x65") == {"high": -8, "is_open": True, "way": "east"}
    assert values(text, b"\x12\x01\x64") == {"low": 2, "high": 1, "is_open": False, "part": 100}


def test_expressions_use_what_was_read_before() -> None:
    text = fields(
        '{ name = "a", read = "u8" }',
        '{ name = "b", read = "u8", value = "x + a / 100", property = "heat" }',
        '{ name = "sum", value = "a + b if a > 1 else 0", property = "heat" }',
        '{ name = "ratio", value = "a / b", property = "heat" }',
        '{ name = "never", value = "a", when = "b > 250", property = "heat" }',
    )
    assert values(text, b"\x02\x04") == {"b": 4.02, "sum": 6, "ratio": 0.5}
    assert "ratio" not in values(text, b"\x02\x00"), "a division by zero is no reading"


def test_the_first_layout_that_agrees_is_read() -> None:
    text = (
        fields('{ name = "a", read = "u8", at = 1, property = "heat" }', more='prefix = "01"')
        + fields('{ name = "b", read = "u8", at = -1, property = "heat" }', more="ports = [9]")
        + "[[payload]]\nports = [10]\n"
    )
    assert values(text, b"\x01\x07") == {"a": 7}
    assert values(text, b"\x02\x07\x08", port=9) == {"b": 8}
    assert values(text, b"\x02\x07", port=10) == {}
    with pytest.raises(PayloadUndecodable, match="no layout"):
        values(text, b"\x02\x07", port=1)


def test_marked_values_are_read_whatever_their_order() -> None:
    text = """
    [[payload]]
    [payload.tlv]
    key = ["u8", "u8"]
    unknown = "refuse"
    [[payload.tlv.entries]]
    key = [3, 0x67]
    fields = [{ name = "t", read = "i16", scale = 0.1, property = "heat" }]
    [[payload.tlv.entries]]
    key = ["*", 0x02]
    size = 2
    fields = [{ name = "c", read = "u8", property = "heat" }]
    """
    assert values(text, bytes.fromhex("0702051203670110")) == {"c": 5, "t": 27.2}
    with pytest.raises(PayloadUndecodable, match="unknown part 01 ff"):
        values(text, bytes.fromhex("01ff"))
    with pytest.raises(PayloadUndecodable, match="ends before"):
        values(text, bytes.fromhex("036701"))


@pytest.mark.parametrize(
    ("length", "data"), [("before", "03 09 0000 02 07 2a"), ("after", "09 02 0000 07 01 2a")]
)
def test_marked_values_with_lengths_step_over_what_is_unknown(length: str, data: str) -> None:
    text = f"""
    [[payload]]
    [payload.tlv]
    key = ["u8"]
    length = "{length}"
    unknown = "skip"
    [[payload.tlv.entries]]
    key = [7]
    fields = [{{ name = "n", read = "u8", property = "heat" }}]
    """
    assert values(text, bytes.fromhex(data.replace(" ", ""))) == {"n": 42}


def test_a_field_does_not_read_into_the_next_marked_value() -> None:
    text = """
    [[payload]]
    [payload.tlv]
    key = ["u8"]
    length = "after"
    [[payload.tlv.entries]]
    key = [7]
    fields = [{ name = "n", read = "u16", property = "heat" }]
    """
    with pytest.raises(PayloadUndecodable, match="ends before"):
        values(text, bytes.fromhex("07012a0701"))


def test_records_are_as_old_as_their_rank_says() -> None:
    text = """
    [[payload]]
    fields = [{ name = "minutes", read = "u8" }]
    after = [{ name = "volt", read = "u8", property = "heat" }]
    [payload.records]
    tail = 1
    age = "index * minutes * 60"
    fields = [{ name = "t", read = "u8", property = "heat" }]
    """
    readings = make(text).decode(bytes([15, 21, 20, 19, 36]), 1)
    assert [(each.name, each.value, each.age_us) for each in readings] == [
        ("t", 21, 0),
        ("t", 20, 900_000_000),
        ("t", 19, 1_800_000_000),
        ("volt", 36, 0),
    ]


def test_records_are_counted_where_the_payload_says_how_many() -> None:
    text = """
    [[payload]]
    fields = [{ name = "n", read = "u8" }]
    [payload.records]
    count = "n"
    age = "(count - 1 - index) * 60"
    fields = [{ name = "t", read = "u8", property = "heat" }]
    """
    readings = make(text).decode(bytes([2, 5, 6, 99]), 1)
    assert [(each.value, each.age_us) for each in readings] == [(5, 60_000_000), (6, 0)]
    with pytest.raises(PayloadUndecodable):
        make(text).decode(bytes([3, 5, 6]), 1)


def test_a_time_in_the_payload_is_that_of_the_readings_behind_it() -> None:
    text = fields(
        '{ name = "before", read = "u8", property = "heat" }',
        '{ name = "at", read = "u32", time = "unix" }',
        '{ name = "after", read = "u8", property = "heat" }',
    )
    before, after = make(text).decode(bytes.fromhex("01617bd7b402"), 1)
    assert (before.at_us, after.at_us) == (None, 1_635_506_100_000_000)
    _, never = make(text).decode(bytes.fromhex("010000000102"), 1)
    assert never.at_us is None, "a clock that was never set says nothing"


def test_what_must_be_is_checked() -> None:
    text = fields('{ name = "protocol", read = "u8", must_be = 2 }')
    assert values(text, b"\x02") == {}
    with pytest.raises(PayloadUndecodable, match="protocol is 3"):
        values(text, b"\x03")


@pytest.mark.parametrize(
    "payload",
    [
        "",
        "payload = []",
        "[[payload]]\nunknown_key = 1",
        fields('{ name = "a", read = "u7" }'),
        fields('{ name = "a", read = "f16" }'),
        fields('{ read = "u8" }'),
        fields('{ name = "a" }'),
        fields('{ name = "A b", read = "u8" }'),
        fields('{ name = "a", read = "u8", from = "b" }'),
        fields('{ name = "a", from = "b" }'),
        fields('{ name = "a", read = "u8", property = "unheard_of" }'),
        fields('{ name = "a", read = "u8", bits = [0, 65] }'),
        fields('{ name = "a", read = "u8", map = { x = 1 } }'),
        fields('{ name = "a", read = "u8", value = "later + 1" }'),
        fields('{ name = "a", read = "u8", value = "__import__(\'os\')" }'),
        fields('{ name = "a", read = "u8", value = "x.real" }'),
        fields('{ name = "a", read = "u8", value = "\'text\'" }'),
        fields('{ name = "a", read = "u8", value = "1 +" }'),
        fields('{ name = "a", read = "u8", value = "' + "1+" * 200 + '1" }'),
        fields('{ name = "a", read = "u8" }', more='prefix = "0"'),
        "[[payload]]\n[payload.tlv]\nkey = []\nentries = []",
        '[[payload]]\n[payload.tlv]\nkey = ["f32"]\nentries = []',
        '[[payload]]\n[payload.tlv]\nkey = ["u8"]\nentries = [{ key = [1, 2] }]',
        '[[payload]]\n[payload.tlv]\nkey = ["u8"]\nentries = []\nunknown = "skip"',
        '[[payload]]\n[payload.records]\ncount = "n"\nfields = []',
        "this is not TOML",
    ],
)
def test_a_description_that_does_not_hold_together_is_refused(payload: str) -> None:
    with pytest.raises(DecoderUnreadable) as refused:
        make(payload)
    assert refused.value.facts["reason"]


def test_a_unit_nobody_defined_is_refused() -> None:
    text = (
        fields('{ name = "a", read = "u8", property = "odd" }')
        + '[properties.odd]\nname = "Odd"\ndefinition = "urn:test:odd"\nunit = "furlong"\n'
    )
    with pytest.raises(DecoderUnreadable, match="furlong"):
        make(text)


def test_a_council_names_properties_and_units_of_its_own() -> None:
    text = (
        fields('{ name = "a", read = "u8", property = "odd" }')
        + '[properties.odd]\nname = "Odd"\ndefinition = "urn:test:odd"\nunit = "[fur_us]"\n'
        + '[units."[fur_us]"]\nname = "furlong"\n'
    )
    decoder = make(text)
    (reading,) = decoder.decode(b"\x08", 1)
    assert decoder.units[reading.observed.unit].name == "furlong"


_expressions = st.recursive(
    st.sampled_from(["x", "a", "length", "0", "1", "255", "0.1", "1e300", "-3"]),
    lambda inner: st.one_of(
        st.tuples(
            inner, st.sampled_from("+ - * / // % ** & | << >> == < and or".split()), inner
        ).map(lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"),
        st.tuples(st.sampled_from(["abs", "sqrt", "exp", "log", "round", "min"]), inner).map(
            lambda parts: f"{parts[0]}({parts[1]})"
        ),
    ),
    max_leaves=20,
)


@given(text=_expressions, data=st.binary(min_size=2, max_size=2))
def test_no_arithmetic_makes_the_engine_fail(text: str, data: bytes) -> None:
    if len(text) > 300:
        return
    described = fields(
        '{ name = "a", read = "u8" }',
        f'{{ name = "b", read = "i8", value = "{text}", property = "heat" }}',
    )
    for value in values(described, data).values():
        assert isinstance(value, int | float)
        assert abs(value) <= 1e30
