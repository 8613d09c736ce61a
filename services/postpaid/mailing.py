"""Mailing a letter about an application: the file that was given out, in its language, to whom invoices go."""

from __future__ import annotations

from services.access.model import Principal, require
from services.customers.queries import customer as customer_by_id
from services.customers.queries import invoice_details
from services.db.engine import Transaction
from services.mail.asking import queue_by_hand
from services.mail.model import SEND_MAIL, About, MailKind, Wanted
from services.papers.wording import date_text
from services.postpaid.letter import LetterKind
from services.postpaid.queries import applications, letters


def send_letter(tx: Transaction, *, by: Principal, letter_id: int, to: str) -> int:
    """Have a letter e-mailed by hand; gives the message's id. Asked for twice with the same address it is one message.

    Raises `InvalidForm` (to) and `NoSuchLetterKept`.
    """
    require(by, SEND_MAIL)
    found = letters.letter(tx.conn, letter_id)
    owner = customer_by_id(tx.conn, applications.application(tx.conn, found.application_id).customer_id)
    details = invoice_details(tx.conn, owner.id)
    facts = {
        "number": str(found.application_id),
        "day": date_text(found.issued_on, found.language),
        "account": f"{owner.username} ({owner.account_id})",
        "contact": details.contact_name if details else owner.name,
        "asks": "yes" if found.kind is LetterKind.MORE else "",
    }
    wanted = Wanted(
        kind=MailKind.POSTPAID_LETTER,
        about=About.POSTPAID_LETTER,
        about_id=found.id,
        invoice_id=None,
        customer_id=owner.id,
        number=f"Application {found.application_id}",
        to=to.strip(),
        language=found.language,
        facts=facts,
    )
    return queue_by_hand(tx, by=by, wanted=wanted)
