"""Forms of the desk's journal pages."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from hereabouts.journal.actions.parked import LONGEST_REASON


class DiscardForm(forms.Form):
    """Why a delivery is given up."""

    reason = forms.CharField(
        label=gettext_lazy("Why is it given up?"),
        help_text=gettext_lazy("Kept with the delivery. Name no residents."),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
