"""Reads what a parsed request asks for, of one connection, within limits."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from hereabouts.sensing.domain.grants import DataClass
from hereabouts.sensing.errors.entities import NoSuchEntity
from hereabouts.sensing.errors.reading import AnswerTooLarge, AnswerTooLong
from hereabouts.sensing.queries.reading.counting import count_entities
from hereabouts.sensing.queries.reading.database import Database, database_of_thread
from hereabouts.sensing.queries.reading.distinct import read_distinct
from hereabouts.sensing.queries.reading.expanding import Loaded, expand, load, page_size
from hereabouts.sensing.queries.reading.forms import DOCUMENTS, TEXTS, Form
from hereabouts.sensing.queries.reading.limits import LIMITS, Limits
from hereabouts.sensing.queries.reading.listing import add_filter, open_listing
from hereabouts.sensing.queries.reading.observing import is_plain, write_rows
from hereabouts.sensing.queries.reading.pages import read_page
from hereabouts.sensing.queries.reading.paging import next_link
from hereabouts.sensing.queries.reading.prepared import read_rows
from hereabouts.sensing.queries.reading.selecting import Document, select, walk
from hereabouts.sensing.queries.reading.sources import Reader
from hereabouts.standards.sensorthings.model import ENTITY_TYPES, EntityType
from hereabouts.standards.sensorthings.tree import (
    Ending,
    Expression,
    Metadata,
    Options,
    ResourcePath,
    ResultFormat,
    SelectedProperty,
    Step,
)

LOGGER = logging.getLogger(__name__)

ESTIMATED = "@hereabouts.countIsEstimated"
"""Stands beside a count that is no exact one."""


@dataclass
class Answer:
    """What was read.

    `entities` are dicts ready for msgspec, in the order asked for; of an entity path, one. With
    PROPERTY and VALUE endings, `value` is what stands there, None for null. `streams` runs beside
    `entities` where they are Observations: the id of the stream of each, and whether it is a
    MultiDatastream. `count` is there where it was asked for.
    """

    entity_type: EntityType
    entities: list[Any] = field(default_factory=list)
    count: int | None = None
    is_estimated: bool = False
    next_link: str | None = None
    value: Any = None
    streams: list[tuple[int, bool]] = field(default_factory=list)


def read(
    path: ResourcePath,
    options: Options,
    *,
    level: DataClass,
    base: str,
    limits: Limits = LIMITS,
    database: Database | None = None,
    now: int | None = None,
) -> Answer:
    """Everything a GET asks for; `base` is the absolute service root without a slash behind.

    `database` is this thread's Django connection unless another is given; `now` is in microseconds.
    Raises: NoSuchEntity, BadPageToken, CannotBeAsked, AnswerTooLarge, QuestionTooSlow.
    """
    reader = _reader(level, limits, database, now)
    with _watched(reader, path.text):
        if path.ending in (Ending.PROPERTY, Ending.VALUE):
            return _read_value(reader, path)
        if path.ending is Ending.REFERENCES:
            options = _references_only(options)
        if options.is_distinct and not path.is_entity:
            return _read_distinct(reader, path, options, base)
        answer = _read_entities(reader, path, options, base)
        if path.ending is Ending.REFERENCES:
            prefix = f"{base}/{path.entity.set_name}("
            answer.entities = [
                {"@iot.selfLink": f"{prefix}{entity['@iot.id']})"} for entity in answer.entities
            ]
        return answer


def observations_page_bytes(
    path: ResourcePath,
    options: Options,
    *,
    level: DataClass,
    base: str,
    limits: Limits = LIMITS,
    database: Database | None = None,
    now: int | None = None,
) -> bytes | None:
    """A plain page of observations as the JSON text of the whole answer; None for other questions.

    The same as encoding what `read` answers, but quicker; None also where a row has more to show
    than most. Raises: as `read`.
    """
    is_set = path.entity.name == "Observation" and not path.is_entity
    if not is_set or not is_plain(path.ending, options) or options.count:
        return None
    reader = _reader(level, limits, database, now)
    with _watched(reader, path.text, is_single=True):
        size = page_size(reader, options)
        rows, places = read_rows(reader, path, options, size)
        if not rows and len(path.steps) > 1 and not _is_there(reader, path.steps):
            raise NoSuchEntity(name=path.text)
        link = ""
        if len(rows) > size:
            rows.pop()
            following = next_link(base, path.text, options, [rows[-1][place] for place in places])
            link = f'"@iot.nextLink":"{following}",'
        body = write_rows(rows, base)
        return None if body is None else f'{{{link}"value":[{body}]}}'.encode()


def answer_bytes(
    path: ResourcePath,
    options: Options,
    *,
    level: DataClass,
    base: str,
    limits: Limits = LIMITS,
    database: Database | None = None,
    now: int | None = None,
) -> bytes | None:
    """An entity or a page of a set as the JSON text of the whole answer; None for other forms.

    The same as encoding what `read` answers, but quicker. Raises: as `read`.
    """
    if path.ending is not Ending.ENTITIES or options.result_format is not ResultFormat.JSON:
        return None
    if options.is_distinct and not path.is_entity:
        return None
    told: dict[str, Any] = {"level": level, "base": base, "limits": limits}
    plain = observations_page_bytes(path, options, **told, database=database, now=now)
    if plain is not None:
        return plain
    reader = _reader(level, limits, database, now)
    with _watched(reader, path.text):
        answer = _read_entities(reader, path, options, base, form=TEXTS)
        if path.is_entity:
            return str(answer.entities[0]).encode()
        return _page_text(answer, options).encode()


def _page_text(answer: Answer, options: Options) -> str:
    count = link = ""
    if answer.count is not None:
        estimated = f',"{ESTIMATED}":true' if answer.is_estimated else ""
        count = f'"@iot.count":{answer.count}{estimated},'
    if answer.next_link is not None and options.metadata is not Metadata.OFF:
        link = f'"@iot.nextLink":"{answer.next_link}",'
    return f'{{{count}{link}"value":[{",".join(answer.entities)}]}}'


def exists(path: ResourcePath, level: DataClass, *, database: Database | None = None) -> bool:
    """Whether every step of a path leads on to the next, for this reader.

    A path that ends in a set is there where what the set hangs on is there.
    """
    return _is_there(_reader(level, LIMITS, database, None), path.steps)


def find_ids(
    path: ResourcePath,
    condition: Expression | None,
    level: DataClass,
    *,
    limits: Limits = LIMITS,
    database: Database | None = None,
    now: int | None = None,
) -> list[int]:
    """Ids of all entities of a set for which a filter holds, in order. Raises: NoSuchEntity."""
    reader = _reader(level, limits, database, now)
    with _watched(reader, path.text):
        listing = open_listing(reader, path.steps)
        add_filter(listing, condition)
        rows = listing.query.run(
            f"SELECT {listing.alias}.id{listing.source.text(listing.where)}"
            f" ORDER BY {listing.alias}.id"
        )
        if not rows and not _is_there(reader, path.steps):
            raise NoSuchEntity(name=path.text)
        return [row[0] for row in rows]


def entity_document(
    entity_type: EntityType | str,
    id: int,
    level: DataClass,
    base: str,
    *,
    options: Options = Options(),  # noqa: B008 - frozen
    database: Database | None = None,
) -> Document | None:
    """One entity as a GET of it would show it; None where there is none for this reader."""
    entity = ENTITY_TYPES[entity_type] if isinstance(entity_type, str) else entity_type
    path = ResourcePath((Step(entity, key=id),), text=f"{entity.set_name}({id})")
    try:
        answer = read(path, options, level=level, base=base, database=database)
    except NoSuchEntity:
        return None
    document: Document = answer.entities[0]
    return document


def _reader(level: DataClass, limits: Limits, database: Database | None, now: int | None) -> Reader:
    now = time.time_ns() // 1000 if now is None else now
    return Reader(database or database_of_thread(), level, limits, now)


@contextmanager
def _watched(reader: Reader, what: str, *, is_single: bool = False) -> Iterator[None]:
    """One snapshot, the time limit, and a line in the log for what was slow."""
    begun = time.perf_counter()
    with reader.database.reading(reader.limits.seconds, is_single=is_single):
        yield
    seconds = time.perf_counter() - begun
    if seconds > reader.limits.slow_seconds:
        LOGGER.warning("reading %s took %.0f ms", what, seconds * 1000)


def _references_only(options: Options) -> Options:
    return replace(options, select=(SelectedProperty(None),), expand=())


def _read_distinct(reader: Reader, path: ResourcePath, options: Options, base: str) -> Answer:
    documents, link = read_distinct(reader, path, options, base)
    if not documents and not _is_there(reader, path.steps):
        raise NoSuchEntity(name=path.text)
    return Answer(path.entity, documents, next_link=link)


def _read_entities(
    reader: Reader, path: ResourcePath, options: Options, base: str, *, form: Form = DOCUMENTS
) -> Answer:
    if path.is_entity:
        loaded = _load_entity(reader, path, options, base, form=form)
        expand(reader, loaded, options, base)
        return Answer(path.entity, loaded.made, streams=_streams(loaded))
    size = page_size(reader, options)
    while True:
        try:
            return _Page(reader, path, options, base, form).read(size)
        except (AnswerTooLarge, AnswerTooLong) as refusal:
            # A shorter page with a next link is an answer; a refusal is none.
            if size <= 1 or (isinstance(refusal, AnswerTooLarge) and not options.expand):
                raise
            size = max(1, size // 8)


def _load_entity(
    reader: Reader, path: ResourcePath, options: Options, base: str, *, form: Form = DOCUMENTS
) -> Loaded:
    selection = select(path.entity, options, base)
    listing = open_listing(reader, path.steps)
    if selection.needs_state:
        listing.source.add_state(listing.alias)
    columns = ", ".join(column.format(listing.alias) for column in selection.columns)
    rows = listing.query.run(f"SELECT {columns}{listing.source.text(listing.where)} LIMIT 1")
    if not rows:
        raise NoSuchEntity(name=path.text)
    return load(reader, form, selection, rows)


@dataclass(frozen=True)
class _Page:
    """A page of a set."""

    reader: Reader
    path: ResourcePath
    options: Options
    base: str
    form: Form

    def read(self, size: int) -> Answer:
        """As many entities as asked for, with the link to more."""
        reader, path, options, base = self.reader, self.path, self.options, self.base
        selection = select(path.entity, options, base)
        rows, places = read_page(reader, path, options, selection, size=size)
        if not rows and len(path.steps) > 1 and not _is_there(reader, path.steps):
            raise NoSuchEntity(name=path.text)
        answer = Answer(path.entity)
        if len(rows) > size:
            rows.pop()
            keys = [rows[-1][place] for place in places]
            answer.next_link = next_link(base, path.text, options, keys)
        loaded = load(reader, self.form, selection, rows)
        expand(reader, loaded, options, base)
        answer.entities, answer.streams = loaded.made, _streams(loaded)
        if options.count:
            answer.count, answer.is_estimated = count_entities(reader, path, options.filter)
        return answer


def _streams(loaded: Loaded) -> list[tuple[int, bool]]:
    at = loaded.selection.keys.get("stream")
    if at is None:
        return []
    return [(row[at], bool(row[at + 1])) for row in loaded.rows]


def _is_there(reader: Reader, steps: Sequence[Step]) -> bool:
    wanted = steps if steps[-1].is_entity else steps[:-1]
    if not wanted:
        return True
    listing = open_listing(reader, wanted)
    return bool(listing.query.run(f"SELECT 1{listing.source.text(listing.where)} LIMIT 1"))


def _read_value(reader: Reader, path: ResourcePath) -> Answer:
    """The property at the end of a path, or what is inside it."""
    chosen = SelectedProperty(path.leaf)
    document = _load_entity(reader, path, Options(select=(chosen,)), "").made[0]
    value = document["@iot.id" if path.leaf is None else path.leaf.name]
    if path.members:
        whole = msgspec.json.decode(value) if isinstance(value, msgspec.Raw) else value
        value, _ = walk(whole, path.members)
    return Answer(path.entity, value=value)
