"""The files of the project as the house rules see them: what git tracks or would track."""

from __future__ import annotations

import ast
import subprocess
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Source:
    """One Python file: its path from the root, and its text."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed file."""
        return ast.parse(self.text)

    @property
    def nodes(self) -> list[ast.AST]:
        """Every node of the file."""
        return list(ast.walk(self.tree))

    @property
    def parts(self) -> tuple[str, ...]:
        """The folders and the file name."""
        return PurePosixPath(self.path).parts

    @property
    def is_test(self) -> bool:
        """Whether it is a test, or serves tests."""
        return self.parts[0] == "tests"

    @property
    def is_screen(self) -> bool:
        """Whether it is a screen: a file in a section folder of `pages/`."""
        return self.parts[0] == "pages" and len(self.parts) > 2 and not self.parts[1].startswith("_")


@cache
def paths() -> tuple[str, ...]:
    """Every file that is tracked, or would be if it were added."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    return tuple(sorted(path for path in listed.stdout.split("\0") if path and (ROOT / path).is_file()))


@cache
def sources() -> tuple[Source, ...]:
    """Every Python file except generated migrations."""
    wanted = [path for path in paths() if path.endswith(".py") and "migrations/versions/" not in path]
    return tuple(Source(path, (ROOT / path).read_text()) for path in wanted)


@cache
def texts() -> tuple[Source, ...]:
    """Every file of text, Python or not; what is not UTF-8 (a font, a picture) is left out."""
    found = []
    for path in paths():
        try:
            found.append(Source(path, (ROOT / path).read_text()))
        except UnicodeDecodeError:
            continue
    return tuple(found)
