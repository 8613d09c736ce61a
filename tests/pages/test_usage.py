"""The Usage screen: every view for every role, single messages, imports, their bad rows and their undoing."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from pages._ui import usage_filters, usage_parts, usage_views, working
from pages._ui.usage_filters import Chosen, compared
from pages._ui.usage_import import WORK, said_of
from services.access.model import SYSTEM, Role
from services.access.queries import audit_events
from services.customers import queries as customers
from services.errors import Refused
from services.ledger.queries import credit_balance
from services.periods import Period, month_of
from services.reporting.exports import totals_of
from services.usage import queries as usage
from services.usage.model import Product
from services.usage.operations import import_usage
from services.usage.records import UsageImport
from tests.conftest import SYDNEY
from tests.pages.bought import open_company
from tests.pages.harness import SmallCompany, ago, on, signed_in

USAGE = "activity/usage.py"
CUSTOMER = "customers/customer.py"
HEADER = "external_id,customer,sub_account,product,date,country,parts,price,currency,to\n"
SELECTED = {"selection": {"rows": [0], "columns": [], "cells": []}}


def file_of(*rows: str) -> bytes:
    return (HEADER + "\n".join(rows) + "\n").encode()


def row(number: int, *, customer: str = "user0", sub: str = "shop", product: str = "sms", country: str = "AU") -> str:
    sent = ago(9).isoformat(timespec="seconds")
    return f"m{number},{customer},{sub},{product},{sent},{country},2,0.1584,AUD,+61412345{number:03d}"


@pytest.fixture(scope="module")
def company(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> SmallCompany:
    """Usage posted by the day, and a file of messages with two bad rows."""
    made = open_company(sqlite_template, tmp_path_factory.mktemp("usage"))
    content = file_of(row(1), row(2, sub=""), row(3, product="telex"), row(4, customer="nobody"), row(5, country="NZ"))
    with made.database.write() as tx:
        import_usage(tx, by=SYSTEM, file=content, name="first.csv")
    return made


@pytest.fixture
def fresh(sqlite_template: Path, tmp_path: Path) -> SmallCompany:
    return open_company(sqlite_template, tmp_path)


def chosen(company: SmallCompany, **more: Any) -> Chosen:
    period = month_of(datetime.now(SYDNEY).date())
    return Chosen("usage", period, period, period.before(), **more)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("view", [*usage_views.VIEWS, "Imports"])
def test_everybody_sees_every_view(company: SmallCompany, role: Role, view: str) -> None:
    app = on(company, role, USAGE, usage_view=view)
    assert not app.exception
    assert not app.error
    assert len(app.dataframe[0].value) > 0


def test_products_come_first_and_each_view_adds_up_to_the_same(company: SmallCompany) -> None:
    app = on(company, Role.SUPPORT, USAGE)
    products, days = (each.value for each in app.dataframe)
    assert products["product"].iloc[-1] == "Total"
    total = round(float(products["price_micros"].iloc[-1]), 2)
    assert total == round(float(days["price_micros"].sum()), 2) == 15.11
    for view in ("Countries", "Posted rows"):
        rows = on(company, Role.SUPPORT, USAGE, usage_view=view).dataframe[0].value
        assert round(float(rows["price_micros"].sum()), 2) == total, view


def test_cards_show_counts_cost_and_average_of_what_is_chosen(company: SmallCompany) -> None:
    app = on(company, Role.MANAGER, USAGE, usage_product="MMS")
    cards = {each.label: each.value for each in app.metric}
    assert cards["Messages"] == "10"
    assert cards["Cost, AUD"] == "3.5"
    assert cards["Average a message, AUD"] == "0.35"
    assert any("Nothing to compare with" in each.value for each in app.caption)


def test_a_sub_account_is_chosen_with_its_customer(company: SmallCompany) -> None:
    app = on(company, Role.SUPPORT, USAGE, usage_customer="user0", usage_sub="shop")
    assert {each.label: each.value for each in app.metric}["Messages"] == "2"
    rows = on(company, Role.SUPPORT, USAGE, usage_view="Sub-accounts", usage_customer="user0").dataframe[0].value
    assert set(rows["sub_name"]) == {"shop", usage_filters.ITSELF}


def test_single_messages_show_no_recipient_in_full(company: SmallCompany) -> None:
    rows = on(company, Role.SUPPORT, USAGE, usage_view="Messages", usage_country="Australia").dataframe[0].value
    assert len(rows) == 2
    assert set(rows["recipient"]) <= {"+61 4•• ••• 001", "+61 4•• ••• 002"}


def test_days_without_single_messages_say_why(company: SmallCompany) -> None:
    app = on(company, Role.SUPPORT, USAGE, usage_view="Messages", usage_product="Voice")
    assert "usage posted by the day has none" in app.info[0].value
    app = on(company, Role.SUPPORT, USAGE, usage_view="Sub-accounts", usage_product="Voice")
    assert "imported message by message" in app.info[0].value


def test_a_day_of_another_period_counts_for_nothing(company: SmallCompany) -> None:
    app = on(company, Role.SUPPORT, USAGE, usage_view="Messages", usage_on="2020-01-01")
    assert any("lies outside" in each.value for each in app.caption)
    assert len(app.dataframe[0].value) == 3


def test_the_drawer_of_a_message_has_its_entry_and_hides_the_recipient_until_a_reason(company: SmallCompany) -> None:
    app = on(company, Role.SUPPORT, USAGE, usage_view="Messages")
    with signed_in(company, Role.SUPPORT):
        app.session_state["usage_messages_0"] = SELECTED
        app.run()
        words = " ".join(each.value for each in app.markdown)
        assert "•••" in words
        assert not any("+6141234500" in each.value for each in app.code)
        assert any("Debits equal credits" in each.value for each in app.caption)


def test_a_recipient_is_shown_for_a_reason_that_is_audited(company: SmallCompany) -> None:
    with company.database.read() as conn:
        record_id = int(usage.records_page(conn, period=chosen(company).period).rows["id"].iloc[0])

    def drawn(record: int) -> None:
        from pages._ui import usage_messages as messages
        from pages._ui.frame import me

        messages.recipient_of(me(), record, "+61 4•• ••• 001")

    with signed_in(company, Role.SUPPORT):
        app = AppTest.from_function(drawn, args=(record_id,), default_timeout=30).run()
        app.button[0].click().run()
        assert "Say why" in " ".join(each.value for each in app.markdown)
        assert not app.code
        app.text_input[0].set_value("ticket 12")
        app.button[0].click().run()
    assert app.code[0].value.startswith("+6141234500")
    with company.database.read() as conn:
        assert "ticket 12" in set(audit_events(conn, text="usage.reveal_recipient").rows["reason"])


def test_the_customers_own_screen_drills_down_alike(company: SmallCompany) -> None:
    one = str(company.customers[0])
    for view in usage_views.VIEWS:
        app = on(company, Role.SUPPORT, CUSTOMER, id=one, customer_view="Usage", used_view=view)
        assert not app.exception, view
        assert len(app.dataframe[0].value) > 0
    assert "customer" not in app.dataframe[0].value
    app = on(company, Role.SUPPORT, CUSTOMER, id=one, customer_view="Usage", used_product="Fax")
    assert {each.label: each.value for each in app.metric}["Messages"] == "0"
    app = on(company, Role.SUPPORT, CUSTOMER, id=str(company.customers[3]), customer_view="Usage")
    assert "No usage" in app.info[0].value


def test_only_accounting_may_import_and_undo(company: SmallCompany) -> None:
    for role in Role:
        app = on(company, role, USAGE, usage_view="Imports")
        assert bool(app.file_uploader) == (role is Role.ACCOUNTING)
        with signed_in(company, role):
            app.session_state["usage_imports_0"] = SELECTED
            app.run()
        assert not app.exception
        assert list(app.dataframe[1].value["line"]) == [4, 5]
        assert any(each.label == "Undo the import" for each in app.button) == (role is Role.ACCOUNTING)


def test_a_file_is_looked_at_imported_and_undone_on_the_screen(fresh: SmallCompany) -> None:
    who = fresh.customers[0]
    before = credit_of(fresh, who)
    app = on(fresh, Role.ACCOUNTING, USAGE, usage_view="Imports")
    with signed_in(fresh, Role.ACCOUNTING):
        app.file_uploader[0].set_value(("own.csv", file_of(row(1), row(2), row(3, product="telex")), "text/csv")).run()
        assert not app.exception
        assert [len(each.value) for each in app.dataframe] == [2, 1]
        assert credit_of(fresh, who) == before
        press(app, "Import")
        settled(app)
        assert "2 message records imported in 1 journal entry, 1 bad row left out" in app.success[0].value
        assert credit_of(fresh, who) == before - 2 * 158_400
        press(app, "Close")
        app.session_state["usage_imports_0"] = SELECTED
        app.run()
        press(app, "Undo the import")
        assert "Say why" in " ".join(each.value for each in app.markdown)
        next(each for each in app.text_input if "undone" in each.label).set_value("wrong month")
        press(app, "Undo the import")
        assert "Tick the box" in app.error[0].value
        next(each for each in app.checkbox if "Take" in each.label).check()
        press(app, "Undo the import")
        settled(app)
        assert "2 message records no longer count" in app.success[0].value
        assert credit_of(fresh, who) == before
        press(app, "Close")
        assert app.dataframe[0].value["state"].iloc[0] == "Undone"


def test_all_or_nothing_says_which_rows_and_imports_none(fresh: SmallCompany) -> None:
    app = on(fresh, Role.ACCOUNTING, USAGE, usage_view="Imports")
    with signed_in(fresh, Role.ACCOUNTING):
        app.file_uploader[0].set_value(("own.csv", file_of(row(1), row(2, customer="nobody")), "text/csv")).run()
        next(each for each in app.checkbox if each.label == "All or nothing").check()
        press(app, "Import")
        settled(app)
        assert "so nothing was" in app.error[0].value
        assert "There is no customer" in app.dataframe[0].value["reason"].iloc[0]
        press(app, "Close")
        assert any("No usage file has been imported yet" in each.value for each in app.info)


def test_a_claim_about_days_to_come_is_refused_beside_its_field(fresh: SmallCompany) -> None:
    app = on(fresh, Role.ACCOUNTING, USAGE, usage_view="Imports")
    with signed_in(fresh, Role.ACCOUNTING):
        app.file_uploader[0].set_value(("own.csv", file_of(row(1)), "text/csv")).run()
        app.date_input[0].set_value(datetime.now(SYDNEY).date() + timedelta(days=9))
        press(app, "Import")
        assert "which is not over" in " ".join(each.value for each in app.markdown)
        assert working.found(WORK) is None


BAD_FILES = {
    "Latin-1": (file_of(row(1, sub="é")).decode().encode("latin-1"), "not text in UTF-8"),
    "semicolons": (file_of(row(1)).replace(b",", b";"), "parted by semicolons"),
    "a column missing": (file_of(row(1)).replace(b"price", b"prize"), "no column “price”"),
    "a column twice": (file_of(row(1)).replace(b"country", b"price"), "“price” is there twice"),
    "ten thousand columns": (",".join(f"c{n}" for n in range(10_000)).encode() + b"\n1\n", "has 10,000 columns"),
    "empty": (b"", "The file is empty"),
    "cut off": (b"\x1f\x8b\x08\x00", "ends too early"),
}
BAD_ROWS = {
    "decimal comma": (row(1).replace("0.1584", '"0,1584"'), "decimal comma"),
    "negative price": (row(1).replace("0.1584", "-0.1584"), "is negative"),
    "absurd price": (row(1).replace("0.1584", "99999"), "more than 10,000 a unit"),
    "unknown customer": (row(1, customer="nobody"), "There is no customer “nobody”"),
    "unknown product": (row(1, product="telex"), "There is no product “telex”"),
    "another currency": (row(1).replace("AUD", "USD"), "billed in AUD, not USD"),
    "the future": (row(1).replace(str(datetime.now(UTC).year), "2199", 1), "in the future"),
}


@pytest.mark.parametrize("name", [*BAD_FILES, *BAD_ROWS])
def test_what_is_wrong_with_a_file_is_said_before_it_is_imported(company: SmallCompany, name: str) -> None:
    content, sentence = BAD_FILES.get(name) or (file_of(BAD_ROWS[name][0]), BAD_ROWS[name][1])
    app = on(company, Role.ACCOUNTING, USAGE, usage_view="Imports")
    with signed_in(company, Role.ACCOUNTING):
        app.file_uploader[0].set_value(("bad.csv", content, "text/csv")).run()
    assert not app.exception
    if name in BAD_FILES:
        assert sentence in app.error[0].value
        assert not any(each.label == "Import" for each in app.button)
    else:
        assert sentence in app.dataframe[0].value["reason"].iloc[0]


def test_a_file_without_customers_asks_whose_it_is(company: SmallCompany) -> None:
    content = b'{"data": [{"message_id": "h1", "date": 1794268800, "price": 0.1, "country": "AU", "parts": 1}]}'
    app = on(company, Role.ACCOUNTING, USAGE, usage_view="Imports")
    with signed_in(company, Role.ACCOUNTING):
        app.file_uploader[0].set_value(("history.json", content, "application/json")).run()
        assert "Say whose it is" in app.info[0].value
        assert not any(each.label == "Import" for each in app.button)
        next(each for each in app.text_input if each.label == "Find").set_value("10001").run()
        assert any(each.label == "Import" for each in app.button)


def test_exports_hold_the_control_total_of_each_view(company: SmallCompany) -> None:
    by = company.by[Role.SUPPORT]
    with signed_in(company, Role.SUPPORT):
        posted = usage_views.export(by, chosen(company, product=Product.SMS))
    assert [amount.text() for _, amount in totals_of(posted)] == ["10.08 AUD"]
    assert ("Product", "SMS") in posted.facts


def test_half_a_month_is_compared_with_half_a_month() -> None:
    november = Period(date(2026, 11, 1), date(2026, 12, 1))
    over, against = compared(november, through=date(2026, 11, 12), last_year=False)
    assert (over.last_day, against) == (date(2026, 11, 12), Period(date(2026, 10, 1), date(2026, 10, 13)))
    over, against = compared(november, through=date(2026, 11, 12), last_year=True)
    assert against == Period(date(2025, 11, 1), date(2025, 11, 13))
    assert compared(november, through=date(2026, 12, 9), last_year=False) == (november, november.before())
    march = Period(date(2026, 3, 1), date(2026, 4, 1))
    assert compared(march, through=date(2026, 3, 30), last_year=False)[1] == march.before()


def test_change_and_average_are_of_one_currency() -> None:
    frame = usage_parts.with_change(of(sms=300, fax=0), of(sms=300), of(sms=200), currency="AUD")
    assert list(frame["product"]) == ["SMS", "Fax", "Total"]
    assert list(frame["average_micros"]) == [150, 0, 75]
    assert frame["change"].fillna(-1).tolist() == [50.0, -1.0, 50.0]


def of(**micros: int) -> Any:
    rows = [(name, "AUD", 1, 2, 2, each) for name, each in micros.items()]
    names = ["product", "currency", "row_count", "messages", "parts", "micros"]

    return pd.DataFrame(rows, columns=names)


def test_work_that_fails_says_so_and_never_runs_back(company: SmallCompany) -> None:
    work = working.Work("Importing x.csv", SYSTEM)
    work.tell(5, 10, "half")
    work.tell(1, 10, "again from the start")
    assert (work.share, work.told) == (0.5, "again from the start")

    def refuse(*_: object) -> None:
        raise Refused("No.")

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    work.run(company.database, refuse)
    assert (work.ended, str(work.refusal), work.bug) == (True, "No.", "")
    work = working.Work("Importing x.csv", SYSTEM)
    work.run(company.database, fail)
    assert "reference" in work.bug
    assert not work.is_done_for(SYSTEM)


def test_one_import_at_a_time(company: SmallCompany) -> None:
    with signed_in(company, Role.ACCOUNTING), patch("pages._ui.working.Thread.start"):
        assert working.start(WORK, "Importing one", import_usage)
        assert not working.start(WORK, "Importing two", import_usage)
        found = working.found(WORK)
        assert found is not None
        assert found.title == "Importing one"
        found.ended = True
        working.put_away(WORK)
        assert working.found(WORK) is None


def test_what_an_import_did_is_said_in_a_sentence() -> None:
    done = UsageImport(7, "x.csv", "csv", 3, 1, 2, 0, 1, None, None, date(2026, 11, 20))
    assert said_of(done) == (
        "x.csv: 3 message records imported in 1 journal entry, 2 rows known before, 1 bad row left out."
        " By it, usage is complete through 20 Nov 2026."
    )


def press(app: AppTest, label: str) -> None:
    next(each for each in app.button if each.label == label).click().run()


def settled(app: AppTest) -> None:
    """Wait until the work in its thread has ended, then look again."""
    until = time.monotonic() + 20
    while (work := working.found(WORK)) and not work.ended and time.monotonic() < until:
        time.sleep(0.02)
    app.run()
    assert not app.exception


def credit_of(company: SmallCompany, customer_id: int) -> int:
    with company.database.read() as conn:
        currency = customers.customer(conn, customer_id=customer_id).currency
        return credit_balance(conn, customer_id, currency).micros
