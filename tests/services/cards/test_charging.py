"""Card top-ups: one captured charge is one paid invoice and one rise of credit, however often and in whatever order."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func as sql
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from services.access.model import SYSTEM
from services.cards.importing import CardImport
from services.cards.operations import import_card_payments
from services.cards.queries.payments import payments_page
from services.customers.model import Customer
from services.customers.operations import change_invoice_details
from services.db.engine import Database
from services.integrity.queries import run
from services.invoices.model import InvoiceStatus
from services.invoices.queries import document, invoice_by_number
from services.invoices.tables import invoice as invoice_table
from services.ledger.model import Account, Purpose
from services.ledger.period_lock import close_period
from services.ledger.queries import credit_balance
from services.ledger.tables import account, posting
from services.mail.tables import mail_message
from services.money import MICROS
from tests.invoicing import AT, details, open_shop
from tests.stripe import as_list, balance, charge, dispute, failed_charge, processor_customer, refund


@pytest.fixture
def shop(database: Database) -> tuple[Database, dict[str, Customer]]:
    return database, open_shop(database)


def bring(books: Database, *objects: Any, at: datetime = AT) -> CardImport:
    content = as_list(*objects)
    return books.act(lambda tx: import_card_payments(tx, by=SYSTEM, content=content, name="x.json"), at=at)


def linked(buyer: Customer, external_id: str = "cus_1") -> dict[str, Any]:
    return processor_customer(external_id, buyer.account_id)


def credit(books: Database, buyer: Customer) -> Decimal:
    with books.read() as conn:
        return credit_balance(conn, buyer.id, buyer.currency).amount


def held(books: Database, purpose: Purpose, currency: str = "AUD", customer_id: int | None = None) -> tuple[int, int]:
    """An account's balance and its AUD worth, in millionths."""
    of = Account(purpose, currency, customer_id)
    sums = select(sql.coalesce(sql.sum(posting.c.amount), 0), sql.coalesce(sql.sum(posting.c.base_amount), 0))
    with books.read() as conn:
        row = conn.execute(
            sums.join(account, account.c.id == posting.c.account_id).where(account.c.code == of.code)
        ).one()
    return int(row[0]), int(row[1])


def reasons(done: CardImport) -> list[str]:
    return [bad.reason for bad in done.bad_objects]


def test_a_charge_is_a_paid_invoice_and_credit_without_tax(shop: tuple[Database, dict[str, Customer]]) -> None:
    books, buyers = shop
    buyer = buyers["AU"]
    done = bring(books, linked(buyer), charge(), balance())
    assert (done.bad, done.kinds) == (0, (("customers", 1), ("settled charges", 1), ("top-ups", 1)))
    assert credit(books, buyer) == 100
    assert held(books, Purpose.CARD_CLEARING)[0] == (11_000 - 217) * 10_000
    assert held(books, Purpose.PROCESSOR_FEE)[0] == 217 * 10_000
    assert held(books, Purpose.GST_PAYABLE)[0] == -10 * MICROS
    with books.read() as conn:
        made = invoice_by_number(conn, "INV-2026-000001")
        paper = document(conn, made.id)
        assert (made.status, made.gross.text(), made.net.text()) == (InvoiceStatus.PAID, "110.00 AUD", "100.00 AUD")
        assert paper.paid_by
        assert (paper.paid_by.words, paper.paid_by.on) == ("Visa ending 4242", date(2026, 11, 18))
        assert paper.buyer.company_name == buyer.name  # nobody entered details: the account's own name is printed
        assert [each for each in run(conn) if not each.ok] == []


def test_its_invoice_is_mailed_as_paid_unless_the_charge_is_old(shop: tuple[Database, dict[str, Customer]]) -> None:
    books, buyers = shop
    old = charge("ch_2", created=int((AT - timedelta(days=8)).timestamp()))
    bring(books, linked(buyers["AU"]), charge(), old)
    with books.read() as conn:
        rows = conn.execute(select(mail_message.c.number, mail_message.c.facts)).all()
    assert [row.number for row in rows] == ["INV-2026-000002"]  # the older came first and is not waited for
    assert json.loads(rows[0].facts)["settled"] == "yes"


