"""Answers written as text at once: the same as the documents, and no longer than may be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.errors import AnswerTooLong
from hereabouts.sensing.models.register import Thing
from hereabouts.sensing.queries.reading import (
    ESTIMATED,
    LIMITS,
    Answer,
    Limits,
    answer_bytes,
    read,
)
from hereabouts.standards.sensorthings.parsing.options import parse_options
from hereabouts.standards.sensorthings.parsing.paths import parse_path
from hereabouts.standards.sensorthings.tree import Metadata
from tests.rooms.sensing.reading_world import (
    BASE,
    HOUR,
    NOON,
    add_observation,
    ask,
    build,
    follow,
    ids,
    settle,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _world(db: None) -> Iterator[None]:
    build()
    more: dict[str, Any] = {
        "result_quality": '{"DQ":1}',
        "valid_start": NOON,
        "valid_end": NOON + HOUR,
    }
    add_observation(40, 4, NOON + 7, 1e22, parameters={"a": [1.0, "é\n"]}, **more)
    add_observation(41, 4, NOON + HOUR, 0.1, result_time=NOON + 1500, ended=NOON + 2 * HOUR)
    Thing.objects.filter(pk=2).update(name='High "Street" \\ \x01 é')
    settle()
    yield


def written(path: str, query: str = "", limits: Limits = LIMITS) -> bytes | None:
    parsed = parse_path(path)
    options = parse_options(query, parsed.entity, is_encoded=False)
    return answer_bytes(parsed, options, level=DataClass.OPEN, base=BASE, limits=limits, now=NOON)


def documents(path: str, query: str) -> bytes:
    parsed = parse_path(path)
    options = parse_options(query, parsed.entity, is_encoded=False)
    answer = read(parsed, options, level=DataClass.OPEN, base=BASE, now=NOON)
    if parsed.is_entity:
        return msgspec.json.encode(answer.entities[0])
    around = {"@iot.count": answer.count, ESTIMATED: answer.is_estimated or None}
    link = None if options.metadata is Metadata.OFF else answer.next_link
    shown: dict[str, Any] = around | {"@iot.nextLink": link}
    told = {name: value for name, value in shown.items() if value is not None}
    return msgspec.json.encode({**told, "value": answer.entities})


LATEST = "Observations($orderby=phenomenonTime desc;$top=1"


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("Things", ""),
        ("Things", "$count=true&$top=2"),
        ("Things", f"$expand=Datastreams($expand={LATEST})),Locations"),
        ("Things", "$expand=Datastreams($top=1;$count=true),MultiDatastreams,HistoricalLocations"),
        ("Things", "$select=id,properties/owner,properties/deep/a&$expand=Locations($select=name)"),
        ("Things", "$select=Datastreams"),
        ("Things", "$select=description&$filter=name eq 'nobody'"),
        ("Things(2)", "$expand=MultiDatastreams/ObservedProperties"),
        ("Datastreams", f"$select=id&$expand={LATEST})"),
        ("Datastreams", f"$select=name&$expand={LATEST};$select=phenomenonTime,result)"),
        ("Datastreams", "$select=phenomenonTime,observedArea,unitOfMeasurement&$expand=Thing"),
        ("Datastreams", "$expand=Observations($top=2;$count=true;$expand=FeatureOfInterest)"),
        ("Datastreams", "$expand=Observations($top=0;$count=true),Sensor,ObservedProperty"),
        ("Datastreams(1)/Observations", "$top=3"),
        ("Observations", "$expand=Datastream/Thing/Datastreams,FeatureOfInterest,MultiDatastream"),
        ("Observations", "$select=result,validTime,parameters,resultTime,resultQuality"),
        ("Observations", "$select=result/a,parameters/a&$expand=Datastream($select=id)"),
        ("Observations(40)", ""),
        ("Observations(41)", "$expand=Datastream"),
        ("MultiDatastreams", "$expand=ObservedProperties,Observations"),
        ("Things", "$resultMetadata=none&$expand=Datastreams"),
        ("Things", "$resultMetadata=off&$top=2"),
        ("Things", "$resultMetadata=minimal&$expand=Locations"),
        ("Things", "$select=Locations&$resultMetadata=none&$expand=Datastreams($select=Thing)"),
        ("FeaturesOfInterest", "$expand=Observations($top=2)"),
        ("HistoricalLocations", "$expand=Locations,Thing"),
        ("Sensors", ""),
    ],
)
def test_what_is_written_at_once_is_what_the_documents_say(path: str, query: str) -> None:
    assert (written(path, query) or b"").decode() == documents(path, query).decode()


def test_other_forms_are_not_written_at_once() -> None:
    assert written("Observations", "$resultFormat=dataArray") is None
    assert written("Things/$ref") is None
    assert written("Things(1)/name") is None
    assert written("Things", "$select=distinct:name") is None


def test_the_count_that_is_estimated_says_so() -> None:
    body = written("Things", "$filter=id gt 0&$count=true", limits=replace(LIMITS, counted=2))
    assert msgspec.json.decode(body or b"")[ESTIMATED] is True


def _walked(first: Answer, limits: Limits) -> list[list[int]]:
    pages = [ids(first)]
    link = first.next_link
    while link:
        page = follow(link, limits=limits)
        pages.append(ids(page))
        link = page.next_link
    return pages


def test_a_page_that_would_be_too_long_ends_early_and_goes_on() -> None:
    Thing.objects.filter(pk__in=(1, 2)).update(properties='{"a":"' + "x" * 3000 + '"}')
    limits = replace(LIMITS, characters=5000)
    pages = _walked(ask("Things", limits=limits), limits)
    assert len(pages) > 1
    assert [key for page in pages for key in page] == [1, 2, 3, 6]
    body = msgspec.json.decode(written("Things", limits=limits) or b"")
    assert len(body["value"]) < 4
    assert body["@iot.nextLink"]


def test_what_is_repeated_inside_an_answer_counts_each_time() -> None:
    Thing.objects.filter(pk=1).update(properties='{"a":"' + "x" * 3000 + '"}')
    limits = replace(LIMITS, characters=5500)
    pages = _walked(ask("Datastreams", "$expand=Thing", limits=limits), limits)
    assert len(pages) > 1
    assert [key for page in pages for key in page] == [1, 2, 3, 4]


@pytest.mark.parametrize("path", ["Things(1)", "Things", "Datastreams(1)/Thing", "Datastreams"])
def test_an_entity_that_is_too_long_alone_is_refused(path: str) -> None:
    Thing.objects.filter(pk=1).update(properties='{"a":"' + "x" * 3000 + '"}')
    limits = replace(LIMITS, characters=2000)
    query = "$expand=Thing" if path == "Datastreams" else ""
    with pytest.raises(AnswerTooLong):
        ask(path, query, limits=limits)
    with pytest.raises(AnswerTooLong):
        written(path, query, limits=limits)
