"""The forecast of a month back-tested at mid-month over a company's histories, against the naive straight line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from sqlalchemy import func, select

from services.db.engine import Database
from services.periods import Period, add_months, month_of
from services.postpaid.forecast import month_total, straight_line
from services.usage.tables import usage_day

KNOWN_DAYS = 15
HISTORY_MONTHS = 3  # of a customer's use before its first month is forecast: as long as the forecast looks back


def back_test_rows(database: Database, *, today: date) -> list[tuple[object, ...]]:
    """One row: months forecast, both mean absolute errors in units, their ratio, and how often the band held."""
    ours = naive = held = months = 0
    for daily, month in _histories(database, today):
        known = month.starts_on + timedelta(days=KNOWN_DAYS)
        total = sum(micros for day, micros in daily.items() if day in month)
        told = month_total(daily, month, known_before=known)
        ours += abs(told.expected - total)
        naive += abs(straight_line(daily, month, known_before=known) - total)
        held += told.low <= total <= told.high
        months += 1
    if not months or not naive:
        return []
    units = months * 1_000_000
    return [(months, f"{ours / units:.2f}", f"{naive / units:.2f}", f"{ours / naive:.2f}", f"{held / months:.0%}")]


def _histories(database: Database, today: date) -> Iterator[tuple[Mapping[date, int], Period]]:
    """Each customer's use by day, with every full month that has enough history before it."""
    c = usage_day.c
    with database.read() as conn:
        rows = conn.execute(select(c.customer_id, c.day, func.sum(c.micros)).group_by(c.customer_id, c.day)).all()
    by_customer: defaultdict[int, dict[date, int]] = defaultdict(dict)
    for customer_id, day, micros in rows:
        by_customer[customer_id][day] = int(micros)
    for daily in by_customer.values():
        month = month_of(add_months(min(daily).replace(day=1), HISTORY_MONTHS))
        while month.ends_before <= today.replace(day=1):
            yield daily, month
            month = month_of(month.ends_before)
