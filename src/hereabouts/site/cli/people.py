"""Commands about people and tokens: what an operator does before anybody can sign in."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from hereabouts.kernel.access import INSTALLATION, PersonId
from hereabouts.kernel.refusals import Refusal, RefusalKind
from hereabouts.kernel.text import N_
from hereabouts.kernel.time import to_rfc3339
from hereabouts.site.cli.output import as_json, print_summary, with_django

if TYPE_CHECKING:
    from hereabouts.people.api import PersonCard, TokenCard

by_role = click.option("--role", "roles", multiple=True, help="A role; can be given repeatedly.")
who = click.argument("person", metavar="ADDRESS_OR_ID")


class NoPasswordGiven(Refusal):
    """A password was to come from standard input and none did."""

    code = "site.no_password_given"
    message = N_("No password came from standard input.")


class InvitationNotSent(Refusal):
    """The account was made; the letter did not leave."""

    code = "site.invitation_not_sent"
    kind = RefusalKind.UNAVAILABLE
    message = N_(
        "The account is made, but the invitation could not be sent; "
        "`hereabouts user link {address}` prints a link."
    )


@click.group()
def user() -> None:
    """Make accounts, give them roles, close them."""
    with_django()


@user.command()
@click.option("--email", required=True, help="The e-mail address they sign in with.")
@click.option("--name", default="", help="What to call them.")
@by_role
@click.option("--password-stdin", is_flag=True, help="Read a password from standard input.")
@click.option("--totp", is_flag=True, help="Set an authenticator app up and print its address.")
@click.option("--invite", "invites", is_flag=True, help="Send an invitation by e-mail.")
@as_json
def create(
    email: str,
    name: str,
    roles: tuple[str, ...],
    *,
    password_stdin: bool,
    totp: bool,
    invites: bool,
    as_json: bool,
) -> None:
    """Make an account. Everybody can sign in by e-mail link; desk roles need an app besides."""
    from django.db import transaction

    from hereabouts.people import api

    password = _read_password() if password_stdin else ""
    wanted = api.parse_roles(roles or ("resident",))
    summary: dict[str, object] = {"email": email, "roles": sorted(wanted)}
    with transaction.atomic():
        uid = api.create_person(email, display_name=name, roles=wanted, actor=INSTALLATION)
        if password:
            api.set_password(uid, password, actor=INSTALLATION)
        if totp:
            summary["app_address"] = _app_address(uid)
    if invites:
        summary["link"] = _invite(email)
    summary |= {"id": uid, "invited": invites}
    print_summary(summary, _told(summary), as_json)


def _told(summary: dict[str, object]) -> str:
    lines = [f"{summary['email']} has an account ({summary['id']})."]
    if summary["invited"]:
        lines.append(f"The invitation is sent; its link: {summary['link']}")
    if "app_address" in summary:
        lines.append(f"Set the authenticator app up with: {summary['app_address']}")
    return "\n".join(lines)


def _read_password() -> str:
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise NoPasswordGiven
    return password


def _app_address(uid: PersonId) -> str:
    from hereabouts.design.api import current_council
    from hereabouts.people import api

    secret = api.give_second_step(uid, actor=INSTALLATION)
    address = api.get_person(uid).email
    issuer = current_council().name.in_language("en")
    return api.app_address(secret, address=address, issuer=issuer)


def _invite(address: str) -> str:
    from hereabouts.people import api
    from hereabouts.people.domain.links import LinkPurpose
    from hereabouts.people.errors import LetterNotSent
    from hereabouts.people.web.letters import link_address, send_link

    email, secret = api.invite(address, actor=INSTALLATION)
    try:
        send_link(email, secret, LinkPurpose.INVITATION)
    except LetterNotSent as fault:
        raise InvitationNotSent(address=email) from fault
    return link_address(secret)


@user.command(name="list")
@click.option("--search", default="", help="Part of a name or an address.")
@click.option("--role", default="", help="Only people with this role.")
@as_json
def list_(search: str, role: str, as_json: bool) -> None:
    """List accounts."""
    from hereabouts.people import api

    chosen = next(iter(api.parse_roles([role])), None) if role else None
    found: list[PersonCard] = []
    after = 0
    while True:
        page = api.list_people(words=search, role=chosen, after=after)
        found.extend(page.people)
        after = page.next_after
        if not after:
            break
    sentence = "\n".join(_line(card) for card in found) or "There are no such accounts."
    print_summary({"people": [_summary(card) for card in found]}, sentence, as_json)


def _summary(card: PersonCard) -> dict[str, object]:
    return {
        "id": card.uid,
        "email": card.email,
        "name": card.display_name,
        "roles": sorted(card.roles),
        "is_active": card.is_active,
        "has_password": card.has_password,
        "has_app": card.has_second_step,
    }


def _line(card: PersonCard) -> str:
    state = "" if card.is_active else "  (closed)"
    return f"{card.uid}  {card.email}  {', '.join(sorted(card.roles))}{state}"


def _find(person: str) -> PersonCard:
    from hereabouts.people import api
    from hereabouts.people.errors import NoSuchPerson

    found = api.find_person_by_address(person.strip().lower()) or api.find_person(PersonId(person))
    if found is None:
        raise NoSuchPerson
    return found


@user.command()
@who
@by_role
@as_json
def roles(person: str, roles: tuple[str, ...], as_json: bool) -> None:
    """Give somebody exactly these roles, or show the ones they have."""
    from hereabouts.people import api

    card = _find(person)
    changed = bool(roles) and api.change_roles(card.uid, api.parse_roles(roles), actor=INSTALLATION)
    now_held = sorted(_find(card.uid).roles)
    summary = {"id": card.uid, "changed": changed, "roles": now_held}
    print_summary(summary, f"{card.email}: {', '.join(now_held)}", as_json)


@user.command()
@who
@as_json
def disable(person: str, as_json: bool) -> None:
    """Close an account: nobody can sign in to it until it is opened again."""
    from hereabouts.people import api

    card = _find(person)
    changed = api.disable_person(card.uid, actor=INSTALLATION)
    sentence = f"{card.email} is closed." if changed else f"{card.email} was closed already."
    print_summary({"id": card.uid, "changed": changed}, sentence, as_json)


@user.command()
@who
@as_json
def enable(person: str, as_json: bool) -> None:
    """Open a closed account again."""
    from hereabouts.people import api

    card = _find(person)
    changed = api.enable_person(card.uid, actor=INSTALLATION)
    sentence = f"{card.email} is open again." if changed else f"{card.email} was open already."
    print_summary({"id": card.uid, "changed": changed}, sentence, as_json)


@user.command(name="reset-app")
@who
@as_json
def reset_app(person: str, as_json: bool) -> None:
    """Take a lost authenticator app and its recovery codes off an account."""
    from hereabouts.people import api

    card = _find(person)
    changed = api.reset_second_step(card.uid, actor=INSTALLATION)
    sentence = "Taken off." if changed else f"{card.email} has no authenticator app."
    print_summary({"id": card.uid, "changed": changed}, sentence, as_json)


@user.command()
@who
@as_json
def link(person: str, as_json: bool) -> None:
    """Print a link that signs somebody in, where e-mail does not reach them."""
    from hereabouts.people import api
    from hereabouts.people.web.letters import link_address

    card = _find(person)
    _, secret = api.ask_for_link(card.email)
    address = link_address(secret)
    print_summary({"id": card.uid, "link": address}, address, as_json)


@user.command()
@who
@as_json
def code(person: str, as_json: bool) -> None:
    """Print the code an account's authenticator app shows now, for trying things out."""
    from hereabouts.people import api

    card = _find(person)
    shown = api.current_code(card.uid, actor=INSTALLATION) or ""
    sentence = shown or f"{card.email} has no authenticator app."
    print_summary({"id": card.uid, "code": shown}, sentence, as_json)


