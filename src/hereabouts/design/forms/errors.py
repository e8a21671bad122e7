"""What the error summary at the top of a page lists, and where each line leads."""

from __future__ import annotations

from dataclasses import dataclass

from django.forms import BaseForm

from hereabouts.design.forms.bound_field import GovukBoundField


@dataclass(frozen=True)
class ErrorItem:
    """One line of the summary; `href` is empty when there is nothing on the page to go to."""

    text: str
    href: str


def error_items(form: BaseForm) -> list[ErrorItem]:
    """Every error of a form in the order of its fields, errors of the whole form first.

    An error of the whole form leads to the first field, an error of a hidden field nowhere.
    """
    visible = [field for field in form.visible_fields() if isinstance(field, GovukBoundField)]
    first = f"#{visible[0].error_target}" if visible else ""
    found = [ErrorItem(str(error), first) for error in form.non_field_errors()]
    found += [
        ErrorItem(str(error), f"#{field.error_target}")
        for field in visible
        for error in field.errors
    ]
    found += [ErrorItem(str(error), "") for field in form.hidden_fields() for error in field.errors]
    return found
