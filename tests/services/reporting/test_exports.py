"""Exports: exact numbers, no formulas, and the proof of what was exported inside every file."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from services.errors import BrokenInvariant
from services.money import Money
from services.reporting import exports
from services.reporting.exports import Column, ColumnKind, ExportTable, facts_of

COLUMNS = [
    Column("Day", ColumnKind.DAY),
    Column("Customer"),
    Column("Messages", ColumnKind.COUNT),
    Column("Amount", ColumnKind.MONEY),
    Column("Price", ColumnKind.MONEY, places=4, totalled=False),
]


def _table(name: str = "Bluegum <Clinics> & Co") -> ExportTable:
    rows = [
        [date(2026, 11, 2), name, 3107, Money.of("-246.12", "AUD"), Money.of("0.0792", "AUD")],
        [date(2026, 11, 3), "Café Zürich", None, Money.of("1250.50", "AUD"), None],
        [date(2026, 11, 3), "Tokyo", 1, Money.of("15000", "JPY"), None],
    ]
    facts = facts_of(by="Ada", at=datetime(2026, 11, 22, 3, 4, tzinfo=UTC), period="2026-11", customer=None)
    return ExportTable("Transactions", COLUMNS, rows, facts, totals=[("Opening", Money.of(10, "AUD"))])


def test_csv_holds_exact_amounts_and_its_proof() -> None:
    lines = list(csv.reader(io.StringIO(exports.csv(_table()).decode("utf-8-sig"))))
    assert lines[0] == ["Day", "Customer", "Messages", "Amount", "Price"]
    assert lines[1] == ["2026-11-02", "Bluegum <Clinics> & Co", "3107", "-246.12", "0.0792"]
    assert lines[3][3] == "15000"
    assert ["Rows", "3"] in lines
    assert ["Total Amount", "1004.38", "AUD"] in lines
    assert ["Opening", "10.00", "AUD"] in lines
    assert ["As of", "2026-11-22 03:04 UTC"] in lines
    assert ["Period", "2026-11"] in lines


def test_xlsx_holds_real_numbers_and_dates() -> None:
    sheet = load_workbook(io.BytesIO(exports.xlsx(_table()))).active
    assert sheet is not None
    assert [sheet.cell(2, n).value for n in (2, 3, 4, 5)] == ["Bluegum <Clinics> & Co", 3107, -246.12, 0.0792]
    assert sheet.cell(2, 1).value == datetime(2026, 11, 2)  # noqa: DTZ001 - a workbook's date has no zone
    assert [row[0].value for row in sheet.iter_rows(min_row=6)][:1] == ["Transactions"]


def test_pdf_shows_the_rows_and_the_totals() -> None:
    content = exports.pdf(_table())
    words = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    for shown in ("Transactions", "Bluegum <Clinics> & Co", "(246.12)", "0.0792", "15,000", "Total AUD", "1,004.38"):
        assert shown in words
    assert content == exports.pdf(_table())


@pytest.mark.parametrize("made", [exports.csv, exports.xlsx, exports.pdf])
def test_an_empty_table_is_still_a_file(made: object) -> None:
    assert made(ExportTable("Nothing", COLUMNS, []))  # type: ignore[operator]


def test_the_same_table_gives_the_same_bytes() -> None:
    assert exports.xlsx(_table()) == exports.xlsx(_table())


def test_a_row_that_does_not_fit_is_a_bug() -> None:
    with pytest.raises(BrokenInvariant):
        ExportTable("Short", COLUMNS, [[1]])


@given(
    st.text(min_size=1, max_size=30, alphabet=st.characters(exclude_categories=("Cs", "Cc"))),
    st.sampled_from(["=", "+", "-", "@", ""]),
)
def test_no_text_becomes_a_formula(text: str, start: str) -> None:
    table = ExportTable("x", [Column("Name")], [[start + text]])
    (_, (cell,)), *_ = enumerate(
        [next(iter(list(csv.reader(io.StringIO(exports.csv(table).decode("utf-8-sig"))))[1:]))]
    )
    assert not cell.startswith(("=", "+", "-", "@"))
    sheet = load_workbook(io.BytesIO(exports.xlsx(table))).active
    assert sheet is not None
    assert sheet.cell(2, 1).data_type == "s"
