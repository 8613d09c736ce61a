"""Deciding on a short payment: who bears what is missing, by two people where it is us, and taken back."""

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, literal, select, update
from sqlalchemy.exc import DBAPIError

from services.access import approvals
from services.access.model import SYSTEM, Role
from services.errors import InvalidForm, Stale
from services.integrity import queries as integrity
from services.invoices.asking import AlreadyAsked
from services.invoices.credit_note import Cause as NoteCause
from services.invoices.crediting import credit_invoice
from services.invoices.gross_up import usual
from services.invoices.model import InvoiceStatus
from services.invoices.queries import invoice as invoice_by_id
from services.ledger.model import Purpose
from services.ledger.queries import credit_balance, entry
from services.money import Money
from services.payments.allocation import FeeTooLarge
from services.payments.operations import SettledSince, allocate, undo_allocation
from services.payments.short import queries
from services.payments.short.absorbing import request_absorbing
from services.payments.short.banks import bank_of
from services.payments.short.model import AlreadyTakenBack, Cause, Decision, NotShort, Standing
from services.payments.short.operations import settle_short, undo_short, wait_for_rest
from services.payments.short.queries.fees import bank_column
from services.payments.short.tables import short_decision
from services.pricing.queries import rate_on
from services.wiring.approvals import ACTS
from tests.invoicing import AT, issue, open_shop
from tests.people import person
from tests.receiving import arrive, line, receive

CHASE = "US12 CHAS 0001"  # as an IBAN would name its bank
TODAY = date(2026, 11, 20)


@pytest.fixture
def shop(database):
    return open_shop(database)


@pytest.fixture
def people(database):
    return person(database, "Ada", Role.ACCOUNTING), person(database, "Max", Role.MANAGER)


def short_of(database, shop, country, asked, arrived, *, short="part", nonce="a"):
    """An invoice of which less arrived than it asked for."""
    made = issue(database, shop[country], asked, nonce=nonce)
    receive(database, made, arrived, key=nonce, short=short)
    return now(database, made)


def now(database, invoice):
    with database.read() as conn:
        return invoice_by_id(conn, invoice.id)


def on_bench(database, invoice):
    with database.read() as conn:
        return queries.short_payment(conn, invoice_id=invoice.id, today=TODAY)


def ask(database, invoice, by, *, nonce="form", reason="The customer was promised that we bear fees."):
    facts = {"invoice_id": invoice.id, "nonce": nonce, "reason": reason}
    return database.act(lambda tx: request_absorbing(tx, by=by, **facts), at=AT)


def absorbed(database, invoice, people):
    asked = ask(database, invoice, people[0])
    return database.act(lambda tx: approvals.approve(tx, by=people[1], approval_id=asked, acts=ACTS), at=AT)


def take_back(database, decided, by):
    facts = {"decision_id": decided.id, "reason": "agreed otherwise"}
    return database.act(lambda tx: undo_short(tx, by=by, **facts), at=AT)


def settle(database, invoice, by, *, nonce="settle"):
    facts = {"invoice_id": invoice.id, "nonce": nonce, "reason": "The bank kept it."}
    return database.act(lambda tx: settle_short(tx, by=by, **facts), at=AT)


def sums_up(invoice):
    return invoice.received + invoice.absorbed + invoice.fee + invoice.credited + invoice.open == invoice.gross


def books_agree(database):
    with database.read() as conn:
        return [found.check for found in integrity.run(conn) if not found.ok]


def credit(database, invoice):
    with database.read() as conn:
        return credit_balance(conn, invoice.customer_id, invoice.currency).text()


@pytest.mark.parametrize("where", ["AU", "GB"])
def test_what_we_bear_is_an_expense_and_the_customer_has_the_whole_credit(database, shop, people, where):
    asked, arrived, net_and_tax = {
        "AU": ("220.00", "205.00", ("13.64", "20.00")),
        "GB": ("500.00", "475.00", ("25.00", "0.00")),
    }[where]
    short = short_of(database, shop, where, asked, arrived)
    decided = absorbed(database, short, people)
    done = now(database, short)
    assert (done.status, done.received, done.absorbed) == (InvoiceStatus.PAID, short.received, short.open)
    assert (decided.net.plain(), done.tax.plain()) == net_and_tax
    assert sums_up(done)
    assert credit(database, done) == done.net.text()
    with database.read() as conn:
        posted = entry(conn, decided.entry_id)
    legs = {each.account.purpose: each.micros for each in posted.postings if each.micros}
    assert legs[Purpose.BANK_FEE] == short.open.micros
    assert legs[Purpose.RECEIVABLE] == -short.open.micros
    assert (decided.decided_by, decided.approved_by) == ("Ada", "Max")
    assert books_agree(database) == []
    take_back(database, decided, people[0])
    assert now(database, short) == short
    assert books_agree(database) == []


