"""Names and questions reduced to bare words, so that spelling habits do not stand between them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping

MAX_WORDS = 12
MAX_WORD = 40
FUZZY_FROM = 4
"""Shorter words have too many neighbours for a guess to be worth anything."""

SPELLINGS: Mapping[str, tuple[str, ...]] = {
    "ave": ("avenue", "ave", "av", "rhodfa"),
    "bldgs": ("buildings", "building", "bldgs", "bldg", "adeiladau"),
    "br": ("bridge", "br", "brdg"),
    "cl": ("close", "cl", "clos"),
    "cot": ("cottage", "cottages", "cot", "cotts", "bwthyn"),
    "cres": ("crescent", "cres", "cresc", "cilgant"),
    "ct": ("court", "ct", "crt", "llys"),
    "dr": ("drive", "dr", "drv"),
    "e": ("east", "e", "dwyrain"),
    "est": ("estate", "est", "ystad"),
    "gdns": ("gardens", "garden", "gdns", "gdn", "gerddi"),
    "gr": ("grove", "gr", "grv", "gro"),
    "gt": ("great", "gt"),
    "hl": ("hill", "hl"),
    "ho": ("house", "hse", "ho"),
    "hts": ("heights", "hts"),
    "jn": ("junction", "jn", "jct", "jctn"),
    "ln": ("lane", "ln", "lon"),
    "lt": ("little", "lt"),
    "lwr": ("lower", "lwr"),
    "mt": ("mount", "mt"),
    "n": ("north", "n", "gogledd"),
    "new": ("new", "newydd"),
    "pde": ("parade", "pde"),
    "pk": ("park", "pk", "parc"),
    "pl": ("place", "pl"),
    "prim": ("primary", "prim", "cynradd"),
    "rd": ("road", "rd", "heol", "ffordd", "ffd", "fford"),
    "s": ("south", "s"),
    "sch": ("school", "sch", "ysgol"),
    "sq": ("square", "sq", "sgwar"),
    "st": ("street", "saint", "st", "str", "stryd", "sant"),
    "sta": ("station", "sta", "stn", "gorsaf"),
    "tce": ("terrace", "tce", "ter", "terr", "teras"),
    "upr": ("upper", "upr", "uwch"),
    "vw": ("view", "vw"),
    "w": ("west", "w", "gorllewin"),
    "wlk": ("walk", "wlk"),
    "wy": ("way", "wy"),
}
"""Words of addresses and the ways people write them, English and Welsh."""

_BARE: Mapping[str, str] = {
    spelling: bare for bare, spellings in SPELLINGS.items() for spelling in spellings
}
COMMONPLACE = frozenset("ave cl cres ct dr gdns gr ln pde pl rd sq st tce vw wlk wy".split())
"""Bare words that so many streets share that one alone tells nothing."""

PASSED_OVER = frozenset(("the", "in", "near", "at", "on", "of", "and", "off"))
"""Words a question may have and a name need not."""

_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ð": "d", "þ": "th", "ł": "l", "đ": "d", "ı": "i"}
)
_APOSTROPHES = re.compile("['’‘ʼ`´]")
_WORD = re.compile(r"[^\W_]+")


def plain_words(text: str) -> list[str]:
    """The words of a text in lower case, bare of accents and punctuation; at most 12."""
    folded = unicodedata.normalize("NFKD", text).casefold().translate(_LETTERS)
    bare = "".join(sign for sign in folded if not unicodedata.combining(sign))
    joined = _APOSTROPHES.sub("", bare).replace("&", " and ")
    return [word[:MAX_WORD] for word in _WORD.findall(joined)[:MAX_WORDS]]


def bare_word(word: str) -> str:
    """The one form that stands for every spelling of a plain word: `road` and `heol` give `rd`."""
    return _BARE.get(word, word)


def key_of(text: str) -> str:
    """A name as it is compared: its bare words with spaces between."""
    return " ".join(bare_word(word) for word in plain_words(text))


def terms_of(text: str) -> list[str]:
    """The words under which a name is filed: its bare words, and the name written as one word.

    The second finds "milllane" and "alltyryn".
    """
    plain = plain_words(text)
    terms = [bare_word(word) for word in plain]
    if 2 <= len(plain) <= 4:
        terms.append("".join(plain)[:MAX_WORD])
    return list(dict.fromkeys(terms))


def shortened(word: str) -> Iterator[str]:
    """The word, and the word with each one of its letters left out."""
    yield word
    if len(word) >= FUZZY_FROM:
        seen = {word}
        for place in range(len(word)):
            variant = word[:place] + word[place + 1 :]
            if variant not in seen:
                seen.add(variant)
                yield variant


def is_one_error_apart(typed: str, word: str) -> bool:
    """Whether one letter was added, lost or replaced, or two neighbours were swapped, or none."""
    if abs(len(typed) - len(word)) > 1:
        return False
    if len(typed) > len(word):
        typed, word = word, typed
    same = next((at for at, sign in enumerate(typed) if sign != word[at]), len(typed))
    rest, other = typed[same:], word[same:]
    if len(rest) < len(other):
        return rest == other[1:]
    is_swapped = rest[:2] == other[1::-1] if len(rest) > 1 else False
    return rest[1:] == other[1:] or (is_swapped and rest[2:] == other[2:])


def misspelt_bare_words(typed: str) -> set[str]:
    """Bare words of address words one error away: `raod` gives `rd`."""
    if len(typed) < FUZZY_FROM - 1:
        return set()
    return {
        bare
        for spelling, bare in _BARE.items()
        if len(spelling) >= FUZZY_FROM and is_one_error_apart(typed, spelling)
    }


def begun_bare_words(typed: str) -> set[str]:
    """Bare words of address words that begin so: `gard` gives `gdns`."""
    if len(typed) < 2:
        return set()
    return {bare for spelling, bare in _BARE.items() if spelling.startswith(typed)}
