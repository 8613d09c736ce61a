"""The statement of what is owed: it adds up, reads as agreed in both languages, and is read aloud well."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path

import pytest

from services.customers.model import Customer
from services.db.engine import Database
from services.invoices.model import Invoice
from services.papers.archive import findings
from services.reporting.open_items import OpenItems, open_items
from services.reporting.open_items_pdf import open_items_pdf
from tests.debts import debt, noon
from tests.drawing import accessibility, printed
from tests.invoicing import issue, open_shop
from tests.receiving import receive

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "papers"
FIRST = date(2026, 11, 20)


@pytest.fixture
def shop(sqlite_database: Database) -> dict[str, Customer]:
    return open_shop(sqlite_database)


def statement(database: Database, about: Invoice, days: int) -> OpenItems:
    with database.read() as conn:
        return open_items(conn, invoice_id=about.id, as_of=FIRST + timedelta(days=days))


def owing(database: Database, customer: Customer, *, count: int = 3) -> Invoice:
    """Some invoices a month apart, the first paid in part, and one for credit that is no debt."""
    made = [
        debt(database, customer, "1200.00", issued=FIRST + timedelta(days=30 * n), nonce=f"{n}") for n in range(count)
    ]
    receive(database, made[0], "200.50", at=noon(FIRST + timedelta(days=5)))
    issue(database, customer, "500.00", nonce="credit", at=noon(FIRST))
    return made[0]


@pytest.mark.parametrize(("country", "language"), [("AU", "en"), ("FR", "fr")])
def test_the_statement_reads_as_agreed(
    sqlite_database: Database, shop: dict[str, Customer], country: str, language: str
) -> None:
    told = statement(sqlite_database, owing(sqlite_database, shop[country]), 62)
    assert told.language == language
    content = open_items_pdf(told)
    path = GOLDEN / f"owed_{language}.txt"
    if os.environ.get("LEDGERDESK_UPDATE_GOLDEN"):
        path.write_text(printed(content), encoding="utf-8")
    assert printed(content) == path.read_text(encoding="utf-8")
    assert (findings(content), accessibility(content)) == ([], [])
    assert open_items_pdf(told) == content


def test_buckets_and_items_sum_to_what_is_owed(sqlite_database: Database, shop: dict[str, Customer]) -> None:
    about = owing(sqlite_database, shop["AU"])
    for days, count in ((0, 1), (40, 2), (62, 3), (400, 3)):
        told = statement(sqlite_database, about, days)
        assert len(told.items) == count
        assert sum(amount.micros for _, amount in told.buckets) == told.owed.micros
        assert sum(each.open.micros for each in told.items if each.days) == told.overdue.micros


def test_a_long_statement_goes_on_under_the_same_headings(sqlite_database: Database, shop: dict[str, Customer]) -> None:
    told = statement(sqlite_database, owing(sqlite_database, shop["US"], count=45), 45 * 30)
    said = printed(open_items_pdf(told))
    assert "Page 2 of 2" in said
    assert said.count("Days late") == 2
    assert all(each.number in said for each in told.items)
