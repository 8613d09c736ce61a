"""Frames of the books for screens: movements a page at a time, totals by kind, credit by day, the trial balance.

The plain reads that need no frame stand in `balances` and are offered here too.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Select, func, select

from services.ledger.balances import (
    NoSuchEntry,
    account_id,
    balance_on,
    balances,
    credit_balance,
    entry,
    explain,
    id_of,
    newest_entry,
    promotional_credit,
    total,
)
from services.ledger.model import Account, Kind, Purpose
from services.ledger.rollup import tail_totals
from services.ledger.tables import account, account_day, control_day, journal_entry, posting
from services.ledger.trial_balance import trial_balance_rows
from services.periods import Period

__all__ = [
    "Movements",
    "NoSuchEntry",
    "account_id",
    "balance_on",
    "balances",
    "credit_balance",
    "daily_credit",
    "entry",
    "explain",
    "movements",
    "newest_entry",
    "promotional_credit",
    "totals_by_kind",
    "trial_balance",
]

FOREVER = date(9999, 12, 31)
COLUMNS = [
    "entry_id",
    "day",
    "kind",
    "customer_id",
    "currency",
    "micros",
    "source",
    "source_id",
    "memo",
    "reversal_of_id",
]


def daily_credit(conn: Connection, *, customer_id: int, currency: str, period: Period) -> pd.DataFrame:
    """The customer's credit at the end of every day of a period: columns day, micros (credit positive)."""
    credit = Account(Purpose.CREDIT, currency, customer_id)
    opening, _ = balance_on(conn, credit, period.starts_on - timedelta(days=1))
    days = account_day.c
    query = (
        select(days.day, total(days.credit) - total(days.debit))
        .where(days.account_id == id_of(credit), days.day >= period.starts_on, days.day < period.ends_before)
        .group_by(days.day)
    )
    moved: dict[date, int] = {day: int(micros) for day, micros in conn.execute(query)}
    rows, running = [], -opening.micros
    for offset in range(period.days):
        day = period.starts_on + timedelta(days=offset)
        running += moved.get(day, 0)
        rows.append((day, running))
    return pd.DataFrame(rows, columns=["day", "micros"])


def totals_by_kind(
    conn: Connection,
    *,
    period: Period,
    purpose: Purpose = Purpose.CREDIT,
    customer_id: int | None = None,
    currency: str | None = None,
) -> pd.DataFrame:
    """What moved the accounts of a purpose, by day, kind and currency: columns day, kind, currency, postings, micros.

    `micros` is credit less debit, so that credit bought is positive and use negative. All customers, or one.
    """
    if customer_id:
        rows = _customer_days(conn, customer_id, purpose, period, currency)
    else:
        rows = _control_days(conn, purpose, period, currency)
    sums: dict[tuple[Any, ...], list[int]] = {}
    for day, kind, code, postings, micros in rows:
        of = sums.setdefault((day, kind, code), [0, 0])
        of[0] += int(postings)
        of[1] += int(micros)
    names = ["day", "kind", "currency", "postings", "micros"]
    return pd.DataFrame([(*key, *sums[key]) for key in sorted(sums)], columns=names)


def _customer_days(
    conn: Connection, customer_id: int, purpose: Purpose, period: Period, currency: str | None
) -> list[Sequence[Any]]:
    days = account_day.c
    query = (
        select(days.day, days.kind, account.c.currency, days.postings, days.credit - days.debit)
        .join(account, account.c.id == days.account_id)
        .where(account.c.customer_id == customer_id, account.c.purpose == purpose.value)
        .where(days.day >= period.starts_on, days.day < period.ends_before)
    )
    return list(conn.execute(query.where(account.c.currency == currency) if currency else query))


def _control_days(conn: Connection, purpose: Purpose, period: Period, currency: str | None) -> list[Sequence[Any]]:
    days = control_day.c
    query = select(days.day, days.kind, days.currency, days.postings, days.credit - days.debit).where(
        days.purpose == purpose.value, days.day >= period.starts_on, days.day < period.ends_before
    )
    rows: list[Sequence[Any]] = list(conn.execute(query.where(days.currency == currency) if currency else query))
    for row in tail_totals(conn):
        day = date.fromisoformat(str(row.day))
        if row.purpose == purpose.value and day in period and currency in (None, row.currency):
            rows.append((day, row.kind, row.currency, row.postings, row.credit - row.debit))
    return rows


