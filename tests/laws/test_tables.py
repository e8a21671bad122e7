"""Tables keep to their room and say what they hold about people."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import models

from hereabouts.kernel.privacy import PersonalData

pytestmark = pytest.mark.once
OURS = [model for model in apps.get_models() if model.__module__.startswith("hereabouts.")]


def _room(model: type[models.Model]) -> str:
    return model.__module__.split(".")[1]


def test_there_are_tables_to_look_at() -> None:
    assert len(OURS) > 15


def test_every_table_states_its_class_of_personal_data_purpose_and_end() -> None:
    assert [
        model.__name__
        for model in OURS
        if not isinstance(getattr(model, "personal_data", None), PersonalData)
    ] == []


def test_no_foreign_key_crosses_rooms() -> None:
    crossing = [
        f"{model.__name__}.{field.name}"
        for model in OURS
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey | models.ManyToManyField | models.OneToOneField)
        and isinstance(field.related_model, type)
        and field.related_model.__module__.startswith("hereabouts.")
        and _room(field.related_model) != _room(model)
    ]
    assert crossing == []
