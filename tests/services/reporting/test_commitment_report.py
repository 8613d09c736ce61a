"""The board's report of a commitment: golden text, tagged PDF/A, and every figure of the chart in a table."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from services.access.model import SYSTEM
from services.db.engine import Database
from services.papers.archive import findings
from services.postpaid.billing import bill_months, turn_commitments
from services.postpaid.commitment import TrueUp
from services.postpaid.model import Commitment
from services.reporting.commitment_pdf import commitment_pdf
from services.reporting.commitment_report import CommitmentReport, back_test_words, commitment_report
from tests.drawing import accessibility, printed, structure
from tests.invoicing import open_shop
from tests.postpaid import at, committed, staff, uses
from tests.services.invoices.situations import harbour_logo

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "papers"
TODAY = date(2026, 10, 16)


def agreed(database: Database, *, country: str = "AU", true_up: TrueUp = TrueUp.MONTHLY) -> Commitment:
    """A commitment since July with use since January, its July and August billed."""
    people, owner = staff(database), open_shop(database)[country]
    for month in range(1, 10):
        for day in (4, 12, 22):
            uses(database, owner, f"{200 + 40 * month + day}.00", date(2026, month, day), by=people["Ann"])
    made = committed(database, people, owner, date(2026, 7, 1), true_up=true_up, minimum="2000")
    database.act(lambda tx: turn_commitments(tx, by=SYSTEM, commitment_ids=[made.id]), at=at(2026, 7, 1))
    for month in (7, 8):
        database.act(
            lambda tx, month=month: bill_months(tx, by=SYSTEM, month=date(2026, month, 1), commitment_ids=[made.id]),
            at=at(2026, month + 1, 1),
        )
    return made


def report(database: Database, made: Commitment, today: date = TODAY) -> CommitmentReport:
    with database.read() as conn:
        return commitment_report(conn, commitment_id=made.id, today=today, made_by="Max Hart")


@pytest.mark.parametrize("true_up", list(TrueUp))
def test_the_words_of_a_report_are_those_of_the_golden_file(sqlite_database: Database, true_up: TrueUp) -> None:
    told = report(sqlite_database, agreed(sqlite_database, true_up=true_up))
    content = commitment_pdf(told)
    golden = GOLDEN / f"commitment_{true_up}.txt"
    if os.environ.get("LEDGERDESK_UPDATE_GOLDEN"):
        golden.write_text(printed(content))
    assert printed(content) == golden.read_text()
    assert findings(content) == []
    assert accessibility(content) == []
    assert commitment_pdf(told) == content
    assert structure(content).count("Document/Figure") == 1


def test_what_the_chart_shows_stands_in_the_table(database: Database) -> None:
    told = report(database, agreed(database))
    words = printed(commitment_pdf(told))
    for each in told.outlook.months:
        assert f"{each.due.month:%B %Y}" in words
        assert f"{round(each.expected, -4) / 1_000_000:,.2f}" in words
    [july, august] = told.invoices
    assert (july.month, august.month) == (date(2026, 7, 1), date(2026, 8, 1))
    assert july.number in words
    assert back_test_words(told.tested, "AUD") in " ".join(words.split())


def test_a_commitment_that_has_not_begun_or_has_ended_has_its_report_too(sqlite_database: Database) -> None:
    made = agreed(sqlite_database)
    early = report(sqlite_database, made, date(2026, 6, 20))
    late = report(sqlite_database, made, date(2027, 8, 1))
    assert "upcoming" in printed(commitment_pdf(early))
    assert "to settle" in printed(commitment_pdf(late))
    over = replace(late, commitment=replace(late.commitment, ended_at=at(2027, 7, 1)))
    assert "ended" in printed(commitment_pdf(over))
    left = replace(made, contract=replace(made.contract, left_before=date(2026, 9, 20)), charges_rest=True)
    assert "the rest of the commitment is billed with its last month" in printed(
        commitment_pdf(replace(early, commitment=left))
    )
    assert early.outlook.running is late.outlook.running is None
    assert back_test_words(None, "AUD") == "There is too little history to test it on this customer."


def test_the_report_carries_the_companys_logo(sqlite_database: Database) -> None:
    told = report(sqlite_database, agreed(sqlite_database))
    logo = harbour_logo()
    told = replace(told, seller=replace(told.seller, logo=logo.sha256), logo=logo)
    content = commitment_pdf(told)
    assert structure(content)[1] == "Document/Figure"
    assert structure(content).count("Document/Figure") == 2
    assert (findings(content), accessibility(content)) == ([], [])