def test_the_same_in_any_order_and_again_leaves_the_same_books(sqlite_database: Database) -> None:
    books = sqlite_database
    buyer = open_shop(books)["AU"]
    told = [linked(buyer), charge(), charge("ch_2", 2000), balance(), failed_charge()]
    bring(books, *told)
    expected = (credit(books, buyer), held(books, Purpose.CARD_CLEARING), held(books, Purpose.GST_PAYABLE))
    for order in itertools.permutations(told):
        done = bring(books, *order)
        assert (done.added, done.changed, done.repeated, done.bad) == (0, 0, 5, 0)
    now = (credit(books, buyer), held(books, Purpose.CARD_CLEARING), held(books, Purpose.GST_PAYABLE))
    assert now == expected
    with books.read() as conn:
        assert conn.execute(select(sql.count()).select_from(invoice_table)).scalar_one() == 2


def test_a_failed_charge_posts_nothing_and_says_why(shop: tuple[Database, dict[str, Customer]]) -> None:
    books, buyers = shop
    done = bring(books, linked(buyers["AU"]), failed_charge())
    assert done.kinds == (("customers", 1), ("failed charges", 1))
    assert credit(books, buyers["AU"]) == 0
    with books.read() as conn:
        found = payments_page(conn, status="failed")
    assert found.rows[["failure_code", "failure"]].values.tolist() == [
        ["insufficient_funds", "Your card has insufficient funds."]
    ]


def test_money_below_the_least_or_on_another_brand_is_posted_and_flagged(
    shop: tuple[Database, dict[str, Customer]],
) -> None:
    books, buyers = shop
    told = (charge("ch_1", 1999), charge("ch_2", 2000), charge("ch_3", 5000, card={"brand": "diners"}))
    assert bring(books, linked(buyers["AU"]), *told).bad == 0
    with books.read() as conn:
        rows = payments_page(conn).rows.set_index("external_id")
    assert rows["under_least"].astype(bool).to_dict() == {"ch_1": True, "ch_2": False, "ch_3": False}
    assert rows["brand"].to_dict()["ch_3"] == "diners"
    assert credit(books, buyers["AU"]) == Decimal("81.80")  # 18.17, 18.18 and 45.45 without GST


