"""From a proposal to a retired device: one table of who may do what, and what each step needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from hereabouts.kernel.access import Actor, Capability, PersonId
from hereabouts.kernel.text import N_
from hereabouts.sensing.domain.deployments.records import Draft

DEPLOY = Capability("sensing.deploy")
"""Propose deployments and keep their records."""
AGREE = Capability("sensing.agree")
"""Agree to deployments that others propose, or refuse them."""
READ_CLOSED = Capability("sensing.read_closed")
READ_SHARED = Capability("sensing.read_shared")


class State(StrEnum):
    """Where a deployment stands."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    LIVE = "live"
    RETIRED = "retired"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"


STATE_NAMES: Mapping[State, str] = {
    State.PROPOSED: N_("Proposed"),
    State.AGREED: N_("Agreed"),
    State.LIVE: N_("Live"),
    State.RETIRED: N_("Retired"),
    State.WITHDRAWN: N_("Withdrawn"),
    State.REFUSED: N_("Refused"),
}


class Step(StrEnum):
    """What somebody does with a deployment."""

    PROPOSE = "propose"
    AGREE = "agree"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    GO_LIVE = "go_live"
    RETIRE = "retire"
    PROPOSE_AGAIN = "propose_again"


STEP_NAMES: Mapping[Step, str] = {
    Step.PROPOSE: N_("Propose"),
    Step.AGREE: N_("Agree"),
    Step.REFUSE: N_("Refuse"),
    Step.WITHDRAW: N_("Withdraw"),
    Step.GO_LIVE: N_("Go live"),
    Step.RETIRE: N_("Retire"),
    Step.PROPOSE_AGAIN: N_("Propose again"),
}


class Need(StrEnum):
    """What a step asks for."""

    TITLE = "title"
    DEPARTMENT = "department"
    MAILBOX = "mailbox"
    PURPOSE = "purpose"
    MEASURES = "measures"
    PLACE = "place"
    LEGAL_BASIS = "legal_basis"
    DPIA = "dpia"
    NETWORK = "network"
    POWER = "power"
    PASSWORDS = "passwords"
    DISCLOSURE = "disclosure"
    UPDATES = "updates"
    COST = "cost"
    THING = "thing"
    DATA_CLASS = "data_class"
    INSTALLED = "installed"


NEED_WORDS: Mapping[Need, str] = {
    Need.TITLE: N_("a title"),
    Need.DEPARTMENT: N_("the department that owns it"),
    Need.MAILBOX: N_("the department’s mailbox"),
    Need.PURPOSE: N_("what it is for"),
    Need.MEASURES: N_("what it measures"),
    Need.PLACE: N_("where it stands"),
    Need.LEGAL_BASIS: N_("the legal basis that allows people to be measured"),
    Need.DPIA: N_("a link to the data protection impact assessment"),
    Need.NETWORK: N_("the network it uses"),
    Need.POWER: N_("what feeds it"),
    Need.PASSWORDS: N_("the maker’s statement that there is no universal default password"),
    Need.DISCLOSURE: N_("where a weakness can be reported to the maker"),
    Need.UPDATES: N_("until when the maker gives security updates"),
    Need.COST: N_("what it costs to buy and each year"),
    Need.THING: N_("the Thing of the register that it became"),
    Need.DATA_CLASS: N_("Things in the register that are no more open than was agreed"),
    Need.INSTALLED: N_("the day on which it was installed"),
}


@dataclass(frozen=True)
class Beside:
    """What a step looks at beside the draft.

    `things` is how many Things the deployment became that are in the register, `too_open` how many
    of them are read more widely than was agreed; `is_lawful` whether the legal basis allows
    personal data to be used.
    """

    things: int = 0
    too_open: int = 0
    is_lawful: bool = False


NOTHING_BESIDE = Beside()
Check = Callable[[Draft, Beside], bool]

