"""GST of a small company on a cash basis: it owes the tax of what it was paid, in the month in which it was paid."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.access.model import SYSTEM
from services.company.model import GstBasis
from services.customers.model import Customer
from services.customers.operations import create_customer
from services.db.engine import Database
from services.integrity.queries import run
from services.invoices.credit_note import Cause
from services.invoices.crediting import credit_invoice
from services.invoices.ending import expire_invoices, reinstate_invoice, void_invoice
from services.invoices.model import Invoice
from services.ledger.queries import trial_balance
from services.money import Money
from services.payments.model import Allocation
from services.payments.operations import undo_allocation
from services.pricing.queries import rate_on
from tests.invoicing import issue, open_shop
from tests.receiving import receive

MARCH, APRIL, MAY = (datetime(2026, month, 10, 1, 0, tzinfo=UTC) for month in (3, 4, 5))
CHECKS = ("receivables", "gst_payable", "gst_not_due", "credit_awaited", "owed_back", "allocations", "entries_balance")


@pytest.fixture
def buyer(database: Database) -> Customer:
    return open_shop(database, gst_basis=GstBasis.CASH)["AU"]


def gst(database: Database) -> tuple[str, str]:
    """What is payable to the tax office, and the tax on what invoices still ask for; the books hold meanwhile."""
    with database.read() as conn:
        rows = trial_balance(conn)
        assert [each.detail for each in run(conn, names=CHECKS) if not each.ok] == []
    sums = [
        -int(rows[rows["account"].str.startswith(f"liabilities:{purpose}:AUD")]["balance_micros"].sum())
        for purpose in ("gst_payable", "gst_not_due")
    ]
    return Money(sums[0], "AUD").plain(), Money(sums[1], "AUD").plain()


def paid(database: Database, made: Invoice, amount: str, *, at: datetime, **said: str) -> Allocation:
    return receive(database, made, amount, on=at.date(), at=at, **said)


def credit(database: Database, made: Invoice, amount: str, cause: Cause, at: datetime) -> None:
    asked = {"invoice_id": made.id, "gross": Money.of(amount, "AUD"), "cause": cause, "reason": "agreed with the buyer"}
    database.act(lambda tx: credit_invoice(tx, by=SYSTEM, nonce=f"note-{amount}", **asked), at=at)


def test_gst_is_owed_in_the_month_in_which_money_comes(database: Database, buyer: Customer) -> None:
    made = issue(database, buyer, "220.00", nonce="a", at=MARCH)
    assert gst(database) == ("0.00", "20.00")  # the statement of March says 0.00
    paid(database, made, "110.00", key="half", at=APRIL)
    assert gst(database) == ("10.00", "10.00")  # April: 10.00
    paid(database, made, "110.00", key="rest", at=MAY)
    assert gst(database) == ("20.00", "0.00")  # May: another 10.00


def test_what_nobody_pays_never_becomes_payable(database: Database, buyer: Customer) -> None:
    made = issue(database, buyer, "330.00", nonce="a", at=MARCH)
    late = MARCH + timedelta(days=31)
    database.act(lambda tx: expire_invoices(tx, by=SYSTEM, invoice_ids=[made.id]), at=late)
    assert gst(database) == ("0.00", "0.00")
    wrong = issue(database, buyer, "220.00", nonce="b", at=late)
    database.act(lambda tx: void_invoice(tx, by=SYSTEM, invoice_id=wrong.id, reason="issued twice"), at=late)
    assert gst(database) == ("0.00", "0.00")


def test_an_expired_one_that_is_paid_after_all_is_owed_from_its_receipt_on(database: Database, buyer: Customer) -> None:
    made = issue(database, buyer, "330.00", nonce="a", at=MARCH)
    late = MARCH + timedelta(days=31)
    database.act(lambda tx: expire_invoices(tx, by=SYSTEM, invoice_ids=[made.id]), at=late)
    database.act(lambda tx: reinstate_invoice(tx, by=SYSTEM, invoice_id=made.id, reason="it was paid"), at=late)
    assert gst(database) == ("0.00", "30.00")
    given = paid(database, made, "330.00", at=late)
    assert gst(database) == ("30.00", "0.00")
    database.act(lambda tx: undo_allocation(tx, by=SYSTEM, allocation_id=given.id, reason="another's money"), at=late)
    assert gst(database) == ("0.00", "30.00")


def test_abroad_gst_is_worth_the_day_of_its_receipt(database: Database, buyer: Customer) -> None:
    """An Australian customer billed in US dollars: what was issued at one rate becomes payable at another."""
    there = {"username": "abroad", "name": "Abroad", "email": "a@abroad.example", "country": "AU", "currency": "USD"}
    billed = database.act(lambda tx: create_customer(tx, by=SYSTEM, **there))
    first, then = (datetime(2026, 10, day, 1, 0, tzinfo=UTC) for day in (28, 30))
    made = issue(database, billed, "333.33", nonce="usd", at=first)
    paid(database, made, "111.11", key="one", at=then)
    paid(database, made, "222.22", key="two", at=then)
    with database.read() as conn:
        rows = trial_balance(conn).set_index("account")
        today = rate_on(conn, "USD", then.date())
    assert today.aud_per_unit != made.rate
    said = ["balance_micros", "base_balance_micros"]
    payable, worth = rows.loc["liabilities:gst_payable:USD", said]
    assert payable == -30_300_000
    assert Money(-int(worth), "AUD").text() == today.to_aud(Money.of("30.30", "USD")).text()
    assert list(rows.loc[f"liabilities:gst_not_due:USD:{billed.id}", said]) == [0, 0]  # no AUD strands


def test_what_is_given_back_of_a_paid_one_is_owed_no_more(database: Database, buyer: Customer) -> None:
    made = issue(database, buyer, "220.00", nonce="a", at=MARCH)
    paid(database, made, "220.00", at=APRIL)
    credit(database, made, "55.00", Cause.PRICE, MAY)
    assert gst(database) == ("15.00", "0.00")


def test_the_adjustment_of_a_short_payment_takes_only_what_was_not_yet_due(database: Database, buyer: Customer) -> None:
    made = issue(database, buyer, "220.00", nonce="a", at=MARCH)
    paid(database, made, "205.00", short="fee", at=APRIL)
    assert gst(database) == ("18.64", "1.36")
    credit(database, made, "15.00", Cause.SHORT_PAYMENT, MAY)
    assert gst(database) == ("18.64", "0.00")


def test_a_note_on_a_half_paid_one_takes_the_open_part_first(database: Database, buyer: Customer) -> None:
    made = issue(database, buyer, "220.00", nonce="a", at=MARCH)
    paid(database, made, "110.00", at=APRIL)
    credit(database, made, "165.00", Cause.CANCELLED, MAY)  # 110.00 nobody paid, 55.00 that goes back
    assert gst(database) == ("5.00", "0.00")
