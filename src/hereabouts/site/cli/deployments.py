"""Commands of the register of deployments: what there is, how it is, where the next should go."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from hereabouts.kernel.access import INSTALLATION
from hereabouts.kernel.refusals import Refusal, RefusalKind
from hereabouts.kernel.text import N_
from hereabouts.site.cli.output import as_json, print_summary, with_django

if TYPE_CHECKING:
    from hereabouts.sensing.domain.coverage import Plan
    from hereabouts.sensing.domain.deployments.views import Card
    from hereabouts.sensing.queries.deployments.coverage import Candidate

MOST_LISTED = 1_000


class UnknownMeasure(Refusal):
    """Nothing of this key is in the council's list."""

    code = "site.unknown_measure"
    message = N_("Nothing measures “{measure}”. There is: {known}.")


class NoResidents(Refusal):
    """Coverage cannot be counted without figures of residents."""

    code = "site.no_residents"
    kind = RefusalKind.CONFLICT
    message = N_("No figures of residents are loaded; `hereabouts import population` loads them.")


@click.group()
def deployments() -> None:
    """See who put what where, how it is, and where the next sensors should go."""
    with_django()


@deployments.command("list")
@click.option("--state", default="", help="proposed, agreed, live, retired, withdrawn, refused.")
@click.option("--department", default="", help="Only of this department, by key.")
@click.option("--measure", default="", help="Only those that measure this, by key.")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, MOST_LISTED))
@as_json
def list_(state: str, department: str, measure: str, *, limit: int, as_json: bool) -> None:
    """Deployments, newest first."""
    from hereabouts.sensing.queries.deployments.register import Filter, list_deployments

    wanted = Filter(state=state, department=department, measure=measure)
    cards = list_deployments(wanted, actor=INSTALLATION, limit=limit).cards
    if as_json:
        click.echo(json.dumps([_summary(card) for card in cards], ensure_ascii=False))
        return
    for card in cards:
        click.echo(f"{card.reference}  {card.state.value:<9}  {card.department:<20}  {card.title}")
    if not cards:
        click.echo("No deployment matches.")


@deployments.command()
@as_json
def check(as_json: bool) -> None:
    """Look at every live deployment, and raise and clear findings about its health."""
    from hereabouts.sensing.actions.deployments.health import check_deployments

    found = check_deployments()
    sentence = (
        f"Looked at {found.deployments:,} live deployments: "
        f"{found.raised:,} findings raised, {found.cleared:,} cleared."
    )
    print_summary(asdict(found), sentence, as_json)


@deployments.command()
@click.argument("measure")
@click.option("--sites", default=5, show_default=True, type=click.IntRange(1, 100))
@click.option("--radius", type=click.IntRange(20, 20_000), help="Metres; else the measure's reach.")
@click.option("--nearer", is_flag=True, help="Shorten ways on average, instead of covering most.")
@click.option(
    "--emphasis",
    default=0.0,
    show_default=True,
    type=click.FloatRange(0, 20),
    help="How many times more a resident of the most deprived decile counts.",
)
@as_json
def sites(
    measure: str,
    sites: int,
    radius: int | None,
    *,
    nearer: bool,
    emphasis: float,
    as_json: bool,
) -> None:
    """Find the best next sites for sensors of MEASURE (a key, such as no2)."""
    from hereabouts.sensing.domain.coverage import Aim, Question
    from hereabouts.sensing.queries.deployments.choices import get_choices
    from hereabouts.sensing.queries.deployments.coverage import find_coverage, find_next_sites

    known = get_choices()
    if measure not in known.measures:
        raise UnknownMeasure(measure=measure[:60], known=", ".join(known.measures))
    radius_m = float(radius or known.measures[measure].reach_m)
    coverage = find_coverage(measure, known, radius_m=radius_m)
    if coverage is None:
        raise NoResidents
    aim = Aim.NEAR if nearer else Aim.COVER
    plan, candidates = find_next_sites(coverage, known, Question(radius_m, sites, aim, emphasis))
    now = coverage.now
    summary = {
        "measure": measure,
        "radius_m": radius_m,
        "residents": now.residents,
        "covered": now.covered,
        "sensors": coverage.sensors,
        "added": plan.residents,
        "at_most_better": round(plan.choice.gap, 4),
        "sites": _sites(plan, candidates),
    }
    lines = [
        f"{now.covered:,} of {now.residents:,} residents are covered ({now.share:.0%}); "
        f"{len(plan.sites)} more sites would add {plan.residents:,}.",
        *(
            f"{number}. {site['latitude']:.5f}, {site['longitude']:.5f} {site['asset'] or ''}: "
            f"{site['residents']:,} residents, {site['deprived']:,} of them in the three most "
            "deprived deciles"
            for number, site in enumerate(_sites(plan, candidates), 1)
        ),
    ]
    print_summary(summary, "\n".join(lines), as_json)


def _sites(plan: Plan, candidates: Sequence[Candidate]) -> list[dict[str, object]]:
    return [
        {
            "latitude": candidates[site.candidate].place.lat,
            "longitude": candidates[site.candidate].place.lon,
            "asset": _asset(candidates[site.candidate]),
            "residents": site.residents,
            "deprived": site.deprived,
        }
        for site in plan.sites
    ]


def _asset(candidate: Candidate) -> str | None:
    return candidate.asset.uid if candidate.asset else None


def _summary(card: Card) -> dict[str, object]:
    return {
        "uid": card.uid,
        "reference": card.reference,
        "state": card.state.value,
        "department": card.department,
        "title": card.title,
        "measures": list(card.measures),
    }