BAD = {
    "another currency": ({"currency": "usd"}, "It is in USD, and Wattle & Daughters Pty Ltd is billed in AUD."),
    "pending": ({"status": "pending"}, "Its status is “pending”: nothing was taken yet."),
    "only authorised": ({"captured": False}, "only authorised, not captured"),
    "half a cent": ({"amount_captured": 110.5}, "Its amount_captured is “110.5”, not a whole number."),
    "text": ({"amount_captured": "11000"}, "not a whole number"),
    "nothing": ({"amount_captured": 0}, "Its amount is 0; a charge is above zero."),
    "no card": ({"payment_method_details": {"type": "au_becs_debit"}}, "It is no charge of a card."),
    "a strange currency": ({"currency": "xbt1"}, "no code of three letters"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_charge_that_cannot_be_posted_is_named_and_posts_nothing(
    shop: tuple[Database, dict[str, Customer]], name: str
) -> None:
    books, buyers = shop
    changes, sentence = BAD[name]
    done = bring(books, linked(buyers["AU"]), charge(**changes), charge("ch_2"))
    assert [bad.place for bad in done.bad_objects] == ["object 2"]
    assert sentence in reasons(done)[0]
    assert credit(books, buyers["AU"]) == 100


def test_what_is_said_otherwise_later_is_refused(shop: tuple[Database, dict[str, Customer]]) -> None:
    books, buyers = shop
    bring(books, linked(buyers["AU"]), linked(buyers["GB"], "cus_2"), charge(), balance())
    done = bring(
        books, charge(amount=12000), charge(customer="cus_2"), balance(fee=300), balance("ch_7"), balance(fee=-1)
    )
    assert reasons(done) == [
        "ch_1 is in the books as succeeded with 110.00 AUD, not succeeded with 120.00 AUD.",
        "ch_1 is in the books as a payment of another customer.",
        "ch_1 is in the books with 110.00 AUD and a fee of 2.17 AUD (txn_1).",
        "Its charge ch_7 is not in the books; import that first, or with it.",
        "Its amount 11000, fee -1 and net 11001 do not add up.",
    ]
    assert bring(books, balance(reporting_category="payout")).bad == 1


def test_what_a_charge_says_went_back_is_asked_for_until_its_refund_and_dispute_came(
    shop: tuple[Database, dict[str, Customer]],
) -> None:
    books, buyers = shop
    told = [charge(amount_refunded=5500), charge("ch_2", disputed=True), charge("ch_3", amount_refunded=0)]
    done = bring(books, linked(buyers["AU"]), *told)
    assert done.bad == 0
    assert done.notes == (
        "55.00 AUD of ch_1 was refunded: import its refunds.",
        "ch_2 is or was disputed: import its dispute.",
    )
    inside = charge(amount_refunded=5500, refunds={"data": [refund()], "has_more": False, "object": "list"})
    assert bring(books, inside, told[1], dispute(source="ch_2")).notes == ()
    assert bring(books, charge("ch_4", amount_refunded=1.5)).bad == 1


def test_a_balance_transaction_may_stand_inside_its_charge(shop: tuple[Database, dict[str, Customer]]) -> None:
    books, buyers = shop
    done = bring(books, linked(buyers["AU"]), charge(balance_transaction=balance()))
    assert (done.bad, held(books, Purpose.PROCESSOR_FEE)[0]) == (0, 217 * 10_000)


def test_a_foreign_charge_is_exchanged_at_what_the_processor_made_of_it(
    shop: tuple[Database, dict[str, Customer]],
) -> None:
    books, buyers = shop
    buyer = buyers["US"]
    told = charge(amount=10_000, currency="usd")
    settled = balance(amount=15_000, fee=480, currency="aud", exchange_rate=1.5)
    assert bring(books, linked(buyer), told, settled).bad == 0
    assert credit(books, buyer) == 100  # no tax abroad
    assert held(books, Purpose.CARD_CLEARING, "USD") == (0, 0)
    assert held(books, Purpose.CARD_CLEARING)[0] == (15_000 - 480) * 10_000
    usd, aud = held(books, Purpose.CARD_EXCHANGE, "USD"), held(books, Purpose.CARD_EXCHANGE)
    assert usd[0] == 100 * MICROS
    assert usd[1] + aud[1] == 0  # what was exchanged sums to zero in AUD
    with books.read() as conn:
        assert [each for each in run(conn) if not each.ok] == []


def test_a_charge_of_a_closed_month_takes_effect_on_the_first_open_day(
    shop: tuple[Database, dict[str, Customer]],
) -> None:
    books, buyers = shop
    october = int(datetime(2026, 10, 29, 3, tzinfo=UTC).timestamp())
    bring(books, linked(buyers["AU"]), charge("ch_0", created=october))  # opens the month
    books.act(lambda tx: close_period(tx, by=SYSTEM, period=202610), at=AT)
    october += 86_400
    assert bring(books, linked(buyers["AU"]), charge(created=october)).bad == 0
    with books.read() as conn:
        made = invoice_by_number(conn, "INV-2026-000002")
        assert (made.issued_on, made.paid_by and made.paid_by.on) == (date(2026, 11, 1), date(2026, 10, 30))


def test_the_invoice_prints_the_customers_own_details_in_its_language(
    shop: tuple[Database, dict[str, Customer]],
) -> None:
    books, buyers = shop
    buyer = buyers["FR"]
    books.act(
        lambda tx: change_invoice_details(
            tx, by=SYSTEM, customer_id=buyer.id, details=details("FR"), reason="first", expected_version=0
        ),
        at=AT,
    )
    assert bring(books, linked(buyer), charge(amount=5000, currency="eur")).bad == 0
    with books.read() as conn:
        paper = document(conn, invoice_by_number(conn, "INV-2026-000001").id)
    assert (paper.language, paper.buyer.address.split("\n")[0]) == ("fr", "12 rue des Érables")


def test_the_database_keeps_card_money_as_it_is(shop: tuple[Database, dict[str, Customer]]) -> None:
    books, buyers = shop
    bring(books, linked(buyers["AU"]), charge(), balance(), refund())
    for statement in (
        "UPDATE card_payment SET gross_micros = 1",
        "DELETE FROM card_payment",
        "UPDATE card_settlement SET paid_micros = 1",
        "DELETE FROM card_fee",
        "UPDATE card_return SET micros = 1",
        "DELETE FROM card_return",
        "UPDATE invoice SET paid_by = ''",
    ):
        with pytest.raises(DBAPIError), books.write() as tx:
            tx.conn.exec_driver_sql(statement)
