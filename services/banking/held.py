"""Which files wait for another person, known by their content."""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection, select

from services.access.tables import approval

MISSING_DAYS_ACT = "banking.accept_missing_days"  # the act's name in the register of approvals


def subject_of(content: bytes) -> str:
    """What a request about the file is about."""
    return f"bank file {hashlib.sha256(content).hexdigest()[:16]}"


def is_held(conn: Connection, *, content: bytes) -> bool:
    """Whether this very file waits for another person."""
    waiting = (approval.c.act == MISSING_DAYS_ACT, approval.c.decision.is_(None))
    mine = approval.c.subject == subject_of(content)
    return conn.execute(select(approval.c.id).where(mine, *waiting)).first() is not None
