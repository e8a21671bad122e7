"""What this room refuses, each with a stable code and a sentence for whoever asked."""

from __future__ import annotations

from hereabouts.kernel.refusals import Refusal, RefusalKind
from hereabouts.kernel.text import N_


class BadAddress(Refusal):
    """The text cannot be an e-mail address."""

    code = "people.bad_address"
    message = N_("Enter an e-mail address in the correct format, like name@example.com.")


class AddressTaken(Refusal):
    """Somebody already has an account under this address; only operators are told."""

    code = "people.address_taken"
    kind = RefusalKind.CONFLICT
    message = N_("There is already an account for this e-mail address.")


class NoSuchPerson(Refusal):
    """No account matches."""

    code = "people.no_such_person"
    kind = RefusalKind.NOT_FOUND
    message = N_("There is no such account.")


class UnknownRole(Refusal):
    """The role does not exist."""

    code = "people.unknown_role"
    message = N_("There is no role “{role}”. The roles are: {roles}.")


class OwnRoles(Refusal):
    """Nobody changes their own roles or closes their own account from the desk."""

    code = "people.own_roles"
    kind = RefusalKind.CONFLICT
    message = N_("You cannot do this to your own account. Ask another administrator.")


class LastAdministrator(Refusal):
    """The installation would be left without an administrator."""

    code = "people.last_administrator"
    kind = RefusalKind.CONFLICT
    message = N_("This is the last administrator. Make somebody else administrator first.")


class LinkNotValid(Refusal):
    """The link in the e-mail was used, has expired, or never was."""

    code = "people.link_not_valid"
    kind = RefusalKind.GONE
    message = N_("This link has been used or has expired. Ask for a new one.")


class WeakPassword(Refusal):
    """The password is too easy to guess."""

    code = "people.weak_password"
    message = N_("Choose another password: {reasons}")


class TooManyTries(Refusal):
    """Somebody has tried too often."""

    code = "people.too_many_tries"
    kind = RefusalKind.TOO_MANY
    message = N_("That was tried too often. Wait a quarter of an hour and try again.")


class LetterNotSent(Refusal):
    """The e-mail server did not take the letter."""

    code = "people.letter_not_sent"
    kind = RefusalKind.UNAVAILABLE
    message = N_("We could not send the e-mail. Try again in a few minutes.")


class BadToken(Refusal):
    """The token is unknown, revoked or past its end."""

    code = "people.bad_token"
    kind = RefusalKind.NOT_SIGNED_IN
    message = N_("This token is not valid: it is unknown, was revoked, or has run out.")


class ScopeNotAllowed(Refusal):
    """A token may not carry this capability, or its owner does not hold it."""

    code = "people.scope_not_allowed"
    message = N_("A token of yours cannot carry the permission “{scope}”.")


class NoScope(Refusal):
    """A token without any permission is of no use."""

    code = "people.no_scope"
    message = N_("Choose at least one permission for the token.")


class BadLifetime(Refusal):
    """A token needs an end within a year."""

    code = "people.bad_lifetime"
    message = N_("A token lasts between 1 and {most} days.")


class NoSuchToken(Refusal):
    """No token has this id."""

    code = "people.no_such_token"
    kind = RefusalKind.NOT_FOUND
    message = N_("There is no such token.")


class TooManyTokens(Refusal):
    """One person holds as many live tokens as we allow."""

    code = "people.too_many_tokens"
    kind = RefusalKind.CONFLICT
    message = N_("You have {most} tokens already. Revoke one first.")


class RouteNotDeclared(Refusal):
    """A page does not say who may use it, so nobody may."""

    code = "people.route_not_declared"
    kind = RefusalKind.NOT_ALLOWED
    message = N_("This page is not open to anybody.")
