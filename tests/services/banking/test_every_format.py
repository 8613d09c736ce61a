"""A month in every format a bank gives: read by the command, imported, stored line by line, tied on both databases."""

from __future__ import annotations

import io
import json
import zipfile
from decimal import Decimal

import openpyxl
import pytest
from typer.testing import CliRunner

from services.__main__ import app
from services.banking.operations import import_statement
from services.banking.queries import lines_page, statements
from tests.bank_books import ANN, bank_balance, company_with_accounts, mt940

ACCOUNT = "082999123456789"
LINES = [("1103", "-12.50", "ACCOUNT FEE"), ("1105", "220.00", "SMITH CS0000001")]
ENTRY = (
    "<Ntry><Amt>{amount}</Amt><CdtDbtInd>{mark}</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-11-{day}</Dt></BookgDt>"
    "<NtryDtls><TxDtls><RmtInf><Ustrd>{words}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
)
BALANCE = "<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='AUD'>{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>"
TABLE = (
    "Bank Account,Date,Narrative,Debit Amount,Credit Amount,Balance,Categories,Serial\n"
    f"{ACCOUNT},05/11/2026,SMITH CS0000001,,220.00,307.50,DEP,\n{ACCOUNT},03/11/2026,ACCOUNT FEE,12.50,,87.50,FEE,\n"
)
OFX = (
    "<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>AUD<BANKACCTFROM><BANKID>082<ACCTID>" + ACCOUNT + "</BANKACCTFROM>"
    "<BANKTRANLIST><DTSTART>20261101<DTEND>20261130"
    "<STMTTRN><TRNTYPE>FEE<DTPOSTED>20261103<TRNAMT>-12.50<FITID>F1<MEMO>ACCOUNT FEE</STMTTRN>"
    "<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20261105<TRNAMT>220.00<FITID>F2<MEMO>SMITH CS0000001</STMTTRN></BANKTRANLIST>"
    "<LEDGERBAL><BALAMT>307.50<DTASOF>20261130</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
)
QIF = "!Type:Bank\nD13/11/2026\nT-12.50\nMACCOUNT FEE\n^\nD15/11/2026\nT220.00\nMSMITH CS0000001\n^\n"
BAI2 = (
    f"01,BANK,US,261105,0900,1,,,2/\n02,US,BANK,1,261105,,AUD,2/\n03,{ACCOUNT},AUD,010,10000,,,015,30750,,/\n"
    "16,698,1250,0,B1,,ACCOUNT FEE/\n16,195,22000,0,B2,,SMITH CS0000001/\n49,64000,4/\n98,64000,1,6/\n99,64000,1,8/\n"
)


def camt(message, part, balances=("100.00", "307.50")):
    said = "".join(BALANCE.format(code=code, amount=amount) + "</Bal>" for code, amount in balances)
    said += ENTRY.format(amount="12.50", mark="DBIT", day="03", words="ACCOUNT FEE")
    said += ENTRY.format(amount="220.00", mark="CRDT", day="05", words="SMITH CS0000001")
    account = f"<Acct><Id><Othr><Id>{ACCOUNT}</Id></Othr></Id><Ccy>AUD</Ccy></Acct>"
    return f"<Document><{message}><{part}>{account}{said}</{part}></{message}></Document>".encode()


def workbook():
    book, kept = openpyxl.Workbook(), io.BytesIO()
    for row in TABLE.splitlines():
        book.active.append(row.split(","))
    book.save(kept)
    return kept.getvalue()


def packed():
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as found:
        found.writestr("november.csv", TABLE)
    return kept.getvalue()


BOTH = (("OPBD", "100.00"), ("CLBD", "307.50"))
MT942 = (
    f":20:A\n:25:{ACCOUNT}\n:28C:1/1\n:34F:AUD0,00\n:61:2611031103D12,50NTRF\n:86:ACCOUNT FEE\n"
    ":61:2611051105C220,00NTRF\n:86:SMITH CS0000001\n:90D:1AUD12,50\n:90C:1AUD220,00\n-\n"
)
# format, content, opening, closing, ties
FILES = {
    "camt.052": ("camt", camt("BkToCstmrAcctRpt", "Rpt", ()), None, None, None),
    "camt.053": ("camt", camt("BkToCstmrStmt", "Stmt", BOTH), "100.00", "307.50", True),
    "camt.054": ("camt", camt("BkToCstmrDbtCdtNtfctn", "Ntfctn", ()), None, None, None),
    "mt940": ("mt940", mt940(LINES), "100.00", "307.50", True),
    "mt942": ("mt940", MT942.encode(), None, None, None),
    "ofx 1": ("ofx", f"OFXHEADER:100\nDATA:OFXSGML\n\n{OFX}".encode(), None, "307.50", None),
    "ofx 2": ("ofx", f'<?xml version="1.0"?><?OFX OFXHEADER="200" VERSION="211"?>{OFX}'.encode(), None, "307.50", None),
    "bai2": ("bai2", BAI2.encode(), "100.00", "307.50", True),
    "csv": ("csv", TABLE.encode(), "100.00", "307.50", True),
    "qif": ("qif", QIF.encode(), None, None, None),
    "xlsx": ("xlsx", workbook(), "100.00", "307.50", True),
    "zip": ("zip", packed(), "100.00", "307.50", True),
}


@pytest.mark.parametrize("name", FILES)
def test_the_command_reads_it_without_a_database(name, tmp_path):
    kind, content, opening, closing, ties = FILES[name]
    file = tmp_path / "statement"
    file.write_bytes(content)
    told = CliRunner().invoke(app, ["import-statement", str(file), "--dry-run", "--json"])
    said = json.loads(told.stdout)
    (statement,) = said["statements"]
    assert (told.exit_code, said["format"]) == (0, kind)
    assert (statement["opening"], statement["closing"], statement["ties"]) == (opening, closing, ties)
    assert [line["amount"] for line in statement["lines"]] == ["-12.50", "220.00"]
    assert [line["remittance"].removesuffix(" DEP") for line in statement["lines"]] == [
        "ACCOUNT FEE",
        "SMITH CS0000001",
    ]


@pytest.mark.parametrize("name", FILES)
def test_it_is_imported_line_by_line_and_the_books_tie(name, database, noon):
    _, content, opening, _, ties = FILES[name]
    company_with_accounts(database, noon)
    result = database.act(
        lambda tx: import_statement(
            tx, by=ANN, name=name, content=content, bank_account="aud", accept_untied=ties is not True
        ),
        at=noon,
    )
    assert (result.imported, result.repeated) == (2, 0)
    assert bank_balance(database) == Decimal(opening or 0) + Decimal("207.50")
    with database.read() as conn:
        stored = lines_page(conn, bank_account="aud").rows
        (statement,) = statements(conn, bank_account="aud")
    assert list(stored["amount_micros"]) == [220_000_000, -12_500_000]
    assert ["CS0000001" in text for text in stored["remittance"]] == [True, False]
    assert (statement.ties, statement.lines) == (ties, 2)
    again = database.act(
        lambda tx: import_statement(
            tx, by=ANN, name=name, content=content, bank_account="aud", accept_untied=ties is not True
        ),
        at=noon,
    )
    assert (again.imported, again.repeated) == (0, 2)
