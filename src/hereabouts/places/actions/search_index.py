"""The search index: rewritten for the features an import touched, in the import's transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from django.db import connection, models, transaction

from hereabouts.places.actions.bulk import delete_rows, insert_rows
from hereabouts.places.domain.kinds import Kind
from hereabouts.places.domain.search_entries import Entry, Named, entries_for, numbers_of
from hereabouts.places.domain.search_words import shortened
from hereabouts.places.models import (
    Area,
    Asset,
    Label,
    Premises,
    SearchAddress,
    SearchEntry,
    SearchPosting,
    SearchTerm,
    SearchVariant,
    Street,
)

BATCH = 900
"""Ids in one statement: below the number of parameters that any SQLite takes."""


def reindex(kind: Kind, ids: Collection[int]) -> int:
    """File these features of one kind afresh and answer how many names are filed for them.

    `ids` are internal ids. Features that have gone are taken out. Kinds that nobody searches by
    name (segments, ground, and postcodes, which have an index of their own) are passed over.
    Runs in the caller's transaction.
    """
    if kind not in _READERS:
        return 0
    total = 0
    with transaction.atomic():
        for batch in _batches(ids):
            remove(kind, batch)
            total += _write(list(_READERS[kind](batch)))
            if kind is Kind.PREMISES:
                _write_addresses(batch)
    return total


def remove(kind: Kind, ids: Collection[int]) -> None:
    """Take these features of one kind out of the index, in the caller's transaction."""
    for batch in _batches(ids):
        filed = SearchEntry.objects.filter(kind=kind.value, feature_id__in=batch)
        entries = list(filed.values_list("id", flat=True))
        for part in _batches(entries):
            delete_rows(SearchPosting._meta.db_table, "entry_id", part)
            delete_rows(SearchEntry._meta.db_table, "id", part)
        if kind is Kind.PREMISES:
            delete_rows(SearchAddress._meta.db_table, "premises_id", batch)


def reindex_all(say: Callable[[str, float], None] | None = None) -> int:
    """File the whole gazetteer afresh, sweeping words that no name has any more.

    Answers how many names are filed. `say` hears each kind and the share that is done.
    """
    total = 0
    with transaction.atomic():
        for table in (SearchPosting, SearchEntry, SearchAddress, SearchVariant, SearchTerm):
            _empty(table)
        for place, kind in enumerate(_READERS):
            if say:
                say(kind.value, place / len(_READERS))
            ids = _TABLES[kind]._default_manager.filter(gone_at=None)
            total += reindex(kind, list(ids.values_list("id", flat=True)))
    if say:
        say("names", 1.0)
    return total


def _batches(ids: Iterable[int]) -> Iterator[list[int]]:
    ordered = sorted(ids)
    for start in range(0, len(ordered), BATCH):
        yield ordered[start : start + BATCH]


def _empty(table: type[models.Model]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table._meta.db_table}")


def _write(entries: Sequence[Entry]) -> int:
    if not entries:
        return 0
    filed = SearchEntry.objects.bulk_create(
        SearchEntry(
            kind=entry.kind.value,
            feature_id=entry.feature_id,
            uid=entry.uid,
            name=entry.name,
            what=entry.what,
            key=entry.key,
            terms=" ".join(entry.terms)[:600],
        )
        for entry in entries
    )
    postings = [
        (term, entry.weight, row.pk)
        for entry, row in zip(entries, filed, strict=True)
        for term in entry.terms
    ]
    insert_rows(SearchPosting._meta.db_table, ("term", "weight", "entry_id"), postings)
    _learn({term for entry in entries for term in entry.terms})
    return len(entries)


def _learn(terms: set[str]) -> None:
    """Keep words that are new, and the shortened forms by which mistypings find them."""
    known: set[str] = set()
    ordered = sorted(terms)
    for start in range(0, len(ordered), BATCH):
        part = ordered[start : start + BATCH]
        known.update(SearchTerm.objects.filter(term__in=part).values_list("term", flat=True))
    fresh = [term for term in ordered if term not in known]
    _insert_new(SearchTerm, ("term",), [(term,) for term in fresh])
    pairs = [(variant, term) for term in fresh if term.isalpha() for variant in shortened(term)]
    _insert_new(SearchVariant, ("variant", "term"), pairs)


