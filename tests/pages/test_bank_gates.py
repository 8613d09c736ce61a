"""Bank receipts: a file with days missing before it is asked for, an unknown account is registered from its file."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from services.access import queries as access
from services.access.model import SYSTEM, Role
from services.banking.model import Line
from services.banking.operations import import_statement
from services.banking.sorting.model import Sort
from services.banking.sorting.queries import sorting_of_line
from services.banking.writer import write_camt053
from services.company.queries import bank_account_for
from services.db.engine import Database
from services.invoices.model import InvoiceStatus
from services.invoices.queries import invoice as invoice_by_id
from services.invoices.queries.drafts import draft_of_form
from services.money import Money
from tests.conftest import SYDNEY
from tests.pages.bought import issued, open_company, statement
from tests.pages.harness import SmallCompany, on, signed_in

RECEIPTS = "billing/bank_receipts.py"


@pytest.fixture(scope="module")
def built(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> SmallCompany:
    company = open_company(sqlite_template, tmp_path_factory.mktemp("gates"))
    company.database.close()
    return company


@pytest.fixture
def company(built: SmallCompany, tmp_path: Path) -> SmallCompany:
    path = tmp_path / "books.sqlite"
    shutil.copy(str(built.database.url.database), path)
    return replace(built, database=Database(f"sqlite:///{path}", timezone=SYDNEY))


def bring_in(company: SmallCompany, content: bytes) -> None:
    company.database.act(lambda tx: import_statement(tx, by=SYSTEM, name="a.xml", content=content))


def dropped(company: SmallCompany, content: bytes) -> AppTest:
    app = on(company, Role.ACCOUNTING, RECEIPTS)
    with signed_in(company, Role.ACCOUNTING):
        app.main.file_uploader[0].set_value(("statement.xml", content, "application/xml")).run()
    return app


def press(company: SmallCompany, app: AppTest, label: str) -> AppTest:
    with signed_in(company, Role.ACCOUNTING):
        next(each for each in app.main.button if each.label.startswith(label)).click().run()
    return app


def typed(app: AppTest, label: str, value: str) -> None:
    next(each for each in app.main.text_input if each.label.startswith(label)).set_value(value)


def requests(company: SmallCompany) -> list[str]:
    with company.database.read() as conn:
        return list(access.approvals(conn, waiting=True, page=1, size=10).rows["summary"])


def test_a_file_with_missing_days_is_asked_for(company: SmallCompany) -> None:
    bring_in(company, statement(company, ("20.00", "first")))
    follows = statement(company, ("30.00", "again"), number="2")
    second = follows.replace(b">20.00<", b">25.00<").replace(b">50.00<", b">55.00<")
    app = dropped(company, second)
    assert "seem to be missing" in app.main.error[0].value
    assert not [each for each in app.main.button if each.label.startswith("Import")]
    app = press(company, app, "Ask another person")
    assert any("Say why" in each.value for each in app.markdown)
    typed(app, "Why it is right", "The bank has no statement of it")
    press(company, app, "Ask another person")
    assert requests(company) == ["Import statement.xml although days are missing before it"]


def test_an_unknown_account_is_registered_from_its_file(company: SmallCompany) -> None:
    with company.database.read() as conn:
        known = bank_account_for(conn, "AUD")
    written = statement(company, ("20.00", "first"))
    app = dropped(company, written.replace((known.iban or known.number).encode(), b"99-00-77 123123"))
    typed(app, "Bank", "Second Bank")
    typed(app, "What the account is for", "Payouts")
    press(company, app, "Ask for approval")
    assert requests(company) == ["Register our bank account aud (AUD) at Second Bank"]


def costs(company: SmallCompany) -> None:
    """A month of three fees leaving the account."""
    moved(company, *[(Money.of("-10", "AUD"), "ACCOUNT FEE")] * 3)


def moved(company: SmallCompany, *movements: tuple[Money, str]) -> None:
    """Movements of today on the account of their currency."""
    opening = Money.of("100", movements[0][0].currency)
    with company.database.read() as conn:
        account = bank_account_for(conn, opening.currency)
    today = datetime.now(SYDNEY).date()
    lines = [Line(today, today, amount, "", words, f"F{place}") for place, (amount, words) in enumerate(movements)]
    content = write_camt053(
        account=account.iban or account.number, holder="S", number="7", written_at=datetime.now(UTC),
        on=(today, today), opening=opening, lines=lines,
    )  # fmt: skip
    bring_in(company, content)


def test_the_other_side_of_a_transfer_is_never_taken_for_granted(company: SmallCompany) -> None:
    """A customer's receipt in another currency may be offered; it is chosen only by whoever knows."""
    moved(company, (Money.of("-80", "AUD"), "TO US DOLLARS"))
    moved(company, (Money.of("440", "USD"), "A CUSTOMER"), (Money.of("50", "USD"), "FROM AUD"))
    app = on(company, Role.ACCOUNTING, RECEIPTS, receipts_view="Other lines")
    with signed_in(company, Role.ACCOUNTING):
        app.session_state["sort_1"] = True
        app.run()
        app.main.selectbox(key="sort_as_1").set_value(Sort.TRANSFER).run()
    other = app.main.selectbox(key="sort_other_1")
    assert (other.value, other.options[0]) == (0, "Not in the books yet")
    assert [each.split(" on ")[0] for each in other.options[1:]] == ["50.00 USD", "440.00 USD"]
    with signed_in(company, Role.ACCOUNTING):
        app.main.button(key="sort_sent_1").click().run()
    with company.database.read() as conn:
        found = sorting_of_line(conn, line_id=1)
    assert found is not None
    assert (found.sort, found.pair_id) == (Sort.TRANSFER, None)


