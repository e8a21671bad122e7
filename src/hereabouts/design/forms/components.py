"""Which GOV.UK component draws which Django widget, and with what parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from django import forms
from django.forms.boundfield import BoundField
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from hereabouts.design.forms.fields import PARTS, DayWidget

Parameters = dict[str, object]

# What browsers would enforce in their own words and language; our server says it better.
LEFT_OUT = {
    *("required", "maxlength", "minlength", "min", "max", "step"),
    *("aria-describedby", "aria-invalid", "id", "cols"),
}
DJANGO_ROWS = "10"
"""Rows of a text box that nobody has set."""
NAMED = ("autocomplete", "inputmode", "pattern", "spellcheck", "autocapitalize", "rows")
"""Attributes that the macros take as parameters of their own."""


@dataclass(frozen=True)
class Component:
    """A macro by name, its parameters, and the id that an error link points at."""

    name: str
    parameters: Parameters
    target: str


def component_of(field: BoundField) -> Component:
    """The component for a field; a widget that no component fits is drawn bare, with its label."""
    for widget_class, build in BUILDERS:
        if isinstance(field.field.widget, widget_class):
            return build(field)
    return Component("bare", _common(field), _id(field))


def _id(field: BoundField) -> str:
    return field.auto_id or field.html_name


def _label(field: BoundField) -> str:
    label = str(field.label or "")
    if field.field.required or not getattr(field.form, "marks_optional", True):
        return label
    return gettext("%(label)s (optional)") % {"label": label}


def _text(content: object) -> Parameters:
    """Text for a macro: marked-up content as it is, anything else to be escaped."""
    if isinstance(content, SafeString):
        return {"html": content}
    return {"text": str(content)}


def _common(field: BoundField) -> Parameters:
    """What every component takes: label, hint and error."""
    found: Parameters = {
        "id": _id(field),
        "name": field.html_name,
        "label": {**_text(_label(field)), "classes": "govuk-label--s"},
    }
    if field.help_text:
        found["hint"] = _text(field.help_text)
    if field.errors:
        found["errorMessage"] = {
            "text": " ".join(str(error) for error in field.errors),
            "visuallyHiddenText": gettext("Error"),
        }
    return found


def _attributes(field: BoundField) -> Parameters:
    """The widget's own attributes, sorted into parameters, classes and the rest."""
    attrs: Mapping[str, object] = field.build_widget_attrs(dict(field.field.widget.attrs))
    found: Parameters = {name: attrs[name] for name in NAMED if name in attrs}
    if "class" in attrs:
        found["classes"] = attrs["class"]
    if attrs.get("disabled"):
        found["disabled"] = True
    taken = {*LEFT_OUT, *NAMED, "class", "disabled"}
    rest = {
        name: {"value": value, "optional": True} if isinstance(value, bool) else value
        for name, value in attrs.items()
        if name not in taken
    }
    if rest:
        found["attributes"] = rest
    return found


def _as_set(field: BoundField) -> Parameters:
    """Common parameters of a group of boxes or buttons: the label becomes the legend."""
    found = _common(field)
    label = cast(Parameters, found.pop("label"))
    found["fieldset"] = {"legend": {**label, "classes": "govuk-fieldset__legend--s"}}
    found["idPrefix"] = _id(field)
    return found


def _value(field: BoundField) -> object:
    return field.field.widget.format_value(field.value())


def _input(field: BoundField) -> Component:
    widget = cast(forms.TextInput, field.field.widget)
    found = {**_common(field), **_attributes(field), "type": widget.input_type}
    if isinstance(widget, forms.NumberInput):
        # FloatField and DecimalField inherit from IntegerField.
        is_whole = not isinstance(field.field, (forms.FloatField, forms.DecimalField))
        found |= {"type": "text", "inputmode": "numeric" if is_whole else "decimal"}
        found.setdefault("classes", "govuk-input--width-10")
    if isinstance(widget, forms.EmailInput):
        found = {"spellcheck": False, "autocomplete": "email"} | found
    value = _value(field)
    if value is not None:
        found["value"] = str(value)
    return Component("input", found, _id(field))


def _password(field: BoundField) -> Component:
    found = {
        **_common(field),
        **_attributes(field),
        "showPasswordText": gettext("Show"),
        "hidePasswordText": gettext("Hide"),
        "showPasswordAriaLabelText": gettext("Show password"),
        "hidePasswordAriaLabelText": gettext("Hide password"),
        "passwordShownAnnouncementText": gettext("Your password is visible"),
        "passwordHiddenAnnouncementText": gettext("Your password is hidden"),
    }
    return Component("password", found, _id(field))


