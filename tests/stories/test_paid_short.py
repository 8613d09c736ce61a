"""A New Zealand customer's bank keeps 25.00, as an accountant would check it: three facts, and who bears the fee."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from services.access import approvals
from services.access.model import SYSTEM, Role
from services.customers.model import InvoiceDetails
from services.customers.operations import create_customer
from services.db.engine import Database
from services.integrity import queries as integrity
from services.invoices.gross_up import ExpectedFee
from services.invoices.model import Invoice, InvoiceStatus
from services.invoices.operations import issue_invoice
from services.invoices.queries import invoice as invoice_by_id
from services.ledger.queries import credit_balance, trial_balance
from services.money import Money
from services.payments.short import queries
from services.payments.short.absorbing import request_absorbing
from services.payments.short.banks import bank_name
from services.payments.short.model import Cause, Standing
from services.payments.short.operations import undo_short
from services.reconciliation.operations import accept_all_automatic
from services.wiring.approvals import ACTS
from tests.invoicing import AT, open_shop
from tests.people import person
from tests.receiving import arrive, line

KIWI = InvoiceDetails(
    "Tui Example Ltd", "8 Sample Quay\nWellington 6011\nNew Zealand", email="pay@tui.example",
    contact_name="Mere Ngata", contact_phone="+64 4 555 0100",
)  # fmt: skip
ASB = "12-3140-0171323-00"


class Told:
    """The story's company: its customer in Wellington and the money that comes."""

    def __init__(self, database: Database) -> None:
        """Open it."""
        open_shop(database)
        self.database = database
        new = {"username": "tui", "name": KIWI.company_name, "email": KIWI.email, "country": "NZ", "currency": "AUD"}
        self.customer = database.act(lambda tx: create_customer(tx, by=SYSTEM, **new), at=AT)
        self.ada = person(database, "Ada", Role.ACCOUNTING)
        self.max = person(database, "Max", Role.MANAGER)

    def invoice(self, amount: str, nonce: str) -> Invoice:
        """Issue one to the customer."""
        facts = {"nonce": nonce, "customer_id": self.customer.id, "gross": Money.of(amount, "AUD"), "details": KIWI}
        return self.database.act(lambda tx: issue_invoice(tx, by=self.ada, **facts), at=AT)

    def pays(self, made: Invoice, amount: str) -> Invoice:
        """The amount arrives from the customer's bank, named by the reference, and is accepted as matched."""
        arrive(self.database, line(amount, payer="TUI EXAMPLE LTD", account=ASB, text=made.reference))
        nonce = f"accept-{made.number}"
        self.database.act(lambda tx: accept_all_automatic(tx, by=self.ada, nonce=nonce), at=AT)
        return self.now(made)

    def now(self, made: Invoice) -> Invoice:
        """The invoice as it stands."""
        with self.database.read() as conn:
            return invoice_by_id(conn, made.id)

    def credit(self) -> str:
        """What the customer may use."""
        with self.database.read() as conn:
            return credit_balance(conn, self.customer.id, "AUD").plain()

    def bank_fees(self) -> str:
        """What the company bore, as its books say."""
        with self.database.read() as conn:
            rows = trial_balance(conn).set_index("account")
            broken = [found.check for found in integrity.run(conn) if not found.ok]
        assert set(broken) <= {"statements_close"}  # each of the story's statements opens at zero
        code = "expenses:bank_fee:AUD"
        return Money(int(rows.loc[code, "balance_micros"]) if code in rows.index else 0, "AUD").plain()


@pytest.fixture
def told(database: Database) -> Told:
    return Told(database)


def test_a_new_zealand_customers_bank_keeps_25(told: Told) -> None:
    # 500.00 is invoiced, 475.00 arrives: three facts, and credit is what was received
    first = told.pays(told.invoice("500.00", "first"), "475.00")
    assert (first.gross.plain(), first.received.plain(), first.fee.plain()) == ("500.00", "475.00", "25.00")
    assert (first.status, told.credit(), told.bank_fees()) == (InvoiceStatus.SETTLED_SHORT, "475.00", "0.00")

    # the bench says what it is, and why
    today = datetime(2026, 11, 20, tzinfo=UTC).date()
    with told.database.read() as conn:
        found = queries.short_payment(conn, invoice_id=first.id, today=today)
    assert (found.judgement.cause, bank_name(found.country, found.bank)) == (Cause.BANK_FEE, "ASB")
    assert "no more than a bank keeps on the way, at most 30.00 AUD" in "; ".join(found.judgement.reasons)

    # two more payments from there make it a habit with a spread
    told.pays(told.invoice("600.00", "second"), "575.00")
    told.pays(told.invoice("700.00", "third"), "672.00")
    with told.database.read() as conn:
        usual = next(each for each in queries.usual_fees(conn) if each.bank == "12")
    assert (usual.seen, usual.middle.plain(), usual.low.plain(), usual.high.plain()) == (3, "25.00", "25.00", "28.00")

    # to net 500.00 from this bank, send 525.00; New invoice says the same of this customer
    fee = ExpectedFee(usual.middle, usual.seen, usual.country, usual.bank)
    whose = {"customer_id": told.customer.id, "country": "NZ", "currency": "AUD", "on": today}
    with told.database.read() as conn:
        assert queries.expected_fee(conn, **whose) == fee
    assert fee.gross_up(Money.of(500, "AUD")).plain() == "525.00"

    # support had promised that we bear the first fee: an exception with a reason, by two people
    asking = {"nonce": "promise", "invoice_id": first.id, "reason": "Promised by support, ticket 4711"}
    asked = told.database.act(lambda tx: request_absorbing(tx, by=told.ada, **asking), at=AT)
    assert told.credit() == "1722.00"
    borne: Any = told.database.act(lambda tx: approvals.approve(tx, by=told.max, approval_id=asked, acts=ACTS), at=AT)
    paid = told.now(first)
    assert (paid.status, paid.received.plain(), paid.absorbed.plain()) == (InvoiceStatus.PAID, "475.00", "25.00")
    assert (told.credit(), told.bank_fees()) == ("1747.00", "25.00")

    # it was another customer who had been promised that: taken back, everything stands as before
    undo = {"decision_id": borne.id, "reason": "Promised to somebody else"}
    told.database.act(lambda tx: undo_short(tx, by=told.ada, **undo), at=AT)
    assert (told.now(first), told.credit(), told.bank_fees()) == (first, "1722.00", "0.00")
    with told.database.read() as conn:
        assert queries.shorts(conn, today=today).counts[Standing.SETTLED] == 3
