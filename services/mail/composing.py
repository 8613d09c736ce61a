"""A message as bytes: headers, plain text, small HTML and at most one PDF; the same facts give the same bytes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime

from services.company.model import Company
from services.mail.letter import letter, one_line
from services.mail.model import Mail, domain_of


@dataclass(frozen=True, slots=True)
class Paper:
    """The one attachment: a PDF and what its file is called."""

    name: str
    content: bytes


def compose(mail: Mail, paper: Paper | None, *, company: Company, at: datetime) -> bytes:
    """The message, dated `at`, with its paper if it has one. Raises `NoSuchLetter` when its letter lacks a fact."""
    words = letter(mail.kind, mail.language, mail.facts, company=company)
    message = EmailMessage(SMTP if mail.to.isascii() else SMTPUTF8)
    us = _address(company.name, company.email)
    message["From"] = us
    message["Reply-To"] = us
    message["To"] = _address(mail.facts.get("contact", ""), mail.to)
    # plain spaces: where a no-break one begins an encoded word, the folded line reads with two
    message["Subject"] = " ".join(words.subject.split())
    message["Date"] = format_datetime(at)
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(words.text, cte="quoted-printable")
    message.add_alternative(words.html, subtype="html", cte="quoted-printable")
    if paper:
        message.add_attachment(paper.content, maintype="application", subtype="pdf", filename=one_line(paper.name))
    message["Content-Language"] = mail.language  # last: setting a content takes away what is said of it
    _fix_boundaries(message, mail.message_id)
    return message.as_bytes()


def return_path(mail: Mail, *, company: Company, domain: str = "") -> str:
    """Where this very message comes back to, so that a bounce names it (VERP)."""
    return f"bounce+{mail.id}@{domain or domain_of(company.email)}"


def _address(name: str, address: str) -> Address:
    """An address with its name, of which nothing can begin another header."""
    return Address(display_name=one_line(name), addr_spec=address)


def _fix_boundaries(message: EmailMessage, seed: str) -> None:
    """The lines that part the message follow from its id, not from chance."""
    for number, part in enumerate(each for each in message.walk() if each.is_multipart()):
        part.set_boundary(f"part-{hashlib.sha256(f'{seed}{number}'.encode()).hexdigest()[:40]}")
