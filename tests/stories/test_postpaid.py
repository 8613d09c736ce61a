"""Stories of postpaid: a good year's start, a missed month, a start mid-month, an early exit, a French customer."""

from __future__ import annotations

from datetime import date

import pytest

from services.access.approvals import approve
from services.access.model import SYSTEM, Principal
from services.customers.model import BillingMode, Customer
from services.customers.queries import customer as customer_by_id
from services.db.engine import Database
from services.invoices import queries as invoices
from services.invoices.credit_note import Cause
from services.invoices.crediting import credit_invoice
from services.invoices.ending import request_write_off
from services.invoices.model import Invoice, InvoiceKind, InvoiceStatus
from services.ledger.queries import credit_balance, trial_balance
from services.money import Money
from services.periods import Period
from services.postpaid import queries
from services.postpaid.billing import bill_months, turn_commitments
from services.postpaid.commitment import TrueUp
from services.postpaid.consuming import exposure
from services.postpaid.model import Commitment, MonthBilled
from services.postpaid.signing import leave_commitment
from services.wiring.approvals import ACTS
from tests.builders import bought, post
from tests.invoicing import AT, open_shop
from tests.postpaid import at, committed, staff, uses
from tests.receiving import receive


@pytest.fixture
def shop(database: Database) -> dict[str, Customer]:
    return open_shop(database)


@pytest.fixture
def people(database: Database) -> dict[str, Principal]:
    return staff(database)


def turn(database: Database, found: Commitment, day: date) -> int:
    when = at(day.year, day.month, day.day)
    return database.act(lambda tx: turn_commitments(tx, by=SYSTEM, commitment_ids=[found.id]), at=when)


def bill(database: Database, found: Commitment, month: date, on: date) -> MonthBilled | None:
    """The monthly run for one commitment and month."""
    when = at(on.year, on.month, on.day)
    database.act(lambda tx: bill_months(tx, by=SYSTEM, month=month, commitment_ids=[found.id]), at=when)
    with database.read() as conn:
        return next((each for each in queries.months_billed(conn, found.id) if each.month == month), None)


def invoice_of(database: Database, month: MonthBilled | None) -> tuple[Invoice, list[tuple[str, str, str]]]:
    """The invoice of a billed month, and its lines as printed."""
    assert month is not None
    assert month.invoice_id is not None
    with database.read() as conn:
        made = invoices.invoice(conn, month.invoice_id)
        lines = invoices.lines_of(conn, made)
    return made, [(each.label, each.detail.replace("\xa0", " "), each.net.text()) for each in lines]


def owed(database: Database, customer: Customer) -> str:
    with database.read() as conn:
        return exposure(conn, customer_id=customer.id, currency=customer.currency).text()


def test_a_good_month_is_billed_as_used_and_paid(
    database: Database, shop: dict[str, Customer], people: dict[str, Principal]
) -> None:
    wattle = shop["AU"]
    agreed = committed(database, people, wattle, date(2026, 10, 1))
    assert turn(database, agreed, date(2026, 10, 1)) == 1
    with database.read() as conn:
        assert customer_by_id(conn, wattle.id).billing_mode is BillingMode.POSTPAID
    uses(database, wattle, "900.00", date(2026, 10, 12), by=SYSTEM)
    uses(database, wattle, "600.00", date(2026, 10, 28), by=people["Ann"])
    uses(database, wattle, "70.00", date(2026, 11, 1), by=people["Ann"])

    month = bill(database, agreed, date(2026, 10, 1), date(2026, 11, 1))
    assert month
    assert (month.consumed.text(), month.true_up.text()) == ("1,500.00 AUD", "0.00 AUD")
    made, lines = invoice_of(database, month)
    assert lines == [("SMS", "", "1,500.00 AUD")]
    assert (made.kind, made.net.text(), made.tax.text(), made.gross.text()) == (
        InvoiceKind.ARREARS, "1,500.00 AUD", "150.00 AUD", "1,650.00 AUD",
    )  # fmt: skip
    assert (made.issued_on, made.due_on) == (date(2026, 11, 1), date(2026, 11, 15))
    with database.read() as conn:
        assert invoices.document(conn, made.id).used == Period(month.starts_on, month.ends_before)
    assert owed(database, wattle) == "1,570.00 AUD"  # what October used, and the first of November

    receive(database, made, "1650.00", at=AT)
    with database.read() as conn:
        assert invoices.invoice(conn, made.id).status is InvoiceStatus.PAID
    assert owed(database, wattle) == "70.00 AUD"


def test_a_missed_month_is_made_up_and_billed_once(
    database: Database, shop: dict[str, Customer], people: dict[str, Principal]
) -> None:
    wattle = shop["AU"]
    agreed = committed(database, people, wattle, date(2026, 9, 1))
    turn(database, agreed, date(2026, 9, 1))
    uses(database, wattle, "640.25", date(2026, 9, 10), by=people["Ann"])
    month = bill(database, agreed, date(2026, 9, 1), date(2026, 10, 1))
    made, lines = invoice_of(database, month)
    assert lines == [("SMS", "", "640.25 AUD"), ("Monthly minimum, rest", "AUD 1,000.00", "359.75 AUD")]
    assert made.net.text() == "1,000.00 AUD"
    bill(database, agreed, date(2026, 9, 1), date(2026, 10, 2))
    with database.read() as conn:
        assert invoices.page(conn, customer_id=wattle.id).total == 1
        balances = trial_balance(conn, each_customer=False).set_index("account")["balance_micros"]
    assert balances["income:shortfall:AUD"] == -359_750_000


