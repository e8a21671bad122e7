"""Refusals of the register of deployments."""

from __future__ import annotations

from hereabouts.kernel.refusals import Refusal, RefusalKind
from hereabouts.kernel.text import N_


class NoSuchDeployment(Refusal):
    """A deployment is not there, or the reader may not know that it is."""

    code = "sensing.no_such_deployment"
    kind = RefusalKind.NOT_FOUND
    message = N_("There is no such deployment.")


class BadDeployment(Refusal):
    """What was typed cannot stand in the register."""

    code = "sensing.bad_deployment"
    message = N_("The deployment cannot be recorded: “{field}” – {reason}")


class ReferenceTaken(Refusal):
    """Another deployment has this reference."""

    code = "sensing.reference_taken"
    kind = RefusalKind.CONFLICT
    message = N_("There is already a deployment with the reference “{reference}”.")


class StepNotPossible(Refusal):
    """The step does not lead on from the deployment's state."""

    code = "sensing.step_not_possible"
    kind = RefusalKind.CONFLICT
    message = N_("This step is not possible any more: the deployment has moved on. Look again.")


class OwnProposal(Refusal):
    """Whoever proposed a deployment decides about it."""

    code = "sensing.own_proposal"
    kind = RefusalKind.NOT_ALLOWED
    message = N_("You proposed this deployment, so somebody else has to decide about it.")


class StepIncomplete(Refusal):
    """The step asks for more than is recorded; `needs` are the keys of what is missing."""

    code = "sensing.step_incomplete"
    kind = RefusalKind.CONFLICT
    message = N_("This step asks for more than is recorded. Missing: {needs}.")


class ReasonNeeded(Refusal):
    """The step needs a reason."""

    code = "sensing.reason_needed"
    message = N_("Give a reason: it stays in the record of the deployment.")


class DeploymentSettled(Refusal):
    """A change touches what was agreed to."""

    code = "sensing.deployment_settled"
    kind = RefusalKind.CONFLICT
    message = N_(
        "This was agreed and cannot be changed: {fields}. Withdraw or retire the deployment and "
        "propose it again."
    )


class ChangedMeanwhile(Refusal):
    """Somebody else changed the record after the form was opened."""

    code = "sensing.changed_meanwhile"
    kind = RefusalKind.CONFLICT
    message = N_(
        "Somebody else changed this record while you were writing. Look at it again before you "
        "save yours."
    )


class ThingTaken(Refusal):
    """The Thing is not there, or belongs to another deployment."""

    code = "sensing.thing_taken"
    kind = RefusalKind.CONFLICT
    message = N_("Thing {thing} is not in the register, or belongs to another deployment.")


class BadChoices(Refusal):
    """The council's list of what can be chosen is unusable."""

    code = "sensing.bad_choices"
    kind = RefusalKind.UNAVAILABLE
    message = N_("The list {where} cannot be used: {reason}.")
