"""What a JSON route says about itself, so that the description of the API is written from code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeVar

Handler = TypeVar("Handler", bound=Callable[..., object])

MARK = "description"
"""Name of the attribute a described route carries."""


@dataclass(frozen=True)
class Parameter:
    """One thing a caller may pass; `schema` is JSON Schema."""

    name: str
    meaning: str
    where: Literal["query", "path", "header"] = "query"
    schema: Mapping[str, object] = field(default_factory=lambda: {"type": "string"})
    is_required: bool = False


@dataclass(frozen=True)
class Description:
    """What a route answers, in one sentence, with its parameters and the type it returns.

    `returns` is a dataclass, msgspec Struct or other annotated type that JSON is made from; None
    where the answer is not described further.
    """

    summary: str
    parameters: tuple[Parameter, ...] = ()
    returns: type | None = None
    media_type: str = "application/json"
    tag: str = ""


def describe(
    summary: str,
    *parameters: Parameter,
    returns: type | None = None,
    media_type: str = "application/json",
    tag: str = "",
) -> Callable[[Handler], Handler]:
    """Mark a route with its description."""

    def mark(handler: Handler) -> Handler:
        setattr(handler, MARK, Description(summary, parameters, returns, media_type, tag))
        return handler

    return mark


def description_of(handler: object) -> Description | None:
    """The description a route carries, or None."""
    found = getattr(handler, MARK, None)
    return found if isinstance(found, Description) else None
