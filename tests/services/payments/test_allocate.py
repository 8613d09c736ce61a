"""Giving a receipt to an invoice: once a form, never more than there is, kept for ever."""

import threading

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from services.access.model import NotAllowed, Principal, Role
from services.access.tables import audit_event
from services.banking.queries import line as line_by_id
from services.errors import InvalidForm, Refused
from services.invoices.queries import invoice as invoice_by_id
from services.ledger.queries import entry
from services.money import Money
from services.payments import queries
from services.payments.allocation import DoesNotFit, RestLeftOnReceipt
from services.payments.model import Evidence, NoSuchAllocation
from services.payments.operations import AlreadyUndone, NonceReused, allocate, undo_allocation
from services.payments.payers.queries import known_payers
from services.payments.tables import allocation as allocation_table
from services.periods import parse_period
from tests.invoicing import AT, issue, open_shop
from tests.receiving import arrive, line

CLERK = Principal(None, "Ada", Role.ACCOUNTING)


@pytest.fixture
def shop(database):
    return open_shop(database)


@pytest.fixture
def invoice(database, shop):
    return issue(database, shop["AU"], "220.00", nonce="a")


def give(database, receipt, invoice, *, by=CLERK, nonce="form", amount=None, **how):
    how |= {"amount": Money.of(amount, receipt.amount.currency)} if amount else {}
    return database.act(
        lambda tx: allocate(tx, by=by, bank_line_id=receipt.id, invoice_id=invoice.id, nonce=nonce, **how), at=AT
    )


def take_back(database, made, *, by=CLERK, reason="wrong customer"):
    return database.act(lambda tx: undo_allocation(tx, by=by, allocation_id=made.id, reason=reason), at=AT)


def test_the_allocation_keeps_who_decided_it_and_why(database, invoice):
    [receipt] = arrive(database, line("220.00", account="AU12 3456"))
    why = Evidence("A reference, exact", 100, ("names INV-2026-000001",), "matching 1")
    made = give(database, receipt, invoice, evidence=why)
    assert (made.evidence, made.allocated_by, made.paid.text()) == (why, "Ada", "220.00 AUD")
    with database.read() as conn:
        assert queries.allocation(conn, made.id) == made
        assert known_payers(conn, ["AU123456", "OTHER", ""]) == {"AU123456": frozenset({invoice.customer_id})}
        event = conn.execute(select(audit_event).where(audit_event.c.act == "payments.allocate")).one()
        assert (event.subject, event.subject_id) == ("allocation", str(made.id))


def test_the_same_form_twice_is_one_allocation(database, invoice):
    [receipt] = arrive(database, line("220.00"))
    assert give(database, receipt, invoice) == give(database, receipt, invoice)


def test_the_same_form_for_another_invoice_is_refused(database, shop, invoice):
    [receipt] = arrive(database, line("440.00"))
    give(database, receipt, invoice)
    other = issue(database, shop["AU"], "220.00", nonce="b")
    with pytest.raises(NonceReused):
        give(database, receipt, other)


@pytest.mark.parametrize(
    ("amount", "sentence"),
    [
        ("200.01", r"Only 200\.00 AUD of this receipt is left"),
        ("0.005", "not a whole number of coins"),
        ("-5", "nothing left to allocate"),
    ],
)
def test_an_amount_that_does_not_fit_the_receipt_is_refused(database, invoice, amount, sentence):
    [receipt] = arrive(database, line("200.00"))
    with pytest.raises(DoesNotFit, match=sentence):
        give(database, receipt, invoice, amount=amount)


def test_an_amount_beyond_the_invoice_is_refused(database, invoice):
    [receipt] = arrive(database, line("300.00"))
    with pytest.raises(DoesNotFit, match=r"asks for only 220\.00 AUD"):
        give(database, receipt, invoice, amount="230")


def test_another_currency_is_refused(database, invoice):
    [receipt] = arrive(database, line("220.00", "USD"))
    with pytest.raises(DoesNotFit, match="receipt is in USD and the invoice in AUD"):
        give(database, receipt, invoice)


