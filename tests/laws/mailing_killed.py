"""A process that sends the mail of many invoices is killed again and again; then every address counts what it got."""

from __future__ import annotations

import os
import random
import signal
import sys
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from multiprocessing import get_context
from types import ModuleType
from typing import Any
from unittest.mock import patch

from services.access.model import SYSTEM
from services.db.engine import Database
from services.gateways.mail import Courier
from services.invoices.mailing import queue_invoice
from services.invoices.operations import issue_invoice
from services.mail.model import LEASE, Mail, MailState
from services.mail.operations import settle_uncertain
from services.mail.queries import due_count, from_row, marked_addresses
from services.mail.sending import send_due
from services.mail.tables import mail_message
from services.money import Money
from services.settings import MailServer
from tests.conftest import SYDNEY
from tests.invoicing import AT, details, open_shop
from tests.mailing import PostOffice, post_office, short_paper

TEMPORARY, PERMANENT = 10, 20  # one in so many is refused at first, and one in so many for good
A_ROUND = timedelta(minutes=20)
MOST_ROUNDS = 60
STALLED = 120.0  # seconds a round may take


@dataclass(frozen=True)
class Delivered:
    """What a storm of kills left behind."""

    mails: int
    kills: int
    tries: int
    twice: int
    missing: int
    to_the_dead: int
    failed: int
    marked: int
    uncertain: int
    settled_as_arrived: int
    unsent: int


@dataclass
class Fate:
    """What the server does with each address, and at which of its questions the sending process is killed.

    The three moments are the worst there are: while a recipient is named, when a message was taken and not yet
    answered for, and when a refusal is on its way.
    """

    chance: random.Random
    moments: dict[str, set[int]]
    asked: Counter[str] = field(default_factory=Counter)
    refused: set[str] = field(default_factory=set)
    pid: int = 0
    kills: int = 0

    def recipient(self, address: str) -> str:
        """Agree, refuse for good, or refuse the first time."""
        number = number_of(address)
        if self._strikes("recipient"):
            return ""
        if number % PERMANENT == 1:
            return "550 5.1.1 no such mailbox"
        if number % TEMPORARY == 0 and address not in self.refused and number % 4:
            self.refused.add(address)
            self._strikes("refusal")
            return "451 4.7.1 greylisted"
        return ""

    def message(self, address: str) -> str:
        """Take it, or say after all of it that there is no room now."""
        number = number_of(address)
        if number % TEMPORARY == 0 and address not in self.refused:
            self.refused.add(address)
            return "452 4.3.1 no room"
        return "die" if self._due("message") else ""

    def _strikes(self, question: str) -> bool:
        if self._due(question):
            self.strike()
            return True
        return False

    def _due(self, question: str) -> bool:
        self.asked[question] += 1
        return self.asked[question] in self.moments[question]

    def strike(self) -> None:
        """Kill the sending process at this very moment."""
        os.kill(self.pid, signal.SIGKILL)
        self.kills += 1


def number_of(address: str) -> int:
    """Which of the buyers an address belongs to."""
    return int(address.partition("@")[0].removeprefix("buyer"))


class Killing(PostOffice):
    """The server, which strikes after it took a message and before it answers."""

    fate: Fate

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Take the message, and strike where it is time to."""
        said = self.fate.message(envelope.rcpt_tos[0])
        self.to_message = lambda _: "" if said == "die" else said
        answer = await super().handle_DATA(server, session, envelope)
        if said == "die":
            self.fate.strike()
        return answer


def deliver(url: str, server: MailServer, at: Any) -> None:
    """One round in a process of its own."""
    database = Database(url, timezone=SYDNEY)
    with Courier(server) as courier:
        list(send_due(database, by=SYSTEM, courier=courier, papers=short_paper, at=at))
    database.close()


def storm(url: str, *, mails: int, kills: int, seed: int = 1) -> Delivered:
    """Send so many invoices under so many kills, settle what is uncertain by the server's log, and count."""
    chance = random.Random(seed)  # noqa: S311 - moments to kill at, not secrets
    database = Database(url, timezone=SYDNEY)
    enqueue(database, mails)
    office = Killing()
    office.fate = Fate(chance, _moments(chance, mails, kills))
    office.to_recipient = office.fate.recipient
    settled: dict[str, int] = Counter()
    with post_office(office):
        at = _until_nothing_is_due(database, url, office)
        twice = sum(number > 1 for number in Counter(one.to for one in office.taken).values())
        log = {one.message["Message-ID"] for one in office.taken}
        for mail in _in_state(database, MailState.UNCERTAIN):
            arrived = mail.message_id in log
            settled["arrived" if arrived else "lost"] += 1
            act = {"mail_id": mail.id, "arrived": arrived, "reason": "seen in the server's log"}
            database.act(lambda tx, act=act: settle_uncertain(tx, by=SYSTEM, **act), at=at)
        _until_nothing_is_due(database, url, office, at=at)
    found = _count(database, office, mails, settled)
    database.close()
    return replace(found, twice=found.twice + twice)


