"""Marks for text that people read, so that rules can name it without a framework."""

from __future__ import annotations


def N_(message: str) -> str:  # noqa: N802 - the name translation tools look for
    """Mark an English message for the catalogues and return it unchanged.

    Edges translate it when they show it: rules never know the reader's language.
    """
    return message
