"""Credit notes: the open amount first, then what was paid out of unused credit; numbered, tied, posted, for ever."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError

from services.access import approvals
from services.access.model import SYSTEM, Role
from services.errors import InvalidForm
from services.invoices.credit_note import Cause, CreditNote, NoteKind
from services.invoices.crediting import credit_invoice
from services.invoices.model import Covered, InvoiceStatus
from services.invoices.operations import NonceReused
from services.invoices.queries import invoice
from services.invoices.queries.credit_notes import credit_notes_of, page, returnable_now
from services.invoices.tables import credit_note
from services.ledger.model import Purpose
from services.ledger.operations import post
from services.ledger.queries import credit_balance, entry
from services.money import Money, next_share
from services.payments.operations import undo_allocation
from services.payments.queries import allocations_of_invoice
from services.wiring.approvals import ACTS
from tests.builders import used
from tests.invoicing import AT, issue, open_shop
from tests.people import person
from tests.receiving import receive
from tests.services.invoices.test_life import assert_books_hold

ONE = 1_000_000


@pytest.fixture
def shop(database):
    return open_shop(database)


def credit(database, made, amount, *, cause=Cause.PRICE, nonce="n", by=SYSTEM, reason="agreed by telephone"):
    gross = Money.of(amount, made.currency)
    return database.act(
        lambda tx: credit_invoice(tx, by=by, nonce=nonce, invoice_id=made.id, gross=gross, cause=cause, reason=reason),
        at=AT,
    )


def again(database, made):
    with database.read() as conn:
        return invoice(conn, made.id)


def legs(database, note):
    with database.read() as conn:
        return {posting.account.purpose: posting.micros for posting in entry(conn, note.entry_id).postings}


def test_an_adjustment_note_settles_a_taxed_invoice_short(database, shop):
    made = issue(database, shop["AU"], "220.00", nonce="a")
    receive(database, made, "205.00", short="fee")
    assert again(database, made).status is InvoiceStatus.PART_PAID
    note = credit(database, made, "15.00", cause=Cause.SHORT_PAYMENT, reason="the bank kept 15.00")
    assert (note.number, note.kind, note.tax.text()) == ("AN-2026-000001", NoteKind.ADJUSTMENT, "1.36 AUD")
    assert (note.before.text(), note.after.text()) == ("220.00 AUD", "205.00 AUD")
    assert again(database, made).status is InvoiceStatus.SETTLED_SHORT
    assert legs(database, note) == {
        Purpose.CREDIT_UNPAID: 13_640_000,
        Purpose.GST_PAYABLE: 1_360_000,
        Purpose.RECEIVABLE: -15 * ONE,
    }
    assert_books_hold(database)


def test_an_unpaid_invoice_credited_whole_asks_for_nothing(database, shop):
    made = issue(database, shop["FR"], "500.00", nonce="a")
    note = credit(database, made, "500.00", cause=Cause.WRONG_DETAILS)
    assert (note.number, note.kind, note.language) == ("CN-2026-000001", NoteKind.CREDIT, "fr")
    ended = again(database, made)
    assert (ended.status, ended.open.micros) == (InvoiceStatus.CREDITED, 0)
    assert_books_hold(database)


def test_a_part_credited_invoice_asks_for_the_rest_and_is_paid_by_it(database, shop):
    made = issue(database, shop["AU"], "300.03", nonce="a")
    credit(database, made, "100.00")
    assert (again(database, made).status, again(database, made).open.text()) == (InvoiceStatus.ISSUED, "200.03 AUD")
    receive(database, made, "200.03")
    paid = again(database, made)
    assert (paid.status, paid.cleared_net) == (InvoiceStatus.PAID, paid.net)
    assert_books_hold(database)


def test_what_was_paid_is_owed_back_out_of_unused_credit(database, shop):
    made = issue(database, shop["AU"], "330.00", nonce="a")
    receive(database, made, "330.00")
    database.act(lambda tx: post(tx, used(shop["AU"].id, 200 * ONE, key="u"), by=SYSTEM), at=AT)
    with database.read() as conn:
        assert returnable_now(conn, again(database, made)).text() == "110.00 AUD"
    with pytest.raises(InvalidForm, match=r"At most 110.00 AUD of INV-2026-000001 can be credited"):
        credit(database, made, "110.01")
    note = credit(database, made, "110.00", cause=Cause.CANCELLED)
    assert legs(database, note) == {
        Purpose.CREDIT: 100 * ONE,
        Purpose.GST_PAYABLE: 10 * ONE,
        Purpose.REFUND_PAYABLE: -110 * ONE,
    }
    assert (again(database, made).status, note.returned) == (InvoiceStatus.PAID, note.gross)
    with database.read() as conn:
        assert credit_balance(conn, shop["AU"].id, "AUD").micros == 0
    with pytest.raises(InvalidForm, match="Nothing of INV-2026-000001 can be credited"):
        credit(database, made, "1.00", nonce="other")
    assert_books_hold(database)


def test_a_foreign_note_takes_credit_at_what_it_is_carried_at(database, shop):
    made = issue(database, shop["US"], "500.00", nonce="a")
    receive(database, made, "400.00")
    note = credit(database, made, "450.00")
    assert (note.returned.text(), again(database, made).open.micros) == ("350.00 USD", 0)
    assert_books_hold(database)


def test_from_500_aud_owed_back_a_second_person_decides(database, shop):
    made = issue(database, shop["AU"], "1100.00", nonce="a")
    receive(database, made, "1100.00")
    asks, decides = (person(database, name, Role.ACCOUNTING) for name in ("Ada", "Bo"))
    assert isinstance(credit(database, made, "499.99", by=asks, nonce="small"), CreditNote)
    request = credit(database, made, "500.00", by=asks)
    assert isinstance(request, int)
    assert len(_notes(database, made)) == 1
    with pytest.raises(approvals.SelfApproval):
        database.act(lambda tx: approvals.approve(tx, by=asks, approval_id=request, acts=ACTS), at=AT)
    note = database.act(lambda tx: approvals.approve(tx, by=decides, approval_id=request, acts=ACTS), at=AT)
    assert (note.gross.text(), note.issued_by) == ("500.00 AUD", "Bo")
    assert_books_hold(database)


def test_a_receipt_whose_credit_was_given_back_stays_where_it_is(database, shop):
    made = issue(database, shop["AU"], "220.00", nonce="a")
    other = issue(database, shop["AU"], "330.00", nonce="b")
    for each in (made, other):
        receive(database, each, str(each.gross.amount))
    credit(database, made, "220.00", cause=Cause.CANCELLED)
    with database.read() as conn:
        [given_] = allocations_of_invoice(conn, made.id)
    with pytest.raises(Exception, match="gave back what was paid on INV-2026-000001"):
        database.act(lambda tx: undo_allocation(tx, by=SYSTEM, allocation_id=given_.id, reason="wrong"), at=AT)


def test_the_same_form_twice_is_one_note(database, shop):
    made = issue(database, shop["AU"], "220.00", nonce="a")
    assert credit(database, made, "20.00") == credit(database, made, "20.00")
    with pytest.raises(NonceReused):
        credit(database, made, "30.00")
    with database.read() as conn:
        assert page(conn).total == 1


@pytest.mark.parametrize("amount", ["0", "-5", "220.01"])
def test_an_impossible_amount_is_refused(database, shop, amount):
    made = issue(database, shop["AU"], "220.00", nonce="a")
    with pytest.raises(InvalidForm):
        credit(database, made, amount)


def test_the_database_never_changes_or_deletes_a_note(database, shop):
    made = issue(database, shop["AU"], "220.00", nonce="a")
    credit(database, made, "20.00")
    with pytest.raises(DBAPIError, match="never changes"), database.write() as tx:
        tx.conn.execute(update(credit_note).values(reason="other"))
    with pytest.raises(DBAPIError, match="never deleted"), database.write() as tx:
        tx.conn.execute(delete(credit_note))


@given(st.integers(20_000, 10_000_000), st.lists(st.integers(1, 3_000_000), min_size=1, max_size=6))
def test_receipts_and_notes_together_take_exactly_the_net(cents, parts):
    """In whatever order and size they come, the last part makes net and tax exact."""
    coin, gross = 10_000, cents * 10_000
    net = gross - Money(gross // 11 // coin * coin, "AUD").micros
    before = taken = 0
    for part in [*parts, cents]:
        size = min(part * coin, gross - before)
        if size:
            share = next_share(net, gross, before=before, given=taken, part=size, unit=coin)
            assert 0 <= share <= size
            before, taken = before + size, taken + share
    assert (before, taken) == (gross, net)
    assert Covered(*[Money(0, "AUD")] * 5).total.micros == 0


def _notes(database, made):
    with database.read() as conn:
        return credit_notes_of(conn, made.id)
