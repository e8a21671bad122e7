"""What a table says about the people in it: class, purpose and end."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class PrivacyClass(Enum):
    """How closely a row is tied to a living person."""

    NONE = "none"
    PSEUDONYMOUS = "pseudonymous"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"


@dataclass(frozen=True)
class PersonalData:
    """A table's declaration: the class of its rows, what they are for, and how long they stay."""

    klass: PrivacyClass
    purpose: str
    kept_for: str

    def __post_init__(self) -> None:
        """Refuse a declaration that leaves a question open."""
        if not self.purpose or not self.kept_for:
            raise ValueError("personal data needs a purpose and an end")


def no_personal_data(kept_for: str = "as long as the installation") -> PersonalData:
    """The declaration of a table that holds nothing about people."""
    return PersonalData(PrivacyClass.NONE, "describes the place, not people", kept_for)
