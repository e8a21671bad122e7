"""A notification: made once, sent to everybody who asked for it."""

from __future__ import annotations

from hereabouts.standards.mqtt import message_parts


class Notice:
    """A topic and what happened there; its bytes are worked out once for each version of MQTT."""

    __slots__ = ("_parts", "payload", "topic")

    def __init__(self, topic: str, payload: bytes) -> None:
        self.topic = topic
        self.payload = payload
        self._parts: dict[int, tuple[bytes, bytes]] = {}

    def parts(self, version: int) -> tuple[bytes, bytes]:
        """What is before and behind the number of its packet."""
        found = self._parts.get(version)
        if found is None:
            found = self._parts[version] = message_parts(self.topic, self.payload, version)
        return found

    @property
    def size(self) -> int:
        """Roughly its bytes on the wire."""
        return len(self.topic) + len(self.payload) + 10
