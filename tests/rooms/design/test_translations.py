"""The keeper of the catalogues: what it finds, and what it will not let pass."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from tools import translations

pytestmark = pytest.mark.once


def catalogue(**texts: str) -> Catalog:
    found = Catalog(locale="cy", fuzzy=False)
    for english, welsh in texts.items():
        found.add(english, welsh)
    return found


def faults(has: Catalog, needs: Catalog, language: str = "cy") -> list[str]:
    return list(translations.faults_of(language, has, needs))


def test_a_whole_catalogue_has_no_faults() -> None:
    assert faults(catalogue(Street="Stryd"), catalogue(Street="")) == []


def test_a_new_text_is_missed() -> None:
    assert faults(catalogue(), catalogue(Street="")) == ["cy: not in the catalogue: Street"]


def test_an_old_text_is_noticed() -> None:
    assert faults(catalogue(Lane="Lôn"), catalogue()) == ["cy: no longer in the code: Lane"]


def test_a_text_without_welsh_is_a_fault_and_without_english_is_not() -> None:
    assert faults(catalogue(Street=""), catalogue(Street="")) == ["cy: not translated: Street"]
    assert faults(catalogue(Street=""), catalogue(Street=""), "en") == []


@pytest.mark.parametrize(
    ("english", "welsh"),
    [
        ("Map of %(name)s", "Map o %(enw)s"),
        ("Map of %(name)s", "Map"),
        ("It is {reason}.", "Mae."),
        ("You have %{count} left", "Mae gennych %{cyfrif}"),
    ],
)
def test_a_placeholder_that_is_not_filled_is_a_fault(english: str, welsh: str) -> None:
    has, needs = Catalog(locale="cy", fuzzy=False), Catalog(fuzzy=False)
    has.add(english, welsh)
    needs.add(english)
    assert faults(has, needs) == [f"cy: placeholders differ: {welsh}"]


def test_a_plural_form_may_leave_the_number_out() -> None:
    has, needs = Catalog(locale="cy", fuzzy=False), Catalog(fuzzy=False)
    english = ("%(num)d street", "%(num)d streets")
    has.add(english, ("%(num)d stryd", "un stryd", "dwy stryd", "%(num)d stryd", "%(num)d stryd"))
    needs.add(english)
    assert faults(has, needs) == []


def test_a_guess_is_not_let_pass() -> None:
    has = Catalog(locale="cy", fuzzy=False)
    has.add("Street", "Stryd", flags=["fuzzy"])
    assert faults(has, catalogue(Street="")) == ["cy: fuzzy, so it is not used: Street"]


def test_texts_are_found_in_code_marks_and_templates() -> None:
    found = {str(message.id) for message in translations.messages(translations.extract())}
    assert "Skip to main content" in found  # a template
    assert "Sign in to continue." in found  # N_ in a rule
    assert "Enter a real date" in found  # gettext_lazy
    assert "%(label)s (optional)" in found  # gettext with a placeholder
    assert "Name of the station" in found  # a description of a connector


def test_an_update_drops_what_is_no_longer_said_and_keeps_what_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(translations, "LOCALES", tmp_path)
    monkeypatch.setattr(translations, "extract", lambda: catalogue(Street="", Lane=""))
    translations.update()
    file = translations.path_of("cy")
    file.write_text(
        file.read_text().replace('msgid "Lane"\nmsgstr ""', 'msgid "Lane"\nmsgstr "Lôn"')
    )
    monkeypatch.setattr(translations, "extract", lambda: catalogue(Lane="", Road=""))
    translations.update()
    kept = {
        str(message.id): message.string
        for message in translations.messages(translations.read("cy"))
    }
    assert kept == {"Lane": "Lôn", "Road": ""}
    before = file.read_bytes()
    translations.update()
    assert file.read_bytes() == before


def test_the_catalogues_of_the_package_are_whole() -> None:
    assert translations.check() == 0
