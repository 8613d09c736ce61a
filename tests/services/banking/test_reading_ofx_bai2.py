"""OFX and BAI2: what is tolerated, and what is refused with its line because it cannot be read to the coin."""

from __future__ import annotations

from datetime import date

import pytest

from services.banking.model import Unreadable
from services.banking.readers import read_statement

OFX = """OFXHEADER:100
DATA:OFXSGML

<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>AUD<BANKACCTFROM><BANKID>0123456789012<ACCTID>77</BANKACCTFROM>
<BANKTRANLIST><DTSTART>20260101<DTEND>20260131
<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260105<TRNAMT>5.00<FITID>F1<NAME>SMITH &amp; CO<MEMO>CS0000001</STMTTRN>
</BANKTRANLIST>
<LEDGERBAL><BALAMT>15.00<DTASOF>20260131</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
"""
BAI = """01,SENDER,US,260106,0829,1,80,1,2/
02,US,SENDER,1,260105,,USD,2/
03,12345,USD,010,+10000,,,015,11550,,,190,2050,3,V,260106,/
88,100,2050,3,S,0,2050,0/
16,195,2050,V,260106,,BANK1,CUST1,SMITH, ANNA/
88,INVOICE CS0000001
16,475,500,0,,,CHECK/
16,890,,,,,A NOTE ONLY/
49,28200,7/
98,28200,1,9/
99,28200,1,11/
"""


def read(text, encoding="utf-8"):
    return read_statement(text.encode(encoding)).statements


def test_an_ofx_movement_has_its_party_text_and_reference():
    (statement,) = read(OFX)
    (line,) = statement.lines
    assert (statement.account, statement.currency, statement.ties) == ("77", "AUD", None)
    assert (statement.opening, statement.closing.text()) == (None, "15.00 AUD")
    assert (statement.starts_on, statement.ends_on) == (date(2026, 1, 1), date(2026, 1, 31))
    assert (line.counterparty, line.remittance, line.bank_reference) == ("SMITH & CO", "CS0000001", "F1")
    assert (line.booked_on, line.amount.text()) == (date(2026, 1, 5), "5.00 AUD")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<TRNTYPE>CREDIT<DTPOSTED>20260105<TRNAMT>5.00", "<TRNAMT>5.00<TRNTYPE>CREDIT<DTPOSTED>20260105"),
        ("OFXHEADER:100\nDATA:OFXSGML\n\n", ""),
        ("OFXHEADER:100", "Your statement\nOFXHEADER:100"),
        ("20260105", "20260105120000.000[-5:EST]"),
        ("5.00<FITID", "+5,00<FITID"),
        ("5.00<FITID", "5.0000<FITID"),
        ("<DTSTART>20260101", "<DTSTART>"),
        ("<NAME>SMITH", "<PAYEE><NAME>SMITH"),
        ("<MEMO>CS0000001", "<EXTRA><MEMO>CS0000001<CHECKNUM>"),
        ("<NAME>SMITH &amp; CO", "<NAME><![CDATA[SMITH & CO]]></NAME>"),
        ("</BANKTRANLIST>", ""),
        ("</BANKTRANLIST>\n<LEDGERBAL><BALAMT>15.00<DTASOF>20260131</LEDGERBAL>", ""),
        ("<DTASOF>20260131", "<DTASOF>31/01/2026"),
    ],
)
def test_forms_of_banks_do_not_matter(old, new):
    text = OFX.replace(old, new)
    text = text.replace("<MEMO>", "</PAYEE><MEMO>") if "<PAYEE>" in text else text
    (line,) = read(text)[0].lines
    assert (line.amount.micros, line.remittance, line.counterparty) == (5_000_000, "CS0000001", "SMITH & CO")


def test_an_empty_balance_is_no_balance():
    assert read(OFX.replace("15.00", ""))[0].closing is None


def test_thousands_are_read_where_they_are_certain():
    for written in ("1,234.50", "1 234,50", "1.234,50", "1'234.50"):
        assert read(OFX.replace("5.00<FITID", f"{written}<FITID"))[0].lines[0].amount.micros == 1_234_500_000


def test_windows_letters_are_read():
    assert read(OFX.replace("SMITH", "MÜLLER"), "cp1252")[0].lines[0].counterparty == "MÜLLER & CO"


def test_a_movement_in_another_currency_says_so():
    other = OFX.replace("<NAME>", "<CURRENCY><CURRATE>1.5<CURSYM>USD</CURRENCY><NAME>")
    assert read(other)[0].lines[0].amount.currency == "USD"
    original = OFX.replace("<NAME>", "<ORIGCURRENCY><CURRATE>1.5<CURSYM>USD</ORIGCURRENCY><NAME>")
    assert read(original)[0].lines[0].amount.currency == "AUD"


def test_an_announced_movement_is_not_money():
    pending = OFX.replace("STMTTRN>", "STMTTRNP>").replace("DTPOSTED", "DTTRAN")
    assert read(pending)[0].booked == ()


