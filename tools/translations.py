"""Keeps the translation catalogues in step with the text in the code; needs no GNU gettext."""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "hereabouts"
LOCALES = PACKAGE / "locale"
TEMPLATE = ROOT / "build" / "django.pot"
LANGUAGES = ("en", "cy")
COMPLETE = ("cy",)
"""Languages in which every message has to have a translation; English is in the code."""
DRAFTED = "machine-drafted"
"""The comment on a translation that no speaker has read yet."""

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
HEADER = f"""\
# Texts of Hereabouts. Apache-2.0.
# Entries marked "{DRAFTED}" were drafted by a machine and await a speaker:
# correct them freely, and take the mark away."""

METHODS = [("**/migrations/**", "ignore"), ("**.py", "python"), ("**/templates/**.html", "jinja2")]
DATA = "sensing/data/connectors/*.toml"
"""Descriptions whose texts pages translate."""
DATA_TEXTS = ("title", "help", "reads", "makes")
"""The keys in them whose values people read; choices are read as well."""
OPTIONS = {"**/templates/**.html": {"extensions": "jinja2.ext.do", "trimmed": "true"}}
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "N_": None,
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%?\{\w*\}")


def texts_of(data: object) -> Iterator[str]:
    """The texts in a description, however deep they stand."""
    if isinstance(data, list):
        for item in data:
            yield from texts_of(item)
    elif isinstance(data, dict):
        yield from (value for key in DATA_TEXTS if isinstance(value := data.get(key), str))
        choices = data.get("choices", {})
        yield from choices.values() if isinstance(choices, dict) else ()
        for value in data.values():
            yield from texts_of(value)


def extract() -> Catalog:
    """Every message of the package, with the files it stands in."""
    catalogue = new_catalogue()
    for name, _, message, comments, context in extract_from_dir(
        str(PACKAGE), METHODS, OPTIONS, KEYWORDS, comment_tags=("Translators:",)
    ):
        place = (name.replace("\\", "/"), None)
        catalogue.add(message, None, [place], auto_comments=comments, context=context)
    for path in sorted(PACKAGE.glob(DATA)):
        for text in texts_of(tomllib.loads(path.read_text("utf-8"))):
            catalogue.add(text, None, [(path.relative_to(PACKAGE).as_posix(), None)])
    return catalogue


def new_catalogue(language: str | None = None) -> Catalog:
    """An empty catalogue with our header; without the time of day, which would say nothing."""
    found = Catalog(
        locale=language,
        project="Hereabouts",
        version="0",
        header_comment=HEADER,
        creation_date=BEGAN,
        revision_date=BEGAN,
        last_translator="nobody yet",
        language_team="none yet",
        fuzzy=False,
    )
    found.msgid_bugs_address = ""
    return found


def path_of(language: str) -> Path:
    """Where the catalogue of a language is kept."""
    return LOCALES / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> Catalog:
    """The catalogue of a language as it stands; empty where there is none yet."""
    path = path_of(language)
    if not path.exists():
        return new_catalogue(language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update() -> None:
    """Bring every catalogue up to the text in the code; what is no longer said is dropped."""
    template = extract()
    for language in LANGUAGES:
        catalogue = read(language)
        catalogue.update(template, no_fuzzy_matching=True, update_header_comment=False)
        catalogue.obsolete.clear()
        catalogue.creation_date = catalogue.revision_date = BEGAN
        path = path_of(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, catalogue, width=100, sort_output=True, include_lineno=False)
        missing = sum(1 for message in messages(catalogue) if not is_translated(message))
        print(f"{language}: {len(catalogue)} messages, {missing} without a translation")


def compile_all() -> None:
    """Write the binary catalogues that Django reads."""
    for language in LANGUAGES:
        with path_of(language).with_suffix(".mo").open("wb") as file:
            write_mo(file, read(language))


def messages(catalogue: Catalog) -> Iterator[Message]:
    """The messages of a catalogue without its header."""
    return (message for message in catalogue if message.id)


def is_translated(message: Message) -> bool:
    """Whether every form of a message has a translation."""
    return all(forms(message))


def forms(message: Message) -> tuple[str, ...]:
    """The translation of a message in every plural form it has."""
    found = message.string or ""
    return (found,) if isinstance(found, str) else tuple(found)


def faults_of(language: str, catalogue: Catalog, wanted: Catalog) -> Iterator[str]:
    """What is wrong with a catalogue, one sentence each."""
    has, needs = keys(catalogue), keys(wanted)
    for key in sorted(needs - has, key=str):
        yield f"{language}: not in the catalogue: {key[1]}"
    for key in sorted(has - needs, key=str):
        yield f"{language}: no longer in the code: {key[1]}"
    for message in messages(catalogue):
        if message.fuzzy:
            yield f"{language}: fuzzy, so it is not used: {message.id}"
        if language in COMPLETE and not is_translated(message):
            yield f"{language}: not translated: {message.id}"
        yield from placeholder_faults(language, message)


def keys(catalogue: Catalog) -> set[tuple[str | None, object]]:
    """What tells messages apart: their context and their English."""
    return {(message.context, message.id) for message in messages(catalogue)}


def placeholder_faults(language: str, message: Message) -> Iterator[str]:
    """Translations that leave out a placeholder, or have one that nothing fills.

    A plural form may leave one out: "one street" needs no number.
    """
    english = message.id if isinstance(message.id, (list, tuple)) else (message.id,)
    allowed = {name for text in english for name in PLACEHOLDER.findall(text)}
    for form in filter(None, forms(message)):
        found = set(PLACEHOLDER.findall(form))
        if not found <= allowed or (len(english) == 1 and found != allowed):
            yield f"{language}: placeholders differ: {form}"


def check() -> int:
    """Say what is wrong with the catalogues; the number of faults."""
    wanted = extract()
    faults = [fault for name in LANGUAGES for fault in faults_of(name, read(name), wanted)]
    for fault in faults:
        print(fault, file=sys.stderr)
    if faults:
        print(
            f"{len(faults)} faults in the catalogues: `make translations` brings them up to the "
            "code, translations are written by hand.",
            file=sys.stderr,
        )
    return len(faults)


def main(arguments: Iterable[str] | None = None) -> int:
    """Run one of the commands."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=("extract", "update", "compile", "check"))
    command = parser.parse_args(None if arguments is None else list(arguments)).command
    if command == "check":
        return 1 if check() else 0
    if command == "extract":
        TEMPLATE.parent.mkdir(exist_ok=True)
        with TEMPLATE.open("wb") as file:
            write_po(file, extract(), width=100, sort_output=True, include_lineno=False)
        print(f"{TEMPLATE.relative_to(ROOT)}: {len(extract())} messages")
    elif command == "update":
        update()
    else:
        compile_all()
    return 0


if __name__ == "__main__":
    sys.exit(main())
