"""Forms of connectors: one for every kind, made from its manifest, and one for how it runs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from hereabouts.sensing.actions.connectors.setting_up import ConnectorDraft, Terms, check_draft
from hereabouts.sensing.domain.connectors.manifest import (
    LONGEST_LINES,
    LONGEST_TEXT,
    REQUIRED,
    Bad,
    Manifest,
    Option,
)
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.models.inbound import NAME_LENGTH
from hereabouts.sensing.queries.deployments.choices import get_choices
from hereabouts.sensing.web.deployments.listing import named

CLASS_NAMES = {
    DataClass.OPEN: gettext_lazy("Everybody"),
    DataClass.SHARED: gettext_lazy("Departments and partners"),
    DataClass.CLOSED: gettext_lazy("Only those who may read closed data"),
}
MOST_SAMPLE = 2 * 1024 * 1024


class OptionsForm(forms.Form):
    """Where a feed is and how it is read, as the manifest of its kind asks."""

    def __init__(
        self,
        *args: object,
        manifest: Manifest,
        has_secret: bool = False,
        **kwargs: object,
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed on as they came
        self._manifest = manifest
        for option in manifest.options:
            self.fields[option.name] = _field(option)
        if manifest.is_polled:
            self._add_secret(has_secret)

    def _add_secret(self, has_secret: bool) -> None:
        self.fields["send_header"] = forms.CharField(
            label=gettext_lazy("Header with a secret"),
            help_text=gettext_lazy(
                "If the server wants one: the header’s name, such as Authorization or X-Api-Key."
            ),
            required=False,
            max_length=60,
        )
        self.fields["send_secret"] = forms.CharField(
            label=gettext_lazy("The secret"),
            help_text=(
                gettext_lazy("One is kept. Leave this empty to keep it.")
                if has_secret
                else gettext_lazy("As it stands behind the header’s name. It is kept encrypted.")
            ),
            required=False,
            max_length=2_000,
            widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        )

    def clean(self) -> dict[str, Any]:
        """What the manifest and its reader say of what was typed."""
        typed = {name: str(value) for name, value in self._typed().items()}
        _, faults = check_draft(self._manifest, typed)
        for name, fault in faults.items():
            if name not in self.errors:
                self.add_error(name, self._fault_text(name, fault))
        return self.cleaned_data

    def _fault_text(self, name: str, fault: Bad) -> str:
        """A fault in words; a text of nothing but spaces is told as an empty field is."""
        if fault.message == REQUIRED:
            return str(self.fields[name].error_messages["required"])
        facts = {key: f"{value:g}" for key, value in fault.facts.items()}
        return gettext(fault.message).format(**facts)

    def _typed(self) -> dict[str, object]:
        names = {option.name for option in self._manifest.options}
        return {name: value or "" for name, value in self.cleaned_data.items() if name in names}

    def draft(self) -> ConnectorDraft:
        """What was typed; only after `is_valid`. An empty secret keeps the one there is."""
        return ConnectorDraft(
            {name: str(value) for name, value in self._typed().items()},
            self.cleaned_data.get("send_header", ""),
            self.cleaned_data.get("send_secret") or None,
        )


def _field(option: Option) -> forms.Field:
    """The field of an option; what may stand in it is the manifest's to say, not the field's."""
    label, help_text = gettext(option.title), gettext(option.help) if option.help else ""
    if option.type == "choice":
        return forms.ChoiceField(
            label=label,
            help_text=help_text,
            initial=option.default,
            choices=[(key, gettext(title)) for key, title in option.choices.items()],
            error_messages={"required": gettext("Choose “%(name)s”.") % {"name": label}},
        )
    is_long = option.type == "lines"
    return forms.CharField(
        label=label,
        help_text=help_text,
        initial=option.default,
        required=option.required,
        max_length=LONGEST_LINES if is_long else LONGEST_TEXT,
        strip=not is_long,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}) if is_long else None,
        error_messages={"required": gettext("Enter “%(name)s”.") % {"name": label}},
    )


class SampleForm(forms.Form):
    """A file to look at in place of the feed."""

    sample = forms.FileField(
        label=gettext_lazy("A sample"),
        help_text=gettext_lazy("A file as the feed sends it, at most 2 MB. It is not kept."),
        required=False,
    )

    def clean_sample(self) -> object:
        """A file that is not too large."""
        sample = self.cleaned_data["sample"]
        if sample is not None and sample.size > MOST_SAMPLE:
            raise forms.ValidationError(gettext("The file is larger than 2 MB."))
        return sample


class TermsForm(forms.Form):
    """How a feed is run, and who may read what it brings."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=NAME_LENGTH,
        error_messages={"required": gettext_lazy("Enter a name.")},
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes between polls"),
        error_messages={"required": gettext_lazy("Enter how many minutes lie between polls.")},
    )
    data_class = forms.TypedChoiceField(
        label=gettext_lazy("Who may read what it brings?"),
        coerce=lambda value: DataClass(int(value)),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose who may read what it brings.")},
    )
    owner = forms.ChoiceField(label=gettext_lazy("Department that looks after it"), required=False)

    def __init__(
        self,
        *args: object,
        manifest: Manifest,
        offered: Iterable[DataClass] = (),
        **kwargs: object,
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed on as they came
        self._manifest = manifest
        interval = manifest.interval
        minutes, owner = self.fields["minutes"], self.fields["owner"]
        if isinstance(minutes, forms.IntegerField):
            low, high = -(-interval.least // 60), interval.most // 60
            self.fields["minutes"] = forms.IntegerField(
                label=minutes.label,
                help_text=gettext("From %(low)s to %(high)s.") % {"low": low, "high": high},
                min_value=low,
                max_value=high,
                error_messages={"required": minutes.error_messages["required"]},
            )
        if not manifest.is_polled:
            del self.fields["minutes"]
        data_class = self.fields["data_class"]
        if isinstance(data_class, forms.ChoiceField):
            data_class.choices = [(str(int(each)), CLASS_NAMES[each]) for each in offered]
        if isinstance(owner, forms.ChoiceField):
            departments = named(get_choices().departments.values())
            owner.choices = [("", gettext("Nobody in particular")), *departments]

    def terms(self) -> Terms:
        """What was typed; only after `is_valid`."""
        typed = self.cleaned_data
        minutes = typed.get("minutes")
        return Terms(
            name=typed["name"],
            interval_s=minutes * 60 if minutes else self._manifest.interval.usual,
            data_class=typed["data_class"],
            owner=typed["owner"],
        )
