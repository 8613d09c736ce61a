"""Files made to harm: no pattern takes more than its length, nothing is expanded, nothing small grows large."""

from __future__ import annotations

import gc
import io
import time
import zipfile

import pytest

from services.banking import readers
from services.banking.model import Unreadable
from services.banking.readers import read_statement, sgml

LONG = 400_000
HEAD = ":20:A\n:25:1\n:28C:1\n:60F:C260101EUR10,00\n"
MOVEMENT = ":61:260105C1,00NTRF\n:86:"
OFX = "OFXHEADER:100\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>AUD"
TABLE = "Date,Amount,Description\n"
BAI = "01,S,R,260106,0829,1,80,1,2/\n02,U,S,1,260105,,USD,2/\n03,1,USD"
LAUGHS = "".join(f'<!ENTITY b{each} "&b{each - 1};&b{each - 1};">' for each in range(1, 40))
CAMT = "<Document><BkToCstmrStmt><Stmt>"


def long(piece, length=LONG):
    return (piece * (length // len(piece) + 1))[:length]


def packed(**files):
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as found:
        for name, content in files.items():
            found.writestr(name.replace("_", "."), content)
    return kept.getvalue()


def taken(content):
    """Read or refuse; the seconds of processor it took, and the sentence of a refusal.

    Only the reader's own work is counted: what other threads of this process do, and what earlier tests left for the
    collector to walk through (in a whole run that made a fifth of a second look like 2.7), is not.
    """
    gc.collect()
    gc.freeze()
    began = time.thread_time()
    try:
        read_statement(content if isinstance(content, bytes) else content.encode())
        said = ""
    except Unreadable as refused:
        said = refused.reason
    finally:
        seconds = time.thread_time() - began
        gc.unfreeze()
    return seconds, said


@pytest.mark.parametrize(
    "content",
    [
        f"{HEAD}:61:260105C{long('1')},{long('1')},\n",
        f"{HEAD}:61:{long('26010')}\n",
        f":20:A\n:60F:C260101EUR{long('1')}x\n",
        f"{HEAD}:90C:{long('1')}x\n",
        f"{HEAD}{MOVEMENT}{long('OD: ')}\n",
        HEAD + f"{MOVEMENT}{long('OD: TYT.: ', 3_000)}\n" * 130,
        f"{HEAD}{MOVEMENT}166{long('?20x')}\n",
        f"{HEAD}{MOVEMENT}{long('EREF+')}\n",
        f"{HEAD}{MOVEMENT}{long('/NAME/')}\n",
        f"{HEAD}{MOVEMENT}DE02{long('A1 ')}\n",
        HEAD + long(":28C:A\nx\nx\n"),
        HEAD + MOVEMENT + "x\n" + long(":86:X\n"),
        HEAD + long("{1:{4:"),
        HEAD + long("\t\t\t\t:61"),
        OFX + long("<A><![CDATA["),
        OFX + "]]>" + long("<A><![CDATA["),
        OFX + long("<A " + "x" * 2_001),
        OFX + long("<A"),
        OFX + long("<BAL></BAL>"),
        f"{OFX}<STMTTRN><DTPOSTED>20260105[{long('[')}</STMTTRN>",
        f"{OFX}<STMTTRN><DTPOSTED>20260105<TRNAMT>{long('1,')}</STMTTRN>",
        f"{OFX}<A>{long('&amp;')}",
        f"{TABLE}2026-01-01,{'1' * 130_000},x\n",
        f"{TABLE}2026-01-01,{'1 ' * 60_000}x,x\n",
        f'{TABLE}2026-01-01,1.00,"{long("x")}',
        f"{TABLE}2026-01-01,1.00,{long('&')}",
        TABLE + long(","),
        f"{TABLE}2026-01-01,1.00,x\n" + long(",,yyyyyyyyyy\n"),
        "\n".join(["solde," + "1" * 10_000 + ",x"] * 25) + f"\n{TABLE}2026-01-01,1.00,x\n",
        f"{TABLE}2026-01-01,1.00,x\n" + long("solde 1,1,1\n", 100_000),
        BAI + long(",010,1,,"),
        BAI + "/\n" + long("16,195,1,,,,x\n88,x\n", 100_000),
        f"{BAI}/\n16,195,1,,,,{long('x', 19_000)}\n" + long("x\n"),
        BAI + long(" / "),
        f"!Type:Bank\nD1/1/26\nT{long('1')}x\n^\n",
        long("!Account\n!Type:Bank\n"),
        f"{CAMT}{long('<a/>')}</Stmt></BkToCstmrStmt></Document>",
        f"<Document><BkToCstmrStmt>{long('<Stmt/>')}</BkToCstmrStmt></Document>",
    ],
)
def test_no_file_takes_longer_than_its_length(content):
    seconds, _ = taken(content)
    assert seconds < 2


def test_twice_as_long_takes_no_more_than_twice_and_a_bit():
    for piece in ("OD: ", "1", "EREF+", "?20x", "/NAME/"):
        short, whole = (taken(f"{HEAD}{MOVEMENT}{long(piece, length)}\n")[0] for length in (LONG, 4 * LONG))
        assert whole < max(0.1, 12 * short)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (f'<!DOCTYPE l [<!ENTITY b0 "ha">{LAUGHS}]>{CAMT}<Id>&b39;</Id></Stmt></BkToCstmrStmt></Document>', "document"),
        ('<?xml version="1.0"?><!DOCTYPE l SYSTEM "file:///etc/hostname"><Document/>', "document type"),
        ('<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/hostname">]><Document>&x;</Document>', "document type"),
        (f'<!DOCTYPE l [<!ENTITY b "c">]>{OFX}<ACCTID>&b;', "document type"),
        ('<!DOCTYPE l [<!ENTITY a "b">]><Document>&a;</Document>'.encode("utf-16"), "document type"),
        (f"{CAMT}{'<a>' * 1_000}", "not whole XML"),
        (f"<Document><BkToCstmrStmt>{'<Stmt/>' * 5_001}</BkToCstmrStmt></Document>", "5,000 statements"),
        (f"{CAMT}{'<TxDtls></TxDtls>' * 50_001}</Stmt></BkToCstmrStmt></Document>", "more elements"),
        (f"{CAMT}{'<a/>' * 2_500_001}", "more elements"),
        (HEAD + ":61:" * 100_001, "50,000 movements"),
        (HEAD + "\n" * 1_500_001, "1,500,000 lines"),
        (f"{TABLE}{'x,y,z' * 400}", "300 values"),
        (TABLE + "2026-01-01,1.00,x\n" * 50_001, "50,000 rows"),
        (TABLE + "\n" * 400_001, "50,000 rows"),
        (f"{OFX}<A><![CDATA[", "never ends"),
        ("!Account\n" * 1_001 + "!Type:Bank\n", "more lists"),
        (f"{BAI}{',010,1,,' * 2_501}/", "longer than any"),
        (packed(a_csv="0" * (120 * 1024 * 1024)), "more than 50 MB"),
        (packed(a_zip=packed(b_zip=packed(c_csv="x"))), "archive inside an archive"),
        (packed(**{"[Content_Types]_xml": "<a/>", "xl/workbook_xml": "0" * (60 * 1024 * 1024)}), "more than 50 MB"),
    ],
)
def test_what_would_grow_is_refused_before_it_does(content, reason):
    seconds, said = taken(content)
    assert reason in said
    assert seconds < 2


def test_the_parts_of_a_file_and_the_lines_of_an_archive_are_counted_as_they_come(monkeypatch):
    monkeypatch.setattr(sgml, "_MOST", 100)
    assert "more parts" in taken(f"{OFX}{'<BAL></BAL>' * 101}")[1]
    monkeypatch.setattr(readers, "MOST_LINES", 50)
    tables = {f"{each}_csv": TABLE + f"2026-01-01,{each + 1}.00,x\n" * 20 for each in range(3)}
    assert "more than 50 movements" in taken(packed(**tables))[1]