_CHECKS: Mapping[Need, Check] = {
    Need.TITLE: lambda draft, beside: bool(draft.title),
    Need.DEPARTMENT: lambda draft, beside: bool(draft.department),
    Need.MAILBOX: lambda draft, beside: bool(draft.mailbox),
    Need.PURPOSE: lambda draft, beside: bool(draft.purpose),
    Need.MEASURES: lambda draft, beside: bool(draft.measures),
    Need.PLACE: lambda draft, beside: draft.place is not None,
    Need.LEGAL_BASIS: lambda draft, beside: beside.is_lawful or not draft.measures_people,
    Need.DPIA: lambda draft, beside: bool(draft.dpia_url) or not draft.measures_people,
    Need.NETWORK: lambda draft, beside: draft.network is not None,
    Need.POWER: lambda draft, beside: draft.power is not None,
    # ETSI EN 303 645, provisions 5.1, 5.2 and 5.3; Product Security and Telecommunications
    # Infrastructure Regulations 2023, schedule 1.
    Need.PASSWORDS: lambda draft, beside: draft.no_default_passwords is True,
    Need.DISCLOSURE: lambda draft, beside: bool(draft.disclosure_contact),
    Need.UPDATES: lambda draft, beside: draft.updates_until is not None,
    Need.COST: lambda draft, beside: None not in (draft.capital_gbp, draft.yearly_gbp),
    Need.THING: lambda draft, beside: beside.things > 0,
    Need.DATA_CLASS: lambda draft, beside: beside.too_open == 0,
    Need.INSTALLED: lambda draft, beside: draft.installed_on is not None,
}

BASIC = (Need.TITLE, Need.DEPARTMENT, Need.MAILBOX, Need.PURPOSE, Need.MEASURES, Need.PLACE)
FOR_AGREEMENT = (
    *BASIC,
    *(Need.LEGAL_BASIS, Need.DPIA, Need.NETWORK, Need.POWER),
    *(Need.PASSWORDS, Need.DISCLOSURE, Need.UPDATES, Need.COST),
)


@dataclass(frozen=True)
class Rule:
    """One step: from which states to which, who may take it, and what it asks for.

    `is_for_others` where whoever proposed the deployment may not take it.
    """

    before: tuple[State, ...]
    after: State
    capability: Capability
    needs: tuple[Need, ...] = ()
    needs_reason: bool = False
    is_for_others: bool = False


RULES: Mapping[Step, Rule] = {
    Step.PROPOSE: Rule((), State.PROPOSED, DEPLOY, BASIC),
    Step.AGREE: Rule((State.PROPOSED,), State.AGREED, AGREE, FOR_AGREEMENT, is_for_others=True),
    Step.REFUSE: Rule(
        (State.PROPOSED,), State.REFUSED, AGREE, needs_reason=True, is_for_others=True
    ),
    Step.WITHDRAW: Rule((State.PROPOSED, State.AGREED), State.WITHDRAWN, DEPLOY, needs_reason=True),
    Step.GO_LIVE: Rule(
        (State.AGREED,),
        State.LIVE,
        DEPLOY,
        (*FOR_AGREEMENT, Need.INSTALLED, Need.THING, Need.DATA_CLASS),
    ),
    Step.RETIRE: Rule((State.LIVE,), State.RETIRED, DEPLOY, needs_reason=True),
    Step.PROPOSE_AGAIN: Rule(
        (State.WITHDRAWN, State.REFUSED), State.PROPOSED, DEPLOY, BASIC, needs_reason=True
    ),
}
"""The whole of what may happen to a deployment."""

CHANGEABLE = frozenset({State.PROPOSED, State.AGREED, State.LIVE, State.WITHDRAWN, State.REFUSED})
"""States in which the record may be changed; a retired one is history."""

SETTLED_STATES = frozenset({State.AGREED, State.LIVE})
"""States in which what was agreed to stays as it was."""


def unmet(step: Step, draft: Draft, beside: Beside = NOTHING_BESIDE) -> list[Need]:
    """What a step still asks for."""
    return [need for need in RULES[step].needs if not _CHECKS[need](draft, beside)]


def steps_for(state: State, actor: Actor, proposed_by: PersonId | None) -> list[Step]:
    """The steps an actor may take from a state, whether or not all is there that they ask for."""
    return [
        step
        for step, rule in RULES.items()
        if state in rule.before
        and actor.may(rule.capability)
        and may_take(rule, actor, proposed_by)
    ]


def may_take(rule: Rule, actor: Actor, proposed_by: PersonId | None) -> bool:
    """Whether the actor is somebody else than the proposer, where the step asks for that."""
    if not rule.is_for_others or actor.is_installation:
        return True
    return actor.person is not None and actor.person != proposed_by
