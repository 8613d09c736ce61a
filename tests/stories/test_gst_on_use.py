"""Tax when credit is used (`tax_point = redemption`), told as an accountant would post it; amounts in AUD.

Prices to an Australian customer then include GST: an eleventh of what is used for money.
"""

from __future__ import annotations

from datetime import date

import pytest

from services.access.model import SYSTEM, Principal, Role
from services.company.model import TaxPoint
from services.customers.model import Customer
from services.db.engine import Database
from services.fees.model import FeeKind, WantedFee
from services.fees.operations import set_fee
from services.integrity import queries as integrity
from services.invoices.credit_note import Cause
from services.invoices.crediting import credit_invoice
from services.invoices.queries import invoice as invoice_by_id
from services.ledger.queries import trial_balance
from services.money import Money
from services.numbers.model import NumberType
from services.numbers.operations import add_number
from services.postpaid.billing import bill_months, turn_commitments
from services.postpaid.queries.commitments import months_billed
from services.postpaid.signing import leave_commitment
from services.reporting.statement import statement
from services.usage.operations import undo_import
from tests.adjusting import NOVEMBER, ask, refund, sends, standing, team, undo
from tests.invoicing import AT, issue, open_shop
from tests.postpaid import at, committed, staff, uses
from tests.receiving import receive


@pytest.fixture
def shop(database: Database) -> dict[str, Customer]:
    return open_shop(database, tax_point=TaxPoint.REDEMPTION)


@pytest.fixture
def people(database: Database) -> dict[Role, Principal]:
    return team(database)


def books(database: Database) -> dict[str, str]:
    """Every account that is not zero, debit positive; the tax of use is an account of its own."""
    with database.read() as conn:
        frame = trial_balance(conn, each_customer=False)
    found = {}
    for code, micros in zip(frame["account"], frame["balance_micros"], strict=True):
        _, purpose, currency, *detail = code.split(":")
        name = ":".join([purpose, *(part for part in detail if part == "use")])
        found[name] = found.get(name, 0) + int(micros)
    return {name: Money(micros, currency).plain() for name, micros in found.items() if micros}


def sound(database: Database) -> None:
    """Every check of the books is green; the bank's is of statements whose lines alone are told here."""
    with database.read() as conn:
        assert [each.detail for each in integrity.run(conn) if not each.ok and each.check != "statements_close"] == []


def pays(database: Database, customer: Customer, amount: str, *, nonce: str = "top-up") -> None:
    receive(database, issue(database, customer, amount, nonce=nonce), amount)


def test_a_top_up_is_not_taxed_and_its_use_is(
    database: Database, shop: dict[str, Customer], people: dict[Role, Principal]
) -> None:
    wattle = shop["AU"]
    invoice = issue(database, wattle, "220.00", nonce="a")
    assert (invoice.net.plain(), invoice.tax.plain(), invoice.tax_code) == ("220.00", "0.00", "au-gst-on-use")
    assert books(database) == {"receivable": "220.00", "credit_unpaid": "-220.00"}
    receive(database, invoice, "220.00")
    assert books(database) == {"bank": "220.00", "credit": "-220.00"}

    sends(database, wattle, ("delivered", "99.00"), ("undelivered", "11.00"))
    used = {"bank": "220.00", "credit": "-110.00", "revenue_sms": "-100.00", "gst_payable:use": "-10.00"}
    assert books(database) == used
    given = refund(database, wattle, "11.00", people[Role.SUPPORT])
    assert books(database) == used | {"credit": "-121.00", "price_adjust": "10.00", "gst_payable:use": "-9.00"}
    undo(database, given, people[Role.ACCOUNTING])
    assert books(database) == used

    # what is given back of a top-up was never taxed
    note = database.act(
        lambda tx: credit_invoice(
            tx, by=SYSTEM, nonce="n", invoice_id=invoice.id, gross=Money.of("50", "AUD"), cause=Cause.OTHER,
            reason="customer is leaving",
        ),
        at=AT,
    )  # fmt: skip
    assert not isinstance(note, int)
    assert (note.gross.plain(), note.tax.plain(), note.kind.value) == ("50.00", "0.00", "credit")
    assert books(database) == used | {"credit": "-60.00", "refund_payable": "-50.00"}
    sound(database)
    with database.read() as conn:
        told = statement(conn, customer_id=wattle.id, period=NOVEMBER)
    assert (told.closing.plain(), told.tax) == ("60.00", ("GST", Money.of(10, "AUD")))


