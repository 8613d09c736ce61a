"""The list of invoices: its filters, its credit notes, and what is done with all that is listed."""

from __future__ import annotations

import time
from pathlib import Path
from unittest.mock import patch

import pytest
from streamlit.testing.v1 import AppTest

from services.access.model import Role
from services.errors import Refused
from services.invoices.credit_note import Cause
from services.invoices.crediting import credit_invoice
from services.mail.queries import mails_of_invoice
from services.money import Money
from tests.pages.bought import issued, open_company
from tests.pages.harness import SmallCompany, on, signed_in

SCREEN = "billing/invoices.py"


@pytest.fixture
def company(sqlite_template: Path, tmp_path: Path) -> SmallCompany:
    return open_company(sqlite_template, tmp_path)


def dialog(ids: list[int]) -> None:
    """A script that draws what the dialog of sending holds."""
    from pages._ui import invoice_bulk

    invoice_bulk.drawn(ids)


@pytest.mark.parametrize("role", list(Role))
def test_every_role_filters_and_takes_papers_and_accounting_sends(company: SmallCompany, role: Role) -> None:
    issued(company, 0, "1100", "an-invoice-nonce-1")
    app = on(company, role, SCREEN)
    assert not app.exception
    offered = {each.label for each in app.button}
    assert "Papers as ZIP" in offered
    assert ("E-mail them" in offered) == (role is Role.ACCOUNTING)
    assert on(company, role, SCREEN, invoices_overdue="true").info
    assert on(company, role, SCREEN, invoices_changed="true").info


def test_papers_come_as_one_zip(company: SmallCompany) -> None:
    issued(company, 0, "1100", "an-invoice-nonce-1")
    app = on(company, Role.SUPPORT, SCREEN)
    with signed_in(company, Role.SUPPORT):
        next(each for each in app.button if each.label == "Papers as ZIP").click().run()
        for _ in range(50):
            if any("ready" in each.value for each in app.markdown):
                break
            time.sleep(0.2)
            app.run()
        assert any("1 paper and their index are ready" in each.value for each in app.markdown)
        next(each for each in app.button if each.label == "Put it away").click().run()
    assert not any("ready" in each.value for each in app.markdown)


def test_the_zip_of_one_person_stays_when_another_makes_one(company: SmallCompany) -> None:
    issued(company, 0, "1100", "an-invoice-nonce-1")
    ready = "1 paper and their index are ready"
    for role in (Role.SUPPORT, Role.MANAGER):
        app = on(company, role, SCREEN)
        with signed_in(company, role):
            next(each for each in app.button if each.label == "Papers as ZIP").click().run()
            for _ in range(50):
                if any(ready in each.value for each in app.markdown):
                    break
                time.sleep(0.2)
                app.run()
    for role, has_one in {Role.SUPPORT: True, Role.MANAGER: True, Role.ACCOUNTING: False}.items():
        assert any(ready in each.value for each in on(company, role, SCREEN).markdown) == has_one


def test_accounting_sends_them_with_a_reason(company: SmallCompany) -> None:
    made = issued(company, 0, "1100", "an-invoice-nonce-1")
    with signed_in(company, Role.ACCOUNTING):
        app = AppTest.from_function(dialog, kwargs={"ids": [made.id]}, default_timeout=30).run()
        app.button[0].click().run()
        assert any("Say why" in each.value for each in app.markdown)
        app.text_input[0].set_value("Asked for")
        app.button[0].click().run()
        assert not app.exception
        for _ in range(50):
            listed = on(company, Role.ACCOUNTING, SCREEN)
            if listed.success:
                break
            time.sleep(0.1)
        assert "1 message put into the outbox." in listed.success[0].value
    with company.database.read() as conn:
        assert len(mails_of_invoice(conn, made.id)) == 1


def test_what_cannot_be_mailed_is_named_when_the_rest_went(company: SmallCompany) -> None:
    made = [issued(company, 0, "1100", f"an-invoice-nonce-{number}") for number in (1, 2)]
    with company.database.read() as conn:
        assert not mails_of_invoice(conn, made[0].id)

    def refuse(tx: object, *, invoice_id: int, **_: object) -> int:
        raise Refused(f"Nobody reads {invoice_id} & <more>")

    with patch("services.invoices.sending.send_invoice", refuse), signed_in(company, Role.ACCOUNTING):
        app = AppTest.from_function(dialog, kwargs={"ids": [each.id for each in made]}, default_timeout=30).run()
        app.text_input[0].set_value("Asked for")
        app.button[0].click().run()
        for _ in range(50):
            listed = on(company, Role.ACCOUNTING, SCREEN)
            if listed.warning:
                break
            time.sleep(0.1)
    assert "0 messages put into the outbox. Not sent:" in listed.warning[0].value
    assert made[0].number in listed.warning[0].value


def test_credit_notes_stand_beside_the_invoices(company: SmallCompany) -> None:
    app = on(company, Role.MANAGER, SCREEN, invoices_view="Credit notes")
    assert any("No credit note was issued" in each.value for each in app.info)
    made = issued(company, 0, "1100", "an-invoice-nonce-1")
    company.database.act(
        lambda tx: credit_invoice(
            tx, by=company.by[Role.ACCOUNTING], nonce="a-note", invoice_id=made.id, gross=Money.of("100", "AUD"),
            cause=Cause.PRICE, reason="A discount",
        )
    )  # fmt: skip
    app = on(company, Role.MANAGER, SCREEN, invoices_view="Credit notes")
    assert not app.exception
    assert list(app.dataframe[0].value["kind_words"]) == ["Adjustment note"]
