"""Billing: an invoice issued once however often it is sent, its paper, and receipts matched and taken back."""

from __future__ import annotations

import shutil
import time
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import insert, select
from streamlit.testing.v1 import AppTest

from pages._ui import invoice_parts, paper, receipts, working
from pages._ui.receipt_classes import WORK
from services.access.model import Role
from services.company.tables import company_profile
from services.db.engine import Database
from services.invoices import queries as invoices
from services.invoices.model import InvoiceStatus
from services.invoices.pdf import invoice_pdf
from services.ledger.queries import credit_balance
from tests.conftest import SYDNEY
from tests.pages.bought import issued, open_company, statement
from tests.pages.harness import SmallCompany, on, signed_in

LIST = "billing/invoices.py"
ONE = "billing/invoice.py"
NEW = "billing/new_invoice.py"
RECEIPTS = "billing/bank_receipts.py"
FILLED = {
    "Company name": "Bluegum Clinics Pty Ltd",
    "Address": "1 Wharf Street\nSydney NSW 2000",
    "Contact name": "Ada Byrne",
    "Contact number": "+61 2 5550 1234",
}


@pytest.fixture(scope="module")
def built(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> SmallCompany:
    company = open_company(sqlite_template, tmp_path_factory.mktemp("billing"))
    company.database.close()
    return company


@pytest.fixture
def company(built: SmallCompany, tmp_path: Path) -> SmallCompany:
    path = tmp_path / "books.sqlite"
    shutil.copy(str(built.database.url.database), path)
    return replace(built, database=Database(f"sqlite:///{path}", timezone=SYDNEY))


def field(app: AppTest, label: str):
    return next(each for each in [*app.main.text_input, *app.main.text_area] if each.label.startswith(label))


def fill(app: AppTest, values: dict[str, str]) -> None:
    for label, value in values.items():
        field(app, label).set_value(value)


def button(app: AppTest, label: str):
    return next(each for each in app.main.button if each.label.startswith(label))


def complaints(app: AppTest) -> str:
    return " ".join(each.value for each in app.markdown if ":red[" in each.value)


def issued_by(company: SmallCompany) -> int:
    with company.database.read() as conn:
        return invoices.page(conn).total


def opened_form(company: SmallCompany, customer: int = 0, **parameters: str) -> AppTest:
    return on(company, Role.ACCOUNTING, NEW, customer=str(company.customers[customer]), **parameters)


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.MANAGER, Role.ADMIN])
@pytest.mark.parametrize("file", [NEW, RECEIPTS])
def test_only_accounting_issues_and_imports(company: SmallCompany, role: Role, file: str) -> None:
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        on(company, role, file)


@pytest.mark.parametrize("role", list(Role))
def test_everybody_sees_invoices_and_each_one(company: SmallCompany, role: Role) -> None:
    made = issued(company, 0, "1100", "an-invoice-nonce-1")
    listed = on(company, role, LIST)
    assert list(listed.dataframe[0].value["number"]) == [made.number]
    assert list(listed.dataframe[0].value["state"]) == ["Issued"]
    one = on(company, role, ONE, id=str(made.id))
    assert not one.exception
    assert one.title[0].value == f"Invoice {made.number}"
    assert one.image, "the paper is shown"
    figures = {each.label: each.value for each in one.metric}
    assert (figures["Total, AUD"], figures["Still open, AUD"]) == ("1100.0", "1100.0")


def test_invoices_that_wait_are_found_whenever_they_were_issued(company: SmallCompany) -> None:
    issued(company, 0, "1100", "an-invoice-nonce-1")
    app = on(company, Role.MANAGER, LIST, period="Last month", invoices_status="Waiting for money")
    assert len(app.dataframe[0].value) == 1
    assert "clear the filters" in on(company, Role.MANAGER, LIST, period="Last month").info[0].value.lower()


def test_an_invoice_that_is_not_there_is_a_calm_sentence(company: SmallCompany) -> None:
    app = on(company, Role.SUPPORT, ONE, id="77")
    assert not app.exception
    assert "no such invoice" in app.info[0].value


