"""The filter language: text into typed expressions, or a refusal that names the token.

Precedence from high to low: unary minus; `mul div mod`; `add sub`; `gt ge lt le in`; `eq ne`;
`not`; `and`; `or`. `not` reaches over the comparison behind it, as every client means it.
Source: OGC 18-088, 9.3.3.5.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from hereabouts.standards.sensorthings.errors import FilterUnreadable, TooComplex
from hereabouts.standards.sensorthings.model import (
    MULTI_DATASTREAM,
    EntityType,
    Property,
    Relation,
    Shape,
    target_of,
)
from hereabouts.standards.sensorthings.parsing.building import (
    build_call,
    build_choices,
    build_comparison,
    build_negative,
    build_operation,
    require_condition,
)
from hereabouts.standards.sensorthings.parsing.functions import FUNCTIONS, Kind
from hereabouts.standards.sensorthings.parsing.kinds import kind_of
from hereabouts.standards.sensorthings.parsing.lexer import Token, Word, read_tokens
from hereabouts.standards.sensorthings.parsing.limits import LIMITS, ParseLimits
from hereabouts.standards.sensorthings.parsing.literals import LITERAL_WORDS, read_literal
from hereabouts.standards.sensorthings.parsing.names import (
    Segment,
    Unknown,
    find_name,
    read_members,
    split_path,
)
from hereabouts.standards.sensorthings.tree import (
    AnyOf,
    Constant,
    Expression,
    InPath,
    Not,
    Operation,
    PropertyPath,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

RESERVED: Mapping[str, bool | None] = {"true": True, "false": False, "null": None}
_INFIX = frozenset("and or eq ne gt ge lt le in add sub mul div mod".split())


def parse_filter(
    text: str,
    entity: EntityType,
    *,
    at: int = 0,
    limits: ParseLimits = LIMITS,
    relation: Relation | None = None,
) -> Expression:
    """The condition that `$filter` states on an entity type; positions count from `at`.

    `relation` is the one that led to these entities, if one did. Raises: FilterUnreadable,
    TimeUnreadable, TooComplex.
    """
    parser = Parser(text, entity, at=at, limits=limits, relation=relation)
    condition = require_condition(parser.read_expression(), parser.first)
    parser.expect_end()
    return condition


def parse_expression(
    text: str,
    entity: EntityType,
    *,
    at: int = 0,
    limits: ParseLimits = LIMITS,
    relation: Relation | None = None,
) -> Expression:
    """Any expression on an entity type, as in `$orderby`; `relation` as for `parse_filter`.

    Raises: FilterUnreadable, TimeUnreadable, TooComplex.
    """
    parser = Parser(text, entity, at=at, limits=limits, relation=relation)
    expression = parser.read_expression()
    parser.expect_end()
    return expression


class Parser:
    """Reads one text by recursive descent; `variables` are those of the `any()` around."""

    def __init__(
        self,
        text: str,
        entity: EntityType,
        *,
        at: int,
        limits: ParseLimits,
        relation: Relation | None,
    ) -> None:
        if len(text) > limits.text:
            raise TooComplex(f"it is longer than {limits.text} characters", text[:40], at)
        self._tokens = read_tokens(text, at)
        self._next = 0
        self._entity = entity
        self._limits = limits
        self._variables: dict[str, EntityType] = {}
        # What led to the rows of each variable, and to those that are filtered.
        self._led: dict[str, Relation | None] = {"": relation}
        self._depth = 0
        if len(self._tokens) > 2 * limits.nodes:
            raise TooComplex(f"it has more than {limits.nodes} parts", text[:40], at)

    # --- words ---------------------------------------------------------------------------------

    @property
    def first(self) -> Token:
        """The first word of the text."""
        return self._tokens[0]

    @property
    def token(self) -> Token:
        """The word that comes next."""
        return self._tokens[self._next]

    def expect_end(self) -> None:
        """Refuse anything that is left over."""
        if self.token.word is not Word.END:
            raise self._refuse("an operator or the end was expected here")

    def _take(self) -> Token:
        token = self.token
        if token.word is not Word.END:
            self._next += 1
        return token

    def _takes(self, *texts: str) -> Token | None:
        token = self.token
        if token.text in texts and token.word in (Word.NAME, Word.SIGN):
            return self._take()
        return None

    def _expect(self, sign: str) -> Token:
        token = self._takes(sign)
        if token is None:
            raise self._refuse(f"“{sign}” was expected here")
        return token

    def _refuse(self, reason: str) -> FilterUnreadable:
        token = self.token
        if token.word is Word.END:
            return FilterUnreadable(f"{reason}, but the text ends", "", token.at)
        return FilterUnreadable(reason, token.text, token.at)

    @contextmanager
    def _deeper(self) -> Iterator[None]:
        self._depth += 1
        if self._depth > self._limits.depth:
            reason = f"brackets and calls nest deeper than {self._limits.depth}"
            raise TooComplex(reason, self.token.text, self.token.at)
        yield
        self._depth -= 1

    # --- expressions, loosest first ------------------------------------------------------------

    def read_expression(self) -> Expression:
        """The expression that comes next."""
        with self._deeper():
            return self._connect("or", lambda: self._connect("and", self._negation))

    def _connect(self, operator: str, read: Callable[[], Expression]) -> Expression:
        start = self.token
        operands = [read()]
        starts = [start]
        while self._takes(operator):
            starts.append(self.token)
            operands.append(read())
        if len(operands) == 1:
            return operands[0]
        conditions = [
            require_condition(operand, token)
            for operand, token in zip(operands, starts, strict=True)
        ]
        return _balance(operator, conditions)

    def _negation(self) -> Expression:
        token = self._takes("not")
        if token is None:
            return self._equality()
        with self._deeper():
            start = self.token
            return Not(require_condition(self._negation(), start), token.at)

    def _equality(self) -> Expression:
        return self._chain(("eq", "ne"), self._relation, build_comparison)

    def _relation(self) -> Expression:
        left = self._chain(("gt", "ge", "lt", "le"), self._sum, build_comparison)
        token = self._takes("in")
        return left if token is None else self._membership(left, token)

    def _sum(self) -> Expression:
        return self._chain(("add", "sub"), self._product, build_operation)

    def _product(self) -> Expression:
        return self._chain(("mul", "div", "mod"), self._unary, build_operation)

    def _chain(
        self,
        operators: tuple[str, ...],
        read: Callable[[], Expression],
        build: Callable[[Token, Expression, Expression], Expression],
    ) -> Expression:
        left = read()
        links = 0
        while token := self._takes(*operators):
            links += 1
            if links > self._limits.chain:
                raise TooComplex("the chain is too long; use brackets", token.text, token.at)
            left = build(token, left, read())
        return left

    def _unary(self) -> Expression:
        token = self._takes("-")
        if token is None:
            return self._primary()
        with self._deeper():
            return build_negative(token, self._unary())

    # --- the smallest parts --------------------------------------------------------------------

    def _primary(self) -> Expression:
        token = self._take()
        if token.word in LITERAL_WORDS:
            return read_literal(token)
        if token.word is Word.NAME and token.text not in _INFIX:
            return self._named(token)
        if token.text == "(":
            inner = self.read_expression()
            self._expect(")")
            return inner
        if token.word is not Word.END:
            self._next -= 1
        raise self._refuse("a value was expected here")

    def _named(self, token: Token) -> Expression:
        if token.text in RESERVED:
            return Constant(RESERVED[token.text], token.at)
        if token.text == "not":
            raise FilterUnreadable("put “not …” in brackets here", token.text, token.at)
        if self.token.text == "(" and self.token.word is Word.SIGN:
            return self._any(token) if token.text.endswith("/any") else self._call(token)
        return self._path(token)

    def _call(self, token: Token) -> Expression:
        name = token.text.lower()
        if name not in FUNCTIONS:
            raise FilterUnreadable("there is no such function", token.text, token.at)
        self._expect("(")
        arguments: list[Expression] = []
        while not self._takes(")"):
            if arguments:
                self._expect(",")
            arguments.append(self.read_expression())
        return build_call(token, name, tuple(arguments))

    def _membership(self, left: Expression, token: Token) -> Expression:
        if self.token.word is Word.NAME:
            named = self._take()
            container = self._path(named)
            if kind_of(container) not in (Kind.ANY, Kind.LIST):
                raise FilterUnreadable("it is no list", named.text, named.at)
            if not isinstance(left, Constant) or left.value is None:
                reason = (
                    "before “in” with a list of the entity stands a number, text, true or false"
                )
                raise FilterUnreadable(reason, token.text, token.at)
            return InPath(left, container, token.at)
        self._expect("(")
        choices: list[tuple[Token, Expression]] = []
        while not choices or self._takes(","):
            start = self.token
            choices.append((start, self._unary()))
            if len(choices) > self._limits.items:
                reason = f"a list has at most {self._limits.items} entries"
                raise TooComplex(reason, start.text, start.at)
        self._expect(")")
        return build_choices(token, left, choices)

    # --- paths ---------------------------------------------------------------------------------

    def _walk(self, token: Token) -> tuple[str, EntityType, list[Relation], list[Segment]]:
        """Variable, type reached, relations walked, and the segments that are left."""
        segments = split_path(token.text, token.at)
        if segments is None or len(segments) > self._limits.steps:
            raise FilterUnreadable("it is not a path that can be read", token.text, token.at)
        variable, entity = "", self._entity
        if segments[0].name in self._variables:
            variable = segments.pop(0).name
            entity = self._variables[variable]
        relations: list[Relation] = []
        while segments and (relation := entity.find_relation(segments[0].name)):
            if segments[0].indexes:
                break
            relations.append(relation)
            entity = target_of(relation)
            segments.pop(0)
        return variable, entity, relations, segments

    def _path(self, token: Token) -> PropertyPath:
        variable, entity, relations, segments = self._walk(token)
        if not segments:
            reason = f"it leads to a whole {entity.name}; name a property, such as {token.text}/id"
            raise FilterUnreadable(reason, token.text, token.at)
        try:
            found = find_name(entity, segments[0])
            owned = found if isinstance(found, Property) else None
            led = relations[-1] if relations else self._led[variable]
            is_list = _is_list(owned, led)
            members = read_members(owned, segments, is_list=is_list)
        except Unknown as unknown:
            wrong = unknown.segment
            raise FilterUnreadable(unknown.reason, wrong.name, wrong.at) from None
        is_list = is_list and not members
        return PropertyPath(tuple(relations), entity, owned, members, variable, token.at, is_list)

    def _any(self, token: Token) -> AnyOf:
        variable, entity, relations, segments = self._walk(token)
        if not relations or len(segments) != 1 or segments[0].name != "any":
            reason = "“any” follows a relation, such as Datastreams/any(d: d/name eq 'x')"
            raise FilterUnreadable(reason, token.text, token.at)
        self._expect("(")
        if self._takes(")"):
            return AnyOf(tuple(relations), "", None, variable, token.at)
        named = self._take()
        is_name = named.word is Word.NAME and named.text.isidentifier()
        if not is_name or named.text in (*self._variables, *RESERVED, *_INFIX, "not"):
            reason = "a new name for the related row was expected here, such as d"
            raise FilterUnreadable(reason, named.text, named.at)
        self._expect(":")
        self._variables[named.text] = entity
        self._led[named.text] = relations[-1]
        start = self.token
        condition = require_condition(self.read_expression(), start)
        del self._variables[named.text]
        self._expect(")")
        return AnyOf(tuple(relations), named.text, condition, variable, token.at)


def _is_list(owned: Property | None, led: Relation | None) -> bool:
    """Whether a property is the result of a MultiDatastream's observations, which is a list."""
    is_result = owned is not None and owned.shape is Shape.RESULT
    return is_result and led is not None and led.inverse == MULTI_DATASTREAM.name


def _balance(operator: str, conditions: list[Expression]) -> Expression:
    """A chain of one connective as a tree of little depth."""
    if len(conditions) == 1:
        return conditions[0]
    half = (len(conditions) + 1) // 2
    left = _balance(operator, conditions[:half])
    right = _balance(operator, conditions[half:])
    return Operation(operator, left, right, getattr(left, "at", 0))
