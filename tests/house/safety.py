"""What no code of the house may contain, because each has cost somebody money or sleep."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.house.rule import rule
from tests.house.screens import called
from tests.house.tree import Source

SQL_CALLS = frozenset({"text", "execute", "exec_driver_sql", "executemany", "executescript"})
CLOCKS = frozenset({"now", "utcnow", "today"})
EDGES = (
    "services/db/engine.py",
    "services/__main__.py",
    "services/commands/",
    "services/web/",
    "services/demo/",
    "services/gateways/",
)


def assembled(node: ast.expr) -> bool:
    """Whether a value can stand in the text: an f-string with a hole, `%`, `+ name` or `"...".format(...)`.

    A clause from a function (`"... WHERE " + any_of(...)`) and a template constant (`_TOTALS.format(...)`) pass: what
    they put in are column names and placeholders, which cannot be bound.
    """
    if isinstance(node, ast.JoinedStr):
        fixed = isinstance(first := node.values[0], ast.Constant) and str(first.value).startswith("PRAGMA ")
        return not fixed and any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp):
        sides = (node.left, node.right)
        clause = any(isinstance(side, ast.Call) for side in sides)
        named = any(isinstance(side, ast.Name) for side in sides) and not clause
        return isinstance(node.op, ast.Mod) or named or any(assembled(side) for side in sides)
    if isinstance(node, ast.Call) and called(node) == "format" and isinstance(node.func, ast.Attribute):
        return not getattr(node.func.value, "id", "").isupper()
    return False


@rule(
    "No SQL is put together from strings.",
    bad={
        "services/room/queries.py": 'from sqlalchemy import text\nconn.execute(text(f"SELECT {x}"))\n',
        "services/room/operations.py": 'conn.exec_driver_sql("SELECT " + x)\n',
        "services/ledger/queries.py": 'conn.execute("SELECT {}".format(x))\n',
    },
    good={
        "services/db/engine.py": 'conn.execute(f"PRAGMA {x}")\nconn.execute(text("SELECT 1"))\n',
        "services/ledger/queries.py": 'text("SELECT 1 WHERE " + any_of(conn, "id"))\ntext(_ROWS.format(mark=mark))\n',
    },
)
def assembled_sql(source: Source) -> Iterator[str]:
    """SQL with values in its text; tests may, what they interpolate is their own."""
    imported = {alias.name for node in source.nodes if isinstance(node, ast.ImportFrom) for alias in node.names}
    wanted = SQL_CALLS if {"text", "Connection"} & imported else SQL_CALLS - {"text"}  # a PDF draws text too
    for node in [] if source.is_test else source.nodes:
        if isinstance(node, ast.Call) and called(node) in wanted and node.args and assembled(node.args[0]):
            yield f"line {node.lineno}: bind the values instead"


@rule(
    "Nothing is pickled.",
    bad={"services/room/queries.py": "import pickle\n", "pages/_ui/cached.py": "from shelve import open\n"},
    good={"services/room/queries.py": "import json\n"},
)
def pickles(source: Source) -> Iterator[str]:
    """Imports of what runs code when it reads."""
    for node in source.nodes:
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        for name in [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]:
            if name.split(".")[0] in {"pickle", "shelve", "marshal", "dill", "joblib"}:
                yield f"line {node.lineno}: imports {name}"


@rule(
    "No error is caught by a net that also catches the end of a script run.",
    bad={
        "pages/_ui/frame.py": "try: ...\nexcept BaseException: ...\n",
        "services/room/queries.py": "try: ...\nexcept: ...\n",
        "services/room/operations.py": "try: ...\nexcept (ValueError, BaseException): ...\n",
        "services/web/health.py": "with suppress(BaseException): ...\n",
    },
    good={"services/room/queries.py": "try: ...\nexcept ValueError: ...\n"},
)
def wide_nets(source: Source) -> Iterator[str]:
    """`except:`, `except BaseException:` and `suppress(BaseException)`."""
    for node in source.nodes:
        if isinstance(node, ast.ExceptHandler):
            caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        elif isinstance(node, ast.Call) and called(node) == "suppress":
            caught = list(node.args)
        else:
            continue
        if any(one is None or getattr(one, "id", "") == "BaseException" for one in caught):
            yield f"line {node.lineno}: name what is expected"


@rule(
    "No room has a clock: the moment is the transaction's, the day an argument.",
    bad={
        "services/room/operations.py": "datetime.now(UTC)\n",
        "services/room/queries.py": "date.today()\n",
        "services/ledger/operations.py": "time.time()\n",
    },
    good={"services/db/engine.py": "datetime.now(UTC)\n", "pages/_ui/text.py": "datetime.now(UTC)\n"},
)
def clocks(source: Source) -> Iterator[str]:
    """Looks at the clock inside services, below the edges where the outside comes in."""
    for node in source.nodes if source.parts[0] == "services" and not source.path.startswith(EDGES) else []:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = getattr(node.func.value, "id", getattr(node.func.value, "attr", ""))
            if (owner in {"datetime", "date"} and node.func.attr in CLOCKS) or (owner, node.func.attr) == (
                "time",
                "time",
            ):
                yield f"line {node.lineno}: {owner}.{node.func.attr}()"
