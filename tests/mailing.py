"""A mail server on loopback that does what a test wants of it, and keeps what it took."""

from __future__ import annotations

import asyncio
import email
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from services.db.engine import Database
from services.gateways.mail import Courier
from services.mail.composing import Paper
from services.mail.model import Mail
from services.settings import MailServer, TransportSecurity
from tests.browser.harness import free_port

PDF = b"%PDF-1.7\n.a line that begins with a dot\n%%EOF\n"
Says = Callable[[str], str]


@dataclass
class Taken:
    """A message the server answered for with 250."""

    return_path: str
    to: str
    content: bytes

    @property
    def message(self) -> EmailMessage:
        """Its headers and parts."""
        found = email.message_from_bytes(self.content, policy=default)
        assert isinstance(found, EmailMessage)
        return found


@dataclass
class PostOffice:
    """The server's behaviour: what it says to a recipient and after a whole message; empty means it agrees.

    A method's name is the server's own, by which the library finds it.
    """

    to_recipient: Says = lambda _: ""
    to_message: Says = lambda _: ""
    taken: list[Taken] = field(default_factory=list)
    port: int = 0

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Agree to a recipient or not."""
        if said := self.to_recipient(address):
            return said
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a message, refuse it, or go away before (“lose”) or after (“vanish”) taking it."""
        [address] = envelope.rcpt_tos
        said = self.to_message(address)
        if said.startswith(("4", "5")):
            return said
        if said != "lose":
            content: Any = envelope.original_content
            self.taken.append(Taken(str(envelope.mail_from), address, content))
        if said in {"lose", "vanish"}:
            transport: Any = server.transport
            transport.abort()
            await asyncio.sleep(0)
        if said == "wait":
            await asyncio.sleep(1.5)
        return "250 Taken"

    def server(self, *, timeout: float = 5.0) -> MailServer:
        """Where it is, as settings would say."""
        return MailServer("127.0.0.1", self.port, TransportSecurity.NONE, timeout=timeout)

    def courier(self, *, timeout: float = 5.0) -> Courier:
        """A way to it."""
        return Courier(self.server(timeout=timeout))


@contextmanager
def post_office(office: PostOffice | None = None) -> Iterator[PostOffice]:
    """The server, running in a thread of its own on a free port."""
    opened = office or PostOffice()
    opened.port = free_port()
    controller = Controller(opened, hostname="127.0.0.1", port=opened.port, enable_SMTPUTF8=True)
    controller.start()
    try:
        yield opened
    finally:
        controller.stop()


def short_paper(_database: Database, mail: Mail) -> Paper:
    """A paper that takes no time to draw."""
    return Paper(f"Invoice_{mail.number}.pdf", PDF)