def say(company: SmallCompany, app: AppTest, line_id: int) -> AppTest:
    """Open the place of one line and say that it is a bank fee."""
    with signed_in(company, Role.ACCOUNTING):
        app.session_state[f"sort_{line_id}"] = True
        app.run()
        app.main.selectbox(key=f"sort_as_{line_id}").set_value(Sort.BANK_FEE).run()
        app.main.button(key=f"sort_sent_{line_id}").click().run()
    return app


def test_lines_are_said_learned_accepted_and_taken_back(company: SmallCompany) -> None:
    costs(company)
    app = on(company, Role.ACCOUNTING, RECEIPTS, receipts_view="Other lines")
    for line_id in (1, 2):
        app = say(company, app, line_id)
        assert not app.exception
    app = on(company, Role.ACCOUNTING, RECEIPTS, receipts_view="Rules")
    app = press(company, app, "Make it a rule")
    assert app.main.dataframe[0].value["used"].tolist() == [0]
    app = on(company, Role.ACCOUNTING, RECEIPTS, receipts_view="Other lines")
    press(company, app, "Accept")
    app = on(company, Role.ACCOUNTING, RECEIPTS, receipts_view="Sorted")
    assert app.main.dataframe[0].value["how"].tolist()[0] == "a rule"
    app = on(company, Role.ACCOUNTING, RECEIPTS, receipts_view="Other lines")
    assert "Every bank line has its place" in app.main.info[0].value


UNKNOWN = "Wann;Wieviel;Was\n03/04/2026;220,00;CS0000001\n04/04/2026;-12,50;fee\n"


def test_an_unknown_table_is_mapped_on_the_screen_and_forgotten(company: SmallCompany) -> None:
    app = on(company, Role.ACCOUNTING, RECEIPTS)
    with signed_in(company, Role.ACCOUNTING):
        app.main.file_uploader[0].set_value(("own.csv", UNKNOWN.encode(), "text/csv")).run()
        assert not [each for each in app.main.button if each.label.startswith("Remember")]
        app.main.selectbox(key="map_account").set_value("aud-main").run()
        assert any("could be read both ways" in each.value for each in app.main.caption)
        app.main.selectbox(key="map_Days_None").set_value("day first").run()
        assert [each.value for each in app.main.metric] == ["2", "207.50", "–", "–"]
    app = press(company, app, "Remember and read")
    assert not app.exception
    app = on(company, Role.ACCOUNTING, RECEIPTS, receipts_view="Mappings")
    assert app.main.dataframe[0].value["layout"].tolist() == ["wann|wieviel|was"]


def test_credit_ahead_is_asked_for_with_its_proof(company: SmallCompany) -> None:
    issued(company, 0, "440.00", "ahead")
    app = on(company, Role.ACCOUNTING, RECEIPTS, receipts_view="Ahead")
    with signed_in(company, Role.ACCOUNTING):
        app.session_state["ahead_ask"] = True
        app.run()
    app = press(company, app, "Ask for approval")
    assert any("Choose the invoice" in each.value for each in app.markdown)
    with signed_in(company, Role.ACCOUNTING):
        next(each for each in app.main.selectbox if each.label == "Invoice").set_value(1)
        next(each for each in app.main.file_uploader if each.label == "Proof of payment").set_value(
            ("proof.pdf", b"%PDF-1.7 proof", "application/pdf")
        )
        typed(app, "Credit to give now", "100")
        typed(app, "Why the customer cannot wait", "Sends tonight")
        next(each for each in app.main.button if each.label == "Ask for approval").click().run()
    assert not app.exception
    [asked] = requests(company)
    assert asked.startswith("Give 100.00 AUD of INV-")
    app = on(company, Role.ACCOUNTING, RECEIPTS, receipts_view="Ahead")
    assert app.main.dataframe[0].value["stage"].tolist() == ["Not decided"]


def test_an_invoice_is_raised_from_a_receipt_nobody_asked_one_for(company: SmallCompany) -> None:
    bring_in(company, statement(company, ("330.00", "hello")))
    app = on(company, Role.ACCOUNTING, RECEIPTS)
    with signed_in(company, Role.ACCOUNTING):
        app.session_state["raise_1"] = True
        app.run()
        app.main.text_input(key="raise_for_1_find").set_value("Bluegum").run()
        app.main.button(key="raise_open_1").click().run()
    with company.database.read() as conn:
        kept = draft_of_form(conn, nonce="receipt-000000000001")
    assert kept is not None
    assert (kept.content.customer_id, kept.content.amount, kept.content.currency) == (
        company.customers[0], "330.00", "AUD",
    )  # fmt: skip
    made = issued(company, 0, "330", kept.nonce)
    app = on(company, Role.ACCOUNTING, RECEIPTS)
    with signed_in(company, Role.ACCOUNTING):
        app.session_state["raise_1"] = True
        app.run()
        app.main.button(key="raise_give_1").click().run()
    assert not app.exception
    with company.database.read() as conn:
        assert invoice_by_id(conn, made.id).status is InvoiceStatus.PAID
