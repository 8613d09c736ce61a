"""Stories of debts: a French customer pays short in euro and settles once reminded; a debt that ends in a stop."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from services.access.approvals import approve
from services.access.model import SYSTEM, Principal, Role
from services.customers.model import Customer
from services.db.engine import Database
from services.dunning import queries
from services.dunning.model import PromiseState
from services.dunning.operations import promise_to_pay
from services.dunning.queries import Need, worklist
from services.integrity.queries import run
from services.invoices import queries as invoices
from services.invoices.ending import request_write_off
from services.invoices.model import Invoice, InvoiceStatus
from services.jobs.running import run_due
from services.ledger.queries import credit_balance
from services.mail.model import Mail, MailKind
from services.mail.queries import mails_of_invoice
from services.money import Money
from services.reporting.aged import aged, control
from services.reporting.open_items import open_items
from services.wiring.approvals import ACTS
from services.wiring.jobs import JOBS
from services.wiring.mailing import paper_of
from tests.debts import debt, noon
from tests.drawing import printed
from tests.invoicing import open_shop
from tests.people import person
from tests.receiving import receive

ISSUED, DUE = date(2026, 11, 20), date(2026, 12, 4)
BOOKS = ("receivables", "gst_payable", "credit_awaited", "allocations", "entries_balance")
[DUNNING] = [job for job in JOBS if job.name == "dunning"]


@pytest.fixture
def shop(database: Database) -> dict[str, Customer]:
    return open_shop(database)


@pytest.fixture
def ann(database: Database) -> Principal:
    return person(database, "Ann", Role.ACCOUNTING)


def after(days: int) -> date:
    """So many days after the invoice was due."""
    return DUE + timedelta(days=days)


def night(database: Database, days: int) -> int:
    """Scheduled work on that day; gives how many letters went out."""
    on = after(days)
    return sum(each.done for each in run_due(database, by=SYSTEM, jobs=[DUNNING], on=on, at=noon(on)) if each.outcome)


def letters(database: Database, made: Invoice) -> list[Mail]:
    """The reminders of an invoice, oldest first."""
    with database.read() as conn:
        found = mails_of_invoice(conn, made.id)
    return [each for each in reversed(found) if each.kind is MailKind.REMINDER]


def owed(database: Database, days: int) -> list[tuple[str, int, int]]:
    """Who owes on a day: currency, all of it and what is overdue, in whole coins; the account has to tie."""
    with database.read() as conn:
        assert not any(each.difference for each in control(conn, as_of=after(days)))
        rows = aged(conn, as_of=after(days)).rows.to_dict("records")
    return [(row["currency"], row["total_micros"] // 1_000_000, row["overdue_micros"] // 1_000_000) for row in rows]


def test_a_french_customer_paying_short_in_euro_is_reminded_in_french_and_settles(
    database: Database, shop: dict[str, Customer], ann: Principal
) -> None:
    societe = shop["FR"]
    made = debt(database, societe, "1220.00", issued=ISSUED)
    receive(database, made, "1180.00", at=noon(after(-2)))  # their bank and another kept 40.00 on the way
    assert owed(database, 0) == [("EUR", 40, 0)]

    assert [night(database, days) for days in (1, 2, 3)] == [0, 0, 1]
    [mail] = letters(database, made)
    subject = mail.subject.replace("\u00a0", " ").replace("\u202f", " ")
    assert subject == f"Rappel : facture {made.number}, 40,00 EUR à payer depuis le 4 décembre 2026"
    said = printed(paper_of(database, mail).content)
    for words in ("Relevé de compte", "7 décembre 2026", "1–30 jours", made.number, made.reference, "Total dû"):
        assert words in said
    with database.read() as conn:
        told = open_items(conn, invoice_id=made.id, as_of=after(3))
    assert (told.owed.text(), told.overdue.text()) == ("40.00 EUR", "40.00 EUR")
    assert sum(amount.micros for _, amount in told.buckets) == told.owed.micros

    promise = database.act(
        lambda tx: promise_to_pay(
            tx, by=ann, nonce="p", customer_id=societe.id, amount=Money.of("40.00", "EUR"), promised_on=after(12),
            who="Mme Dubois",
        ),
        at=noon(after(5)),
    )  # fmt: skip
    assert night(database, 10) == 0  # the firm one would have been due
    receive(database, made, "40.00", at=noon(after(11)), key="rest")
    with database.read() as conn:
        assert invoices.invoice(conn, made.id).status is InvoiceStatus.PAID
        assert credit_balance(conn, societe.id, "EUR").text() == "0.00 EUR"
        [kept] = queries.promises_of(conn, customer_id=societe.id, currency="EUR")
        assert kept.id == promise.id
        assert kept.state(after(30)) is PromiseState.KEPT
        assert [each.check for each in run(conn, names=BOOKS) if not each.ok] == []
    assert [night(database, days) for days in (13, 20, 40)] == [0, 0, 0]
    assert owed(database, 40) == []
    assert owed(database, 10) == [("EUR", 40, 40)]  # and that day still shows what was owed then


def test_a_debt_nobody_pays_goes_from_a_friendly_letter_to_the_stop_and_is_written_off(
    database: Database, shop: dict[str, Customer], ann: Principal
) -> None:
    wattle = shop["AU"]
    made = debt(database, wattle, "1500.00", issued=ISSUED)
    assert [night(database, days) for days in range(1, 40)].count(1) == 4
    assert [(mail.facts["stage"], mail.facts["days"]) for mail in letters(database, made)] == [
        ("friendly", "3"), ("firm", "10"), ("final", "20"), ("stop", "30"),
    ]  # fmt: skip
    assert letters(database, made)[2].facts["stop_on"] == "3 January 2027"  # as the final letter said
    with database.read() as conn:
        [stop] = queries.stops_of(conn, customer_ids=[wattle.id])
        [row] = worklist(conn, on=after(40)).rows.to_dict("records")
    assert (stop.number, stop.since) == (made.number, noon(after(30)))
    assert (Need(row["need"]), row["overdue_micros"]) == (Need.STOPPED, 1_650_000_000)

    receive(database, made, "150.00", at=noon(after(45)))  # a stop never stands in the way of money
    max_ = person(database, "Max", Role.MANAGER)
    request = database.act(
        lambda tx: request_write_off(tx, by=ann, invoice_id=made.id, reason="In liquidation"), at=noon(after(80))
    )
    database.act(lambda tx: approve(tx, by=max_, approval_id=request, acts=ACTS), at=noon(after(81)))
    with database.read() as conn:
        assert queries.stops_of(conn) == []
        assert credit_balance(conn, wattle.id, "AUD").text() == "0.00 AUD"
        assert [each.check for each in run(conn, names=BOOKS) if not each.ok] == []
    assert owed(database, 80) == [("AUD", 1500, 1500)]
    assert owed(database, 81) == []
