"""Every form of the sensor hub names the field that was left empty, in both languages."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable

import pytest
from django import forms
from django.utils import translation

from hereabouts.sensing import web
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.queries.connectors import list_manifests
from hereabouts.sensing.web.alerts.views import AlertForm
from hereabouts.sensing.web.connectors.forms import OptionsForm, TermsForm
from hereabouts.sensing.web.deployments.forms import DeploymentForm, PlanForm, StepForm
from hereabouts.sensing.web.keys.forms import KeyForm

pytestmark = pytest.mark.django_db
POLLED, *_ = (each for each in list_manifests() if each.is_polled)
SPECIAL: dict[type[forms.Form], Callable[[], forms.Form]] = {
    AlertForm: lambda: AlertForm({}, properties=[("1", "Level")]),
    KeyForm: lambda: KeyForm({}, offered=DataClass),
    PlanForm: lambda: PlanForm({}, measures=[("level", "Level")]),
    StepForm: lambda: StepForm({}, is_needed=True),
    TermsForm: lambda: TermsForm({}, manifest=POLLED, offered=DataClass),
}


def every_form() -> list[type[forms.Form]]:
    """The forms of all pages of the hub but those made from a manifest."""
    for module in pkgutil.walk_packages(web.__path__, f"{web.__name__}."):
        importlib.import_module(module.name)
    found = [one for one in forms.Form.__subclasses__() if one.__module__.startswith(web.__name__)]
    return sorted(set(found) - {OptionsForm}, key=lambda one: one.__name__)


def unnamed(form: forms.Form) -> list[str]:
    """The fields that are told to be required without being named."""
    said = str(forms.Field.default_error_messages["required"])
    return [name for name, told in form.errors.items() if said in told]


@pytest.mark.parametrize("language", ["en", "cy"])
@pytest.mark.parametrize("kind", every_form(), ids=lambda kind: kind.__name__)
def test_an_empty_form_names_every_field(kind: type[forms.Form], language: str) -> None:
    with translation.override(language):
        form = SPECIAL.get(kind, lambda: kind({}))()
        assert unnamed(form) == []
        needed = {name for name, field in form.fields.items() if field.required}
        assert needed <= set(form.errors)


@pytest.mark.parametrize("language", ["en", "cy"])
@pytest.mark.parametrize("kind", list_manifests(), ids=lambda kind: kind.id)
def test_an_empty_connector_names_every_option(kind: object, language: str) -> None:
    manifest = next(each for each in list_manifests() if each is kind)
    with translation.override(language):
        for typed in ({}, {option.name: "  " for option in manifest.options}):
            form = OptionsForm(typed, manifest=manifest)
            assert unnamed(form) == []
            for option in manifest.options:
                if option.required and option.type != "choice":
                    label = str(form.fields[option.name].label)
                    assert f"“{label}”" in str(form.errors[option.name])


def test_the_deployment_form_says_what_each_field_asks_for() -> None:
    with translation.override("cy"):
        form = DeploymentForm({})
        told = [str(message) for messages in form.errors.values() for message in messages]
    assert told[0] == "Rhowch deitl." and len(told) == len(set(told)) == 6
