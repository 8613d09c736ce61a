"""An unknown table is mapped once; what could be read two ways is asked, never guessed."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

import openpyxl
import pytest

from services.banking.mapped import forget_mapping, remember_mapping, remembered
from services.banking.mapping import (
    DAY_FIRST,
    MONTH_FIRST,
    Mapping,
    decimal_told,
    layout,
    order_told,
    statement_of,
)
from services.banking.model import NoSuchMapping, Unreadable
from services.banking.operations import import_statement
from services.banking.queries import lines_page, preview_statement
from services.banking.readers import unknown_table
from services.banking.suggesting import suggested
from services.errors import InvalidForm
from tests.bank_books import ANN, bank_balance, bring_in, company_with_accounts

TABLE = """Export of 30/11/2026;;;;;
Wann;Wer;Wieviel;Danach;Kennung;Was
03/11/2026;Smith;220,00;320,00;R1;CS0000001
14/11/2026;;-12,50;307,50;R2;fee
15/11/2026;Jones;1.200,00;1.507,50;R3;top-up
"""
MAPPING = Mapping(6, header=True, day=0, amount=2, texts=(5,), party=1, balance=3, reference=4, decimal=",")


@pytest.fixture
def books(database, noon):
    company_with_accounts(database, noon)
    return database


def rows(content=TABLE):
    found = unknown_table(content.encode() if isinstance(content, str) else content)
    assert found
    return found


def remember(books, noon, mapping=MAPPING, content=TABLE, account="aud"):
    facts = {"content": content.encode(), "mapping": mapping, "bank_account": account}
    return books.act(lambda tx: remember_mapping(tx, by=ANN, **facts), at=noon)


def test_an_unknown_table_is_refused_until_it_is_mapped_and_then_reads_by_itself(books, noon):
    with pytest.raises(Unreadable):
        bring_in(books, TABLE.encode(), noon)
    made = remember(books, noon)
    assert (len(made.lines), made.ties, made.opening.text()) == (3, True, "100.00 AUD")
    result = bring_in(books, TABLE.encode(), noon)
    assert (result.imported, result.statements[0].bank_account, bank_balance(books)) == (3, "aud", Decimal("1507.50"))
    later = "Wann;Wer;Wieviel;Danach;Kennung;Was\n16/11/2026;;-7,50;1.500,00;R4;fee\n"
    assert bring_in(books, later.encode(), noon).imported == 1
    with books.read() as conn:
        first = lines_page(conn, text="smith").rows.iloc[0]
        assert (first["booked_on"], first["remittance"], first["bank_reference"]) == (
            date(2026, 11, 3), "CS0000001", "R1",
        )  # fmt: skip


def test_a_known_table_of_one_day_is_asked_for_the_order_of_its_days_and_nothing_else(books, noon):
    one_day = "Date,Description,Debit,Credit,Balance\n03/11/2026,SMITH CS0000001,,220.00,320.00\n"
    with pytest.raises(Unreadable, match="day/month or month/day"):
        bring_in(books, one_day.encode(), noon)
    assert unknown_table(one_day.replace("03/11", "13/11").encode()) is None
    assert unknown_table(one_day.replace("220.00", "?").encode()) is None
    assert suggested(rows(one_day), header=True) == {"day": 0, "debit": 2, "credit": 3, "balance": 4, "text": 1}
    mapping = Mapping(5, header=True, day=0, debit=2, credit=3, texts=(1,), balance=4)
    assert remember(books, noon, mapping, one_day).lines[0].booked_on == date(2026, 11, 3)
    assert bring_in(books, one_day.encode(), noon).imported == 1


def test_a_forgotten_mapping_reads_no_more_and_what_it_read_stays(books, noon):
    remember(books, noon)
    bring_in(books, TABLE.encode(), noon)
    with books.read() as conn:
        [kept] = remembered(conn)
    books.act(lambda tx: forget_mapping(tx, by=ANN, mapping_id=kept.id), at=noon)
    with pytest.raises(NoSuchMapping):
        books.act(lambda tx: forget_mapping(tx, by=ANN, mapping_id=kept.id), at=noon)
    with books.read() as conn:
        assert (remembered(conn), lines_page(conn).total) == ([], 3)
        with pytest.raises(Unreadable):
            preview_statement(conn, TABLE.encode())


def test_a_mapping_made_anew_replaces_the_one_before(books, noon):
    remember(books, noon)
    remember(books, noon)
    remember(books, noon, replace(MAPPING, reference=None))
    with books.read() as conn:
        assert [each.mapping.reference for each in remembered(conn)] == [None]


def test_one_layout_of_two_accounts_asks_which(books, noon):
    remember(books, noon)
    eur = replace(MAPPING, balance=None)
    remember(books, noon, eur, account="eur")
    with pytest.raises(Unreadable):
        bring_in(books, TABLE.encode(), noon)
    taken = books.act(
        lambda tx: import_statement(tx, by=ANN, name="x.csv", content=TABLE.encode(), bank_account="aud"), at=noon
    )
    assert taken.imported == 3


def test_a_workbook_is_mapped_like_a_table(books, noon):
    book = openpyxl.Workbook()
    for line in (["Wann", "Wieviel", "Was"], [date(2026, 11, 3), 12.5, "one"], [date(2026, 11, 4), -2.25, "two"]):
        book.active.append(line)
    held = io.BytesIO()
    book.save(held)
    mapping = Mapping(3, header=True, day=0, amount=1, texts=(2,))
    facts = {"content": held.getvalue(), "mapping": mapping, "bank_account": "aud"}
    made = books.act(lambda tx: remember_mapping(tx, by=ANN, **facts), at=noon)
    assert [line.amount.text() for line in made.lines] == ["12.50 AUD", "-2.25 AUD"]
    with books.read() as conn:
        assert preview_statement(conn, held.getvalue()).statements[0].statement.ties is None


@pytest.mark.parametrize(
    ("values", "order", "why"),
    [
        (["03/04/2026", "13/04/2026"], DAY_FIRST, "“13/04/2026” can only have its day first."),
        (["03/04/2026", "04/13/2026"], MONTH_FIRST, "“04/13/2026” can only have its month first."),
        (["2026-04-03"], DAY_FIRST, "The days are written so that they can be read one way only."),
        (["03/04/2026"], None, "Every day of the file could be read both ways; say which it is."),
        (["13/04/2026", "04/13/2026"], None, "cannot both be days"),
    ],
)
def test_the_order_of_days_is_told_with_its_reason(values, order, why):
    told = order_told(values)
    assert told.value == order
    assert why in told.why


@pytest.mark.parametrize(
    ("values", "mark", "why"),
    [
        (["1.234,50", "7"], ",", "“1.234,50” can only have a comma"),
        (["1,234.50"], ".", "can only have a point"),
        (["1,234"], None, "could be read both ways"),
        (["12", "7"], ".", "No amount depends on it."),
        (["1.50", "1,50"], None, "does not go with"),
    ],
)
def test_the_decimal_mark_is_told_with_its_reason(values, mark, why):
    told = decimal_told(values)
    assert told.value == mark
    assert why in told.why


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"amount": None}, "amount"), ({"debit": 1}, "amount"), ({"party": 2}, "day"), ({"balance": 9}, "day"),
     ({"order": "year first"}, "order"), ({"decimal": "x"}, "decimal")],
)  # fmt: skip
def test_choices_that_cannot_be_are_named(books, noon, changed, field):
    with pytest.raises(InvalidForm) as refused:
        remember(books, noon, replace(MAPPING, **changed))
    assert field in refused.value.fields


@pytest.mark.parametrize(
    ("wrong", "said", "row"),
    [
        (TABLE.replace("-12,50", "twelve"), r"Column 3: “twelve” is not an amount", 4),
        (TABLE.replace("-12,50", ""), r"Column 3: the amount is missing", 4),
        (TABLE.replace("14/11/2026", "soon"), r"Column 1: “soon” is not a date", 4),
        (TABLE.replace("-12,50", "-12,505"), r"Column 3: .*decimals", 4),
    ],
)
def test_what_does_not_read_is_refused_with_row_and_column(wrong, said, row):
    with pytest.raises(Unreadable, match=said) as refused:
        statement_of(rows(wrong), MAPPING, account="1", currency="AUD")
    assert refused.value.row == row


def test_a_file_that_tells_another_order_than_the_mapping_is_refused():
    with pytest.raises(Unreadable, match="can only have its day first"):
        statement_of(rows(), replace(MAPPING, order=MONTH_FIRST), account="1", currency="AUD")


def test_debit_and_credit_newest_first_pending_and_currency():
    content = (
        "Wann,Soll,Haben,Danach,Cur,Was\n2026-11-05,,9.00,,AUD,pending\n2026-11-04,2.50,,17.50,AUD,fee\n"
        "2026-11-03,,10.00,20.00,AUD,in\n"
    )
    mapping = Mapping(6, header=True, day=0, debit=1, credit=2, texts=(5,), balance=3, currency=4)
    made = statement_of(rows(content), mapping, account="1", currency="AUD")
    assert [line.amount.text() for line in made.booked] == ["10.00 AUD", "-2.50 AUD"]
    assert (made.opening.text(), made.closing.text(), made.ties) == ("10.00 AUD", "17.50 AUD", True)
    with pytest.raises(Unreadable, match="Column 5: the row is in AUD, the account in EUR"):
        statement_of(rows(content), mapping, account="1", currency="EUR")


def test_columns_that_stand_out_are_suggested_and_a_layout_is_its_names():
    assert suggested(rows(), header=True) == {"day": 0, "amount": 2, "text": 5}
    assert layout(rows()) == "wann|wer|wieviel|danach|kennung|was"
