"""Bank receipts: a receipt is split over invoices by typed amounts, or held in suspense and taken out again."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from services.access.model import SYSTEM, Role
from services.banking.operations import import_statement
from services.banking.queries import unallocated_receipts
from services.banking.sorting.model import Sort
from services.db.engine import Database
from services.invoices import queries as invoices
from tests.conftest import SYDNEY
from tests.pages.bought import issued, open_company, statement
from tests.pages.harness import SmallCompany, on, signed_in

RECEIPTS = "billing/bank_receipts.py"


@pytest.fixture(scope="module")
def built(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> SmallCompany:
    company = open_company(sqlite_template, tmp_path_factory.mktemp("held"))
    for customer, amount in enumerate(("440", "330")):
        issued(company, customer, amount, f"an-invoice-nonce-{customer}")
    content = statement(company, ("700.00", "group treasury"))
    company.database.act(lambda tx: import_statement(tx, by=SYSTEM, name="a.xml", content=content))
    company.database.close()
    return company


@pytest.fixture
def company(built: SmallCompany, tmp_path: Path) -> SmallCompany:
    path = tmp_path / "books.sqlite"
    shutil.copy(str(built.database.url.database), path)
    return replace(built, database=Database(f"sqlite:///{path}", timezone=SYDNEY))


def opened(company: SmallCompany, act: str) -> AppTest:
    app = on(company, Role.ACCOUNTING, RECEIPTS)
    with signed_in(company, Role.ACCOUNTING):
        app.button(key=f"{act}_1").click().run()
    assert not app.exception
    return app


def press(company: SmallCompany, app: AppTest, label: str, role: Role = Role.ACCOUNTING) -> AppTest:
    with signed_in(company, role):
        next(each for each in app.button if each.label == label).click().run()
    assert not app.exception
    return app


def fill(company: SmallCompany, app: AppTest, **fields: str) -> None:
    """Type into the fields whose labels begin so."""
    with signed_in(company, Role.ACCOUNTING):
        for label, typed in fields.items():
            next(each for each in app.text_input if each.label.startswith(label.replace("_", " "))).set_value(typed)


def undo(company: SmallCompany, app: AppTest, why: str) -> AppTest:
    """Undo what was last done in the inbox."""
    with signed_in(company, Role.ACCOUNTING):
        app.button(key="receipts_undo").click().run()
    fill(company, app, Why_it_is_undone=why)
    return press(company, app, "Undo it")


def left(company: SmallCompany) -> list[str]:
    with company.database.read() as conn:
        return [each.unallocated.plain() for each in unallocated_receipts(conn)]


def test_a_receipt_is_split_by_the_amounts_typed(company: SmallCompany) -> None:
    app = opened(company, "split")
    with signed_in(company, Role.ACCOUNTING):
        app.multiselect(key="split_invoices_1").set_value([1, 2]).run()
        assert [app.text_input(key=f"part_1_{number}").value for number in (1, 2)] == ["440.00", "260.00"]
        app.text_input(key="part_1_2").set_value("250").run()
    assert any("690.00 AUD of 700.00 AUD; 10.00 AUD stays" in each.value for each in app.caption)
    app = press(company, app, "Give each its part")
    assert any("Split over 2 invoices" in each.value for each in app.toast)
    with company.database.read() as conn:
        assert [invoices.invoice(conn, number).open.plain() for number in (1, 2)] == ["0.00", "80.00"]
    assert left(company) == ["10.00"]
    app = undo(company, app, "The wrong invoices")
    assert any("Undone" in each.value for each in app.toast)
    assert left(company) == ["700.00"]


@pytest.mark.parametrize(("typed", "said"), [("900", "only 700.00 AUD of this receipt"), ("lots", "INV-")])
def test_amounts_that_do_not_fit_are_said_and_nothing_is_given(company: SmallCompany, typed: str, said: str) -> None:
    app = opened(company, "split")
    with signed_in(company, Role.ACCOUNTING):
        app.multiselect(key="split_invoices_1").set_value([1, 2]).run()
        app.text_input(key="part_1_2").set_value(typed).run()
    app = press(company, app, "Give each its part")
    assert said in app.error[0].value
    assert left(company) == ["700.00"]


def test_what_is_too_much_or_too_little_is_said_while_amounts_are_typed(company: SmallCompany) -> None:
    app = opened(company, "split")
    with signed_in(company, Role.ACCOUNTING):
        app.multiselect(key="split_invoices_1").set_value([1, 2]).run()
        app.text_input(key="part_1_2").set_value("300").run()
    assert any("The parts come to 740.00 AUD; only 700.00 AUD" in each.value for each in app.markdown)
    assert not any("stays." in each.value for each in app.caption)
    with signed_in(company, Role.ACCOUNTING):
        app.text_input(key="part_1_2").set_value("150").run()
    assert any("would have 150.00 AUD, less than the least" in each.value for each in app.markdown)


def test_an_invoice_is_chosen_and_what_it_lacks_is_only_asked_where_it_may_be_a_fee(company: SmallCompany) -> None:
    large = issued(company, 0, "712", "a-larger-invoice")
    app = opened(company, "choose")
    app = press(company, app, "Give it to this invoice")
    assert [each.value for each in app.error] == ["Choose the invoice this receipt pays."]
    with signed_in(company, Role.ACCOUNTING):
        app.selectbox(key="choose_invoice_1").set_value(large.id).run()
    assert any("12.00 AUD stays open: the invoice is taxed" in each.value for each in app.caption)
    press(company, app, "Give it to this invoice")
    with company.database.read() as conn:
        assert invoices.invoice(conn, large.id).open.plain() == "12.00"


def test_a_suggestion_may_be_wrong_so_what_else_it_is_can_still_be_said(company: SmallCompany) -> None:
    content = statement(company, ("440.00", "INV-2026-000001"), number="2")
    company.database.act(lambda tx: import_statement(tx, by=SYSTEM, name="b.xml", content=content))
    app = on(company, Role.ACCOUNTING, RECEIPTS, receipts_state="Suggested")
    assert [each.key for each in app.button if (each.key or "").startswith("accept_")] == ["accept_2"]
    with signed_in(company, Role.ACCOUNTING):
        app.session_state["sort_2"] = True
        app.run()
        app.selectbox(key="sort_as_2").set_value(Sort.INTEREST).run()
        app.button(key="sort_sent_2").click().run()
    assert left(company) == ["700.00"]


def test_a_receipt_is_held_with_a_reason_and_taken_out_again(company: SmallCompany) -> None:
    app = opened(company, "hold")
    app = press(company, app, "Hold in suspense")
    assert any("Say why it cannot be placed" in each.value for each in app.markdown)
    fill(company, app, Why_it_cannot="Nobody knows")
    press(company, app, "Hold in suspense")
    assert left(company) == []
    app = on(company, Role.ACCOUNTING, RECEIPTS, receipts_view="On hold")
    rows = app.main.dataframe[0].value
    assert (rows["amount_micros"].tolist(), rows["owner"].tolist()) == ([700.0], ["accounting person"])
    with signed_in(company, Role.ACCOUNTING):
        app.session_state["held_0"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
        app.run()
        next(each for each in app.main.text_input if each.label == "What was found out").set_value("It is Bluegum’s")
    app = press(company, app, "Take out")
    assert left(company) == ["700.00"]
    assert "No receipt is held" in app.main.info[0].value


def test_a_receipt_is_refunded_by_two_people_and_taken_back(company: SmallCompany) -> None:
    app = opened(company, "refund")
    app = press(company, app, "Refund")  # the second of that name is the one in the dialog
    fill(company, app, Amount="701", The_payer="BSB 062-000, 1234", Why_it_goes="Sent by mistake")
    app = sent(company, app)
    assert any("Only 700.00 AUD of this receipt is left" in each.value for each in app.error)
    fill(company, app, Amount="650")
    app = sent(company, app)
    assert any("a second person decides" in each.value for each in app.toast)
    assert left(company) == ["700.00"]
    asked = on(company, Role.MANAGER, "admin/approvals.py")
    press(company, asked, "Approve", Role.MANAGER)
    assert left(company) == ["50.00"]
    app = on(company, Role.ACCOUNTING, RECEIPTS, receipts_view="Refunds")
    assert app.main.dataframe[0].value["pay_to"].tolist() == ["BSB 062-000, 1234"]
    with signed_in(company, Role.ACCOUNTING):
        app.session_state["refunds_0"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
        app.run()
    fill(company, app, Why_it_is_not="They want credit")
    app = press(company, app, "Take it back")
    assert left(company) == ["700.00"]


def sent(company: SmallCompany, app: AppTest) -> AppTest:
    """Send the form of the refund, whose button is called as the one that opened it."""
    with signed_in(company, Role.ACCOUNTING):
        [*_, button] = [each for each in app.button if each.label == "Refund"]
        button.click().run()
    assert not app.exception
    return app


def test_what_is_held_goes_back_and_the_line_that_paid_it_is_tied(company: SmallCompany) -> None:
    app = opened(company, "hold")
    fill(company, app, Why_it_cannot="Nobody knows")
    press(company, app, "Hold in suspense")
    app = on(company, Role.ACCOUNTING, RECEIPTS, receipts_view="On hold")
    with signed_in(company, Role.ACCOUNTING):
        app.session_state["held_0"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
        app.run()
    fill(company, app, The_payer="BSB 062-000, 1234", Why_it_goes="Sent by mistake")
    app = press(company, app, "Refund")
    press(company, on(company, Role.MANAGER, "admin/approvals.py"), "Approve", Role.MANAGER)
    assert left(company) == []
    content = statement(company, ("-700.00", "money sent back"), number="2")
    company.database.act(lambda tx: import_statement(tx, by=SYSTEM, name="b.xml", content=content))
    app = on(company, Role.ACCOUNTING, RECEIPTS, receipts_view="Other lines")
    assert any("the name of the payer" in each.value for each in app.caption)
    app = press(company, app, "Accept")
    assert any("The refund is paid" in each.value for each in app.toast)
    app = on(company, Role.ACCOUNTING, RECEIPTS, receipts_view="Refunds", refunds_state="Paid")
    assert app.main.dataframe[0].value["state"].tolist() == ["Paid"]
