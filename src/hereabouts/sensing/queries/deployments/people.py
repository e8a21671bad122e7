"""What the register of deployments keeps about an officer, for the download of their data."""

from __future__ import annotations

from hereabouts.kernel.access import PersonId
from hereabouts.kernel.time import to_rfc3339
from hereabouts.people.api import Export
from hereabouts.sensing.models.deployments import Deployment, DeploymentEntry


def export_deployments_of(person: PersonId) -> Export:
    """Deployments somebody proposed and the steps they took, with the reasons they gave."""
    entries = DeploymentEntry.objects.filter(person=person).select_related("deployment")
    return {
        "proposed": list(
            Deployment.objects.filter(proposed_by=person)
            .order_by("id")
            .values_list("reference", flat=True)
        ),
        "steps": [
            {
                "deployment": entry.deployment.reference,
                "step": entry.step,
                "at": to_rfc3339(entry.at),
                "reason": entry.reason,
            }
            for entry in entries.order_by("id")
        ],
    }
