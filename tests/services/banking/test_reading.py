"""Dialects of banks are read, what cannot be read to the coin is refused with its line, and no file does harm."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from services.banking.dry_run import as_refusal_json
from services.banking.model import Unreadable
from services.banking.queries import as_dry_run_json
from services.banking.readers import LARGEST_BYTES, read_statement

BANKS = Path(__file__).parents[2] / "golden" / "banks"
HEAD = ":20:A\n:25:123\n:28C:1\n:60F:C260101EUR10,00\n"
TAIL = "\n:62F:C260131EUR15,00\n-\n"
CAMT = """<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.10"><BkToCstmrStmt><Stmt>
<Acct><Id><IBAN>IE1</IBAN></Id><Ccy>EUR</Ccy></Acct>
<Ntry><Amt Ccy="EUR">5.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-01-05</Dt></BookgDt>
{more}</Ntry></Stmt></BkToCstmrStmt></Document>"""


def only_line(text, encoding="utf-8"):
    return read_statement(text.encode(encoding)).statements[0].lines[0]


def mt(movement, words=":86:X"):
    return only_line(f"{HEAD}:61:{movement}\n{words}{TAIL}")


@pytest.mark.parametrize(
    ("movement", "amount"),
    [
        ("2601050105C5,00NTRFNONREF", 5_000_000),
        ("2601050105D5,NTRFNONREF", -5_000_000),
        ("260105RC5,00NTRFNONREF", -5_000_000),
        ("260105RD5,00NTRFNONREF", 5_000_000),
        ("260105CR5,00NTRFNONREF", 5_000_000),
        ("260105RDR,5NTRFNONREF", 500_000),
        ("260105    DD000000000005,00NMSCNONREF//", -5_000_000),
        ("2601050000C5.00N123", 5_000_000),
    ],
)
def test_marks_funds_codes_and_dates_of_a_movement(movement, amount):
    assert mt(movement).amount.micros == amount


def test_an_announced_movement_is_not_money():
    assert mt("2601050105EC5,00NTRFNONREF").pending


def test_the_entry_date_is_of_the_nearest_year():
    assert mt("2601020101C1,NTRF").booked_on == date(2026, 1, 1)
    assert mt("2601021231C1,NTRF").booked_on == date(2025, 12, 31)
    assert mt("2512310102C1,NTRF").booked_on == date(2026, 1, 2)


def test_the_thirtieth_of_february_is_its_last_day():
    assert mt("2602300301C1,NTRF").value_on == date(2026, 2, 28)


def test_german_subfields_give_party_purpose_and_reference():
    line = mt(
        "260105C5,NTRFNONREF//B1",
        ":86:166?00GUTSCHRIFT?20EREF+CS0000001?21SVWZ+Invoice CS00\n00001?31DE02?32ANNA?33BERG",
    )
    assert (line.counterparty, line.counterparty_account, line.remittance) == ("ANNA BERG", "DE02", "Invoice CS0000001")
    assert (line.end_to_end, line.bank_reference) == ("CS0000001", "B1")


def test_dutch_words_give_party_and_purpose():
    words = (
        ":86:/TRTP/SEPA OVERBOEKING/IBAN/NL12ABNA0123456789/BIC/ABNANL2A/NAME/J JANSEN/REMI/CS0000001 thanks/EREF/X1"
    )
    line = mt("260105C5,NTRFEREF", words)
    assert (line.counterparty, line.counterparty_account) == ("J JANSEN", "NL12ABNA0123456789")
    assert (line.remittance, line.end_to_end) == ("CS0000001 thanks", "X1")


def test_a_time_cut_at_the_end_of_a_line_is_not_a_new_statement():
    found = read_statement(f"{HEAD}:61:260105C5,NTRF\n:86:paid at 16\n:20:37 by card{TAIL}".encode())
    assert len(found.statements) == 1
    assert found.statements[0].ties


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r", "\n\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_line_ends_and_encodings_do_not_matter(newline, encoding):
    text = f"{HEAD}:61:260105C5,00NTRFNONREF\n:86:Müller{TAIL}".replace("\n", newline)
    assert only_line(text, encoding).remittance == "Müller"


def test_an_envelope_on_the_line_of_the_first_tag_is_taken_off():
    text = f"{{1:F01BANKNL2AXXXX0}}{{2:O940BANKXN}}{{4:{HEAD}:61:260105C5,00NTRF{TAIL}".replace("\n-\n", "\n-}{5:}")
    assert read_statement(text.encode()).statements[0].ties


def test_a_batch_in_one_currency_that_sums_exactly_is_split():
    details = "".join(
        f'<TxDtls><Amt Ccy="EUR">{amount}</Amt><RltdPties><Dbtr><Pty><Nm>{name}</Nm></Pty></Dbtr></RltdPties></TxDtls>'
        for amount, name in (("2.00", "A"), ("3.00", "B"))
    )
    lines = read_statement(CAMT.format(more=f"<NtryDtls>{details}</NtryDtls>").encode()).statements[0].lines
    assert [(line.amount.micros, line.counterparty) for line in lines] == [(2_000_000, "A"), (3_000_000, "B")]
    wrong = details.replace("3.00", "3.01")
    (whole,) = read_statement(CAMT.format(more=f"<NtryDtls>{wrong}</NtryDtls>").encode()).statements[0].lines
    assert (whole.amount.micros, whole.details) == (5_000_000, 2)


def test_a_returned_debit_names_who_was_debited_whichever_side_the_bank_puts_it():
    for role in ("Dbtr", "Cdtr"):
        party = f"<NtryDtls><TxDtls><RltdPties><{role}><Nm>A</Nm></{role}></RltdPties></TxDtls></NtryDtls>"
        assert only_line(CAMT.format(more=f"<RvslInd>true</RvslInd>{party}")).counterparty == "A"


def test_a_document_that_calls_its_windows_letters_utf_8_is_read():
    more = "<NtryDtls><TxDtls><RmtInf><Ustrd>Müller</Ustrd></RmtInf></TxDtls></NtryDtls>"
    assert only_line(CAMT.format(more=more), "cp1252").remittance == "Müller"


def test_what_the_payer_sent_stays_visible():
    more = '<NtryDtls><TxDtls><AmtDtls><InstdAmt><Amt Ccy="USD">9.00</Amt></InstdAmt></AmtDtls></TxDtls></NtryDtls>'
    assert only_line(CAMT.format(more=more)).instructed.text() == "9.00 USD"


@pytest.mark.parametrize(
    ("content", "reason", "row"),
    [
        (f"{HEAD}:61:260105C5,001NTRF{TAIL}", "more decimals than EUR", 5),
        (f"{HEAD}:61:260105C5.000,00NTRF{TAIL}", "not a movement", 5),
        (f"{HEAD}:61:261305C5,00NTRF{TAIL}", "not a date", 5),
        (f"{HEAD}:61:garbage{TAIL}", "not a movement", 5),
        (HEAD.replace("C260101EUR10,00", "10"), "not a balance", 4),
        (":20:A\n:25:123\n", "neither a balance nor a movement", None),
        (CAMT.format(more="").replace("5.00", "5,00"), "not an amount", 3),
        (CAMT.format(more="").replace("CRDT", "BOTH"), "neither credit nor debit", 3),
        (CAMT.format(more="") * 2, "more than one document", None),
        (CAMT.format(more="") + CAMT.format(more="").split("?>")[1], "more than one document", 4),
        ('<!DOCTYPE a [<!ENTITY b "c">]>' + CAMT.format(more="&b;").split("?>")[1], "document type", None),
        ("<html><body>Sign in</body></html>", "no CAMT", 1),
        ("OFXHEADER:100\n<OFX></OFX>", "no statement", None),
        ('<?xml version="1.0"?><?OFX OFXHEADER="200"?><OFX></OFX>', "no statement", None),
        ("Date,Amount,Balance\n1,2,3\n", "not a date", 2),
        ("%PDF-1.7 x", "PDF", None),
        ("hello", "not a bank statement", None),
        (" \n", "empty", None),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(content, reason, row):
    with pytest.raises(Unreadable, match=reason) as refused:
        read_statement(content.encode())
    assert as_refusal_json(refused.value) == {"refused": {"reason": refused.value.reason, "row": row}}


def test_a_file_too_large_is_refused():
    with pytest.raises(Unreadable, match="25 MB"):
        read_statement(b":20:" + b"x" * LARGEST_BYTES)


def test_a_dry_run_prints_amounts_as_decimal_strings():
    printed = as_dry_run_json(read_statement((BANKS / "genkgo__camt052.v6.xml").read_bytes()))
    (statement,) = printed["statements"]
    assert (printed["format"], statement["opening"], statement["ties"]) == ("camt", None, None)
    assert statement["lines"] == [
        {
            "booked_on": "2007-10-18",
            "value_on": "2007-10-18",
            "amount": "-200000.00",
            "currency": "SEK",
            "counterparty": "UNIFITS GmbH",
            "remittance": "Example Remittance - 6 - V1",
            "bank_reference": "ACSR160614165200001",
            "pending": True,
        }
    ]


def test_a_file_that_ends_inside_its_last_movement_is_cut_off():
    movement = ":20:A\n:25:1\n:28C:1\n:60F:C260105EUR1,00\n:61:2601050105C220,00"
    for end in range(6):
        with pytest.raises(Unreadable, match="cut off") as refused:
            read_statement(movement[: len(movement) - end].encode())
        assert refused.value.row == 5
    for whole in (movement + "NTRF", movement + "\n"):
        assert read_statement(whole.encode()).statements[0].lines[0].amount.micros == 220_000_000