def _textarea(field: BoundField) -> Component:
    found = {**_common(field), **_attributes(field), "value": str(_value(field) or "")}
    if found.get("rows") == DJANGO_ROWS:
        found["rows"] = 5
    limit = getattr(field.field, "max_length", None)
    if limit is None:
        return Component("textarea", found, _id(field))
    return Component("character_count", {**found, "maxlength": limit, **_count_texts()}, _id(field))


def _count_texts() -> Parameters:
    """What the counter under a text box says; the script fills in %{count}."""
    return {
        "textareaDescriptionText": gettext("You can enter up to %{count} characters"),
        "charactersUnderLimitText": {
            "one": gettext("You have %{count} character remaining"),
            "other": gettext("You have %{count} characters remaining"),
        },
        "charactersAtLimitText": gettext("You have 0 characters remaining"),
        "charactersOverLimitText": {
            "one": gettext("You have %{count} character too many"),
            "other": gettext("You have %{count} characters too many"),
        },
    }


def _options(field: BoundField) -> list[Parameters]:
    """The choices of a field as items of a macro, groups flattened under their own name."""
    widget = cast(forms.Select, field.field.widget)
    hints: Mapping[str, str] = getattr(widget, "option_hints", {})
    chosen = widget.format_value(field.value())
    found: list[Parameters] = []
    for group, options, _ in widget.optgroups(field.html_name, chosen):
        for option in options:
            text = f"{group}: {option['label']}" if group else str(option["label"])
            item: Parameters = {"value": str(option["value"]), "text": text}
            if hint := hints.get(str(option["value"])):
                item["hint"] = {"text": str(hint)}
            found.append(item | _chosen(bool(option["selected"])))
    return found


def _chosen(is_chosen: bool) -> Parameters:
    # `selected` is what a list reads, `checked` what buttons and boxes read.
    return {"checked": is_chosen, "selected": is_chosen}


def _select(field: BoundField) -> Component:
    found = {**_common(field), **_attributes(field), "items": _options(field)}
    return Component("select", found, _id(field))


def _radios(field: BoundField) -> Component:
    options = _options(field)
    # Django offers "---------" for an optional choice; nothing chosen says the same.
    items = [item for item in options if item["value"] or item["text"] != "---------"]
    return Component("radios", {**_as_set(field), "items": items}, _id(field))


def _checkboxes(field: BoundField) -> Component:
    return Component("checkboxes", {**_as_set(field), "items": _options(field)}, _id(field))


def _single_checkbox(field: BoundField) -> Component:
    """One box to tick: its label is the box's own, so there is no legend to repeat it."""
    widget = cast(forms.CheckboxInput, field.field.widget)
    found = _common(field)
    item: Parameters = {
        "value": "on",
        "checked": bool(widget.check_test(field.value())),
        **_text(field.label if isinstance(field.label, SafeString) else str(field.label or "")),
    }
    if "hint" in found:
        item["hint"] = found.pop("hint")
    del found["label"]
    found |= {"idPrefix": _id(field), "items": [item]}
    return Component("checkboxes", found, _id(field))


def _file(field: BoundField) -> Component:
    found = {
        **_common(field),
        **_attributes(field),
        "javascript": False,
    }
    return Component("file", found, _id(field))


def _day(field: BoundField) -> Component:
    values = field.value()
    widget = cast(DayWidget, field.field.widget)
    parts: Sequence[object] = values if isinstance(values, list) else widget.decompress(values)
    labels = {"day": gettext("Day"), "month": gettext("Month"), "year": gettext("Year")}
    wrong = " govuk-input--error" if field.errors else ""
    items = [
        {
            "id": f"{_id(field)}_{part}",
            "name": f"{field.html_name}_{part}",
            "label": labels[part],
            "value": "" if value is None else str(value),
            "classes": f"govuk-input--width-{4 if part == 'year' else 2}{wrong}",
        }
        for part, value in zip(PARTS, parts, strict=True)
    ]
    return Component("date", {**_as_set(field), "items": items}, f"{_id(field)}_{PARTS[0]}")


def _hidden(field: BoundField) -> Component:
    return Component("hidden", {"html": conditional_escape(field.as_widget())}, "")


# The first class that fits wins: the special before what it inherits from.
BUILDERS: Sequence[tuple[type[forms.Widget], Callable[[BoundField], Component]]] = (
    (forms.HiddenInput, _hidden),
    (forms.MultipleHiddenInput, _hidden),
    (DayWidget, _day),
    (forms.CheckboxSelectMultiple, _checkboxes),
    (forms.RadioSelect, _radios),
    (forms.SelectMultiple, _checkboxes),
    (forms.Select, _select),
    (forms.CheckboxInput, _single_checkbox),
    (forms.FileInput, _file),
    (forms.PasswordInput, _password),
    (forms.Textarea, _textarea),
    (forms.widgets.Input, _input),
)
