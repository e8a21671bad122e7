"""Asks the SensorThings application as a server would, without a network between."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from hereabouts.kernel.access import INSTALLATION
from hereabouts.kernel.asgi import Message, Scope
from hereabouts.people.api import Role, create_person, create_token, give_second_step
from hereabouts.sensing.adapters.sta.application import Application
from hereabouts.sensing.adapters.sta.settings import PREFIX

ROOT = f"http://localhost{PREFIX}"
UNIT = {
    "name": "degree Celsius",
    "symbol": "°C",
    "definition": "http://qudt.org/vocab/unit/DEG_C",
}
MEASUREMENT = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"
COMPLEX = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_ComplexObservation"
SENSOR = {
    "name": "Thermometer",
    "description": "A thermometer",
    "encodingType": "text/plain",
    "metadata": "https://example.org/sensor",
}
PROPERTY = {
    "name": "Air temperature",
    "description": "How warm the air is",
    "definition": "http://vocab.nerc.ac.uk/standard_name/air_temperature/",
}
MOMENT = "2026-03-01T12:00:00Z"
SAFE = "/?&=$(),;:'+%@!*-._~"


@dataclass(frozen=True)
class Answer:
    """What came back; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.body)

    @property
    def id(self) -> int:
        """The id in the `Location`, found as frost-sta-client finds it."""
        location = self.headers["location"]
        return int(location[location.find("(") + 1 : location.find(")")])


class Sta:
    """A caller with a token, or with none."""

    def __init__(self, application: Application, token: str = "") -> None:
        self.application = application
        self.token = token

    def ask(
        self,
        method: str,
        address: str,
        body: object = None,
        *,
        headers: Mapping[str, str] | None = None,
        parts: Sequence[Message] | None = None,
        **scope: object,
    ) -> Answer:
        """The answer to one request.

        `address` is below the root; spaces and the like may stand in it. `body` bytes are sent as
        they are, anything else as JSON; `parts` are the messages of a body that comes in pieces.
        """
        sent = body if isinstance(body, bytes) else b"" if body is None else _encode(body)
        named = {"host": "localhost", "content-length": str(len(sent)), **(headers or {})}
        if self.token:
            named.setdefault("authorization", f"Bearer {self.token}")
        messages = list(parts or [{"type": "http.request", "body": sent, "more_body": False}])
        path, _, query = quote(address, safe=SAFE).partition("?")
        asked: Scope = {
            "type": "http",
            "method": method,
            "scheme": "http",
            "path": f"{PREFIX}/{unquote(path)}" if path else PREFIX,
            "query_string": query.encode(),
            "headers": [(name.lower().encode(), value.encode()) for name, value in named.items()],
            "state": {},
            **scope,
        }
        return asyncio.run(_run(self.application, asked, messages))

    def get(self, address: str, **headers: str) -> Answer:
        """Read."""
        return self.ask("GET", address, headers=_named(headers))

    def read(self, address: str) -> Any:
        """Read what has to be there, as JSON."""
        answer = self.get(address)
        assert answer.status == 200, answer.body
        return answer.json

    def post(self, address: str, body: object, **headers: str) -> Answer:
        """Create."""
        return self.ask("POST", address, body, headers=_named(headers))

    def make(self, address: str, body: object) -> int:
        """Create what has to succeed; its id."""
        answer = self.post(address, body)
        assert answer.status == 201, answer.body
        return answer.id


async def _run(application: Application, scope: Scope, messages: list[Message]) -> Answer:
    sent: list[Message] = []

    async def receive() -> Message:
        if messages:
            return messages.pop(0)
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    await application(scope, receive, send)
    if not sent:
        return Answer(0, {}, b"")
    headers = {name.decode(): value.decode("latin-1") for name, value in sent[0]["headers"]}
    return Answer(sent[0]["status"], headers, b"".join(part["body"] for part in sent[1:]))


def _named(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def _encode(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def a_token(*scopes: str, address: str = "steward@example.org") -> str:
    """The secret of a steward's token."""
    owner = create_person(
        address,
        display_name="Steward",
        roles=frozenset({Role.DATA_STEWARD}),
        actor=INSTALLATION,
    )
    give_second_step(owner, actor=INSTALLATION)
    _, secret = create_token(owner, name="t", scopes=scopes, days=1, actor=INSTALLATION)
    return secret


def a_place(longitude: float = -1.25, latitude: float = 51.75) -> dict[str, object]:
    """A Location to be made."""
    return {
        "name": "Lamp post",
        "description": "Where it hangs",
        "encodingType": "application/geo+json",
        "location": {"type": "Point", "coordinates": [longitude, latitude]},
    }


def a_stream(**members: object) -> dict[str, object]:
    """A Datastream to be made, with its Sensor and ObservedProperty."""
    return {
        "name": "Temperature",
        "description": "Every ten minutes",
        "observationType": MEASUREMENT,
        "unitOfMeasurement": UNIT,
        "Sensor": SENSOR,
        "ObservedProperty": PROPERTY,
        **members,
    }


def a_thing(*streams: dict[str, object], **members: object) -> dict[str, object]:
    """A Thing to be made, with one Location and its streams."""
    return {
        "name": "Station",
        "description": "On the bridge",
        "Locations": [a_place()],
        "Datastreams": list(streams),
        **members,
    }
