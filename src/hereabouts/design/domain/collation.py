"""Alphabetical order as a reader of the language expects it, in English and in Welsh."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping

SortKey = tuple[tuple[tuple[int, int], ...], str]
"""What two names are compared by: letters first, then the text itself."""

WELSH_ALPHABET = (
    "a b c ch d dd e f ff g ng h i j k l ll m n o p ph q r rh s t th u v w x y z".split()
)
"""The Welsh alphabet, with k, q, v, x and z where an English reader looks for them.

Source: Geiriadur Prifysgol Cymru, order of headwords.
"""
ENGLISH_ALPHABET = list("abcdefghijklmnopqrstuvwxyz")

SPACE, NUMBER, LETTER = 0, 1, 2
_ALPHABETS: Mapping[str, list[str]] = {"cy": WELSH_ALPHABET, "en": ENGLISH_ALPHABET}
_EXPANSIONS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ð": "d", "þ": "th"})


def sort_key(language: str) -> Callable[[str], SortKey]:
    """The key that sorts names in the order of a language, `cy` or English for all others.

    Accents and capitals decide only between names that are otherwise the same; punctuation is
    passed over; numbers sort by size, so that 2 comes before 10. In Welsh `ng`, `ll` and the other
    double letters are always taken as one letter, though in a few names (Bangor) they are two.
    """
    letters = _ALPHABETS.get(language.split("-")[0], ENGLISH_ALPHABET)
    ranks = {letter: rank for rank, letter in enumerate(letters)}
    longest_first = sorted(letters, key=len, reverse=True)
    token = re.compile(rf"\s+|[0-9]+|{'|'.join(longest_first)}|[^\W\d_]")

    def key(name: str) -> SortKey:
        return tuple(_elements(_plain(name), token, ranks)), name.casefold()

    return key


def _plain(name: str) -> str:
    """Lower case without accents or surrounding space."""
    decomposed = unicodedata.normalize("NFKD", name.casefold().translate(_EXPANSIONS))
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign)).strip()


def _elements(text: str, token: re.Pattern[str], ranks: Mapping[str, int]) -> list[tuple[int, int]]:
    found = []
    for piece in token.findall(text):
        if piece.isspace():
            found.append((SPACE, 0))
        elif piece.isdecimal():
            found.append((NUMBER, int(piece)))
        else:
            # Letters of other scripts follow ours, in the order of their code points.
            found.append((LETTER, ranks.get(piece, len(ranks) + ord(piece[0]))))
    return found
