"""What is claimed is proved: every declared requirement has a test that is marked with it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

import pytest

from hereabouts.standards.sensorthings import conformance

TESTS = Path(__file__).parents[2]
ANY = "*"
"""What stands for a part of a mark that differs from one parameter of its test to the next."""


def constants_of(tree: ast.Module) -> dict[str, object]:
    """Texts that a test module names, those of the conformance table among them."""
    known: dict[str, object] = {
        name: value for name, value in vars(conformance).items() if isinstance(value, str)
    }
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            text = read_text(node.value, known)
            if text is not None:
                known[node.targets[0].id] = text
    return known


def read_text(node: ast.expr, known: dict[str, object]) -> str | None:
    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.Name(id=name):
            found = known.get(name)
            return found if isinstance(found, str) else None
        case ast.Attribute(value=ast.Name(), attr=name):
            found = known.get(name)
            return found if isinstance(found, str) else None
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            parts = read_text(left, known), read_text(right, known)
            return None if None in parts else "".join(part for part in parts if part)
        case ast.JoinedStr(values=values):
            return "".join(
                read_text(one.value if isinstance(one, ast.FormattedValue) else one, known) or ANY
                for one in values
            )
    return None


def requirements_in(tree: ast.AST, known: dict[str, object]) -> Iterator[str]:
    """What `requirement(…)` is called with, by itself or through a function of the module."""
    shorthands = dict(shorthands_of(tree))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or len(node.args) != 1:
            continue
        text: str | None = None
        if isinstance(node.func, ast.Attribute) and node.func.attr == "requirement":
            text = read_text(node.args[0], known)
        elif isinstance(node.func, ast.Name) and node.func.id in shorthands:
            name, whole = shorthands[node.func.id]
            text = read_text(whole, {**known, name: read_text(node.args[0], known)})
        if text is not None:
            yield text


def shorthands_of(tree: ast.AST) -> Iterator[tuple[str, tuple[str, ast.expr]]]:
    """Functions such as `def required(path): return pytest.mark.requirement(ROOT + path)`."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(
                name=name,
                args=ast.arguments(args=[ast.arg(arg=argument)]),
                body=[
                    *_,
                    ast.Return(
                        value=ast.Call(func=ast.Attribute(attr="requirement"), args=[whole])
                    ),
                ],
            ):
                yield name, (argument, whole)


@cache
def marked() -> frozenset[str]:
    """Every requirement that some test in the tree is marked with."""
    found: set[str] = set()
    for path in TESTS.rglob("test_*.py"):
        source = path.read_text()
        if "mark.requirement" in source:
            tree = ast.parse(source)
            found.update(requirements_in(tree, constants_of(tree)))
    return frozenset(found)


def is_marked(uri: str) -> bool:
    return uri in marked() or any(ANY in mark and fnmatchcase(uri, mark) for mark in marked())


def test_every_requirement_claimed_has_a_test_marked_with_it() -> None:
    unproved = sorted(uri for uri in conformance.proved() if not is_marked(uri))
    assert not unproved, "claimed, but no test is marked with it"


def test_whole_groups_are_claimed_only_when_each_of_their_requirements_is() -> None:
    declared = set(conformance.declared())
    for name, members in conformance.GROUPS.items():
        if conformance.REQUIREMENTS + name in declared:
            assert declared >= set(members)


def test_what_is_unproved_is_known_and_not_claimed() -> None:
    known = {uri for group in conformance.GROUPS.values() for uri in group}
    assert conformance.UNPROVED <= known | set(conformance.EXTENSIONS)
    assert conformance.UNPROVED.isdisjoint(conformance.declared())


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ('X = "a"\nX + "/b"', "a/b"),
        ("conformance.DEEP_SELECT", conformance.DEEP_SELECT),
        ('f"{REQUIREMENTS}x"', conformance.REQUIREMENTS + "x"),
        ('f"{REQUIREMENTS}{entity}/x"', conformance.REQUIREMENTS + "*/x"),
        ("unknown", None),
    ],
)
def test_marks_are_read_as_constants_of_their_module(source: str, text: str | None) -> None:
    tree = ast.parse(source)
    last = tree.body[-1]
    assert isinstance(last, ast.Expr)
    assert read_text(last.value, constants_of(tree)) == text


def test_marks_are_found_through_a_shorthand_of_their_module() -> None:
    source = """
ROOT = "a/"
def required(path):
    return pytest.mark.requirement(ROOT + path)
@required("b")
def test_x(): ...
@pytest.mark.requirement(ROOT + "c")
def test_y(): ...
"""
    tree = ast.parse(source)
    assert sorted(requirements_in(tree, constants_of(tree))) == ["a/b", "a/c"]
