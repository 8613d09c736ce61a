"""An invoice in arrears nobody paid anything on: written off by two people, never asked for again, never expired."""

from __future__ import annotations

from datetime import date

import pytest

from services.access.approvals import SelfApproval, approve
from services.access.model import SYSTEM
from services.customers.model import Customer
from services.db.engine import Database
from services.integrity.queries import run
from services.invoices.ending import expire_invoices, request_write_off
from services.invoices.life import NotNow
from services.invoices.model import InvoiceStatus
from services.ledger.model import Account, Purpose
from services.ledger.queries import balance_on, credit_balance, trial_balance
from services.postpaid import queries
from services.postpaid.billing import bill_months, turn_commitments
from services.wiring.approvals import ACTS
from tests.debts import debt, noon, two, written_off
from tests.invoicing import issue, open_shop
from tests.postpaid import at, committed, staff, uses
from tests.receiving import receive

FIRST, LATE = date(2026, 11, 20), date(2027, 3, 1)


@pytest.fixture
def shop(database: Database) -> dict[str, Customer]:
    return open_shop(database)


def balances(database: Database) -> dict[str, int]:
    with database.read() as conn:
        assert [each.check for each in run(conn) if not each.ok] == []
        frame = trial_balance(conn, each_customer=False)
    return dict(zip(frame["account"], frame["balance_micros"], strict=True))


@pytest.mark.parametrize(("country", "tax"), [("AU", 100), ("FR", 0)])
def test_what_nobody_paid_becomes_a_bad_debt_and_its_tax_is_taken_back(
    database: Database, shop: dict[str, Customer], country: str, tax: int
) -> None:
    owes = shop[country]
    made = debt(database, owes, "1000.00", issued=FIRST)
    assert made.gross.micros == (1000 + tax) * 1_000_000
    before = balances(database)
    ended = written_off(database, made, two(database), on=LATE)
    assert (ended.status, ended.open.micros, ended.allocated.micros) == (InvoiceStatus.WRITTEN_OFF, 0, 0)
    code, after = owes.currency, balances(database)
    moved = {name: after[name] - before.get(name, 0) for name in after if after[name] != before.get(name, 0)}
    assert moved.pop(f"expenses:bad_debt:{code}") == 1000_000_000
    assert moved.pop(f"assets:receivable:{code}") == -(1000 + tax) * 1_000_000
    assert moved.pop(f"liabilities:credit_unpaid:{code}") == 1000_000_000
    assert moved.pop(f"liabilities:credit:{code}") == -1000_000_000
    assert moved.pop(f"liabilities:gst_payable:{code}", 0) == tax * 1_000_000
    assert moved == {}


def test_part_of_it_paid_and_part_credited_only_the_rest_is_lost(database: Database, shop: dict[str, Customer]) -> None:
    made = debt(database, shop["AU"], "1000.00", issued=FIRST)
    receive(database, made, "550.00", at=noon(FIRST))
    written_off(database, made, two(database), on=LATE)
    assert balances(database)["expenses:bad_debt:AUD"] == 500_000_000
    with database.read() as conn:
        assert credit_balance(conn, shop["AU"].id, "AUD").micros == 0


def test_nobody_writes_off_alone_and_credit_nobody_bought_is_never_a_debt(
    database: Database, shop: dict[str, Customer]
) -> None:
    made, credit = debt(database, shop["AU"], "1000.00", issued=FIRST), issue(database, shop["AU"], "550.00", nonce="a")
    asks, _ = two(database)
    request = database.act(
        lambda tx: request_write_off(tx, by=asks, invoice_id=made.id, reason="In liquidation"), at=noon(LATE)
    )
    with pytest.raises(SelfApproval):
        database.act(lambda tx: approve(tx, by=asks, approval_id=request, acts=ACTS), at=noon(LATE))
    with pytest.raises(NotNow, match="an unpaid one expires or is voided"):
        database.act(lambda tx: request_write_off(tx, by=asks, invoice_id=credit.id, reason="x"), at=noon(LATE))
    ids = [made.id, credit.id]
    assert database.act(lambda tx: expire_invoices(tx, by=SYSTEM, invoice_ids=ids), at=noon(LATE)) == 1


def test_the_next_month_does_not_ask_again_for_what_was_written_off(
    database: Database, shop: dict[str, Customer]
) -> None:
    people, wattle = staff(database), shop["AU"]
    agreed = committed(database, people, wattle, date(2026, 9, 1))
    database.act(lambda tx: turn_commitments(tx, by=SYSTEM, commitment_ids=[agreed.id]), at=at(2026, 9, 1))

    def bill(month: date, on: date) -> int:
        database.act(
            lambda tx: bill_months(tx, by=SYSTEM, month=month, commitment_ids=[agreed.id]), at=at(on.year, on.month, 1)
        )
        with database.read() as conn:
            [billed] = [each for each in queries.months_billed(conn, agreed.id) if each.month == month]
        return billed.invoice_id or 0

    uses(database, wattle, "1500.00", date(2026, 9, 10), by=people["Ann"])
    first = bill(date(2026, 9, 1), date(2026, 10, 1))
    asks, decides = people["Ann"], people["Max"]
    request = database.act(
        lambda tx: request_write_off(tx, by=asks, invoice_id=first, reason="Disputed for good"), at=at(2026, 10, 20)
    )
    database.act(lambda tx: approve(tx, by=decides, approval_id=request, acts=ACTS), at=at(2026, 10, 20))
    uses(database, wattle, "1200.00", date(2026, 10, 10), by=people["Ann"])
    second = bill(date(2026, 10, 1), date(2026, 11, 1))
    with database.read() as conn:
        owed, _ = balance_on(conn, Account(Purpose.RECEIVABLE, "AUD", wattle.id), date(2026, 11, 1))
        assert second
        assert owed.text() == "1,320.00 AUD"  # October's use with GST, and nothing of September's
    balances(database)