def test_what_the_payer_bore_may_be_borne_by_us_later_and_goes_back_to_the_payer(database, shop, people):
    short = short_of(database, shop, "US", "500.00", "475.00", short="fee")
    assert (short.status, short.fee.text()) == (InvoiceStatus.SETTLED_SHORT, "25.00 USD")
    decided = absorbed(database, short, people)
    done = now(database, short)
    assert (done.status, done.fee.micros, done.absorbed.text(), done.received.text()) == (
        InvoiceStatus.PAID, 0, "25.00 USD", "475.00 USD",
    )  # fmt: skip
    assert credit(database, done) == "500.00 USD"
    assert on_bench(database, done).standing is Standing.ABSORBED
    assert books_agree(database) == []
    take_back(database, decided, people[0])
    assert now(database, short) == short
    assert credit(database, done) == "475.00 USD"
    with pytest.raises(AlreadyTakenBack, match="Ada took this back already"):
        take_back(database, decided, people[0])
    assert books_agree(database) == []


def test_nobody_bears_it_alone_and_nothing_is_asked_twice(database, shop, people):
    short = short_of(database, shop, "GB", "500.00", "475.00")
    asked = ask(database, short, people[0])
    assert ask(database, short, people[0]) == asked
    with pytest.raises(AlreadyAsked):
        ask(database, short, people[0], nonce="another")
    with pytest.raises(approvals.SelfApproval):
        database.act(lambda tx: approvals.approve(tx, by=people[0], approval_id=asked, acts=ACTS), at=AT)
    assert now(database, short) == short
    receive(database, short, "10.00", key="more")
    with pytest.raises(Stale, match=r"15\.00 GBP of INV-2026-000001 is missing by now"):
        database.act(lambda tx: approvals.approve(tx, by=people[1], approval_id=asked, acts=ACTS), at=AT)


def test_a_reason_is_needed_and_a_fee_is_no_half_of_an_invoice(database, shop, people):
    short = short_of(database, shop, "GB", "500.00", "250.00")
    with pytest.raises(InvalidForm):
        ask(database, short, people[0], reason=" ")
    with pytest.raises(FeeTooLarge, match="is more than a bank keeps"):
        ask(database, short, people[0])
    with pytest.raises(FeeTooLarge, match="ask for it, or wait"):
        settle(database, short, people[0])


def test_the_payer_bears_an_untaxed_rest_and_a_taxed_one_needs_its_note(database, shop, people):
    abroad = short_of(database, shop, "GB", "500.00", "475.00")
    decided = settle(database, abroad, people[0])
    assert settle(database, abroad, people[0]) == decided
    done = now(database, abroad)
    assert (done.status, done.fee.text(), decided.cause) == (InvoiceStatus.SETTLED_SHORT, "25.00 GBP", Cause.BANK_FEE)
    assert (sums_up(done), credit(database, done), books_agree(database)) == (True, "475.00 GBP", [])
    with pytest.raises(NotShort, match="only a part-paid invoice"):
        settle(database, abroad, people[0], nonce="again")
    take_back(database, decided, people[0])
    assert now(database, abroad) == abroad
    home = short_of(database, shop, "AU", "220.00", "205.00", nonce="b")
    with pytest.raises(NotShort, match=r"adjustment note over 15\.00 AUD"):
        settle(database, home, people[0], nonce="home")
    note = {"nonce": "n", "invoice_id": home.id, "gross": home.open, "cause": NoteCause.SHORT_PAYMENT, "reason": "fee"}
    database.act(lambda tx: credit_invoice(tx, by=people[0], **note), at=AT)
    found = on_bench(database, home)
    assert (found.standing, found.missing.text()) == (Standing.SETTLED, "15.00 AUD")
    with pytest.raises(NotShort, match="goodwill instead"):
        ask(database, home, people[0], nonce="late")


def test_a_receipt_stays_while_a_decision_rests_on_it(database, shop, people):
    made = issue(database, shop["GB"], "500.00", nonce="a")
    given = receive(database, made, "475.00")
    decided = settle(database, made, people[0])
    undo = {"allocation_id": given.id, "reason": "wrong customer"}
    with pytest.raises(SettledSince, match="Ada settled the invoice short"):
        database.act(lambda tx: undo_allocation(tx, by=people[0], **undo), at=AT)
    ours = absorbed(database, made, people)
    with pytest.raises(NotShort, match="take that back first"):
        take_back(database, decided, people[0])
    take_back(database, ours, people[0])
    take_back(database, decided, people[0])
    database.act(lambda tx: undo_allocation(tx, by=people[0], **undo), at=AT)
    assert now(database, made).status is InvoiceStatus.ISSUED
    assert books_agree(database) == []


