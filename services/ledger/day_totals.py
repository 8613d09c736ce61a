"""What moved the accounts of a purpose by day, kind and currency, from the roll-ups: one customer's, or everybody's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import CompoundSelect, Connection, Select, and_, case, literal, null, select, union_all

from services.ledger.balances import total
from services.ledger.chart import Purpose
from services.ledger.rollup import tail_query, tail_totals
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
) -> Iterator[KindDay]:
    """Every kind and day of a period, in no order; the same kind and day may come twice, to be added up."""
    query = _of_customer(customer_id) if customer_id else _of_everybody()
    days, owner = (account_day.c, account.c) if customer_id else (control_day.c, control_day.c)
    query = _narrowed(query, (owner, days), period, purpose, currency=currency, kinds=kinds)
    keys = (days.day, days.kind, owner.currency)
    sums = (total(days.postings), total(days.debit), total(days.credit))
    grouped = query.with_only_columns(*keys, *sums, maintain_column_froms=True).group_by(*keys)
    yield from map(KindDay._make, conn.execute(grouped))
    for row in () if customer_id else tail_totals(conn):
        day = row.day
        wanted = row.purpose == purpose.value and day in period and currency in (None, row.currency)
        if wanted and (not kinds or row.kind in kinds):
            yield KindDay(day, row.kind, row.currency, int(row.postings), int(row.debit), int(row.credit))


def day_counts(
    conn: Connection,
    *,
    period: Period,
    customer_id: int | None = None,
    currency: str | None = None,
    kinds: Collection[str] = (),
) -> tuple[Counter[date], Counter[str]]:
    """How many movements of customers' credit each day has, and what they come to by currency (credit less debit).

    Both from one walk through the days, of which a year in six currencies has two thousand.
    """
    query = _of_customer(customer_id) if customer_id else _of_everybody()
    days, owner = (account_day.c, account.c) if customer_id else (control_day.c, control_day.c)
    query = _narrowed(query, (owner, days), period, Purpose.CREDIT, currency=currency, kinds=kinds)
    keys = (days.day, owner.currency)
    figures = (total(days.postings).label("postings"), total(days.credit - days.debit).label("micros"))
    grouped = query.with_only_columns(*keys, *figures, maintain_column_froms=True).group_by(*keys).cte("grouped")
    of = grouped.c
    by_day = select(of.day, null().label("currency"), total(of.postings), literal(0).label("micros"))
    by_currency = select(null(), of.currency, literal(0), total(of.micros)).group_by(of.currency)
    counts: Counter[date] = Counter()
    sums: Counter[str] = Counter()
    for day, code, postings, micros in conn.execute(union_all(by_day.group_by(of.day), by_currency)):
        if code is None:
            counts[day] += int(postings)
        else:
            sums[code] += int(micros)
    for row in () if customer_id else tail_totals(conn):
        wanted = row.purpose == Purpose.CREDIT.value and row.day in period and currency in (None, row.currency)
        if wanted and (not kinds or row.kind in kinds):
            counts[row.day] += int(row.postings)
            sums[row.currency] += int(row.credit) - int(row.debit)
    return counts, sums


def purpose_balances(conn: Connection, *, purpose: Purpose, before: date) -> dict[str, int]:
    """What all accounts of a purpose came to before a day, by currency: micros, debit positive."""
    c = control_day.c
    kept = select(c.currency, total(c.debit - c.credit)).where(c.purpose == purpose.value, c.day < before)
    found = {str(code): int(micros) for code, micros in conn.execute(kept.group_by(c.currency))}
    for row in tail_totals(conn):
        if row.purpose == purpose.value and row.day < before:
            found[row.currency] = found.get(row.currency, 0) + int(row.debit) - int(row.credit)
    return found


class OneWay(NamedTuple):
    """One day in one currency: what of it is known to have moved one way, and what is not known, micros signed."""

    day: date
    currency: str
    postings: int
    micros: int  # credit less debit
    unknown: int  # postings of kinds that moved both ways that day


def one_way_days(
    conn: Connection,
    *,
    period: Period,
    credited: bool,
    customer_id: int | None = None,
    currency: str | None = None,
    kinds: Collection[str] = (),
) -> list[OneWay]:
    """What moved customers' credit one way, by day and currency: up where `credited`, else down.

    Kinds that moved both ways on a day are in neither sum, only counted.
    """
    of = _by_kind(conn, period, customer_id, currency, kinds).subquery().c
    asked, other = (of.credit, of.debit) if credited else (of.debit, of.credit)
    known, unknown = and_(asked > 0, other == 0), and_(asked > 0, other > 0)
    figures = ((known, of.postings), (known, of.credit - of.debit), (unknown, of.postings))
    sums = [total(case((when, figure), else_=0)) for when, figure in figures]
    return [OneWay(*row) for row in conn.execute(select(of.day, of.currency, *sums).group_by(of.day, of.currency))]


def both_ways(
    conn: Connection,
    *,
    period: Period,
    customer_id: int | None = None,
    currency: str | None = None,
    kinds: Collection[str] = (),
) -> list[KindDay]:
    """Whatever kind moved customers' credit both ways on one day."""
    each = _by_kind(conn, period, customer_id, currency, kinds).subquery().c
    figures = (each.postings, each.debit, each.credit)
    mixed = select(each.day, each.kind, each.currency, *figures).where(each.debit > 0, each.credit > 0)
    return [KindDay(day, str(kind), str(code), *map(int, rest)) for day, kind, code, *rest in conn.execute(mixed)]


