"""What a kind of connector is and asks for, as its manifest says; the form is made from it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec

from hereabouts.kernel.text import N_

OptionType = Literal["text", "url", "number", "integer", "choice", "lines"]
LONGEST_TEXT = 1_000
LONGEST_LINES = 20_000
MOST_LINES = 200

REQUIRED = N_("Enter this.")
NOT_A_NUMBER = N_("Enter a number.")
NOT_WHOLE = N_("Enter a whole number.")
TOO_SMALL = N_("Enter at least {least}.")
TOO_LARGE = N_("Enter at most {most}.")
NOT_OFFERED = N_("Choose one of those.")
NOT_AN_ADDRESS = N_("Enter an address that begins with https:// or http://.")
TOO_LONG = N_("This is too long.")
NOT_SO = N_("This cannot be written so.")

Values = Mapping[str, str]
"""What was typed, by option."""


class Option(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing to fill in; `default` is text, as it would be typed."""

    name: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z_]{0,39}$")]
    title: str
    type: OptionType
    help: str = ""
    required: bool = False
    default: str = ""
    choices: dict[str, str] = {}
    least: float | None = None
    most: float | None = None
    pattern: str = ""


class Interval(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How often it may be asked, in seconds."""

    least: int
    usual: int
    most: int


class GradeRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A reading is timely until it is older than `late_after` of its periods."""

    late_after: float = 4


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of connector. `parts` name options that several kinds share."""

    id: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z-]{0,39}$")]
    title: str
    reads: str
    reader: str
    ways: list[Literal["poll", "push"]]
    makes: str
    interval: Interval
    grade: GradeRules = GradeRules()
    licence: str = ""
    licence_url: str = ""
    attribution: str = ""
    parts: list[str] = []
    options: list[Option] = []

    @property
    def is_polled(self) -> bool:
        """Whether we ask; otherwise we are told."""
        return "poll" in self.ways


class Bad(msgspec.Struct, frozen=True):
    """Why an option cannot be used: an English message with `{placeholders}`, and its facts."""

    message: str
    facts: dict[str, float] = {}


def read_manifest(text: str, parts: Mapping[str, Sequence[Option]]) -> Manifest:
    """The manifest of a file, shared options put first. Raises: ValueError."""
    found = msgspec.toml.decode(text, type=Manifest)
    shared = [option for name in found.parts for option in parts[name]]
    return msgspec.structs.replace(found, options=[*shared, *found.options])


def read_parts(text: str) -> Mapping[str, Sequence[Option]]:
    """The shared options of a file, by name. Raises: ValueError."""
    return msgspec.toml.decode(text, type=dict[str, list[Option]])


def check_options(manifest: Manifest, typed: Values) -> tuple[dict[str, str], dict[str, Bad]]:
    """Every option's value, tidied, and what is wrong, by option. Unknown options are left out."""
    values: dict[str, str] = {}
    faults: dict[str, Bad] = {}
    for option in manifest.options:
        value = typed.get(option.name, option.default)
        value = value.strip() if option.type != "lines" else value.strip("\r\n ")
        values[option.name] = value
        fault = _check(option, value)
        if fault is not None:
            faults[option.name] = fault
    return values, faults


def _check(option: Option, value: str) -> Bad | None:
    if not value:
        return Bad(REQUIRED) if option.required else None
    is_line = option.type != "lines"
    if len(value) > (LONGEST_TEXT if is_line else LONGEST_LINES):
        return Bad(TOO_LONG)
    if "\x00" in value or (is_line and "\n" in value):
        return Bad(NOT_SO)
    return _check_type(option, value)


def _check_type(option: Option, value: str) -> Bad | None:
    if option.type == "choice":
        return None if value in option.choices else Bad(NOT_OFFERED)
    if option.type in ("number", "integer"):
        return _check_number(option, value)
    if option.type == "url":
        return None if is_web_address(value) else Bad(NOT_AN_ADDRESS)
    if value.count("\n") >= MOST_LINES:
        return Bad(TOO_LONG)
    if option.pattern and not re.fullmatch(option.pattern, value):
        return Bad(NOT_SO)
    return None


def _check_number(option: Option, value: str) -> Bad | None:
    try:
        number = float(value)
    except ValueError:
        return Bad(NOT_A_NUMBER)
    if not math.isfinite(number):
        return Bad(NOT_A_NUMBER)
    if option.type == "integer" and not re.fullmatch(r"-?[0-9]{1,15}", value):
        return Bad(NOT_WHOLE)
    if option.least is not None and number < option.least:
        return Bad(TOO_SMALL, {"least": option.least})
    if option.most is not None and number > option.most:
        return Bad(TOO_LARGE, {"most": option.most})
    return None


def is_web_address(text: str) -> bool:
    """Whether a text is an address of the web, without a name and password in it."""
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return False
    return parts.username is None and parts.password is None and text.isprintable()
