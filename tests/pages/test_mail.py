"""The mail room and an invoice's e-mail: what each role sees, what each act does, nothing claims to have left."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages._ui import mail_parts
from services.access.model import SYSTEM, Role
from services.db.engine import Database
from services.gateways.mail import Courier
from services.invoices.mailing import queue_invoice
from services.invoices.model import Invoice
from services.mail import queries
from services.mail.model import Mail, MailKind, MailState
from services.mail.sending import send_due
from services.settings import settings
from services.wiring import mailing
from tests.conftest import SYDNEY
from tests.mailing import PostOffice, post_office, short_paper
from tests.pages.bought import issued, open_company
from tests.pages.harness import SmallCompany, on, signed_in

ROOM, ONE = "billing/mail_room.py", "billing/invoice.py"


@pytest.fixture(scope="module")
def built(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> SmallCompany:
    company = open_company(sqlite_template, tmp_path_factory.mktemp("mail"))
    company.database.close()
    return company


@pytest.fixture
def company(built: SmallCompany, tmp_path: Path) -> SmallCompany:
    path = tmp_path / "books.sqlite"
    shutil.copy(str(built.database.url.database), path)
    return replace(built, database=Database(f"sqlite:///{path}", timezone=SYDNEY))


@pytest.fixture
def made(company: SmallCompany) -> Invoice:
    """An invoice whose message waits."""
    invoice = issued(company, 0, "1100", "an-invoice-nonce-1")
    company.database.act(lambda tx: queue_invoice(tx, by=SYSTEM, invoice=invoice))
    return invoice


def only(company: SmallCompany, invoice: Invoice) -> Mail:
    with company.database.read() as conn:
        [found] = queries.mails_of_invoice(conn, invoice.id)
    return found


def go_out(company: SmallCompany, courier: Courier | None = None) -> None:
    for _ in send_due(company.database, by=SYSTEM, courier=courier, papers=short_paper):
        pass


def labels(app: AppTest) -> set[str]:
    return {each.label for each in app.button}


def said(app: AppTest) -> str:
    return " ".join(
        str(each.value) for each in [*app.markdown, *app.caption, *app.info, *app.warning, *app.error, *app.code]
    )


def opened(mail_id: int) -> None:
    """A script that draws what the drawer of a message holds: in a test a dialog would close at its first run."""
    from unittest.mock import patch

    from pages._ui import mail_drawer, menu

    with patch.object(menu, "link"):  # a link needs the main script, which knows the screens
        mail_drawer.whole(mail_id, "mail")


def drawer(mail: Mail) -> AppTest:
    """The drawer of a message; run it inside `signed_in`."""
    return AppTest.from_function(opened, kwargs={"mail_id": mail.id}, default_timeout=30).run()


def fill(app: AppTest, view: str, button: str, **typed: str) -> None:
    """Choose an act, fill its form and send it."""
    app.radio[0].set_value(view).run()
    for label, words in typed.items():
        next(each for each in app.text_input if each.label.startswith(label.replace("_", " "))).set_value(words)
    next(each for each in app.button if each.label == button).click().run()
    assert not app.exception


@pytest.mark.parametrize("role", list(Role))
def test_everyone_sees_the_room_and_only_accounting_sends(company: SmallCompany, made: Invoice, role: Role) -> None:
    app = on(company, role, ROOM)
    assert not app.exception
    assert list(app.dataframe[0].value["number"]) == [made.number]
    assert list(app.dataframe[0].value["standing"]) == ["Waiting"]
    assert mail_parts.NEVER_LEAVES in said(app)
    sends = {each for each in labels(app) if each.startswith("Put 1 message")}
    assert bool(sends) == (role is Role.ACCOUNTING)
    may_rule = role in {Role.ACCOUNTING, Role.MANAGER}
    assert ("Hold all sending" in labels(app)) == may_rule
    assert ("Receipts are not e-mailed" in labels(app)) == may_rule


@pytest.mark.parametrize("role", list(Role))
def test_who_may_not_act_only_reads(company: SmallCompany, made: Invoice, role: Role) -> None:
    with signed_in(company, role):
        app = drawer(only(company, made))
    assert not app.exception
    assert app.code[0].value.startswith("Dear Ada Byrne,")
    assert any(f"Invoice_{made.number}.pdf" == each.proto.label for each in app.get("download_button"))
    offered = list(app.radio[0].options) if app.radio else ["Message"]
    assert offered == (["Message", "Cancel it"] if role is Role.ACCOUNTING else ["Message"])


def test_the_button_puts_what_waits_in_the_room(company: SmallCompany, made: Invoice) -> None:
    app = on(company, Role.ACCOUNTING, ROOM)
    with signed_in(company, Role.ACCOUNTING):
        next(each for each in app.button if each.label.startswith("Put 1 message")).click().run()
    assert not app.exception
    assert only(company, made).is_kept
    assert list(app.dataframe[0].value["standing"]) == ["In the mail room"]
    assert "1 message put in the mail room." in " ".join(each.value for each in app.toast)
    assert not {each for each in labels(app) if each.startswith("Put ")}


def test_with_a_server_the_button_sends(company: SmallCompany, made: Invoice, monkeypatch: pytest.MonkeyPatch) -> None:
    with post_office() as office:
        given = replace(settings(), mail_server=office.server())
        monkeypatch.setattr(mailing, "settings", lambda: given)
        monkeypatch.setattr(mail_parts, "settings", lambda: given)
        app = on(company, Role.ACCOUNTING, ROOM)
        assert mail_parts.NEVER_LEAVES not in said(app)
        with signed_in(company, Role.ACCOUNTING):
            next(each for each in app.button if each.label == "Send 1 message").click().run()
        assert [one.to for one in office.taken] == [made.details.email]
    assert list(app.dataframe[0].value["standing"]) == ["Sent"]
    with signed_in(company, Role.SUPPORT):
        shown = drawer(only(company, made))
    assert {each.proto.label for each in shown.get("download_button")} == {
        f"Invoice_{made.number}.pdf",
        "Whole message",
    }


def test_filters_narrow_the_list_and_say_so_when_nothing_fits(company: SmallCompany, made: Invoice) -> None:
    go_out(company)
    assert len(on(company, Role.SUPPORT, ROOM, mail_state="Sent").dataframe) == 1
    app = on(company, Role.SUPPORT, ROOM, mail_state="Failed")
    assert not app.dataframe
    assert "No message fits." in said(app)
    assert not on(company, Role.SUPPORT, ROOM, mail_kind="Reminder").dataframe
    assert len(on(company, Role.SUPPORT, ROOM, mail_q=made.number[-4:]).dataframe) == 1
    assert not on(company, Role.SUPPORT, ROOM, period="Last month").dataframe


def test_a_message_is_cancelled_with_a_reason(company: SmallCompany, made: Invoice) -> None:
    with signed_in(company, Role.ACCOUNTING):
        app = drawer(only(company, made))
        fill(app, "Cancel it", "Cancel the message")
        assert "Say why it is not sent." in said(app)
        fill(app, "Cancel it", "Cancel the message", Why_it_is_not_sent="wrong *amount*")
    found = only(company, made)
    assert (found.state, found.said) == (MailState.CANCELLED, "accounting person: wrong *amount*")


def test_a_returned_message_marks_its_address_everywhere(company: SmallCompany, made: Invoice) -> None:
    go_out(company)
    with signed_in(company, Role.ACCOUNTING):
        app = drawer(only(company, made))
        fill(app, "It came back", "Mark the address", What_the_returned="550 no such mailbox")
    for screen in (
        on(company, Role.SUPPORT, ONE, id=str(made.id)),
        on(company, Role.SUPPORT, "customers/customer.py", id=str(made.customer_id)),
    ):
        assert any("came back" in each.value and "550 no such mailbox" in each.value for each in screen.warning)
    with signed_in(company, Role.ACCOUNTING):
        app = drawer(only(company, made))
        fill(app, "Send again", "Send again", Why_it="again")
        assert "give another, or lift the mark first" in said(app)
        fill(app, "The address works", "Lift the mark", How_you="they called")
    with company.database.read() as conn:
        assert queries.marked_addresses(conn) == []


def test_sending_again_is_a_message_of_its_own(company: SmallCompany, made: Invoice) -> None:
    go_out(company)
    with signed_in(company, Role.ACCOUNTING):
        app = drawer(only(company, made))
        fill(app, "Send again", "Send again", To="boss@buyer.example", Why_it="their boss asked")
    with company.database.read() as conn:
        newest = queries.mails_of_invoice(conn, made.id)[0]
    assert (newest.to, newest.reason, newest.state) == ("boss@buyer.example", "their boss asked", MailState.QUEUED)
    app = on(company, Role.SUPPORT, ONE, id=str(made.id))
    table = next(each for each in app.dataframe if "standing" in each.value)
    assert list(table.value["to"]) == ["boss@buyer.example", made.details.email]
    assert list(table.value["standing"]) == ["Waiting", "In the mail room"]


def test_an_uncertain_one_is_settled_by_a_person(company: SmallCompany, made: Invoice) -> None:
    with post_office(PostOffice(to_message=lambda _: "vanish")) as office, office.courier() as courier:
        go_out(company, courier)
    assert any(each.value == "1" for each in on(company, Role.MANAGER, ROOM, mail_state="Uncertain").metric)
    with signed_in(company, Role.ACCOUNTING):
        app = drawer(only(company, made))
        assert "Message-ID" in " ".join(str(each.value) for each in app.table)
        fill(app, "Did it arrive?", "Save", Where_you="the server's log")
    assert only(company, made).state is MailState.SENT


def test_a_waiting_one_is_hurried(company: SmallCompany, made: Invoice) -> None:
    with post_office(PostOffice(to_recipient=lambda _: "451 later")) as office, office.courier() as courier:
        go_out(company, courier)
    before = only(company, made).next_at
    with signed_in(company, Role.ACCOUNTING):
        app = drawer(only(company, made))
        next(each for each in app.button if each.label == "Try with the next round").click().run()
    assert not app.exception
    assert only(company, made).next_at < before


def test_an_invoice_is_mailed_and_reminded_of_by_hand(company: SmallCompany) -> None:
    invoice = issued(company, 0, "1100", "an-invoice-nonce-1")
    app = on(company, Role.ACCOUNTING, ONE, id=str(invoice.id))
    assert {"E-mail it", "Remind"} <= labels(app)
    assert "It was not e-mailed from here." in said(app)
    assert not {"E-mail it", "Remind"} & labels(on(company, Role.SUPPORT, ONE, id=str(invoice.id)))

    def form(name: str, invoice_id: int) -> None:
        from pages._ui import invoice_mail
        from pages._ui.frame import read
        from services.invoices import queries as invoices

        getattr(invoice_mail, name)(read(invoices.invoice, invoice_id=invoice_id))

    for name, button in (("send", "E-mail it"), ("remind_of", "Remind")):
        with signed_in(company, Role.ACCOUNTING):
            app = AppTest.from_function(form, kwargs={"name": name, "invoice_id": invoice.id}, default_timeout=30).run()
            next(each for each in app.button if each.label == button).click().run()
            assert not app.exception
    with company.database.read() as conn:
        kinds = {each.kind for each in queries.mails_of_invoice(conn, invoice.id)}
    assert kinds == {MailKind.INVOICE, MailKind.REMINDER}
    assert "E-mail it" not in labels(on(company, Role.ACCOUNTING, ONE, id=str(invoice.id)))


def test_holding_and_choosing_receipts(company: SmallCompany, made: Invoice) -> None:
    def forms(name: str, facts: dict[str, bool]) -> None:
        from pages._ui import mail_choices

        getattr(mail_choices, name).__wrapped__(**facts)

    for name, facts, button in (("switch", {"held": False}, "Hold"), ("choose", {"on": False}, "Save")):
        with signed_in(company, Role.MANAGER):
            app = AppTest.from_function(forms, kwargs={"name": name, "facts": facts}, default_timeout=30).run()
            if app.checkbox:
                app.checkbox[0].set_value(True)
            app.text_input[0].set_value("because")
            next(each for each in app.button if each.label == button).click().run()
            assert not app.exception
    app = on(company, Role.ACCOUNTING, ROOM)
    assert "Sending is on hold" in said(app)
    assert not {each for each in labels(app) if each.startswith("Put ")}
    assert "Receipts are e-mailed by themselves" in labels(app)
    assert only(company, made).state is MailState.QUEUED
    with company.database.read() as conn:
        assert queries.mails_receipts(conn)


@pytest.mark.parametrize("role", list(Role))
def test_what_failed_or_is_uncertain_stands_on_home_and_among_scheduled_work(
    company: SmallCompany, made: Invoice, role: Role
) -> None:
    acts, sees = role is Role.ACCOUNTING, role is not Role.SUPPORT
    assert "e-mail" not in said(on(company, role, "overview/home.py"))
    if sees:
        assert "**1 message** due" in said(on(company, role, "admin/jobs.py"))
    with post_office(PostOffice(to_recipient=lambda _: "550 no such mailbox")) as office, office.courier() as courier:
        go_out(company, courier)
    home = on(company, role, "overview/home.py")
    assert ("1 e-mail failed." in said(home)) == acts
    ways = [each.proto for each in home.get("page_link") if each.proto.label == "Look why"]
    assert [way.query_string for way in ways] == (["mail_state=Failed"] if acts else [])
    if sees:
        work = on(company, role, "admin/jobs.py")
        assert not work.exception
        assert "1 failed" in said(work)
    room = on(company, role, ROOM, mail_state="Failed")
    assert len(next(each for each in room.dataframe if "standing" in each.value).value) == 1
    assert only(company, made).state is MailState.FAILED
