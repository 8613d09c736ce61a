"""Stories of whole commitments: a good year, a missed quarter billed two ways, a customer past its credit limit."""

from __future__ import annotations

from datetime import date

import pytest

from services.access.model import SYSTEM, Principal
from services.customers.model import BillingMode, Customer
from services.customers.queries import customer as customer_by_id
from services.customers.stopping import Stopped, stops_of
from services.db.engine import Database
from services.fees.model import FeeKind, WantedFee
from services.fees.operations import set_fee
from services.invoices import queries as invoices
from services.invoices.model import Invoice, InvoiceStatus
from services.ledger.queries import trial_balance
from services.mail.queries import Filters
from services.mail.queries import page as mails
from services.money import Money
from services.payments.operations import allocate
from services.periods import add_months
from services.postpaid import queries
from services.postpaid.billing import bill_months, turn_commitments
from services.postpaid.commitment import AtLimit, TrueUp
from services.postpaid.consuming import exposure
from services.postpaid.limits import watch_limits
from services.postpaid.model import Commitment, MonthBilled
from services.postpaid.queries.limits import alerts
from tests.invoicing import open_shop
from tests.postpaid import at, committed, staff, uses
from tests.receiving import arrive, line

YEAR = date(2025, 11, 1)
MONTHS = [add_months(YEAR, each) for each in range(12)]


@pytest.fixture
def wattle(database: Database) -> Customer:
    return open_shop(database)["AU"]


@pytest.fixture
def people(database: Database) -> dict[str, Principal]:
    return staff(database)


def turn(database: Database, found: Commitment, day: date) -> None:
    when = at(day.year, day.month, day.day)
    database.act(lambda tx: turn_commitments(tx, by=SYSTEM, commitment_ids=[found.id]), at=when)


def bill(database: Database, found: Commitment, month: date) -> MonthBilled:
    """The monthly run on the 1st after a month."""
    after = add_months(month, 1)
    act = {"by": SYSTEM, "month": month, "commitment_ids": [found.id]}
    database.act(lambda tx: bill_months(tx, **act), at=at(after.year, after.month, 1))
    with database.read() as conn:
        return next(each for each in queries.months_billed(conn, found.id) if each.month == month)


def invoice_of(database: Database, month: MonthBilled) -> Invoice:
    assert month.invoice_id is not None
    with database.read() as conn:
        return invoices.invoice(conn, month.invoice_id)


def pays(database: Database, made: Invoice, on: date) -> None:
    """The whole invoice arrives at the bank on a day and is given to it."""
    when = at(on.year, on.month, on.day)
    [receipt] = arrive(database, line(made.gross.plain(), made.currency, on=on), at=when)
    give = {"by": SYSTEM, "bank_line_id": receipt.id, "invoice_id": made.id, "nonce": f"pays {made.id}"}
    database.act(lambda tx: allocate(tx, **give), at=when)


def owed(database: Database, customer: Customer) -> str:
    with database.read() as conn:
        return exposure(conn, customer_id=customer.id, currency=customer.currency).text()


def test_a_good_year_from_the_signature_to_the_last_payment(
    database: Database, wattle: Customer, people: dict[str, Principal]
) -> None:
    agreed = committed(database, people, wattle, YEAR)
    turn(database, agreed, YEAR)
    for month in MONTHS:
        uses(database, wattle, "1200.00", month.replace(day=12), by=people["Ann"])
        made = invoice_of(database, bill(database, agreed, month))
        assert (made.net.text(), made.tax.text(), made.gross.text()) == ("1,200.00 AUD", "120.00 AUD", "1,320.00 AUD")
        assert made.due_on == add_months(month, 1).replace(day=15)
        pays(database, made, add_months(month, 1).replace(day=14))
        assert owed(database, wattle) == "0.00 AUD"
    turn(database, agreed, date(2026, 11, 1))
    with database.read() as conn:
        assert customer_by_id(conn, wattle.id).billing_mode is BillingMode.PREPAID
        billed = queries.months_billed(conn, agreed.id)
        balances = trial_balance(conn, each_customer=False).set_index("account")["balance_micros"]
    assert [each.true_up.text() for each in billed] == ["0.00 AUD"] * 12
    assert balances["income:revenue_sms:AUD"] == -14_400_000_000
    assert "income:shortfall:AUD" not in balances.index