def test_every_wrong_field_gets_its_own_sentence_and_what_was_typed_stays(company: SmallCompany) -> None:
    app = opened_form(company)
    with signed_in(company, Role.ACCOUNTING):
        fill(app, {"E-mail to send it to": "nonsense", "Amount including tax": "12x"})
        button(app, "Issue invoice").click().run()
        said = complaints(app)
        for part in ("12x", "nonsense", "contact person", "phone number", "address or a business id"):
            assert part in said
        assert field(app, "E-mail to send it to").value == "nonsense"
        fill(app, FILLED | {"E-mail to send it to": "a@b.example", "Amount including tax": "199.99"})
        button(app, "Issue invoice").click().run()
        assert "at least 200" in complaints(app)
        assert field(app, "Company name").value == FILLED["Company name"]
    assert issued_by(company) == 0


def test_issued_once_however_often_it_is_sent_and_shown_after_a_reload(company: SmallCompany) -> None:
    nonce = "a-form-in-the-address"
    first, second = (opened_form(company, form=nonce) for _ in range(2))
    with signed_in(company, Role.ACCOUNTING):
        for app in (first, second):  # two browsers with one address
            fill(app, FILLED | {"E-mail to send it to": "a@b.example", "Amount including tax": "550"})
            button(app, "Issue invoice").click().run()
            assert not app.exception
            assert "is issued" in app.success[0].value
    assert issued_by(company) == 1
    again = opened_form(company, form=nonce)
    assert "INV-" in again.success[0].value
    assert any(each.label == "Payment reference" for each in again.metric)
    with signed_in(company, Role.ACCOUNTING):
        button(again, "Another invoice").click().run()
        assert not again.success


def test_net_tax_and_the_minimum_appear_as_one_types(company: SmallCompany) -> None:
    app = opened_form(company)
    assert next(each for each in app.metric if each.label == "At least, AUD").value == "200.00"
    with signed_in(company, Role.ACCOUNTING):
        field(app, "Amount including tax").set_value("110").run()
        assert "less than 200.00 AUD" in app.warning[0].value
        field(app, "Amount including tax").set_value("1,100").run()
    shown = [each.value for each in app.markdown]
    assert "1,000.00 AUD" in shown
    assert "100.00 AUD" in shown
    assert "**1,100.00 AUD**" in shown
    with signed_in(company, Role.ACCOUNTING):
        next(each for each in app.main.selectbox if each.label == "Currency").set_value("USD").run()
    assert any("AUD of" in each.value for each in app.caption), "the rate, its day and its source"


def test_a_preview_is_drawn_and_issues_nothing(company: SmallCompany) -> None:
    app = opened_form(company)
    with signed_in(company, Role.ACCOUNTING):
        fill(app, FILLED | {"E-mail to send it to": "a@b.example", "Amount including tax": "550"})
        button(app, "Preview").click().run()
    assert not app.exception
    assert app.image
    assert issued_by(company) == 0


def test_a_page_of_a_paper_is_a_picture(company: SmallCompany) -> None:
    made = issued(company, 0, "1100", "an-invoice-nonce-1")
    with company.database.read() as conn:
        document = invoices.document(conn, made.id)
    pages = paper.pictures(invoice_pdf(document))
    assert [page.startswith(b"\x89PNG") for page in pages] == [True]


def dropped(company: SmallCompany, content: bytes, name: str = "bank.xml") -> AppTest:
    app = on(company, Role.ACCOUNTING, RECEIPTS)
    with signed_in(company, Role.ACCOUNTING):
        app.file_uploader[0].upload(name, content).run()
    return app


def imported(company: SmallCompany, content: bytes) -> AppTest:
    app = dropped(company, content)
    with signed_in(company, Role.ACCOUNTING):
        button(app, "Import").click().run()
    assert not app.exception
    return app


def test_a_file_is_shown_imported_matched_and_taken_back(company: SmallCompany) -> None:
    made = issued(company, 0, "1100", "an-invoice-nonce-1")
    before = credit(company)
    content = statement(company, ("1100", made.reference), ("75", "who knows"))
    app = dropped(company, content)
    assert list(app.dataframe[0].value["state"]) == ["new", "new"]
    with signed_in(company, Role.ACCOUNTING):
        button(app, "Import 2 lines").click().run()
        assert any("2 lines imported" in each.value for each in app.toast)
        button(app, "Accept").click().run()
        assert not app.exception
    assert credit(company) - before == 1_000_000_000
    matched = on(company, Role.ACCOUNTING, RECEIPTS, receipts_view="Matched")
    assert list(matched.dataframe[0].value["net_micros"]) == [1000.0]


