"""Cards on the screens: a customer's own, everybody's, and the processor's file that brings them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from streamlit.testing.v1 import AppTest

from pages._ui import working
from pages._ui.card_import import WORK
from services.access.model import SYSTEM, Role
from services.cards.operations import import_card_payments
from services.cards.queries.payments import payment, settled_by_card
from services.search.queries import find
from tests.pages.bought import open_company
from tests.pages.harness import SmallCompany, on, signed_in
from tests.stripe import (
    AT,
    as_list,
    balance,
    charge,
    dispute,
    failed_charge,
    payment_method,
    processor_customer,
    refund,
)

HOUR, YEAR = 3600, "Last 12 months"
CARDS, CUSTOMER = "billing/cards.py", "customers/customer.py"
TOLD = (
    processor_customer("cus_1", "10000"),
    payment_method(card={"wallet": None}),
    payment_method("pm_2", card={"brand": "diners", "last4": "0007", "exp_year": 2020}),
    payment_method("pm_3", card={"brand": "amex", "last4": "1881"}),
    payment_method("pm_3", customer=None, card={"brand": "amex", "last4": "1881"}),
)


@pytest.fixture
def company(sqlite_template: Path, tmp_path: Path) -> Iterator[SmallCompany]:
    built = open_company(sqlite_template, tmp_path)
    yield built
    with signed_in(built, Role.ACCOUNTING):
        working.put_away(WORK)


def tell(company: SmallCompany, *objects: dict[str, Any]) -> None:
    """Bring objects as if those of AT were of an hour ago: screens show what happened lately."""
    later = int(time.time()) - HOUR - AT
    content = as_list(
        *({**each, **({"created": each["created"] + later} if "created" in each else {})} for each in objects)
    )
    company.database.act(lambda tx: import_card_payments(tx, by=SYSTEM, content=content, name="x"))


def settled(app: AppTest) -> None:
    for _ in range(100):
        work = working.found(WORK)
        if work is None or work.ended:
            break
        time.sleep(0.05)
    app.run()


def press(app: AppTest, label: str) -> None:
    next(each for each in app.button if each.label == label).click().run()


def test_everybody_sees_a_customers_cards_and_what_is_wrong_with_them(company: SmallCompany) -> None:
    one = str(company.customers[0])
    empty = on(company, Role.SUPPORT, CUSTOMER, id=one, customer_view="Cards")
    assert "has no card on file" in empty.info[0].value
    tell(company, *TOLD)
    for role in Role:
        app = on(company, role, CUSTOMER, id=one, customer_view="Cards")
        assert not app.exception
        shown = app.dataframe[0].value
        assert list(shown["brand"]) == ["Diners Club (Link)", "Visa", "American Express (Link)"]
        assert list(shown["last_four"]) == ["0007", "4242", "1881"]
        assert list(shown["state"]) == ["Brand not accepted, Expired", "On file", "Removed"]
    assert "of a brand we do not take" in " ".join(each.value for each in app.info)
    assert "Known to the card processor as cus_1" in " ".join(each.value for each in app.caption)


def test_the_list_has_everybodys_cards_by_state_and_last_four(company: SmallCompany) -> None:
    assert "No card is on file yet" in on(company, Role.SUPPORT, CARDS).info[0].value
    tell(company, *TOLD, processor_customer("cus_2", "10001"), payment_method("pm_9", customer="cus_2"))
    app = on(company, Role.MANAGER, CARDS)
    assert not app.exception
    assert len(app.dataframe[0].value) == 4
    assert "Import" not in [option for each in app.radio for option in each.options]
    app = on(company, Role.SUPPORT, CARDS, cards_state="Expired")
    assert list(app.dataframe[0].value["customer"]) == ["Bluegum Clinics"]
    app = on(company, Role.SUPPORT, CARDS, cards_q="4242")
    assert list(app.dataframe[0].value["customer"]) == ["Bluegum Clinics", "Harbour & Sons"]
    assert "No card fits" in on(company, Role.SUPPORT, CARDS, cards_q="9999").info[0].value


def test_charges_are_listed_with_why_they_failed_and_the_invoice_they_paid(company: SmallCompany) -> None:
    one = str(company.customers[0])
    assert "No card was charged in " in on(company, Role.SUPPORT, CARDS, cards_view="Charges").info[0].value
    told = [charge(), charge("ch_2", 1000, card={"brand": "diners"}), balance(), failed_charge()]
    tell(company, processor_customer("cus_1", "10000"), payment_method(), *told)
    for role in Role:
        app = on(company, role, CARDS, cards_view="Charges", period=YEAR)
        assert not app.exception
        shown = app.dataframe[0].value.set_index("external_id")
        assert shown["state"].to_dict() == {
            "ch_1": "Paid",
            "ch_2": "Paid, Below the least top-up, Brand not accepted",
            "ch_9": "Failed: insufficient funds",
        }
        assert shown["card"]["ch_1"] == "Visa 4242"
        assert shown["invoice"]["ch_1"].startswith("INV-")
        assert [each.value for each in app.metric if each.label == "Held by the processor, AUD"] == ["117.83"]
    app = on(company, Role.SUPPORT, CARDS, cards_view="Charges", period=YEAR, charges_state="Flagged")
    assert list(app.dataframe[0].value["external_id"]) == ["ch_2"]
    tell(company, charge("ch_0", created=AT - 400 * 24 * HOUR))
    app = on(company, Role.SUPPORT, CARDS, cards_view="Charges", period=YEAR)
    assert set(app.dataframe[0].value["external_id"]) == {"ch_1", "ch_2", "ch_9"}
    for sought in ("4242", "ch_0", "10000"):  # what is searched for is found whenever it was charged
        app = on(company, Role.SUPPORT, CARDS, cards_view="Charges", charges_q=sought)
        assert "ch_0" in list(app.dataframe[0].value["external_id"])
    app = on(company, Role.SUPPORT, CUSTOMER, id=one, customer_view="Cards")
    assert [len(each.value) for each in app.dataframe] == [1, 4]
    app = on(company, Role.SUPPORT, CUSTOMER, id=one)
    assert not app.exception
    app = on(company, Role.SUPPORT, "activity/transactions.py", tx_class="Card payments")
    assert not app.exception


def test_what_went_back_stands_beside_the_charge_and_the_customer_is_stopped(company: SmallCompany) -> None:
    one = str(company.customers[0])
    sold = [processor_customer("cus_1", "10000"), charge(), charge("ch_2"), charge("ch_3"), charge("ch_4")]
    back = [
        refund(),
        refund("re_2", "ch_2", status="pending"),
        dispute(source="ch_3"),
        dispute("dp_2", "ch_4", status="lost"),
    ]
    tell(company, payment_method(), *sold, *back)
    for role in Role:
        app = on(company, role, CUSTOMER, id=one, customer_view="Cards")
        assert not app.exception
        shown = app.dataframe[1].value
        assert dict(zip(shown["external_id"], shown["state"], strict=True)) == {
            "ch_1": "Paid, Refunded 55.00",
            "ch_2": "Paid, Refund pending 55.00",
            "ch_3": "Paid, Disputed 110.00",
            "ch_4": "Paid, Dispute lost 110.00",
        }
    assert "paid by card is disputed" in " ".join(each.value for each in app.warning)
    for state, found in (("Refunded", ["ch_1"]), ("Refund pending", ["ch_2"]), ("Disputed", ["ch_4", "ch_3"])):
        app = on(company, Role.SUPPORT, CARDS, cards_view="Charges", period=YEAR, charges_state=state)
        assert not app.exception
        assert list(app.dataframe[0].value["external_id"]) == found
    app = on(company, Role.SUPPORT, "activity/transactions.py", tx_class="Disputed card payments")
    assert not app.exception
    home = on(company, Role.MANAGER, "overview/home.py")
    assert "stopped (1 for a disputed card payment)" in " ".join(each.value for each in home.markdown)


def test_home_leads_from_a_stop_to_what_caused_it(company: SmallCompany) -> None:
    tell(company, processor_customer("cus_1", "10000"), charge(), charge("ch_2", payment_intent="pi_2"))
    tell(
        company, dispute("dp_1", charge="ch_1", status="needs_response"), dispute("dp_2", charge="ch_2", status="lost")
    )
    links = [each.proto for each in on(company, Role.MANAGER, "overview/home.py").get("page_link")]
    led = [link for link in links if link.label == "Disputed charges"]
    assert [(link.page, link.query_string) for link in led] == [
        ("cards", "cards_view=Charges&charges_state=Dispute+open")
    ]
    assert "Commitments" not in [link.label for link in links]
    app = on(company, Role.MANAGER, CARDS, cards_view="Charges", charges_state="Dispute open")
    assert list(app.dataframe[0].value["external_id"]) == ["ch_1"]
    assert "its customer is stopped" in " ".join(each.value for each in app.caption)


def test_the_invoice_says_that_a_card_paid_it(company: SmallCompany) -> None:
    tell(company, processor_customer("cus_1", "10000"), charge())
    with company.database.read() as conn:
        made = payment(conn, 1)
    app = on(company, Role.ACCOUNTING, "billing/invoice.py", id=str(made.invoice_ids[0]))
    assert not app.exception
    assert "Paid by card" in [each.label for each in app.metric]
    assert "Paid by card" in list(app.dataframe[0].value["what"])


def test_the_charge_behind_an_entry_is_shown_in_its_drawer(company: SmallCompany) -> None:
    tell(company, processor_customer("cus_1", "10000"), charge(), balance())

    def draw(entry_id: int) -> None:
        from pages._ui import drawer

        drawer.entry(entry_id)

    with company.database.read() as conn:
        entry_id = settled_by_card(conn, payment(conn, 1).invoice_ids[0])[0][3]
    with signed_in(company, Role.ACCOUNTING), patch("pages._ui.menu.link", lambda *_a, **_k: None):
        app = AppTest.from_function(draw, args=(entry_id,)).run()
    assert not app.exception
    assert "110.00 AUD charged on Visa ending 4242" in " ".join(each.value for each in app.markdown)
    assert "and kept 2.17 AUD" in " ".join(each.value for each in app.caption).replace("\\", "")


def test_a_file_is_tried_imported_and_said(company: SmallCompany) -> None:
    app = on(company, Role.ACCOUNTING, CARDS, cards_view="Import")
    content = as_list(*TOLD, payment_method("pm_7", customer="cus_9"))
    with signed_in(company, Role.ACCOUNTING):
        app.file_uploader[0].set_value(("cards.json", content, "application/json")).run()
        assert not app.exception
        assert list(app.dataframe[0].value["place"]) == ["object 6"]
        with company.database.read() as conn:
            assert not find(conn, "4242")  # only tried
        next(each for each in app.checkbox if each.label == "All or nothing").check()
        press(app, "Import")
        settled(app)
        assert "one object is bad" in app.error[0].value
        assert list(app.dataframe[0].value["place"]) == ["object 6"]
        next(each for each in app.checkbox if each.label == "All or nothing").uncheck()
        press(app, "Import")
        settled(app)
        assert "3 cards, 1 customer imported, 1 changed, 1 is bad" in app.success[0].value
        with company.database.read() as conn:
            assert [hit.reason for hit in find(conn, "4242")] == ["Card ending 4242"]
        press(app, "Close")
        assert not app.success
        assert not app.dataframe


def test_a_large_file_is_not_tried_before_it_is_imported(company: SmallCompany) -> None:
    app = on(company, Role.ACCOUNTING, CARDS, cards_view="Import")
    with signed_in(company, Role.ACCOUNTING), patch("pages._ui.card_import._TRIED", 10):
        app.file_uploader[0].set_value(("cards.json", as_list(*TOLD), "application/json")).run()
        assert not app.exception
        assert "not tried first" in app.info[0].value
        assert "Import" in [each.label for each in app.button]


def test_a_file_that_is_none_is_said_on_the_screen(company: SmallCompany) -> None:
    app = on(company, Role.ACCOUNTING, CARDS, cards_view="Import")
    with signed_in(company, Role.ACCOUNTING):
        app.file_uploader[0].set_value(("x.json", as_list(*TOLD)[:-9], "application/json")).run()
        assert "x.json was not read. The file ends in the middle" in app.error[0].value


UNKNOWN = as_list(
    processor_customer("cus_8", "", metadata={}, name="Bluegum", email="pay@bluegum.example"),
    payment_method("pm_8", customer="cus_8"),
    failed_charge("ch_8", customer="cus_8"),
)


def linking(company: SmallCompany, content: bytes = b"") -> AppTest:
    """The form as its dialog draws it, beside a file where there is one."""

    def draw(content: bytes) -> None:
        from pages._ui import card_linking

        strangers = card_linking.found_in(content, "1") if content else []
        card_linking.ask(None, strangers)

    app = AppTest.from_function(draw, kwargs={"content": content}, default_timeout=30).run()
    app.text_input(key="card_link_find").set_value("bluegum").run()
    return app


def send_link(app: AppTest, *, sure: bool = True, **typed: str) -> AppTest:
    for field, value in typed.items():
        next(each for each in app.text_input if each.label == field.replace("_", " ")).set_value(value)
    if sure:
        app.checkbox[0].check()
    next(each for each in app.button if each.label == "Link").click().run()
    return app


def test_a_file_says_what_waits_for_whom_it_names_alone(company: SmallCompany) -> None:
    app = on(company, Role.ACCOUNTING, CARDS, cards_view="Import")
    assert "Link a customer" in [each.label for each in app.button]
    with signed_in(company, Role.ACCOUNTING):
        app.file_uploader[0].set_value(("cards.json", UNKNOWN, "application/json")).run()
        assert not app.exception
        assert "One customer of the processor's is nobody of ours yet" in app.warning[0].value
        waiting = app.dataframe[1].value.iloc[0].to_dict()
        assert (waiting["external_id"], waiting["waiting"]) == ("cus_8", "1 card, 1 failed charge")
        assert "Say whose it is" in [each.label for each in app.button]


def test_whom_a_file_names_is_linked_and_what_waited_may_be_imported(company: SmallCompany) -> None:
    with signed_in(company, Role.ACCOUNTING):
        app = linking(company, UNKNOWN)
        assert app.selectbox[0].options == ["cus_8 · Bluegum · pay@bluegum.example"]
        assert "Waits for it: 1 card, 1 failed charge" in app.caption[0].value.replace("\\", "")
        send_link(app, How_you_know="Same e-mail, ticket 4711", sure=False)
        assert "Tick that you are sure" in app.error[0].value
        app.selectbox[2].set_value(False)  # the mode, which these books do not know yet
        send_link(app)
        assert not app.exception
        assert not app.error
    done = company.database.act(lambda tx: import_card_payments(tx, by=SYSTEM, content=UNKNOWN, name="x"))
    assert (done.added, done.bad) == (2, 0)
    assert "Known to the card processor as cus_8" in " ".join(
        each.value for each in on(company, Role.SUPPORT, CUSTOMER, id="1", customer_view="Cards").caption
    )


def test_one_that_cannot_be_linked_is_told_why(company: SmallCompany) -> None:
    tell(company, processor_customer("cus_2", "10001"))
    with signed_in(company, Role.ACCOUNTING):
        app = send_link(linking(company), How_you_know="ticket 4711", **{"Processor's_id": "pm_2"})
        assert "it begins with cus" in " ".join(each.value for each in app.markdown)
        send_link(app, **{"Processor's_id": "cus_2"})
        assert "is Harbour & Sons (account 10001), not 10000" in app.error[0].value.replace("\\", "")
