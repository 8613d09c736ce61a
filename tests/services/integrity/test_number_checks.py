"""Each check of numbers turns red when somebody with the file in hands changes what it watches."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from services.access.model import SYSTEM
from services.db.engine import Database
from services.integrity import queries as integrity
from services.money import Money
from services.numbers.charging import charge_rental
from services.numbers.model import NumberType
from services.numbers.operations import add_number, record_cancellation, refund_after_end
from services.pricing.operations import load_reference
from services.settings import settings
from tests import builders
from tests.services.integrity.test_checks import _damage

DAMAGE = {
    "rental_once": "UPDATE number_rental SET ends_before = '2026-12-09' WHERE month = '2026-11-01'",
    "rental_after_end": "UPDATE dedicated_number SET cancellation_recorded_at = added_at",
    "rental_refunds": "UPDATE number_refund SET micros = 900000000",
    "rental_posted": "UPDATE number_setup SET micros = micros + 1",
    "registration_kept": "UPDATE dedicated_number SET registration = 'rejected'",
}


def at(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 1, tzinfo=UTC)


@pytest.fixture
def books(database: Database) -> Database:
    """A number rented over two months, found to have ended within the second, its rental given back."""
    builders.customers(database, 1, at=at(11, 1))
    with database.write(at=at(11, 1)) as tx:
        load_reference(tx, by=SYSTEM, folder=settings().reference_data)
        added = add_number(
            tx, by=SYSTEM, e164="+61491570001", customer_id=1, country="AU", type=NumberType.MOBILE,
            monthly_price=Money.of(30, "AUD"), setup_price=Money.of(5, "AUD"),
        )  # fmt: skip
    database.act(lambda tx: charge_rental(tx, by=SYSTEM, month=tx.today), at=at(12, 1))
    since = date(2026, 12, 11)
    end = {"number_id": added.id, "reason": "carrier's notice"}
    database.act(lambda tx: record_cancellation(tx, by=SYSTEM, since=since, **end), at=at(12, 20))
    database.act(lambda tx: refund_after_end(tx, by=SYSTEM, **end), at=at(12, 20))
    return database


def test_a_number_that_lived_is_green(books: Database) -> None:
    with books.read() as conn:
        assert all(found.ok for found in integrity.run(conn, names=DAMAGE))


@pytest.mark.parametrize("check", DAMAGE)
def test_damage_turns_the_check_red(books: Database, check: str) -> None:
    statements = [DAMAGE[check]]
    if check == "rental_once":  # an end that was recorded explains days beyond it
        statements.append("UPDATE dedicated_number SET cancels_on = NULL, cancelled_on = NULL, status = 'active'")
        statements = ["DELETE FROM number_refund", *statements]
    _damage(books, [one.replace("'active'", "'active', cancellation_requested_on = NULL") for one in statements])
    with books.read() as conn:
        assert not integrity.run(conn, names=(check,))[0].ok
