"""What screens must do first and may never do."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.house.rule import rule
from tests.house.tree import Source

_COLOURED = re.compile(r":(red|orange|yellow|green|blue|violet|gr[ae]y|rainbow|primary)\[")
_GUARDED = 'from pages._ui.frame import open_screen\nopen_screen("Reports")\n'


def calls(node: ast.AST, name: str) -> bool:
    """Whether a call of that function stands anywhere in the node."""
    return any(isinstance(n, ast.Call) and called(n) == name for n in ast.walk(node))


def called(call: ast.Call) -> str:
    """The last part of the name that is called: `execute` for `conn.execute(...)`."""
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def acts(statement: ast.stmt) -> bool:
    """Whether a statement does anything when the script runs: no docstring, import, definition or constant."""
    if isinstance(statement, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef):
        return False
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return False
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    named = [one for target in targets for one in (target.elts if isinstance(target, ast.Tuple) else [target])]
    constant = all(isinstance(one, ast.Name) and one.id.isupper() for one in named)
    return not constant or any(isinstance(node, ast.Name) and node.id == "st" for node in ast.walk(statement))


@rule(
    "Every screen opens with open_screen.",
    bad={
        "pages/books/reports.py": "import streamlit as st\nst.title('Reports')\n" + _GUARDED,
        "pages/books/empty.py": "import streamlit as st\n",
        "pages/books/box.py": "BOX = st.container()\n" + _GUARDED,
    },
    good={
        "pages/books/reports.py": "COLUMNS = {1: words(2)}\n" + _GUARDED,
        "pages/_ui/frame.py": "import streamlit as st\n",
    },
)
def unguarded_screens(source: Source) -> Iterator[str]:
    """Screens whose first act is something else."""
    if source.is_screen and source.text.strip():
        first = next((statement for statement in source.tree.body if acts(statement)), None)
        if first is None or not calls(first, "open_screen"):
            yield "its first act is not open_screen(...)"


@rule(
    "Only pages/main.py stands directly under pages/, because anything else there opens past the sign-in.",
    bad={"pages/loose.py": "", "pages/pages/x.py": "", "pages/books/pages/x.py": ""},
    good={"pages/main.py": "", "pages/books/reports.py": ""},
)
def loose_screens(source: Source) -> Iterator[str]:
    """Python files beside the main script, and folders named as Streamlit's own."""
    if source.parts[0] == "pages":
        if len(source.parts) == 2 and source.parts[1] != "main.py":
            yield "stands directly under pages/"
        if "pages" in source.parts[1:]:
            yield "a folder named pages beside or below the main script"


@rule(
    "Nothing is cached but in pages/_ui/cached.py.",
    bad={"pages/books/reports.py": "@st.cache_data\ndef f(): ...\n", "pages/_ui/frame.py": "st.cache_resource(f)\n"},
    good={"pages/_ui/cached.py": "@st.cache_data\ndef f(): ...\n"},
)
def stray_caches(source: Source) -> Iterator[str]:
    """Uses of Streamlit's caches elsewhere."""
    for node in source.nodes if not source.is_test and source.path != "pages/_ui/cached.py" else []:
        if isinstance(node, ast.Attribute) and node.attr in {"cache_data", "cache_resource"}:
            yield f"line {node.lineno}: {node.attr}"


@rule(
    "No markup and no script from our own strings.",
    bad={
        "pages/books/reports.py": "st.markdown(x, unsafe_allow_html=True)\n",
        "pages/_ui/frame.py": "st.html(x, unsafe_allow_javascript=True)\n",
    },
    good={"pages/_ui/frame.py": "st.markdown(x)\n"},
)
def unsafe_markup(source: Source) -> Iterator[str]:
    """Calls that switch a sanitiser off."""
    for node in source.nodes:
        if isinstance(node, ast.keyword) and (node.arg or "").startswith("unsafe_allow"):
            yield f"line {node.value.lineno}: {node.arg}"


@rule(
    "A screen never opens a unit of work: no st.* stands between BEGIN and COMMIT.",
    bad={"pages/books/reports.py": "with database().write() as tx: ...\n", "pages/main.py": "db.write(at=now)\n"},
    good={"pages/books/reports.py": "st.write('words')\n"},
)
def transactions_in_screens(source: Source) -> Iterator[str]:
    """Calls of `Database.write`, which takes nothing positional, while `st.write` does."""
    for node in source.nodes if source.parts[0] == "pages" else []:
        if isinstance(node, ast.Call) and called(node) == "write" and not node.args:
            yield f"line {node.lineno}: opens a unit of work"


@rule(
    "No caption holds coloured words: it is set at 60 %, which takes them below the contrast that can be read.",
    bad={
        "pages/books/reports.py": "st.caption(f':red[{wrong}]')\n",
        "pages/_ui/frame.py": "st.caption(':orange[!]')\n",
    },
    good={"pages/books/reports.py": "st.caption('due: 2')\nst.markdown(f':small[:red[{wrong}]]')\n"},
)
def coloured_captions(source: Source) -> Iterator[str]:
    """Captions with a literal that colours; `frame.complain` and `frame.caution` are for such words."""
    for node in source.nodes if source.parts[0] == "pages" else []:
        if isinstance(node, ast.Call) and called(node) == "caption":
            for part in ast.walk(node):
                if isinstance(part, ast.Constant) and isinstance(part.value, str) and _COLOURED.search(part.value):
                    yield f"line {node.lineno}: {part.value}"


@rule(
    "A screen never reaches a vendor.",
    bad={"pages/books/reports.py": "from services.gateways.mail import send\n"},
    good={"pages/books/reports.py": "from services.ledger import queries\n"},
)
def vendors_in_screens(source: Source) -> Iterator[str]:
    """Imports of the gateways."""
    for node in source.nodes if source.parts[0] == "pages" else []:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("services.gateways"):
            yield f"line {node.lineno}: imports {node.module}"
