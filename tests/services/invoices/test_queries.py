"""Reading invoices: pages with their sums, those still open, and one by its number."""

import pytest

from services.invoices import queries
from services.invoices.model import InvoiceStatus
from services.invoices.operations import record_payment
from services.money import Money
from services.periods import parse_period
from tests.invoicing import AT, issue, open_shop


@pytest.fixture
def shop(database):
    return open_shop(database)


def test_a_page_filters_counts_and_sums(database, shop):
    for number in range(5):
        issue(database, shop["AU"], f"{300 + number}.00", nonce=f"a{number}")
    issue(database, shop["US"], "500.00", nonce="u")
    with database.read() as conn:
        aud = queries.page(conn, currency="AUD", period=parse_period("2026-11", today=AT.date()), size=2, page=2)
        found = queries.page(conn, text="maple example")
        none = queries.page(conn, text="100%")
    assert list(aud.rows["number"]) == ["INV-2026-000003", "INV-2026-000002"]
    assert (aud.total, int(aud.sums["gross_micros"].iloc[0])) == (5, 1_510_000_000)
    assert list(found.rows["currency"]) == ["USD"]
    assert (none.total, len(none.sums)) == (0, 0)


def test_an_invoice_is_found_by_its_number_and_a_wrong_one_says_so(database, shop):
    made = issue(database, shop["AU"], "220.00", nonce="a")
    with database.read() as conn:
        assert queries.invoice_by_number(conn, made.number) == made
        with pytest.raises(queries.NoInvoice, match="There is no invoice INV-1"):
            queries.invoice_by_number(conn, "INV-1")
        with pytest.raises(queries.NoInvoice):
            queries.document(conn, 99)


def test_a_page_of_one_customer_and_status(database, shop):
    issue(database, shop["AU"], "220.00", nonce="a")
    issue(database, shop["US"], "500.00", nonce="u")
    with database.read() as conn:
        mine = queries.page(conn, customer_id=shop["US"].id, status=InvoiceStatus.ISSUED)
        assert list(mine.rows["customer_id"]) == [shop["US"].id]
        assert [made.currency for made in queries.open_invoices(conn, customer_id=shop["US"].id)] == ["USD"]
        assert [made.is_taxed for made in queries.open_invoices(conn)] == [True, False]


def test_open_invoices_are_those_money_is_expected_for(database, shop):
    paid = issue(database, shop["AU"], "220.00", nonce="a")
    still = issue(database, shop["AU"], "330.00", nonce="b")
    database.act(lambda tx: record_payment(tx, invoice_id=paid.id, paid=paid.gross, fee=Money(0, "AUD"), net=paid.net))
    with database.read() as conn:
        assert queries.open_invoices(conn, "AUD") == [still]
