"""CSV, QIF, workbooks and archives: read as the whole file proves, refused with row, column and reason."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import openpyxl
import pytest

from services.banking.intake import take_in
from services.banking.model import Unreadable
from services.banking.readers import archive, read_statement, workbook
from tests.bank_books import bring_in, company_with_accounts

CBA = '05/01/2026,"+220.00","SMITH CS0000001","+1520.00"\n03/01/2026,"-12.50","FEE","+1300.00"\n'
HEAD = "Date,Description,Amount,Currency,Balance\n"
ROW = "2026-01-05,SMITH,220.00,AUD,1520.00\n"
QIF = "!Type:Bank\nD31/01/2026\nT220.00\nPSmith\n^\n"


def read(text, encoding="utf-8"):
    return read_statement(text.encode(encoding)).statements


def packed(**files):
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as found:
        for name, content in files.items():
            found.writestr(name.replace("_", "."), content)
    return kept.getvalue()


def sheet(*rows, sheets=1):
    book, kept = openpyxl.Workbook(), io.BytesIO()
    for place in range(sheets):
        target = book.active if place == 0 else book.create_sheet()
        for row in rows:
            target.append(row)
    book.save(kept)
    return kept.getvalue()


def test_rows_are_put_oldest_first_by_the_running_balance_whichever_way_they_come():
    for text in (CBA, "".join(reversed(CBA.splitlines(keepends=True)))):
        (statement,) = read(text)
        assert [line.amount.text() for line in statement.lines] == ["-12.50 AUD", "220.00 AUD"]
        assert (statement.opening.text(), statement.closing.text(), statement.ties) == (
            "1,312.50 AUD", "1,520.00 AUD", True,
        )  # fmt: skip


def test_rows_of_one_day_are_put_in_order_by_the_balance_too():
    (statement,) = read(CBA.replace("03/01", "05/01"))
    assert [line.amount.micros for line in statement.lines] == [-12_500_000, 220_000_000]


def test_a_lost_row_shows_as_a_statement_that_does_not_tie():
    (statement,) = read(CBA.replace("1300.00", "1299.00"))
    assert statement.ties is False


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_encodings_do_not_matter(encoding):
    assert read(CBA.replace("SMITH", "MÜLLER"), encoding)[0].lines[1].remittance == "MÜLLER CS0000001"


def test_month_first_is_told_by_the_days_of_the_whole_file():
    text = "Date,Description,Amount,Currency\n01/05/2026,A,1.00,USD\n01/31/2026,B,2.00,USD\n"
    assert [line.booked_on for line in read(text)[0].lines] == [date(2026, 1, 5), date(2026, 1, 31)]


@pytest.mark.parametrize(
    ("text", "reason", "row"),
    [
        (HEAD, "no movement", None),
        (HEAD + ROW + HEAD, "names of the columns come twice", 3),
        (HEAD + ROW + "2026-01-06,CUT,12\n", "3 values where 5 columns", 3),
        (HEAD + ROW.replace("220.00", "220.001"), "more decimals than AUD", 2),
        (HEAD + ROW.replace("220.00", "nothing"), "Column 3: “nothing” is not an amount", 2),
        (HEAD + ROW.replace("220.00", ""), "Column 3: the amount is missing", 2),
        (HEAD + ROW.replace("2026-01-05", ""), "date is missing", 2),
        (HEAD + ROW.replace("2026-01-05", "soon"), "“soon” is not a date", 2),
        (HEAD + ROW.replace("AUD", "A$"), "not a currency", 2),
        (HEAD + ROW + ROW.replace("220.00", '"220,00"'), "now a point and now a comma", None),
        (HEAD + ROW.replace("SMITH", '"SMITH'), "never ends", 2),
        ("Date,Description,Debit,Credit\n2026-01-05,A,1.00,2.00\n", "both a debit and a credit", 2),
        ("Date,Description,Debit,Credit\n2026-01-05,A,,\n", "neither a debit nor a credit", 2),
        ("Date,Description,Debit,Credit\n2026-01-05,A,,-2.00\n", "Column 4: a credit is negative", 2),
        ("Date,Type,Amount\n2026-01-05,Debit,5.00\n2026-01-06,Interest,1.00\n", "says debit", 2),
        ("Date,Description,Amount,Status\n2026-01-05,A,5.00,Perhaps\n", "neither booked nor pending", 2),
        ("Date,Description,Amount\n03/01/2026,A,5.00\n03/01/2026,B,5.00\n", "day/month or month/day", 2),
        ("Date,Amount,Debit,Credit\n2026-01-05,1,1,\n", "Column 3: “1” is not the amount of the row", 2),
        ("Date,Amount,Debit,Credit\n2026-01-05,1,,2\n", "Column 4: “2” is not the amount of the row", 2),
        ("name,colour,size\nx,red,9\n", "no bank's Ledgerdesk knows", None),
        (QIF[:-2], "cut off", 2),
        (QIF + QIF, "more than one document", 6),
        (QIF.replace("D31/01/2026\n", ""), "no date", 2),
        (QIF.replace("T220.00\n", ""), "no amount", 2),
        (QIF.replace("220.00", "$220"), "not an amount", 2),
        (QIF.replace("220.00", "220.005"), "more decimals", 2),
        (QIF.replace("31/01", "03/01"), "day/month or month/day", 2),
        (QIF.replace("Bank", "Invst"), "no bank account", 1),
        ("!Type:Bank\n", "no movement", None),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(text, reason, row):
    with pytest.raises(Unreadable, match=reason) as refused:
        read(text)
    assert refused.value.row == row


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("Date,Amount,Type\n2026-01-05,$-5.00,Debit\n2026-01-06,$7.00,Credit\n", (-5, 7)),
        ("Date,Amount,Type\n2026-01-05,5.00 DR,Debit\n2026-01-06,7.00 CR,Credit\n", (-5, 7)),
        ("Date,Amount,Type\n2026-01-05,(5.00),Debit\n2026-01-06,7.00,Credit\n", (-5, 7)),
        ("Date,Amount,Type\n2026-01-05,5.00,Debit\n2026-01-06,7.00,Credit\n", (-5, 7)),
        ("Datum;Bedrag;Af Bij\n2026-01-05;5,00;Af\n2026-01-06;7,00;Bij\n", (-5, 7)),
    ],
)
def test_a_word_for_debit_gives_the_sign_only_where_no_amount_has_one(text, amounts):
    assert tuple(line.amount.micros // 10**6 for line in read(text)[0].lines) == amounts


def test_a_text_that_goes_on_belongs_to_the_movement_above_and_to_nothing_else():
    rows = "2026-01-05,A,5.00,5.00\n,MORE,,\n,AND MORE,,\n2026-01-06,B,1.00,6.00\n"
    (statement,) = read(f"Date,Description,Amount,Balance\n{rows}")
    assert [line.remittance for line in statement.lines] == ["A MORE AND MORE", "B"]
    with pytest.raises(Unreadable, match="date is missing"):
        read(f"Date,Description,Amount,Balance\n2026-01-04,Opening balance,,0.00\n,MORE,,\n{rows}")


def test_days_of_one_month_have_the_day_first_and_others_are_not_guessed():
    text = QIF.replace("31/01", "05/11") + QIF.replace("31/01", "03/11").removeprefix("!Type:Bank\n")
    assert [line.booked_on for line in read(text)[0].lines] == [date(2026, 11, 3), date(2026, 11, 5)]
    for wide in (text.replace("05/11", "05/03"), text.replace("05/11", "03/05").replace("03/11", "03/04")):
        with pytest.raises(Unreadable, match="day/month or month/day"):
            read(wide)


def test_a_table_that_ends_inside_its_last_amount_is_cut_off():
    whole = "Date;Text;Montant\n2026-01-05;A;12,50\n2026-01-06;B;3,00\n2026-01-07;C;220,00"
    assert [line.amount.micros for line in read(whole)[0].lines][-1] == 220_000_000
    for end in range(1, len("220,00")):
        with pytest.raises(Unreadable, match="cut off") as refused:
            read(whole[:-end])
        assert refused.value.row == 4
    assert read(whole[:-3] + "\n")[0].lines[-1].amount.micros == 220_000_000


@pytest.mark.parametrize(
    ("text", "reason", "row"),
    [
        ("Date,Description,Amount\n2026-01-05,A,23.40\n2026-01-06,B,-8", "ends inside an amount", 3),
        ("Date,Description,Amount\n2026-01-05,A,23.", "ends inside an amount", 2),
        ("Date,Description,Debit,Credit\n2026-01-05,A,12.50,\n2026-01-06,B,,2", "ends inside an amount", 3),
        ("2026-01-05,A,19.9", "ends inside an amount", 1),
        ("2026-01-05,A,19.95", "one row without an end", 1),
        ("Date;Betrag;Text;Info\n2026-01-05;5,00;A;Umsatz gebucht\n2026-01-06;7,00;B;", "before the last columns", 3),
        ("Date,Amount,Status\n2026-01-05,5.00,Posted\n2026-01-06,7.00,", "before the last columns", 3),
        ("10/14/2026,SHOP,19.95,,1000.00\n", "no bank's", None),
        ("10/14/2026,SHOP,,19.95,1000.00\n", "no bank's", None),
    ],
)
def test_a_last_row_that_may_go_on_is_not_trusted(text, reason, row):
    with pytest.raises(Unreadable, match=reason) as refused:
        read(text)
    assert refused.value.row == row


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("Date,Description,Amount\n2026-01-05,A,220\n2026-01-06,B,2", 2_000_000),
        ("Date,Description,Currency,Amount\n2026-01-05,A,JPY,220", 220_000_000),
        ("Date,Description,Currency,Amount\n2026-01-05,A,AUD,2.20", 2_200_000),
        ("Date,Status,Amount\n2026-01-05,Posted,5.00", 5_000_000),
        ("2026-01-05,+19.95,A,1019.95", 19_950_000),
    ],
)
def test_a_whole_last_row_needs_no_end(text, micros):
    assert read(text)[0].lines[-1].amount.micros == micros


def test_one_side_without_names_is_debits_where_the_balance_falls_by_each():
    (statement,) = read("14/10/2026,SHOP,19.95,,1000.00\n13/10/2026,SHOP,10.00,,1019.95\n")
    assert [line.amount.text() for line in statement.lines] == ["-10.00 AUD", "-19.95 AUD"]
    (statement,) = read("14/10/2026,SHOP,,19.95,1000.00\n15/10/2026,SHOP,,10.00,1010.00\n")
    assert [line.amount.text() for line in statement.lines] == ["19.95 AUD", "10.00 AUD"]


def test_a_qif_opening_balance_is_no_movement():
    (statement,) = read(QIF.replace("^\n", "^\nD31/01/2026\nT1\nPA\n^\n").replace("PSmith", "POpening Balance"))
    assert (statement.opening.micros, [line.amount.micros for line in statement.lines]) == (220_000_000, [1_000_000])


def test_a_workbook_reads_like_its_table():
    content = sheet(
        ["Westpac"], [], ["Date", "Description", "Amount", "Currency", "Balance"],
        [date(2026, 1, 5), "SMITH", 220, "AUD", 0.1 + 0.2 + 1519.7], [date(2026, 1, 3), "FEE", -12.5, "AUD", 1300],
    )  # fmt: skip
    found = read_statement(content)
    assert (found.format, found.statements[0].ties) == ("xlsx", True)
    assert [line.amount.text() for line in found.statements[0].lines] == ["-12.50 AUD", "220.00 AUD"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (sheet(), "empty"),
        (sheet(["Date", "Amount", "Description"], ["2026-01-05", 1.5, "A"], sheets=2), "more than one sheet"),
        (sheet(["Date", "Currency", "Amount"], ["2026-01-05", "AUD", 1.505]), "more decimals"),
        (sheet(["Date", "Amount"], ["2026-01-05", 1.5])[:-300], "damaged"),
        (packed(**{"[Content_Types]_xml": "<!DOCTYPE x>", "xl/workbook_xml": "<a/>"}), "document type"),
    ],
)
def test_a_workbook_that_cannot_be_read_is_refused(content, reason):
    with pytest.raises(Unreadable, match=reason):
        read_statement(content)


def test_a_sheet_too_long_is_refused(monkeypatch):
    monkeypatch.setattr(workbook, "MOST_ROWS", 2)
    with pytest.raises(Unreadable, match="more than 2 rows"):
        read_statement(sheet(*[["2026-01-05", 1.5, "A"]] * 3))


def test_an_archive_is_all_its_statements():
    found = read_statement(packed(a_csv=CBA, b_csv=CBA.replace("/01/", "/02/")))
    assert (found.format, len(found.statements)) == ("zip", 2)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (packed(a_csv=CBA, b_csv=CBA + "\n"), "same movement of 2026-01-03"),
        (packed(a_csv=CBA, b_txt="hello"), "“b.txt”: This is not a bank statement"),
        (packed(a_zip=packed(a_csv=CBA)), "archive inside an archive"),
        (packed(**{f"{number}_csv": "x" for number in range(61)}), "more than 60"),
        (packed(a_csv="0" * (archive.LARGEST_UNPACKED + 1)), "more than 50 MB"),
        (packed(), "not a statement|damaged|not a bank|no statement"),
        (packed(a_csv=CBA)[:-30], "damaged"),
        (packed(a_csv=CBA).replace(b"a.csv", b"\0.csv"), "damaged"),
    ],
)
def test_an_archive_that_cannot_be_read_is_refused(content, reason):
    with pytest.raises(Unreadable, match=reason):
        read_statement(content)


def test_a_table_without_a_currency_is_in_that_of_the_account_chosen_for_it(database, noon):
    company_with_accounts(database, noon)
    text = b"Date,Description,Amount,Balance\n2026-11-05,SMITH,220.00,320.00\n"
    assert read_statement(text).statements[0].currency == "XXX"
    with database.read() as conn:
        (taken,) = take_in(conn, content=text, bank_account="aud").taken
        assert (taken.problem, taken.statement.closing.text()) == (None, "320.00 AUD")
    assert bring_in(database, text, noon, bank_account="aud").imported == 1


def test_two_sides_without_names_are_told_apart_by_the_balance_alone():
    (statement,) = read("03/02/2026,FEE,12.50,,1014.56\n28/02/2026,SMITH,,220.00,1234.56\n")
    assert [line.amount.text() for line in statement.lines] == ["-12.50 AUD", "220.00 AUD"]
    (swapped,) = read("28/02/2026,SMITH,220.00,,1234.56\n03/02/2026,FEE,,12.50,1014.56\n")
    assert [line.amount.text() for line in swapped.lines] == ["-12.50 AUD", "220.00 AUD"]
    with pytest.raises(Unreadable, match="no bank's"):
        read("03/02/2026,FEE,12.50,,1014.56\n28/02/2026,SMITH,,220.00,1234.57\n")


def test_bare_numbers_are_days_only_in_a_column_of_days():
    (statement,) = workbook.read(sheet(["Date", "Description", "Amount"], [46309, "45000", -19.95]))
    assert [(str(line.booked_on), line.remittance) for line in statement.lines] == [("2026-10-14", "45000")]