def _by_kind(
    conn: Connection, period: Period, customer_id: int | None, currency: str | None, kinds: Collection[str]
) -> CompoundSelect[Any] | Select[Any]:
    """One row for each day, kind and currency of customers' credit; the days of the tail are added up with it.

    Credit has no detail, and a customer one credit account a currency: all other rows are read as they are.
    """
    owner, days = (account.c, account_day.c) if customer_id else (control_day.c, control_day.c)
    query = _narrowed(
        (_of_customer(customer_id) if customer_id else _of_everybody()).with_only_columns(
            days.day, days.kind, owner.currency, days.debit, days.credit, days.postings, maintain_column_froms=True
        ),
        (owner, days),
        period,
        Purpose.CREDIT,
        currency=currency,
        kinds=kinds,
    )
    recent = set() if customer_id else {row.day for row in tail_totals(conn) if row.purpose == Purpose.CREDIT.value}
    if not recent:
        return query
    after = tail_query(conn).subquery().c
    tail = select(after.day, after.kind, after.currency, after.debit, after.credit, after.postings)
    tail = _narrowed(tail, (after, after), period, Purpose.CREDIT, currency=currency, kinds=kinds)
    rows = union_all(query.where(days.day.in_(recent)), tail).subquery().c
    key = (rows.day, rows.kind, rows.currency)
    sums = [total(figure).label(figure.name) for figure in (rows.debit, rows.credit, rows.postings)]
    return union_all(query.where(days.day.not_in(recent)), select(*key, *sums).group_by(*key))


def _narrowed(
    query: Select[Any], of: tuple[Any, Any], period: Period, purpose: Purpose, *, currency: str | None,
    kinds: Collection[str],
) -> Select[Any]:  # fmt: skip
    """The rows of a period, by the columns of the accounts and of the days."""
    owner, days = of
    query = query.where(owner.purpose == purpose.value, days.day >= period.starts_on, days.day < period.ends_before)
    if kinds:
        query = query.where(days.kind.in_(sorted(kinds)))
    return query.where(owner.currency == currency) if currency else query


def _of_customer(customer_id: int) -> Select[Any]:
    joined = select(account_day).join(account, account.c.id == account_day.c.account_id)
    return joined.where(account.c.customer_id == customer_id)


def _of_everybody() -> Select[Any]:
    return select(control_day)