def _moments(chance: random.Random, mails: int, kills: int) -> dict[str, set[int]]:
    """At which question of each kind it strikes: spread over the work, a third of the kills on each kind."""
    moments: dict[str, set[int]] = {"recipient": set(), "message": set(), "refusal": set()}
    asked = {"recipient": mails, "message": mails * 3 // 4, "refusal": max(mails // TEMPORARY // 3, 1)}
    for number, kind in zip(range(kills), ("message", "recipient", "refusal") * kills, strict=False):
        part = max(asked[kind] // (kills // 3 + 1), 1)
        moments[kind].add(1 + number // 3 * part + chance.randrange(part))
    return moments


def enqueue(database: Database, mails: int) -> None:
    """Issue so many invoices, each to an address of its own, a hundred in a transaction."""
    buyer = open_shop(database)["AU"]
    for start in range(0, mails, 100):

        def issue(tx: Any, start: int = start) -> None:
            for number in range(start, min(start + 100, mails)):
                whom = details("AU", email=f"buyer{number}@buyer.example")
                money = Money.of("1100", "AUD")
                nonce = f"storm-{number}"
                made = issue_invoice(tx, by=SYSTEM, nonce=nonce, customer_id=buyer.id, gross=money, details=whom)
                queue_invoice(tx, by=SYSTEM, invoice=made)
                queue_invoice(tx, by=SYSTEM, invoice=made)  # asked for twice, it is one message

        database.act(issue, at=AT)


def _until_nothing_is_due(database: Database, url: str, office: Killing, *, at: Any = AT) -> Any:
    """Round after round, each later than the lease and the pause before it, until nothing waits or is being sent."""
    while any(_in_state(database, state) for state in (MailState.QUEUED, MailState.SENDING)):
        at += max(A_ROUND, LEASE)
        _run(url, office, at)
        assert at < AT + MOST_ROUNDS * A_ROUND, "mail goes round for ever"
    return at


def _run(url: str, office: Killing, at: Any) -> None:
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    process = context.Process(target=deliver, args=(url, office.server(), at))
    # a test of a screen leaves its script behind as the main module, which the child would run again
    with patch.dict(sys.modules, {"__main__": ModuleType("__main__")}):
        process.start()
    office.fate.pid = process.pid or 0
    process.join(STALLED)
    if process.exitcode not in {0, -signal.SIGKILL}:
        process.kill()
        raise AssertionError(f"the round ended with {process.exitcode}")


def _in_state(database: Database, state: MailState) -> list[Mail]:
    with database.read() as conn:
        rows = conn.execute(mail_message.select().where(mail_message.c.state == state.value))
        return [from_row(row) for row in rows]


def _count(database: Database, office: Killing, mails: int, settled: dict[str, int]) -> Delivered:
    got = Counter(one.to for one in office.taken)
    alive = [f"buyer{number}@buyer.example" for number in range(mails) if number % PERMANENT != 1]
    with database.read() as conn:
        marked = len(marked_addresses(conn))
        due = due_count(conn, at=AT + timedelta(days=30))
        tries = sum(row.attempts for row in conn.execute(mail_message.select()))
    return Delivered(
        mails=mails,
        kills=office.fate.kills,
        tries=tries,
        twice=sum(number > 1 for number in got.values()),
        missing=sum(got[address] == 0 for address in alive),
        to_the_dead=sum(number for address, number in got.items() if address not in set(alive)),
        failed=len(_in_state(database, MailState.FAILED)),
        marked=marked,
        uncertain=sum(settled.values()),
        settled_as_arrived=settled["arrived"],
        unsent=due + len(_in_state(database, MailState.SENDING)) + len(_in_state(database, MailState.UNCERTAIN)),
    )
