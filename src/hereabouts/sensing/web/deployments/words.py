"""Deployments in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext

from hereabouts.design.api import day, language, number
from hereabouts.kernel.geometry import Point
from hereabouts.kernel.text import N_
from hereabouts.sensing.domain.deployments.choices import Named
from hereabouts.sensing.domain.deployments.health import MESSAGES
from hereabouts.sensing.domain.deployments.records import (
    DATA_CLASS_NAMES,
    NETWORK_NAMES,
    POWER_NAMES,
    Network,
    Power,
)
from hereabouts.sensing.domain.deployments.steps import STATE_NAMES, State, Step
from hereabouts.sensing.domain.deployments.views import Card, StandsIn
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.domain.watching import FINDING_NAMES
from hereabouts.sensing.queries.deployments.choices import get_choices
from hereabouts.sensing.queries.deployments.findings import OpenFinding

STATE_SHAPES: Mapping[State, str] = {
    State.PROPOSED: "information",
    State.AGREED: "information",
    State.LIVE: "good",
    State.RETIRED: "neutral",
    State.WITHDRAWN: "neutral",
    State.REFUSED: "neutral",
}

SHORT_CLASSES: Mapping[DataClass, str] = {
    DataClass.OPEN: N_("Open"),
    DataClass.SHARED: N_("Shared"),
    DataClass.CLOSED: N_("Closed"),
}

FIELD_NAMES: Mapping[str, str] = {
    "title": N_("Title"),
    "department": N_("Department"),
    "mailbox": N_("Mailbox"),
    "purpose": N_("Purpose"),
    "measures": N_("What it measures"),
    "data_class": N_("Who may read the data"),
    "measures_people": N_("People are measured"),
    "legal_basis": N_("Legal basis"),
    "dpia_url": N_("Data protection impact assessment"),
    "reference": N_("Reference"),
    "place": N_("Place"),
    "asset_uid": N_("Mounted on"),
    "network": N_("Network"),
    "power": N_("Power"),
    "battery_mah": N_("Battery capacity (mAh)"),
    "battery_empty": N_("Reading at which the battery is empty"),
    "gives_power": N_("Can feed another device"),
    "spare_mounts": N_("Further devices the mount can carry"),
    "hosts_gateway": N_("Hosts a gateway"),
    "maker": N_("Maker"),
    "model": N_("Model"),
    "installed_on": N_("Installed"),
    "inspected_on": N_("Last inspected"),
    "inspect_by": N_("Next inspection by"),
    "support_ends_on": N_("Supported by its maker until"),
    "no_default_passwords": N_("No universal default password"),
    "disclosure_contact": N_("Where weaknesses are reported"),
    "updates_until": N_("Security updates until"),
    "capital_gbp": N_("Cost to buy (£)"),
    "yearly_gbp": N_("Cost each year (£)"),
    "things": N_("Thing in the register"),
}

PAST_STEPS: Mapping[str, str] = {
    Step.PROPOSE: N_("Proposed"),
    Step.AGREE: N_("Agreed"),
    Step.REFUSE: N_("Refused"),
    Step.WITHDRAW: N_("Withdrawn"),
    Step.GO_LIVE: N_("Went live"),
    Step.RETIRE: N_("Retired"),
    Step.PROPOSE_AGAIN: N_("Proposed again"),
    "change": N_("Record changed"),
    "link": N_("Thing added"),
    "unlink": N_("Thing taken off"),
}

MOST_NAMED = 3


def choice_name(entries: Mapping[str, Named], key: str) -> str:
    """The name of a choice in the reader's language; its key where it is no longer in the list."""
    found = entries.get(key)
    return found.name(language()) if found else key


def department_name(key: str) -> str:
    """A department."""
    return choice_name(get_choices().departments, key)


def measure_names(keys: Sequence[str]) -> str:
    """What is measured, as a list."""
    return ", ".join(choice_name(get_choices().measures, key) for key in keys)


