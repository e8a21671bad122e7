"""Where rooms meet: what one room contributes to another is connected here and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hereabouts.kernel.text import N_

if TYPE_CHECKING:
    from hereabouts.kernel.access import PersonId
    from hereabouts.people.api import Export


def connect() -> None:
    """Connect the rooms; called once when Django has loaded."""
    _account_and_desk()
    _public_account()
    _gazetteer()
    _open_data()
    _sensing()


def _account_and_desk() -> None:
    from hereabouts.design.api import NavigationEntry, add_navigation
    from hereabouts.people.api import DESK_ENTRIES, add_desk_entries
    from hereabouts.people.web.middleware import is_at_desk

    add_desk_entries(*DESK_ENTRIES)
    # The same for visitors and residents, so that public pages need not know who reads them.
    add_navigation(NavigationEntry(N_("Account"), "people:account", order=90))
    add_navigation(NavigationEntry(N_("Desk"), "people:desk", order=80, is_shown=is_at_desk))


def _public_account() -> None:
    from hereabouts.design.api import NavigationEntry, add_navigation
    from hereabouts.journal.api import DESK_ENTRIES
    from hereabouts.people.api import add_desk_entries

    add_desk_entries(*DESK_ENTRIES)
    add_navigation(NavigationEntry(N_("What happened here"), "journal:account", "footer", order=40))


def _open_data() -> None:
    from hereabouts.design.api import NavigationEntry, add_navigation

    add_navigation(NavigationEntry(N_("Open data"), "places:ogc", "footer", order=50))


def _gazetteer() -> None:
    from hereabouts.people.api import add_desk_entries
    from hereabouts.places.web.views.desk import DESK_ENTRY

    add_desk_entries(DESK_ENTRY)


def _sensing() -> None:
    from hereabouts.design.api import NavigationEntry, add_navigation
    from hereabouts.people.api import add_desk_entries, add_personal_data_holder
    from hereabouts.places.api import Slot, contribute_panel
    from hereabouts.sensing import reactions  # noqa: F401 - registers what sensing reacts to
    from hereabouts.sensing.web import panel
    from hereabouts.sensing.web.deployments.desk import DESK_ENTRY
    from hereabouts.sensing.web.desk.entries import DESK_ENTRIES

    add_navigation(NavigationEntry(N_("Sensors"), "sensing:list", order=30))
    add_navigation(
        NavigationEntry(N_("Sensor deployments"), "deployments:register", "footer", order=45)
    )
    add_desk_entries(DESK_ENTRY, *DESK_ENTRIES)
    contribute_panel("sensing.now", Slot.NOW, panel.now_panel)
    add_personal_data_holder("sensing", _kept_by_sensing)


def _kept_by_sensing(person: PersonId) -> Export:
    from hereabouts.sensing.queries.asking import export_alerts_of
    from hereabouts.sensing.queries.deployments.people import export_deployments_of

    return {**export_alerts_of(person), "deployments": export_deployments_of(person)}