@dataclass(frozen=True)
class Movements:
    """One page of movements, newest first, and how many there are in all.

    `rows` has the columns entry_id, day, kind, customer_id, currency, micros (credit positive), source, source_id,
    memo, reversal_of_id and, for one customer and currency with every kind, balance_micros after each movement.
    """

    rows: pd.DataFrame
    total: int
    sums: dict[str, int]


def movements(
    conn: Connection,
    *,
    period: Period,
    customer_id: int | None = None,
    kinds: Collection[Kind] = (),
    currency: str | None = None,
    page: int = 1,
    size: int = 50,
) -> Movements:
    """A page of credit movements in a period, newest first; `sums` is what they come to by currency, in micros."""
    counted = totals_by_kind(conn, period=period, customer_id=customer_id, currency=currency)
    if kinds:
        counted = counted[counted["kind"].isin([kind.value for kind in kinds])]
    count = int(counted["postings"].sum())
    sums = {str(code): int(micros) for code, micros in counted.groupby("currency")["micros"].sum().items()}
    by_day = counted.groupby("day")["postings"].sum().sort_index(ascending=False)
    newest, oldest, skip = _days_of_page(list(by_day.items()), (page - 1) * size, size)
    if newest is None or oldest is None:
        return Movements(pd.DataFrame(columns=COLUMNS), count, sums)
    query = _rows(newest, oldest, customer_id, kinds, currency).offset(skip).limit(size)
    frame = pd.DataFrame([tuple(row) for row in conn.execute(query)], columns=COLUMNS)
    if customer_id and currency and not kinds:
        frame["balance_micros"] = _running(conn, frame, Account(Purpose.CREDIT, currency, customer_id), newest, skip)
    return Movements(frame, count, sums)


def _days_of_page(by_day: Sequence[tuple[Any, Any]], offset: int, size: int) -> tuple[date | None, date | None, int]:
    """Between which days a page lies, and how many movements of the newest of them come before it."""
    newest: date | None = None
    skip, seen = 0, 0
    for day, count in by_day:
        if newest is None and seen + count > offset:
            newest, skip = day, offset - seen
        seen += int(count)
        if newest is not None and seen >= offset + size:
            return newest, day, skip
    return newest, by_day[-1][0] if by_day and newest else None, skip


def _rows(
    newest: date, oldest: date, customer_id: int | None, kinds: Collection[Kind], currency: str | None
) -> Select[Any]:
    header = journal_entry.c
    query = (
        select(
            header.id, header.effective_on, header.kind, account.c.customer_id, posting.c.currency, -posting.c.amount,
            header.source, header.source_id, header.memo, header.reversal_of_id,
        )
        .select_from(journal_entry)
        .join(posting, posting.c.entry_id == header.id)
        .join(account, account.c.id == posting.c.account_id)
        .where(account.c.purpose == Purpose.CREDIT.value)
        .where(header.effective_on <= newest, header.effective_on >= oldest)
        .order_by(header.effective_on.desc(), header.id.desc(), posting.c.seq.desc())
    )  # fmt: skip
    if customer_id:
        query = query.where(account.c.customer_id == customer_id, header.customer_id == customer_id)
    if kinds:
        query = query.where(header.kind.in_([kind.value for kind in kinds]))
    return query.where(posting.c.currency == currency) if currency else query


def _running(conn: Connection, frame: pd.DataFrame, of: Account, newest: date, skip: int) -> list[int]:
    """The credit after each movement of the page, counted back from the end of its newest day."""
    closing, _ = balance_on(conn, of, newest)
    later = _rows(newest, newest, of.customer_id, (), of.currency).limit(skip).subquery()
    passed = conn.execute(select(func.sum(later.c[5]))).scalar() or 0
    balance = -closing.micros - int(passed)
    after = []
    for micros in frame["micros"]:
        after.append(balance)
        balance -= int(micros)
    return after


def trial_balance(conn: Connection, *, as_of: date | None = None, each_customer: bool = True) -> pd.DataFrame:
    """Every account up to a day: account, currency, debit, credit, balance and base_balance, all in micros.

    Without `each_customer` a customer's account is part of one sum a purpose and currency.
    """
    found = trial_balance_rows(conn, as_of or FOREVER, each_customer=each_customer)
    rows = [
        (code, currency, debit, credit, debit - credit, base_debit - base_credit)
        for code, currency, debit, credit, base_debit, base_credit in found
    ]
    names = ["debit_micros", "credit_micros", "balance_micros", "base_balance_micros"]
    return pd.DataFrame(rows, columns=["account", "currency", *names])
