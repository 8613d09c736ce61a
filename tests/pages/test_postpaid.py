"""Postpaid on screen: every role sees it; support opens, accounting recommends, a manager decides, each only once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from unittest.mock import patch

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from pages._ui import trends
from services.access.model import SYSTEM, Role
from services.customers.model import InvoiceDetails
from services.customers.operations import change_invoice_details
from services.customers.queries import BalanceFilter, page
from services.ledger.chart import Kind
from services.ledger.operations import post
from services.money import Money
from services.periods import month_of
from services.postpaid import queries
from services.postpaid.application import Application, ApplicationStatus, Asked, Verdict
from services.postpaid.applying import keep_file, open_application, recommend
from services.postpaid.billing import turn_commitments
from services.postpaid.commitment import AtLimit
from services.postpaid.deciding import decide
from services.postpaid.limits import watch_limits
from services.postpaid.signing import sign_commitment
from services.postpaid.versions import Wanted
from tests.builders import used
from tests.pages.bought import open_company
from tests.pages.harness import SmallCompany, on, signed_in

SCREEN = "billing/postpaid.py"
TERMS = Asked(Money.of("1000", "AUD"), Money.of("3000", "AUD"), 12)


@pytest.fixture
def company(sqlite_template: Path, tmp_path: Path) -> SmallCompany:
    """One application that waits for accounting, *with* a name that could be markup."""
    built = open_company(sqlite_template, tmp_path)
    built.database.act(
        lambda tx: open_application(
            tx, by=built.by[Role.SUPPORT], nonce="first", customer_id=built.customers[3], asked=TERMS,
            note="Wants *to* grow", ticket_id="1",
        )
    )  # fmt: skip
    return built


def waiting(company: SmallCompany) -> Application:
    with company.database.read() as conn:
        return queries.application(conn, 1)


def act_for(company: SmallCompany, *, decided: bool = False) -> None:
    """Accounting recommends; a manager decides where asked."""
    by = company.by
    company.database.act(
        lambda tx: recommend(
            tx, by=by[Role.ACCOUNTING], application_id=1, verdict=Verdict.APPROVE, terms=TERMS, reason="Fine",
            dossier="{}",
        )
    )  # fmt: skip
    if decided:
        company.database.act(
            lambda tx: decide(
                tx, by=by[Role.MANAGER], application_id=1, verdict=Verdict.APPROVE, terms=TERMS, reason="Fine"
            )
        )


def signed(company: SmallCompany, *, at_limit: AtLimit = AtLimit.ALERT) -> int:
    """The approved application is signed and has begun."""
    by = company.by[Role.ACCOUNTING]
    details = InvoiceDetails(
        "Star Salon", "1 Wharf Street", email="a@b.example", contact_name="A", contact_phone="+61 2 5550 1234"
    )
    act_for(company, decided=True)
    company.database.act(
        lambda tx: change_invoice_details(tx, by=by, customer_id=company.customers[3], details=details, reason="first")
    )
    file_id = company.database.act(
        lambda tx: keep_file(tx, by=by, application_id=1, kind="contract", name="c.pdf", content=b"signed")
    )

    def sign(tx):  # type: ignore[no-untyped-def]
        return sign_commitment(
            tx, by=by, nonce="s", application_id=1, starts_on=tx.today, wanted=Wanted(at_limit=at_limit),
            file_id=file_id, signed_on=tx.today,
        )  # fmt: skip

    made = company.database.act(sign)
    company.database.act(lambda tx: turn_commitments(tx, by=by, commitment_ids=[made.id]))
    return made.id


def drawn(of: str, number: int) -> None:
    """A script that draws what a drawer holds: in a test a dialog would close at its first run."""
    from pages._ui import application_drawer, commitment_drawer

    (application_drawer if of == "application" else commitment_drawer).drawn(number, "key")


@contextmanager
def at_desk(company: SmallCompany, role: Role) -> Iterator[None]:
    """Somebody in a part of a screen without the menu, whose links therefore lead nowhere."""
    with signed_in(company, role), patch("pages._ui.menu.link", lambda *_a, **_k: None):
        yield


def drawer(of: str, number: int = 1) -> AppTest:
    """The drawer; use it inside `at_desk`."""
    return AppTest.from_function(drawn, kwargs={"of": of, "number": number}, default_timeout=30).run()


def choose(app: AppTest, view: str) -> AppTest:
    app.radio[0].set_value(view).run()
    assert not app.exception
    return app


def send(app: AppTest, label: str, **typed: str) -> None:
    for field, words in typed.items():
        matching = [each for each in [*app.text_area, *app.text_input] if f"_{field}_" in (each.key or "")]
        matching[0].set_value(words)
    next(each for each in app.button if each.label == label).click().run()
    assert not app.exception


@pytest.mark.parametrize("role", list(Role))
def test_every_role_sees_who_waits_and_only_takers_open_one(company: SmallCompany, role: Role) -> None:
    app = on(company, role, SCREEN)
    assert not app.exception
    assert list(app.dataframe[0].value["turn"]) == ["Accounting"]
    offered = {each.label for each in app.button}
    assert ("New application" in offered) == (role in {Role.SUPPORT, Role.ACCOUNTING})


@pytest.mark.parametrize(
    ("role", "offered"),
    [
        (Role.SUPPORT, {"Withdraw"}),
        (Role.ACCOUNTING, {"Recommend", "Ask", "Withdraw"}),
        (Role.MANAGER, set()),
        (Role.ADMIN, set()),
    ],
)
def test_the_drawer_offers_what_can_be_done_now(company: SmallCompany, role: Role, offered: set[str]) -> None:
    with at_desk(company, role):
        app = drawer("application")
        assert not app.exception
        assert set(app.radio[0].options) - {"The year", "Files"} == offered
        assert any("Wants \\*to\\* grow" in each.value for each in app.markdown)


def home(company: SmallCompany, role: Role) -> str:
    """How many applications Home says wait for this role."""
    figures = {each.label: each.value for each in on(company, role, "overview/home.py").metric}
    return str(figures["Postpaid applications"])


def test_home_says_whose_turn_an_application_is(company: SmallCompany) -> None:
    turns = (Role.ACCOUNTING, Role.MANAGER, Role.SUPPORT)
    assert [home(company, role) for role in turns] == ["1", "0", "0"]
    act_for(company)
    assert [home(company, role) for role in turns] == ["0", "1", "0"]


def test_accounting_asks_recommends_and_a_manager_decides(company: SmallCompany) -> None:
    with at_desk(company, Role.ACCOUNTING):
        send(choose(drawer("application"), "Ask"), "Ask", reason="Since when?")
    assert waiting(company).status is ApplicationStatus.WAITING
    with at_desk(company, Role.SUPPORT):
        send(choose(drawer("application"), "Answer"), "Answer", reason="2019")
    with at_desk(company, Role.ACCOUNTING):
        app = choose(drawer("application"), "Recommend")
        send(app, "Recommend", minimum="12,x")
        assert any("is not an amount" in each.value for each in app.markdown)
        send(app, "Recommend", minimum="1100", reason="Pays on time")
    kept = waiting(company)
    assert kept.recommended
    assert kept.recommended.terms.minimum == Money.of("1100", "AUD")
    assert '"months"' in kept.dossier
    with at_desk(company, Role.MANAGER):
        app = choose(drawer("application"), "Decide")
        send(app, "Decide")
        assert any("Give the reason" in each.value for each in app.markdown)
        send(app, "Decide", reason="Agreed")
        app = drawer("application")
        assert any(each.value.startswith("As it was known when ") for each in app.caption)
        assert "Time to pay" in [*app.table[3].value.iloc[:, 0]]
    assert home(company, Role.ACCOUNTING) == "1"  # the signed contract is missing
    listed = on(company, Role.ACCOUNTING, SCREEN, postpaid_status="Approved")
    assert listed.main.dataframe[0].value["turn"].tolist() == ["Its signed contract"]
    assert waiting(company).status is ApplicationStatus.APPROVED
    with at_desk(company, Role.ACCOUNTING):
        app = choose(drawer("application"), "Sign")
        send(app, "Keep the commitment")
        assert any("signed contract first" in each.value for each in app.markdown)


def test_a_manager_asks_for_more_and_the_answer_is_read_by_everybody(company: SmallCompany) -> None:
    act_for(company)
    with at_desk(company, Role.ACCOUNTING):
        assert "Ask for more" not in drawer("application").radio[0].options
    with at_desk(company, Role.MANAGER):
        app = choose(drawer("application"), "Ask for more")
        send(app, "Ask")
        assert any("Write the question" in each.value for each in app.markdown)
        send(app, "Ask", reason="The *accounts* of 2025")
    assert waiting(company).status is ApplicationStatus.WAITING
    with at_desk(company, Role.SUPPORT):
        send(choose(drawer("application"), "Answer"), "Answer", reason="Sent by e-mail")
        app = drawer("application")
        [row] = next(each.value for each in app.table if "Question" in each.value).to_dict("records")
    assert row["Question"].startswith("The \\*accounts\\* of 2025")
    assert row["Answer"].startswith("Sent by e-mail")


@pytest.mark.parametrize("role", list(Role))
def test_the_letter_of_a_decision_is_there_for_everybody_in_both_languages(company: SmallCompany, role: Role) -> None:
    with at_desk(company, role):
        assert "Letters" not in drawer("application").radio[0].options
    act_for(company, decided=True)
    with at_desk(company, role):
        app = choose(drawer("application"), "Letters")
    files = [each.label for each in app.get("download_button")]
    assert [words.split(", ")[::2] for words in files] == [["Approval", "French"], ["Approval", "English"]]
    assert [option.split(", ")[2] for option in app.selectbox[0].options] == ["French", "English"]


@pytest.mark.parametrize("role", list(Role))
def test_a_commitment_shows_its_meters_to_everybody(company: SmallCompany, role: Role) -> None:
    number = signed(company)
    app = on(company, role, SCREEN, postpaid_view="Commitments")
    assert not app.exception
    [row] = app.dataframe[0].value.to_dict("records")
    assert (row["minimum_micros"] > 0, row["state"].split(",")[0]) == (True, "running")
    with at_desk(company, role):
        app = drawer("commitment", number)
        assert not app.exception
        assert ("End early" in app.radio[0].options) == (role is Role.MANAGER)
        assert any("true-up would be" in each.value for each in app.caption)
        assert [each.label for each in choose(app, "Report").get("download_button")] == ["Report as PDF"]
        choose(app, "Months billed")
        choose(app, "Contract")


def test_a_manager_ends_a_commitment_early(company: SmallCompany) -> None:
    number = signed(company)
    with at_desk(company, Role.MANAGER):
        app = choose(drawer("commitment", number), "End early")
        send(app, "End the commitment", reason="Moves abroad")
    with company.database.read() as conn:
        left = queries.commitment(conn, number)
    assert left.left_reason == "Moves abroad"
    assert left.contract.left_before
    assert left.contract.left_before > datetime.now(UTC).date()


@pytest.mark.parametrize("role", [Role.ACCOUNTING, Role.SUPPORT])
def test_no_credit_is_offered_to_a_customer_who_pays_afterwards(company: SmallCompany, role: Role) -> None:
    customer, other = str(company.customers[3]), str(company.customers[2])
    signed(company)

    def offered(number: str) -> int:
        """The buttons that sell credit, beside the one of the sidebar."""
        shown = on(company, role, "customers/customer.py", id=number)
        return sum(each.label in {"New invoice", "Invoice request"} for each in shown.button)

    assert offered(customer) == offered(other) - 1
    if role is Role.ACCOUNTING:
        form = on(company, role, "billing/new_invoice.py", customer=customer)
        assert not form.exception
        assert any("pays afterwards" in each.value for each in form.warning)
        assert "Issue invoice" not in {each.label for each in form.button}


def test_a_customer_at_its_limit_is_on_home_and_a_manager_lets_it_go_on(company: SmallCompany) -> None:
    number = signed(company, at_limit=AtLimit.STOP)
    spend = partial(used, company.customers[3], 4_000_000_000, key="beyond")
    company.database.act(lambda tx: post(tx, spend(on=tx.today), by=company.by[Role.ACCOUNTING]))
    company.database.act(lambda tx: watch_limits(tx, by=SYSTEM, commitment_ids=[number]))
    for role in Role:
        said = [each.value for each in on(company, role, "overview/home.py").markdown]
        assert any("1 customer is stopped" in each for each in said) == (role is not Role.SUPPORT)
    shown = on(company, Role.SUPPORT, "customers/customer.py", id=str(company.customers[3]))
    assert any("Payments are taken as ever" in each.value for each in shown.warning)
    with at_desk(company, Role.ACCOUNTING):
        app = choose(drawer("commitment", number), "Credit limit")
        assert "Lift the stop" not in app.radio[0].options
        assert list(app.table[0].value["Mark"]) == ["100 %", "80 %", "50 %"]
    with at_desk(company, Role.MANAGER):
        app = choose(drawer("commitment", number), "Lift the stop")
        send(app, "Let it go on")
        assert any("Say why the customer may go on" in each.value for each in app.markdown)
        send(app, "Let it go on", reason="Promised to pay")
    shown = on(company, Role.SUPPORT, "customers/customer.py", id=str(company.customers[3]))
    assert not any("Stopped since" in each.value for each in shown.warning)


def test_accounting_holds_a_monthly_invoice_and_the_preview_of_the_run_shows_it(company: SmallCompany) -> None:
    number = signed(company)
    with at_desk(company, Role.MANAGER):
        assert not {"Hold the invoice", "Release the invoice"} & set(drawer("commitment", number).radio[0].options)
    with at_desk(company, Role.ACCOUNTING):
        app = choose(drawer("commitment", number), "Hold the invoice")
        send(app, "Hold it")
        assert any("Say why the monthly invoice waits" in each.value for each in app.markdown)
        send(app, "Hold it", reason="Disputes the use")
        app = drawer("commitment", number)
        assert any("is held since" in each.value and "Disputes the use" in each.value for each in app.markdown)
    listed = on(company, Role.SUPPORT, SCREEN, postpaid_view="Commitments")
    assert listed.dataframe[0].value["state"].tolist() == ["running, held"]
    jobs = on(company, Role.ACCOUNTING, "admin/jobs.py", jobs_job="Postpaid invoices")
    assert [each[:16] for each in jobs.dataframe[0].value["held"]] == ["Disputes the use"]
    assert not any("Due, AUD" in each.label for each in jobs.metric)
    with at_desk(company, Role.ACCOUNTING):
        send(choose(drawer("commitment", number), "Release the invoice"), "Release it", reason="Settled")
        assert "Hold the invoice" in drawer("commitment", number).radio[0].options


def test_a_signed_application_is_not_signed_again(company: SmallCompany) -> None:
    number = signed(company)
    with at_desk(company, Role.ACCOUNTING):
        app = drawer("application", 1)
        assert "Sign" not in app.radio[0].options
        assert any(f"commitment {number}" in each.value for each in app.caption)


def test_nobody_waits_says_what_comes_next(sqlite_template: Path, tmp_path: Path) -> None:
    built = open_company(sqlite_template, tmp_path)
    app = on(built, Role.SUPPORT, SCREEN)
    assert any("New application" in each.value for each in app.info)
    app = on(built, Role.SUPPORT, SCREEN, postpaid_view="Commitments")
    assert any("signed contract" in each.value for each in app.info)


def test_a_postpaid_customer_below_zero_is_no_negative_balance_and_its_true_up_no_sale(company: SmallCompany) -> None:
    customer = company.customers[3]  # used more than it bought
    with company.database.read() as conn:
        before = page(conn, balance=BalanceFilter.NEGATIVE).total
    signed(company)
    with company.database.read() as conn:
        assert page(conn, balance=BalanceFilter.NEGATIVE).total == before - 1
    shown = on(company, Role.SUPPORT, "customers/customer.py", id=str(customer))
    assert not any("Negative balance" in each.value for each in shown.markdown)
    month = datetime.now(UTC).date().replace(day=1)
    rows = pd.DataFrame(
        [(month, Kind.BANK_TOP_UP.value, "AUD", 500), (month, Kind.TRUE_UP.value, "AUD", -70)],
        columns=["day", "kind", "currency", "micros"],
    )
    assert trends.sold_and_used(rows, currency="AUD", period=month_of(month)) == (500, 70)
