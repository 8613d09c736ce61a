"""Three invoices an accountant knows: short by a bank fee, made out to the wrong country, and paid after it expired."""

from __future__ import annotations

from datetime import timedelta

from services.access.model import SYSTEM
from services.customers.operations import change_country
from services.db.engine import Database
from services.integrity.queries import run
from services.invoices.credit_note import Cause
from services.invoices.crediting import credit_invoice
from services.invoices.ending import expire_invoices, reinstate_invoice
from services.invoices.model import Invoice
from services.invoices.queries import invoice
from services.invoices.queries.endings import transitions
from services.ledger.queries import credit_balance, trial_balance
from services.money import Money
from tests.invoicing import AT, issue, open_shop
from tests.receiving import receive

LATER = AT + timedelta(days=35)


def credit(database: Database, made: Invoice, amount: str, cause: Cause, reason: str):
    gross = Money.of(amount, made.currency)
    return database.act(
        lambda tx: credit_invoice(
            tx, by=SYSTEM, nonce=f"story-{made.id}", invoice_id=made.id, gross=gross, cause=cause, reason=reason
        ),
        at=AT,
    )


def standing(database: Database, made: Invoice) -> tuple[str, str, str]:
    """Its status, what it still asks for, and the customer's credit."""
    with database.read() as conn:
        found = invoice(conn, made.id)
        return found.status.value, found.open.text(), credit_balance(conn, made.customer_id, made.currency).text()


def gst_owed(database: Database) -> str:
    with database.read() as conn:
        rows = trial_balance(conn)
    owed = rows[rows["account"].str.startswith("liabilities:gst_payable:AUD")]["balance_micros"]
    return Money(-int(owed.sum()), "AUD").text()


def test_a_bank_keeps_a_fee_of_an_australian_payment(database: Database) -> None:
    shop = open_shop(database)
    made = issue(database, shop["AU"], "220.00", nonce="short")
    assert gst_owed(database) == "20.00 AUD"
    receive(database, made, "205.00", short="fee")
    assert standing(database, made) == ("part-paid", "15.00 AUD", "186.36 AUD")
    note = credit(database, made, "15.00", Cause.SHORT_PAYMENT, "The bank kept 15.00")
    assert (note.number, note.net.text(), note.tax.text()) == ("AN-2026-000001", "13.64 AUD", "1.36 AUD")
    assert standing(database, made) == ("settled short", "0.00 AUD", "186.36 AUD")
    assert gst_owed(database) == "18.64 AUD"
    assert_books_hold(database)


def test_an_invoice_for_the_wrong_country_is_credited_and_issued_again(database: Database) -> None:
    shop = open_shop(database)
    wrong = issue(database, shop["AU"], "550.00", nonce="wrong")
    note = credit(database, wrong, "550.00", Cause.WRONG_DETAILS, "The customer is in the United States")
    there = database.act(
        lambda tx: change_country(
            tx, by=SYSTEM, customer_id=shop["AU"].id, country="US", seen="AU", reason="It is in the United States"
        ),
        at=AT,
    )
    right = issue(database, there, "500.00", nonce="right")
    assert standing(database, wrong) == ("credited", "0.00 AUD", "0.00 AUD")
    assert note.after.text() == "0.00 AUD"
    assert (right.number, right.tax.text(), right.tax_code) == ("INV-2026-000002", "0.00 AUD", "us-none")
    assert gst_owed(database) == "0.00 AUD"
    receive(database, right, "500.00")
    assert standing(database, right) == ("paid", "0.00 AUD", "500.00 AUD")
    assert_books_hold(database)


def test_an_unpaid_invoice_expires_is_paid_late_and_brought_back(database: Database) -> None:
    shop = open_shop(database)
    made = issue(database, shop["FR"], "500.00", nonce="late")
    database.act(lambda tx: expire_invoices(tx, by=SYSTEM, invoice_ids=[made.id]), at=LATER)
    assert standing(database, made) == ("expired", "0.00 EUR", "0.00 EUR")
    database.act(
        lambda tx: reinstate_invoice(tx, by=SYSTEM, invoice_id=made.id, reason="It was paid on day 34"), at=LATER
    )
    receive(database, made, "500.00", at=LATER)
    assert standing(database, made) == ("paid", "0.00 EUR", "500.00 EUR")
    with database.read() as conn:
        assert [(each.after.value, each.reason) for each in transitions(conn, made.id)] == [
            ("expired", "Nobody paid it by its last day."),
            ("issued", "It was paid on day 34"),
        ]
    assert_books_hold(database)


def assert_books_hold(database: Database) -> None:
    with database.read() as conn:
        names = ("receivables", "gst_payable", "credit_awaited", "owed_back", "numbers_gapless", "entries_balance")
        assert [result.check for result in run(conn, names=names) if not result.ok] == []
