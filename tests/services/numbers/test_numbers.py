"""Dedicated numbers: rented from a day, charged in advance, pro rata first, and never after they end."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from services.access.model import SYSTEM
from services.access.tables import audit_event
from services.db.engine import Database
from services.ledger.period_lock import close_period, require_open
from services.ledger.queries import credit_balance
from services.ledger.tables import journal_entry
from services.money import Money
from services.numbers.charging import charge_rental, due_rentals
from services.numbers.model import (
    CHANGE_NUMBERS,
    CannotCancel,
    DedicatedNumber,
    NoSuchNumber,
    NotANumber,
    NumberStatus,
    NumberTaken,
    NumberType,
    WrongRentalPrice,
    check_e164,
)
from services.numbers.operations import add_number, cancel_number, release_number
from services.numbers.queries import monthly_fees, number, page, rentals
from tests import builders

PRICE = Money.of(30, "AUD")


def at(year: int, month: int, day: int) -> datetime:
    """Noon in Sydney."""
    return datetime(year, month, day, 1, tzinfo=UTC)


def add(database: Database, moment: datetime, e164: str = "+61491570001", customer_id: int = 1) -> DedicatedNumber:
    with database.write(at=moment) as tx:
        return add_number(
            tx, by=SYSTEM, e164=e164, customer_id=customer_id, country="AU", type=NumberType.MOBILE, monthly_price=PRICE
        )


def charge(database: Database, moment: datetime, month: date) -> int:
    with database.write(at=moment) as tx:
        return charge_rental(tx, by=SYSTEM, month=month)


@pytest.fixture(autouse=True)
def _customers(database: Database) -> None:
    builders.customers(database, 2)


def test_the_first_month_is_pro_rata_and_charged_at_once(database: Database) -> None:
    added = add(database, at(2026, 11, 16))
    with database.read() as conn:
        assert credit_balance(conn, 1, "AUD") == Money.of(-15, "AUD")  # 15 of 30 days of 30.00
        assert [period.days for period, _amount in rentals(conn, added.id)] == [15]


def test_the_first_of_a_month_is_charged_once_in_advance(database: Database) -> None:
    added = add(database, at(2026, 11, 16))
    assert charge(database, at(2026, 12, 1), date(2026, 12, 1)) == 1
    assert charge(database, at(2026, 12, 2), date(2026, 12, 31)) == 0
    with database.read() as conn:
        assert [amount.plain() for _days, amount in rentals(conn, added.id)] == ["15.00", "30.00"]
        assert credit_balance(conn, 1, "AUD") == Money.of(-45, "AUD")


def test_a_cancelled_number_is_rented_to_the_end_of_what_was_charged(database: Database) -> None:
    added = add(database, at(2026, 11, 16))
    with database.write(at=at(2026, 11, 20)) as tx:
        cancelled = cancel_number(tx, by=SYSTEM, number_id=added.id)
    assert (cancelled.status, cancelled.cancels_on) == (NumberStatus.CANCELLING, date(2026, 12, 1))
    assert charge(database, at(2026, 12, 1), date(2026, 12, 1)) == 0


def test_a_last_month_ends_with_the_day_it_cancels(database: Database) -> None:
    added = add(database, at(2026, 11, 16))
    with database.write(at=at(2026, 11, 20)) as tx:
        cancel_number(tx, by=SYSTEM, number_id=added.id, effective_on=date(2026, 12, 11))
    charge(database, at(2026, 12, 1), date(2026, 12, 1))
    charge(database, at(2027, 1, 1), date(2027, 1, 1))
    with database.read() as conn:
        assert rentals(conn, added.id)[-1][0].ends_before == date(2026, 12, 11)
        assert rentals(conn, added.id)[-1][1] == Money.of("9.68", "AUD")  # 10 of 31 days


def test_days_already_charged_cannot_be_cancelled(database: Database) -> None:
    added = add(database, at(2026, 11, 16))
    with database.write(at=at(2026, 11, 20)) as tx:
        with pytest.raises(CannotCancel, match="charged up to 2026-12-01"):
            cancel_number(tx, by=SYSTEM, number_id=added.id, effective_on=date(2026, 11, 25))
        cancel_number(tx, by=SYSTEM, number_id=added.id)
        with pytest.raises(CannotCancel, match="already"):
            cancel_number(tx, by=SYSTEM, number_id=added.id)


def test_a_number_is_rented_again_only_after_a_person_released_it(database: Database) -> None:
    added = add(database, at(2026, 11, 16))
    with pytest.raises(NumberTaken):
        add(database, at(2026, 11, 17), customer_id=2)
    with database.write(at=at(2026, 11, 20)) as tx:
        cancel_number(tx, by=SYSTEM, number_id=added.id)
        with pytest.raises(CannotCancel, match="still rented"):
            release_number(tx, by=SYSTEM, number_id=added.id)
    with database.write(at=at(2026, 12, 3)) as tx:
        assert release_number(tx, by=SYSTEM, number_id=added.id).cancelled_on == date(2026, 12, 3)
    assert add(database, at(2026, 12, 4), customer_id=2).id != added.id


def test_a_wrong_number_price_or_id_is_refused(database: Database) -> None:
    with database.write(at=at(2026, 11, 16)) as tx:
        wanted = {"by": SYSTEM, "customer_id": 1, "country": "AU", "type": NumberType.LOCAL}
        with pytest.raises(NotANumber, match="country code"):
            add_number(tx, e164="0491 570 001", monthly_price=PRICE, **wanted)
        with pytest.raises(WrongRentalPrice):
            add_number(tx, e164="+61491570001", monthly_price=Money.of(3, "USD"), **wanted)
        with pytest.raises(NoSuchNumber):
            cancel_number(tx, by=SYSTEM, number_id=99)


def test_a_page_says_what_is_charged_next(database: Database) -> None:
    kept, ending = add(database, at(2026, 11, 16)), add(database, at(2026, 11, 16), "+61491570002", 2)
    with database.write(at=at(2026, 11, 20)) as tx:
        cancel_number(tx, by=SYSTEM, number_id=ending.id)
    with database.read() as conn:
        rows = page(conn, on=date(2026, 11, 20)).rows.set_index("id")
        assert rows.loc[kept.id, "next_charge_on"] == date(2026, 12, 1)
        assert rows.loc[kept.id, "next_charge_micros"] == PRICE.micros
        assert rows["next_charge_micros"].isna().tolist() == [False, True]
        assert page(conn, on=date(2026, 11, 20), text="570 002").total == 1
        assert page(conn, on=date(2026, 11, 20), status=NumberStatus.CANCELLING, customer_id=2, country="AU").total == 1
        assert monthly_fees(conn, on=date(2026, 11, 20))["micros"].tolist() == [2 * PRICE.micros]
        assert number(conn, kept.id).e164 == "+61491570001"


def test_the_database_keeps_what_was_charged(database: Database) -> None:
    add(database, at(2026, 11, 16))
    for attack in ("UPDATE number_rental SET micros = 1", "DELETE FROM number_rental", "DELETE FROM dedicated_number"):
        with pytest.raises(DBAPIError, match="never"), database.write(at=at(2026, 11, 17)) as tx:
            tx.conn.exec_driver_sql(attack)


@pytest.mark.parametrize("text", ["", "+", "+0123456789", "61491570001", "+1234567890123456", "+61 call me"])
def test_what_is_no_e164_number_is_refused(text: str) -> None:
    with pytest.raises(NotANumber):
        check_e164(text)


def test_spaces_and_brackets_are_taken_out_of_a_number() -> None:
    assert check_e164(" +61 (2) 5550-1234 ") == "+61255501234"


def test_what_is_done_to_a_number_stands_in_the_audit_trail(database: Database) -> None:
    added = add(database, at(2026, 11, 16))
    with database.write(at=at(2026, 11, 17)) as tx:
        cancel_number(tx, by=SYSTEM, number_id=added.id)
    with database.write(at=at(2026, 12, 1)) as tx:
        release_number(tx, by=SYSTEM, number_id=added.id)
    with database.read() as conn:
        trail = conn.execute(select(audit_event.c.subject, audit_event.c.act).order_by(audit_event.c.id)).all()
    assert [tuple(event) for event in trail] == [("number", CHANGE_NUMBERS.name)] * 3


def test_what_is_due_is_what_a_charge_then_charges_and_then_no_more(database: Database) -> None:
    first, second = add(database, at(2026, 11, 16)), add(database, at(2026, 11, 16), "+61491570002", 2)
    december = date(2026, 12, 1)
    with database.read() as conn:
        due = due_rentals(conn, month=december)
    assert [(one.number.id, one.amount, one.customer) for one in due] == [
        (first.id, PRICE, "Customer 1"),
        (second.id, PRICE, "Customer 2"),
    ]
    with database.write(at=at(2026, 12, 1)) as tx:
        assert charge_rental(tx, by=SYSTEM, month=december, number_ids=[second.id, 99]) == 1
        assert [one.number.id for one in due_rentals(tx.conn, month=december)] == [first.id]
        assert charge_rental(tx, by=SYSTEM, month=december, number_ids=[]) == 0
        assert charge_rental(tx, by=SYSTEM, month=december) == 1
        assert due_rentals(tx.conn, month=december) == []


def test_a_number_entered_late_owes_nothing_for_the_months_before_it_was_entered(database: Database) -> None:
    with database.write(at=at(2026, 11, 16)) as tx:
        add_number(
            tx,
            by=SYSTEM,
            e164="+61491570001",
            customer_id=1,
            country="AU",
            type=NumberType.MOBILE,
            monthly_price=PRICE,
            activated_on=date(2019, 1, 1),
        )
    assert [charge(database, at(2026, 12, 1), date(2026, month, 1)) for month in (9, 10, 11, 12)] == [0, 0, 0, 1]


def test_the_rental_of_a_closed_month_is_posted_on_the_first_open_day(database: Database) -> None:
    added = add(database, at(2026, 11, 16))
    with database.write(at=at(2027, 1, 5)) as tx:
        require_open(tx, [date(2026, 12, 1)])
        for period in (202611, 202612):
            close_period(tx, by=SYSTEM, period=period)
    assert charge(database, at(2027, 1, 5), date(2026, 12, 1)) == 1
    with database.read() as conn:
        assert rentals(conn, added.id)[-1][0].starts_on == date(2026, 12, 1)
        days = conn.execute(select(journal_entry.c.effective_on).order_by(journal_entry.c.id)).scalars().all()
    assert days == [date(2026, 11, 16), date(2027, 1, 1)]
