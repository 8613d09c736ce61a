"""Importing posts each line once, whatever comes twice, in pieces or out of order."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.access.model import NotAllowed, Principal, Role
from services.banking.gates import DaysMissing, DoesNotTie, NotOurAccount
from services.banking.model import Unreadable
from services.banking.operations import (
    MoreThanArrived,
    import_statement,
    record_allocation,
    release_allocation,
    undo_import,
)
from services.banking.queries import line, lines_page, preview_statement, statements, unallocated_receipts
from services.banking.undoing import CannotUndo
from services.ledger.model import Account, Purpose
from services.money import Money
from services.periods import parse_period
from tests.bank_books import ANN, IBAN, LAST_DAY, balance, bank_balance, bring_in, company_with_accounts, mt940, posted

LINES = [("1102", "220.00", "CS0000001 SMITH"), ("1103", "-12.50", "FEE"), ("1104", "220.00", "CS0000001 SMITH")]


@pytest.fixture
def books(database, noon):
    company_with_accounts(database, noon)
    return database


def test_a_receipt_waits_unallocated_and_a_payment_in_suspense(books, noon):
    result = bring_in(books, mt940(LINES), noon)
    assert (result.imported, result.repeated, result.warnings) == (3, 0, ())
    assert bank_balance(books) == Decimal("527.50")
    assert balance(books, Purpose.UNALLOCATED) == -440
    assert balance(books, Purpose.SUSPENSE) == Decimal("12.50")
    assert balance(books, Purpose.OPENING) == -100


def test_the_same_file_again_changes_nothing(books, noon):
    bring_in(books, mt940(LINES), noon)
    again = bring_in(books, mt940(LINES), noon)
    assert (again.file_id, again.imported, again.repeated) == (None, 0, 3)
    assert bank_balance(books) == Decimal("527.50")


def test_a_longer_file_brings_only_its_new_lines(books, noon):
    bring_in(books, mt940(LINES[:2], until="1103"), noon)
    result = bring_in(books, mt940(LINES), noon)
    assert (result.imported, result.repeated) == (1, 2)
    assert bank_balance(books) == Decimal("527.50")


def test_two_equal_lines_of_one_day_are_two_lines(books, noon):
    result = bring_in(books, mt940([LINES[0], LINES[0]]), noon)
    assert result.imported == 2
    assert bank_balance(books) == 540


def test_an_earlier_file_that_comes_later_moves_the_opening_back(books, noon):
    bring_in(books, mt940(LINES[2:], opening="307.50", on="1103", until="1104"), noon)
    bring_in(books, mt940(LINES[:2], until="1103"), noon)
    assert bank_balance(books) == Decimal("527.50")
    assert balance(books, Purpose.OPENING) == -100


def test_a_balance_of_nothing_is_a_balance(books, noon):
    """A new account opens at 0.00, and one may be swept to it: what follows still has to go on from there."""
    bring_in(books, mt940(LINES[:2], opening="0.00", until="1103"), noon)
    longer = bring_in(books, mt940([*LINES, ("1105", "-427.50", "SWEPT")], opening="0.00", until="1105"), noon)
    assert (longer.imported, longer.repeated, bank_balance(books)) == (2, 2, 0)
    with pytest.raises(DaysMissing, match=r"closed at 0\.00 AUD, this one opens at 9\.00 AUD"):
        bring_in(books, mt940([("1109", "1.00", "LATE")], opening="9.00", on="1109", until="1109"), noon)
    bring_in(books, mt940([("1109", "9.00", "NEXT")], opening="0.00", on="1109", until="1109"), noon)
    with books.read() as conn:
        kept = [(each.opening.plain(), each.closing.plain(), each.ties) for each in statements(conn)]
    assert kept == [("0.00", "9.00", True), ("0.00", "0.00", True), ("0.00", "207.50", True)]
    assert (bank_balance(books), balance(books, Purpose.OPENING)) == (9, 0)


def test_an_account_that_starts_at_nothing_is_not_given_its_second_opening(books, noon):
    bring_in(books, mt940(LINES[:2], opening="0.00", until="1103"), noon)
    bring_in(books, mt940(LINES[2:], opening="207.50", on="1104", until="1104"), noon)
    assert (bank_balance(books), balance(books, Purpose.OPENING)) == (Decimal("427.50"), 0)


def test_a_file_that_is_in_the_books_already_misses_nothing(books, noon):
    bring_in(books, mt940(LINES), noon)
    with books.read() as conn:
        assert preview_statement(conn, content=mt940(LINES)).warnings == ()


def test_a_file_that_does_not_tie_needs_a_confirmation(books, noon):
    untied = mt940(LINES, closing="500.00")
    with pytest.raises(DoesNotTie, match=r"-27\.50 AUD is missing"):
        bring_in(books, untied, noon)
    assert bring_in(books, untied, noon, accept_untied=True).imported == 3


def test_a_file_without_balances_needs_a_confirmation(books, noon):
    bare = mt940(LINES).replace(b":62F:", b":64:")
    with pytest.raises(DoesNotTie, match="both balances"):
        bring_in(books, bare, noon)


def test_a_strange_account_is_refused_until_somebody_names_ours(books, noon):
    strange = mt940(LINES, account="77")
    with pytest.raises(NotOurAccount, match="of 77, which is none of our bank accounts"):
        bring_in(books, strange, noon)
    assert bring_in(books, strange, noon, bank_account="aud").statements[0].bank_account == "aud"


@pytest.mark.parametrize("code", ["eur", "nobody"])
def test_a_file_goes_to_no_other_account_than_its_own(books, noon, code):
    with pytest.raises(NotOurAccount):
        bring_in(books, mt940(LINES), noon, bank_account=code)


def test_a_foreign_receipt_keeps_its_worth_in_aud(books, noon):
    bring_in(books, mt940([("1105", "100.00", "X")], opening="0.00", account=IBAN, currency="EUR"), noon)
    with books.read() as conn:
        receipt = unallocated_receipts(conn)[0]
        assert receipt.base_micros == 160_000_000
        assert posted(conn, Account(Purpose.BANK, "EUR", detail="eur")) == (100_000_000, 160_000_000)


def test_nothing_of_an_unreadable_file_stays(books, noon):
    with pytest.raises(Unreadable) as refused:
        bring_in(books, mt940(LINES).replace(b"220,00", b"220,001"), noon)
    assert refused.value.row == 5
    with books.read() as conn:
        assert statements(conn) == []


def test_a_preview_says_which_lines_are_new_and_writes_nothing(books, noon):
    bring_in(books, mt940(LINES[:2], until="1103"), noon)
    with books.read() as conn:
        preview = preview_statement(conn, mt940(LINES))
        assert preview.statements[0].is_new == (False, False, True)
        assert (preview.new_lines, preview.same_file, preview.needs_confirmation) == (1, False, False)
        assert lines_page(conn).total == 2


def test_lines_are_paged_and_filtered_in_sql(books, noon):
    bring_in(books, mt940(LINES), noon)
    with books.read() as conn:
        found = lines_page(conn, text="smith cs0000001", page=2, size=1)
        assert (found.total, len(found.rows), found.rows.iloc[0]["booked_on"]) == (2, 1, LAST_DAY.replace(day=2))
        assert [money.text() for money in found.unallocated] == ["440.00 AUD"]
        assert lines_page(conn, unallocated_only=True).total == 2
        assert lines_page(conn, period=parse_period("2026-10", today=LAST_DAY)).total == 0
        assert lines_page(conn, bank_account="eur", currency="EUR").rows.empty


def test_undoing_takes_every_posting_back_and_allows_the_file_again(books, noon):
    first = bring_in(books, mt940(LINES), noon)
    assert books.act(lambda tx: undo_import(tx, by=ANN, file_id=first.file_id, reason="wrong file"), at=noon) == 3
    assert [bank_balance(books), balance(books, Purpose.UNALLOCATED), balance(books, Purpose.OPENING)] == [0, 0, 0]
    with books.read() as conn:
        assert (lines_page(conn).total, statements(conn)) == (0, [])
    assert bring_in(books, mt940(LINES), noon).imported == 3
    assert bank_balance(books) == Decimal("527.50")


def test_nothing_is_undone_while_a_receipt_is_allocated(books, noon):
    imported = bring_in(books, mt940(LINES), noon)
    share = Money(50_000_000, "AUD")
    with books.write(at=noon) as tx:
        receipt = unallocated_receipts(tx.conn)[0]
        record_allocation(tx, line_id=receipt.id, amount=share)
        assert line(tx.conn, receipt.id).unallocated.text() == "170.00 AUD"
    with pytest.raises(CannotUndo, match="allocated"):
        books.act(lambda tx: undo_import(tx, by=ANN, file_id=imported.file_id, reason="wrong"), at=noon)
    with books.write(at=noon) as tx:
        release_allocation(tx, line_id=receipt.id, amount=share)
        assert line(tx.conn, receipt.id).unallocated.text() == "220.00 AUD"


def test_no_more_is_allocated_than_arrived(books, noon):
    bring_in(books, mt940(LINES), noon)
    with books.write(at=noon) as tx, pytest.raises(MoreThanArrived, match=r"only 220\.00 AUD left"):
        record_allocation(tx, line_id=unallocated_receipts(tx.conn)[0].id, amount=Money(220_010_000, "AUD"))


def test_a_file_another_repeats_is_undone_after_that_one(books, noon):
    first = bring_in(books, mt940(LINES[:2], until="1103"), noon)
    bring_in(books, mt940(LINES), noon)
    with pytest.raises(CannotUndo, match="repeats lines"):
        books.act(lambda tx: undo_import(tx, by=ANN, file_id=first.file_id, reason="wrong"), at=noon)


def test_support_may_not_import(books, noon):
    sue = Principal(None, "Sue", Role.SUPPORT)
    with pytest.raises(NotAllowed):
        books.act(lambda tx: import_statement(tx, by=sue, name="x", content=mt940(LINES)), at=noon)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE bank_line SET amount_micros = 1", "DELETE FROM bank_line", "UPDATE bank_statement_file SET name = 'x'"],
)
def test_the_database_keeps_what_the_bank_wrote(books, noon, statement):
    bring_in(books, mt940(LINES), noon)
    with pytest.raises(DBAPIError), books.write(at=noon) as tx:
        tx.conn.execute(text(statement))


def test_the_entry_of_a_line_leads_back_to_it(books, noon):
    bring_in(books, mt940(LINES), noon)
    with books.read() as conn:
        for row in lines_page(conn).rows.itertuples():
            source_id = conn.execute(
                text("SELECT source_id FROM journal_entry WHERE id = :id"), {"id": int(row.entry_id)}
            ).scalar()
            assert source_id == row.id == line(conn, row.id).id
