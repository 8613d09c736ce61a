"""Receipts that go back to whoever sent them: by two people from 500 AUD, tied to the line that paid, taken back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from services.access import approvals
from services.access.model import NotAllowed, Principal, Role
from services.access.queries import approvals as requests
from services.banking.queries import line as line_by_id
from services.banking.sorting.model import AlreadySorted, Sort
from services.banking.sorting.operations import sort_line, undo_sorting
from services.banking.tables import bank_statement
from services.banking.undoing import CannotUndo, undo_import
from services.errors import InvalidForm, Stale
from services.integrity import queries as integrity
from services.ledger.model import Account, Purpose
from services.money import Money
from services.payments.files import undo_file
from services.payments.operations import NonceReused, allocate, undo_allocation
from services.payments.refunds import queries
from services.payments.refunds.model import (
    AlreadyPaid,
    AlreadyUndone,
    NothingToRefund,
    NotThisRefund,
    RefundAsked,
    RefundState,
    expected,
)
from services.payments.refunds.operations import match_refund, refund_receipt, undo_refund
from services.payments.refunds.tables import receipt_refund
from services.payments.suspense.operations import hold, take_out
from services.wiring.approvals import ACTS
from tests.bank_books import balance, posted
from tests.invoicing import AT, issue, open_shop
from tests.people import person
from tests.receiving import arrive, leave, line

ASB = "12-3140-0171323-00"
CHECKS = (
    "receipts_to_pay_back", "receipts_unallocated", "payments_in_suspense", "allocations", "owed_back",
    "bank_is_statement", "entries_balance",
)  # fmt: skip


@pytest.fixture
def shop(database):
    return open_shop(database)


@pytest.fixture
def ada(database, shop):
    return person(database, "Ada", Role.ACCOUNTING)


@pytest.fixture
def max_(database, shop):
    return person(database, "Max", Role.MANAGER)


def refund(database, receipt, by, *, nonce="form", **more):
    facts = {"nonce": nonce, "line_id": receipt.id, "reason": "Sent to us by mistake."} | more
    return database.act(lambda tx: refund_receipt(tx, by=by, **facts), at=AT)


def match(database, out, found, by):
    return database.act(lambda tx: match_refund(tx, by=by, line_id=out.id, refund_id=found.id), at=AT)


def undo(database, found, by, reason="They bought credit after all"):
    return database.act(lambda tx: undo_refund(tx, by=by, refund_id=found.id, reason=reason), at=AT)


def approve(database, by):
    with database.read() as conn:
        [asked] = requests(conn, waiting=True).rows["id"]
    return database.act(lambda tx: approvals.approve(tx, by=by, approval_id=int(asked), acts=ACTS), at=AT)


def left(database, receipt):
    with database.read() as conn:
        return line_by_id(conn, receipt.id).unallocated.plain()


def books_agree(database):
    with database.read() as conn:
        return all(found.ok for found in integrity.run(conn, names=CHECKS))


def test_a_receipt_goes_back_to_the_account_it_came_from_and_the_line_that_paid_it_is_tied(database, ada):
    [receipt] = arrive(database, line("75.00", payer="J R HOLDINGS", account=ASB))
    found = refund(database, receipt, ada, pay_to="somewhere else")
    assert refund(database, receipt, ada) == found
    assert (found.amount.plain(), found.pay_to, found.payer, found.approved_by) == ("75.00", ASB, "J R HOLDINGS", "")
    assert (left(database, receipt), balance(database, Purpose.UNALLOCATED)) == ("0.00", 0)
    assert (balance(database, Purpose.PAY_BACK), found.state) == (-75, RefundState.TO_PAY)
    assert books_agree(database)
    out = leave(database, found.amount, payer="J R Holdings", account=ASB)
    with database.read() as conn:
        assert expected(out, queries.to_pay(conn, currency="AUD")).reason.endswith("the account it came from")
    paid = match(database, out, found, ada)
    assert match(database, out, found, ada) == paid
    with database.read() as conn:
        now = queries.refund(conn, refund_id=found.id)
        assert (now.state, now.paid_line_id, now.paid_on) == (RefundState.PAID, out.id, out.booked_on)
        assert queries.to_pay(conn) == []
        assert queries.page(conn, state=RefundState.PAID)[1] == 1
    assert (balance(database, Purpose.PAY_BACK), balance(database, Purpose.SUSPENSE)) == (0, 0)
    assert books_agree(database)


def test_what_was_paid_is_untied_before_the_refund_is_taken_back(database, ada):
    [receipt] = arrive(database, line("75.00", account=ASB))
    found = refund(database, receipt, ada)
    paid = match(database, leave(database, found.amount), found, ada)
    with pytest.raises(AlreadyPaid, match="take back what that line was said to be first"):
        undo(database, found, ada)
    with pytest.raises(AlreadyPaid):
        match(database, leave(database, found.amount), found, ada)
    database.act(lambda tx: undo_sorting(tx, by=ada, sorting_id=paid.id, reason="another payment"), at=AT)
    with pytest.raises(InvalidForm, match="Say why"):
        undo(database, found, ada, reason=" ")
    gone = undo(database, found, ada)
    assert (gone.state, gone.undone_by, left(database, receipt)) == (RefundState.UNDONE, "Ada", "75.00")
    assert balance(database, Purpose.PAY_BACK) == 0
    assert books_agree(database)
    with pytest.raises(AlreadyUndone, match="Ada took this refund back already"):
        undo(database, found, ada)


def test_only_what_paid_nothing_of_an_overpaid_receipt_goes_back(database, shop, ada):
    [receipt] = arrive(database, line("500.00", account=ASB))
    made = issue(database, shop["AU"], "440.00", nonce="a")
    facts = {"bank_line_id": receipt.id, "invoice_id": made.id, "nonce": "give"}
    database.act(lambda tx: allocate(tx, by=ada, **facts), at=AT)
    with pytest.raises(NothingToRefund, match=r"Only 60\.00 AUD of this receipt is left; refund that or less"):
        refund(database, receipt, ada, amount=Money.of("60.01", "AUD"))
    first = refund(database, receipt, ada, amount=Money.of("20.00", "AUD"))
    rest = refund(database, receipt, ada, nonce="rest")
    assert (first.amount.plain(), rest.amount.plain(), left(database, receipt)) == ("20.00", "40.00", "0.00")
    with pytest.raises(NothingToRefund, match="Nothing of this receipt is left"):
        refund(database, receipt, ada, nonce="again")
    assert books_agree(database)


def test_a_held_receipt_leaves_suspense_and_goes_back_in_one_act(database, ada):
    [receipt] = arrive(database, line("75.00", account=ASB))
    held = database.act(lambda tx: hold(tx, by=ada, nonce="h", line_id=receipt.id, reason="Nobody knows"), at=AT)
    with pytest.raises(NothingToRefund, match="Nothing of this receipt is left"):
        refund(database, receipt, ada)
    found = refund(database, receipt, ada, held_id=held.id)
    assert (balance(database, Purpose.SUSPENSE), balance(database, Purpose.PAY_BACK)) == (0, -75)
    assert books_agree(database)
    with pytest.raises(NothingToRefund, match="not held any more"):
        refund(database, receipt, ada, nonce="again", held_id=held.id)
    undo(database, found, ada)
    assert left(database, receipt) == "75.00"


def test_five_hundred_aud_of_a_receipt_need_a_second_person_however_it_is_split(database, ada, max_):
    [receipt] = arrive(database, line("900.00", payer="J R HOLDINGS", account=ASB))
    alone = refund(database, receipt, ada, amount=Money.of("499.99", "AUD"))
    assert alone.approved_by == ""
    more = {"nonce": "more", "amount": Money.of("0.01", "AUD")}
    assert refund(database, receipt, ada, **more) is None
    assert refund(database, receipt, ada, **more) is None  # the same form again
    with pytest.raises(RefundAsked, match="waits for a second person already"):
        refund(database, receipt, ada, nonce="other")
    assert left(database, receipt) == "400.01"
    with pytest.raises(approvals.SelfApproval):
        approve(database, ada)
    done = approve(database, max_)
    assert (done.refunded_by, done.approved_by, done.amount.plain()) == ("Ada", "Max", "0.01")
    assert refund(database, receipt, ada, **more) == done
    assert books_agree(database)


def test_five_hundred_is_meant_in_australian_dollars(database, ada):
    [dollars] = arrive(database, line("499.00", "USD", account=ASB))
    [yen] = arrive(database, line("40000", "JPY", account=ASB))
    assert refund(database, dollars, ada) is None
    assert refund(database, yen, ada, nonce="yen") is not None


def test_what_was_given_away_meanwhile_is_not_refunded(database, shop, ada, max_):
    [receipt] = arrive(database, line("700.00", account=ASB))
    assert refund(database, receipt, ada) is None
    made = issue(database, shop["AU"], "440.00", nonce="a")
    facts = {"bank_line_id": receipt.id, "invoice_id": made.id, "nonce": "give"}
    database.act(lambda tx: allocate(tx, by=ada, **facts), at=AT)
    with pytest.raises(Stale, match=r"Only 260\.00 AUD of this receipt is left.*Decline this"):
        approve(database, max_)


def test_a_held_receipt_refunded_by_two_people_was_not_taken_out_meanwhile(database, ada, max_):
    [receipt] = arrive(database, line("700.00", account=ASB))
    held = database.act(lambda tx: hold(tx, by=ada, nonce="h", line_id=receipt.id, reason="Nobody knows"), at=AT)
    assert refund(database, receipt, ada, held_id=held.id) is None
    database.act(lambda tx: take_out(tx, by=ada, held_id=held.id, reason="It is known"), at=AT)
    with pytest.raises(Stale, match="not held any more"):
        approve(database, max_)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"reason": " "}, "Say why the money goes back"),
        ({"amount": Money.of("0.005", "AUD")}, "whole coins"),
        ({"amount": Money.of("1.00", "USD")}, "amount of AUD"),
        ({"pay_to": ""}, "give the payer’s account"),
    ],
)
def test_what_is_missing_or_wrong_is_said(database, ada, wrong, said):
    [receipt] = arrive(database, line("75.00"))
    with pytest.raises(InvalidForm, match=said):
        refund(database, receipt, ada, **({"pay_to": "BSB 062-000, 1234"} | wrong))
    found = refund(database, receipt, ada, pay_to=" BSB 062-000, 1234 ")
    assert found.pay_to == "BSB 062-000, 1234"


def test_a_form_is_for_one_receipt_and_one_role(database, ada):
    first, second = arrive(database, line("75.00", account=ASB), line("80.00", account=ASB))
    refund(database, first, ada)
    with pytest.raises(NonceReused):
        refund(database, second, ada)
    with pytest.raises(NotAllowed, match="ask accounting"):
        refund(database, second, Principal(None, "Sam", Role.SUPPORT), nonce="sam")


def test_a_line_pays_a_refund_to_the_coin_and_is_one_thing(database, ada):
    [receipt] = arrive(database, line("75.00", account=ASB))
    found = refund(database, receipt, ada)
    other = leave(database, Money.of("75.01", "AUD"))
    with pytest.raises(NotThisRefund, match=r"This line is -75\.01 AUD; the refund is -75\.00 AUD"):
        match(database, other, found, ada)
    supplier = leave(database, found.amount)
    database.act(lambda tx: sort_line(tx, by=ada, line_id=supplier.id, sort=Sort.SUPPLIER), at=AT)
    with pytest.raises(AlreadySorted, match="Supplier"):
        match(database, supplier, found, ada)
    with pytest.raises(InvalidForm, match="Choose who is paid back"):
        database.act(lambda tx: sort_line(tx, by=ada, line_id=other.id, sort=Sort.REFUND), at=AT)


def test_a_foreign_refund_leaves_no_aud_behind_whatever_the_rate_of_the_day_it_is_paid(database, ada):
    [receipt] = arrive(database, line("100.01", "USD", account=ASB))
    first = refund(database, receipt, ada, amount=Money.of("33.33", "USD"))
    rest = refund(database, receipt, ada, nonce="rest")
    assert first.base_micros + rest.base_micros == receipt.base_micros
    for each in (first, rest):
        out = leave(database, each.amount, on=receipt.booked_on.replace(day=19))
        match(database, out, each, ada)
    with database.read() as conn:
        assert posted(conn, Account(Purpose.PAY_BACK, "USD")) == (0, 0)
        assert posted(conn, Account(Purpose.SUSPENSE, "USD")) == (0, 0)
    assert books_agree(database)


def test_which_refund_a_line_pays_is_proposed_only_where_it_is_plain(database, ada):
    one, two = arrive(database, line("75.00", payer="A", account=ASB), line("75.00", payer="B", account="02-0001"))
    owed = [refund(database, each, ada, nonce=str(each.id)) for each in (one, two)]
    out = leave(database, owed[0].amount, payer="B")
    assert expected(out, owed).refund == owed[1]
    assert expected(replace(out, counterparty=""), owed) is None  # two of this amount
    assert expected(replace(out, counterparty=""), owed[:1]).reason == "the only refund of this amount"
    assert expected(replace(out, counterparty="", counterparty_account="38-9"), owed[:1]) is None  # another account
    assert expected(replace(out, amount=Money.of("-74.99", "AUD")), owed) is None


def test_an_import_says_truly_what_stands_in_its_way(database, shop, ada):
    given, held, back = arrive(database, *(line(each, account=ASB) for each in ("440.00", "75.00", "80.00")))
    made = issue(database, shop["AU"], "440.00", nonce="a")
    facts = {"bank_line_id": given.id, "invoice_id": made.id, "nonce": "give"}
    gave = database.act(lambda tx: allocate(tx, by=ada, **facts), at=AT)
    kept = database.act(lambda tx: hold(tx, by=ada, nonce="h", line_id=held.id, reason="Nobody knows"), at=AT)
    sent = refund(database, back, ada)
    with database.read() as conn:
        file_id = conn.execute(select(bank_statement.c.file_id)).scalar_one()

    def taken_back():
        return database.act(lambda tx: undo_file(tx, by=ada, file_id=file_id, reason="wrong file"), at=AT)

    with pytest.raises(CannotUndo) as said:
        taken_back()
    assert str(said.value) == (
        "Of its receipts 1 is given to an invoice (undo it under Matched); 1 is held in suspense (take it out under "
        "On hold); 1 is refunded (take it back under Refunds). Then undo the import."
    )
    undo(database, sent, ada)
    database.act(lambda tx: undo_allocation(tx, by=ada, allocation_id=gave.id, reason="wrong"), at=AT)
    with pytest.raises(CannotUndo, match=r"^Of its receipts 1 is held in suspense \(take it out under On hold\)\."):
        taken_back()
    with pytest.raises(CannotUndo, match="is allocated, held or refunded; take that back first"):
        database.act(lambda tx: undo_import(tx, by=ada, file_id=file_id, reason="wrong file"), at=AT)
    database.act(lambda tx: take_out(tx, by=ada, held_id=kept.id, reason="wrong file"), at=AT)
    assert taken_back() == 3


def test_the_database_itself_keeps_a_refund(database, ada):
    [receipt] = arrive(database, line("75.00", account=ASB))
    found = refund(database, receipt, ada)
    row = receipt_refund.c.id == found.id
    for attack in (update(receipt_refund).where(row).values(pay_to="mine"), delete(receipt_refund)):
        with pytest.raises(DBAPIError), database.write() as tx:
            tx.conn.execute(attack)
