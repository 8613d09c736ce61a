"""Commitments on screen: what if, changes and renewals that a manager agrees to, and what an early end leaves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from streamlit.testing.v1 import AppTest

from services.access.approvals import approve
from services.access.model import Role
from services.postpaid import queries
from services.wiring.approvals import ACTS
from tests.pages import test_postpaid
from tests.pages.harness import SmallCompany
from tests.pages.test_postpaid import at_desk, choose, drawer, signed

company = test_postpaid.company


@pytest.mark.parametrize("role", list(Role))
def test_only_a_manager_asks_what_if_and_nothing_is_kept(company: SmallCompany, role: Role) -> None:
    number = signed(company)
    with company.database.read() as conn:
        before = queries.commitment(conn, number)
    with at_desk(company, role):
        app = drawer("commitment", number)
        assert ("What if" in app.radio[0].options) == (role is Role.MANAGER)
        if role is not Role.MANAGER:
            return
        choose(app, "What if")
        assert any("Nothing here is kept" in each.value for each in app.caption)
        assert [each.delta for each in app.metric] == [""] * 4
        shortfall = app.metric[1].value
        app.slider[0].set_value(100)
        app.text_input[0].set_value("90000").run()
        assert not app.exception
        assert app.metric[1].value != shortfall
        assert app.metric[3].delta
        app.text_input[0].set_value("-1").run()
        assert any("more than nothing" in each.value or "not an amount" in each.value for each in app.error)
    with company.database.read() as conn:
        assert queries.commitment(conn, number) == before


def test_the_slider_moves_without_another_query(company: SmallCompany) -> None:
    number = signed(company)
    with at_desk(company, Role.MANAGER), counted() as reads:
        app = choose(drawer("commitment", number), "What if")
        reads.clear()
        app.slider[0].set_value(20).run()
        assert not app.exception
        app.slider[0].set_value(40).run()
    assert "history" not in reads
    assert reads.count("commitment") == 2


@contextmanager
def counted() -> Iterator[list[str]]:
    """The names of the queries a screen runs meanwhile."""
    from pages._ui import frame

    made: list[str] = []
    real = frame.read

    def noted(query: Any, /, **filters: Any) -> Any:
        made.append(query.__name__)
        return real(query, **filters)

    with patch("pages._ui.frame.read", noted), patch("pages._ui.commitment_drawer.read", noted):
        yield made


@pytest.mark.parametrize("role", list(Role))
def test_only_accounting_asks_for_a_change_or_a_renewal(company: SmallCompany, role: Role) -> None:
    number = signed(company)
    with at_desk(company, role):
        offered = set(drawer("commitment", number).radio[0].options)
    assert ({"Change", "Renew"} <= offered) == (role is Role.ACCOUNTING)


def test_a_change_is_seen_before_it_is_asked_for_and_agreed_by_a_manager(company: SmallCompany) -> None:
    number = signed(company)
    with at_desk(company, Role.ACCOUNTING):
        app = choose(drawer("commitment", number), "Change")
        field(app, "minimum").set_value("1250").run()
        preview = {row["What"]: row for row in app.table[0].value.to_dict("records")}
        assert (preview["A month"]["Before"], preview["A month"]["After"]) == ("1,000.00 AUD", "1,250.00 AUD")
        assert preview["Whole commitment"]["After"] > preview["Whole commitment"]["Before"]
        press(app, "Ask a manager to agree")
        assert any("signed change first" in each.value for each in app.markdown)
        app.file_uploader[0].set_value(("change.pdf", b"signed", "application/pdf")).run()
        press(app, "Ask a manager to agree")
        assert any("Say what changes" in each.value for each in app.markdown)
        field(app, "reason").set_value("Grew")
        press(app, "Ask a manager to agree")
        again = choose(drawer("commitment", number), "Renew")
        assert any("waits for a manager" in each.value for each in again.info)
    company.database.act(lambda tx: approve(tx, by=company.by[Role.MANAGER], approval_id=1, acts=ACTS))
    with at_desk(company, Role.SUPPORT):
        app = choose(drawer("commitment", number), "Contract")
    assert any("Version 2" in each.value for each in app.markdown)
    assert any("Grew" in each.value and "agreed by" in each.value for each in app.caption)


def test_a_renewal_begins_with_another_year(company: SmallCompany) -> None:
    number = signed(company)
    with at_desk(company, Role.ACCOUNTING):
        app = choose(drawer("commitment", number), "Renew")
    assert app.number_input[0].value == 24
    assert "Last day" in set(app.table[0].value["What"])


def test_what_would_be_left_is_seen_before_a_commitment_ends_early(company: SmallCompany) -> None:
    number = signed(company)
    with at_desk(company, Role.MANAGER):
        app = choose(drawer("commitment", number), "End early")
        assert any("of the commitment would be left" in each.value for each in app.markdown)
        assert not any("Sooner than" in each.value for each in app.markdown)
        app.date_input[0].set_value(app.date_input[0].value - timedelta(days=3)).run()
        assert any("Sooner than the agreed notice of 30 days" in each.value for each in app.markdown)


def field(app: AppTest, name: str) -> Any:
    return next(each for each in app.text_input if f"_{name}_" in (each.key or ""))


def press(app: AppTest, label: str) -> None:
    next(each for each in app.button if each.label == label).click().run()
    assert not app.exception
