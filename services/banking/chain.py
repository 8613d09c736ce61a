"""Whether a statement goes on where the books of its account end, and which days are missing where it does not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, Connection, cast, func, select

from services.banking.tables import bank_line, bank_statement
from services.money import Money

if TYPE_CHECKING:
    from services.banking.intake import Taken
    from services.banking.model import Statement

_Closed = tuple[Money, date]


def gaps(conn: Connection, taken: Sequence[Taken]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is missing before statements of a file, and what stays missing around them; a sentence for each.

    A statement goes on where one before it closed, or at what the books hold before its first day (two files may
    overlap). One whose lines are all in the books lacks nothing; one that leads on to a statement the books have only
    makes a gap smaller, which is told.
    """
    before: dict[str, _Closed] = {}
    missing, told = [], []
    for each in sorted(taken, key=lambda one: (one.statement.starts_on or date.min, _number(one.statement.number))):
        said, account = each.statement, each.account
        if account is None or said.opening is None or said.starts_on is None:
            continue
        known = bool(each.keys) and not each.fresh
        prior = before.get(account.code)
        last = None if known else _goes_on_from(conn, account.code, said, prior)
        if last is not None:
            sentence = _sentence(account.code, last, said.starts_on, said.opening)
            if prior is None and _leads_on(conn, account.code, said):
                told.append(f"Still missing before this file: {sentence}")
            else:
                missing.append(sentence)
        if said.closing is not None and said.ends_on is not None:
            before[account.code] = said.closing, said.ends_on
    for code, closed in before.items():
        if still := _still_missing(conn, code, closed):
            told.append(still)
    return tuple(missing), tuple(told)


def _goes_on_from(conn: Connection, code: str, said: Statement, prior: _Closed | None) -> _Closed | None:
    """The closing it should have gone on from and does not; None where nothing is missing before it."""
    if said.opening is None or said.starts_on is None:
        return None
    if prior is not None:
        return None if prior[0] == said.opening else prior
    row, micros = bank_statement.c, said.opening.micros
    live = (row.bank_account == code, row.undone_at.is_(None), row.closing_micros.is_not(None))
    columns = select(row.closing_micros, row.ends_on, row.number).where(*live)
    same_day = conn.execute(columns.where(row.ends_on == said.starts_on)).all()
    before = columns.where(row.ends_on < said.starts_on).order_by(row.ends_on.desc(), row.id.desc()).limit(1)
    earlier = conn.execute(before).all()
    if any(each.closing_micros == micros for each in (*same_day, *earlier)) or _books_hold(conn, code, said):
        return None
    # several statements of one day come in the order of their numbers: one with a higher number follows this one
    own = _number(said.number)
    lower = [each for each in same_day if not own or not _number(each.number) or _number(each.number) <= own]
    found = max(lower, key=lambda each: _number(each.number), default=earlier[0] if earlier else None)
    return (Money(found.closing_micros, said.opening.currency), found.ends_on) if found is not None else None


def _number(written: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", written)]


def _leads_on(conn: Connection, code: str, said: Statement) -> bool:
    """Whether a statement of the books opens where this one closes."""
    if said.closing is None or said.ends_on is None:
        return False
    row = bank_statement.c
    live = (row.bank_account == code, row.undone_at.is_(None), row.starts_on >= said.ends_on)
    found = select(row.id).where(*live, row.opening_micros == said.closing.micros).limit(1)
    return conn.execute(found).first() is not None


def _books_hold(conn: Connection, code: str, said: Statement) -> bool:
    """Whether the books hold exactly its opening balance before its first day."""
    line, statement = bank_line.c, bank_statement.c
    if said.opening is None or said.starts_on is None:
        return False
    first = select(statement.opening_micros).where(statement.bank_account == code, statement.opens)
    opened = conn.execute(first).scalar()
    total = select(cast(func.coalesce(func.sum(line.amount_micros), 0), BigInteger))
    lines = total.where(line.bank_account == code, line.undone_at.is_(None), line.booked_on < said.starts_on)
    return opened is not None and int(opened) + int(conn.execute(lines).scalar_one()) == said.opening.micros


def _sentence(code: str, last: _Closed, starts_on: date, opening: Money) -> str:
    closing, ended = last
    first, final = ended + timedelta(days=1), starts_on - timedelta(days=1)
    days = f"{first} to {final} seem to be missing" if first < final else f"{first} seems to be missing"
    if first > final:
        days = f"lines of {ended} seem to be missing"
    return f"{code}: {days}: the statement before closed at {closing.text()}, this one opens at {opening.text()}."


def _still_missing(conn: Connection, code: str, closed: _Closed) -> str | None:
    """What stays missing between this file and the next statement the books have; that one was accepted before."""
    closing, ended = closed
    row = bank_statement.c
    query = (
        select(row.opening_micros, row.starts_on)
        .where(row.bank_account == code, row.undone_at.is_(None), row.opening_micros.is_not(None))
        .where(row.starts_on > ended)
        .order_by(row.starts_on, row.id)
        .limit(1)
    )
    following = conn.execute(query).one_or_none()
    if following is None or following.opening_micros == closing.micros:
        return None
    opening = Money(following.opening_micros, closing.currency)
    return f"Still missing after this file: {_sentence(code, closed, following.starts_on, opening)}"