def test_credit_left_from_before_pays_first(
    database: Database, shop: dict[str, Customer], people: dict[str, Principal]
) -> None:
    wattle = shop["AU"]
    post(database, bought(wattle.id, 300_000_000, key="before", on=date(2026, 8, 20)), at=at(2026, 8, 20))
    agreed = committed(database, people, wattle, date(2026, 9, 1))
    turn(database, agreed, date(2026, 9, 1))
    uses(database, wattle, "1200.00", date(2026, 9, 10), by=people["Ann"])
    made, lines = invoice_of(database, bill(database, agreed, date(2026, 9, 1), date(2026, 10, 1)))
    assert lines == [("SMS", "", "1,200.00 AUD"), ("Carried over, credit and adjustments", "", "-300.00 AUD")]
    assert made.net.text() == "900.00 AUD"


def test_a_start_mid_month_owes_its_days(
    database: Database, shop: dict[str, Customer], people: dict[str, Principal]
) -> None:
    wattle = shop["AU"]
    uses(database, wattle, "5.00", date(2026, 9, 3), by=people["Ann"])  # before the contract: owed, but not consumed
    agreed = committed(database, people, wattle, date(2026, 9, 16))
    turn(database, agreed, date(2026, 9, 16))
    month = bill(database, agreed, date(2026, 9, 1), date(2026, 10, 1))
    assert month
    assert (month.minimum.text(), month.consumed.text()) == ("500.00 AUD", "0.00 AUD")
    _made, lines = invoice_of(database, month)
    assert lines == [
        ("Monthly minimum, rest", "AUD 500.00", "500.00 AUD"),
        ("Carried over, credit and adjustments", "", "5.00 AUD"),
    ]


def test_use_that_comes_late_counts_once_in_the_month_it_is_known(
    database: Database, shop: dict[str, Customer], people: dict[str, Principal]
) -> None:
    wattle = shop["AU"]
    agreed = committed(database, people, wattle, date(2026, 9, 1))
    turn(database, agreed, date(2026, 9, 1))
    uses(database, wattle, "1000.00", date(2026, 9, 10), by=people["Ann"])
    bill(database, agreed, date(2026, 9, 1), date(2026, 10, 1))
    uses(database, wattle, "40.00", date(2026, 9, 30), by=people["Ann"])  # its file arrived in October
    uses(database, wattle, "990.00", date(2026, 10, 5), by=people["Ann"])
    month = bill(database, agreed, date(2026, 10, 1), date(2026, 11, 1))
    assert month
    assert (month.consumed.text(), month.true_up.text()) == ("1,030.00 AUD", "0.00 AUD")
    assert invoice_of(database, month)[0].net.text() == "1,030.00 AUD"


def test_leaving_early_settles_with_the_rest_of_the_commitment(
    database: Database, shop: dict[str, Customer], people: dict[str, Principal]
) -> None:
    wattle = shop["AU"]
    agreed = committed(database, people, wattle, date(2026, 9, 1))
    turn(database, agreed, date(2026, 9, 1))
    uses(database, wattle, "1000.00", date(2026, 9, 10), by=people["Ann"])
    bill(database, agreed, date(2026, 9, 1), date(2026, 10, 1))
    database.act(
        lambda tx: leave_commitment(
            tx, by=people["Max"], commitment_id=agreed.id, left_before=date(2026, 11, 1), charges_rest=True,
            reason="Moves abroad",
        ),
        at=at(2026, 10, 5),
    )  # fmt: skip
    uses(database, wattle, "1100.00", date(2026, 10, 20), by=people["Ann"])
    month = bill(database, agreed, date(2026, 10, 1), date(2026, 11, 1))
    assert month
    assert month.true_up.text() == "10,000.00 AUD"  # ten months of twelve are left
    assert invoice_of(database, month)[1] == [
        ("SMS", "", "1,100.00 AUD"), ("Commitment ended early, rest", "", "10,000.00 AUD"),
    ]  # fmt: skip
    assert turn(database, agreed, date(2026, 11, 1)) == 1
    with database.read() as conn:
        assert customer_by_id(conn, wattle.id).billing_mode is BillingMode.PREPAID


