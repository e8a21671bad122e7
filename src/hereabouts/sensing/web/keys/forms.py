"""The form for a new key."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext, gettext_lazy

from hereabouts.sensing.actions.keys import KeyDraft
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.domain.keys import MAX_DAYS, SCOPE_NAMES, KeyScope
from hereabouts.sensing.models.keys import NAME_LENGTH

LEVEL_NAMES = {
    DataClass.OPEN: gettext_lazy("Open data only"),
    DataClass.SHARED: gettext_lazy("Open and shared data"),
    DataClass.CLOSED: gettext_lazy("Everything, closed data too"),
}
NUMBERS = re.compile(r"[\s,;]+")
LONGEST_NUMBER = 18
DEFAULT_DAYS = 366


class KeyForm(forms.Form):
    """What the key is for, how far it reaches, and how long."""

    name = forms.CharField(
        label=gettext_lazy("What is the key for?"),
        help_text=gettext_lazy("The device or gateway that will hold it."),
        max_length=NAME_LENGTH,
        error_messages={"required": gettext_lazy("Enter what the key is for.")},
    )
    scope = forms.ChoiceField(
        label=gettext_lazy("What may it add readings to?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what the key may add readings to.")},
    )
    targets = forms.CharField(
        label=gettext_lazy("Numbers of those things or streams"),
        help_text=gettext_lazy("As in their addresses, such as 12, 15. Empty for every stream."),
        required=False,
        max_length=5_000,
    )
    level = forms.ChoiceField(
        label=gettext_lazy("What may it read?"),
        initial=str(int(DataClass.OPEN)),
        error_messages={"required": gettext_lazy("Choose what the key may read.")},
    )
    days = forms.IntegerField(
        label=gettext_lazy("How many days does it last?"),
        min_value=1,
        max_value=MAX_DAYS,
        initial=DEFAULT_DAYS,
        error_messages={"required": gettext_lazy("Enter how many days the key lasts.")},
    )

    def __init__(self, *args: object, offered: Iterable[DataClass] = (), **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed on as they came
        scope, level = self.fields["scope"], self.fields["level"]
        if isinstance(scope, forms.ChoiceField) and isinstance(level, forms.ChoiceField):
            scope.choices = [(entry.value, gettext(SCOPE_NAMES[entry])) for entry in KeyScope]
            level.choices = [(str(int(entry)), LEVEL_NAMES[entry]) for entry in offered]

    def clean_targets(self) -> tuple[int, ...]:
        """The numbers, each once."""
        parts = [part for part in NUMBERS.split(self.cleaned_data["targets"]) if part]
        for part in parts:
            if not (part.isascii() and part.isdigit() and len(part) <= LONGEST_NUMBER):
                raise forms.ValidationError(gettext("Enter numbers, separated by commas."))
        return tuple(sorted({int(part) for part in parts}))

    def draft(self) -> KeyDraft:
        """What was asked for; only after `is_valid`."""
        found = self.cleaned_data
        return KeyDraft(
            name=found["name"],
            scope=KeyScope(found["scope"]),
            target_ids=found["targets"],
            level=DataClass(int(found["level"])),
            days=found["days"],
        )