def test_a_receipt_already_given_away_pays_nothing_more(database, invoice):
    [receipt] = arrive(database, line("220.00"))
    give(database, receipt, invoice)
    with pytest.raises(DoesNotFit, match="nothing left"):
        give(database, receipt, invoice, nonce="again")


def test_a_fee_is_not_taken_while_the_receipt_has_money(database, shop):
    invoice = issue(database, shop["GB"], "220.00", nonce="gb")
    [receipt] = arrive(database, line("300.00", "GBP"))
    with pytest.raises(RestLeftOnReceipt, match=r"95\.00 GBP left"):
        give(database, receipt, invoice, amount="205", short="fee")


def test_support_may_not_allocate(database, invoice):
    [receipt] = arrive(database, line("220.00"))
    with pytest.raises(NotAllowed, match="ask accounting"):
        give(database, receipt, invoice, by=Principal(None, "Sam", Role.SUPPORT))


def test_undoing_says_who_and_why_and_happens_once(database, invoice):
    [receipt] = arrive(database, line("220.00"))
    made = give(database, receipt, invoice)
    undone = take_back(database, made)
    assert (undone.undone_by, undone.undone_reason, undone.counts) == ("Ada", "wrong customer", False)
    with database.read() as conn:
        assert entry(conn, undone.reversal_entry_id).reversal_of_id == made.entry_id
        assert queries.allocations_of_line(conn, receipt.id) == []
        assert queries.allocations_of_invoice(conn, invoice.id, undone=True) == [undone]
    with pytest.raises(AlreadyUndone, match="Ada undid this already"):
        take_back(database, made)


def test_undoing_needs_a_reason_and_something_to_undo(database, invoice):
    [receipt] = arrive(database, line("220.00"))
    made = give(database, receipt, invoice)
    with pytest.raises(InvalidForm):
        take_back(database, made, reason=" ")
    with pytest.raises(NoSuchAllocation), database.read() as conn:
        queries.allocation(conn, 999)


def test_a_page_of_allocations_is_newest_first_and_counts_all(database, shop, invoice):
    first, second = arrive(database, line("100.00", payer="WATTLE"), line("120.00"))
    give(database, first, invoice, nonce="1")
    take_back(database, give(database, second, invoice, nonce="2"))
    with database.read() as conn:
        both = queries.page(conn, period=parse_period("2026-11", today=AT.date()), customer_id=shop["AU"].id, size=1)
        live = queries.page(conn, undone=False)
        gone = queries.page(conn, undone=True)
    assert (both.total, both.rows["paid_micros"].tolist()) == (2, [120_000_000])
    assert live.rows["counterparty"].tolist() == ["WATTLE"]
    assert gone.rows["undone_by"].tolist() == ["Ada"]


def test_the_database_itself_keeps_allocations_as_they_are(database, invoice):
    [receipt] = arrive(database, line("220.00"))
    made = give(database, receipt, invoice)
    row = allocation_table.c.id == made.id
    attacks = [update(allocation_table).where(row).values(paid_micros=1), delete(allocation_table)]
    for attack in attacks:
        with pytest.raises(DBAPIError), database.write() as tx:
            tx.conn.execute(attack)
    take_back(database, made)
    with pytest.raises(DBAPIError), database.write() as tx:
        tx.conn.execute(update(allocation_table).where(row).values(undone_reason="another"))


def test_two_people_at_once_give_one_receipt_once(database, shop, invoice):
    [receipt] = arrive(database, line("220.00"))
    other = issue(database, shop["AU"], "220.00", nonce="b")
    refused = []

    def attempt(target, nonce):
        try:
            give(database, receipt, target, nonce=nonce)
        except Refused as error:
            refused.append(error)

    threads = [threading.Thread(target=attempt, args=(each, str(each.id))) for each in (invoice, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as conn:
        taken = [invoice_by_id(conn, each.id).allocated.micros for each in (invoice, other)]
        assert not line_by_id(conn, receipt.id).unallocated
    assert (len(refused), sorted(taken)) == (1, [0, 220_000_000])
