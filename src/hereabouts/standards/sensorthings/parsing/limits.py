"""How large and how deep a request may be before it is refused."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ParseLimits:
    """Bounds on what is parsed, so that no text makes the service work without end."""

    text: int = 32_768
    """Characters of a query string or path."""
    nodes: int = 2_000
    """Nodes of one expression."""
    depth: int = 40
    """Brackets and calls inside each other."""
    chain: int = 60
    """Operands of one chain of arithmetic or comparisons without brackets."""
    expands: int = 12
    """Levels of `$expand` inside each other."""
    expansions: int = 60
    """Relations expanded by one request."""
    items: int = 200
    """Entries of one list: `$select`, `$orderby`, `in`."""
    steps: int = 20
    """Segments of one path."""


LIMITS = ParseLimits()
"""The limits unless a caller says otherwise."""
