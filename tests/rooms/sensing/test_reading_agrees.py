"""Generated filters and orders: answered as the plain evaluator answers, or refused."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from hereabouts.kernel.refusals import Refusal
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.queries.reading import read
from hereabouts.standards.sensorthings.model import EntityType
from hereabouts.standards.sensorthings.parsing.options import parse_options
from hereabouts.standards.sensorthings.tree import Options, ResourcePath, Step
from tests.rooms.sensing.reading_world import BASE, insert_world
from tests.standards.sensorthings import evaluator
from tests.standards.sensorthings.evaluator import World
from tests.standards.sensorthings.strategies import ENTITIES, NOON, filters, orders, worlds

pytestmark = pytest.mark.django_db

EXAMPLES = settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def parsed(query: str, entity: EntityType) -> Options | None:
    """The options, or None where the parser refuses them as malformed."""
    try:
        return parse_options(query, entity, is_encoded=False)
    except Refusal as refusal:
        assert refusal.status in (400, 501), refusal
        return None


def answered(world: World, entity: EntityType, options: Options) -> list[int] | None:
    """The ids the reader gives over a world, or None where it refuses to answer."""
    path = ResourcePath((Step(entity),), text=entity.set_name)
    with transaction.atomic():
        insert_world(world)
        try:
            answer = read(path, options, level=DataClass.OPEN, base=BASE, now=NOON)
        except Refusal as refusal:
            assert refusal.status == 400, refusal
            return None
        finally:
            transaction.set_rollback(True)
    return [document["@iot.id"] for document in answer.entities]


def expected(world: World, entity: EntityType, options: Options) -> list[int]:
    """The ids the evaluator gives."""
    path = ResourcePath((Step(entity),), text=entity.set_name)
    return [found.id for found in evaluator.read(world, path, options, now=NOON)]


@EXAMPLES
@given(st.data())
def test_filters_find_what_the_evaluator_finds(data: Any) -> None:
    entity = data.draw(ENTITIES)
    world = data.draw(worlds())
    text = data.draw(filters(entity))
    note(text)
    options = parsed(f"$filter={text}", entity)
    if options is None:
        return
    found = answered(world, entity, options)
    assert found is None or found == expected(world, entity, options)


@EXAMPLES
@given(st.data())
def test_orders_are_those_of_the_evaluator(data: Any) -> None:
    entity = data.draw(ENTITIES)
    world = data.draw(worlds())
    text = data.draw(orders(entity))
    note(text)
    options = parsed(f"$orderby={text}", entity)
    if options is None:
        return
    found = answered(world, entity, options)
    assert found is None or found == expected(world, entity, options)