def test_waiting_is_noted_until_a_day_and_posts_nothing(database, shop, people):
    short = short_of(database, shop, "GB", "500.00", "250.00")
    facts = {"nonce": "w", "invoice_id": short.id, "until": TODAY + timedelta(days=7)}
    decided = database.act(lambda tx: wait_for_rest(tx, by=people[0], **facts), at=AT)
    assert (decided.decision, decided.entry_id, now(database, short)) == (Decision.WAITS, None, short)
    with database.read() as conn:
        waits = queries.shorts(conn, today=TODAY, standing=Standing.WAITS)
        later = queries.shorts(conn, today=TODAY + timedelta(days=8))
    assert [each.wait_until for each in waits.rows] == [facts["until"]]
    assert later.counts[Standing.OPEN] == 1
    take_back(database, decided, people[0])
    assert on_bench(database, short).standing is Standing.OPEN
    with pytest.raises(InvalidForm, match="a day after today"):
        database.act(lambda tx: wait_for_rest(tx, by=people[0], **facts | {"nonce": "x", "until": TODAY}), at=AT)


def test_what_arrived_under_the_least_transfer_is_said(database, shop):
    low = short_of(database, shop, "AU", "200.00", "190.00")
    high = short_of(database, shop, "AU", "220.00", "205.00", nonce="b")
    assert [on_bench(database, each).under_minimum for each in (low, high)] == [True, False]


def test_what_banks_usually_keep_is_learned_with_its_spread(database, shop, people):
    for place, kept in enumerate((5, 10, 12, 15, 20)):
        short_of(database, shop, "GB", "500.00", f"{500 - kept}.00", short="fee", nonce=f"gb{place}")
    absorbed(database, short_of(database, shop, "GB", "500.00", "475.00", nonce="ours"), people)
    short_of(database, shop, "GB", "500.00", "499.80", short="fee", nonce="rounded")
    with database.read() as conn:
        [found] = queries.usual_fees(conn)
    spread = [each.plain() for each in (found.least, found.low, found.middle, found.high, found.most)]
    assert (found.country, found.bank, found.seen) == ("GB", "", 6)
    assert spread == ["5.00", "10.00", "15.00", "20.00", "25.00"]


def test_a_payment_is_no_evidence_of_itself(database, shop, people):
    only = short_of(database, shop, "GB", "500.00", "475.00", short="fee")
    alone = on_bench(database, only)
    assert (alone.usual, alone.judgement.cause) == (None, Cause.BANK_FEE)
    assert not any("seen before" in each for each in alone.judgement.reasons)
    absorbed(database, only, people)
    assert on_bench(database, only).usual is None
    other = short_of(database, shop, "GB", "500.00", "480.00", nonce="b")
    assert on_bench(database, other).usual.seen == 1


def test_what_a_payer_has_to_send_is_known_as_the_bench_knows_it(database, shop):
    american = {"customer_id": shop["US"].id, "country": "US", "currency": "USD", "on": TODAY}
    neighbour = american | {"customer_id": 999}

    def hint(facts):
        with database.read() as conn:
            return queries.expected_fee(conn, **facts)

    with database.read() as conn:
        assert hint(american) == usual("US", rate_on(conn, "USD", TODAY))
    assert (hint(american).fee.plain(), hint(american).seen) == ("18.00", 0)
    assert hint({"customer_id": shop["AU"].id, "country": "AU", "currency": "AUD", "on": TODAY}) is None
    assert hint({"customer_id": shop["FR"].id, "country": "FR", "currency": "EUR", "on": TODAY}) is None  # SEPA
    for place, (kept, account) in enumerate(((25, ""), (10, CHASE), (12, CHASE), (10, CHASE))):
        made = issue(database, shop["US"], "500.00", nonce=f"us{place}")
        [receipt] = arrive(database, line(f"{500 - kept}.00", "USD", account=account))
        facts = {"bank_line_id": receipt.id, "invoice_id": made.id, "nonce": f"us{place}", "short": "fee"}
        database.act(lambda tx, facts=facts: allocate(tx, by=SYSTEM, **facts), at=AT)
    mine = hint(american)
    assert (mine.fee.plain(), mine.seen, mine.bank) == ("10.00", 3, "CHAS")
    assert mine.gross_up(Money.of("500", "USD")).text() == "510.00 USD"
    theirs = hint(neighbour)  # of an unknown bank: its country's
    assert (theirs.fee.plain(), theirs.seen, theirs.bank) == ("12.00", 4, "")


@pytest.mark.parametrize(
    ("account", "bank"),
    [
        ("GB29NWBK60161331926819", "NWBK"), ("012345067890100", "01"), ("1212345678901000", "12"), ("", ""),
        ("062000123456", ""), ("DE89370400440532013000", "3704"), ("ABCDEF", ""), ("A1", ""),
    ],
)  # fmt: skip
def test_the_bank_in_an_account_is_the_same_in_python_and_in_the_database(database, account, bank):
    with database.read() as conn:
        assert conn.execute(select(bank_column(literal(account)))).scalar_one() == bank == bank_of(account)


def test_the_database_itself_keeps_decisions_as_they_are(database, shop, people):
    decided = settle(database, short_of(database, shop, "GB", "500.00", "475.00"), people[0])
    row = short_decision.c.id == decided.id
    for attack in (update(short_decision).where(row).values(micros=1), delete(short_decision)):
        with pytest.raises(DBAPIError), database.write() as tx:
            tx.conn.execute(attack)
