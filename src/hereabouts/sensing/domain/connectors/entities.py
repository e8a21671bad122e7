"""The reader of NGSI-LD entities, asked for or notified."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from hereabouts.kernel.refusals import Refusal
from hereabouts.sensing.domain.connectors.manifest import Bad
from hereabouts.sensing.domain.connectors.mapped import make_series
from hereabouts.sensing.domain.connectors.numbers import read_value
from hereabouts.sensing.domain.connectors.reading import Asked, Step, UnreadableFeedError
from hereabouts.sensing.domain.connectors.records import (
    Documents,
    Gathered,
    Problem,
    Reading,
    Series,
    Station,
)
from hereabouts.sensing.domain.connectors.times import Moments, UnreadableTimeError
from hereabouts.standards.ngsild import Attribute, Document, Entity, parse_document

PAGE = 100
TIMES = ("dateObserved", "observedAt", "dateObservedTo", "TimeInstant", "timestamp", "modifiedAt")
"""Attributes with the time of all values of an entity that have none of their own, best first."""
NOT_MEASURED = frozenset({*TIMES, "location", "name", "dateObservedFrom", "dateModified"})
NUMERIC = frozenset({"Property"})


class EntityReader:
    """Reads entities."""

    def check(self, options: Mapping[str, str]) -> dict[str, Bad]:
        """Nothing depends on another option."""
        return {}

    def steps(self, asked: Asked) -> list[Step]:
        """The entities of the types, page after page."""
        options = asked.options
        query = {"type": options["type"].replace(" ", "")}
        if options.get("q"):
            query["q"] = options["q"]
        wanted = _wanted(options)
        if wanted:
            query["attrs"] = ",".join(sorted({*wanted, "location", "name", *TIMES[:2]}))
        if options.get("form") == "keyValues":
            query["options"] = "keyValues"
        headers = {"accept": "application/ld+json, application/json"}
        if options.get("tenant"):
            headers["ngsild-tenant"] = options["tenant"]
        root = options["root"].rstrip("/").removesuffix("/ngsi-ld/v1")
        address = f"{root}/ngsi-ld/v1/entities?{urlencode(query)}"
        return [Step("entities", address, headers, page_size=PAGE)]

    def read(self, documents: Documents, asked: Asked) -> Gathered:
        """Every entity. Raises: UnreadableFeedError."""
        found = Gathered()
        work = _Work(found, asked)
        for pages in documents.values():
            for page in pages:
                try:
                    document = parse_document(page.body)
                except Refusal as refusal:
                    raise UnreadableFeedError(str(refusal.facts["reason"])) from refusal
                work.take(document)
        return found


def _wanted(options: Mapping[str, str]) -> frozenset[str]:
    names = options.get("attributes", "").split(",")
    return frozenset(name.strip() for name in names if name.strip())


class _Work:
    def __init__(self, found: Gathered, asked: Asked) -> None:
        self._found = found
        self._asked = asked
        self._wanted = _wanted(asked.options)
        self._moments = Moments()
        self._told: set[tuple[str, str]] = set()

    def take(self, document: Document) -> None:
        self._found.rows += document.count
        for place, reason in document.faults:
            self._found.bad_rows += 1
            self._found.note(Problem("not_an_entity", f"entity {place}", value=reason))
        for entity in document.entities:
            self._found.bad_rows += self._take_entity(entity)

    def _take_entity(self, entity: Entity) -> bool:
        """Take an entity's values; whether one was bad."""
        fallback = self._fallback(entity)
        is_bad = False
        for attribute in entity.attributes:
            if not self._is_measured(attribute):
                continue
            value = read_value(attribute.value) if not isinstance(attribute.value, str) else None
            if value is None:
                if attribute.name in self._wanted:
                    said = str(attribute.value)
                    self._note("attribute_unknown", entity.id, attribute.name, said)
                    is_bad = True
                continue
            moment = self._moment(entity, attribute, fallback)
            if moment is None:
                is_bad = True
                continue
            series = self._series(entity, attribute, is_truth=isinstance(value, bool))
            self._found.readings.append(Reading(series.key, moment, value))
        return is_bad

    def _is_measured(self, attribute: Attribute) -> bool:
        if attribute.kind not in NUMERIC or attribute.name in NOT_MEASURED:
            return False
        return not self._wanted or attribute.name in self._wanted

    def _note(self, code: str, where: str, field: str, value: str) -> None:
        self._found.note(Problem(code, where, field, value))

    def _fallback(self, entity: Entity) -> str:
        """The time of the whole entity as text."""
        named = entity.find(*TIMES)
        return named.value if named is not None and isinstance(named.value, str) else ""

    def _moment(self, entity: Entity, attribute: Attribute, fallback: str) -> int | None:
        text = attribute.observed_at or fallback
        if not text:
            self._note("no_time", entity.id, attribute.name, "")
            return None
        # An interval is written with a slash; its end is when the value was known.
        text = text.rpartition("/")[2]
        try:
            return self._moments.read(text)[0]
        except UnreadableTimeError as fault:
            self._note(fault.code, entity.id, attribute.name, text)
            return None

    def _series(self, entity: Entity, attribute: Attribute, *, is_truth: bool) -> Series:
        station = entity.id[:200]
        if station not in self._found.stations:
            self._found.stations[station] = self._station(entity, station)
        key = f"{station}/{attribute.name}"
        if attribute.dataset:
            key = f"{key}/{attribute.dataset}"
        known = self._found.series.get(key[:300])
        if known is not None:
            return known
        named = (station, attribute.name, attribute.unit_code)
        made = make_series(self._asked.words, named, None, self._teller(is_truth))
        tail = attribute.dataset.rpartition(":")[2]
        name = f"{made.observed.name} ({tail})" if tail else ""
        made = Series(key[:300], station, made.observed, made.unit, name, has_unit=not is_truth)
        return self._found.series.setdefault(made.key, made)

    def _station(self, entity: Entity, key: str) -> Station:
        named = entity.find("name")
        name = named.value if named is not None and isinstance(named.value, str) else ""
        point = entity.point()
        if point is None:
            self._found.note(Problem("position_unknown", entity.id, is_mended=True))
        lon, lat = point or (None, None)
        name = name or entity.id.rpartition(":")[2] or entity.id
        return Station(key, name[:200], entity.type, lon, lat, {"entityType": entity.type})

    def _teller(self, is_truth: bool) -> Callable[[str, str], None]:
        def tell(code: str, value: str) -> None:
            if (code, value) in self._told or (is_truth and code == "unit_unknown"):
                return
            self._told.add((code, value))
            self._found.note(Problem(code, "entities", value=value, is_mended=True))

        return tell
