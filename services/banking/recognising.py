"""A line the books have from another format: the bank words it otherwise there, yet it is the same movement."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from rapidfuzz import fuzz
from sqlalchemy import BigInteger, Connection, Row, cast, func, select

from services.banking.fingerprint import search_text
from services.banking.model import Line, Statement, StatementFormat
from services.banking.tables import bank_line, bank_statement, bank_statement_file

_ALIKE = 85  # of 100: how much of the shorter text's words must stand in the other
_WORD = re.compile(r"[^\W_]{4,}")

Keyed = tuple[Statement, list[str]]
Held = dict[tuple[date, int], list[Any]]


def recognised(
    conn: Connection, code: str, keyed: Sequence[Keyed], known: frozenset[str], kind: StatementFormat
) -> list[list[str]]:
    """The content keys of a file's lines, each line the books have from a file of another format with the key it has.

    One of equal day and amount is the same where the texts agree, or where a statement that ties lists that whole
    day. Where the books would lead to the file's own closing balance without this, every line stays what it is.
    """
    fresh = {key for said, keys in keyed for key in keys if key not in known}
    if not fresh:
        return [keys for _, keys in keyed]
    held = _held(conn, code, [said for said, _ in keyed], skipped=frozenset(key for _, keys in keyed for key in keys))
    swapped: dict[str, str] = {}
    for covers in (False, True):
        for said, keys in keyed:
            for line, key in zip(said.booked, keys, strict=True):
                if key in fresh and key not in swapped:
                    pool = held.get((line.booked_on, line.amount.micros), [])
                    found = next((one for one in pool if _same(line, said, one, kind, covers=covers)), None)
                    if found is not None:
                        pool.remove(found)
                        swapped[key] = found.fingerprint
    if not swapped or _leads_there(conn, code, keyed, known):
        return [keys for _, keys in keyed]
    return [[swapped.get(key, key) for key in keys] for _, keys in keyed]


def _held(conn: Connection, code: str, statements: Iterable[Statement], skipped: frozenset[str]) -> Held:
    days = [line.booked_on for said in statements for line in said.booked]
    line, statement = bank_line.c, bank_statement.c
    query = (
        select(
            line.fingerprint, line.booked_on, line.amount_micros, line.search_text, bank_statement_file.c.format,
            statement.starts_on, statement.ends_on, statement.ties, statement.opening_micros, statement.closing_micros,
        )
        .join(bank_statement, statement.id == line.statement_id)
        .join(bank_statement_file, bank_statement_file.c.id == statement.file_id)
        .where(line.bank_account == code, line.booked_on.between(min(days), max(days)), line.undone_at.is_(None))
        .order_by(line.id)
    )  # fmt: skip
    found: Held = defaultdict(list)
    for row in conn.execute(query):
        if row.fingerprint not in skipped:
            found[row.booked_on, row.amount_micros].append(row)
    return found


def _same(line: Line, said: Statement, held: Row[Any], kind: StatementFormat, *, covers: bool) -> bool:
    if covers:
        return bool(held.ties) and _lists_the_day(line, said, held)
    either = {kind.value, held.format}
    return len(either) > 1 and StatementFormat.ZIP.value not in either and _alike(search_text(line), held.search_text)


def _lists_the_day(line: Line, said: Statement, held: Row[Any]) -> bool:
    if held.starts_on and held.ends_on and held.starts_on < line.booked_on < held.ends_on:
        return True
    balances = (None if each is None else each.micros for each in (said.opening, said.closing))
    return (said.starts_on, said.ends_on, *balances) == (
        held.starts_on,
        held.ends_on,
        held.opening_micros,
        held.closing_micros,
    )


def _alike(one: str, other: str) -> bool:
    """Whether two banks' words for a movement say the same: most of the shorter stands in the longer."""
    if not set(_WORD.findall(one)) & set(_WORD.findall(other)):
        return False
    return fuzz.token_set_ratio(one, other) >= _ALIKE


def _leads_there(conn: Connection, code: str, keyed: Sequence[Keyed], known: frozenset[str]) -> bool:
    """Whether the books with every fresh line hold what the file's last statement closes at: then all of them are."""
    closed = [said for said, _ in keyed if said.closing is not None]
    last = max(closed, key=lambda said: said.ends_on or date.min, default=None)
    if last is None or last.closing is None or last.ends_on is None:
        return False
    line, statement = bank_line.c, bank_statement.c
    opened = conn.execute(
        select(statement.opening_micros).where(statement.bank_account == code, statement.opens)
    ).scalar()
    total = select(cast(func.coalesce(func.sum(line.amount_micros), 0), BigInteger))
    here = (line.bank_account == code, line.undone_at.is_(None), line.booked_on <= last.ends_on)
    lines = int(conn.execute(total.where(*here)).scalar_one())
    fresh = sum(
        each.amount.micros
        for said, keys in keyed
        for each, key in zip(said.booked, keys, strict=True)
        if key not in known and each.booked_on <= last.ends_on
    )
    return opened is not None and int(opened) + lines + fresh == last.closing.micros
