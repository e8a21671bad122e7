"""The letter of a crossing: whole addresses, and a time that people read."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.core import mail
from pytest_django import Settings

from hereabouts.sensing.adapters.letters import send_alert, send_confirmation
from hereabouts.sensing.ports import AlertAddressee
from hereabouts.site.address import SERVED

FACTS = {
    "thing_id": 202,
    "thing": "Gully 7",
    "stream": "Level",
    "value": 92.0,
    "unit": "%",
    "at": "2026-06-27T13:16:49+00:00",
}


def to(language: str) -> AlertAddressee:
    """Somebody who asked about a gully."""
    return AlertAddressee(
        "ann@example.org", language, "Mill Lane", "Level", "above", 80.0, "al-1:secret"
    )


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    """A process that listens, of an operator who set no address."""
    settings.CONFIGURATION = replace(settings.CONFIGURATION, base_url="")
    monkeypatch.setattr(SERVED, "address", "http://127.0.0.1:8161")


def the_letter() -> str:
    return str(mail.outbox[-1].body)


def test_a_crossing_s_addresses_are_whole(served: None) -> None:
    send_alert(to("en"), FACTS)
    assert "The sensor’s page: http://127.0.0.1:8161/sensors/202" in the_letter()
    assert "End this alert: http://127.0.0.1:8161/sensors/alerts/al-1:secret" in the_letter()


def test_a_request_does_not_steer_the_confirmation_s_address(served: None) -> None:
    send_confirmation(to("en"), "http://localhost:6666/")
    assert "http://127.0.0.1:8161/sensors/alerts/al-1:secret" in the_letter()
    assert "6666" not in the_letter()


def test_the_operator_s_address_comes_first(served: None, settings: Settings) -> None:
    settings.CONFIGURATION = replace(settings.CONFIGURATION, base_url="https://place.example/")
    send_alert(to("en"), FACTS)
    assert "https://place.example/sensors/202" in the_letter()


def test_they_are_whole_where_nothing_is_served(
    served: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SERVED, "address", "")
    send_alert(to("en"), FACTS)
    assert "http://localhost:8000/sensors/202" in the_letter()


@pytest.mark.parametrize(
    ("language", "expected"), [("en", "14:16, 27 June 2026"), ("cy", "14:16, 27 Mehefin 2026")]
)
def test_the_time_is_said_in_the_reader_s_words_and_the_place_s_zone(
    served: None, language: str, expected: str
) -> None:
    send_alert(to(language), FACTS)
    assert f"({expected})." in the_letter()
    assert "+00:00" not in the_letter()
