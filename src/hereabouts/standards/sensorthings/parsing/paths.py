"""Resource paths: what an address below the service root leads to.

Source: OGC 18-088, clause 9.2.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from hereabouts.standards.sensorthings.errors import BadRequest, NotFound
from hereabouts.standards.sensorthings.model import (
    ENTITY_SETS,
    ENTITY_TYPES,
    EntityType,
    Property,
    target_of,
)
from hereabouts.standards.sensorthings.parsing.limits import LIMITS, ParseLimits
from hereabouts.standards.sensorthings.parsing.names import (
    ID_NAMES,
    Segment,
    Unknown,
    explain_unknown,
    find_name,
    read_members,
    split_path,
)
from hereabouts.standards.sensorthings.tree import Ending, ResourcePath, Step

LARGEST_ID = 2**63 - 1

_KEYED = re.compile(r"(?P<name>[^()]*)\((?P<key>.*)\)", re.DOTALL)
_KEY = re.compile(r"[0-9]{1,19}")
_ENDINGS = {"$ref": Ending.REFERENCES, "$value": Ending.VALUE}


def parse_path(text: str, *, limits: ParseLimits = LIMITS) -> ResourcePath:
    """What a path leads to; `text` is percent-decoded and begins behind the service root.

    One slash before and behind is allowed. Raises: NotFound.
    """
    plain = text.removeprefix("/").removesuffix("/")
    if not plain or len(text) > limits.text:
        raise NotFound("the path names no entity set", text)
    parts = _split(plain)
    if len(parts) > limits.steps:
        raise NotFound(f"a path has at most {limits.steps} segments", parts[-1][0], parts[-1][1])
    steps, rest = _read_steps(parts)
    ending = _ENDINGS.get(rest[-1][0]) if rest else None
    if ending is not None:
        rest.pop()
    if not rest:
        return _end_at_entities(steps, ending, plain)
    if ending is Ending.REFERENCES:
        raise NotFound("$ref follows entities, not a property", *rest[0])
    return _end_at_property(steps, ending or Ending.PROPERTY, rest, plain)


def parse_reference(text: str, root: str = "") -> tuple[EntityType, int]:
    """The entity that a self link names, as in `DELETE …/$ref?$id=…`.

    Absolute links must begin with `root`; `../Things(1)` and `Things(1)` are relative to it.
    Raises: BadRequest.
    """
    plain = text.strip().removeprefix("@")
    if root and plain.startswith(root):
        plain = plain[len(root) :]
    while plain.startswith("../"):
        plain = plain[3:]
    try:
        path = parse_path(plain)
    except NotFound as refused:
        raise BadRequest(str(refused.facts["reason"]), text) from None
    step = path.steps[0]
    if len(path.steps) != 1 or step.key is None or path.ending is not Ending.ENTITIES:
        raise BadRequest("it is not the address of one entity", text)
    return step.entity, step.key


def _split(text: str) -> list[tuple[str, int]]:
    """Segments and where they begin; slashes between quotes stay."""
    parts: list[tuple[str, int]] = []
    start, is_quoted = 0, False
    for position, sign in enumerate(text):
        if sign == "'":
            is_quoted = not is_quoted
        elif sign == "/" and not is_quoted:
            parts.append((text[start:position], start))
            start = position + 1
    parts.append((text[start:], start))
    return parts


def _read_steps(parts: Sequence[tuple[str, int]]) -> tuple[list[Step], list[tuple[str, int]]]:
    """Steps along relations, and the segments behind them."""
    steps = [_first_step(*parts[0])]
    for index, (part, at) in enumerate(parts[1:], start=1):
        step = _next_step(steps[-1], part, at)
        if step is None:
            return steps, list(parts[index:])
        steps.append(step)
    return steps, []


def _first_step(part: str, at: int) -> Step:
    name, key = _read_key(part, at)
    entity = ENTITY_SETS.get(name)
    if entity is not None:
        return Step(entity, None, key)
    for known in ENTITY_TYPES.values():
        if name.lower() in (known.name.lower(), known.set_name.lower()):
            raise NotFound(f"the entity set is called {known.set_name}", name, at)
    raise NotFound("there is no entity set of this name", name, at)


def _next_step(before: Step, part: str, at: int) -> Step | None:
    """The step along a relation, or None where the segment names something else."""
    entity = before.entity
    if part in _ENDINGS or "(" not in part:
        relation = entity.find_relation(part)
        if relation is None:
            return None
        key = None
    else:
        name, key = _read_key(part, at)
        relation = entity.find_relation(name)
        if relation is None:
            raise NotFound(explain_unknown(entity, name), name, at)
        if not relation.is_many:
            raise NotFound(f"{name} leads to one entity and takes no id", part, at)
    if not before.is_entity:
        raise NotFound(f"{entity.set_name} needs an id before {relation.name}", part, at)
    return Step(target_of(relation), relation, key)


def _read_key(part: str, at: int) -> tuple[str, int | None]:
    if "(" not in part:
        return part, None
    match = _KEYED.fullmatch(part)
    if match is None:
        raise NotFound("it is not a segment such as Things(1)", part, at)
    if not _KEY.fullmatch(match["key"]) or int(match["key"]) > LARGEST_ID:
        raise NotFound("it is not a valid id: ids are whole numbers", part, at)
    return match["name"], int(match["key"])


def _end_at_entities(steps: list[Step], ending: Ending | None, text: str) -> ResourcePath:
    if ending is Ending.VALUE:
        raise NotFound("$value follows a property, not an entity", "$value", len(text) - 6)
    return ResourcePath(tuple(steps), ending or Ending.ENTITIES, text=text)


def _end_at_property(
    steps: list[Step], ending: Ending, rest: Sequence[tuple[str, int]], text: str
) -> ResourcePath:
    entity = steps[-1].entity
    segments: list[Segment] = []
    for part, at in rest:
        found = split_path(part, at)
        if found is None or len(found) != 1:
            raise NotFound("it is not a segment of a path", part, at)
        segments += found
    try:
        named = find_name(entity, segments[0])
        owned = named if isinstance(named, Property) else None
        members = read_members(owned, segments)
    except Unknown as unknown:
        raise NotFound(unknown.reason, unknown.segment.name, unknown.segment.at) from None
    if not steps[-1].is_entity:
        where = segments[0]
        raise NotFound(f"{entity.set_name} needs an id before a property", where.name, where.at)
    if owned is None and segments[0].name not in ID_NAMES:
        raise NotFound("a relation cannot have an index", segments[0].name, segments[0].at)
    return ResourcePath(tuple(steps), ending, owned, members, text)
