"""Small arithmetic over named numbers, as decoder descriptions write it: `(x - 400) / 10`.

Whole numbers, decimals, names, `+ - * / // % **`, `& | << >>`, comparisons, `and or not`,
`a if b else c`, and a few functions; nothing else of the language it borrows its looks from.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping

Number = int | float
Environment = Mapping[str, Number]
Evaluator = Callable[[Environment], Number]

LONGEST = 300
"""Characters of an expression."""

HIGHEST_EXPONENT = 8
MOST_SHIFT = 63


class BadExpression(ValueError):  # noqa: N818 - named as the refusals are that it becomes
    """The text is not an expression of this kind."""


class NoValue(Exception):  # noqa: N818 - an answer: there is nothing to report
    """The expression has no value here: a name is absent, or the arithmetic has no answer."""


def _power(base: Number, exponent: Number) -> Number:
    if exponent not in range(HIGHEST_EXPONENT + 1):
        raise NoValue
    return float(base) ** int(exponent)


def _shifted(shift: Callable[[int, int], int]) -> Callable[[Number, Number], Number]:
    def apply(left: Number, right: Number) -> Number:
        if not 0 <= right <= MOST_SHIFT:
            raise NoValue
        return shift(_whole(left), _whole(right))

    return apply


def _whole(value: Number) -> int:
    if isinstance(value, float) and not value.is_integer():
        raise NoValue
    return int(value)


_BINARY: Mapping[type[ast.operator], Callable[[Number, Number], Number]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: _power,
    ast.BitAnd: lambda left, right: _whole(left) & _whole(right),
    ast.BitOr: lambda left, right: _whole(left) | _whole(right),
    ast.LShift: _shifted(operator.lshift),
    ast.RShift: _shifted(operator.rshift),
}
_UNARY: Mapping[type[ast.unaryop], Callable[[Number], Number]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Not: operator.not_,
}
_COMPARED: Mapping[type[ast.cmpop], Callable[[Number, Number], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_FUNCTIONS: Mapping[str, Callable[..., Number]] = {
    "abs": abs,
    "min": min,
    "max": max,
    "round": lambda value: round(value),
    "sqrt": math.sqrt,
    "exp": math.exp,
    "log": math.log,
}


class Expression:
    """An expression that was read once and is evaluated often; `names` are those it uses."""

    def __init__(self, text: str) -> None:
        """Read it. Raises: BadExpression."""
        self.text = text
        self._names: set[str] = set()
        if len(text) > LONGEST:
            raise BadExpression(f"an expression has more than {LONGEST} characters")
        try:
            tree = ast.parse(text.strip(), mode="eval")
        except (SyntaxError, ValueError, RecursionError, MemoryError) as fault:
            raise BadExpression(f"“{text}” is not an expression") from fault
        self._evaluate = self._read(tree.body)
        self.names = frozenset(self._names)

    def __call__(self, environment: Environment) -> Number:
        """The finite number it stands for. Raises: NoValue."""
        try:
            value = self._evaluate(environment)
            if not math.isfinite(value):
                raise NoValue
        except (KeyError, ArithmeticError, ValueError, TypeError) as fault:
            raise NoValue from fault
        return value

    def _read(self, node: ast.expr) -> Evaluator:
        reader = _READERS.get(type(node))
        if reader is None:
            raise BadExpression(f"“{self.text}” uses what no expression may: {ast.unparse(node)}")
        return reader(self, node)

    def _constant(self, node: ast.Constant) -> Evaluator:
        value = node.value
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise BadExpression(f"“{self.text}” has something that is not a number")
        return lambda _: value

    def _name(self, node: ast.Name) -> Evaluator:
        name = node.id
        self._names.add(name)
        return lambda environment: environment[name]

    def _binary(self, node: ast.BinOp) -> Evaluator:
        apply = _BINARY.get(type(node.op))
        if apply is None:
            raise BadExpression(f"“{self.text}” has an unknown operator")
        left, right = self._read(node.left), self._read(node.right)
        return lambda environment: apply(left(environment), right(environment))

    def _unary(self, node: ast.UnaryOp) -> Evaluator:
        apply = _UNARY.get(type(node.op))
        if apply is None:
            raise BadExpression(f"“{self.text}” has an unknown operator")
        operand = self._read(node.operand)
        return lambda environment: apply(operand(environment))

    def _comparison(self, node: ast.Compare) -> Evaluator:
        apply = _COMPARED.get(type(node.ops[0]))
        if apply is None or len(node.ops) != 1:
            raise BadExpression(f"“{self.text}” compares in a way that is not known")
        left, right = self._read(node.left), self._read(node.comparators[0])
        return lambda environment: apply(left(environment), right(environment))

    def _boolean(self, node: ast.BoolOp) -> Evaluator:
        parts = [self._read(part) for part in node.values]
        if isinstance(node.op, ast.And):
            return lambda environment: all(part(environment) for part in parts)
        return lambda environment: any(part(environment) for part in parts)

    def _choice(self, node: ast.IfExp) -> Evaluator:
        test, one, other = self._read(node.test), self._read(node.body), self._read(node.orelse)
        return lambda environment: one(environment) if test(environment) else other(environment)

    def _call(self, node: ast.Call) -> Evaluator:
        function = _FUNCTIONS.get(node.func.id) if isinstance(node.func, ast.Name) else None
        if function is None or node.keywords:
            raise BadExpression(f"“{self.text}” calls something that is not known")
        parts = [self._read(part) for part in node.args]
        return lambda environment: function(*(part(environment) for part in parts))


_READERS: Mapping[type[ast.expr], Callable[..., Evaluator]] = {
    ast.Constant: Expression._constant,
    ast.Name: Expression._name,
    ast.BinOp: Expression._binary,
    ast.UnaryOp: Expression._unary,
    ast.Compare: Expression._comparison,
    ast.BoolOp: Expression._boolean,
    ast.IfExp: Expression._choice,
    ast.Call: Expression._call,
}
