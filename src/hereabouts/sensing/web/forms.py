"""Forms about levels: those officers watch, and those anybody wants to hear of."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from hereabouts.sensing.domain.watching import Comparison, Level
from hereabouts.sensing.web.words import SIDES

LARGEST = 1e15
LONGEST_MINUTES = 7 * 24 * 60


def side_choices() -> list[tuple[str, str]]:
    """Above and below, in the reader's language."""
    return [(side.value, str(gettext_lazy(name))) for side, name in SIDES.items()]


class ThresholdForm(forms.Form):
    """A level to watch on a stream."""

    name = forms.CharField(
        label=gettext_lazy("What is it called?"),
        help_text=gettext_lazy("Like “Nearly full”. It stands in what is found."),
        max_length=100,
        error_messages={"required": gettext_lazy("Enter what the level is called.")},
    )
    comparison = forms.ChoiceField(
        label=gettext_lazy("On which side?"),
        widget=forms.RadioSelect,
        choices=side_choices,
        error_messages={"required": gettext_lazy("Choose above or below.")},
    )
    value = forms.FloatField(
        label=gettext_lazy("Value"),
        min_value=-LARGEST,
        max_value=LARGEST,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "size": "10"}),
        error_messages={
            "required": gettext_lazy("Enter the value."),
            "invalid": gettext_lazy("Enter a number, such as 80 or 12.5."),
        },
    )
    margin = forms.FloatField(
        label=gettext_lazy("How far must it come back?"),
        help_text=gettext_lazy("So that a value that wavers around the level is reported once."),
        min_value=0,
        max_value=LARGEST,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "size": "10"}),
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("For how many minutes, at least?"),
        min_value=0,
        max_value=LONGEST_MINUTES,
        required=False,
    )

    def level(self) -> Level:
        """The level that was typed."""
        typed = self.cleaned_data
        return Level(
            Comparison(typed["comparison"]),
            typed["value"],
            typed["margin"] or 0.0,
            60 * (typed["minutes"] or 0),
        )


class AlertForm(forms.Form):
    """What somebody wants to be told of, and where to write to."""

    property_id = forms.TypedChoiceField(
        label=gettext_lazy("What should be watched?"),
        coerce=int,
        error_messages={"required": gettext_lazy("Choose what should be watched.")},
    )
    comparison = forms.ChoiceField(
        label=gettext_lazy("Tell me when it is"),
        widget=forms.RadioSelect,
        choices=side_choices,
        error_messages={"required": gettext_lazy("Choose above or below.")},
    )
    value = forms.FloatField(
        label=gettext_lazy("This value"),
        min_value=-LARGEST,
        max_value=LARGEST,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "size": "10"}),
        error_messages={
            "required": gettext_lazy("Enter the value."),
            "invalid": gettext_lazy("Enter a number, such as 80 or 12.5."),
        },
    )
    email = forms.EmailField(
        label=gettext_lazy("Your e-mail address"),
        help_text=gettext_lazy(
            "We send one letter to confirm, then one when the level is crossed. Every letter has a "
            "link to end it. The address is used for nothing else."
        ),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={
            "required": gettext_lazy("Enter your e-mail address."),
            "invalid": gettext_lazy("Enter an e-mail address, such as name@example.org."),
        },
    )

    def __init__(
        self, *args: object, properties: list[tuple[str, str]], hint: str = "", **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed on as they came
        field = self.fields["property_id"]
        if isinstance(field, forms.ChoiceField):
            field.choices = properties
        self.fields["value"].help_text = hint