@pytest.mark.parametrize(
    ("true_up", "asked"),
    [
        (TrueUp.MONTHLY, ["600.00", "700.00", "1,000.00", "0.00"]),  # each month is made good by itself
        (TrueUp.TERM, ["0.00", "0.00", "0.00", "0.00"]),  # the year decides, and a good month makes up for it
    ],
)
def test_a_missed_quarter(
    database: Database, wattle: Customer, people: dict[str, Principal], true_up: TrueUp, asked: list[str]
) -> None:
    agreed = committed(database, people, wattle, YEAR, true_up=true_up)
    turn(database, agreed, YEAR)
    used = ["400.00", "300.00", "", "3300.00", *["1000.00"] * 8]
    billed = []
    for month, amount in zip(MONTHS, used, strict=True):
        if amount:
            uses(database, wattle, amount, month.replace(day=20), by=people["Ann"])
        billed.append(bill(database, agreed, month))
    assert [each.true_up.plain() for each in billed[:4]] == [each.replace(",", "") for each in asked]
    assert not any(each.true_up for each in billed[4:])
    whole = sum(each.consumed.micros + each.true_up.micros for each in billed)
    assert whole == (14_300_000_000 if true_up is TrueUp.MONTHLY else 12_000_000_000)
    january = billed[2]  # nothing was sent: the minimum is due, or nothing is owed and nothing asked for
    assert (january.invoice_id is None) == (true_up is TrueUp.TERM)
    assert true_up is TrueUp.TERM or invoice_of(database, january).net.text() == "1,000.00 AUD"


def test_a_customer_past_its_limit_is_told_stopped_and_goes_on_once_it_paid(
    database: Database, wattle: Customer, people: dict[str, Principal]
) -> None:
    agreed = committed(database, people, wattle, date(2026, 9, 1), at_limit=AtLimit.STOP)  # a limit of 3,000
    turn(database, agreed, date(2026, 9, 1))

    def look(on: date) -> None:
        when = at(on.year, on.month, on.day)
        database.act(lambda tx: watch_limits(tx, by=SYSTEM, commitment_ids=[agreed.id]), at=when)

    def asks_for_a_keyword(on: date) -> None:
        words = "Keyword BEACH"
        fee = WantedFee(wattle.id, FeeKind.KEYWORD, False, Money.of("25", "AUD"), words, words, True, "Asked for")
        act = {"by": people["Ann"], "nonce": f"keyword {on}", "wanted": fee}
        database.act(lambda tx: set_fee(tx, **act), at=at(on.year, on.month, on.day))

    for day, amount in ((4, "1600.00"), (15, "900.00"), (28, "700.00")):
        uses(database, wattle, amount, date(2026, 9, day), by=people["Ann"])
        look(date(2026, 9, day))
    with database.read() as conn:
        told = mails(conn, wanted=Filters(customer_id=wattle.id)).rows
        assert [subject.replace("\xa0", " ") for subject in told["subject"]][::-1] == [
            "50 % of your credit limit is used",
            "80 % of your credit limit is used",
            "Your credit limit of AUD 3,000.00 is reached: please pay",
        ]
        [stop] = stops_of(conn, wattle.id)
    assert stop.why.startswith("3,200.00 AUD is owed of a credit limit of 3,000.00 AUD")
    with pytest.raises(Stopped, match="No new fee for Wattle & Daughters"):
        asks_for_a_keyword(date(2026, 9, 29))
    uses(database, wattle, "100.00", date(2026, 9, 30), by=people["Ann"])  # what was sent all the same is a fact

    made = invoice_of(database, bill(database, agreed, date(2026, 9, 1)))
    assert made.net.text() == "3,300.00 AUD"
    pays(database, made, date(2026, 10, 9))
    look(date(2026, 10, 9))
    with database.read() as conn:
        assert invoices.invoice(conn, made.id).status is InvoiceStatus.PAID
        assert stops_of(conn, wattle.id) == []
        assert [(each.mark, each.fell_at is not None) for each in alerts(conn)] == [(100, True), (80, True), (50, True)]
    asks_for_a_keyword(date(2026, 10, 10))
    assert owed(database, wattle) == "25.00 AUD"
