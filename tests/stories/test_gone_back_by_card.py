"""What goes back of a card payment, as an accountant would check it: refunds, and disputes won and lost."""

from __future__ import annotations

from datetime import date

import pytest

from services.access.model import SYSTEM
from services.cards.importing import CardImport
from services.company.model import GstBasis, TaxPoint
from services.customers.model import Customer
from services.customers.stopping import stops_of
from services.db.engine import Database
from services.integrity.queries import run
from services.invoices.credit_note import Cause
from services.invoices.crediting import credit_invoice
from services.invoices.queries.credit_notes import credit_notes_of
from services.ledger.model import Account, Draft, Kind, Leg, Purpose
from services.ledger.operations import post
from services.money import Money
from services.reporting.explanation import why_of
from services.reporting.statement import statement
from tests.debts import debt
from tests.invoicing import AT, open_shop
from tests.stories.test_paid_by_card import NOVEMBER, books, told
from tests.stripe import balance, charge, dispute, processor_customer, refund

TOPPED_UP = {"card_clearing": "110.00", "credit": "-100.00", "gst_payable": "-10.00"}


def topped_up(database: Database, buyer: Customer) -> None:
    assert not told(database, processor_customer("cus_1", buyer.account_id), charge()).bad


def used(database: Database, buyer: Customer, micros: int) -> None:
    legs = (
        Leg(Account(Purpose.CREDIT, "AUD", buyer.id), micros),
        Leg(Account(Purpose.REVENUE_SMS, "AUD"), -micros),
    )
    draft = Draft(Kind.USAGE_SMS, "test", f"used {micros}", AT.date(), legs, customer_id=buyer.id)
    database.act(lambda tx: post(tx, draft, by=SYSTEM), at=AT)


def sound(database: Database) -> bool:
    with database.read() as conn:
        return [each for each in run(conn) if not each.ok] == []


def whole(done: CardImport) -> CardImport:
    assert done.bad == 0, done.bad_objects
    return done


@pytest.fixture(params=[GstBasis.ACCRUAL, GstBasis.CASH])
def buyer(request: pytest.FixtureRequest, database: Database) -> Customer:
    made = open_shop(database, gst_basis=request.param)["AU"]
    topped_up(database, made)
    return made


def test_half_of_a_top_up_is_refunded_to_the_card(database: Database, buyer: Customer) -> None:
    whole(told(database, refund()))
    assert books(database) == {"card_clearing": "55.00", "credit": "-50.00", "gst_payable": "-5.00"}
    with database.read() as conn:
        (note,) = credit_notes_of(conn, 1)
        assert (note.number, note.gross.text(), note.tax.text()) == ("AN-2026-000001", "55.00 AUD", "5.00 AUD")
        assert (note.reason, note.issued_on) == ("Refunded to Visa ending 4242", date(2026, 11, 18))
        why = why_of(conn, customer_id=buyer.id, currency="AUD", period=NOVEMBER)
    assert [(line.of.label, line.money.text()) for line in why.lines] == [
        ("Card payments", "100.00 AUD"),
        ("Refunds", "-50.00 AUD"),
    ]
    assert why.difference.text() == "0.00 AUD"
    assert whole(told(database, refund())).repeated == 1
    assert sound(database)


def test_a_refund_that_did_not_reach_the_card_is_still_owed_and_paid_by_the_next(
    database: Database, buyer: Customer
) -> None:
    whole(told(database, refund(status="pending")))
    assert books(database) == TOPPED_UP
    whole(told(database, refund()))
    whole(told(database, refund(status="failed")))
    assert books(database) == {
        "card_clearing": "110.00",
        "credit": "-50.00",
        "gst_payable": "-5.00",
        "refund_payable": "-55.00",
    }
    assert whole(told(database, refund(), refund(status="failed"), refund(status="pending"))).repeated == 3
    whole(told(database, refund("re_2", amount=5500)))
    assert books(database) == {"card_clearing": "55.00", "credit": "-50.00", "gst_payable": "-5.00"}
    with database.read() as conn:
        assert len(credit_notes_of(conn, 1)) == 1
    assert sound(database)


@pytest.mark.usefixtures("buyer")
def test_a_cancelled_refund_posts_nothing(database: Database) -> None:
    whole(told(database, refund(status="requires_action")))
    whole(told(database, refund(status="canceled")))
    assert books(database) == TOPPED_UP


def test_what_of_a_refund_was_used_before_is_owed_by_the_customer(database: Database, buyer: Customer) -> None:
    used(database, buyer, 70_000_000)
    whole(told(database, refund(amount=11_000)))
    assert books(database) == {"credit": "70.00", "revenue_sms": "-70.00"}  # the next top-up pays that back first
    assert sound(database)


def test_a_dispute_that_is_won_leaves_only_its_fee(database: Database, buyer: Customer) -> None:
    whole(told(database, dispute(fee=2500)))
    assert books(database) == {
        "card_clearing": "-25.00",
        "held_disputes": "110.00",
        "processor_fee": "25.00",
        "credit": "-100.00",
        "gst_payable": "-10.00",
    }
    with database.read() as conn:
        assert [each.why for each in stops_of(conn, buyer.id)] == [
            "110.00 AUD paid by card is disputed (dp_1, fraudulent)."
        ]
    whole(told(database, dispute(fee=2500, status="won")))
    assert books(database) == TOPPED_UP | {"card_clearing": "85.00", "processor_fee": "25.00"}
    assert whole(told(database, dispute(fee=2500), dispute(fee=2500, status="won"))).repeated == 2
    with database.read() as conn:
        assert stops_of(conn, buyer.id) == []
    done = told(database, dispute(status="lost"))
    assert [bad.reason for bad in done.bad_objects] == ["dp_1 is in the books as won, not lost."]
    assert sound(database)


