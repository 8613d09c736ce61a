"""How long files, functions and screens may be."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.house.rule import rule
from tests.house.tree import Source, sources

FILE, TEST_FILE, SCREEN, FUNCTION, USUAL = 250, 400, 120, 50, 30
LONG_SHARE = 0.05  # of all functions may be longer than usual

FunctionDef = ast.FunctionDef | ast.AsyncFunctionDef
_LONG_FUNCTION = "def long() -> None:\n" + "    pass\n" * FUNCTION


def lines_of(function: FunctionDef) -> int:
    """The lines of a function from `def` to its end, its docstring not counted."""
    total = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        total -= (first.end_lineno or first.lineno) - first.lineno + 1
    return total


def functions(source: Source) -> list[FunctionDef]:
    """Every function and method of a file."""
    return [node for node in source.nodes if isinstance(node, FunctionDef)]


@rule(
    f"A file has at most {FILE} lines, one of tests {TEST_FILE}.",
    bad={"services/room/long.py": "x = 1\n" * (FILE + 1), "tests/test_long.py": "x = 1\n" * (TEST_FILE + 1)},
    good={"tests/test_cases.py": "x = 1\n" * (FILE + 1)},
)
def long_files(source: Source) -> Iterator[str]:
    """Files over the limit."""
    if (count := source.text.count("\n")) > (TEST_FILE if source.is_test else FILE):
        yield f"{count} lines; would two nouns read better than one?"


@rule(
    f"A screen has at most {SCREEN} lines.",
    bad={"pages/books/reports.py": "x = 1\n" * (SCREEN + 1)},
    good={"pages/_ui/frame.py": "x = 1\n" * (SCREEN + 1)},
)
def long_screens(source: Source) -> Iterator[str]:
    """Screens over the limit."""
    if source.is_screen and (count := source.text.count("\n")) > SCREEN:
        yield f"{count} lines; what it works out belongs in a service, what it draws in pages/_ui"


@rule(f"A function has at most {FUNCTION} lines.", bad={"services/room/model.py": _LONG_FUNCTION})
def long_functions(source: Source) -> Iterator[str]:
    """Functions over the limit."""
    for function in functions(source):
        if (count := lines_of(function)) > FUNCTION:
            yield f"{function.name} has {count} lines"


def longer_than_usual(every: tuple[Source, ...]) -> tuple[list[str], int]:
    """The functions over the usual length, and how many functions there are in all."""
    found = [(source, function) for source in every if not source.is_test for function in functions(source)]
    long = [f"{source.path}: {f.name} ({lines_of(f)})" for source, f in found if lines_of(f) > USUAL]
    return long, len(found)


def test_few_functions_are_longer_than_usual() -> None:
    long, total = longer_than_usual(sources())
    assert len(long) <= LONG_SHARE * total, "\n".join(long)


def test_a_longer_function_is_counted() -> None:
    long, total = longer_than_usual((Source("services/room/model.py", _LONG_FUNCTION),))
    assert (len(long), total) == (1, 1)
