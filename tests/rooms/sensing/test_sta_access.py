"""Who sees and does what over HTTP: data classes on every path, keys down to one stream."""

from __future__ import annotations

import pytest

from hereabouts.kernel.access import INSTALLATION
from hereabouts.sensing.actions.keys import KeyDraft, create_key
from hereabouts.sensing.adapters.sta.application import Application
from hereabouts.sensing.domain.keys import KeyScope
from tests.rooms.sensing.sta import Sta, a_place, a_stream, a_thing

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def things(sta: Sta) -> dict[str, int]:
    """One Thing of each class, each with a stream that has a reading."""
    made = {}
    for number, word in enumerate(("open", "shared", "closed")):
        made[word] = sta.make(
            "Things",
            a_thing(
                a_stream(name=f"stream {word}", Observations=[{"result": number}]),
                name=word,
                properties={"dataClass": word},
                Locations=[{**a_place(-1.2 + number), "name": f"place {word}"}],
            ),
        )
    return made


def stream_of(sta: Sta, thing: int) -> int:
    return int(sta.read(f"Things({thing})/Datastreams")["value"][0]["@iot.id"])


EVERYWHERE = (
    "Things?$select=name",
    "Datastreams?$select=name",
    "Observations?$select=result",
    "Locations?$select=name",
    "Things?$orderby=Datastreams/Observations/result desc&$select=name",
    "Sensors?$select=id",
    "HistoricalLocations?$select=id",
)


@pytest.mark.parametrize("address", EVERYWHERE)
def test_what_is_closed_is_seen_on_no_path(
    sta: Sta, visitor: Sta, things: dict[str, int], address: str
) -> None:
    assert len(sta.read(address)["value"]) == 3
    assert len(visitor.read(address)["value"]) == 1


def test_nor_counted_nor_expanded_nor_filtered_by(
    sta: Sta, visitor: Sta, things: dict[str, int]
) -> None:
    assert visitor.read("Things?$count=true&$top=0")["@iot.count"] == 1
    assert visitor.read("Observations?$count=true&$top=0")["@iot.count"] == 1
    for word in ("shared", "closed"):
        hidden, stream = things[word], stream_of(sta, things[word])
        for address in (
            f"Things({hidden})",
            f"Things({hidden})/name",
            f"Things({hidden})/Datastreams",
            f"Datastreams({stream})",
            f"Datastreams({stream})/Observations",
            f"Datastreams({stream})/Observations/$ref",
            f"Datastreams({stream})/name/$value",
        ):
            assert visitor.get(address).status == 404, address
    found = visitor.read("Things?$filter=Datastreams/Observations/result ge 0&$expand=Datastreams")
    assert [thing["name"] for thing in found["value"]] == ["open"]


def a_key(application: Application, scope: KeyScope, *targets: int) -> Sta:
    draft = KeyDraft("k", scope, targets)
    return Sta(application, create_key(draft, actor=INSTALLATION)[1])


def test_a_key_reaches_its_own_stream_and_no_other(
    application: Application, sta: Sta, things: dict[str, int]
) -> None:
    mine, other = stream_of(sta, things["open"]), stream_of(sta, things["closed"])
    device = a_key(application, KeyScope.STREAMS, mine)
    assert device.post(f"Datastreams({mine})/Observations", {"result": 1}).status == 201
    assert device.post("Observations", {"result": 1, "Datastream": {"@iot.id": mine}}).status == 201
    refused = device.post(f"Datastreams({other})/Observations", {"result": 1})
    assert refused.status in (403, 404)
    assert device.post("Things", a_thing()).status == 403
    assert device.ask("DELETE", f"Datastreams({mine})").status == 403
    assert device.ask("PATCH", f"Datastreams({mine})", {"name": "x"}).status == 403


def test_a_key_of_a_thing_reaches_every_stream_of_it(
    application: Application, sta: Sta, things: dict[str, int]
) -> None:
    device = a_key(application, KeyScope.THINGS, things["shared"])
    stream = stream_of(sta, things["shared"])
    answer = device.post(f"Datastreams({stream})/Observations", {"result": 5})
    assert answer.status == 201, answer.body
    assert sta.read(f"Observations({answer.id})/result") == {"result": 5}
    wrong = stream_of(sta, things["open"])
    assert device.post(f"Datastreams({wrong})/Observations", {"result": 5}).status == 403


def test_a_key_writes_rows_to_its_own_streams_alone(
    application: Application, sta: Sta, things: dict[str, int]
) -> None:
    mine, other = stream_of(sta, things["open"]), stream_of(sta, things["shared"])
    device = a_key(application, KeyScope.STREAMS, mine)
    groups = [
        {"Datastream": {"@iot.id": stream}, "components": ["result"], "dataArray": [[7]]}
        for stream in (mine, other)
    ]
    told = device.post("CreateObservations", groups).json
    assert [row.startswith("error") for row in told] == [False, True]
