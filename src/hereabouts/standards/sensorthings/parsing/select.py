"""`$select`: properties, deep members of them, and relations.

Deep members and `distinct:` are extensions. Source: OGC 18-088, 9.3.2.2.
"""

from __future__ import annotations

from hereabouts.standards.sensorthings.errors import OptionUnreadable, TooComplex
from hereabouts.standards.sensorthings.model import EntityType, Relation
from hereabouts.standards.sensorthings.parsing.expand import Piece, split_outside
from hereabouts.standards.sensorthings.parsing.limits import ParseLimits
from hereabouts.standards.sensorthings.parsing.names import (
    Unknown,
    find_name,
    read_members,
    split_path,
)
from hereabouts.standards.sensorthings.tree import Selected, SelectedProperty, SelectedRelation

_DISTINCT = "distinct:"


def read_selection(
    piece: Piece, entity: EntityType, limits: ParseLimits
) -> tuple[tuple[Selected, ...], bool]:
    """What is selected, each once and in order, and whether rows are to be distinct.

    Raises: OptionUnreadable.
    """
    is_distinct = piece.text.startswith(_DISTINCT)
    if is_distinct:
        piece = Piece(piece.text[len(_DISTINCT) :], piece.at + len(_DISTINCT))
    items = split_outside(piece, ",")
    if len(items) > limits.items:
        raise TooComplex(f"at most {limits.items} can be selected", piece.text, piece.at)
    selected: dict[str, Selected] = {}
    for item in items:
        one = _read_item(item.stripped(), entity)
        selected.setdefault(repr(_key(one)), one)
    chosen = tuple(selected.values())
    if is_distinct and any(isinstance(one, SelectedRelation) for one in chosen):
        reason = "distinct rows are of properties, not of relations"
        raise OptionUnreadable(reason, piece.text, piece.at)
    return chosen, is_distinct


def _key(selected: Selected) -> tuple[object, ...]:
    if isinstance(selected, SelectedRelation):
        return (selected.relation.name,)
    return (selected.property.name if selected.property else None, *selected.members)


def _read_item(item: Piece, entity: EntityType) -> Selected:
    segments = split_path(item.text, item.at)
    if segments is None:
        raise OptionUnreadable("a property or relation was expected", item.text, item.at)
    try:
        found = find_name(entity, segments[0])
        if not isinstance(found, Relation):
            return SelectedProperty(found, read_members(found, segments))
    except Unknown as unknown:
        wrong = unknown.segment
        raise OptionUnreadable(unknown.reason, wrong.name, wrong.at) from None
    if len(segments) > 1:
        reason = f"write $expand={found.name}($select=…) instead"
        raise OptionUnreadable(reason, item.text, item.at)
    return SelectedRelation(found)
