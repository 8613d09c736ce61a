"""The outbox as steps: a message goes in once, is leased to one process, and what became of it is written down."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import Any

from sqlalchemy import Update, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from services.access.model import Principal
from services.company.queries import company
from services.db.engine import Transaction
from services.gateways.mail import Answer, Outcome
from services.mail.letter import letter
from services.mail.model import (
    LEASE,
    MOST_TRIES,
    About,
    Again,
    LostLease,
    Mail,
    MailKind,
    MailState,
    Via,
    Wanted,
    domain_of,
    pause_after,
)
from services.mail.queries import due_count, from_row, marks
from services.mail.tables import mail_content, mail_mark, mail_message

_MAIL = mail_message.c
_UNCERTAIN = (
    "The sending process ended while the server was about to answer. Look for the Message-ID in the server’s log, "
    "then say whether it arrived."
)


def known(tx: Transaction, wanted: Wanted, again: Again | None = None) -> int | None:
    """The id of the message that was put in the outbox for the same thing before, if one was."""
    found = tx.conn.execute(select(_MAIL.id).where(_MAIL.key == _key(wanted, again))).scalar()
    return None if found is None else int(found)


def queue(tx: Transaction, *, by: Principal, wanted: Wanted, again: Again | None = None) -> int:
    """Put a message in the outbox and give its id; one with the same key is there once, however often it is asked for.

    To an address that mail came back from it goes in as failed, so that somebody sees it.
    """
    if (found := known(tx, wanted, again)) is not None:
        return found
    key = _key(wanted, again)
    us = company(tx.conn)
    mark = marks(tx.conn, [wanted.to]).get(wanted.to.casefold())
    token = hashlib.sha256(f"{key}|{tx.at.isoformat()}|{us.abn}".encode()).hexdigest()[:32]
    row: dict[str, Any] = {
        "key": key,
        "kind": wanted.kind.value,
        "about": wanted.about.value,
        "about_id": wanted.about_id,
        "version": wanted.version,
        "invoice_id": wanted.invoice_id,
        "customer_id": wanted.customer_id,
        "number": wanted.number,
        "to_address": wanted.to,
        "to_key": wanted.to.casefold(),
        "language": wanted.language,
        "facts": json.dumps(dict(wanted.facts), ensure_ascii=False, sort_keys=True),
        "subject": letter(wanted.kind, wanted.language, wanted.facts, company=us).subject,
        "state": (MailState.FAILED if mark else MailState.QUEUED).value,
        "attempts": 0,
        "next_at": None if mark else tx.at,
        "message_id": f"<{token}@{domain_of(us.email)}>",
        "queued_at": tx.at,
        "queued_by": by.name,
        "said": f"Mail to this address came back before: {mark.said}" if mark else "",
        "again_of_id": again.of_id if again else None,
        "reason": again.reason if again else "",
    }
    dialect: Any = sqlite if tx.dialect == "sqlite" else postgresql
    once = dialect.insert(mail_message).values(row).on_conflict_do_nothing(index_elements=["key"])
    tx.conn.execute(once)
    return int(tx.conn.execute(select(_MAIL.id).where(_MAIL.key == key)).scalar_one())


def withdraw(
    tx: Transaction, *, by: Principal, about: About, about_id: int, why: str, kind: MailKind | None = None
) -> int:
    """Cancel what still waits about a thing that was undone, or of it only one kind; gives how many were."""
    bound = {"of_about": about.value, "of_id": about_id, "words": f"{by.name}: {why}"}
    if kind:
        bound["of_kind"] = kind.value
    return tx.conn.execute(_withdrawal(of_kind=kind is not None), bound).rowcount


@cache
def _withdrawal(*, of_kind: bool) -> Update:
    """Built once, as every payment asks."""
    waits = [_MAIL.about == bindparam("of_about"), _MAIL.about_id == bindparam("of_id")]
    waits += [_MAIL.state == MailState.QUEUED.value]
    waits += [_MAIL.kind == bindparam("of_kind")] if of_kind else []
    gone: dict[str, Any] = {"state": MailState.CANCELLED.value, "next_at": None, "said": bindparam("words")}
    return update(mail_message).where(*waits).values(gone)


def begin(tx: Transaction) -> int:
    """Begin a round: settle what dead processes left behind when their leases are over, and count what is due.

    Before the final dot nothing can have been taken, so those wait again. After it nobody knows.
    """
    over = (_MAIL.state == MailState.SENDING.value, _MAIL.lease_until <= tx.at)
    again = {"state": MailState.QUEUED.value, "lease_until": None, "next_at": tx.at}
    tx.conn.execute(update(mail_message).where(*over, _MAIL.handed_at.is_(None)).values(again))
    unknown = {"state": MailState.UNCERTAIN.value, "lease_until": None, "said": _UNCERTAIN}
    tx.conn.execute(update(mail_message).where(*over).values(unknown))
    return due_count(tx.conn, at=tx.at)


def claim(tx: Transaction) -> Mail | None:
    """Lease the message that has waited longest to this process; None when none is due."""
    due = (_MAIL.state == MailState.QUEUED.value, _MAIL.next_at <= tx.at)
    first = select(_MAIL.id).where(*due).order_by(_MAIL.next_at, _MAIL.id).limit(1)
    mail_id = tx.conn.execute(first.with_for_update(skip_locked=True)).scalar()
    if mail_id is None:
        return None
    taken: dict[str, Any] = {"state": MailState.SENDING.value, "next_at": None, "handed_at": None}
    taken |= {"lease_until": tx.at + LEASE, "attempts": _MAIL.attempts + 1}
    row = tx.conn.execute(update(mail_message).where(_MAIL.id == mail_id).values(taken).returning(mail_message)).one()
    return from_row(row)


def hand_over(tx: Transaction, *, mail: Mail, content: bytes) -> None:
    """Write down, before the final dot is sent, that it is about to be; keep the bytes. Raises `LostLease`."""
    sha256 = hashlib.sha256(content).hexdigest()
    dialect: Any = sqlite if tx.dialect == "sqlite" else postgresql
    kept = dialect.insert(mail_content).values(sha256=sha256, content=content, kept_at=tx.at)
    tx.conn.execute(kept.on_conflict_do_nothing(index_elements=["sha256"]))
    ours = (_MAIL.id == mail.id, _MAIL.state == MailState.SENDING.value, _MAIL.attempts == mail.attempts)
    handed = update(mail_message).where(*ours, _MAIL.lease_until > tx.at).values(handed_at=tx.at, sha256=sha256)
    if not tx.conn.execute(handed).rowcount:
        raise LostLease(f"Message {mail.id} was taken over by another process; it is sent there.")


def note_answer(tx: Transaction, *, mail: Mail, answer: Answer) -> MailState | None:
    """Write down what became of a leased message, and give its state; None if it is not ours any more.

    A late answer is also taken for one that seemed lost meanwhile.
    """
    states = (MailState.SENDING.value, MailState.UNCERTAIN.value)
    changes = _after(tx, mail, answer)
    ours = (_MAIL.id == mail.id, _MAIL.attempts == mail.attempts, _MAIL.state.in_(states))
    if not tx.conn.execute(update(mail_message).where(*ours).values(changes | {"lease_until": None})).rowcount:
        return None
    if answer.outcome is Outcome.NO_SUCH_ADDRESS:
        mark_address(tx, mail=mail, said=answer.said)
    return MailState(changes["state"])


def keep_in_room(tx: Transaction, *, most: int) -> int:
    """Where no server is set: call what is due sent to the mail room; gives how many."""
    due = (_MAIL.state == MailState.QUEUED.value, _MAIL.next_at <= tx.at)
    ids = select(_MAIL.id).where(*due).order_by(_MAIL.next_at, _MAIL.id).limit(most)
    kept = {"state": MailState.SENT.value, "via": Via.MAIL_ROOM.value, "sent_at": tx.at, "next_at": None, "said": ""}
    mine = list(tx.conn.execute(ids.with_for_update(skip_locked=True)).scalars())
    if mine:
        tx.conn.execute(update(mail_message).where(_MAIL.id.in_(mine)).values(kept))
    return len(mine)


def mark_address(tx: Transaction, *, mail: Mail, said: str) -> None:
    """Mark the address of a message: mail comes back from it."""
    row = {"address_key": mail.to.casefold(), "address": mail.to, "since": tx.at, "said": said, "mail_id": mail.id}
    if marks(tx.conn, [mail.to]):
        return
    tx.conn.execute(insert(mail_mark), row)


def _key(wanted: Wanted, again: Again | None) -> str:
    return f"{wanted.key}:again:{again.nonce}" if again else wanted.key


def _after(tx: Transaction, mail: Mail, answer: Answer) -> dict[str, Any]:
    """What changes in a message by an answer to it."""
    if answer.outcome is Outcome.TAKEN:
        return {
            "state": MailState.SENT.value,
            "via": Via.SMTP.value,
            "sent_at": tx.at,
            "next_at": None,
            "said": answer.said,
        }
    if answer.outcome is Outcome.UNKNOWN:
        return {"state": MailState.UNCERTAIN.value, "next_at": None, "said": f"{answer.said} {_UNCERTAIN}"}
    pause = pause_after(mail.attempts)
    if answer.outcome in {Outcome.LATER, Outcome.DOWN} and pause is not None:
        return {"state": MailState.QUEUED.value, "next_at": tx.at + pause, "said": answer.said, "handed_at": None}
    gave_up = f"Given up after {MOST_TRIES} tries. " if answer.outcome in {Outcome.LATER, Outcome.DOWN} else ""
    return {"state": MailState.FAILED.value, "next_at": None, "said": gave_up + answer.said}