def legal_basis_name(key: str) -> str:
    """A legal basis, or what its absence means."""
    return choice_name(get_choices().legal_bases, key) if key else gettext("Not recorded")


def state_name(state: State) -> str:
    """A state."""
    return gettext(STATE_NAMES[state])


def network_name(network: Network | None) -> str:
    """A network."""
    return gettext(NETWORK_NAMES[network]) if network else gettext("Not decided")


def power_name(power: Power | None) -> str:
    """What feeds a device."""
    return gettext(POWER_NAMES[power]) if power else gettext("Not decided")


def data_class_name(data_class: DataClass) -> str:
    """Who may read the data, as a sentence."""
    return gettext(DATA_CLASS_NAMES[data_class])


def place_text(place: Point) -> str:
    """A position as people paste it: latitude and longitude."""
    return f"{place.lat:.5f}, {place.lon:.5f}"


def area_names(areas: Iterable[StandsIn]) -> str:
    """The areas people live by, a few of them; not those of statistics."""
    found = [area for area in areas if area.kind not in ("oa", "lsoa", "msoa")]
    names = [(area.name_cy or area.name) if language() == "cy" else area.name for area in found]
    return ", ".join(names[:MOST_NAMED])


def money(pounds: int | None) -> str:
    """A sum in whole pounds."""
    return gettext("Not recorded") if pounds is None else f"£{number(pounds)}"


def day_or_none(moment: date | None) -> str:
    """A date in words."""
    return day(moment) if moment else gettext("Not recorded")


def yes_or_no(answer: bool | None) -> str:
    """A truth value, or that nobody said."""
    if answer is None:
        return gettext("Not answered")
    return gettext("Yes") if answer else gettext("No")


@dataclass(frozen=True)
class Row:
    """A deployment as a line of a table."""

    uid: str
    reference: str
    title: str
    department: str
    measures: str
    state: str
    shape: str
    network: str
    data_class: str
    areas: str
    since: object
    problems: tuple[str, ...] = ()


def row_of(card: Card, areas: Sequence[StandsIn] = (), findings: Sequence[OpenFinding] = ()) -> Row:
    """A card in the reader's language."""
    return Row(
        uid=card.uid,
        reference=card.reference,
        title=card.title,
        department=department_name(card.department),
        measures=measure_names(card.measures),
        state=state_name(card.state),
        shape=STATE_SHAPES[card.state],
        network=network_name(card.network),
        data_class=gettext(SHORT_CLASSES[card.data_class]),
        areas=area_names(areas),
        since=card.state_since,
        problems=tuple(gettext(FINDING_NAMES[one.kind]) for one in findings),
    )


def finding_sentence(found: OpenFinding) -> str:
    """What is wrong, in the reader's language; in English where another room's rule says it."""
    message = MESSAGES.get(str(found.evidence.get("rule", "")))
    return gettext(message).format(**found.evidence) if message else found.summary


def changed_value(name: str, value: Any) -> str:  # Any: JSON of a change
    """A value of the history as people read it."""
    if value is None or value in ("", []):
        return gettext("nothing")
    if isinstance(value, bool):
        return yes_or_no(value)
    if name == "measures":
        return measure_names(value)
    if name == "department":
        return department_name(value)
    if name == "legal_basis":
        return legal_basis_name(value)
    if name == "place" and isinstance(value, list):
        return place_text(Point(float(value[0]), float(value[1])))
    if isinstance(value, list):
        return " ".join(str(part) for part in value if part not in ("", None))
    return _enum_name(name, str(value))


def _enum_name(name: str, value: str) -> str:
    if name == "network" and value in set(Network):
        return network_name(Network(value))
    if name == "power" and value in set(Power):
        return power_name(Power(value))
    if name == "data_class":
        found = {one.word: text for one, text in SHORT_CLASSES.items()}
        return gettext(found[value]) if value in found else value
    return value
