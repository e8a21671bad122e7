"""What a peer may do wrong on the wire."""

from __future__ import annotations

from hereabouts.standards.mqtt.codes import Reason


class MqttError(ValueError):
    """Bytes that are no packet, or a packet that may not come here; the connection has to end.

    `reason` is what MQTT 5 tells the peer; `text` says it in words.
    """

    def __init__(self, reason: Reason, text: str) -> None:
        super().__init__(text)
        self.reason = reason
        self.text = text


def malformed(text: str) -> MqttError:
    """A fault in the form of a packet."""
    return MqttError(Reason.MALFORMED, text)
