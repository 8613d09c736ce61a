"""Bank receipts, payers: the accounts remembered, and forgetting one with a reason."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.access.model import SYSTEM, Role
from services.banking.model import Line
from services.banking.operations import import_statement
from services.banking.writer import write_camt053
from services.company.queries import bank_account_for
from services.db.engine import Database
from services.money import Money
from services.payments.payers import queries
from services.reconciliation.operations import accept_all_automatic
from tests.conftest import SYDNEY
from tests.pages.bought import issued, open_company
from tests.pages.harness import SmallCompany, on, signed_in

RECEIPTS = "billing/bank_receipts.py"
ACCOUNT = "GB29NWBK60161331926819"


@pytest.fixture(scope="module")
def built(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> SmallCompany:
    company = open_company(sqlite_template, tmp_path_factory.mktemp("payers"))
    made = issued(company, 0, "440", "an-invoice-nonce")
    with company.database.read() as conn:
        ours = bank_account_for(conn, "AUD")
    today = datetime.now(SYDNEY).date()
    line = Line(today, today, Money.of("440", "AUD"), "BLUEGUM", made.reference, "R1", counterparty_account=ACCOUNT)
    content = write_camt053(
        account=ours.number, holder="S", number="1", written_at=datetime.now(UTC), on=(today, today),
        opening=Money.of("0", "AUD"), lines=[line],
    )  # fmt: skip
    company.database.act(lambda tx: import_statement(tx, by=SYSTEM, name="a.xml", content=content))
    company.database.act(lambda tx: accept_all_automatic(tx, by=SYSTEM, nonce="all"))
    company.database.close()
    return company


@pytest.fixture
def company(built: SmallCompany, tmp_path: Path) -> SmallCompany:
    path = tmp_path / "books.sqlite"
    shutil.copy(str(built.database.url.database), path)
    return replace(built, database=Database(f"sqlite:///{path}", timezone=SYDNEY))


def test_a_remembered_payer_is_forgotten_with_a_reason(company: SmallCompany) -> None:
    app = on(company, Role.ACCOUNTING, RECEIPTS, receipts_view="Payers")
    assert app.main.dataframe[0].value["account"].tolist() == [ACCOUNT]
    with signed_in(company, Role.ACCOUNTING):
        app.session_state["payers_0"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
        app.run()
        next(each for each in app.main.button if each.label == "Forget").click().run()
        assert any("Say why the account" in each.value for each in app.main.markdown)
        next(each for each in app.main.text_input if each.label.startswith("Why")).set_value("Their accountant’s")
        next(each for each in app.main.button if each.label == "Forget").click().run()
    assert not app.exception
    assert "remembered yet" in app.main.info[0].value
    with company.database.read() as conn:
        assert queries.payers(conn)[1] == 0


def test_what_nobody_has_is_said(company: SmallCompany) -> None:
    app = on(company, Role.ACCOUNTING, RECEIPTS, receipts_view="Payers", payers_q="zebra")
    assert "remembered by that" in app.main.info[0].value
