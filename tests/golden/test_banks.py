"""Real public bank files, and our own of the dialects found since, read exactly as an independent count says."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from services.banking.model import Unreadable
from services.banking.readers import read_statement

LARGEST_CUT = 1_200  # bytes: cutting takes as many readings as a file is long
BANKS = Path(__file__).parent / "banks"
OWN = BANKS.with_name("banks_own")
EXPECTED = json.loads((BANKS / "expected.json").read_text())
EXPECTED_OWN = json.loads((OWN / "expected.json").read_text())
READ = [
    *((BANKS, each) for each in EXPECTED),
    *((OWN, each) for each in EXPECTED_OWN if "refused" not in each),
]


@pytest.mark.parametrize(("folder", "expected"), READ, ids=lambda each: each["file"] if isinstance(each, dict) else "")
def test_a_file_reads_as_counted(folder, expected):
    found = read_statement((folder / expected["file"]).read_bytes(), expected["file"])
    assert found.format == expected["format"]
    assert len(found.statements) == len(expected["statements"])
    for statement, said in zip(found.statements, expected["statements"], strict=True):
        assert statement.account == said["acct"]
        assert len({line.entry for line in statement.booked}) == said["n"]
        assert Decimal(sum(line.amount.micros for line in statement.booked)) / 10**6 == Decimal(said["sum"])
        assert _amount(statement.opening) == _decimal(said["open"])
        assert _amount(statement.closing) == _decimal(said["close"])
        assert statement.ties is said["ties"]
        assert sum(line.pending for line in statement.lines) == said.get("pending", 0)
        if "tx" in said:
            assert sum(line.details for line in statement.booked) == said["tx"]
        if "ccy" in said:
            assert sorted({line.amount.currency for line in statement.lines}) == said["ccy"]


@pytest.mark.parametrize(
    "expected", [each for each in EXPECTED_OWN if "refused" in each], ids=lambda each: each["file"]
)
def test_a_damaged_file_is_refused_with_its_line(expected):
    with pytest.raises(Unreadable) as refused:
        read_statement((OWN / expected["file"]).read_bytes(), expected["file"])
    assert refused.value.row == expected["refused"]


SMALL = [OWN / each["file"] for each in EXPECTED_OWN if (OWN / each["file"]).stat().st_size < LARGEST_CUT]


@pytest.mark.parametrize("path", [path for path in SMALL if path.suffix not in {".zip", ".xlsx"}], ids=lambda p: p.name)
def test_a_file_cut_at_any_place_never_shows_an_amount_the_whole_has_not(path):
    content = path.read_bytes()
    whole = _amounts(content)
    for end in range(1, len(content)):
        assert not _amounts(content[:end]) - whole or not whole, content[:end][-60:]


def _amounts(content):
    """How often each amount is booked; nothing for a file that is refused."""
    try:
        found = read_statement(content).statements
    except Unreadable:
        return Counter()
    return Counter(line.amount.micros for statement in found for line in statement.booked)


def test_every_line_of_the_files_has_its_golden_values():
    golden = json.loads((BANKS / "lines.json").read_text())
    assert {each["file"]: _lines(each["file"]) for each in EXPECTED} == golden


def _lines(file):
    statements = read_statement((BANKS / file).read_bytes()).statements
    return [
        [str(line.booked_on), line.amount.text(), *_words(line)] for statement in statements for line in statement.lines
    ]


def _words(line):
    return [line.counterparty, line.counterparty_account, line.remittance, line.bank_reference, line.end_to_end]


def _amount(money):
    return None if money is None else money.amount


def _decimal(text):
    return None if text is None else Decimal(text)
