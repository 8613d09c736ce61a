"""Ends of an invoice: voided, expired, brought back, written off by two people; and the books that follow."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from services.access import approvals
from services.access.model import SYSTEM, Role
from services.errors import InvalidForm, Stale
from services.integrity.queries import run
from services.invoices import ending
from services.invoices.life import NotNow, allowed
from services.invoices.model import InvoiceStatus
from services.invoices.operations import record_payment
from services.invoices.queries import invoice, open_invoices, page
from services.invoices.queries.endings import lapsed, lapses_since, transitions
from services.jobs.model import Outcome
from services.jobs.running import run_due
from services.ledger.model import Account, Purpose
from services.ledger.queries import balance_on
from services.money import Money
from services.wiring.approvals import ACTS
from services.wiring.jobs import JOBS
from tests.conftest import SYDNEY
from tests.invoicing import AT, issue, open_shop
from tests.people import person
from tests.receiving import receive

LATER = AT + timedelta(days=31)


@pytest.fixture
def shop(database):
    return open_shop(database)


def owed(database, customer, purpose=Purpose.RECEIVABLE):
    with database.read() as conn:
        return balance_on(conn, Account(purpose, customer.currency, customer.id), LATER.date())[0].text()


def assert_books_hold(database):
    with database.read() as conn:
        names = ("receivables", "gst_payable", "credit_awaited", "owed_back", "numbers_gapless", "entries_balance")
        assert [result.check for result in run(conn, names=names) if not result.ok] == []


def test_a_void_invoice_keeps_its_number_and_asks_for_nothing(database, shop):
    made = issue(database, shop["AU"], "220.00", nonce="a")
    void = database.act(lambda tx: ending.void_invoice(tx, by=SYSTEM, invoice_id=made.id, reason="issued twice"), at=AT)
    assert (void.number, void.status, void.open.micros) == (made.number, InvoiceStatus.VOID, 0)
    assert issue(database, shop["AU"], "300.00", nonce="b").number == "INV-2026-000002"
    assert owed(database, shop["AU"]) == "300.00 AUD"
    with database.read() as conn:
        [moved] = transitions(conn, made.id)
        assert page(conn).sums.iloc[0]["open_micros"] == 300_000_000
    assert (moved.before, moved.after, moved.reason) == (InvoiceStatus.ISSUED, InvoiceStatus.VOID, "issued twice")
    assert_books_hold(database)


def test_an_unpaid_invoice_expires_after_its_last_day_and_not_before(database, shop):
    first, second = (issue(database, shop[country], "500.00", nonce=country) for country in ("AU", "FR"))
    with database.read() as conn:
        assert lapsed(conn, on=first.due_on) == []
        due = [each.id for each in lapsed(conn, on=first.due_on + timedelta(days=1))]
    assert due == [first.id, second.id]
    assert database.act(lambda tx: ending.expire_invoices(tx, by=SYSTEM, invoice_ids=due), at=AT) == 0
    assert database.act(lambda tx: ending.expire_invoices(tx, by=SYSTEM, invoice_ids=due), at=LATER) == 2
    assert database.act(lambda tx: ending.expire_invoices(tx, by=SYSTEM, invoice_ids=due), at=LATER) == 0
    assert (owed(database, shop["AU"]), owed(database, shop["FR"])) == ("0.00 AUD", "0.00 EUR")
    with database.read() as conn:
        assert open_invoices(conn) == []
    assert_books_hold(database)


def test_an_expired_invoice_can_be_brought_back_and_expire_again(database, shop):
    made, at = issue(database, shop["FR"], "500.00", nonce="a"), LATER
    for _ in range(2):
        expire = partial(ending.expire_invoices, by=SYSTEM, invoice_ids=[made.id])
        assert database.act(expire, at=at) == 1
        back = database.act(partial(ending.reinstate_invoice, by=SYSTEM, invoice_id=made.id, reason="paid late"), at=at)
        assert (back.status, back.open.text(), owed(database, shop["FR"])) == (
            InvoiceStatus.ISSUED,
            "500.00 EUR",
            "500.00 EUR",
        )
        assert_books_hold(database)
        assert database.act(expire, at=at + timedelta(days=30)) == 0, "it has its whole term again"
        with database.read() as conn:
            assert lapses_since(conn) == back_on(at) + timedelta(days=31)
        at += timedelta(days=31)
    with database.read() as conn:
        assert len(transitions(conn, made.id)) == 4


def back_on(at):
    return at.astimezone(SYDNEY).date()


def test_the_job_lets_every_lapsed_invoice_expire_once(database, shop):
    unpaid, paid = (issue(database, shop[country], "500.00", nonce=country) for country in ("AU", "US"))
    receive(database, paid, "500.00")
    [job] = [each for each in JOBS if each.name == "invoices"]
    for on, outcomes in ((unpaid.due_on, []), (back_on(LATER), [Outcome.DONE]), (back_on(LATER), [])):
        ended = [each for each in run_due(database, by=SYSTEM, jobs=[job], on=on, at=LATER) if each.outcome]
        assert [each.outcome for each in ended] == outcomes
        assert sum(each.done for each in ended) == len(outcomes)
    with database.read() as conn:
        assert [invoice(conn, each.id).status for each in (unpaid, paid)] == [InvoiceStatus.EXPIRED, InvoiceStatus.PAID]
        assert (lapses_since(conn), lapsed(conn, on=back_on(LATER))) == (None, [])
    assert_books_hold(database)


def test_what_was_paid_in_part_is_neither_void_nor_expired(database, shop):
    made = issue(database, shop["US"], "500.00", nonce="a")
    receive(database, made, "200.00")
    with pytest.raises(NotNow, match="take its receipts back first"):
        database.act(lambda tx: ending.void_invoice(tx, by=SYSTEM, invoice_id=made.id, reason="x"), at=AT)
    assert database.act(lambda tx: ending.expire_invoices(tx, by=SYSTEM, invoice_ids=[made.id]), at=LATER) == 0


def test_an_act_needs_a_reason(database, shop):
    made = issue(database, shop["AU"], "220.00", nonce="a")
    with pytest.raises(InvalidForm, match="Say why the invoice is void"):
        database.act(lambda tx: ending.void_invoice(tx, by=SYSTEM, invoice_id=made.id, reason=" "), at=AT)


@pytest.mark.parametrize("country", ["AU", "US"])
def test_two_people_write_off_the_rest_of_a_part_paid_invoice(database, shop, country):
    made = issue(database, shop[country], "550.00", nonce="a")
    receive(database, made, "400.00")
    asks, decides = (person(database, name, Role.ACCOUNTING) for name in ("Ada", "Bo"))
    request = database.act(
        lambda tx: ending.request_write_off(tx, by=asks, invoice_id=made.id, reason="gave up"), at=AT
    )
    with pytest.raises(approvals.SelfApproval):
        database.act(lambda tx: approvals.approve(tx, by=asks, approval_id=request, acts=ACTS), at=AT)
    database.act(lambda tx: approvals.approve(tx, by=decides, approval_id=request, acts=ACTS), at=AT)
    with database.read() as conn:
        ended = invoice(conn, made.id)
    assert (ended.status, ended.open.micros, ended.allocated.amount) == (InvoiceStatus.WRITTEN_OFF, 0, 400)
    assert owed(database, shop[country], Purpose.CREDIT_UNPAID) == f"0.00 {made.currency}"
    assert_books_hold(database)


def test_a_write_off_decided_after_more_money_came_is_stale(database, shop):
    made = issue(database, shop["AU"], "550.00", nonce="a")
    receive(database, made, "400.00")
    asks, decides = (person(database, name, Role.ACCOUNTING) for name in ("Ada", "Bo"))
    request = database.act(
        lambda tx: ending.request_write_off(tx, by=asks, invoice_id=made.id, reason="gave up"), at=AT
    )
    receive(database, made, "50.00", key="second")
    with pytest.raises(Stale, match=r"100.00 AUD of INV-2026-000001 is open by now"):
        database.act(lambda tx: approvals.approve(tx, by=decides, approval_id=request, acts=ACTS), at=AT)


def test_a_screen_offers_only_what_is_possible(database, shop):
    made = issue(database, shop["AU"], "220.00", nonce="a")
    assert [str(act) for act in allowed(made, made.due_on)] == ["void"]
    assert [str(act) for act in allowed(made, made.due_on + timedelta(days=1))] == ["expire", "void"]


def test_a_payment_never_moves_an_invoice_that_has_ended(database, shop):
    made = issue(database, shop["AU"], "220.00", nonce="a")
    database.act(lambda tx: ending.void_invoice(tx, by=SYSTEM, invoice_id=made.id, reason="x"), at=AT)
    paid, nothing = Money.of("220.00", "AUD"), Money.of(0, "AUD")
    with pytest.raises(NotNow, match="is void"):
        database.act(
            lambda tx: record_payment(tx, invoice_id=made.id, paid=paid, fee=nothing, net=Money.of(200, "AUD"))
        )
