"""What a message is: its kind, where it stands, when it is tried again, and the one key that keeps it single."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from services.access.model import EVERYONE, Permission, Role
from services.errors import NotFound, Refused, Stale

SEE_MAIL = Permission("mail.see", "see e-mail to customers", EVERYONE)
SEND_MAIL = Permission("mail.send", "send e-mail to customers", frozenset({Role.ACCOUNTING}))
CHOOSE_MAIL = Permission("mail.choose", "choose what is e-mailed by itself", frozenset({Role.ACCOUNTING, Role.MANAGER}))

JOB = "mail"  # what sending is called among scheduled work, where it can be held
FIRST_PAUSE = timedelta(seconds=60)
MOST_TRIES = 10  # the last pause is 60 x 2^8 seconds, the tries span some eight hours and a half
LEASE = timedelta(minutes=5)  # longer than a server may take for one message


class NoSuchMail(NotFound):
    """No message has this id."""


class NotThatState(Stale):
    """The message does not stand where the act begins."""


class Unmarked(Stale):
    """The address carries no mark, or not any more."""


class LostLease(Refused):
    """Another process took the message over before it was handed to the server."""


class MailKind(StrEnum):
    """What a message is about."""

    INVOICE = "invoice"
    CORRECTED_COPY = "corrected copy"
    CREDIT_NOTE = "credit note"
    PAYMENT_RECEIVED = "payment received"
    SHORT_PAYMENT = "short payment"
    REMINDER = "reminder"
    POSTPAID_LETTER = "postpaid letter"
    CREDIT_LIMIT = "credit limit"

    @property
    def label(self) -> str:
        """As a list shows it."""
        return self.value.capitalize()


class MailState(StrEnum):
    """Where a message stands.

    Uncertain: the whole message was handed over, and nobody knows whether the server took it; a person finds out.
    """

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNCERTAIN = "uncertain"


class Via(StrEnum):
    """Where a sent message went: out by SMTP, or only into the mail room, where nothing leaves the building."""

    SMTP = "smtp"
    MAIL_ROOM = "mail room"


class About(StrEnum):
    """The thing a message is about; the paper in it is the invoice's unless it is about a credit note.

    A letter about an application is its own paper, and no invoice is named. About a commitment there is neither invoice
    nor paper.
    """

    INVOICE = "invoice"
    CREDIT_NOTE = "credit note"
    ALLOCATION = "allocation"
    POSTPAID_LETTER = "postpaid letter"
    COMMITMENT = "commitment"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A message to put in the outbox: what it is about, to whom, and the facts its letter names.

    `version` is that of the paper, or what else tells two messages about one thing apart; `facts` are words in the
    letter's language.
    """

    kind: MailKind
    about: About
    about_id: int
    invoice_id: int | None
    customer_id: int
    number: str
    to: str
    language: str
    facts: Mapping[str, str]
    version: int = 1

    @property
    def key(self) -> str:
        """Kind, thing, version and address: the same four are the same message, however often it is asked for."""
        return f"{self.kind.value}:{self.about.value}:{self.about_id}:{self.version}:{self.to.casefold()}"


@dataclass(frozen=True, slots=True)
class Again:
    """Sending a message a second time: which one, why, and the nonce of the form that asked for it."""

    of_id: int
    reason: str
    nonce: str


@dataclass(frozen=True, slots=True)
class Mail:
    """A message as it stands. `said` is the last answer to it; `handed_at` when its whole text was about to be sent."""

    id: int
    kind: MailKind
    about: About
    about_id: int
    version: int
    invoice_id: int | None
    customer_id: int
    number: str
    to: str
    language: str
    facts: Mapping[str, str]
    subject: str
    state: MailState
    via: Via | None
    attempts: int
    next_at: datetime | None
    lease_until: datetime | None
    handed_at: datetime | None
    message_id: str
    sha256: str | None
    queued_at: datetime
    queued_by: str
    sent_at: datetime | None
    said: str
    again_of_id: int | None
    reason: str

    @property
    def wanted(self) -> Wanted:
        """What was asked for when it was queued."""
        return Wanted(
            kind=self.kind,
            about=self.about,
            about_id=self.about_id,
            invoice_id=self.invoice_id,
            customer_id=self.customer_id,
            number=self.number,
            to=self.to,
            language=self.language,
            facts=self.facts,
            version=self.version,
        )

    @property
    def is_kept(self) -> bool:
        """Whether it only went into the mail room."""
        return self.via is Via.MAIL_ROOM


@dataclass(frozen=True, slots=True)
class Mark:
    """An address mail came back from: since when, and what the other side said."""

    address: str
    since: datetime
    said: str
    mail_id: int


def pause_after(attempts: int) -> timedelta | None:
    """How long to wait after so many tries: 60 x 2^n seconds; None when it has been tried often enough."""
    return FIRST_PAUSE * 2 ** (attempts - 1) if attempts < MOST_TRIES else None


def domain_of(address: str) -> str:
    """What stands behind the @."""
    return address.rpartition("@")[2]
