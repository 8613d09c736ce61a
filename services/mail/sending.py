"""The round of the mail: everything that is due is handed to the server, each message leased and written down.

Three short transactions a message, none of them open while the server is spoken to: the lease; then, when only the
final dot is missing, that it is about to be sent, with the bytes; then the answer. What a killed process leaves behind
is settled by the next round: before the dot it is sent again, after it a person is asked (docs/decisions).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from datetime import datetime
from secrets import token_hex

from services.access.model import SYSTEM, Principal, require
from services.company.queries import company
from services.db.engine import Database
from services.errors import LedgerdeskError
from services.gateways.mail import Answer, Courier, Envelope, Outcome
from services.jobs.steps import put_on_hold
from services.mail import outbox, queries
from services.mail.composing import Paper, compose, return_path
from services.mail.model import JOB, LEASE, SEND_MAIL, LostLease, Mail, MailState

BATCH = 200  # messages the mail room takes in one transaction

Papers = Callable[[Database, Mail], Paper | None]

_log = logging.getLogger("ledgerdesk.mail")


@dataclass(frozen=True, slots=True)
class Round:
    """How far a round is: of `total` due at its start, how many went which way; `stopped` says why it ended early."""

    total: int
    sent: int = 0
    later: int = 0
    failed: int = 0
    uncertain: int = 0
    stopped: str = ""

    @property
    def done(self) -> int:
        """Every message that was tried."""
        return self.sent + self.later + self.failed + self.uncertain

    def with_state(self, state: MailState | None) -> Round:
        """The round after one more message."""
        grown = {
            MailState.SENT: replace(self, sent=self.sent + 1),
            MailState.QUEUED: replace(self, later=self.later + 1),
            MailState.FAILED: replace(self, failed=self.failed + 1),
            MailState.UNCERTAIN: replace(self, uncertain=self.uncertain + 1),
        }
        return grown.get(state, self) if state else self


@dataclass(frozen=True, slots=True)
class _Post:
    """Who sends for which books, through which server, with whose papers; `at` only where a history is rebuilt."""

    database: Database
    courier: Courier | None
    papers: Papers
    bounces_to: str
    at: datetime | None


def send_due(
    database: Database,
    *,
    by: Principal,
    courier: Courier | None,
    papers: Papers,
    bounces_to: str = "",
    at: datetime | None = None,
) -> Generator[Round, None, None]:
    """Send what is due; gives how far it is after each message or batch. Any number of processes may do it at once.

    Without a courier nothing leaves: messages are put in the mail room. Close the iterator to stop early. Raises
    `NotAllowed` at once.
    """
    require(by, SEND_MAIL)
    return _go_round(_Post(database, courier, papers, bounces_to, at))


def _go_round(post: _Post) -> Generator[Round, None, None]:
    one = Round(post.database.act(outbox.begin, at=post.at))
    with post.database.read() as conn:
        held = queries.hold(conn)
    if held and one.total:
        yield replace(one, stopped=f"On hold by {held.held_by}: {held.reason}")
    if held or not one.total:
        return
    if post.courier is None:
        yield from _keep(post, one)
        return
    while not one.stopped and (mail := post.database.act(outbox.claim, at=post.at)):
        one = _send(post, one, mail, post.courier)
        yield one


def _keep(post: _Post, one: Round) -> Generator[Round, None, None]:
    while kept := post.database.act(lambda tx: outbox.keep_in_room(tx, most=BATCH), at=post.at):
        one = replace(one, sent=one.sent + kept, total=max(one.total, one.sent + kept))
        yield one


def _send(post: _Post, one: Round, mail: Mail, courier: Courier) -> Round:
    """One message to its end: what became of it is written down before the next one is taken."""
    stopped = ""
    try:
        envelope = _envelope(post, mail)
    except LedgerdeskError as refusal:
        answer = Answer(Outcome.REFUSED, str(refusal))
    except Exception as error:  # noqa: BLE001 - a bug of ours must not lose a message nor go round for ever
        answer, stopped = _bug(post, error)
    else:
        try:
            answer = courier.send(
                envelope,
                before_end=lambda: post.database.act(
                    lambda tx: outbox.hand_over(tx, mail=mail, content=envelope.content), at=post.at
                ),
            )
        except LostLease:
            return one
    if answer.outcome is Outcome.DOWN:
        stopped = answer.said
    state = post.database.act(lambda tx: outbox.note_answer(tx, mail=mail, answer=answer), at=post.at)
    return replace(one.with_state(state), stopped=stopped)


def _envelope(post: _Post, mail: Mail) -> Envelope:
    """The message as it goes: as kept where it was handed over before, so that a server can tell it is the same."""
    with post.database.read() as conn:
        us = company(conn)
        kept = queries.content(conn, mail.sha256) if mail.sha256 else None
    content = kept or compose(mail, post.papers(post.database, mail), company=us, at=_begun(post, mail))
    return Envelope(return_path(mail, company=us, domain=post.bounces_to), mail.to, content)


def _begun(post: _Post, mail: Mail) -> datetime:
    """When the message was leased, in the company's time zone: the date it carries."""
    assert mail.lease_until is not None  # noqa: S101 - it was just leased
    return (mail.lease_until - LEASE).astimezone(post.database.timezone)


def _bug(post: _Post, error: Exception) -> tuple[Answer, str]:
    """Log what nobody anticipated, hold all sending until a person has looked, and let the message wait."""
    reference = token_hex(4).upper()
    _log.error("a message could not be made, reference %s", reference, exc_info=error)
    reason = f"An unexpected error, reference {reference}; it is in the log."
    post.database.act(lambda tx: put_on_hold(tx, by=SYSTEM, job=JOB, reason=reason), at=post.at)
    return Answer(Outcome.LATER, reason), reason
