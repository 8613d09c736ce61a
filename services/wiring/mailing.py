"""Sending mail with everything it needs: the papers of the invoices' room, and the server of the settings."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import nullcontext
from datetime import date, datetime

from services.access.model import Principal
from services.db.engine import Database
from services.gateways.mail import Courier
from services.invoices.presentation import Paper as PaperOf
from services.invoices.presentation import PaperKind
from services.invoices.presenting import file_of
from services.invoices.queries.versions import copy_of, paper_document, versions_of
from services.mail import sending
from services.mail.composing import Paper
from services.mail.model import About, Mail, MailKind
from services.mail.sending import Round
from services.postpaid.queries import letter
from services.reporting.open_items import open_items
from services.reporting.open_items_pdf import open_items_pdf
from services.settings import MailServer, settings


def leaves() -> bool:
    """Whether mail leaves the building: a mail server is set."""
    return settings().mail_server is not None


def send_mail(
    database: Database, *, by: Principal, server: MailServer | None = None, at: datetime | None = None
) -> Generator[Round, None, None]:
    """Send what is due through a server, or put it in the mail room without one; gives how far it is.

    Raises `NotAllowed` at once with the first step.
    """
    with Courier(server) if server else nullcontext() as courier:
        bounces_to = server.bounces_to if server else ""
        yield from sending.send_due(database, by=by, courier=courier, papers=paper_of, bounces_to=bounces_to, at=at)


def paper_of(database: Database, mail: Mail) -> Paper | None:
    """The PDF a message carries: the kept file of the version it names, else drawn while the database is closed.

    Letters that name no version, as a reminder does, carry the newest. A reminder of a debt carries the statement of
    account as of the day it was queued, a letter about an application itself, as it was given out, and one about a
    commitment nothing.
    """
    if mail.about is About.COMMITMENT:
        return None
    if mail.about is About.POSTPAID_LETTER:
        with database.read() as conn:
            given = letter(conn, mail.about_id)
            return Paper(given.file_name, copy_of(conn, given.sha256))
    assert mail.invoice_id is not None  # noqa: S101 - the table says so of every other message
    if mail.kind is MailKind.REMINDER and (day := mail.facts.get("statement_on")):
        with database.read() as conn:
            told = open_items(conn, invoice_id=mail.invoice_id, as_of=date.fromisoformat(day))
        return Paper(told.file_name, open_items_pdf(told))
    kind = PaperKind.NOTE if mail.about is About.CREDIT_NOTE else PaperKind.INVOICE
    paper = PaperOf(kind, mail.about_id if mail.about is About.CREDIT_NOTE else mail.invoice_id)
    names_version = mail.kind in {MailKind.INVOICE, MailKind.CORRECTED_COPY, MailKind.CREDIT_NOTE}
    with database.read() as conn:
        document = paper_document(conn, paper, mail.version if names_version else None)
        kept = {each.version: each.sha256 for each in versions_of(conn, paper)}
        if document.version in kept:
            return Paper(document.file_name, copy_of(conn, kept[document.version]))
    return Paper(document.file_name, file_of(document))
