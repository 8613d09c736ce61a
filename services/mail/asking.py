"""Mail that a person asks for: the address is looked at, and the audit trail notes who asked."""

from __future__ import annotations

from services.access.audit import record
from services.access.model import Principal
from services.db.engine import Transaction
from services.errors import InvalidForm
from services.mail.model import SEND_MAIL, Wanted
from services.mail.outbox import known, queue
from services.mail.queries import marks
from services.texts import is_email


def queue_by_hand(tx: Transaction, *, by: Principal, wanted: Wanted) -> int:
    """Queue what a person asked for, once, after looking at the address. Raises `InvalidForm` (to)."""
    if not is_email(wanted.to):
        raise InvalidForm({"to": "Enter one e-mail address, such as accounts@example.com."})
    if (made := known(tx, wanted)) is not None:
        return made
    if mark := marks(tx.conn, [wanted.to]).get(wanted.to.casefold()):
        raise InvalidForm({"to": f"Mail to it came back ({mark.said}); give another, or lift the mark first."})
    mail_id = queue(tx, by=by, wanted=wanted)
    after = {"message": f"{wanted.kind.value} {wanted.number}", "to": wanted.to}
    record(tx, by=by, act=SEND_MAIL.name, subject="mail", subject_id=mail_id, after=after)
    return mail_id