def test_a_class_of_ready_ones_is_looked_at_and_accepted_together(company: SmallCompany) -> None:
    for index, amount in enumerate(("1100", "550")):
        made = issued(company, index, amount, f"an-invoice-nonce-{index}")
        imported(company, statement(company, (amount, made.reference), number=str(index)))
    app = on(company, Role.ACCOUNTING, RECEIPTS, receipts_state="Ready to accept")
    with signed_in(company, Role.ACCOUNTING):
        app.session_state["receipts_classes"] = True
        app.run()
        choices = next(each for each in app.main.radio if each.key == "receipts_class")
        assert choices.options == [
            "**Every ready one**: 2 receipts, 1,650.00 AUD",
            "**Reference, exact amount**: 2 receipts, 1,650.00 AUD",
        ]
        assert list(app.main.dataframe[0].value["amount_micros"]) == [1100, 550]
        app.button(key="hold_1").click().run()  # what sends its dialog must not accept these
        assert button(app, "Accept 2 receipts, 1,650.00 AUD").proto.shortcut == "alt+y"
        del app.session_state["receipt_act"]
        app.run()
        button(app, "Accept 2 receipts, 1,650.00 AUD").click().run()
        until = time.monotonic() + 20
        while (work := working.found(WORK)) and not work.ended and time.monotonic() < until:
            time.sleep(0.02)
        app.run()
        assert not app.exception
        assert "2 receipts accepted" in app.success[0].value
        button(app, "Close").click().run()
    assert "Every receipt is matched" in app.info[0].value
    with company.database.read() as conn:
        assert not invoices.open_invoices(conn)


def test_the_same_file_again_says_that_nothing_changed(company: SmallCompany) -> None:
    content = statement(company, ("75", "who knows"))
    imported(company, content)
    app = dropped(company, content)
    assert "changes nothing" in app.info[0].value
    with signed_in(company, Role.ACCOUNTING):
        button(app, "Import").click().run()
    assert any("Nothing changed" in each.value for each in app.toast)


def test_a_file_that_is_no_statement_is_refused_in_a_sentence(company: SmallCompany) -> None:
    app = dropped(company, b"not a statement", "notes.txt")
    assert not app.exception
    assert "notes.txt was not read" in app.error[0].value


def test_receipts_and_statements_without_rows_say_what_next(company: SmallCompany) -> None:
    for view, sentence in (("To match", "matched"), ("Matched", "No receipt"), ("Statements", "No bank statement")):
        app = on(company, Role.ACCOUNTING, RECEIPTS, receipts_view=view)
        assert sentence in app.info[0].value


def test_what_accepting_means_is_said_before(company: SmallCompany) -> None:
    made = issued(company, 0, "1100", "an-invoice-nonce-1")
    app = imported(company, statement(company, ("1000", made.reference)))
    assert any("Part payment: 100.00 AUD stays open" in each.value for each in app.caption)
    assert receipts.WORDS


def test_the_age_of_an_invoice_in_words() -> None:
    from datetime import date

    first, due = date(2026, 11, 1), date(2026, 12, 1)
    assert invoice_parts.age(InvoiceStatus.ISSUED, first, due, date(2026, 11, 2)) == "1 day old, 29 left"
    assert invoice_parts.age(InvoiceStatus.ISSUED, first, due, date(2026, 12, 3)) == "2 days overdue"
    assert invoice_parts.age(InvoiceStatus.PAID, first, due, date(2026, 12, 3)) == ""


def credit(company: SmallCompany) -> int:
    with company.database.read() as conn:
        return credit_balance(conn, company.customers[0], "AUD").micros


@pytest.mark.parametrize(("tax_point", "bought"), [("topup", "1,000.00"), ("redemption", "1,100.00")])
def test_where_use_is_taxed_a_new_invoice_buys_all_it_asks_for(
    company: SmallCompany, tax_point: str, bought: str
) -> None:
    with company.database.write() as tx:  # as it stands where the company was set up with it
        row = dict(tx.conn.execute(select(company_profile)).one()._mapping)
        tx.conn.execute(insert(company_profile), row | {"valid_from": tx.today, "tax_point": tax_point})
    app = opened_form(company)
    with signed_in(company, Role.ACCOUNTING):
        field(app, "Amount").set_value("1100").run()
    said = " ".join(each.value for each in [*app.caption, *app.markdown])
    assert f"Buys {bought} AUD of credit when it arrives." in said
    assert ("GST" in said) == (tax_point == "topup")
