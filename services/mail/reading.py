"""A message as its reader sees it: as it was sent where its bytes are kept, else as it would be sent now."""

from __future__ import annotations

import email
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import default

from sqlalchemy import Connection

from services.company.queries import company
from services.mail import queries
from services.mail.letter import letter
from services.mail.model import Mail


@dataclass(frozen=True, slots=True)
class Read:
    """Subject, plain text and HTML; `content` holds the whole message as it was sent, `paper` the PDF in it."""

    subject: str
    text: str
    html: str
    content: bytes | None = None
    paper: tuple[str, bytes] | None = None


def as_read(conn: Connection, mail: Mail) -> Read:
    """The message to read."""
    if mail.sha256 is None:
        words = letter(mail.kind, mail.language, mail.facts, company=company(conn))
        return Read(words.subject, words.text, words.html)
    content = queries.content(conn, mail.sha256)
    message = email.message_from_bytes(content, policy=default)
    papers = [
        (str(part.get_filename()), bytes(part.get_payload(decode=True) or b"")) for part in message.iter_attachments()
    ]
    return Read(
        str(message["Subject"]), _part(message, "plain"), _part(message, "html"), content, papers[0] if papers else None
    )


def _part(message: EmailMessage, kind: str) -> str:
    found = message.get_body((kind,))
    return str(found.get_content()).replace("\r\n", "\n") if found else ""
