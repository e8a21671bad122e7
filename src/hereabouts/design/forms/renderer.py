"""The renderer Django calls whenever a template prints a form."""

from __future__ import annotations

from typing import Any

from django.forms.renderers import BaseRenderer, DjangoTemplates
from django.template import engines

from hereabouts.design.forms.bound_field import GovukBoundField
from hereabouts.design.pages import ENGINE

OURS = "design/"


class GovukFormRenderer(BaseRenderer):
    """Draws forms and fields with our templates and leaves bare widgets to Django's."""

    form_template_name = "design/form/form.html"
    field_template_name = "design/form/field.html"
    bound_field_class = GovukBoundField

    def __init__(self) -> None:
        self._widgets = DjangoTemplates()

    def get_template(self, template_name: str) -> Any:  # Any: Django's own signature
        """The template of a form or field from our engine, of a widget from Django's."""
        if template_name.startswith(OURS):
            return engines[ENGINE].get_template(template_name)
        return self._widgets.get_template(template_name)
