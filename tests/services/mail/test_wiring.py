"""Mail with everything it needs: the settings of a server, the real paper through a real server, and run-due."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

import pytest
from typer.testing import CliRunner

from services.__main__ import app
from services.access.model import SYSTEM
from services.db.current import use
from services.db.engine import Database
from services.invoices.mailing import queue_invoice
from services.invoices.model import Invoice
from services.invoices.pdf import invoice_pdf
from services.invoices.queries import document
from services.settings import MailServer, Settings, TransportSecurity, WrongSetting
from services.wiring.mailing import send_mail
from tests.invoicing import AT, issue, open_shop
from tests.mailing import post_office


@pytest.fixture
def made(sqlite_database: Database) -> Invoice:
    invoice = issue(sqlite_database, open_shop(sqlite_database)["FR"], "1000", nonce="first")
    sqlite_database.act(lambda tx: queue_invoice(tx, by=SYSTEM, invoice=invoice), at=AT)
    return invoice


@pytest.fixture
def books(sqlite_database: Database, made: Invoice) -> Iterator[Database]:
    use(sqlite_database)
    yield sqlite_database
    use(None)


def test_the_paper_arrives_as_it_was_drawn(sqlite_database: Database, made: Invoice) -> None:
    with post_office() as office:
        list(send_mail(sqlite_database, by=SYSTEM, server=office.server(), at=AT))
        [taken] = office.taken
    [paper] = taken.message.iter_attachments()
    with sqlite_database.read() as conn:
        wanted = document(conn, made.id)
    assert paper.get_filename() == wanted.file_name
    drawn = hashlib.sha256(invoice_pdf(wanted)).hexdigest()
    assert hashlib.sha256(paper.get_content()).hexdigest() == drawn


def test_run_due_sends_the_mail(books: Database) -> None:
    run = CliRunner().invoke(app, ["run-due", "--job", "mail", "--dry-run"])
    assert "E-mail: 1 due" in run.stderr
    run = CliRunner().invoke(app, ["run-due", "--job", "mail", "--json"])
    assert run.exit_code == 0
    assert "1 put in the mail room (no mail server is set)" in run.stderr
    [told] = json.loads(run.stdout)
    assert (told["job"], told["sent"]) == ("mail", 1)
    run = CliRunner().invoke(app, ["run-due", "--job", "mail"])
    assert "Nothing is due" in run.stderr


def test_without_a_host_there_is_no_server() -> None:
    assert Settings.from_environment({}).mail_server is None


def test_a_server_is_private_unless_it_is_said_otherwise() -> None:
    given = {"LEDGERDESK_SMTP_HOST": "mail.example", "LEDGERDESK_SMTP_USER": "u", "LEDGERDESK_SMTP_PASSWORD": "secret"}
    found = MailServer.from_environment(given)
    assert found is not None
    assert (found.port, found.security, found.user, found.password) == (587, TransportSecurity.STARTTLS, "u", "secret")
    assert "secret" not in repr(Settings.from_environment(given))
    over_tls = MailServer.from_environment(given | {"LEDGERDESK_SMTP_SECURITY": "tls"})
    assert over_tls is not None
    assert over_tls.port == 465


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"LEDGERDESK_SMTP_SECURITY": "ssl"}, "write starttls, tls or none"),
        ({"LEDGERDESK_SMTP_PORT": "smtp"}, "write a number"),
        ({"LEDGERDESK_SMTP_SECURITY": "none", "LEDGERDESK_SMTP_PASSWORD": "p"}, "unencrypted"),
    ],
)
def test_a_wrong_setting_is_named(given: dict[str, str], says: str) -> None:
    with pytest.raises(WrongSetting, match=says):
        MailServer.from_environment({"LEDGERDESK_SMTP_HOST": "mail.example"} | given)
