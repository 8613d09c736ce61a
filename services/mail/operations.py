"""What people do about single messages: send again, cancel, say what became of one; and what is mailed by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import delete, insert, select, update

from services.access.audit import record
from services.access.model import Principal, require
from services.db.engine import Transaction
from services.errors import InvalidForm
from services.mail import outbox
from services.mail.model import (
    CHOOSE_MAIL,
    SEND_MAIL,
    Again,
    Mail,
    MailState,
    NotThatState,
    Unmarked,
    Via,
)
from services.mail.queries import mail as mail_by_id
from services.mail.queries import mails_receipts, marks
from services.mail.tables import mail_choice, mail_mark, mail_message
from services.texts import checked_reason, is_email

_MAIL = mail_message.c
_ENDED = frozenset({MailState.SENT, MailState.FAILED, MailState.CANCELLED})


def resend(
    tx: Transaction,
    *,
    by: Principal,
    mail_id: int,
    to: str,
    reason: str,
    nonce: str,
    facts: Mapping[str, str] | None = None,
) -> int:
    """Send a message again as one of its own, to the same address or another; gives the new one's id.

    `facts` are those its letter names by now, where they changed since. `nonce` names the form: sent again it gives
    the message it made. Raises `InvalidForm` (to, reason) and
    `NotThatState` while the first one may still arrive.
    """
    require(by, SEND_MAIL)
    reason = checked_reason(reason, ask="Say why it is sent again; the message keeps it.")
    to = to.strip()
    if not is_email(to):
        raise InvalidForm({"to": "Enter one e-mail address, such as accounts@example.com."})
    found = _locked(tx, mail_id)
    wanted, again = replace(found.wanted, to=to, facts=facts or found.wanted.facts), Again(found.id, reason, nonce)
    if (made := outbox.known(tx, wanted, again)) is not None:
        return made
    if mark := marks(tx.conn, [to]).get(to.casefold()):
        raise InvalidForm({"to": f"Mail to it came back ({mark.said}); give another, or lift the mark first."})
    if found.state not in _ENDED:
        raise NotThatState(f"It is {found.state.value}; cancel it, or settle what became of it, before sending again.")
    made = outbox.queue(tx, by=by, wanted=wanted, again=again)
    _record(tx, by, mail_by_id(tx.conn, made), {"again of": found.id, "to": to}, reason)
    return made


def cancel(tx: Transaction, *, by: Principal, mail_id: int, reason: str) -> Mail:
    """Take a message that waits out of the outbox. Raises `InvalidForm` without a reason, and `NotThatState`."""
    require(by, SEND_MAIL)
    reason = checked_reason(reason, ask="Say why it is not sent.")
    found = _in_state(tx, mail_id, MailState.QUEUED)
    return _moved(tx, by, found, reason, state=MailState.CANCELLED.value, next_at=None, said=f"{by.name}: {reason}")


def try_now(tx: Transaction, *, by: Principal, mail_id: int) -> Mail:
    """Let a waiting message be tried with the next round instead of at its time. Raises `NotThatState`."""
    require(by, SEND_MAIL)
    found = _in_state(tx, mail_id, MailState.QUEUED)
    return _moved(tx, by, found, "", next_at=tx.at)


def settle_uncertain(tx: Transaction, *, by: Principal, mail_id: int, arrived: bool, reason: str) -> Mail:
    """Say what became of a message whose answer was lost: it arrived, or it did not and is sent after all.

    Sent after all, it goes with the same bytes and Message-ID. Raises `InvalidForm` without a reason, `NotThatState`.
    """
    require(by, SEND_MAIL)
    reason = checked_reason(reason, ask="Say where you saw it: in the server’s log, or with the customer.")
    found = _in_state(tx, mail_id, MailState.UNCERTAIN)
    said = f"{by.name}: {reason}"
    if arrived:
        at = found.handed_at
        sent = {"state": MailState.SENT.value, "via": Via.SMTP.value, "sent_at": at, "said": said}
        return _moved(tx, by, found, reason, **sent)
    return _moved(tx, by, found, reason, state=MailState.QUEUED.value, next_at=tx.at, handed_at=None, said=said)


def record_bounce(tx: Transaction, *, by: Principal, mail_id: int, reason: str) -> Mail:
    """Take note that a sent message came back: it failed, and its address is marked.

    Raises `InvalidForm` without what the other side said, and `NotThatState`.
    """
    require(by, SEND_MAIL)
    reason = checked_reason(reason, ask="Say what the returned message says, such as “mailbox unavailable”.")
    found = _in_state(tx, mail_id, MailState.SENT)
    outbox.mark_address(tx, mail=found, said=reason)
    return _moved(tx, by, found, reason, state=MailState.FAILED.value, said=f"Came back: {reason}")


def lift_mark(tx: Transaction, *, by: Principal, address: str, reason: str) -> None:
    """Let mail go to a marked address again. Raises `InvalidForm` without a reason, and `Unmarked`."""
    require(by, SEND_MAIL)
    reason = checked_reason(reason, ask="Say how you know that the address works.")
    gone = delete(mail_mark).where(mail_mark.c.address_key == address.casefold()).returning(mail_mark.c.said)
    said = tx.conn.execute(gone).scalar()
    if said is None:
        raise Unmarked(f"{address} carries no mark any more; mail can go to it.")
    facts: dict[str, Any] = {"before": {"marked": said}, "after": {"marked": False}}
    record(tx, by=by, act=SEND_MAIL.name, subject="mail address", subject_id=address, reason=reason, **facts)


def choose_receipts(tx: Transaction, *, by: Principal, on: bool, reason: str) -> None:
    """Choose whether customers hear of every receipt by themselves. Raises `InvalidForm` without a reason."""
    require(by, CHOOSE_MAIL)
    reason = checked_reason(reason, ask="Say why; it is kept in the audit trail.")
    before = mails_receipts(tx.conn)
    row = {"receipts": on, "chosen_at": tx.at, "chosen_by": by.name, "reason": reason}
    tx.conn.execute(insert(mail_choice), row)
    facts: dict[str, Any] = {"before": {"receipts": before}, "after": {"receipts": on}}
    record(tx, by=by, act=CHOOSE_MAIL.name, subject="mail", subject_id="receipts", reason=reason, **facts)


def _locked(tx: Transaction, mail_id: int) -> Mail:
    # PostgreSQL: a round may be taking it at this moment; SQLite has one writer anyway
    tx.conn.execute(select(_MAIL.id).where(_MAIL.id == mail_id).with_for_update())
    return mail_by_id(tx.conn, mail_id)


def _in_state(tx: Transaction, mail_id: int, state: MailState) -> Mail:
    found = _locked(tx, mail_id)
    if found.state is not state:
        raise NotThatState(f"It is {found.state.value} by now, not {state.value}; look at it again.")
    return found


def _moved(tx: Transaction, by: Principal, found: Mail, reason: str, **changes: Any) -> Mail:
    tx.conn.execute(update(mail_message).where(_MAIL.id == found.id).values(changes))
    moved = mail_by_id(tx.conn, found.id)
    _record(tx, by, moved, {"before": found.state.value, "state": moved.state.value}, reason)
    return moved


def _record(tx: Transaction, by: Principal, found: Mail, facts: dict[str, Any], reason: str) -> None:
    after = {"message": f"{found.kind.value} {found.number}"} | facts
    record(tx, by=by, act=SEND_MAIL.name, subject="mail", subject_id=found.id, after=after, reason=reason)