def _write_addresses(ids: Sequence[int]) -> None:
    rows = Premises.objects.filter(id__in=ids, gone_at=None, street_id__isnull=False)
    found = rows.exclude(number="").values_list("street_id", "number", "id")
    addresses = [
        (street_id, number, premises_id)
        for street_id, numbers, premises_id in found
        for number in numbers_of(numbers)
    ]
    columns = ("street_id", "number", "premises_id")
    insert_rows(SearchAddress._meta.db_table, columns, addresses)


def _insert_new(
    table: type[models.Model], columns: Sequence[str], rows: Sequence[tuple[str, ...]]
) -> None:
    """Write words; one that somebody else learnt meanwhile stays as it is."""
    names, marks = ", ".join(columns), ", ".join(["%s"] * len(columns))
    sql = f"INSERT INTO {table._meta.db_table} ({names}) VALUES ({marks}) ON CONFLICT DO NOTHING"
    with connection.cursor() as cursor:
        cursor.executemany(sql, rows)


def _read_areas(ids: Sequence[int]) -> Iterator[Entry]:
    rows = Area.objects.filter(id__in=ids, gone_at=None)
    for key, name, name_cy, code, kind in rows.values_list("id", "name", "name_cy", "code", "kind"):
        yield from entries_for(Named(Kind.AREA, key, code, kind, (name, name_cy, code)))


def _read_streets(ids: Sequence[int]) -> Iterator[Entry]:
    rows = Street.objects.filter(id__in=ids, gone_at=None)
    fields = ("id", "uid", "name", "name_cy", "ref", "road_class")
    for key, uid, name, name_cy, ref, road_class in rows.values_list(*fields):
        yield from entries_for(Named(Kind.STREET, key, uid, road_class, (name, name_cy, ref)))


def _read_premises(ids: Sequence[int]) -> Iterator[Entry]:
    rows = Premises.objects.filter(id__in=ids, gone_at=None)
    fields = ("id", "uid", "name", "name_cy", "unit", "number", "street_name", "street_id", "use")
    for key, uid, name, name_cy, unit, number, street, street_id, use in rows.values_list(*fields):
        names = [name, name_cy]
        if name and street:
            names.append(f"{name} {number} {street}")
        if number and street and not street_id:
            names += [f"{part} {street}" for part in numbers_of(number)]
        if unit and street:
            names.append(f"{unit} {number} {street}")
        yield from entries_for(Named(Kind.PREMISES, key, uid, use, names))


def _read_assets(ids: Sequence[int]) -> Iterator[Entry]:
    rows = Asset.objects.filter(id__in=ids, gone_at=None).exclude(reference="", name="")
    for key, uid, reference, name, type_ in rows.values_list(
        "id", "uid", "reference", "name", "type"
    ):
        yield from entries_for(Named(Kind.ASSET, key, uid, type_, (name, reference)))


def _read_labels(ids: Sequence[int]) -> Iterator[Entry]:
    # A label of premises says what the premises' own entry says already.
    rows = Label.objects.filter(id__in=ids, gone_at=None, premises=None)
    for key, uid, name, name_cy, kind in rows.values_list("id", "uid", "name", "name_cy", "kind"):
        yield from entries_for(Named(Kind.LABEL, key, uid, kind, (name, name_cy)))


_READERS: dict[Kind, Callable[[Sequence[int]], Iterator[Entry]]] = {
    Kind.AREA: _read_areas,
    Kind.STREET: _read_streets,
    Kind.LABEL: _read_labels,
    Kind.PREMISES: _read_premises,
    Kind.ASSET: _read_assets,
}
_TABLES: dict[Kind, type[models.Model]] = {
    Kind.AREA: Area,
    Kind.STREET: Street,
    Kind.LABEL: Label,
    Kind.PREMISES: Premises,
    Kind.ASSET: Asset,
}
