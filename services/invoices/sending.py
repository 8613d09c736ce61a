"""Sending many invoices at once: what was never sent goes out, what was sent goes again for a reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from services.access.model import Principal, require
from services.db.engine import Transaction
from services.errors import LedgerdeskError, Refused
from services.invoices.mailing import send_again, send_invoice
from services.invoices.queries import invoice as invoice_by_id
from services.mail.model import SEND_MAIL, MailKind, MailState
from services.mail.queries import mails_of_invoice
from services.texts import checked_reason

MOST_AT_ONCE = 200

Progress = Callable[[int, int, str], None]
_PAPERS = {MailKind.INVOICE, MailKind.CORRECTED_COPY}
_WAITS = {MailState.QUEUED, MailState.SENDING}


class TooManyMails(Refused):
    """More invoices were to be e-mailed at once than one may by a slip of the hand."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of many: how many messages are in the outbox now, and the sentence of each that is not."""

    queued: int
    refused: tuple[str, ...]


def send_many(
    tx: Transaction,
    *,
    by: Principal,
    invoice_ids: Sequence[int],
    reason: str,
    nonce: str,
    progress: Progress | None = None,
) -> Sent:
    """E-mail each invoice to the address it prints: anew if its newest version never went, else again with reason.

    One that waits already is left alone; one whose address cannot be used is named, and the others go. Raises
    `InvalidForm` without a reason, and `TooManyMails`.
    """
    require(by, SEND_MAIL)
    why = checked_reason(reason, ask="Say why they are sent; each message keeps it.")
    if len(invoice_ids) > MOST_AT_ONCE:
        raise TooManyMails(f"At most {MOST_AT_ONCE} invoices are e-mailed at once; narrow the list down.")
    queued, refused = 0, []
    for number, invoice_id in enumerate(invoice_ids):
        found = invoice_by_id(tx.conn, invoice_id)
        if progress:
            progress(number, len(invoice_ids), found.number)
        mine = [each for each in mails_of_invoice(tx.conn, invoice_id) if each.wanted.kind in _PAPERS]
        mine = [each for each in mine if each.wanted.version == found.version]
        try:
            if any(each.state in _WAITS for each in mine):
                continue
            if mine:
                again = mine[0]  # the newest
                asked = {"to": found.details.email, "reason": why, "nonce": f"{nonce}:{invoice_id}"}
                send_again(tx, by=by, mail_id=again.id, **asked)
            else:
                send_invoice(tx, by=by, invoice_id=invoice_id)
        except LedgerdeskError as error:
            refused.append(f"{found.number}: {error}")
        else:
            queued += 1
    return Sent(queued, tuple(refused))