@user.command()
@as_json
def tidy(as_json: bool) -> None:
    """Throw away expired links, sessions, tokens, throttle counts and old security notes."""
    from dataclasses import asdict

    from hereabouts.people import api

    gone = asdict(api.tidy())
    print_summary(gone, f"{sum(gone.values()):,} rows thrown away.", as_json)


@click.group()
def token() -> None:
    """Make and revoke tokens for programs."""
    with_django()


@token.command(name="create")
@click.option("--for", "person", required=True, metavar="ADDRESS_OR_ID", help="Whom it acts for.")
@click.option("--name", required=True, help="What it is for.")
@click.option("--scope", "scopes", multiple=True, required=True, help="A permission; repeatable.")
@click.option("--days", default=90, show_default=True, help="How long it lasts.")
@as_json
def create_token(
    person: str, name: str, *, scopes: tuple[str, ...], days: int, as_json: bool
) -> None:
    """Make a token and print it, once."""
    from hereabouts.people import api

    card = _find(person)
    uid, secret = api.create_token(
        card.uid, name=name, scopes=scopes, days=days, actor=INSTALLATION
    )
    summary = {"id": uid, "token": secret, "scopes": sorted(scopes), "days": days}
    print_summary(summary, f"{secret}\nKeep it now: it is not shown again.", as_json)


@token.command(name="list")
@click.option("--for", "person", default="", metavar="ADDRESS_OR_ID", help="Of one person.")
@as_json
def list_tokens(person: str, as_json: bool) -> None:
    """List tokens, newest first."""
    from hereabouts.people import api

    found = api.list_tokens(_find(person).uid if person else None)
    sentence = "\n".join(_token_line(card) for card in found) or "There are no tokens."
    print_summary({"tokens": [_token_summary(card) for card in found]}, sentence, as_json)


def _token_summary(card: TokenCard) -> dict[str, object]:
    return {
        "id": card.uid,
        "owner": card.owner,
        "name": card.name,
        "begins_with": card.start,
        "scopes": list(card.scopes),
        "expires_at": to_rfc3339(card.expires_at),
        "last_used_at": to_rfc3339(card.last_used_at) if card.last_used_at else None,
        "revoked_at": to_rfc3339(card.revoked_at) if card.revoked_at else None,
    }


def _token_line(card: TokenCard) -> str:
    state = "revoked" if card.revoked_at else f"until {card.expires_at:%Y-%m-%d}"
    return f"{card.uid}  {card.start}…  {card.name}  {' '.join(card.scopes)}  {state}"


@token.command()
@click.argument("uid", metavar="TOKEN_ID")
@as_json
def revoke(uid: str, as_json: bool) -> None:
    """Stop a token at once."""
    from hereabouts.people import api

    changed = api.revoke_token(uid, actor=INSTALLATION)
    sentence = "The token is revoked." if changed else "The token was revoked already."
    print_summary({"id": uid, "changed": changed}, sentence, as_json)