def test_two_accounts_are_two_statements():
    second = OFX[OFX.index("<STMTTRNRS>") : OFX.index("</BANKMSGSRSV1>")].replace("<ACCTID>77", "<ACCTID>78")
    assert [each.account for each in read(OFX.replace("</BANKMSGSRSV1>", second + "</BANKMSGSRSV1>"))] == ["77", "78"]


@pytest.mark.parametrize(
    ("text", "reason", "row"),
    [
        (OFX.replace("5.00<FITID", "$120<FITID"), "“\\$120” is not an amount", 6),
        (OFX.replace("5.00<FITID", "5.001<FITID"), "more decimals than AUD", 6),
        (OFX.replace("5.00<FITID", "1,234<FITID"), "more decimals than AUD", 6),
        (OFX.replace("5.00<FITID", "null<FITID"), "not an amount", 6),
        (OFX.replace("<TRNAMT>5.00", ""), "no amount", 6),
        (OFX.replace("<TRNAMT>5.00", "<TRNAMT>5.00<TRNAMT>6.00"), "stands twice", 6),
        (OFX.replace("<DTPOSTED>20260105", ""), "no date", 6),
        (OFX.replace("<DTPOSTED>20260105", "<DTPOSTED>20261305"), "not a date", 6),
        (OFX.replace("<DTPOSTED>20260105", "<DTPOSTED>5 Jan"), "not a date", 6),
        (OFX[: OFX.index("<MEMO>")], "cut off", 6),
        (OFX.replace("</STMTTRN>", ""), "closes <STMTTRN>", 7),
        (OFX + OFX, "more than one document", 12),
        (OFX.replace("<OFX>", '<!DOCTYPE a [<!ENTITY b "c">]><OFX>'), "document type", None),
        ("OFXHEADER:100\nDATA:OFXSGML\n", "<OFX> element is missing", None),
        ("OFXHEADER:100\n<OFX><SONRS><STATUS><SEVERITY>ERROR<MESSAGE>No</STATUS></SONRS></OFX>", "answered “No”", None),
        (OFX.replace("STMTRS>", "INVSTMTRS>"), "investment", 4),
        ("<OFX><INTRARS><TRNAMT>1.00</INTRARS><INTRARS><TRNAMT>2.00</INTRARS></OFX>", "no statement", None),
        ("<OFX>" + "<STATUS>" * 50_000, "deeper", 1),
        (OFX.replace("AUD", "A$"), "not a currency", 4),
    ],
)
def test_ofx_that_cannot_be_read_is_refused_with_its_line(text, reason, row):
    with pytest.raises(Unreadable, match=reason) as refused:
        read(text)
    assert refused.value.row == row


def test_bai2_reads_types_units_continuations_and_balances():
    (statement,) = read(BAI)
    assert (statement.account, statement.opening.text(), statement.closing.text(), statement.ties) == (
        "12345", "100.00 USD", "115.50 USD", True,
    )  # fmt: skip
    first, second = statement.lines
    assert (first.amount.text(), first.remittance) == ("20.50 USD", "SMITH, ANNA,INVOICE CS0000001")
    assert (first.booked_on, first.value_on) == (date(2026, 1, 5), date(2026, 1, 6))
    assert (first.bank_reference, first.end_to_end) == ("BANK1", "CUST1")
    assert (second.amount.text(), second.remittance) == ("-5.00 USD", "CHECK")


def test_bai2_counts_in_the_coin_of_the_currency():
    (statement,) = read(BAI.replace("USD", "JPY"))
    assert [line.amount.text() for line in statement.lines] == ["2,050 JPY", "-500 JPY"]


@pytest.mark.parametrize(
    ("text", "reason", "row"),
    [
        (BAI.replace("16,195,2050", "16,195,2060"), "total 28200", 9),
        (BAI.replace("49,28200,7", "49,28200,8"), "count 8", 9),
        (BAI.replace("98,28200,1,9", "98,28201,1,9"), "total 28201", 10),
        (BAI.replace("99,28200,1,11", "99,28200,2,11"), "count 2", 11),
        (BAI.replace("99,28200,1,11/\n", ""), "cut off", None),
        (BAI.replace("98,28200,1,9/\n", ""), "group is open", 10),
        (BAI[: BAI.index("16,475")], "cut off", None),
        (BAI.replace("16,195,2050", "16,195,20.50"), "not an amount", 5),
        (BAI.replace("16,195", "16,810"), "neither credit nor debit", 5),
        (BAI.replace("16,195,2050,V", "16,195,2050,Q"), "not a funds type", 5),
        (BAI.replace("1,260105,", "1,,"), "date is missing", 2),
        (BAI.replace("02,US,SENDER,1", "02,US,SENDER,2"), "deletion or a test", 2),
        (BAI.replace("03,12345", "hello"), "not a BAI2 record", 3),
        (BAI + BAI, "more than one document", 12),
        (BAI.splitlines()[0] + "\n", "cut off", None),
        ("01,S,R,260106,0829,1,80,1,2/\n99,0,0,2/\n", "holds no account", None),
    ],
)
def test_bai2_that_cannot_be_proved_is_refused_with_its_line(text, reason, row):
    with pytest.raises(Unreadable, match=reason) as refused:
        read(text)
    assert refused.value.row == row