def test_rental_and_fees_bear_it_too_and_taking_them_back_takes_it_back(
    database: Database, shop: dict[str, Customer], people: dict[Role, Principal]
) -> None:
    wattle = shop["AU"]
    pays(database, wattle, "220.00")
    database.act(
        lambda tx: add_number(
            tx, by=SYSTEM, e164="+61480000001", customer_id=wattle.id, country="AU", type=NumberType.MOBILE,
            monthly_price=Money.of("33", "AUD"), activated_on=date(2026, 11, 1), setup_price=Money.of("5.50", "AUD"),
        ),
        at=AT,
    )  # fmt: skip
    assert books(database)["rental"] == "-35.00"
    fee = WantedFee(
        wattle.id, FeeKind.SET_UP, False, Money.of("22", "AUD"), "Set-up", "", False, "Ordered by e-mail", "4711"
    )
    database.act(lambda tx: set_fee(tx, by=people[Role.ACCOUNTING], nonce="f", wanted=fee), at=AT)
    assert books(database) == {
        "bank": "220.00", "credit": "-159.50", "rental": "-35.00", "custom_fee": "-20.00", "gst_payable:use": "-5.50",
    }  # fmt: skip
    sound(database)


def test_promotional_credit_was_paid_for_by_nobody_and_bears_none(
    database: Database, shop: dict[str, Customer], people: dict[Role, Principal]
) -> None:
    wattle = shop["AU"]
    pays(database, wattle, "220.00")
    ask(database, "grant_promotion", wattle, "33.00", people[Role.ACCOUNTING])
    held = {"bank": "220.00", "credit": "-253.00", "promo_deferred": "33.00"}
    assert books(database) == held
    sent = sends(database, wattle, ("delivered", "110.00"))
    # 77.00 were paid for: 70.00 earned (103.00 less the discount of 33.00) and 7.00 of tax
    assert books(database) == {
        "bank": "220.00", "credit": "-143.00", "revenue_sms": "-103.00", "promo_discount": "33.00",
        "gst_payable:use": "-7.00",
    }  # fmt: skip
    sound(database)
    database.act(lambda tx: undo_import(tx, by=SYSTEM, import_id=sent, reason="wrong file"), at=AT)
    assert books(database) == held
    sound(database)


def test_a_promotion_that_covers_use_already_taxed_takes_its_tax_back(
    database: Database, shop: dict[str, Customer], people: dict[Role, Principal]
) -> None:
    wattle = shop["AU"]
    sends(database, wattle, ("delivered", "110.00"))
    assert standing(database, wattle) == ("-110.00", "0.00")
    ask(database, "grant_promotion", wattle, "33.00", people[Role.ACCOUNTING])
    assert books(database) == {
        "credit": "77.00", "revenue_sms": "-100.00", "promo_discount": "33.00", "price_adjust:use": "-3.00",
        "gst_payable:use": "-7.00",
    }  # fmt: skip
    sound(database)


def test_goodwill_and_corrections_move_the_tax_of_what_they_pay_for(
    database: Database, shop: dict[str, Customer], people: dict[Role, Principal]
) -> None:
    wattle = shop["AU"]
    pays(database, wattle, "220.00")
    ask(database, "give_goodwill", wattle, "22.00", people[Role.SUPPORT])
    assert books(database) == {
        "bank": "220.00", "credit": "-242.00", "goodwill": "20.00", "gst_payable:use": "2.00",
    }  # fmt: skip
    ask(database, "correct_credit", wattle, "-44.00", people[Role.ACCOUNTING])
    assert books(database) == {
        "bank": "220.00", "credit": "-198.00", "goodwill": "20.00", "price_adjust": "-40.00",
        "gst_payable:use": "-2.00",
    }  # fmt: skip
    sound(database)


def test_a_customer_abroad_is_not_taxed(database: Database, shop: dict[str, Customer]) -> None:
    maple = shop["US"]
    invoice = issue(database, maple, "500.00", nonce="a")
    assert invoice.tax_code == "us-none"
    sends(database, maple, ("delivered", "110.00"))
    assert books(database)["revenue_sms"] == "-110.00"
    with database.read() as conn:
        assert statement(conn, customer_id=maple.id, period=NOVEMBER).tax is None


def test_a_large_top_up_need_not_name_its_buyer(database: Database, shop: dict[str, Customer]) -> None:
    assert not issue(database, shop["AU"], "5000.00", nonce="large").tax


