"""The door: what other rooms and the command line may ask of people."""

from hereabouts.kernel.access import PersonId, actor_of
from hereabouts.people.actions.accounts import (
    change_details,
    change_roles,
    create_person,
    disable_person,
    enable_person,
    parse_roles,
)
from hereabouts.people.actions.demonstration import create_demonstration_people
from hereabouts.people.actions.erasure import erase_person
from hereabouts.people.actions.links import ask_for_link, invite, use_link
from hereabouts.people.actions.notes import note
from hereabouts.people.actions.secrets import (
    current_code,
    give_second_step,
    reset_second_step,
    set_password,
)
from hereabouts.people.actions.sessions import (
    end_all_sessions,
    end_session_of,
    note_session_use,
)
from hereabouts.people.actions.tidy import Tidied, tidy
from hereabouts.people.actions.tokens import actor_for_token, create_token, revoke_token
from hereabouts.people.domain.addresses import EmailAddress, masked_address, parse_address
from hereabouts.people.domain.codes import app_address
from hereabouts.people.domain.desk import DESK_ENTRIES
from hereabouts.people.domain.records import (
    DemonstrationSignIn,
    Export,
    LinkCard,
    PeoplePage,
    PersonCard,
    SecurityLine,
    SessionCard,
    TokenCard,
    Visit,
)
from hereabouts.people.domain.roles import CAPABILITIES, ROLE_NAMES, ROLES, Role
from hereabouts.people.ports import (
    PersonalDataHolder,
    add_desk_entries,
    add_personal_data_holder,
    list_desk_entries,
)
from hereabouts.people.queries import (
    export_person,
    find_live_link,
    find_person,
    find_person_by_address,
    get_person,
    get_token,
    list_people,
    list_security_lines,
    list_sessions,
    list_tokens,
    names_of,
)

__all__ = [
    "CAPABILITIES",
    "DESK_ENTRIES",
    "ROLES",
    "ROLE_NAMES",
    "DemonstrationSignIn",
    "EmailAddress",
    "Export",
    "LinkCard",
    "PeoplePage",
    "PersonCard",
    "PersonId",
    "PersonalDataHolder",
    "Role",
    "SecurityLine",
    "SessionCard",
    "Tidied",
    "TokenCard",
    "Visit",
    "actor_for_token",
    "actor_of",
    "add_desk_entries",
    "add_personal_data_holder",
    "app_address",
    "ask_for_link",
    "change_details",
    "change_roles",
    "create_demonstration_people",
    "create_person",
    "create_token",
    "current_code",
    "disable_person",
    "enable_person",
    "end_all_sessions",
    "end_session_of",
    "erase_person",
    "export_person",
    "find_live_link",
    "find_person",
    "find_person_by_address",
    "get_person",
    "get_token",
    "give_second_step",
    "invite",
    "list_desk_entries",
    "list_people",
    "list_security_lines",
    "list_sessions",
    "list_tokens",
    "masked_address",
    "names_of",
    "note",
    "note_session_use",
    "parse_address",
    "parse_roles",
    "reset_second_step",
    "revoke_token",
    "set_password",
    "tidy",
    "use_link",
]
