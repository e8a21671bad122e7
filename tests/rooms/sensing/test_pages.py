"""Pages of sensors for everybody: the panel of a place, the list, a sensor, a stream, a map."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from hereabouts.sensing.domain.observations import QualityFlag, ResultKind
from hereabouts.sensing.models.register import Stream, Thing
from hereabouts.sensing.queries import series
from tests.rooms.sensing.looking import (
    a_week_of,
    keep,
    make_sensor,
    make_stream,
    now,
    observe,
    readings,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    series.forget()


def page(client: Client, path: str, status: int = 200) -> str:
    """What a page says, with single spaces and no markup but its attributes."""
    answer = client.get(path)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def words(html: str) -> str:
    """The text of a page's main part."""
    main = html[html.index("<main") : html.index("</main>")]
    text = re.sub(r"<[^>]+>", " ", main).replace("&nbsp;", " ").replace("\N{NO-BREAK SPACE}", " ")
    return re.sub(r"\s+", " ", text)


@pytest.fixture
def post() -> Thing:
    return make_sensor()


@pytest.fixture
def no2(post: Thing) -> Stream:
    return make_stream(post)


# --- the panel of a place -----------------------------------------------------------------------


def test_a_place_says_what_is_measured_there_now(client: Client, no2: Stream) -> None:
    readings(no2, 28, 29, 30, 31)
    said = words(page(client, "/at?lat=51.5801&lon=-2.9901"))
    assert "Nitrogen dioxide 31 µg/m³ , 2 minutes ago" in said
    assert "Mill Lane post" in said and "Tell me when a level is crossed here" in said


def test_the_list_names_sensors(client: Client, no2: Stream) -> None:
    readings(no2, 1, 2)
    assert "Mill Lane post" in words(page(client, "/sensors"))


def test_a_sensor_and_a_stream_have_pages(client: Client, no2: Stream) -> None:
    readings(no2, 1, 2)
    assert "2 µg/m³" in words(page(client, f"/sensors/{no2.thing_id}"))
    assert "2 µg/m³" in words(page(client, f"/sensors/{no2.thing_id}/{no2.pk}"))
    said = words(page(client, f"/sensors/properties/{no2.observed_property_id}"))
    assert "2 µg/m³" in said


def test_asks(client: Client, no2: Stream) -> None:
    readings(no2, 1, 2)
    said = words(page(client, f"/sensors/alerts/new?place=thing:{no2.thing_id}"))
    assert "Nitrogen dioxide: now 2 µg/m³." in said
