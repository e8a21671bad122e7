"""One way to write a value as JSON, so that a digest over it can be recomputed by anyone."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from enum import Enum

LARGEST_INTEGER = 2**53 - 1
"""Beyond this, readers that hold numbers as doubles would see another number."""

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]


class NotCanonicalError(ValueError):
    """A value has no canonical form; facts are in the message."""


class Encoded(bytes):
    """JSON that is canonical already and is put in place as it stands."""


def encode(value: object) -> Encoded:
    """Write a value in its canonical form, as UTF-8.

    Keys stand in the order of their UTF-16 units, numbers are written as ECMAScript does, and
    nothing is escaped that need not be. Raises: NotCanonicalError for NaN and infinity, integers
    beyond 2^53 - 1, keys that are not text, lone surrogates, and types JSON does not know.
    Source: RFC 8785.
    """
    try:
        return Encoded(_write(value).encode())
    except UnicodeEncodeError as fault:
        raise NotCanonicalError("text holds half a surrogate pair") from fault
    except RecursionError as fault:
        raise NotCanonicalError("nested too deeply") from fault


def _write(value: object) -> str:
    if isinstance(value, Encoded):
        return value.decode()
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Enum):
        return _write(value.value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int | float):
        return _number(value)
    return _collection(value)


def _text(value: str) -> str:
    # The standard library escapes exactly what the RFC asks for, and in the same short forms.
    return json.dumps(str(value), ensure_ascii=False)


def _collection(value: object) -> str:
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise NotCanonicalError(f"a key is {type(key).__name__}, not text")
        ordered = sorted(value.items(), key=_utf16_order)
        return "{" + ",".join(f"{_text(key)}:{_write(entry)}" for key, entry in ordered) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(_write(entry) for entry in value) + "]"
    raise NotCanonicalError(f"JSON has no {type(value).__name__}")


def _utf16_order(item: tuple[str, object]) -> bytes:
    return item[0].encode("utf-16-be")


def _number(value: int | float) -> str:
    if isinstance(value, int):
        if abs(value) > LARGEST_INTEGER:
            raise NotCanonicalError("an integer is beyond 2^53 - 1; write it as text")
        return str(int(value))
    if not math.isfinite(value):
        raise NotCanonicalError("a number is not finite")
    if value == 0:
        return "0"
    return _ecmascript(value)


def _ecmascript(value: float) -> str:
    """A finite, non-zero double as ECMAScript's Number::toString writes it."""
    sign = "-" if value < 0 else ""
    mantissa, _, exponent = repr(float(abs(value))).partition("e")
    whole, _, fraction = mantissa.partition(".")
    fraction = "" if fraction == "0" else fraction
    digits = (whole + fraction).lstrip("0")
    # The value is 0.<digits> × 10^point.
    point = len(whole) + int(exponent or 0)
    point -= len(whole + fraction) - len(digits)
    digits = digits.rstrip("0")
    return sign + _place(digits, point)


def _place(digits: str, point: int) -> str:
    if len(digits) <= point <= 21:
        return digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"0.{'0' * -point}{digits}"
    power = point - 1
    rest = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{digits[0]}{rest}e{'+' if power > 0 else '-'}{abs(power)}"
