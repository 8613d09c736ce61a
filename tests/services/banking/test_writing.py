"""The statement the demo writes reads back as what went in."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, date, datetime

from services.banking.model import Line
from services.banking.operations import undo_import
from services.banking.readers import read_statement
from services.banking.writer import write_camt053
from services.money import Money
from tests.bank_books import ANN, bank_balance, bring_in, company_with_accounts

DAY = date(2026, 11, 5)
LINES = [
    Line(
        DAY,
        DAY,
        Money(220_000_000, "AUD"),
        "Müller & Söhne <GmbH>",
        "Invoice CS0000001",
        "B1",
        counterparty_account="DE02",
    ),
    Line(DAY, DAY, Money(-12_500_000, "AUD"), remittance="Fee", bank_reference="B2", end_to_end="E2"),
    Line(DAY, DAY, Money(205_000_000, "AUD"), "A", "B", "B3", instructed=Money(220_000_000, "AUD")),
]


def written(lines, account="082999123456789"):
    return write_camt053(
        account=account,
        holder="Test",
        number="7",
        written_at=datetime(2026, 11, 6, tzinfo=UTC),
        on=(date(2026, 11, 1), date(2026, 11, 6)),
        opening=Money(-100_000_000, "AUD"),
        lines=lines,
    )


def test_a_written_statement_reads_back_the_same():
    (statement,) = read_statement(written(LINES)).statements
    assert (statement.account, statement.currency, statement.ties) == ("082999123456789", "AUD", True)
    assert (statement.starts_on, statement.ends_on) == (date(2026, 11, 1), date(2026, 11, 6))
    assert [replace(line, entry=0, details=0, row=None) for line in statement.lines] == LINES


def test_two_thousand_lines_are_imported_and_undone_in_seconds(database, noon):
    company_with_accounts(database, noon)
    lines = [replace(LINES[number % 2], bank_reference=f"R{number}") for number in range(2_000)]
    content = written(lines)
    began = time.perf_counter()
    imported = bring_in(database, content, noon)
    assert imported.imported == 2_000
    took = time.perf_counter() - began
    assert bank_balance(database) == -100 + 1000 * 220 - 1000 * 12.5
    database.act(lambda tx: undo_import(tx, by=ANN, file_id=imported.file_id, reason="a test"), at=noon)
    assert bank_balance(database) == 0
    assert took < 10
