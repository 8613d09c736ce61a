"""Bank receipts, paid short: the bench by role, a decision with its reason, what needs a second person, the sums."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages._ui import menu
from services.access import queries as access
from services.access.model import SYSTEM, NotAllowed, Role
from services.banking.operations import import_statement
from services.customers.model import InvoiceDetails
from services.customers.operations import create_customer
from services.db.engine import Database
from services.invoices import queries as invoices
from services.invoices.model import Invoice, InvoiceStatus
from services.invoices.operations import issue_invoice
from services.mail import queries as mail
from services.money import Money
from services.payments.short.absorbing import request_absorbing
from services.reconciliation.operations import accept_all_automatic
from tests.conftest import SYDNEY
from tests.pages.bought import open_company, statement
from tests.pages.harness import SmallCompany, on, signed_in

RECEIPTS = "billing/bank_receipts.py"
KIWI = InvoiceDetails(
    "Tui Example Ltd", "8 Sample Quay\nWellington 6011", email="pay@tui.example", contact_name="Mere Ngata",
    contact_phone="+64 4 555 0100",
)  # fmt: skip


@pytest.fixture(scope="module")
def built(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> SmallCompany:
    company = open_company(sqlite_template, tmp_path_factory.mktemp("short"))
    new = {"username": "tui", "name": KIWI.company_name, "email": KIWI.email, "country": "NZ", "currency": "AUD"}
    customer = company.database.act(lambda tx: create_customer(tx, by=SYSTEM, **new))
    for place, (asked, arrived) in enumerate((("500", "475"), ("400", "200"))):
        gross, nonce = Money.of(asked, "AUD"), f"short-invoice-{place}"
        facts = {"nonce": nonce, "customer_id": customer.id, "gross": gross, "details": KIWI}
        made = company.database.act(lambda tx, facts=facts: issue_invoice(tx, by=SYSTEM, **facts))
        content = statement(company, (arrived, made.reference), number=str(place))
        company.database.act(lambda tx, content=content: import_statement(tx, by=SYSTEM, name="a.xml", content=content))
        company.database.act(lambda tx, nonce=nonce: accept_all_automatic(tx, by=SYSTEM, nonce=nonce))
    company.database.close()
    return company


@pytest.fixture
def company(built: SmallCompany, tmp_path: Path) -> SmallCompany:
    path = tmp_path / "books.sqlite"
    shutil.copy(str(built.database.url.database), path)
    return replace(built, database=Database(f"sqlite:///{path}", timezone=SYDNEY))


def invoice(company: SmallCompany, number: int) -> Invoice:
    with company.database.read() as conn:
        return invoices.invoice(conn, number)


def bench(company: SmallCompany, standing: str = "To decide") -> AppTest:
    app = on(company, Role.ACCOUNTING, RECEIPTS, receipts_view="Paid short", short_standing=standing)
    assert not app.exception
    return app


def picked(company: SmallCompany, standing: str, act: str) -> AppTest:
    """The first of a list with one of its acts opened."""
    app = bench(company, standing)
    with signed_in(company, Role.ACCOUNTING):
        app.session_state["short_0"] = {"selection": {"rows": [0], "columns": []}}
        app.session_state[act] = True
        app.run()
    assert not app.exception
    return app


def send(company: SmallCompany, app: AppTest, button: str, **typed: str) -> AppTest:
    with signed_in(company, Role.ACCOUNTING):
        for label, value in typed.items():
            next(each for each in app.main.text_input if each.label == label).set_value(value)
        next(each for each in app.main.button if each.label == button).click().run()
    assert not app.exception
    return app


def test_each_short_payment_has_its_three_facts_and_its_judgement(company: SmallCompany) -> None:
    app = bench(company, "All")
    rows = app.main.dataframe[0].value
    assert rows["gross_micros"].tolist() == [400.0, 500.0]
    assert rows["received_micros"].tolist() == [200.0, 475.0]
    assert rows["missing_micros"].tolist() == [200.0, 25.0]
    assert rows["cause"].tolist() == ["Part payment", "Bank fee"]
    assert rows["standing"].tolist() == ["To decide", "Settled short"]


def test_the_picked_one_says_why_and_offers_only_what_is_possible(company: SmallCompany) -> None:
    app = picked(company, "To decide", "nothing")
    assert any("Half of it arrived" in each.value for each in app.main.markdown)
    offered = {each.proto.popover.label for each in app.main.get("popover")}
    assert {"Wait for the rest", "Ask the customer"} <= offered
    assert not {"Settle short", "Bear it ourselves", "Adjustment note"} & offered
    assert [each.label for each in app.main.metric][:3] == ["Invoice amount, AUD", "Received, AUD", "Missing, AUD"]


def test_waiting_for_the_rest_moves_it_to_its_own_list(company: SmallCompany) -> None:
    app = picked(company, "To decide", "short_Wait for the rest_2")
    app = send(company, app, "Wait", **{"Why it is expected": "The rest follows"})
    assert any("is waited for" in each.value for each in app.toast)
    assert bench(company, "Waits for the rest").main.dataframe[0].value["received_micros"].tolist() == [200.0]


def test_bearing_it_ourselves_needs_a_reason_and_a_second_person(company: SmallCompany) -> None:
    app = picked(company, "Settled short", "short_Bear it ourselves_1")
    app = send(company, app, "Ask for approval")
    assert any("Say why we bear it" in each.value for each in app.main.markdown)
    send(company, app, "Ask for approval", Reason="Promised by support")
    with company.database.read() as conn:
        [asked] = access.approvals(conn, waiting=True, page=1, size=10).rows["summary"]
    assert asked.startswith("Bear 25.00 AUD that is missing of INV-")
    assert invoice(company, 1).status is InvoiceStatus.SETTLED_SHORT


def test_the_customer_is_asked_for_the_rest_by_mail(company: SmallCompany) -> None:
    app = picked(company, "To decide", "short_Ask the customer_2")
    send(company, app, "Send")
    with company.database.read() as conn:
        [letter] = [each for each in mail.mails_of_invoice(conn, invoice_id=2) if "still open" in each.subject]
    assert (letter.to, letter.facts["received"], letter.facts["open"]) == (
        KIWI.email,
        *["AUD\N{NO-BREAK SPACE}200.00"] * 2,
    )


def test_the_calculator_rests_on_what_was_seen(company: SmallCompany) -> None:
    app = bench(company)
    with signed_in(company, Role.ACCOUNTING):
        app.session_state["short_usual"] = True
        app.run()
        assert any("send **525.00 AUD**" in each.value for each in app.main.markdown)
        app.main.text_input(key="short_net").set_value("200").run()
        assert any("send **225.00 AUD**" in each.value for each in app.main.markdown)
        app.main.text_input(key="short_net").set_value("much").run()
    assert not app.exception


def test_nothing_to_decide_says_what_to_look_at(company: SmallCompany) -> None:
    app = bench(company, "Borne by us")
    assert "Look at all of them" in app.main.info[0].value


@pytest.mark.parametrize("role", [Role.MANAGER, Role.SUPPORT, Role.ADMIN])
def test_others_are_told_whom_to_ask(company: SmallCompany, role: Role) -> None:
    assert not menu.may_open(company.by[role], RECEIPTS)
    with pytest.raises(NotAllowed, match="ask accounting"):
        company.database.act(
            lambda tx: request_absorbing(tx, by=company.by[role], nonce="x", invoice_id=1, reason="Promised")
        )


def test_what_would_fall_under_the_least_top_up_is_said_before_accepting(company: SmallCompany) -> None:
    made = company.database.act(
        lambda tx: issue_invoice(
            tx, by=SYSTEM, nonce="just-enough-to-ask", customer_id=company.customers[-1] + 1,
            gross=Money.of("210", "AUD"), details=KIWI,
        )
    )  # fmt: skip
    content = statement(company, ("190", made.reference), ("205", "another"), number="9")
    company.database.act(lambda tx: import_statement(tx, by=SYSTEM, name="b.xml", content=content))
    app = on(company, Role.ACCOUNTING, RECEIPTS)
    said = [
        each.value for each in app.markdown if "less than the least bank-transfer top-up of 200.00 AUD" in each.value
    ]
    assert len(said) == 1
    assert f"{made.number} would have 190.00 AUD" in said[0]
    with signed_in(company, Role.ACCOUNTING):
        app.session_state["receipts_classes"] = True
        app.run()
    assert any("1 invoice of them would have less" in each.value for each in app.markdown)


def test_new_invoice_says_what_banks_of_the_payer_keep_as_the_bench_does(company: SmallCompany) -> None:
    app = on(company, Role.ACCOUNTING, "billing/new_invoice.py", customer=str(company.customers[-1] + 1))
    assert not app.exception
    assert any("Banks usually keep 25.00 AUD of what comes from New Zealand, by 1 payment seen" in each.value
               for each in app.caption)  # fmt: skip


def test_home_counts_the_short_payments_that_wait_for_a_decision(company: SmallCompany) -> None:
    app = on(company, Role.ACCOUNTING, "overview/home.py")
    assert {each.label: each.value for each in app.metric}["Paid short"] == "1"
