"""What an operator may say about MQTT."""

from __future__ import annotations

from pathlib import Path

import pytest

from hereabouts.sensing.adapters.mqtt.settings import ANNOUNCED, BridgeSettings
from hereabouts.site.configuration import BadConfiguration, from_environment

pytestmark = pytest.mark.once


def test_a_listener_of_our_own_is_the_default() -> None:
    settings = from_environment({"HEREABOUTS_BASE_URL": "https://hub.test/"}).mqtt_settings()
    assert settings.bridge is None
    assert settings.listener is not None
    assert (settings.listener.host, settings.listener.port) == ("127.0.0.1", 1883)
    assert settings.listener.admits_anonymous
    assert settings.base == "https://hub.test/sta/v1.1"
    assert settings.endpoints == ("mqtt://hub.test:1883",)


def test_it_is_encrypted_with_a_certificate_and_closed_to_strangers_on_demand() -> None:
    settings = from_environment(
        {
            "HEREABOUTS_MQTT_LISTEN": "[::]:8883",
            "HEREABOUTS_MQTT_TLS_CERTIFICATE": "/c.pem",
            "HEREABOUTS_MQTT_TLS_KEY": "/k.pem",
            "HEREABOUTS_MQTT_ANONYMOUS": "no",
        }
    ).mqtt_settings()
    assert settings.listener is not None
    assert settings.listener.host == "::"
    assert (settings.listener.certificate, settings.listener.key) == (
        Path("/c.pem"),
        Path("/k.pem"),
    )
    assert not settings.listener.admits_anonymous
    assert settings.endpoints == ("mqtts://localhost:8883",)


def test_a_broker_is_joined_instead() -> None:
    settings = from_environment(
        {
            "HEREABOUTS_MQTT": "mqtts://hub:a%40b@broker.test/newport",
            "HEREABOUTS_MQTT_AUTHORITY": "/ca.pem",
        }
    ).mqtt_settings()
    assert settings.listener is None
    assert settings.endpoints == ()
    assert settings.bridge == BridgeSettings(
        "broker.test",
        8883,
        "hub",
        "a@b",
        uses_tls=True,
        authority=Path("/ca.pem"),
        client_id="newport",
        announces=ANNOUNCED,
    )


@pytest.mark.parametrize(
    ("announce", "expected"), [("off", ()), ("v1.1/Things, v1.1/X", ("v1.1/Things", "v1.1/X"))]
)
def test_a_broker_is_told_what_the_operator_names(announce: str, expected: tuple[str, ...]) -> None:
    settings = from_environment(
        {"HEREABOUTS_MQTT": "mqtt://b", "HEREABOUTS_MQTT_ANNOUNCE": announce}
    ).mqtt_settings()
    assert settings.bridge is not None
    assert settings.bridge.announces == expected


@pytest.mark.parametrize("variable", ["MQTT", "MQTT_LISTEN"])
def test_the_door_can_stay_shut(variable: str) -> None:
    settings = from_environment({f"HEREABOUTS_{variable}": "off"}).mqtt_settings()
    assert (settings.listener, settings.bridge) == (None, None)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MQTT", "http://broker"),
        ("MQTT", "mqtt://"),
        ("MQTT", "mqtt://b:99999"),
        ("MQTT", "yes"),
        ("MQTT_LISTEN", "1883"),
        ("MQTT_LISTEN", "host"),
        ("MQTT_LISTEN", "host:port"),
        ("MQTT_ANONYMOUS", "perhaps"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_starts(name: str, value: str) -> None:
    with pytest.raises(BadConfiguration) as refused:
        from_environment({f"HEREABOUTS_{name}": value})
    assert refused.value.facts["name"] == f"HEREABOUTS_{name}"
