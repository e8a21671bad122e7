"""The chain shows every change, whatever was changed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hereabouts.journal.domain.chain import GENESIS, Break, Fault, Head, Link, Walk, digest
from hereabouts.kernel.canonical_json import encode

pytestmark = pytest.mark.once

TEXT = st.text(st.characters(codec="utf-8"), max_size=8)
CONTENTS = st.tuples(TEXT, TEXT, TEXT, st.booleans(), st.dictionaries(TEXT, TEXT, max_size=3))


def _chain(contents: list[tuple[str, str, str, bool, dict[str, str]]]) -> list[Link]:
    links: list[Link] = []
    for position, (name, subject, actor, is_public, payload) in enumerate(contents, 1):
        previous = links[-1].hash if links else GENESIS
        draft = Link(
            position=position,
            recorded_at="2026-11-22T09:00:00.000000Z",
            wire_name=name,
            subject=subject,
            actor=actor,
            is_public=is_public,
            payload=encode(payload).decode(),
            previous=previous,
            hash="",
        )
        links.append(replace(draft, hash=digest(draft)))
    return links


CHAINS = st.lists(CONTENTS, min_size=1, max_size=6).map(_chain)


def _find_break(links: list[Link], head: Head) -> Break | None:
    walk = Walk()
    for link in links:
        broken = walk.follow(link)
        if broken:
            return broken
    return walk.finish(head)


def _head(links: list[Link]) -> Head:
    return Head(links[-1].position, links[-1].hash)


@given(CHAINS)
def test_an_untouched_chain_holds(links: list[Link]) -> None:
    assert _find_break(links, _head(links)) is None


@given(CHAINS, st.data())
def test_changing_any_field_of_any_entry_is_found_there(
    links: list[Link], data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(links) - 1))
    field = data.draw(st.sampled_from(["recorded_at", "wire_name", "subject", "actor", "payload"]))
    other = data.draw(TEXT.filter(lambda text: text != getattr(links[index], field)))
    touched = [*links]
    touched[index] = replace(links[index], **{field: other})
    broken = _find_break(touched, _head(links))
    assert broken == Break(index + 1, Fault.HASH, links[index].hash)


@given(CHAINS, st.data())
def test_showing_or_hiding_an_entry_is_found(links: list[Link], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(links) - 1))
    touched = [*links]
    touched[index] = replace(links[index], is_public=not links[index].is_public)
    broken = _find_break(touched, _head(links))
    assert broken is not None and broken.position == index + 1


@given(CHAINS, st.data())
def test_a_changed_entry_with_a_new_hash_breaks_the_next_link(
    links: list[Link], data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(links) - 1))
    forged = replace(links[index], subject=links[index].subject + "!")
    touched = [*links]
    touched[index] = replace(forged, hash=digest(forged))
    broken = _find_break(touched, _head(links))
    is_last = index == len(links) - 1
    assert broken is not None
    assert (broken.position, broken.fault) == (
        (index + 1, Fault.HEAD) if is_last else (index + 2, Fault.PREVIOUS)
    )


@given(CHAINS, st.data())
def test_taking_entries_out_is_found(links: list[Link], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(links) - 1))
    broken = _find_break(links[:index] + links[index + 1 :], _head(links))
    is_last = index == len(links) - 1
    assert broken is not None and broken.position == index + 1
    assert broken.fault is (Fault.HEAD if is_last else Fault.GAP)


@given(CHAINS.filter(lambda links: len(links) > 1), st.data())
def test_swapping_two_entries_is_found(links: list[Link], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(links) - 2))
    touched = [*links]
    touched[index] = replace(links[index + 1], position=index + 1)
    touched[index + 1] = replace(links[index], position=index + 2)
    broken = _find_break(touched, _head(links))
    assert broken is not None and broken.position == index + 1


@given(CHAINS)
def test_an_entry_put_behind_the_head_is_found(links: list[Link]) -> None:
    draft = replace(links[-1], position=len(links) + 1, previous=links[-1].hash, hash="")
    added = replace(draft, hash=digest(draft))
    broken = _find_break([*links, added], _head(links))
    assert broken is not None and broken.fault is Fault.HEAD


@pytest.mark.parametrize("payload", ["\ud800", "not json", ""])
def test_an_entry_that_has_no_canonical_form_is_a_break_not_a_crash(payload: str) -> None:
    (link,) = _chain([("a", "b", "", True, {})])
    broken = _find_break([replace(link, payload=payload)], _head([link]))
    assert broken is not None and broken.fault is Fault.HASH


def test_every_break_says_where_it_is() -> None:
    for fault in Fault:
        assert "position 7" in Break(7, fault, "9").sentence()
