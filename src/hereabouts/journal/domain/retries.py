"""When a failed delivery is tried again, and what may be kept of why it failed."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import PurePath
from types import TracebackType

from hereabouts.kernel.refusals import Refusal

DELAYS = (
    timedelta(seconds=2),
    timedelta(seconds=15),
    timedelta(minutes=2),
    timedelta(minutes=15),
    timedelta(hours=1),
)
"""Waits before the second to the sixth attempt; after that a person has to look."""

LONGEST_FAILURE = 400

_SECRETS = (
    re.compile(r"(?<=://)[^\s/@]+@"),
    re.compile(r"(?i)\b(pass(?:word|wd)?|secret|token|key|authorization|cookie)\b\s*[=:]\s*\S+"),
    re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"),
    re.compile(r"(?i)\bbearer\s+\S+"),
    re.compile(r"\b[A-Za-z0-9_\-+/=]{24,}"),
    re.compile(r"\+?\d[\d ()-]{8,}\d"),
)


def delay_after(attempts: int) -> timedelta | None:
    """How long to wait after this many failed attempts; None when it is time to park."""
    return DELAYS[attempts - 1] if attempts <= len(DELAYS) else None


def describe_failure(fault: BaseException) -> str:
    """Why a reaction failed, fit to be stored and shown: no secrets, no addresses, one line.

    A refusal says its own sentence; any other fault its kind, its words without what looks like
    a secret or a person, and the place in our code.
    """
    if isinstance(fault, Refusal):
        return _shorten(f"{fault.code}: {_without_secrets(fault.sentence())}")
    place = _place(fault.__traceback__)
    words = " ".join(_without_secrets(str(fault)).split())
    said = f"{type(fault).__name__}: {words}" if words else type(fault).__name__
    return _shorten(said) + (f" ({place})" if place else "")


def _without_secrets(text: str) -> str:
    for pattern in _SECRETS:
        text = pattern.sub("[…]", text)
    return text


def _shorten(text: str) -> str:
    return text if len(text) <= LONGEST_FAILURE else text[: LONGEST_FAILURE - 1] + "…"


def _place(trace: TracebackType | None) -> str:
    """The last line of our own code that the fault passed, as `file.py:12`."""
    place = ""
    while trace is not None:
        path = PurePath(trace.tb_frame.f_code.co_filename)
        if "hereabouts" in path.parts:
            place = f"{path.name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place
