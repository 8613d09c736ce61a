"""Balances on any day, an entry whole, and why a balance is what it is: the reads that posting itself relies on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Connection, Row, cast, func, select, text

from services.errors import NotFound
from services.ledger.model import (
    Account,
    AccountBalance,
    Explanation,
    ExplanationLine,
    JournalEntry,
    Kind,
    Posting,
    Purpose,
)
from services.ledger.tables import account, account_balance, account_day, journal_entry, posting
from services.ledger.writing import any_of, asked, listed
from services.money import Money
from services.periods import Period


class NoSuchEntry(NotFound):
    """No journal entry has that id."""


def credit_balance(conn: Connection, customer_id: int, currency: str) -> Money:
    """The customer's credit now: positive is credit in hand, negative is owed."""
    found = _kept(conn, Account(Purpose.CREDIT, currency, customer_id))
    return Money(-found[0], currency)


def promotional_credit(conn: Connection, customer_id: int, currency: str, *, on: date | None = None) -> Money:
    """How much of the customer's credit was given and not bought, now or at the end of a day; the rest was paid for.

    A day is summed by when movements took effect, so late use of earlier days may have drawn a later grant: what would
    be less than nothing, or more than the credit of that day, is cut off.
    """
    given = Account(Purpose.PROMO_DEFERRED, currency, customer_id)
    if on is None:
        return Money(_kept(conn, given)[0], currency)
    held, credit = balance_on(conn, given, on)[0], balance_on(conn, Account(Purpose.CREDIT, currency, customer_id), on)
    return Money(max(0, min(held.micros, -credit[0].micros)), currency)


