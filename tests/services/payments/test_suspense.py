"""Receipts held in suspense and split by hand: whose work, what stays, and that taking out restores everything."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError

from services.access.model import NotAllowed, Principal, Role
from services.banking.queries import line as line_by_id
from services.banking.queries import unallocated_receipts
from services.banking.sorting.model import CannotSort, Sort
from services.banking.sorting.operations import sort_line
from services.errors import InvalidForm
from services.integrity import queries as integrity
from services.invoices.queries import invoice as invoice_by_id
from services.ledger.model import Purpose
from services.money import Money
from services.payments.operations import NonceReused, allocate
from services.payments.queries import allocations_of_line
from services.payments.suspense import queries
from services.payments.suspense.model import AlreadyOut, NothingToHold
from services.payments.suspense.operations import hand_over, hold, take_out
from services.payments.suspense.tables import held_receipt
from services.reconciliation.inbox import Changed
from services.reconciliation.operations import undo
from services.reconciliation.splitting import split_receipt
from tests.bank_books import balance
from tests.invoicing import AT, issue, open_shop
from tests.people import person
from tests.receiving import arrive, line

CHECKS = ("payments_in_suspense", "receipts_unallocated", "allocations", "bank_is_statement", "entries_balance")


@pytest.fixture
def shop(database):
    return open_shop(database)


@pytest.fixture
def ada(database):
    return person(database, "Ada", Role.ACCOUNTING)


def held(database, receipt, by, *, nonce="form", **more):
    facts = {"nonce": nonce, "line_id": receipt.id, "reason": "Nobody of that name is known."} | more
    return database.act(lambda tx: hold(tx, by=by, **facts), at=AT)


def out(database, found, by, reason="The customer called"):
    return database.act(lambda tx: take_out(tx, by=by, held_id=found.id, reason=reason), at=AT)


def split(database, receipt, parts, by, *, nonce="split", **more):
    code = receipt.amount.currency
    given = {invoice.id: Money.of(amount, code) for invoice, amount in parts}
    return database.act(
        lambda tx: split_receipt(tx, by=by, line_id=receipt.id, parts=given, nonce=nonce, **more), at=AT
    )


def left(database, receipt):
    with database.read() as conn:
        return line_by_id(conn, receipt.id).unallocated.plain()


def books_agree(database):
    with database.read() as conn:
        return all(found.ok for found in integrity.run(conn, names=CHECKS))


def test_a_receipt_nobody_can_place_is_held_with_reason_and_owner(database, shop, ada):
    [receipt] = arrive(database, line("75.00", payer="J R HOLDINGS"))
    found = held(database, receipt, ada)
    assert held(database, receipt, ada) == found
    assert (found.amount.plain(), found.owner, found.held_by, found.counts) == ("75.00", "Ada", "Ada", True)
    assert (left(database, receipt), balance(database, Purpose.SUSPENSE)) == ("0.00", -75)
    with database.read() as conn:
        assert unallocated_receipts(conn) == []
        assert [each for each, _ in queries.in_suspense(conn)[0]] == [found]
    assert books_agree(database)
    done = out(database, found, ada)
    assert (done.out_by, done.out_reason, left(database, receipt)) == ("Ada", "The customer called", "75.00")
    assert balance(database, Purpose.SUSPENSE) == 0
    assert books_agree(database)
    with pytest.raises(AlreadyOut, match="Ada took this out already"):
        out(database, found, ada)


def test_it_belongs_to_somebody_in_accounting_and_may_be_handed_over(database, shop, ada):
    [receipt] = arrive(database, line("75.00"))
    sam, ben = person(database, "Sam", Role.SUPPORT), person(database, "Ben", Role.ACCOUNTING)
    with pytest.raises(InvalidForm, match="somebody in accounting"):
        held(database, receipt, ada, owner_id=sam.person_id)
    found = held(database, receipt, ada)
    given = database.act(lambda tx: hand_over(tx, by=ada, held_id=found.id, owner_id=ben.person_id), at=AT)
    assert (given.owner, given.held_by) == ("Ben", "Ada")
    with database.read() as conn:
        assert queries.in_suspense(conn, owner_id=ben.person_id)[1] == 1
        assert queries.in_suspense(conn, owner_id=ada.person_id)[1] == 0
        assert list(queries.owners(conn).values()) == ["Ada", "Ben"]


def test_what_cannot_be_held_is_said(database, shop, ada):
    first, second = arrive(database, line("75.00"), line("80.00"))
    with pytest.raises(InvalidForm):
        held(database, first, ada, reason=" ")
    with pytest.raises(NothingToHold, match=r"Only 75\.00 AUD"):
        held(database, first, ada, amount=Money.of("75.01", "AUD"))
    with pytest.raises(InvalidForm, match="whole coins"):
        held(database, first, ada, amount=Money.of("0.005", "AUD"))
    held(database, first, ada)
    with pytest.raises(NothingToHold, match="Nothing of this receipt"):
        held(database, first, ada, nonce="again")
    with pytest.raises(NonceReused):
        held(database, second, ada)
    with pytest.raises(CannotSort):
        database.act(lambda tx: sort_line(tx, by=ada, line_id=first.id, sort=Sort.INTEREST), at=AT)
    with pytest.raises(NotAllowed, match="ask accounting"):
        held(database, second, Principal(None, "Sam", Role.SUPPORT), nonce="sam")


def test_every_part_of_a_foreign_receipt_keeps_its_worth_in_whatever_order(database, shop, ada):
    [receipt] = arrive(database, line("700.01", "USD"))
    made = issue(database, shop["US"], "400.00", nonce="a")
    found = held(database, receipt, ada, amount=Money.of("100.00", "USD"))
    facts = {"bank_line_id": receipt.id, "invoice_id": made.id, "nonce": "give"}
    given = database.act(lambda tx: allocate(tx, by=ada, **facts), at=AT)
    rest = held(database, receipt, ada, nonce="rest")
    assert found.base_micros + given.base_micros + rest.base_micros == receipt.base_micros
    assert books_agree(database)
    for each in (found, rest):
        out(database, each, ada)
    assert left(database, receipt) == "300.01"
    assert books_agree(database)


def test_one_receipt_pays_invoices_of_two_customers_by_the_amounts_given(database, shop, ada):
    [receipt] = arrive(database, line("700.00", payer="GROUP TREASURY"))
    first = issue(database, shop["AU"], "440.00", nonce="a")
    second = issue(database, shop["AU"], "330.00", nonce="b")
    parts = [(first, "440.00"), (second, "250.00")]
    made = split(database, receipt, parts, ada)
    assert split(database, receipt, parts, ada) == made
    assert [(each.paid.plain(), each.evidence.rule) for each in made] == [
        ("440.00", "split by hand"), ("250.00", "split by hand"),
    ]  # fmt: skip
    with database.read() as conn:
        opens = [invoice_by_id(conn, each.id).open.plain() for each in (first, second)]
    assert (opens, left(database, receipt)) == (["0.00", "80.00"], "10.00")
    assert books_agree(database)
    database.act(lambda tx: undo(tx, by=ada, line_id=receipt.id, reason="other invoices"), at=AT)
    with database.read() as conn:
        assert allocations_of_line(conn, receipt.id) == []
        assert [invoice_by_id(conn, each.id) for each in (first, second)] == [first, second]
    assert left(database, receipt) == "700.00"


@pytest.mark.parametrize(
    ("amounts", "sentence"),
    [
        (["440.00"], "one alone is given the receipt"),
        (["440.00", "0"], "above zero"),
        (["440.00", "270.00"], r"come to 710\.00 AUD; only 700\.00 AUD"),
        (["441.00", "100.00"], r"asks for only 440\.00 AUD"),
    ],
)
def test_a_split_that_does_not_fit_is_refused_whole(database, shop, ada, amounts, sentence):
    [receipt] = arrive(database, line("700.00"))
    made = [issue(database, shop["AU"], "440.00", nonce=each) for each in "ab"]
    with pytest.raises(Exception, match=sentence):
        split(database, receipt, list(zip(made, amounts, strict=False)), ada)
    assert left(database, receipt) == "700.00"
    with pytest.raises(Changed):
        split(database, receipt, [(each, "1.00") for each in made], ada, left=Money.of("1.00", "AUD"))


def test_the_database_itself_keeps_what_is_held(database, shop, ada):
    [receipt] = arrive(database, line("75.00"))
    found = held(database, receipt, ada)
    row = held_receipt.c.id == found.id
    for attack in (update(held_receipt).where(row).values(micros=1), delete(held_receipt)):
        with pytest.raises(DBAPIError), database.write() as tx:
            tx.conn.execute(attack)
