"""Whether a statement goes on where the books of its account end, and which days are missing where it does not."""

from __future__ import annotations

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
    """What is missing before statements of a file, and what stays missing after them; a sentence for each.

    A statement goes on where the one before closed, or at what the books hold before its first day (two files may
    overlap). One whose lines are all in the books lacks nothing.
    """
    before: dict[str, _Closed] = {}
    missing, after = [], []
    for each in sorted(taken, key=lambda one: one.statement.starts_on or date.min):
        said, account = each.statement, each.account
        if account is None or said.opening is None or said.starts_on is None:
            continue
        last = before.get(account.code) or _last_closing(conn, account.code, account.currency, said.starts_on)
        known = bool(each.keys) and not each.fresh
        differs = last is not None and not known and last[0] != said.opening
        if last and differs and not _goes_on(conn, account.code, said, within=account.code in before):
            missing.append(_sentence(account.code, last, said.starts_on, said.opening))
        if said.closing is not None and said.ends_on is not None:
            before[account.code] = said.closing, said.ends_on
    for code, closed in before.items():
        if sentence := _still_missing(conn, code, closed):
            after.append(sentence)
    return tuple(missing), tuple(after)


def _goes_on(conn: Connection, code: str, said: Statement, *, within: bool) -> bool:
    """Whether the books hold exactly its opening balance before its first day."""
    line, statement = bank_line.c, bank_statement.c
    if within or said.opening is None or said.starts_on is None:
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


def _last_closing(conn: Connection, code: str, currency: str, before: date) -> _Closed | None:
    row = bank_statement.c
    query = (
        select(row.closing_micros, row.ends_on)
        .where(row.bank_account == code, row.undone_at.is_(None), row.closing_micros.is_not(None))
        .where(row.ends_on <= before)
        .order_by(row.ends_on.desc(), row.id.desc())
        .limit(1)
    )
    found = conn.execute(query).one_or_none()
    return (Money(found.closing_micros, currency), found.ends_on) if found else None


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
