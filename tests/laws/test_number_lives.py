"""Laws of whole lives of numbers: whatever is done in whatever order, no day is paid twice and none after the end."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.access.model import SYSTEM
from services.db.engine import Database, Transaction
from services.errors import Refused
from services.integrity.queries import run
from services.ledger.queries import credit_balance
from services.money import Money, zero
from services.numbers.charging import charge_rental
from services.numbers.model import NumberType
from services.numbers.operations import (
    add_number,
    cancel_number,
    change_price,
    keep_number,
    record_cancellation,
    refund_after_end,
    release_number,
)
from services.numbers.queries import number
from services.numbers.queries.due import due_by_customer
from services.numbers.queries.overcharged import overcharged
from services.periods import add_months, month_of
from services.pricing.operations import load_reference
from services.settings import settings as installation
from tests.builders import customers
from tests.conftest import SYDNEY

FIRST = date(2026, 11, 1)
LAW = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
acts = st.lists(
    st.tuples(
        st.sampled_from(["charge", "catch up", "cancel", "ended", "keep", "release", "price", "refund"]),
        st.integers(0, 12),  # days that pass before
        st.integers(0, 70),  # days back, or ahead, or an amount
    ),
    max_size=14,
)


def perform(tx: Transaction, what: str, number_id: int, size: int) -> object:
    """One act of a life, as its words say; most are refused somewhere in most lives."""
    whose = {"by": SYSTEM, "number_id": number_id}
    ahead, because = tx.today + timedelta(days=size), {"reason": "a law"}
    price = {"monthly_price": Money.of(size + 1, "AUD"), "month": add_months(tx.today, 1 + size % 2)}
    ways = {
        "charge": lambda: charge_rental(tx, by=SYSTEM, month=tx.today),
        "catch up": lambda: charge_rental(tx, by=SYSTEM, month=add_months(tx.today, -(size % 3))),
        "cancel": lambda: cancel_number(tx, **whose, effective_on=ahead if size % 2 else None),
        "ended": lambda: record_cancellation(tx, **whose, since=tx.today - timedelta(days=size), **because),
        "keep": lambda: keep_number(tx, **whose, **because),
        "release": lambda: release_number(tx, **whose),
        "price": lambda: change_price(tx, **whose, **price, **because),
        "refund": lambda: refund_after_end(tx, **whose, **because),
    }
    return ways[what]()


@LAW
@given(lived=acts, starts=st.integers(0, 29))
def test_what_was_paid_and_given_back_is_the_rental_of_the_days_it_was_rented(
    sqlite_template: Path, tmp_path: Path, lived: list[tuple[str, int, int]], starts: int
) -> None:
    with_books = tmp_path / "law.sqlite"
    for old in tmp_path.glob("law.sqlite*"):
        old.unlink()
    shutil.copy(sqlite_template, with_books)
    database = Database(f"sqlite:///{with_books}", timezone=SYDNEY)
    customers(database, 1)
    today = FIRST + timedelta(days=starts)

    def moment() -> datetime:
        return datetime.combine(today, time(1), UTC)

    with database.write(at=moment()) as tx:
        load_reference(tx, by=SYSTEM, folder=installation().reference_data)
        added = add_number(
            tx, by=SYSTEM, e164="+61491570001", customer_id=1, country="AU", type=NumberType.MOBILE,
            monthly_price=Money.of(31, "AUD"),
        ).id  # fmt: skip
    for what, passed, size in lived:
        today += timedelta(days=passed)
        try:
            with database.write(at=moment()) as tx:
                perform(tx, what, added, size)
        except Refused:
            continue
    _hold(database, added, today)
    database.close()


def _hold(database: Database, number_id: int, today: date) -> None:
    """Charge what was missed and give back what slipped, twice over; then the sum is exactly the days rented."""
    months = [add_months(FIRST, ahead) for ahead in range(12) if add_months(FIRST, ahead) <= today]
    with database.write(at=datetime.combine(today, time(2), UTC)) as tx:
        for month in [*months, *reversed(months)]:
            expected = [row.micros for row in tx.conn.execute(due_by_customer(tx.conn, month=month))]
            before = credit_balance(tx.conn, 1, "AUD")
            charge_rental(tx, by=SYSTEM, month=month)
            assert before - credit_balance(tx.conn, 1, "AUD") == Money(sum(expected), "AUD")
        if overcharged(tx.conn):
            refund_after_end(tx, by=SYSTEM, number_id=number_id, reason="a law")
        assert overcharged(tx.conn) == []
    with database.read() as conn:
        found = number(conn, number_id)
        known = [rental for month in months if (rental := found.rental_for(month_of(month).starts_on))]
        owed = sum((amount for _days, amount in known), zero("AUD"))
        assert -credit_balance(conn, 1, "AUD") == owed
        names = ("rental", "rental_once", "rental_after_end", "rental_refunds", "rental_posted")
        assert [each.detail for each in run(conn, names=names) if not each.ok] == []
