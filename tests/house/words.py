"""What things may be called, and what every module and function must say of itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.house.rule import rule
from tests.house.sizes import FunctionDef
from tests.house.tree import Source

FORBIDDEN = frozenset(["manager", "helper", "util", "handler", "data", "info", "process", "do"])
FORBIDDEN |= {f"{word}s" for word in FORBIDDEN}
GIVEN_BY_LIBRARIES = frozenset({"process_bind_param", "process_result_value"})  # SQLAlchemy's own hooks
OTHER_WORDS = {"client": "customer", "wallet": "credit balance", "deposit": "top-up", "cents": "micros"}
SUFFIXES = {"_date": "_on", "_datetime": "_at", "_timestamp": "_at", "_time": "_at", "_cents": "_micros"}


def words_of(name: str) -> set[str]:
    """The words in a name: `RowHandler` and `row_handler` both hold "row" and "handler"."""
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)}


def names(source: Source) -> Iterator[str]:
    """The names of the module, its classes and its functions."""
    yield source.parts[-1].removesuffix(".py")
    for node in source.nodes:
        if isinstance(node, FunctionDef | ast.ClassDef) and node.name not in GIVEN_BY_LIBRARIES:
            yield node.name


@rule(
    "No module, class or function is named with a word that says nothing.",
    bad={
        "services/room/helpers.py": '"""Words."""\n',
        "services/room/model.py": "class RowHandler: ...\n",
        "pages/books/reports.py": "def load_data(): ...\n",
        "services/room/queries.py": "def do_it(): ...\n",
    },
    good={"services/room/model.py": "class Role:\n    MANAGER = 1\n\ndef processor_fee(): ...\n"},
)
def empty_words(source: Source) -> Iterator[str]:
    """Names that hold a forbidden word; a test's name is a sentence and may hold any."""
    for name in [] if source.is_test else names(source):
        if found := words_of(name) & FORBIDDEN:
            yield f"{name} holds the word {' and '.join(sorted(found))}"


@rule(
    "One word a concept: a customer is never a client, credit never a wallet.",
    bad={"services/room/model.py": "class Client: ...\n", "services/room/queries.py": "def wallet_of(): ...\n"},
    good={"services/room/model.py": "class Customer: ...\n"},
)
def other_words(source: Source) -> Iterator[str]:
    """Names that use another word for something that has one."""
    for name in [] if source.is_test else names(source):
        for word in words_of(name) & OTHER_WORDS.keys():
            yield f"{name}: the word is {OTHER_WORDS[word]}"


@rule(
    "Only the unit of work is called Transaction; what is booked is a journal entry.",
    bad={"services/ledger/model.py": "class Transaction: ...\n"},
    good={"services/db/engine.py": "class Transaction: ...\n"},
)
def second_transaction(source: Source) -> Iterator[str]:
    """Another class of that name."""
    for node in source.nodes:
        if isinstance(node, ast.ClassDef) and node.name == "Transaction" and source.path != "services/db/engine.py":
            yield "a class named Transaction"


@rule(
    "A day ends in _on, an instant in _at, money in _micros.",
    bad={
        "services/room/model.py": "class Invoice:\n    due_date: date\n",
        "services/room/operations.py": "def issue(*, amount_cents): ...\n",
    },
    good={"services/room/model.py": "class Invoice:\n    due_on: date\n    paid_micros: int\n"},
)
def other_suffixes(source: Source) -> Iterator[str]:
    """Fields and parameters of services with another suffix."""
    for node in source.nodes if source.parts[0] == "services" else []:
        name = node.arg if isinstance(node, ast.arg) else None
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            name = node.target.id
        for wrong, right in SUFFIXES.items():
            if name and name.endswith(wrong):
                yield f"{name} should end in {right}"


@rule(
    "A module begins with one sentence about itself.",
    bad={"services/room/model.py": "x = 1\n", "services/room/queries.py": '"""no sentence"""\n'},
    good={"services/room/model.py": '"""What a room is.\n\nMore."""\n', "services/room/__init__.py": ""},
)
def silent_modules(source: Source) -> Iterator[str]:
    """Modules without it; an empty file needs none."""
    if not source.text.strip():
        return
    first = (ast.get_docstring(source.tree) or "").split("\n\n")[0].strip()
    if not first.endswith((".", "?", "!", ":")):
        yield "its docstring does not begin with a sentence" if first else "no docstring"


@rule(
    "Every public function says what it gives and what it refuses.",
    bad={"services/room/model.py": "def issue(): ...\n"},
    good={"services/room/model.py": 'def _own(): ...\n\ndef issue():\n    """Issue."""\n    def inner(): ...\n'},
)
def silent_functions(source: Source) -> Iterator[str]:
    """Public functions and methods without a docstring, outside tests."""
    for owner in [] if source.is_test else source.nodes:
        if isinstance(owner, ast.Module | ast.ClassDef):
            for node in owner.body:
                if isinstance(node, FunctionDef) and not node.name.startswith("_") and not ast.get_docstring(node):
                    yield f"{node.name} has no docstring"


# The code for "no currency" is one of the marks, so that one counts only at the start of a comment.
_MARKS = re.compile(r"\b(?:TO" + "DO|FIX" + r"ME)\b|(?:#|//|--)\s*(?:XX" + "X|HA" + r"CK)\b")


@rule(
    "Nothing unfinished is left behind a mark.",
    bad={"services/room/model.py": "# TO" + "DO later\n", "tests/test_x.py": "x = 1  # HA" + "CK\n"},
    good={"services/room/model.py": 'NO_CURRENCY = "XX' + 'X"  # a hackney carriage\n'},
)
def marks(source: Source) -> Iterator[str]:
    """Marks of unfinished work."""
    for number, line in enumerate(source.text.splitlines(), 1):
        if _MARKS.search(line):
            yield f"line {number}: {line.strip()}"
