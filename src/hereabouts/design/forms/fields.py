"""Fields that Django lacks: a date asked for in three boxes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

PARTS = ("day", "month", "year")


class DayWidget(forms.MultiWidget):
    """Three text boxes: day, month, year."""

    def __init__(self, attrs: dict[str, str] | None = None) -> None:
        super().__init__({part: forms.TextInput() for part in PARTS}, attrs)

    def decompress(self, value: date | None) -> list[int | None]:
        """The parts of a date, day first."""
        return [value.day, value.month, value.year] if value else [None, None, None]


class DayField(forms.MultiValueField):
    """A date typed as day, month and year; cleaned to a `datetime.date`, or None when left out."""

    widget = DayWidget
    default_error_messages = {
        "required": gettext_lazy("Enter a date"),
        "incomplete": gettext_lazy("The date has to include a day, a month and a year"),
        "invalid": gettext_lazy("Enter a real date"),
    }

    def __init__(self, *, required: bool = True, label: str = "", help_text: str = "") -> None:
        parts = [forms.IntegerField(min_value=1, max_value=9999) for _ in PARTS]
        super().__init__(parts, required=required, label=label or None, help_text=help_text)

    def clean(self, value: Sequence[object] | None) -> date | None:
        """Check the boxes together, so that one sentence says what is wrong with the date."""
        typed = [str(part or "").strip() for part in value or ()]
        if not any(typed):
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        if not all(typed):
            raise ValidationError(self.error_messages["incomplete"], code="incomplete")
        return self.compress(typed)

    def compress(self, data_list: Sequence[str]) -> date:
        """The date of three boxes, day first.

        Raises: ValidationError when they name no day of the calendar.
        """
        try:
            day, month, year = (int(part) for part in data_list)
            return date(year, month, day)
        except (ValueError, OverflowError) as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error
