"""Waiting lines by age: every sum is what the books hold, and every line is behind exactly one of them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from services.access.model import SYSTEM
from services.banking.ageing import BANDS, Side, aged_lines
from services.banking.sorting.model import Sort
from services.banking.sorting.operations import sort_line, undo_sorting
from services.banking.sorting.queries import waiting_lines
from services.banking.sorting.waiting import waiting_query
from services.payments.suspense.operations import hold
from services.payments.suspense.queries import waiting_by_age
from services.reconciliation.operations import accept
from tests.invoicing import AT, issue, open_shop
from tests.receiving import arrive, line

TODAY = date(2026, 11, 20)


@pytest.fixture
def shop(database):
    return open_shop(database)


def aged(database):
    with database.read() as conn:
        found = {(each.currency, each.side): each for each in waiting_by_age(conn, today=TODAY)}
    assert not any(each.difference for each in found.values())
    return found


def ago(days):
    return TODAY - timedelta(days=days)


def test_ages_tie_to_the_books_and_lead_to_their_lines(database, shop):
    invoice = issue(database, shop["AU"], "220.00", nonce="a")
    first, *_ = arrive(
        database,
        line("300.00", text=invoice.reference, on=ago(0)),
        line("50.00", on=ago(8)),
        line("-12.50", on=ago(10), text="FEE"),
    )
    found = aged(database)
    receipts, out = found["AUD", Side.IN], found["AUD", Side.OUT]
    assert [each.text() for each in receipts.bands[:3]] == ["300.00 AUD", "50.00 AUD", "0.00 AUD"]
    assert (receipts.total.text(), receipts.lines, out.total.text()) == ("350.00 AUD", 2, "12.50 AUD")
    give = {"line_id": first.id, "invoice_ids": [invoice.id], "nonce": "x"}
    database.act(lambda tx: accept(tx, by=SYSTEM, **give), at=AT)
    assert aged(database)["AUD", Side.IN].bands[0].text() == "80.00 AUD"
    with database.read() as conn:
        second = aged_lines(conn, today=TODAY, currency="AUD", side=Side.IN, band=BANDS[1])
        every = aged_lines(conn, today=TODAY, page=2, size=2)
    assert [each.amount.text() for each in second.lines] == ["50.00 AUD"]
    assert (every.total, [each.id for each in every.lines]) == (3, [first.id])


def test_the_borders_of_the_bands(database, shop):
    for days in (7, 8, 14, 15, 30, 31, 60, 61, 90, 91, 400):
        if ago(days) >= date(2026, 10, 28):
            arrive(database, line("1.00", on=ago(days)))
    bands = aged(database)["AUD", Side.IN].bands
    assert [each.text() for each in bands[:3]] == ["1.00 AUD", "2.00 AUD", "1.00 AUD"]


def test_sorted_money_out_waits_no_more_until_it_is_taken_back(database, shop):
    arrive(database, line("1.00"), line("-12.50", text="FEE"))
    with database.read() as conn:
        (fee,) = waiting_lines(conn, incoming=False)
    said = database.act(lambda tx: sort_line(tx, by=SYSTEM, line_id=fee.id, sort=Sort.BANK_FEE), at=AT)
    assert aged(database)["AUD", Side.IN].total.text() == "1.00 AUD"
    assert ("AUD", Side.OUT) not in aged(database)
    with database.read() as conn:
        assert waiting_lines(conn, incoming=False) == []
    database.act(lambda tx: undo_sorting(tx, by=SYSTEM, sorting_id=said.id, reason="no fee"), at=AT)
    assert aged(database)["AUD", Side.OUT].total.text() == "12.50 AUD"
    with database.read() as conn:
        assert [each.id for each in waiting_lines(conn, incoming=False)] == [fee.id]


def test_what_waits_is_read_from_its_index_alone(sqlite_database):
    with sqlite_database.read() as conn:
        query = waiting_query(incoming=False).compile(dialect=conn.dialect, compile_kwargs={"render_postcompile": True})
        values = tuple(query.construct_params().values())
        plan = conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", values).all()
    assert [row[3] for row in plan] == ["SCAN bank_line USING INDEX ix_bank_line_unsorted"]


def test_what_is_held_in_suspense_is_no_money_out(database, shop):
    receipt, *_ = arrive(database, line("75.00"), line("-12.50", text="FEE"))
    database.act(lambda tx: hold(tx, by=SYSTEM, nonce="h", line_id=receipt.id, reason="Nobody knows"), at=AT)
    assert aged(database)["AUD", Side.OUT].total.text() == "12.50 AUD"
