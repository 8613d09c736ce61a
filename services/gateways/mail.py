"""A mail server spoken to over SMTP, one message at a time, with the moment of no return told to the caller."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from services.settings import MailServer, TransportSecurity

_CLOSING = 421  # the server says it is about to close the connection
_GO_ON = 354
_LONGEST_SAID = 300
_LINE_END = re.compile(rb"\r\n|\r|\n")


class Outcome(StrEnum):
    """What became of one message.

    Later: nothing was taken and it may be tried again. Down: the server was not reached or refused our sign-in, so
    there is no use in trying other messages now. Unknown: the whole message was sent and no answer came back.
    """

    TAKEN = "taken"
    LATER = "later"
    REFUSED = "refused"
    NO_SUCH_ADDRESS = "no such address"
    DOWN = "down"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Answer:
    """An outcome and the server's own words for it."""

    outcome: Outcome
    said: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message ready to go: where it comes back to, where it goes, and its bytes."""

    return_path: str
    to: str
    content: bytes


class Courier:
    """One connection to a mail server, opened when first needed and opened anew when it was lost."""

    def __init__(self, server: MailServer) -> None:
        """Remember the server; nothing is opened yet."""
        self._server = server
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        """Take the courier for one round of messages."""
        return self

    def __exit__(self, *_: object) -> None:
        """Say goodbye to the server."""
        if self._smtp is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._smtp.quit()
            self._drop()

    def send(self, letter: Envelope, *, before_end: Callable[[], None]) -> Answer:
        """Hand one message over. `before_end` is called when only the final dot is missing.

        Until then a server has taken nothing (RFC 5321, 4.1.1.4); what `before_end` raises ends the connection, so
        that nothing is taken, and is raised here.
        """
        try:
            smtp = self._connected()
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            return Answer(Outcome.DOWN, f"The mail server did not let us in: {_words(error)}")
        try:
            if refusal := self._begin(smtp, letter):
                return refusal
            smtp.send(_stuffed(letter.content))
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            return Answer(Outcome.LATER, f"The connection broke: {_words(error)}")
        with ExitStack() as undo:
            undo.callback(self._drop)
            before_end()
            undo.pop_all()
        return self._end(smtp)

    def _begin(self, smtp: smtplib.SMTP, letter: Envelope) -> Answer | None:
        """Sender, recipient and the opening of the text; a refusal, or None."""
        options = []
        if not letter.to.isascii():
            if not smtp.has_extn("smtputf8"):
                return Answer(Outcome.REFUSED, "The mail server takes no address with letters outside ASCII.")
            smtp.command_encoding = "utf-8"
            options = ["SMTPUTF8"]
        code, said = smtp.mail(letter.return_path, options)
        if not _is_good(code):
            return self._refused(smtp, code, said, dead=Outcome.REFUSED)
        code, said = smtp.rcpt(letter.to)
        if not _is_good(code):
            return self._refused(smtp, code, said, dead=Outcome.NO_SUCH_ADDRESS)
        code, said = smtp.docmd("DATA")
        if code != _GO_ON:
            return self._refused(smtp, code, said, dead=Outcome.REFUSED)
        return None

    def _end(self, smtp: smtplib.SMTP) -> Answer:
        """The final dot and the server's answer to the whole message."""
        try:
            smtp.send(b".\r\n")
            code, said = smtp.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            return Answer(Outcome.UNKNOWN, f"The whole message was sent, and no answer came: {_words(error)}")
        if _is_good(code):
            return Answer(Outcome.TAKEN, _said(code, said))
        return self._refused(smtp, code, said, dead=Outcome.REFUSED)

    def _refused(self, smtp: smtplib.SMTP, code: int, said: bytes, *, dead: Outcome) -> Answer:
        """4xx asks to come again; 5xx does not, and `dead` says what it means at this point."""
        if code in {_CLOSING, -1}:
            self._drop()
        else:
            smtp.rset()
        return Answer(dead if code >= 500 else Outcome.LATER, _said(code, said))  # noqa: PLR2004 - RFC 5321, 4.2.1

    def _connected(self) -> smtplib.SMTP:
        if self._smtp is not None:
            with suppress(OSError, smtplib.SMTPException):
                if _is_good(self._smtp.noop()[0]):
                    return self._smtp
            self._drop()
        self._smtp = _opened(self._server)
        return self._smtp

    def _drop(self) -> None:
        """Close the connection without a word."""
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None


def _opened(server: MailServer) -> smtplib.SMTP:
    """A connection that is encrypted and signed in as the settings say."""
    us = socket.gethostname()
    where, safe = (server.host, server.port), ssl.create_default_context()
    if server.security is TransportSecurity.TLS:
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(*where, local_hostname=us, timeout=server.timeout, context=safe)
    else:
        smtp = smtplib.SMTP(*where, local_hostname=us, timeout=server.timeout)
    with ExitStack() as undo:
        undo.callback(smtp.close)
        if server.security is TransportSecurity.STARTTLS:
            smtp.starttls(context=safe)
        smtp.ehlo_or_helo_if_needed()
        if server.user:
            smtp.login(server.user, server.password)
        undo.pop_all()
    return smtp


def _is_good(code: int) -> bool:
    return 200 <= code < 300  # noqa: PLR2004 - RFC 5321, 4.2.1


def _stuffed(content: bytes) -> bytes:
    """The text as it goes over the line: CRLF ends, a dot doubled at the start of a line, no final dot yet."""
    lines = _LINE_END.sub(b"\r\n", content)
    if not lines.endswith(b"\r\n"):
        lines += b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", lines)


def _said(code: int, words: bytes) -> str:
    text = words.decode("utf-8", "replace").replace("\n", " ").strip()
    return f"{code} {text}"[:_LONGEST_SAID]


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        words = error.smtp_error
        return _said(error.smtp_code, words if isinstance(words, bytes) else str(words).encode())
    return (str(error) or type(error).__name__)[:_LONGEST_SAID]
