"""What is owed to those whose ground a map of sensors is drawn on."""

from __future__ import annotations

from hereabouts.places.api import sources


def credit_lines() -> list[str]:
    """One sentence for each publisher, sorted."""
    texts = {source.attribution for source in sources().values() if source.attribution}
    return sorted(_sentence(text) for text in texts)


def _sentence(text: str) -> str:
    lines = [line.strip().rstrip(".") for line in text.splitlines()]
    return " ".join(f"{line}." for line in lines if line)
