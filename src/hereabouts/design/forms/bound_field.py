"""A field of a form together with the GOV.UK component that draws it."""

from __future__ import annotations

from typing import Any

from django.forms import Widget
from django.forms.boundfield import BoundField

from hereabouts.design.forms.components import Component, component_of


class GovukBoundField(BoundField):
    """A bound field that knows its component and where an error about it points."""

    def build_widget_attrs(
        self,
        attrs: dict[str, Any],
        widget: Widget | None = None,  # Any: as Django has it
    ) -> dict[str, Any]:
        """Attributes of the widget without `required`: browsers would object in their own words."""
        found = super().build_widget_attrs(attrs, widget)
        found.pop("required", None)
        return found

    @property
    def component(self) -> Component:
        """The macro that draws the field, and its parameters."""
        return component_of(self)

    @property
    def error_target(self) -> str:
        """The id of the first box or button, which a link of the error summary goes to."""
        return self.component.target
