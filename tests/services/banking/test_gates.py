"""The gates of an import: missing days need another person, the same line is known in any format."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.access import approvals, people
from services.access.approvals import SelfApproval
from services.access.model import SYSTEM, Principal, Role
from services.banking.gates import DaysMissing
from services.banking.holding import AlreadyHeld, NothingMissing, hold_statement
from services.banking.kept import kept_file
from services.banking.model import Line
from services.banking.operations import undo_import
from services.banking.queries import lines_page, preview_statement
from services.banking.writer import write_camt053
from services.company.model import BankAccount
from services.company.queries import bank_account_of
from services.company.registering import request_bank_account
from services.errors import InvalidForm
from services.ledger.period_lock import PeriodClosed, close_period
from services.money import Money
from services.wiring.approvals import ACTS
from tests.bank_books import ANN, bank_balance, bring_in, company_with_accounts, mt940

LINES = [("1102", "220.00", "CS0000001 SMITH"), ("1103", "-12.50", "FEE"), ("1104", "220.00", "CS0000001 SMITH")]
FIRST = mt940(LINES[:1], until="1102")
LAST = mt940(LINES[2:], opening="307.50", on="1104", until="1104")


@pytest.fixture
def books(database, noon):
    company_with_accounts(database, noon)
    return database


@pytest.fixture
def pair(books, noon):
    def make(tx):
        made = [
            people.create_person(tx, by=SYSTEM, name=name, email=f"{name}@x.example", role=Role.ACCOUNTING)
            for name in ("Ada", "Bea")
        ]
        return [
            Principal(each.person_id, name, Role.ACCOUNTING) for each, name in zip(made, ("Ada", "Bea"), strict=True)
        ]

    return books.act(make, at=noon)


def hold(books, by, noon, content=LAST, reason="The bank closed the account for a day"):
    return books.act(lambda tx: hold_statement(tx, by=by, name="late.sta", content=content, reason=reason), at=noon)


def approve(books, by, request, noon):
    return books.act(lambda tx: approvals.approve(tx, by=by, approval_id=request, acts=ACTS), at=noon)


def test_missing_days_are_named_with_both_ways_out(books, noon):
    bring_in(books, FIRST, noon)
    with pytest.raises(DaysMissing, match=r"2026-11-03 seems to be missing.*Import the statement of those days first"):
        bring_in(books, LAST, noon)
    assert bank_balance(books) == 320


def test_the_missing_statement_opens_the_way(books, noon):
    bring_in(books, FIRST, noon)
    bring_in(books, mt940(LINES[1:2], opening="320.00", on="1103", until="1103"), noon)
    assert bring_in(books, LAST, noon).imported == 1
    assert bank_balance(books) == Decimal("527.50")


def test_another_person_accepts_missing_days(books, pair, noon):
    ada, bea = pair
    bring_in(books, FIRST, noon)
    request = hold(books, ada, noon)
    with books.read() as conn:
        assert preview_statement(conn, LAST).held
    with pytest.raises(SelfApproval):
        approve(books, ada, request, noon)
    with pytest.raises(AlreadyHeld):
        hold(books, bea, noon)
    assert approve(books, bea, request, noon).imported == 1
    assert bank_balance(books) == 540


def test_a_declined_file_may_be_asked_for_again(books, pair, noon):
    ada, bea = pair
    bring_in(books, FIRST, noon)
    request = hold(books, ada, noon)
    books.act(lambda tx: approvals.decline(tx, by=bea, approval_id=request, acts=ACTS, reason="get it"), at=noon)
    assert hold(books, ada, noon) > request
    assert bank_balance(books) == 320


def test_only_a_file_with_missing_days_is_held_and_only_with_a_reason(books, pair, noon):
    bring_in(books, FIRST, noon)
    with pytest.raises(NothingMissing):
        hold(books, pair[0], noon, content=FIRST + b"\n")
    with pytest.raises(InvalidForm):
        hold(books, pair[0], noon, reason=" ")


def test_a_held_file_never_changes(books, pair, noon):
    bring_in(books, FIRST, noon)
    hold(books, pair[0], noon)
    for attack in ("UPDATE held_bank_file SET name = 'x'", "DELETE FROM held_bank_file"):
        with pytest.raises(DBAPIError), books.write(at=noon) as tx:
            tx.conn.execute(text(attack))


def test_a_closed_month_is_named_and_what_the_bank_booked_keeps_its_day(books, noon):
    before = mt940([("0902", "10.00", "SEPTEMBER")], opening="0.00", on="0901", until="0930")
    file_id = bring_in(books, before, noon).file_id
    books.act(lambda tx: close_period(tx, by=ANN, period=202609), at=noon)
    also = mt940([("0903", "5.00", "LATE")], opening="10.00", on="0903", until="0903")
    said = r"September 2026 is closed, and what the bank booked keeps its day; two people have to reopen the month"
    with pytest.raises(PeriodClosed, match=said):
        bring_in(books, also, noon)
    with pytest.raises(PeriodClosed, match=said):
        books.act(lambda tx: undo_import(tx, by=ANN, file_id=file_id, reason="the wrong file"), at=noon)


def test_files_that_overlap_lack_nothing(books, noon):
    bring_in(books, mt940(LINES[:1], until="1102"), noon)
    bring_in(books, mt940(LINES[1:2], opening="320.00", on="1103", until="1103"), noon)
    again = mt940(LINES[1:], opening="320.00", on="1103", until="1104")
    assert (bring_in(books, again, noon).imported, bank_balance(books)) == (1, Decimal("527.50"))


def test_what_stays_missing_after_an_earlier_file_is_said(books, noon):
    bring_in(books, LAST, noon)
    result = bring_in(books, FIRST, noon)
    assert result.imported == 1
    assert "Still missing after this file: aud: 2026-11-03 seems to be missing" in result.warnings[0]


def camt(lines, opening="100.00", until=date(2026, 11, 30)):
    """The same month as another format words it: other text, the bank's own references."""
    moved = [
        Line(
            date(2026, 11, int(day[2:])), date(2026, 11, int(day[2:])), Money.of(amount, "AUD"), payer, words, f"B{no}"
        )
        for no, (day, amount, payer, words) in enumerate(lines)
    ]
    return write_camt053(
        account="082999123456789",
        holder="Test",
        number="1",
        written_at=datetime(2026, 12, 1, tzinfo=UTC),
        on=(date(2026, 11, 1), until),
        opening=Money.of(opening, "AUD"),
        lines=moved,
    )


