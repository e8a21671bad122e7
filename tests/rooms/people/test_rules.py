"""Rules about people, without a database."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hereabouts.kernel.access import Capability
from hereabouts.people.domain.addresses import masked_address, parse_address
from hereabouts.people.domain.codes import app_address, code_at, code_secret_from, new_code_secret
from hereabouts.people.domain.links import digest_of, new_link_secret
from hereabouts.people.domain.roles import (
    CAPABILITIES,
    ROLE_NAMES,
    ROLES,
    TOKEN_CAPABILITIES,
    Role,
    capabilities_of,
    must_use_second_step,
)
from hereabouts.people.domain.security import SENTENCES, SecurityFact
from hereabouts.people.domain.sessions import (
    DESK_LIMITS,
    RESIDENT_LIMITS,
    is_fresh,
    is_over,
    limits_for,
)
from hereabouts.people.domain.tokens import (
    find_refused_scope,
    is_lifetime,
    is_same_digest,
    is_token_shaped,
    new_token,
)
from hereabouts.people.domain.visits import device_of, network_of
from hereabouts.site import sign_in
from tests.rooms.people.signing_in import NOON

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def test_every_role_has_a_name_and_capabilities_that_are_described() -> None:
    assert set(ROLE_NAMES) == set(ROLES) == set(Role)
    held = set().union(*ROLES.values())
    assert held == set(CAPABILITIES)
    assert set(CAPABILITIES) >= TOKEN_CAPABILITIES


def test_every_line_of_the_security_log_can_be_told() -> None:
    assert set(SENTENCES) == set(SecurityFact)


def test_a_desk_role_counts_only_with_the_second_step() -> None:
    without = capabilities_of([Role.ADMINISTRATOR], has_second_step=False)
    assert without == {"account.use"}
    assert "people.manage" in capabilities_of([Role.ADMINISTRATOR], has_second_step=True)


@given(st.sets(st.sampled_from(Role)))
def test_the_second_step_never_takes_a_capability_away(roles: set[Role]) -> None:
    without = capabilities_of(roles, has_second_step=False)
    assert without <= capabilities_of(roles, has_second_step=True)
    assert without <= {"account.use"}


def test_only_residents_do_without_a_second_step() -> None:
    assert [role for role in Role if not must_use_second_step([role])] == [Role.RESIDENT]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Ann@Example.ORG ", "ann@example.org"),
        ("ann+bins@mail.example.co.uk", "ann+bins@mail.example.co.uk"),
        ("Ａnn@example.org", "ann@example.org"),
        ("siân@enghraifft.example", "siân@enghraifft.example"),
        ("ann@localhost", "ann@localhost"),
    ],
)
def test_an_address_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert parse_address(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ann",
        "ann@",
        "@example.org",
        "ann@example..org",
        "ann@-example.org",
        "ann b@example.org",
        "ann@example.org\nBcc: bob@example.org",
        "ann@example.org,bob@example.org",
        "Ann <ann@example.org>",
        "a" * 250 + "@example.org",
    ],
)
def test_what_cannot_be_an_address_is_none(typed: str) -> None:
    assert parse_address(typed) is None


@given(st.text(max_size=300))
def test_an_address_that_was_kept_stays_as_it_is(typed: str) -> None:
    kept = parse_address(typed)
    if kept is not None:
        assert parse_address(kept) == kept
        assert "\n" not in kept
        assert kept.count("@") == 1


def test_a_masked_address_shows_its_owner_enough() -> None:
    assert masked_address("ann@example.org") == "a…@example.org"


@pytest.mark.parametrize(
    ("second", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_agree_with_the_examples_of_rfc_6238(second: int, code: str) -> None:
    secret = base64.b32encode(b"12345678901234567890").decode()
    assert code_at(secret, datetime.fromtimestamp(second, UTC)) == code


def test_the_secret_of_a_demonstration_depends_on_the_installation() -> None:
    assert code_secret_from(b"one", "ann") == code_secret_from(b"one", "ann")
    assert code_secret_from(b"one", "ann") != code_secret_from(b"two", "ann")
    assert len(base64.b32decode(new_code_secret())) == 20


def test_the_address_for_an_app_names_who_and_where() -> None:
    address = app_address("ABC", address="ann@example.org", issuer="Some Council")
    assert address.startswith("otpauth://totp/Some%20Council%3Aann%40example.org?")
    assert "issuer=Some%20Council" in address


def test_residents_stay_for_a_fortnight_after_their_last_visit() -> None:
    limits = limits_for([Role.RESIDENT])
    assert limits == RESIDENT_LIMITS
    long_ago = NOON - 400 * DAY
    assert not is_over(limits, signed_in_at=long_ago, seen_at=NOON - 13 * DAY, now=NOON)
    assert is_over(limits, signed_in_at=long_ago, seen_at=NOON - 15 * DAY, now=NOON)


def test_desks_are_left_after_an_hour_of_nothing_and_twelve_of_work() -> None:
    limits = limits_for([Role.RESIDENT, Role.AUDITOR])
    assert limits == DESK_LIMITS
    assert not is_over(limits, signed_in_at=NOON - 11 * HOUR, seen_at=NOON, now=NOON)
    assert is_over(limits, signed_in_at=NOON - 13 * HOUR, seen_at=NOON, now=NOON)
    assert is_over(limits, signed_in_at=NOON - 2 * HOUR, seen_at=NOON - 1.1 * HOUR, now=NOON)


def test_a_sign_in_is_fresh_for_a_quarter_of_an_hour() -> None:
    assert is_fresh(NOON - timedelta(minutes=14), NOON)
    assert not is_fresh(NOON - timedelta(minutes=16), NOON)


def test_no_two_tokens_or_links_are_alike_and_none_is_kept() -> None:
    made = [new_token() for _ in range(50)]
    assert len({token.secret for token in made}) == 50
    for token in made:
        assert is_token_shaped(token.secret)
        assert token.digest == digest_of(token.secret)
        assert token.secret.startswith(token.start)
        assert len(token.secret) - len(token.start) >= 37
    assert len({new_link_secret() for _ in range(50)}) == 50


def test_digests_are_compared_without_telling_where_they_differ(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[tuple[bytes, bytes]] = []

    def compare(kept: bytes, offered: bytes) -> bool:
        seen.append((kept, offered))
        return kept == offered

    monkeypatch.setattr("hmac.compare_digest", compare)
    assert is_same_digest("ab", "ab")
    assert not is_same_digest("ab", "ac")
    assert len(seen) == 2


@pytest.mark.parametrize("text", ["", "Bearer", "hereabouts", "x" * 60, "hereabouts_" + "a" * 300])
def test_what_is_not_shaped_like_a_token_is_not_looked_up(text: str) -> None:
    assert not is_token_shaped(text)


def test_a_token_carries_only_what_tokens_may_and_its_owner_holds() -> None:
    read, manage = Capability("journal.read"), Capability("people.manage")
    assert find_refused_scope([read], frozenset({read})) is None
    assert find_refused_scope([read], frozenset()) == read
    assert find_refused_scope([read, manage], frozenset({read, manage})) == manage
    assert find_refused_scope([Capability("no.such")], frozenset(CAPABILITIES)) == "no.such"


def test_a_token_lasts_a_year_at_most() -> None:
    assert [days for days in (0, 1, 366, 367, -3) if is_lifetime(days)] == [1, 366]


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64) Gecko/20100101 Firefox/140.0", "Firefox, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18 like Mac OS X) Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/150.0 Safari/537.36 Edg/150.0", "Edge, Linux"),
        ("curl/8.0", ""),
        ("", ""),
    ],
)
def test_a_browser_is_noted_in_two_words(agent: str, device: str) -> None:
    assert device_of(agent) == device


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("unix:", ""),
        ("", ""),
    ],
)
def test_a_network_is_noted_and_no_household(address: str, network: str) -> None:
    assert network_of(address) == network


def test_passwords_are_kept_under_a_slow_hash() -> None:
    assert sign_in.PASSWORD_HASHERS[0].endswith("ScryptPasswordHasher")
