"""Forms of the desk: proposing and changing a deployment, steps, and Things."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from hereabouts.design.api import DayField
from hereabouts.kernel.geometry import NotOnTheMap, Point
from hereabouts.places.api import AssetView, find_asset
from hereabouts.sensing.domain.deployments.checking import problems_of
from hereabouts.sensing.domain.deployments.records import (
    DATA_CLASS_NAMES,
    LONGEST_PURPOSE,
    LONGEST_REASON,
    LONGEST_REFERENCE,
    LONGEST_TITLE,
    NETWORK_NAMES,
    POWER_NAMES,
    SETTLED,
    Draft,
    Network,
    Power,
)
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.queries.deployments.choices import get_choices
from hereabouts.sensing.web.deployments.listing import named
from hereabouts.sensing.web.deployments.words import place_text

PAIR = re.compile(r"\s*(-?\d{1,3}(?:\.\d+)?)\s*[,;\s]\s*(-?\d{1,3}(?:\.\d+)?)\s*")
ANSWERS = (
    ("yes", gettext_lazy("Yes: each device has its own, or none")),
    ("no", gettext_lazy("No")),
    ("", gettext_lazy("The maker has not answered yet")),
)

GROUPS: Sequence[tuple[str, tuple[str, ...]]] = (
    ("what", ("title", "department", "mailbox", "purpose", "measures")),
    ("people", ("measures_people", "legal_basis", "dpia_url", "data_class")),
    ("where", ("position", "asset_uid", "spare_mounts")),
    ("device", ("maker", "model", "network", "hosts_gateway")),
    ("power", ("power", "gives_power", "battery_mah", "battery_empty")),
    ("security", ("no_default_passwords", "disclosure_contact", "updates_until")),
    ("dates", ("installed_on", "inspected_on", "inspect_by", "support_ends_on")),
    ("cost", ("capital_gbp", "yearly_gbp", "reference")),
)
"""The form's parts in their order; the page names them."""

FIELD_OF = {"place": "position"}
"""Where a problem of the rules is shown, when the form's field has another name."""


def _choice(label: Any, **more: Any) -> forms.ChoiceField:  # Any: lazy text, Django's options
    return forms.ChoiceField(label=label, **more)


