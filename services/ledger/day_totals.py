"""What moved the accounts of a purpose by day, kind and currency, from the roll-ups: one customer's, or everybody's."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, literal_column, select

from services.ledger.balances import total
from services.ledger.chart import Purpose
from services.ledger.rollup import tail_totals
from services.ledger.tables import account, account_day, control_day
from services.periods import Period


class KindDay(NamedTuple):
    """One kind of movement on one day in one currency: how many postings, and micros by side."""

    day: date
    kind: str
    currency: str
    postings: int
    debit: int
    credit: int


def kind_days(
    conn: Connection,
    *,
    period: Period,
    purpose: Purpose,
    customer_id: int | None = None,
    currency: str | None = None,
    kinds: Collection[str] = (),
    apart: bool = True,
) -> Iterator[KindDay]:
    """Every kind and day of a period, in no order; the same kind and day may come twice, to be added up.

    Without `apart` the kinds of a day are one sum, its kind an empty word.
    """
    query = _of_customer(customer_id) if customer_id else _of_everybody()
    days, owner = (account_day.c, account.c) if customer_id else (control_day.c, control_day.c)
    query = query.where(owner.purpose == purpose.value, days.day >= period.starts_on, days.day < period.ends_before)
    if kinds:
        query = query.where(days.kind.in_(sorted(kinds)))
    if currency:
        query = query.where(owner.currency == currency)
    keys = [days.day, days.kind if apart else literal_column("''"), owner.currency]
    sums = (total(days.postings), total(days.debit), total(days.credit))
    grouped = query.with_only_columns(*keys, *sums, maintain_column_froms=True)
    grouped = grouped.group_by(days.day, owner.currency, *([days.kind] if apart else []))
    for day, kind, code, *figures in conn.execute(grouped):
        yield KindDay(day, str(kind), str(code), *(int(figure) for figure in figures))
    for row in () if customer_id else tail_totals(conn):
        day = date.fromisoformat(str(row.day))
        wanted = row.purpose == purpose.value and day in period and currency in (None, row.currency)
        if wanted and (not kinds or row.kind in kinds):
            kind = row.kind if apart else ""
            yield KindDay(day, kind, row.currency, int(row.postings), int(row.debit), int(row.credit))


def _of_customer(customer_id: int) -> Select[Any]:
    joined = select(account_day).join(account, account.c.id == account_day.c.account_id)
    return joined.where(account.c.customer_id == customer_id)


def _of_everybody() -> Select[Any]:
    return select(control_day)
