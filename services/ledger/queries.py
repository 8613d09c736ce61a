"""Frames of the books for screens: movements a page at a time, totals by kind, credit by day, the trial balance.

The plain reads that need no frame stand in `balances` and are offered here too.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import Connection, select

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
    promotional_shares,
    total,
)
from services.ledger.day_totals import kind_days
from services.ledger.finding import COLUMNS, SEARCHED, MovementFilter, find
from services.ledger.model import Account, Kind, Purpose
from services.ledger.running import balances_after, reversed_by
from services.ledger.tables import account_day
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
    "found_movements",
    "movements",
    "newest_entry",
    "promotional_credit",
    "promotional_shares",
    "totals_by_kind",
    "trial_balance",
]

FOREVER = date(9999, 12, 31)


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
    sums: dict[tuple[Any, ...], list[int]] = {}
    for each in kind_days(conn, period=period, purpose=purpose, customer_id=customer_id, currency=currency):
        of = sums.setdefault((each.day, each.kind, each.currency), [0, 0])
        of[0] += each.postings
        of[1] += each.credit - each.debit
    names = ["day", "kind", "currency", "postings", "micros"]
    return pd.DataFrame([(*key, *sums[key]) for key in sorted(sums)], columns=names)


@dataclass(frozen=True)
class Movements:
    """One page of movements, newest first, and how many there are in all.

    `rows` has the columns of `finding.COLUMNS` (`micros` is credit positive), reversed_by_id, and, for one customer
    and currency, balance_micros after each movement in the order of days, whatever else is filtered. `searched` is set
    where only so many of the newest movements were looked at, back to the day `since`.
    """

    rows: pd.DataFrame
    total: int
    sums: dict[str, int]
    searched: int | None = None
    since: date | None = None


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
    wanted = MovementFilter(period, customer_id, frozenset(kinds), currency)
    return found_movements(conn, wanted=wanted, page=page, size=size)


def found_movements(
    conn: Connection, *, wanted: MovementFilter, page: int = 1, size: int = 50, searched: int = SEARCHED
) -> Movements:
    """As `movements`, by any filter; `searched` bounds what is looked at where the roll-ups cannot tell."""
    found = find(conn, wanted, page=page, size=size, searched=searched)
    frame = pd.DataFrame([tuple(row) for row in found.rows], columns=COLUMNS)
    undone = reversed_by(conn, [int(each) for each in frame["entry_id"]])
    frame["reversed_by_id"] = pd.array([undone.get(int(each)) for each in frame["entry_id"]], dtype="Int64")
    if wanted.customer_id and wanted.currency:
        of = Account(Purpose.CREDIT, wanted.currency, wanted.customer_id)
        after = balances_after(conn, of, list(frame["day"]))
        keys = zip(frame["entry_id"], frame["seq"], strict=True)
        frame["balance_micros"] = [after[int(entry_id), int(seq)] for entry_id, seq in keys]
    return Movements(frame, found.total, found.sums, found.searched, found.since)


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