def promotional_shares(conn: Connection, entry_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """By entry what it took of a customer's credit and how much of that was promotional, both in micros."""
    line = posting.c
    moved = (Purpose.CREDIT.value, Purpose.PROMO_DISCOUNT.value)
    query = (
        select(line.entry_id, account.c.purpose, total(line.amount))
        .join(account, account.c.id == line.account_id)
        .where(account.c.purpose.in_(moved), text(any_of(conn, "posting.entry_id", "ids")))
        .group_by(line.entry_id, account.c.purpose)
    )
    found: dict[int, dict[str, int]] = {}
    for entry_id, purpose, micros in conn.execute(query, {"ids": listed(conn, entry_ids)}):
        found.setdefault(entry_id, {})[purpose] = int(micros)
    return {entry_id: (of.get(moved[0], 0), of.get(moved[1], 0)) for entry_id, of in found.items()}


def balances(conn: Connection, customer_id: int) -> list[AccountBalance]:
    """Every account of one customer with its balance now, debit positive."""
    query = (
        select(account.c.purpose, account.c.currency, account_balance.c.balance, account_balance.c.base_balance)
        .join(account_balance, account_balance.c.account_id == account.c.id)
        .where(account.c.customer_id == customer_id)
        .order_by(account.c.currency, account.c.purpose)
    )
    return [
        AccountBalance(Account(Purpose(row.purpose), row.currency, customer_id), row.balance, row.base_balance)
        for row in conn.execute(query)
    ]


def balance_on(conn: Connection, of: Account, day: date) -> tuple[Money, int]:
    """The balance of a customer's account at the end of a day and its AUD base in micros, debit positive.

    Summed from the daily roll-ups, by the day a movement took effect.
    """
    days = account_day.c
    query = select(
        total(days.debit) - total(days.credit),
        total(days.base_debit) - total(days.base_credit),
    ).where(days.account_id == id_of(of), days.day <= day)
    micros, base = conn.execute(query).one()
    return Money(int(micros), of.currency), int(base)


def explain(conn: Connection, *, customer_id: int, currency: str, period: Period) -> Explanation:
    """Opening, every class of movement and closing of a customer's credit over a period, credit positive.

    The opening is the sum of the days before; the closing is the kept balance less the days after. They come from
    different rows, so a difference other than 0.00 means that balances and roll-ups disagree.
    """
    credit = Account(Purpose.CREDIT, currency, customer_id)
    days = account_day.c
    moved = (total(days.credit) - total(days.debit)).label("micros")
    own = days.account_id == id_of(credit)
    before = conn.execute(select(moved).where(own, days.day < period.starts_on)).scalar_one()
    after = conn.execute(select(moved).where(own, days.day >= period.ends_before)).scalar_one()
    raised, lowered = total(days.credit).label("raised"), total(days.debit).label("lowered")
    inside = (
        select(days.kind, total(days.postings).label("postings"), raised, lowered)
        .where(own, days.day >= period.starts_on, days.day < period.ends_before)
        .group_by(days.kind)
    )
    found = {row.kind: row for row in conn.execute(inside)}
    lines = [_line(kind, found[kind], currency) for kind in Kind if kind in found]
    now = credit_balance(conn, customer_id, currency)
    return Explanation(Money(int(before), currency), tuple(lines), now - Money(int(after), currency))


def _line(kind: Kind, row: Row[Any], currency: str) -> ExplanationLine:
    raised, lowered = Money(int(row.raised), currency), Money(int(row.lowered), currency)
    return ExplanationLine(kind, int(row.postings), raised, lowered)


def newest_entry(conn: Connection) -> int:
    """The id of the newest journal entry, about how many there are; 0 in new books."""
    return int(conn.execute(select(func.coalesce(func.max(journal_entry.c.id), 0))).scalar_one())


def entry(conn: Connection, entry_id: int) -> JournalEntry:
    """One journal entry with its postings; raises `NoSuchEntry`."""
    row = conn.execute(select(journal_entry).where(journal_entry.c.id == entry_id)).one_or_none()
    if row is None:
        raise NoSuchEntry(f"There is no journal entry {entry_id}.")
    undone = select(journal_entry.c.id).where(journal_entry.c.reversal_of_id == entry_id)
    return _entry(row, conn.execute(undone).scalar(), _postings(conn, entry_id))


def _postings(conn: Connection, entry_id: int) -> tuple[Posting, ...]:
    query = (
        select(account.c.purpose, account.c.customer_id, account.c.detail, posting)
        .join(account, account.c.id == posting.c.account_id)
        .where(posting.c.entry_id == entry_id)
        .order_by(posting.c.seq)
    )
    return tuple(
        Posting(Account(Purpose(row.purpose), row.currency, row.customer_id, row.detail), row.amount, row.base_amount)
        for row in conn.execute(query)
    )


def _entry(row: Row[Any], reversed_by: int | None, postings: Sequence[Posting]) -> JournalEntry:
    return JournalEntry(
        id=row.id,
        kind=Kind(row.kind),
        source=row.source,
        key=row.key,
        source_id=row.source_id,
        customer_id=row.customer_id,
        effective_on=row.effective_on,
        posted_at=row.posted_at,
        actor=row.actor,
        memo=row.memo,
        reversal_of_id=row.reversal_of_id,
        reversed_by_id=reversed_by,
        postings=tuple(postings),
    )


def account_id(conn: Connection, of: Account) -> int | None:
    """The id of an account, or None while nothing has been posted to it."""
    return conn.execute(id_of(of)).scalar()


def id_of(of: Account) -> Any:
    """The account's id as a subquery by its code."""
    return select(account.c.id).where(account.c.code == of.code).scalar_subquery()


_KEPT = """SELECT balance, base_balance FROM account_balance
 WHERE account_id = (SELECT id FROM account WHERE code = :one)"""


def _kept(conn: Connection, of: Account) -> tuple[int, int]:
    found = asked(conn, _KEPT, of.code)
    return (found[0][0], found[0][1]) if found else (0, 0)


def total(column: Any) -> Any:
    """The sum of a money column as a plain integer, 0 for nothing (PostgreSQL's own sum is no BIGINT)."""
    return cast(func.coalesce(func.sum(column), 0), BigInteger)
