"""Rows of deployments as plain values."""

from __future__ import annotations

from hereabouts.kernel.access import PersonId
from hereabouts.kernel.geometry import Point
from hereabouts.sensing.domain.deployments.records import Draft, Network, Power
from hereabouts.sensing.domain.deployments.steps import State
from hereabouts.sensing.domain.deployments.views import Card
from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.models.deployments import Deployment

COPIED = (
    *("title", "department", "mailbox", "purpose", "measures_people", "legal_basis", "dpia_url"),
    *("reference", "asset_uid", "battery_mah", "battery_empty", "gives_power", "spare_mounts"),
    *("hosts_gateway", "maker", "model", "installed_on", "inspected_on", "inspect_by"),
    *("support_ends_on", "no_default_passwords", "disclosure_contact", "updates_until"),
    *("capital_gbp", "yearly_gbp"),
)
"""Fields of a draft that are columns of the same name and type."""


def join_keys(keys: tuple[str, ...]) -> str:
    """Keys as one column in which each is found as `,key,`."""
    return f",{','.join(keys)}," if keys else ""


def split_keys(text: str) -> tuple[str, ...]:
    """The keys of such a column."""
    return tuple(key for key in text.split(",") if key)


def draft_of(row: Deployment) -> Draft:
    """What the department said about it."""
    return Draft(
        measures=split_keys(row.measures),
        data_class=DataClass(row.data_class),
        place=Point(row.lon, row.lat),
        network=Network(row.network) if row.network else None,
        power=Power(row.power) if row.power else None,
        **{name: getattr(row, name) for name in COPIED},
    )


def card_of(row: Deployment) -> Card:
    """The row in a list."""
    return Card(
        id=row.pk,
        uid=row.uid,
        reference=row.reference,
        title=row.title,
        state=State(row.state),
        department=row.department,
        measures=split_keys(row.measures),
        data_class=DataClass(row.data_class),
        place=Point(row.lon, row.lat),
        network=Network(row.network) if row.network else None,
        power=Power(row.power) if row.power else None,
        asset_uid=row.asset_uid,
        gives_power=row.gives_power,
        spare_mounts=row.spare_mounts,
        hosts_gateway=row.hosts_gateway,
        state_since=row.state_since,
        proposed_by=PersonId(row.proposed_by) if row.proposed_by else None,
    )
