"""A sensor's side of MQTT: connects when needed, publishes at quality of service 1, waits."""

from __future__ import annotations

import asyncio
import contextlib

from hereabouts.standards.mqtt import (
    VERSION_3,
    Connack,
    Connect,
    Decoder,
    Packet,
    Puback,
    Publish,
    encode,
)

KEEP_ALIVE_S = 600
ANSWER_S = 20.0


class MqttLine:
    """One connection to a listener; opened anew after a fault."""

    def __init__(self, host: str, port: int, name: str, secret: str) -> None:
        self.host, self.port = host, port
        self.name, self.secret = name, secret
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._decoder = Decoder(VERSION_3)
        self._number = 0

    async def publish(self, topic: str, payload: bytes) -> None:
        """Publish and return once the message was acknowledged, which is after its commit.

        Raises: OSError where the listener does not take it.
        """
        await self._open()
        self._number = self._number % 65_535 + 1
        message = Publish(topic=topic, payload=payload, qos=1, packet_id=self._number)
        answer = await self._exchange(message)
        if not isinstance(answer, Puback) or answer.packet_id != self._number:
            raise ConnectionError("the listener did not acknowledge")

    async def close(self) -> None:
        """Hang up."""
        if self._streams is not None:
            _, writer = self._streams
            self._streams = None
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _open(self) -> None:
        if self._streams is not None:
            return
        self._streams = await asyncio.open_connection(self.host, self.port)
        self._decoder = Decoder(VERSION_3)
        hello = Connect(
            client_id=f"demonstration-{self.name}",
            keep_alive=KEEP_ALIVE_S,
            username=self.name,
            password=self.secret.encode(),
        )
        answer = await self._exchange(hello)
        if not isinstance(answer, Connack) or answer.code:
            await self.close()
            raise ConnectionError("the listener did not let us in")

    async def _exchange(self, packet: Packet) -> Packet:
        if self._streams is None:
            raise ConnectionError("not connected")
        reader, writer = self._streams
        writer.write(encode(packet, VERSION_3))
        async with asyncio.timeout(ANSWER_S):
            while True:
                chunk = await reader.read(4_096)
                if not chunk:
                    await self.close()
                    raise ConnectionError("the listener hung up")
                packets = self._decoder.feed(chunk)
                if self._decoder.fault is not None:
                    raise ConnectionError("the listener spoke no MQTT")
                if packets:
                    return packets[0]
