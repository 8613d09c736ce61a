"""Money that leaves the bank pays back what a credit note owes, and no more."""

from __future__ import annotations

import pytest

from services.access.model import SYSTEM
from services.banking.sorting.model import CannotSort, Sort
from services.banking.sorting.operations import sort_line, undo_sorting
from services.banking.sorting.queries import owed_back
from services.integrity import queries as integrity
from services.invoices.credit_note import Cause
from services.invoices.crediting import credit_invoice
from services.money import Money
from tests.invoicing import AT, issue, open_shop
from tests.receiving import leave, receive


@pytest.mark.parametrize("country", ["AU", "US"])
def test_a_refund_pays_what_a_credit_note_owes(database, country):
    customer = open_shop(database)[country]
    made = issue(database, customer, "440.00", nonce="a")
    receive(database, made, "440.00")
    code = made.currency
    gross = Money.of("110.00", code)
    note = {"nonce": "n", "invoice_id": made.id, "gross": gross, "cause": Cause.PRICE, "reason": "agreed"}
    database.act(lambda tx: credit_invoice(tx, by=SYSTEM, **note), at=AT)
    with database.read() as conn:
        assert owed_back(conn, currency=code) == [(customer.id, gross)]
    much, fit = (leave(database, Money.of(amount, code), payer="Customer") for amount in ("110.01", "110.00"))
    facts = {"sort": Sort.REFUND, "customer_id": customer.id}
    with pytest.raises(CannotSort, match=r"Credit notes owe this customer 110\.00"):
        database.act(lambda tx: sort_line(tx, by=SYSTEM, line_id=much.id, **facts), at=AT)
    done = database.act(lambda tx: sort_line(tx, by=SYSTEM, line_id=fit.id, **facts), at=AT)
    with database.read() as conn:
        assert owed_back(conn, currency=code) == []
        assert all(one.ok for one in integrity.run(conn, names=["owed_back", "payments_in_suspense"]))
    database.act(lambda tx: undo_sorting(tx, by=SYSTEM, sorting_id=done.id, reason="not theirs"), at=AT)
    with database.read() as conn:
        assert owed_back(conn, currency=code) == [(customer.id, gross)]