def test_a_dispute_that_is_lost_takes_the_credit_and_what_was_used_is_owed(database: Database, buyer: Customer) -> None:
    used(database, buyer, 70_000_000)
    whole(told(database, dispute()))
    assert books(database)["credit"] == "-30.00"  # not touched while it is open
    whole(told(database, dispute(status="lost")))
    assert books(database) == {"credit": "70.00", "revenue_sms": "-70.00"}
    with database.read() as conn:
        why = why_of(conn, customer_id=buyer.id, currency="AUD", period=NOVEMBER)
        paper = {each: statement(conn, customer_id=buyer.id, period=NOVEMBER, language=each) for each in ("en", "fr")}
        assert stops_of(conn, buyer.id) == []
    lines = {line.of.label: line.money.text() for line in why.lines}
    assert lines["Disputed card payments"] == "-100.00 AUD"
    assert (why.difference.text(), why.closing.text()) == ("0.00 AUD", "-70.00 AUD")
    assert "Disputed card payment, taken back" in [line.words for line in paper["en"].lines]
    assert "Paiement par carte contesté, repris" in [line.words for line in paper["fr"].lines]
    assert sound(database)


def test_where_tax_arises_on_use_the_credit_falls_by_all_of_it(database: Database) -> None:
    topped_up(database, open_shop(database, tax_point=TaxPoint.REDEMPTION)["AU"])
    whole(told(database, refund(), dispute(amount=5500, status="lost")))
    assert books(database) == {}
    assert sound(database)


def test_abroad_it_goes_back_at_what_the_charge_was_booked_at(database: Database) -> None:
    buyer = open_shop(database)["US"]
    sold = charge(amount=10_000, currency="usd")
    back = refund(amount=4000, currency="usd"), dispute(amount=6000, currency="usd", status="lost")
    done = told(database, processor_customer("cus_1", buyer.account_id), sold, *back)
    assert {bad.reason for bad in done.bad_objects} == {
        "Import the balance transaction of ch_1 first: it says which currency it was settled in."
    }
    whole(told(database, balance(amount=10_000, fee=0, currency="usd"), *back))
    assert books(database) == {}
    assert books(database, base=True) == {}  # no AUD is left over anywhere
    assert sound(database)


def test_what_goes_back_of_an_exchanged_charge_is_refused_with_what_to_do(database: Database) -> None:
    buyer = open_shop(database)["US"]
    sold = charge(amount=10_000, currency="usd"), balance(amount=15_000, fee=480, currency="aud")
    done = told(database, processor_customer("cus_1", buyer.account_id), *sold, refund(currency="usd"))
    (bad,) = done.bad_objects
    assert bad.reason.startswith("The processor exchanged ch_1 into AUD; what goes back of such a charge is not posted")
    assert bad.reason.endswith("issue a credit note on its invoice.")


def test_who_pays_afterwards_gets_back_what_was_owed_back_first_and_then_owes_again(database: Database) -> None:
    buyer = open_shop(database)["AU"]
    debt(database, buyer, "100.00", issued=AT.date())
    with database.write(at=AT) as tx:
        tx.conn.exec_driver_sql(f"UPDATE customer SET billing_mode = 'postpaid' WHERE id = {buyer.id}")
    whole(told(database, processor_customer("cus_1", buyer.account_id), charge(amount=12_000)))
    whole(told(database, refund(amount=1000)))
    assert books(database) == {"card_clearing": "110.00", "gst_payable": "-10.00", "revenue_sms": "-100.00"}
    whole(told(database, dispute(amount=11_000, status="lost")))
    assert books(database) == {"credit": "100.00", "revenue_sms": "-100.00"}  # the next invoice asks for it again
    assert sound(database)


@pytest.mark.usefixtures("buyer")
def test_a_note_issued_by_hand_before_is_not_issued_again(database: Database) -> None:
    database.act(
        lambda tx: credit_invoice(
            tx, by=SYSTEM, nonce="by hand", invoice_id=1, gross=Money.of(55, "AUD"), cause=Cause.OTHER, reason="x y z"
        ),
        at=AT,
    )
    whole(told(database, refund()))
    assert books(database) == {"card_clearing": "55.00", "credit": "-50.00", "gst_payable": "-5.00"}
    assert sound(database)


@pytest.mark.usefixtures("buyer")
def test_more_than_was_charged_or_of_an_unknown_charge_is_bad(database: Database) -> None:
    whole(told(database, refund(), dispute(amount=5500)))
    done = told(
        database,
        refund("re_2", amount=1),
        refund("re_3", "ch_9"),
        refund(amount=5400),
        dispute(status="warning_closed"),
    )
    assert [bad.reason for bad in done.bad_objects] == [
        "With it more would go back than the 110.00 AUD of ch_1.",
        "Its charge ch_9 is not in the books: import its charge first, or with it.",
        "re_1 is in the books with 55.00 AUD, or of another charge.",
        "Its status is “warning_closed”: no money was taken, so there is nothing to post.",
    ]
    assert sound(database)