def test_who_begins_to_pay_afterwards_is_taxed_once(database: Database, shop: dict[str, Customer]) -> None:
    """Credit of 55.00 is left: 50.00 before tax, so that of 1,500.00 used 1,450.00 are invoiced, and taxed then."""
    wattle, staffed = shop["AU"], staff(database)
    pays(database, wattle, "220.00")
    uses(database, wattle, "165.00", date(2026, 9, 30), by=SYSTEM)
    agreed = committed(database, staffed, wattle, date(2026, 10, 1))
    begins = at(2026, 10, 1)
    database.act(lambda tx: turn_commitments(tx, by=SYSTEM, commitment_ids=[agreed.id]), at=begins)
    assert standing(database, wattle) == ("50.00", "0.00")
    assert books(database)["gst_payable:use"] == "-20.00"  # all of the 220.00 that were paid is taxed by now
    uses(database, wattle, "1500.00", date(2026, 10, 12), by=SYSTEM)
    assert books(database)["revenue_sms"] == "-1650.00"
    november = at(2026, 11, 1)
    database.act(
        lambda tx: bill_months(tx, by=SYSTEM, month=date(2026, 10, 1), commitment_ids=[agreed.id]), at=november
    )
    with database.read() as conn:
        [month] = months_billed(conn, agreed.id)
        made = invoice_by_id(conn, month.invoice_id or 0)
    assert (made.net.plain(), made.tax.plain(), made.gross.plain()) == ("1450.00", "145.00", "1595.00")
    receive(database, made, "1595.00", at=AT)
    # 1,815.00 were received, an eleventh of it is tax, and the rest is earned
    assert books(database) == {
        "bank": "1815.00", "revenue_sms": "-1650.00", "gst_payable": "-145.00", "gst_payable:use": "-20.00",
    }  # fmt: skip
    sound(database)


def test_credit_left_when_a_commitment_ends_includes_tax_again(database: Database, shop: dict[str, Customer]) -> None:
    """Of 2,200.00 paid before, 1,000.00 before tax were used; the other 1,000.00 are 1,100.00 of credit again."""
    wattle, staffed = shop["AU"], staff(database)
    pays(database, wattle, "2200.00")
    agreed = committed(database, staffed, wattle, date(2026, 10, 1))
    act = {"by": SYSTEM, "commitment_ids": [agreed.id]}
    database.act(lambda tx: turn_commitments(tx, **act), at=at(2026, 10, 1))
    uses(database, wattle, "1000.00", date(2026, 10, 12), by=SYSTEM)
    database.act(
        lambda tx: leave_commitment(
            tx, by=staffed["Max"], commitment_id=agreed.id, left_before=date(2026, 11, 1), charges_rest=False,
            reason="Moves",
        ),
        at=at(2026, 10, 5),
    )  # fmt: skip
    database.act(lambda tx: bill_months(tx, month=date(2026, 10, 1), **act), at=at(2026, 11, 1))
    assert standing(database, wattle) == ("1000.00", "0.00")
    assert database.act(lambda tx: turn_commitments(tx, **act), at=at(2026, 11, 1)) == 1
    assert standing(database, wattle) == ("1100.00", "0.00")
    assert books(database)["gst_payable:use"] == "-100.00"
    sends(database, wattle, ("delivered", "1100.00"))
    assert books(database) == {"bank": "2200.00", "revenue_sms": "-2000.00", "gst_payable:use": "-200.00"}
    sound(database)


def test_debt_from_before_is_taxed_once_as_well(database: Database, shop: dict[str, Customer]) -> None:
    wattle, staffed = shop["AU"], staff(database)
    uses(database, wattle, "110.00", date(2026, 9, 30), by=SYSTEM)
    agreed = committed(database, staffed, wattle, date(2026, 10, 1))
    begins = at(2026, 10, 1)
    database.act(lambda tx: turn_commitments(tx, by=SYSTEM, commitment_ids=[agreed.id]), at=begins)
    assert books(database) == {"credit": "100.00", "revenue_sms": "-100.00"}
    sound(database)


def test_a_top_up_paid_once_the_customer_pays_afterwards_is_taxed_as_it_is_paid(
    database: Database, shop: dict[str, Customer]
) -> None:
    wattle, staffed = shop["AU"], staff(database)
    invoice = issue(database, wattle, "220.00", nonce="open", at=at(2026, 9, 28))
    agreed = committed(database, staffed, wattle, date(2026, 10, 1))
    begins = at(2026, 10, 1)
    database.act(lambda tx: turn_commitments(tx, by=SYSTEM, commitment_ids=[agreed.id]), at=begins)
    made = receive(database, invoice, "220.00", at=AT)
    assert books(database) == {"bank": "220.00", "credit": "-200.00", "gst_payable:use": "-20.00"}
    sound(database)
    database.act(
        lambda tx: credit_invoice(
            tx, by=SYSTEM, nonce="n", invoice_id=invoice.id, gross=Money.of("110", "AUD"), cause=Cause.OTHER,
            reason="it pays afterwards",
        ),
        at=AT,
    )  # fmt: skip
    assert books(database) == {
        "bank": "220.00", "credit": "-100.00", "refund_payable": "-110.00", "gst_payable:use": "-10.00",
    }  # fmt: skip
    sound(database)
    assert made.net.plain() == "220.00"
