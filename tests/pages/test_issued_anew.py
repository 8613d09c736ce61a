"""An invoice for the wrong country: the customer is moved, the invoice credited and issued anew, once, and mailed."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from services.access.model import SYSTEM, Role
from services.customers import queries as customers
from services.invoices import queries as invoices
from services.invoices.credit_note import Cause
from services.invoices.crediting import credit_invoice
from services.invoices.draft import form_anew
from services.invoices.drafting import save_draft
from services.invoices.mailing import queue_invoice
from services.invoices.model import Invoice
from services.invoices.queries.drafts import draft_of_form
from services.mail.operations import record_bounce
from services.mail.queries import mails_of_invoice
from services.mail.sending import send_due
from tests.mailing import post_office, short_paper
from tests.pages.bought import DETAILS, issued, open_company
from tests.pages.harness import SmallCompany, on, signed_in

CUSTOMER, INVOICE, NEW = "customers/customer.py", "billing/invoice.py", "billing/new_invoice.py"
ADDRESS = "12 rue X\n75001 Paris\nFrance"


@pytest.fixture
def company(sqlite_template: Path, tmp_path: Path) -> SmallCompany:
    return open_company(sqlite_template, tmp_path)


def field(app: AppTest, label: str):
    return next(each for each in [*app.main.text_input, *app.main.text_area] if each.label.startswith(label))


def press(app: AppTest, label: str) -> None:
    next(each for each in app.button if each.label.startswith(label)).click().run()
    assert not app.exception


def links(app: AppTest) -> dict[str, str]:
    """Where each link of a screen leads."""
    return {each.proto.label: each.proto.query_string for each in app.get("page_link")}


def told(app: AppTest) -> str:
    return " ".join(each.value for each in [*app.markdown, *app.warning, *app.error, *app.caption])


def credited(company: SmallCompany, made: Invoice, cause: Cause = Cause.WRONG_DETAILS) -> None:
    company.database.act(
        lambda tx: credit_invoice(
            tx, by=SYSTEM, nonce=f"credit-{made.id}", invoice_id=made.id, gross=made.gross, cause=cause, reason="Paris"
        )
    )


def country_dialog(customer_id: int) -> None:
    """A script that draws what the dialog of the country holds."""
    from pages._ui import customer_country

    customer_country.drawn(customer_id)


@pytest.mark.parametrize("role", list(Role))
def test_who_decides_about_tax_may_change_the_country(company: SmallCompany, role: Role) -> None:
    app = on(company, role, CUSTOMER, id=str(company.customers[0]), customer_view="Details")
    offered = "Country" in {each.label for each in app.button}
    assert offered == (role in {Role.ACCOUNTING, Role.MANAGER})


def test_the_tax_of_the_new_country_is_shown_before_it_is_chosen(company: SmallCompany) -> None:
    customer_id = company.customers[0]
    with signed_in(company, Role.ACCOUNTING):
        app = AppTest.from_function(country_dialog, kwargs={"customer_id": customer_id}, default_timeout=30).run()
        press(app, "Change the country")
        assert "It is Australia already" in told(app)
        app.selectbox[0].set_value("FR").run()
        assert "**Now** Tax invoice" in told(app)
        assert "**Then** Invoice: No VAT is charged" in told(app)
        press(app, "Change the country")
        assert "Say how you know" in told(app)
        app.text_input[0].set_value("Moved to Paris, ticket 4711")
        press(app, "Change the country")
    with company.database.read() as conn:
        assert customers.customer(conn, customer_id).country == "FR"


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.ACCOUNTING])
def test_an_address_in_another_country_leads_to_the_country_and_only_who_credits_to_the_credit_note(
    company: SmallCompany, role: Role
) -> None:
    issued(company, 0, "220", "n1")
    app = on(company, role, CUSTOMER, id=str(company.customers[0]), customer_view="Details")
    with signed_in(company, role):
        field(app, "Address").set_value(ADDRESS)
        for label in ("Contact name", "Contact number", "Why it changes"):
            field(app, label).set_value("+61 2 5550 1234")
        press(app, "Save details")
    assert "is taxed as a customer in Australia. If it is in France, change its country first" in told(app)
    assert ("Credit and reissue" in links(app)) == (role is Role.ACCOUNTING)
    assert ("Ask accounting to credit and reissue" in told(app)) == (role is Role.SUPPORT)


def test_a_credited_invoice_is_issued_anew_once(company: SmallCompany) -> None:
    wrong = issued(company, 0, "1320", "n1")
    assert "Issue it anew" not in links(on(company, Role.ACCOUNTING, INVOICE, id=str(wrong.id)))
    credited(company, wrong)
    assert "Issue it anew" not in links(on(company, Role.SUPPORT, INVOICE, id=str(wrong.id)))
    way = links(on(company, Role.ACCOUNTING, INVOICE, id=str(wrong.id)))["Issue it anew"]
    assert way == f"form={form_anew(wrong.id)}&customer={wrong.customer_id}"

    app = on(company, Role.ACCOUNTING, NEW, form=form_anew(wrong.id), customer=str(wrong.customer_id))
    assert f"In place of {wrong.number}" in links(app)
    assert field(app, "Amount including tax").value == "1320.00"
    with signed_in(company, Role.ACCOUNTING):
        for label, value in {"Address": ADDRESS, "Contact name": "Ada", "Contact number": "+61 2 5550 1234"}.items():
            field(app, label).set_value(value)
        press(app, "Issue invoice")
    with company.database.read() as conn:
        right = invoices.issued_by_form(conn, form_anew(wrong.id))
    assert right is not None
    assert right.gross == wrong.gross
    shown = on(company, Role.SUPPORT, INVOICE, id=str(wrong.id))
    assert links(shown)[f"Issued anew as {right.number}"] == f"id={right.id}"


def test_an_invoice_credited_for_another_reason_is_not_issued_anew(company: SmallCompany) -> None:
    made = issued(company, 0, "1320", "n1")
    credited(company, made, Cause.CANCELLED)
    assert "Issue it anew" not in links(on(company, Role.ACCOUNTING, INVOICE, id=str(made.id)))


def test_who_issues_is_told_what_becomes_of_the_mail(company: SmallCompany) -> None:
    first = issued(company, 0, "220", "n1")
    mail_id = company.database.act(lambda tx: queue_invoice(tx, by=SYSTEM, invoice=first))
    with post_office() as office, office.courier() as courier:
        assert list(send_due(company.database, by=SYSTEM, courier=courier, papers=short_paper))
    company.database.act(lambda tx: record_bounce(tx, by=SYSTEM, mail_id=mail_id, reason="Mailbox unavailable"))
    app = on(company, Role.ACCOUNTING, NEW, customer=str(company.customers[0]))
    with signed_in(company, Role.ACCOUNTING):
        assert "came back" not in told(app)
        for label, value in {
            "Address": "1 Road", "Contact name": "Ada", "Contact number": "+61 2 5550 1234",
            "E-mail to send it to": DETAILS.email, "Amount including tax": "550",
        }.items():  # fmt: skip
            field(app, label).set_value(value).run()
        assert f"Mail to {DETAILS.email} came back" in told(app)
        press(app, "Issue invoice")
    assert f"E-mail to {DETAILS.email}: failed." in told(app)
    assert "Mailbox unavailable" in told(app)
    with company.database.read() as conn:
        assert mails_of_invoice(conn, first.id + 1)[0].state.value == "failed"


def test_issuing_over_a_draft_that_somebody_else_changed_is_refused_and_loads_again(company: SmallCompany) -> None:
    nonce = "a-form-of-two-people"
    app = on(company, Role.ACCOUNTING, NEW, customer=str(company.customers[0]), form=nonce)
    with signed_in(company, Role.ACCOUNTING):
        for label, value in {
            "Address": "1 Road", "Contact name": "Ada", "Contact number": "+61 2 5550 1234",
            "Amount including tax": "550",
        }.items():  # fmt: skip
            field(app, label).set_value(value).run()
        with company.database.read() as conn:
            kept = draft_of_form(conn, nonce)
        assert kept is not None
        other = company.by[Role.ACCOUNTING]
        content = type(kept.content)(kept.content.customer_id, "AUD", "660", kept.content.details)
        company.database.act(
            lambda tx: save_draft(tx, by=other, nonce=nonce, content=content, expected_version=kept.version)
        )
        press(app, "Issue invoice")
        assert "accounting person changed this draft meanwhile" in told(app)
        with company.database.read() as conn:
            assert invoices.page(conn).total == 0
        press(app, "Load it again")
        assert field(app, "Amount including tax").value == "660"
        press(app, "Issue invoice")
    with company.database.read() as conn:
        assert [row["gross_micros"] for _, row in invoices.page(conn).rows.iterrows()] == [660_000_000]