def test_a_contract_at_term_bills_what_the_year_lacks_at_its_end(
    database: Database, shop: dict[str, Customer], people: dict[str, Principal]
) -> None:
    wattle = shop["AU"]
    agreed = committed(database, people, wattle, date(2025, 11, 1), true_up=TrueUp.TERM)
    turn(database, agreed, date(2025, 11, 1))
    uses(database, wattle, "9000.00", date(2025, 12, 10), by=people["Ann"])
    for number in range(11):
        first = date(2025 + (10 + number) // 12, (10 + number) % 12 + 1, 1)
        after = date(2025 + (11 + number) // 12, (11 + number) % 12 + 1, 1)
        month = bill(database, agreed, first, after)
        assert month
        assert not month.true_up
    last = bill(database, agreed, date(2026, 10, 1), date(2026, 11, 1))
    assert last
    assert last.true_up.text() == "3,000.00 AUD"
    assert invoice_of(database, last)[1] == [("Minimum of the whole term, rest", "AUD 12,000.00", "3,000.00 AUD")]


def test_a_french_invoice_says_in_french_what_leaving_early_costs_beside_the_month(
    database: Database, shop: dict[str, Customer], people: dict[str, Principal]
) -> None:
    societe = shop["FR"]
    agreed = committed(database, people, societe, date(2026, 11, 16), minimum="1000")
    turn(database, agreed, date(2026, 11, 16))
    leave = {"left_before": date(2026, 11, 20), "charges_rest": True, "reason": "Sold"}
    database.act(
        lambda tx: leave_commitment(tx, by=people["Max"], commitment_id=agreed.id, **leave), at=at(2026, 11, 17)
    )
    uses(database, societe, "33.33", date(2026, 11, 18), by=people["Ann"])
    _, lines = invoice_of(database, bill(database, agreed, date(2026, 11, 1), date(2026, 12, 1)))
    assert lines == [
        ("SMS", "", "33.33 EUR"),
        ("Minimum mensuel, solde", "133,33 EUR", "100.00 EUR"),
        ("Engagement terminé avant terme, solde", "", "11,866.67 EUR"),
    ]


def test_a_french_customer_pays_short_and_still_owes_the_rest(
    database: Database, shop: dict[str, Customer], people: dict[str, Principal]
) -> None:
    societe = shop["FR"]
    agreed = committed(database, people, societe, date(2026, 10, 30), minimum="700")
    turn(database, agreed, date(2026, 10, 30))
    uses(database, societe, "812.40", date(2026, 10, 30), by=people["Ann"])
    made, lines = invoice_of(database, bill(database, agreed, date(2026, 10, 1), date(2026, 11, 1)))
    assert lines == [("SMS", "", "812.40 EUR")]
    assert (made.tax.text(), made.language) == ("0.00 EUR", "fr")
    receive(database, made, "800.00", at=AT)
    with database.read() as conn:
        kept = invoices.invoice(conn, made.id)
        assert (kept.status, kept.open.text()) == (InvoiceStatus.PART_PAID, "12.40 EUR")
        assert credit_balance(conn, societe.id, "EUR") == Money.of("-12.40", "EUR")


@pytest.mark.parametrize(
    ("cause", "next_month"), [(Cause.PRICE, "1,000.00 AUD"), (Cause.WRONG_DETAILS, "1,100.00 AUD")]
)
def test_what_a_credit_note_takes_back_is_asked_again_only_after_wrong_details(
    database: Database, shop: dict[str, Customer], people: dict[str, Principal], cause: Cause, next_month: str
) -> None:
    wattle = shop["AU"]
    agreed = committed(database, people, wattle, date(2026, 9, 1))
    turn(database, agreed, date(2026, 9, 1))
    uses(database, wattle, "1000.00", date(2026, 9, 10), by=people["Ann"])
    made, _ = invoice_of(database, bill(database, agreed, date(2026, 9, 1), date(2026, 10, 1)))
    credit_back = Money.of("110.00", "AUD")  # 100.00 of use and its GST
    database.act(
        lambda tx: credit_invoice(
            tx, by=people["Ann"], nonce="note", invoice_id=made.id, gross=credit_back, cause=cause, reason="As agreed"
        ),
        at=at(2026, 10, 2),
    )
    uses(database, wattle, "1000.00", date(2026, 10, 10), by=people["Ann"])
    again, _ = invoice_of(database, bill(database, agreed, date(2026, 10, 1), date(2026, 11, 1)))
    assert again.net.text() == next_month


def test_what_is_written_off_is_lost_and_not_asked_again(
    database: Database, shop: dict[str, Customer], people: dict[str, Principal]
) -> None:
    wattle = shop["AU"]
    agreed = committed(database, people, wattle, date(2026, 9, 1))
    turn(database, agreed, date(2026, 9, 1))
    uses(database, wattle, "1000.00", date(2026, 9, 10), by=people["Ann"])
    made, _ = invoice_of(database, bill(database, agreed, date(2026, 9, 1), date(2026, 10, 1)))
    receive(database, made, "990.00", at=AT)
    asked_at = at(2026, 11, 21)
    request = database.act(
        lambda tx: request_write_off(tx, by=people["Ann"], invoice_id=made.id, reason="Insolvent"), at=asked_at
    )
    database.act(lambda tx: approve(tx, by=people["Max"], approval_id=request, acts=ACTS), at=asked_at)
    assert owed(database, wattle) == "0.00 AUD"
    with database.read() as conn:
        balances = trial_balance(conn, each_customer=False).set_index("account")["balance_micros"]
    assert balances["expenses:bad_debt:AUD"] == 100_000_000
