"""Selling credit by card, as an accountant would check it: what each of the processor’s objects leaves behind."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.access.model import SYSTEM
from services.cards.importing import CardImport
from services.cards.operations import import_card_payments
from services.company.model import GstBasis, TaxPoint
from services.customers.model import Customer
from services.db.engine import Database
from services.ledger.queries import trial_balance
from services.periods import month_of
from services.reporting.aged import control, debts
from services.reporting.explanation import why_of
from services.reporting.statement import statement
from tests.debts import debt
from tests.invoicing import AT, open_shop
from tests.stripe import as_list, balance, charge, failed_charge, processor_customer

NOVEMBER = month_of(AT.date())


@pytest.fixture
def shop(database: Database) -> dict[str, Customer]:
    return open_shop(database)


def told(database: Database, *objects: Any) -> CardImport:
    content = as_list(*objects)
    return database.act(lambda tx: import_card_payments(tx, by=SYSTEM, content=content, name="november.json"), at=AT)


def books(database: Database, *, base: bool = False) -> dict[str, str]:
    """Every account that is not zero: debit positive, in whole currency units (or in AUD)."""
    with database.read() as conn:
        frame = trial_balance(conn)
    column = "base_balance_micros" if base else "balance_micros"
    found: dict[str, int] = {}
    for code, micros in zip(frame["account"], frame[column], strict=True):
        name = code.split(":")[1] if base else ":".join(code.split(":")[1:3]).removesuffix(":AUD")
        found[name] = found.get(name, 0) + int(micros)
    return {name: f"{micros / 1_000_000:.2f}" for name, micros in found.items() if micros}


def test_an_australian_customer_tops_up_110_by_card(database: Database, shop: dict[str, Customer]) -> None:
    told(database, processor_customer("cus_1", shop["AU"].account_id), charge())
    assert books(database) == {"card_clearing": "110.00", "credit": "-100.00", "gst_payable": "-10.00"}
    told(database, balance())  # some days later the processor says what it kept
    assert books(database) == {
        "card_clearing": "107.83",
        "processor_fee": "2.17",
        "credit": "-100.00",
        "gst_payable": "-10.00",
    }
    told(database, balance(), charge(), failed_charge())  # all of it again, and a card that was declined
    assert books(database)["card_clearing"] == "107.83"


def test_on_a_cash_basis_the_tax_is_payable_at_once(database: Database) -> None:
    shop = open_shop(database, gst_basis=GstBasis.CASH)
    told(database, processor_customer("cus_1", shop["AU"].account_id), charge())
    assert books(database) == {"card_clearing": "110.00", "credit": "-100.00", "gst_payable": "-10.00"}


def test_where_tax_arises_on_use_all_of_the_charge_is_credit(database: Database) -> None:
    shop = open_shop(database, tax_point=TaxPoint.REDEMPTION)
    told(database, processor_customer("cus_1", shop["AU"].account_id), charge())
    assert books(database) == {"card_clearing": "110.00", "credit": "-110.00"}


def test_a_customer_abroad_tops_up_in_dollars_that_the_processor_exchanges(
    database: Database, shop: dict[str, Customer]
) -> None:
    told(database, processor_customer("cus_1", shop["US"].account_id), charge(amount=10_000, currency="usd"))
    assert books(database) == {"card_clearing:USD": "100.00", "credit:USD": "-100.00"}
    told(database, balance(amount=15_000, fee=480, currency="aud"))
    assert books(database) == {
        "card_clearing": "145.20",
        "processor_fee": "4.80",
        "card_exchange": "-150.00",
        "card_exchange:USD": "100.00",
        "credit:USD": "-100.00",
    }
    in_aud = books(database, base=True)
    assert "card_exchange" not in in_aud  # both sides of it are worth the same
    gained = 150.0 + float(in_aud["credit"])
    assert float(in_aud["fx_gain"]) == pytest.approx(-gained)  # the dollars became more, or less, than they stood at


def test_who_pays_afterwards_pays_what_it_owes_and_the_rest_is_owed_back(
    database: Database, shop: dict[str, Customer]
) -> None:
    buyer = shop["AU"]
    debt(database, buyer, "100.00", issued=AT.date())
    with database.write(at=AT) as tx:
        tx.conn.exec_driver_sql(f"UPDATE customer SET billing_mode = 'postpaid' WHERE id = {buyer.id}")
    assert books(database)["receivable"] == "110.00"
    told(database, processor_customer("cus_1", buyer.account_id), charge(amount=12_000))
    with database.read() as conn:  # charged on the 18th, and it pays no invoice before that was issued
        for day in (AT.date() - timedelta(days=2), AT.date() - timedelta(days=1), AT.date()):
            assert not [each for each in control(conn, as_of=day) if each.difference]
            assert debts(conn, as_of=day).empty
    assert books(database) == {
        "card_clearing": "120.00",
        "refund_payable": "-10.00",
        "gst_payable": "-10.00",
        "revenue_sms": "-100.00",
    }


def test_the_explanation_and_the_statement_name_the_card(database: Database, shop: dict[str, Customer]) -> None:
    buyer = shop["AU"]
    told(database, processor_customer("cus_1", buyer.account_id), charge(), charge("ch_2", 5_500))
    with database.read() as conn:
        why = why_of(conn, customer_id=buyer.id, currency="AUD", period=NOVEMBER)
        paper = {each: statement(conn, customer_id=buyer.id, period=NOVEMBER, language=each) for each in ("en", "fr")}
    assert [(line.of.label, line.money.text()) for line in why.lines] == [("Card payments", "150.00 AUD")]
    assert (why.difference.text(), why.closing.text()) == ("0.00 AUD", "150.00 AUD")
    assert [line.words for line in paper["en"].lines] == [
        "Card payment, Visa ending 4242, invoice INV-2026-000001",
        "Card payment, Visa ending 4242, invoice INV-2026-000002",
    ]
    assert paper["fr"].lines[0].words == ("Paiement par carte, Visa se terminant par 4242, facture INV-2026-000001")
