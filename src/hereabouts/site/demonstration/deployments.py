"""The demonstration’s register of deployments: some live, some about to be bought twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from hereabouts.kernel.access import INSTALLATION
from hereabouts.kernel.geometry import Point
from hereabouts.kernel.time import now
from hereabouts.sensing.domain.deployments.records import Draft, Network, Power
from hereabouts.town.sensing.plan import Channel, SensorKind, TownSensor

MADE_UP = "Invented for the demonstration."
CONTACT = "security@maker.example"
DPIA = "https://council.example/dpia/counting"


@dataclass(frozen=True)
class Programme:
    """Whose sensors of a kind are, why, and how many stand in the register."""

    department: str
    measures: tuple[str, ...]
    title: str
    purpose: str
    count: int
    capital_gbp: int
    measures_people: bool = False


PROGRAMMES: Mapping[SensorKind, Programme] = {
    SensorKind.GULLY: Programme(
        "flood_risk",
        ("gully_level",),
        "Gully level",
        "Clear gullies before they overflow, and no sooner.",
        8,
        180,
    ),
    SensorKind.AIR: Programme(
        "environmental_health",
        ("no2", "pm25"),
        "Kerbside air quality",
        "Know what people breathe beside main roads.",
        5,
        950,
    ),
    SensorKind.TRAFFIC: Programme(
        "transport",
        ("traffic_count", "traffic_speed"),
        "Traffic counter",
        "Count vehicles, no number plates and no pictures, to plan crossings.",
        3,
        640,
        measures_people=True,
    ),
    SensorKind.WEATHER: Programme(
        "highways",
        ("temperature", "humidity", "wind", "rainfall"),
        "Weather station",
        "Decide when roads are gritted.",
        2,
        1_400,
    ),
}


def set_up_deployments(sensors: Sequence[TownSensor], thing_ids: Mapping[str, int]) -> int:
    """Record who put up some of the sensors, and two proposals that ought to be one; how many."""
    made = 0
    for kind, programme in PROGRAMMES.items():
        chosen = [sensor for sensor in sensors if sensor.kind is kind][: programme.count]
        for sensor in chosen:
            _make_live(_draft(programme, sensor), thing_ids[sensor.key], sensor)
            made += 1
    return made + _propose_twice(sensors)


def _draft(programme: Programme, sensor: TownSensor) -> Draft:
    today = now().date()
    is_radio = sensor.channel is Channel.LORAWAN
    return Draft(
        title=f"{programme.title}, {sensor.street}",
        department=programme.department,
        mailbox=f"{programme.department.replace('_', '-')}@demonstration.example",
        purpose=f"{programme.purpose} {MADE_UP}",
        measures=programme.measures,
        measures_people=programme.measures_people,
        legal_basis="public_task" if programme.measures_people else "none_needed",
        dpia_url=DPIA if programme.measures_people else "",
        place=Point(sensor.lon, sensor.lat),
        network=Network.LORAWAN if is_radio else Network.LTE_M,
        power=Power.BATTERY if is_radio else Power.MAINS,
        battery_mah=8_500 if is_radio else None,
        battery_empty=2.6 if is_radio else None,
        gives_power=not is_radio,
        spare_mounts=0 if is_radio else 2,
        maker="Invented Instruments",
        model=programme.title,
        installed_on=today - timedelta(days=400),
        inspected_on=today - timedelta(days=120),
        inspect_by=today + timedelta(days=245),
        support_ends_on=_years_on(today, 4),
        no_default_passwords=True,
        disclosure_contact=CONTACT,
        updates_until=_years_on(today, 4),
        capital_gbp=programme.capital_gbp,
        yearly_gbp=round(programme.capital_gbp / 8),
    )


def _years_on(day: date, years: int) -> date:
    return day + timedelta(days=365 * years)


def _make_live(draft: Draft, thing_id: int, sensor: TownSensor) -> None:
    from hereabouts.sensing.actions.deployments import link_thing, propose, take_step
    from hereabouts.sensing.domain.deployments.steps import Step

    uid = propose(draft, actor=INSTALLATION)
    take_step(uid, Step.AGREE, actor=INSTALLATION)
    link_thing(uid, thing_id, device=sensor.eui.upper(), actor=INSTALLATION)
    take_step(uid, Step.GO_LIVE, actor=INSTALLATION)


def _propose_twice(sensors: Sequence[TownSensor]) -> int:
    """Two departments that are about to buy the same thing for the same street, and a counter."""
    from hereabouts.sensing.actions.deployments import propose

    site = next(sensor for sensor in sensors if sensor.kind is SensorKind.NOISE)
    near = Point(site.lon, site.lat)
    beside = Point(site.lon + 0.0006, site.lat + 0.0003)
    drafts = [
        Draft(
            title=f"Fine particles, {site.street}",
            department="environmental_health",
            mailbox="environmental-health@demonstration.example",
            purpose=f"Find out whether the school gate needs a no-idling zone. {MADE_UP}",
            measures=("pm25",),
            place=near,
            network=Network.LORAWAN,
            power=Power.SOLAR,
            capital_gbp=1_100,
            yearly_gbp=150,
        ),
        Draft(
            title=f"Air beside the crossing, {site.street}",
            department="transport",
            mailbox="transport@demonstration.example",
            purpose=f"See what the new signal timing does to the air. {MADE_UP}",
            measures=("pm25", "no2"),
            place=beside,
            network=Network.LTE_M,
            power=Power.MAINS,
            capital_gbp=2_300,
            yearly_gbp=300,
        ),
        Draft(
            title=f"Footfall, {site.street}",
            department="economy",
            mailbox="economy@demonstration.example",
            purpose=f"Count people passing, only as a number, to judge the market day. {MADE_UP}",
            measures=("people_count",),
            measures_people=True,
            legal_basis="public_task",
            dpia_url=DPIA,
            place=near,
            network=Network.LORAWAN,
            power=Power.MAINS,
            capital_gbp=700,
            yearly_gbp=90,
        ),
    ]
    for draft in drafts:
        propose(draft, actor=INSTALLATION)
    return len(drafts)
