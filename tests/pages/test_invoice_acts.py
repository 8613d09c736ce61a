"""Acts on an invoice's screen: only what is possible and allowed is offered, each needs its reason, nothing twice."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from services.access.model import SYSTEM, Role
from services.banking.operations import import_statement
from services.banking.queries import unallocated_receipts
from services.db.engine import Database
from services.invoices import queries as invoices
from services.invoices.ending import expire_invoices
from services.invoices.model import Invoice
from services.invoices.queries.credit_notes import credit_notes_of
from services.payments.operations import allocate
from tests.conftest import SYDNEY
from tests.pages.bought import issued, open_company, statement
from tests.pages.harness import SmallCompany, on, signed_in

ONE = "billing/invoice.py"
APPROVALS = "admin/approvals.py"
RECEIPTS = "billing/bank_receipts.py"


@pytest.fixture(scope="module")
def built(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> SmallCompany:
    company = open_company(sqlite_template, tmp_path_factory.mktemp("acts"))
    company.database.close()
    return company


@pytest.fixture
def company(built: SmallCompany, tmp_path: Path) -> SmallCompany:
    path = tmp_path / "books.sqlite"
    shutil.copy(str(built.database.url.database), path)
    return replace(built, database=Database(f"sqlite:///{path}", timezone=SYDNEY))


def received(company: SmallCompany, made: Invoice, amount: str) -> None:
    """The amount arrives and is given to the invoice."""
    content = statement(company, (amount, made.reference), number=made.number)
    company.database.act(lambda tx: import_statement(tx, by=SYSTEM, name="a.xml", content=content))
    with company.database.read() as conn:
        [line] = unallocated_receipts(conn)
    company.database.act(
        lambda tx: allocate(
            tx, by=SYSTEM, bank_line_id=line.id, invoice_id=made.id, nonce=f"given-{made.number}", short="part"
        )
    )


def screen(company: SmallCompany, made: Invoice, role: Role = Role.ACCOUNTING) -> AppTest:
    app = on(company, role, ONE, id=str(made.id))
    assert not app.exception
    return app


def offered(app: AppTest) -> set[str]:
    return {each.key.removeprefix("invoice_") for each in app.button if (each.key or "").startswith("invoice_")}


def drawn(act: str, invoice_id: int) -> None:
    """A script that draws what the dialog of an act holds: in a test a dialog would close at its first run."""
    from pages._ui import invoice_acts, invoice_crediting
    from pages._ui.frame import read
    from services.invoices import queries
    from services.invoices.life import Act

    if act == "credit":
        invoice_crediting.ask(invoice_id)
    else:
        invoice_acts._DRAWN[Act(act)](read(queries.invoice, invoice_id=invoice_id))


def dialog(act: str, made: Invoice) -> AppTest:
    """What the dialog of an act holds; use it inside `signed_in`."""
    return AppTest.from_function(drawn, kwargs={"act": act, "invoice_id": made.id}, default_timeout=30).run()


def menu_of_einvoices(invoice_id: int) -> None:
    """A script that draws what the open menu of e-invoices holds."""
    from pages._ui import einvoices
    from pages._ui.frame import read
    from services.invoices import queries
    from services.invoices.pdf import invoice_pdf

    paper = read(queries.document, invoice_id=invoice_id)
    einvoices.draw(paper, invoice_pdf(paper), key="paper")


def press(app: AppTest, label: str) -> None:
    next(each for each in app.button if each.label == label).click().run()
    assert not app.exception


def reason(app: AppTest, words: str) -> None:
    [*app.text_input, *app.text_area][-1].set_value(words)


def again(company: SmallCompany, made: Invoice) -> Invoice:
    with company.database.read() as conn:
        return invoices.invoice(conn, made.id)


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.MANAGER, Role.ADMIN])
def test_who_may_not_act_is_offered_nothing(company: SmallCompany, role: Role) -> None:
    assert offered(screen(company, issued(company, 0, "1100", "an-invoice-nonce-1"), role)) == set()


def test_only_what_is_possible_now_is_offered(company: SmallCompany) -> None:
    made = issued(company, 0, "1100", "an-invoice-nonce-1")
    assert offered(screen(company, made)) == {"credit", "void"}
    received(company, made, "400")
    assert offered(screen(company, made)) == {"credit", "write_off"}


def test_an_invoice_is_void_with_a_reason_and_only_then(company: SmallCompany) -> None:
    made = issued(company, 0, "1100", "an-invoice-nonce-1")
    app = screen(company, made)
    with signed_in(company, Role.ACCOUNTING):
        press(app, "Void it")
        assert any("leaves the books" in each.value for each in app.markdown), "the menu opens the dialog"
        app = dialog("void", made)
        press(app, "Void")
        assert any("Say why the invoice is void" in each.value for each in app.markdown)
        reason(app, "issued *twice*")
        press(app, "Void")
    assert again(company, made).status == "void"
    after = screen(company, made)
    assert offered(after) == set()
    assert list(after.dataframe[0].value["what"]) == ["Issued", "Void"]
    assert list(after.dataframe[0].value["amount_micros"]) == [1100.0, -1100.0]


@pytest.mark.parametrize("role", list(Role))
def test_everyone_who_sees_an_invoice_can_take_it_as_e_invoice(company: SmallCompany, role: Role) -> None:
    made = issued(company, 0, "1100", "an-invoice-nonce-1")
    with signed_in(company, role):
        app = AppTest.from_function(menu_of_einvoices, kwargs={"invoice_id": made.id}, default_timeout=30).run()
    assert not app.exception
    offers = [each.proto.label for each in app.get("download_button")]
    captions = " ".join(each.value for each in app.caption)
    assert offers[:2] == ["Factur-X (PDF with data)", "UBL (XML)"]
    assert ("PINT A-NZ (XML)" in offers) == ("not by the network" in captions) != ("ABN or NZBN" in captions)


def test_an_expired_invoice_is_brought_back(company: SmallCompany) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=40)
    made = issued(company, 0, "1100", "an-invoice-nonce-1", at=long_ago)
    company.database.act(lambda tx: expire_invoices(tx, by=SYSTEM, invoice_ids=[made.id]))
    assert offered(screen(company, made)) == {"reinstate"}
    with signed_in(company, Role.ACCOUNTING):
        app = dialog("reinstate", made)
        reason(app, "paid late")
        press(app, "Bring back")
    assert again(company, made).status == "issued"
    assert list(screen(company, made).dataframe[0].value["what"]) == ["Issued", "Expired", "Brought back"]


def test_a_credit_note_says_before_what_it_does_and_stands_in_the_timeline(company: SmallCompany) -> None:
    made = issued(company, 0, "1100", "an-invoice-nonce-1")
    received(company, made, "1000")
    with signed_in(company, Role.ACCOUNTING):
        app = dialog("credit", made)
        amount = next(each for each in app.text_input if each.label.startswith("Amount including tax"))
        amount.set_value("99999").run()
        assert any("At most" in each.value for each in app.caption)
        amount.set_value("155").run()
        said = " ".join(each.value for each in app.markdown)
        assert "100.00 AUD** is no longer asked for and **55.00 AUD** is owed back" in said
        assert "14.09 AUD of it is tax" in said
        reason(app, "a discount was left out")
        press(app, "Issue adjustment note")
    with company.database.read() as conn:
        [note] = credit_notes_of(conn, made.id)
    assert (note.gross.text(), note.returned.text()) == ("155.00 AUD", "55.00 AUD")
    after = screen(company, made)
    assert list(after.dataframe[0].value["what"])[-1] == f"Note {note.number}"
    with signed_in(company, Role.ACCOUNTING):
        after.button_group[-1].set_value([note.number]).run()
    assert not after.exception
    assert after.image, "the paper of the note is shown"
    assert {each.label: each.value for each in after.metric}["Credited, AUD"] == "155.0"
    assert any("55.00 AUD owed back" in each.value for each in after.markdown)


def test_much_owed_back_waits_for_a_second_person_and_is_asked_once(company: SmallCompany) -> None:
    made = issued(company, 0, "1100", "an-invoice-nonce-1")
    received(company, made, "1100")
    with signed_in(company, Role.ACCOUNTING):
        for _ in range(2):
            app = dialog("credit", made)
            next(each for each in app.text_input if each.label.startswith("Amount incl")).set_value("660").run()
            reason(app, "cancelled")
            press(app, "Issue adjustment note")
        assert any("waits for a second person already" in each.value for each in app.error)
    assert any("Waits for a second person" in each.value for each in screen(company, made, Role.SUPPORT).markdown)
    waiting = on(company, Role.MANAGER, APPROVALS)
    with signed_in(company, Role.MANAGER):
        assert "owed back" in " ".join(each.value for each in [*waiting.subheader, *waiting.markdown])
        press(waiting, "Approve")
    with company.database.read() as conn:
        assert [note.gross.text() for note in credit_notes_of(conn, made.id)] == ["660.00 AUD"]


def test_the_rest_is_written_off_by_two_people(company: SmallCompany) -> None:
    made = issued(company, 0, "1100", "an-invoice-nonce-1")
    received(company, made, "400")
    with signed_in(company, Role.ACCOUNTING):
        app = dialog("write off", made)
        reason(app, "closed down")
        press(app, "Ask to write off")
    waiting = on(company, Role.MANAGER, APPROVALS)
    with signed_in(company, Role.MANAGER):
        press(waiting, "Approve")
    assert again(company, made).status == "written off"
    after = screen(company, made)
    assert list(after.dataframe[0].value["what"])[-1] == "Written off"
    assert list(after.dataframe[0].value["amount_micros"])[-1] == -700.0


def test_money_for_an_expired_invoice_says_so_and_offers_to_bring_it_back(company: SmallCompany) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=40)
    made = issued(company, 0, "1100", "an-invoice-nonce-1", at=long_ago)
    company.database.act(lambda tx: expire_invoices(tx, by=SYSTEM, invoice_ids=[made.id]))
    content = statement(company, ("1100", made.reference))
    company.database.act(lambda tx: import_statement(tx, by=SYSTEM, name="a.xml", content=content))
    app = on(company, Role.ACCOUNTING, RECEIPTS)
    assert any("For an invoice that is expired" in each.value for each in app.markdown)
    with signed_in(company, Role.ACCOUNTING):
        press(app, "Bring it back")
        assert any("asks for 1,100.00 AUD again" in each.value for each in app.markdown)
        app = dialog("reinstate", made)
        reason(app, "paid late")
        press(app, "Bring back")
    app = on(company, Role.ACCOUNTING, RECEIPTS)
    with signed_in(company, Role.ACCOUNTING):
        press(app, "Accept")
    assert again(company, made).status == "paid"
