"""Sending mail with everything it needs: the papers of the invoices' room, and the server of the settings."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import nullcontext
from datetime import datetime

from services.access.model import Principal
from services.db.engine import Database
from services.gateways.mail import Courier
from services.invoices.credit_note_pdf import note_pdf
from services.invoices.pdf import invoice_pdf
from services.invoices.queries import document
from services.invoices.queries.credit_notes import note_document
from services.mail import sending
from services.mail.composing import Paper
from services.mail.model import About, Mail
from services.mail.sending import Round
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


def paper_of(database: Database, mail: Mail) -> Paper:
    """The PDF a message carries, drawn from the frozen document; the database is closed while it is drawn."""
    if mail.about is About.CREDIT_NOTE:
        with database.read() as conn:
            note = note_document(conn, mail.about_id)
        return Paper(note.file_name, note_pdf(note))
    with database.read() as conn:
        paper = document(conn, mail.invoice_id)
    return Paper(paper.file_name, invoice_pdf(paper))
