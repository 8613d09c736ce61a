"""What a list of movements shows beside each: the balance after it in the order of days, and what took it back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from itertools import accumulate, groupby

from sqlalchemy import Connection, select, text

from services.ledger.balances import id_of, total
from services.ledger.model import Account
from services.ledger.tables import account_day, journal_entry, posting
from services.ledger.writing import any_of, listed

_MOST_DAYS = 100  # up to here each day is asked for by name, beyond it everything between the first and the last


def balances_after(conn: Connection, of: Account, days: Collection[date]) -> dict[tuple[int, int], int]:
    """The balance of a customer's account after every movement of some days, credit positive, by entry and posting.

    Movements stand in the order of their days, and within a day in the order they were posted: what is back-dated
    changes every balance after it.
    """
    wanted = sorted(set(days))
    if not wanted:
        return {}
    before = _before(conn, of, wanted)
    header, line = journal_entry.c, posting.c
    query = (
        select(header.effective_on, header.id, line.seq, -line.amount)
        .select_from(journal_entry)
        .join(posting, line.entry_id == header.id)
        .where(header.customer_id == of.customer_id, line.account_id == id_of(of))
        .order_by(header.effective_on, header.id, line.seq)
    )
    inside = header.effective_on.in_(wanted)
    if len(wanted) > _MOST_DAYS:
        inside = header.effective_on.between(wanted[0], wanted[-1])
    found: dict[tuple[int, int], int] = {}
    for day, rows in groupby(conn.execute(query.where(inside)), key=lambda row: row[0]):
        moves = list(rows)
        after = list(accumulate((int(row[3]) for row in moves), initial=before.get(day, 0)))[1:]
        found |= {(int(row[1]), int(row[2])): micros for row, micros in zip(moves, after, strict=True)}
    return found


def _before(conn: Connection, of: Account, wanted: Sequence[date]) -> dict[date, int]:
    """The balance before the first movement of every day up to the last one wanted."""
    days = account_day.c
    query = (
        select(days.day, total(days.credit) - total(days.debit))
        .where(days.account_id == id_of(of), days.day <= wanted[-1])
        .group_by(days.day)
        .order_by(days.day)
    )
    before, running = {}, 0
    for day, micros in conn.execute(query):
        before[day] = running
        running += int(micros)
    return before


def reversed_by(conn: Connection, entry_ids: Sequence[int]) -> dict[int, int]:
    """Which of some entries were taken back, and by which entry."""
    if not entry_ids:
        return {}
    header = journal_entry.c
    query = select(header.reversal_of_id, header.id).where(text(any_of(conn, "journal_entry.reversal_of_id", "ids")))
    rows = conn.execute(query, {"ids": listed(conn, list(entry_ids))})
    return {int(undone): int(by) for undone, by in rows}
