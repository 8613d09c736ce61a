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


def opened(company: SmallCompany, box: str) -> AppTest:
    app = on(company, Role.ACCOUNTING, RECEIPTS)
    with signed_in(company, Role.ACCOUNTING):
        app.session_state[box] = True
        app.run()
    assert not app.exception
    return app


def press(company: SmallCompany, app: AppTest, label: str) -> AppTest:
    with signed_in(company, Role.ACCOUNTING):
        next(each for each in app.main.button if each.label == label).click().run()
    assert not app.exception
    return app


def left(company: SmallCompany) -> list[str]:
    with company.database.read() as conn:
        return [each.unallocated.plain() for each in unallocated_receipts(conn)]


def test_a_receipt_is_split_by_the_amounts_typed(company: SmallCompany) -> None:
    app = opened(company, "split_1")
    with signed_in(company, Role.ACCOUNTING):
        app.main.multiselect(key="split_invoices_1").set_value([1, 2]).run()
        assert [app.main.text_input(key=f"part_1_{number}").value for number in (1, 2)] == ["440.00", "260.00"]
        app.main.text_input(key="part_1_2").set_value("250").run()
    assert any("690.00 AUD of 700.00 AUD; 10.00 AUD stays" in each.value for each in app.main.caption)
    app = press(company, app, "Give each its part")
    assert any("Split over 2 invoices" in each.value for each in app.toast)
    with company.database.read() as conn:
        assert [invoices.invoice(conn, number).open.plain() for number in (1, 2)] == ["0.00", "80.00"]
    assert left(company) == ["10.00"]


@pytest.mark.parametrize(("typed", "said"), [("900", "only 700.00 AUD of this receipt"), ("lots", "INV-")])
def test_amounts_that_do_not_fit_are_said_and_nothing_is_given(company: SmallCompany, typed: str, said: str) -> None:
    app = opened(company, "split_1")
    with signed_in(company, Role.ACCOUNTING):
        app.main.multiselect(key="split_invoices_1").set_value([1, 2]).run()
        app.main.text_input(key="part_1_2").set_value(typed).run()
    app = press(company, app, "Give each its part")
    assert said in app.main.error[0].value
    assert left(company) == ["700.00"]


def test_a_receipt_is_held_with_a_reason_and_taken_out_again(company: SmallCompany) -> None:
    app = opened(company, "hold_1")
    app = press(company, app, "Hold in suspense")
    assert any("Say why it cannot be placed" in each.value for each in app.main.markdown)
    with signed_in(company, Role.ACCOUNTING):
        next(each for each in app.main.text_input if each.label.startswith("Why it cannot")).set_value("Nobody knows")
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
