"""How every command speaks: answers on standard output, refusals as one sentence and an exit code other than 0."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import typer

from services.access.model import Principal
from services.db.current import current
from services.db.engine import Database
from services.errors import LedgerdeskError

FAILED, REFUSED = 1, 3
OPERATOR = Principal(None, "Operator", None)


def say(words: str) -> None:
    """One line for a person, on standard error so that answers stay clean."""
    typer.echo(words, err=True)


def answer(value: Any) -> None:
    """The answer as JSON on standard output."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def stop(words: str, code: int = FAILED) -> NoReturn:
    """End with a sentence and a code other than 0."""
    say(words)
    raise typer.Exit(code)


@contextmanager
def books() -> Iterator[Database]:
    """The books of this installation; an anticipated error ends the command with its sentence."""
    database = current()
    try:
        yield database
    except LedgerdeskError as error:
        stop(str(error))
    finally:
        database.close()


def write_out(pieces: Iterator[str]) -> None:
    """Stream text to standard output, a piece at a time, and stop quietly when the reader has had enough."""
    try:
        for piece in pieces:
            sys.stdout.write(piece)
        sys.stdout.flush()
    except BrokenPipeError:
        raise typer.Exit(FAILED) from None