def test_the_same_month_in_another_format_changes_nothing(books, noon):
    bring_in(books, mt940(LINES), noon)
    other = camt([("1102", "220.00", "Jo Smith", "CS0000001"), ("1103", "-12.50", "", "Account keeping"),
                  ("1104", "220.00", "Jo Smith", "again")])  # fmt: skip
    result = bring_in(books, other, noon)
    assert (result.imported, result.repeated, bank_balance(books)) == (0, 3, Decimal("527.50"))


def test_a_table_of_the_same_lines_brings_only_the_new_one(books, noon):
    bring_in(books, mt940(LINES[:2], until="1103"), noon)
    rows = ["02/11/2026,220.00,CS0000001 SMITH,+320.00", "03/11/2026,-12.50,FEE,+307.50",
            "04/11/2026,220.00,CS0000001 SMITH,+527.50"]  # fmt: skip
    result = bring_in(books, "\n".join(rows).encode(), noon, bank_account="aud")
    assert (result.imported, result.repeated, bank_balance(books)) == (1, 2, Decimal("527.50"))


def test_two_payments_alike_in_two_formats_stay_two_where_the_balances_say_so(books, noon):
    bring_in(books, mt940(LINES[:1], until="1102"), noon)
    evening = camt([("1102", "220.00", "Smith", "CS0000001")], opening="320.00", until=date(2026, 11, 2))
    assert bring_in(books, evening.replace(b"2026-11-01", b"2026-11-02"), noon).imported == 1
    assert bank_balance(books) == 540


def test_the_raw_file_can_be_taken_again_even_when_undone(books, noon):
    made = bring_in(books, mt940(LINES), noon)
    books.act(lambda tx: undo_import(tx, by=ANN, file_id=made.file_id, reason="wrong"), at=noon)
    with books.read() as conn:
        found = kept_file(conn, file_id=made.file_id)
        assert (found.name, found.content, lines_page(conn).total) == ("test.sta", mt940(LINES), 0)


def test_an_account_is_registered_by_two_and_then_takes_its_file(books, pair, noon):
    ada, bea = pair
    account = BankAccount("aud-2", "AUD", "Test", "Second Bank", (("Account", "77-88-99"),), number="77-88-99")
    request = books.act(lambda tx: request_bank_account(tx, by=ada, account=account, reason="Payouts"), at=noon)
    with pytest.raises(SelfApproval):
        approve(books, ada, request, noon)
    approve(books, bea, request, noon)
    with books.read() as conn:
        made = bank_account_of(conn, "aud-2")
    assert (made.number, made.changed_by, made.approved_by) == ("77-88-99", "Ada", "Bea")
    assert bring_in(books, mt940(LINES, account="778899"), noon).statements[0].bank_account == "aud-2"
    assert (bank_balance(books, "aud-2"), bank_balance(books)) == (Decimal("527.50"), 0)


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"code": "aud"}, "code"), ({"code": "A B"}, "code"), ({"currency": "XXX"}, "currency"), ({"bank": ""}, "bank"),
     ({"number": "082999123456789"}, "number")],
)  # fmt: skip
def test_a_wrong_account_is_refused_with_its_field(books, pair, noon, changed, field):
    facts = {"code": "aud-2", "currency": "AUD", "holder": "Test", "bank": "B", "lines": (("Account", "7"),)}
    account = BankAccount(**(facts | {"number": "778899"} | changed))
    with pytest.raises(InvalidForm) as refused:
        books.act(lambda tx: request_bank_account(tx, by=pair[0], account=account, reason="x"), at=noon)
    assert field in refused.value.fields
