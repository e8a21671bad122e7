"""What somebody typed into the box, taken apart: words, numbers, a postcode, an identifier."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hereabouts.places.domain.search_entries import is_number
from hereabouts.places.domain.search_words import COMMONPLACE, PASSED_OVER, bare_word, plain_words

MAX_LENGTH = 120
MAX_QUESTION_WORDS = 8

_OUTWARD = r"[A-Z]{1,2}[0-9][A-Z0-9]?"
_FULL = re.compile(
    rf"(?<![A-Za-z0-9])({_OUTWARD})\s*([0-9][A-Z]{{2}})(?![A-Za-z0-9])", re.IGNORECASE
)
_PART = re.compile(rf"^({_OUTWARD})([0-9][A-Z]{{0,2}})?$")
_UID = re.compile(r"^[a-z]{1,4}-[0-9a-hjkmnp-tv-z]{12}$")


@dataclass(frozen=True)
class Word:
    """One word of a question: as typed, and as names are filed."""

    typed: str
    bare: str
    is_number: bool = False
    postcode: str = ""

    @property
    def is_telling(self) -> bool:
        """Whether it tells one name from another, as "road", "the" and "12" do not."""
        return not (self.is_number or self.may_be_passed_over or self.bare in COMMONPLACE)

    @property
    def may_be_passed_over(self) -> bool:
        """Whether a name need not have it."""
        return self.typed in PASSED_OVER


@dataclass(frozen=True)
class Question:
    """A question taken apart; `postcodes` are beginnings of postcodes that the whole may be."""

    text: str
    words: tuple[Word, ...]
    key: str
    postcodes: tuple[str, ...]
    identifier: str
    is_uid: bool

    @property
    def is_full_code(self) -> bool:
        """Whether it reaches into the second half of a postcode: NP20 1 or NP20 1AB."""
        return any(not beginning.endswith(" ") for beginning in self.postcodes)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to look for."""
        return not self.words


def ask(text: str) -> Question:
    """Take a question of at most 120 characters apart."""
    text = tidy(text)[:MAX_LENGTH]
    joined = _FULL.sub(lambda found: f" {found[1]}{found[2]} ", text)
    words = tuple(_word(plain) for plain in plain_words(joined)[:MAX_QUESTION_WORDS])
    compact = "".join(sign for sign in text if sign.isalnum() or sign in "-/_.:")
    return Question(
        text=text,
        words=words,
        key=" ".join(word.bare for word in words),
        postcodes=tuple(postcode_beginnings(text)),
        identifier=compact if any(sign.isdigit() for sign in compact) else "",
        is_uid=bool(_UID.match(text.lower())),
    )


def tidy(text: str) -> str:
    """A text on one line, without control characters and with single spaces."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def postcode_beginnings(text: str) -> list[str]:
    """The beginnings of canonical postcodes (`NP20 1AB`) that a text may stand for; often none.

    `NP201` may begin in `NP20 1`; `NP20` is also the beginning of `NP20 1AB`.
    """
    compact = "".join(re.split(r"[\s.\-]+", text)).upper()
    if not 2 <= len(compact) <= 7 or not compact.isascii() or not compact.isalnum():
        return []
    found = []
    for cut in range(2, len(compact) + 1):
        outward, inward = compact[:cut], compact[cut:]
        match = _PART.match(outward)
        if match and not match[2] and (not inward or re.match(r"^[0-9][A-Z]{0,2}$", inward)):
            found.append(f"{outward} {inward}")
    return found


def canonical_postcode(text: str) -> str:
    """A full postcode as `NP20 1AB`, whatever its spacing and case; empty when it is not one."""
    compact = "".join(sign for sign in text if sign.isalnum()).upper()
    outward, inward = compact[:-3], compact[-3:]
    if re.fullmatch(_OUTWARD, outward) and re.fullmatch(r"[0-9][A-Z]{2}", inward):
        return f"{outward} {inward}"
    return ""


def joined_questions(question: Question) -> list[Question]:
    """The same question with two neighbouring words written as one, for each pair of neighbours."""
    words = question.words
    found = []
    for place in range(len(words) - 1):
        left, right = words[place], words[place + 1]
        if left.is_number or right.is_number:
            continue
        pair = _word(left.typed + right.typed)
        found.append(_with_words(question, (*words[:place], pair, *words[place + 2 :])))
    return found


def _with_words(question: Question, words: tuple[Word, ...]) -> Question:
    return Question(
        text=question.text,
        words=words,
        key=" ".join(word.bare for word in words),
        postcodes=(),
        identifier="",
        is_uid=False,
    )


def _word(plain: str) -> Word:
    upper = plain.upper()
    part = _PART.match(upper)
    full = canonical_postcode(upper)
    return Word(
        typed=plain,
        bare=bare_word(plain),
        is_number=is_number(plain),
        postcode=full or (f"{upper} " if part and not part[2] else ""),
    )
