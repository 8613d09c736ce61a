"""Whatever a month holds and however a bank writes it, reading gives back exactly what was written."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.banking.model import Unreadable
from services.banking.readers import read_statement
from services.money import Money

START = date(2026, 1, 13)
CENTS = st.integers(-10_000_000, 10_000_000).filter(bool)
MONTHS = st.lists(CENTS, min_size=1, max_size=12)
VERSIONS = [f"camt.{message}.001.{number:02}" for message in ("052", "053", "054") for number in range(1, 14)]
MESSAGES = {
    "052": ("BkToCstmrAcctRpt", "Rpt"),
    "053": ("BkToCstmrStmt", "Stmt"),
    "054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
}


def written(cents, *, decimal=".", group="", sign="-"):
    whole, rest = divmod(abs(cents), 100)
    return f"{sign if cents < 0 else ''}{f'{whole:,}'.replace(',', group)}{decimal}{rest:02}"


def days(month):
    return [START + timedelta(days=place // 2) for place in range(len(month))]


def only(text):
    (statement,) = read_statement(text.encode()).statements
    return statement


def micros(statement):
    return [line.amount.micros for line in statement.booked]


@settings(max_examples=60, deadline=None)
@given(
    month=MONTHS,
    opening=CENTS,
    style=st.sampled_from(
        [(".", "", ","), (".", ",", ","), (",", ".", ";"), (",", " ", ";"), (".", "'", ";"), (",", "", ";")]
    ),
    habits=st.tuples(st.booleans(), st.booleans(), st.booleans()),
)
def test_a_table_in_any_style_gives_back_every_amount_and_both_balances(month, opening, style, habits):
    two_columns, newest_first, negative_debits = habits
    decimal, group, mark = style

    def cell(cents):
        return f'"{written(cents, decimal=decimal, group=group)}"'

    balance, rows = opening, []
    for cents, day in zip(month, days(month), strict=True):
        balance += cents
        debit = cell(cents if negative_debits else -cents) if cents < 0 else ""
        amounts = [debit, cell(cents) if cents > 0 else ""] if two_columns else [cell(cents)]
        rows.append(mark.join([day.isoformat(), "Text", *amounts, cell(balance), "EUR"]))
    names = ["Debit", "Credit"] if two_columns else ["Amount"]
    head = mark.join(["Date", "Description", *names, "Balance", "Currency"])
    found = only("\n".join([head, *(rows[::-1] if newest_first else rows)]) + "\n")
    assert micros(found) == [cents * 10_000 for cents in month]
    assert (found.opening, found.closing) == (Money(opening * 10_000, "EUR"), Money(balance * 10_000, "EUR"))
    assert found.ties is True


@settings(max_examples=40, deadline=None)
@given(month=MONTHS, opening=CENTS, version=st.sampled_from([*VERSIONS, ""]), prefix=st.sampled_from(["", "n:"]))
def test_every_version_of_camt_with_and_without_a_prefix_gives_back_every_entry(month, opening, version, prefix):
    message, part = MESSAGES[version[5:8] or "053"]
    closing = opening + sum(month)
    said = "".join(
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>{written(cents, sign='')}</Amt>"
        f"<CdtDbtInd>{'DBIT' if cents < 0 else 'CRDT'}</CdtDbtInd></Bal>"
        for code, cents in (("OPBD", opening), ("CLBD", closing))
    )
    for place, (cents, day) in enumerate(zip(month, days(month), strict=True)):
        status = "<Sts><Cd>BOOK</Cd></Sts>" if place % 2 else "<Sts>BOOK</Sts>"
        said += (
            f"<Ntry><Amt Ccy='EUR'>{written(cents, sign='')}</Amt>"
            f"<CdtDbtInd>{'DBIT' if cents < 0 else 'CRDT'}</CdtDbtInd>{status}<BookgDt><Dt>{day}</Dt></BookgDt></Ntry>"
        )
    for announced in ("PDNG", "INFO", "FUTR"):
        said += f"<Ntry><Amt>9.99</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>{announced}</Sts>"
        said += "<ValDt><Dt>2026-01-20</Dt></ValDt></Ntry>"
    account = "<Acct><Id><IBAN>IE1</IBAN></Id><Ccy>EUR</Ccy></Acct>"
    body = f"<Document><{message}><{part}>{account}{said}</{part}></{message}></Document>"
    body = body.replace("</", "\0").replace("<", f"<{prefix}").replace("\0", f"</{prefix}")
    space = f"urn:iso:std:iso:20022:tech:xsd:{version}" if version else "x"
    named = f' xmlns:n="{space}"' if prefix else f' xmlns="{space}"' if version else ""
    found = only(body.replace(f"<{prefix}Document", f"<{prefix}Document{named}", 1))
    assert micros(found) == [cents * 10_000 for cents in month]
    assert (found.ties, sum(line.pending for line in found.lines)) == (True, 3)


@settings(max_examples=40, deadline=None)
@given(month=MONTHS, opening=CENTS)
def test_mt940_bai2_ofx_and_qif_give_back_every_movement(month, opening):
    closing, dated = opening + sum(month), list(zip(month, days(month), strict=True))
    expected = [cents * 10_000 for cents in month]

    def balance(tag, cents):
        return f":{tag}:{'D' if cents < 0 else 'C'}260113EUR{written(cents, decimal=',', sign='')}\n"

    swift = "".join(
        f":61:{day:%y%m%d%m%d}{'D' if cents < 0 else 'C'}{written(cents, decimal=',', sign='')}NTRFNONREF\n:86:X\n"
        for cents, day in dated
    )
    found = only(f":20:A\n:25:1\n:28C:1\n{balance('60F', opening)}{swift}{balance('62F', closing)}-\n")
    assert (micros(found), found.ties) == (expected, True)
    total = opening + closing + sum(map(abs, month))
    records = "".join(f"16,{'475' if cents < 0 else '195'},{abs(cents)},,,,X/\n" for cents, _ in dated)
    found = only(
        "01,S,R,260113,0829,1,80,1,2/\n02,U,S,1,260113,,EUR,2/\n"
        f"03,1,EUR,010,{opening},,,015,{closing},,/\n{records}49,{total},{len(month) + 2}/\n"
        f"98,{total},1,{len(month) + 4}/\n99,{total},1,{len(month) + 6}/\n"
    )
    assert (micros(found), found.ties) == (expected, True)
    moved = "".join(f"<STMTTRN><DTPOSTED>{day:%Y%m%d}<TRNAMT>{written(cents)}</STMTTRN>" for cents, day in dated)
    found = only(f"<OFX><STMTRS><CURDEF>EUR<BANKTRANLIST>{moved}</BANKTRANLIST></STMTRS></OFX>")
    assert micros(found) == expected
    listed = "".join(f"D{day:%m/%d/%Y}\nT{written(cents, group=',')}\n^\n" for cents, day in dated)
    assert micros(only(f"!Type:Bank\n{listed}")) == expected


def test_a_detail_that_cannot_be_read_to_the_cent_leaves_the_entry_whole():
    details = "".join(f'<TxDtls><Amt Ccy="EUR">{amount}</Amt></TxDtls>' for amount in ("2.505", "2.495"))
    entry = '<Ntry><Amt Ccy="EUR">5.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>'
    entry += "<BookgDt><Dt>2026-01-05</Dt></BookgDt>"
    body = f"<Document><BkToCstmrStmt><Stmt>{entry}{details}</Ntry></Stmt></BkToCstmrStmt></Document>"
    (line,) = only(body).lines
    assert (line.amount.text(), line.details) == ("5.00 EUR", 2)


@pytest.mark.parametrize(
    ("text", "reason", "row"),
    [
        ("Date,Amount,D/C\n2026-01-05,5.00,D\n2026-01-06,-5.00,C\n", "says debit, but its amount is positive", 2),
        ("Date,Amount,D/C\n2026-01-05,-5.00,D\n2026-01-06,-5.00,C\n", "says credit, but its amount is negative", 3),
        ("Date,Amount,D/C\n2026-01-05,5.00,D\n2026-01-06,5.00,?\n", "Column 3: “\\?” says neither debit nor credit", 3),
        ("Date,Description,Amount\n2026-01-05,A,5.00\n,Balance brought,7.00\n", "date is missing", 3),
        ("Date,Description,Amount\n2026-01-05,A,5.00\n,Total energies,7.00\n", "date is missing", 3),
        ("Date,Description,Amount\n2026-01-05,A,5.00\nTotal energies,,7.00\n", "not a date", 3),
        ("Date,Description,Amount\n2026-01-05,A,5.00\nSolde,,7.00\n2026-01-06,A,5.00\n", "not a date", 3),
    ],
)
def test_no_row_is_left_out_that_may_be_a_movement(text, reason, row):
    with pytest.raises(Unreadable, match=reason) as refused:
        read_statement(text.encode())
    assert refused.value.row == row