class DeploymentForm(forms.Form):
    """Everything that is recorded of a deployment; rules are those of the domain."""

    title = forms.CharField(
        label=gettext_lazy("Title"),
        help_text=gettext_lazy("What residents would call it, like “Gully level in Mill Lane”."),
        max_length=LONGEST_TITLE,
        error_messages={"required": gettext_lazy("Enter a title.")},
    )
    department = _choice(
        gettext_lazy("Which department owns it?"),
        error_messages={"required": gettext_lazy("Choose the department that owns it.")},
    )
    mailbox = forms.CharField(
        label=gettext_lazy("The department’s e-mail address"),
        help_text=gettext_lazy("A shared mailbox. It is public, so do not give a person’s own."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": gettext_lazy(
                "Enter the department’s e-mail address, like highways@example.gov.uk."
            )
        },
    )
    purpose = forms.CharField(
        label=gettext_lazy("What is it for?"),
        help_text=gettext_lazy(
            "The question it answers and what will be done with the answer. This is public."
        ),
        max_length=LONGEST_PURPOSE,
        widget=forms.Textarea,
        error_messages={"required": gettext_lazy("Enter what it is for.")},
    )
    measures = forms.MultipleChoiceField(
        label=gettext_lazy("What does it measure?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose what it measures.")},
    )
    measures_people = forms.BooleanField(
        label=gettext_lazy("People are measured"),
        help_text=gettext_lazy("Counted, seen, heard or recognised, even without names."),
        required=False,
    )
    legal_basis = _choice(
        gettext_lazy("Legal basis"),
        help_text=gettext_lazy("Needed before it is agreed, where people are measured."),
        required=False,
    )
    dpia_url = forms.CharField(
        label=gettext_lazy("Link to the data protection impact assessment"),
        help_text=gettext_lazy("Needed before it is agreed, where people are measured."),
        max_length=500,
        required=False,
    )
    data_class = _choice(
        gettext_lazy("Who may read the data?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose who may read the data.")},
    )
    position = forms.CharField(
        label=gettext_lazy("Position"),
        help_text=gettext_lazy(
            "Latitude and longitude, like 51.58412, -2.99114. Leave it empty to take the asset’s."
        ),
        max_length=60,
        required=False,
    )
    asset_uid = forms.CharField(
        label=gettext_lazy("Asset it is mounted on"),
        help_text=gettext_lazy("The last part of the address of the asset’s page, like as-3k9x…"),
        max_length=40,
        required=False,
    )
    spare_mounts = forms.IntegerField(
        label=gettext_lazy("How many further devices could the mount carry?"),
        required=False,
        min_value=0,
    )
    maker = forms.CharField(label=gettext_lazy("Maker"), max_length=120, required=False)
    model = forms.CharField(label=gettext_lazy("Model"), max_length=120, required=False)
    network = _choice(gettext_lazy("Network"), required=False)
    hosts_gateway = forms.BooleanField(
        label=gettext_lazy("It hosts a LoRaWAN gateway that others can use"), required=False
    )
    power = _choice(gettext_lazy("Power"), required=False)
    gives_power = forms.BooleanField(
        label=gettext_lazy("It could feed another device"), required=False
    )
    battery_mah = forms.IntegerField(
        label=gettext_lazy("Battery capacity in mAh"), required=False, min_value=0
    )
    battery_empty = forms.FloatField(
        label=gettext_lazy("Battery reading at which it stops"),
        help_text=gettext_lazy("In the unit of its battery readings; 10 % where none is given."),
        required=False,
    )
    no_default_passwords = forms.ChoiceField(
        label=gettext_lazy("Does the maker say that there is no universal default password?"),
        help_text=gettext_lazy("ETSI EN 303 645, provision 5.1; in UK law since April 2024."),
        choices=ANSWERS,
        widget=forms.RadioSelect,
        required=False,
    )
    disclosure_contact = forms.CharField(
        label=gettext_lazy("Where can a weakness be reported to the maker?"),
        help_text=gettext_lazy("A web address or an e-mail address."),
        max_length=500,
        required=False,
    )
    updates_until = DayField(
        label=gettext_lazy("Until when does the maker give security updates?"),  # type: ignore[arg-type]  # lazy text
        required=False,
    )
    installed_on = DayField(label=gettext_lazy("Installed on"), required=False)  # type: ignore[arg-type]  # lazy text
    inspected_on = DayField(label=gettext_lazy("Last inspected on"), required=False)  # type: ignore[arg-type]  # lazy text
    inspect_by = DayField(label=gettext_lazy("To be inspected by"), required=False)  # type: ignore[arg-type]  # lazy text
    support_ends_on = DayField(label=gettext_lazy("Maker’s support ends on"), required=False)  # type: ignore[arg-type]  # lazy text
    capital_gbp = forms.IntegerField(
        label=gettext_lazy("Cost to buy and install, in pounds"), required=False, min_value=0
    )
    yearly_gbp = forms.IntegerField(
        label=gettext_lazy("Cost each year, in pounds"), required=False, min_value=0
    )
    reference = forms.CharField(
        label=gettext_lazy("Reference"),
        help_text=gettext_lazy("Your own number for it; without one it is given the next."),
        max_length=LONGEST_REFERENCE,
        required=False,
    )

    def __init__(  # Any: Django's own signature
        self, *args: Any, settled: Iterable[str] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        known = get_choices()
        nothing = ("", gettext("Not decided yet"))
        self._offer("department", [("", gettext("Choose one")), *named(known.departments.values())])
        self._offer("measures", named(known.measures.values()))
        self._offer("legal_basis", [nothing, *named(known.legal_bases.values())])
        self._offer("network", [nothing, *_texts(NETWORK_NAMES)])
        self._offer("power", [nothing, *_texts(POWER_NAMES)])
        self._offer("data_class", [(one.word, gettext(DATA_CLASS_NAMES[one])) for one in DataClass])
        # A place may be corrected a little; the rules say how far.
        for name in set(settled) & SETTLED - {"place"}:
            self.fields[name].disabled = True
        self.asset: AssetView | None = None

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The form's parts: key and fields; without what an agreement has settled."""
        parts = [
            (key, [self[name] for name in names if not self.fields[name].disabled])
            for key, names in GROUPS
        ]
        return [part for part in parts if part[1]]

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def clean(self) -> dict[str, Any]:  # Any: cleaned values
        """Hold the whole against the rules of the register."""
        self.cleaned_data["place"] = self._place()
        if not self.errors:
            for problem in problems_of(self.draft(), get_choices()):
                self.add_error(FIELD_OF.get(problem.field, problem.field), gettext(problem.message))
        return self.cleaned_data

    def _place(self) -> Point | None:
        uid = self.cleaned_data.get("asset_uid", "").strip().rstrip("/").rsplit("/", 1)[-1]
        self.cleaned_data["asset_uid"] = uid
        found = find_asset(uid) if uid else None
        if uid and not isinstance(found, AssetView):
            self.add_error("asset_uid", gettext("There is no such asset. Look for it on the map."))
        typed = self.cleaned_data.get("position", "")
        if not typed and isinstance(found, AssetView):
            return found.place
        return self._read_position(typed) if typed else None

    def _read_position(self, typed: str) -> Point | None:
        parts = PAIR.fullmatch(typed)
        try:
            if parts:
                return Point(float(parts[2]), float(parts[1]))
        except NotOnTheMap:
            pass
        self.add_error(
            "position", gettext("Enter latitude and longitude, like 51.58412, -2.99114.")
        )
        return None

    def draft(self) -> Draft:
        """What was typed, as the register takes it."""
        typed = self.cleaned_data
        plain: dict[str, Any] = {  # Any: values of many types
            one.name: typed.get(one.name)
            for one in fields(Draft)
            if one.name not in _TRANSLATED and one.name in typed
        }
        passwords = {"yes": True, "no": False}.get(typed.get("no_default_passwords", ""))
        return Draft(
            **plain,
            measures=tuple(typed["measures"]),
            data_class=DataClass[typed["data_class"].upper()],
            network=Network(typed["network"]) if typed["network"] else None,
            power=Power(typed["power"]) if typed["power"] else None,
            no_default_passwords=passwords,
            spare_mounts=typed["spare_mounts"] or 0,
        )


_TRANSLATED = frozenset(
    {"measures", "data_class", "network", "power", "no_default_passwords", "spare_mounts"}
)


def initial_of(draft: Draft) -> dict[str, Any]:  # Any: as a form takes it
    """A draft as the form's first values."""
    answers = {True: "yes", False: "no", None: ""}
    return {
        **{one.name: getattr(draft, one.name) for one in fields(Draft)},
        "measures": list(draft.measures),
        "data_class": draft.data_class.word,
        "network": draft.network.value if draft.network else "",
        "power": draft.power.value if draft.power else "",
        "no_default_passwords": answers[draft.no_default_passwords],
        "position": place_text(draft.place) if draft.place else "",
    }


def _texts(names: Mapping[Any, str]) -> list[tuple[str, str]]:  # Any: enums of text
    return [(key.value, gettext(name)) for key, name in names.items()]


class StepForm(forms.Form):
    """The reason for a step."""

    reason = forms.CharField(
        label=gettext_lazy("Why?"),
        help_text=gettext_lazy(
            "It stays in the record for officers. Do not write about residents or colleagues."
        ),
        max_length=LONGEST_REASON,
        widget=forms.Textarea,
        required=False,
        error_messages={"required": gettext_lazy("Enter the reason.")},
    )

    def __init__(  # Any: Django's own signature
        self, *args: Any, is_needed: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = is_needed


class ThingForm(forms.Form):
    """A Thing of the register that the deployment became."""

    thing = forms.IntegerField(
        label=gettext_lazy("Number of the Thing"),
        help_text=gettext_lazy("The number in its address, as in Things(42)."),
        min_value=1,
        max_value=2**62,
        error_messages={"required": gettext_lazy("Enter the number of the Thing.")},
    )
    device = forms.CharField(
        label=gettext_lazy("Its id on the network"),
        help_text=gettext_lazy("The DevEUI, or what the network calls it."),
        max_length=80,
        required=False,
    )


class PlanForm(forms.Form):
    """How the best next sites are looked for."""

    marks_optional = False
    measure = forms.ChoiceField(label=gettext_lazy("Coverage of"), required=False)
    radius = forms.IntegerField(
        label=gettext_lazy("Within how many metres?"),
        min_value=20,
        max_value=20_000,
        error_messages={"required": gettext_lazy("Enter how many metres.")},
    )
    sites = forms.IntegerField(
        label=gettext_lazy("How many more sites?"),
        min_value=1,
        max_value=20,
        error_messages={"required": gettext_lazy("Enter how many more sites.")},
    )
    aim = forms.ChoiceField(
        label=gettext_lazy("What should they do?"),
        choices=(
            ("cover", gettext_lazy("Bring most residents within the radius")),
            ("near", gettext_lazy("Bring a sensor nearer to everybody on average")),
        ),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what the sites should do.")},
    )
    emphasis = forms.ChoiceField(
        label=gettext_lazy("Who should they serve first?"),
        choices=(
            ("0", gettext_lazy("Everybody alike")),
            ("1", gettext_lazy("The more deprived an area, the more it counts: up to twice")),
            ("4", gettext_lazy("The more deprived an area, the more it counts: up to five times")),
        ),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose whom they should serve first.")},
    )

    def __init__(  # Any: Django's own signature
        self, *args: Any, measures: Iterable[tuple[str, str]] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["measure"]
        if isinstance(field, forms.ChoiceField):
            field.choices = list(measures)
