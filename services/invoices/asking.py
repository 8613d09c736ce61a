"""What of an invoice waits for a second person: asked for once, however often a form is sent."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import Connection, select

from services.access.tables import approval
from services.errors import Refused


class AlreadyAsked(Refused):
    """The same act on the same invoice waits for a second person already."""

    def __init__(self, number: str, noun: str) -> None:
        """Say what to do."""
        super().__init__(f"A {noun} of {number} waits for a second person already; decide on it or withdraw it first.")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that waits: its id, its line, and the nonce of the form it came from, if it has one."""

    id: int
    summary: str
    nonce: str


def subject_of(invoice_id: int) -> str:
    """What a request about an invoice names as its subject."""
    return f"invoice:{invoice_id}"


def waiting(conn: Connection, *, invoice_id: int, act: str | None = None) -> list[Asked]:
    """The requests about an invoice that nobody decided on yet, oldest first; only of one act, if given."""
    c = approval.c
    wanted = [c.subject == subject_of(invoice_id), c.decision.is_(None)] + ([c.act == act] if act else [])
    rows = conn.execute(select(c.id, c.summary, c.payload).where(*wanted).order_by(c.id))
    return [Asked(row.id, row.summary, json.loads(row.payload).get("nonce", "")) for row in rows]
