"""Who is asking, and the lists of people, approvals and audit events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from services.access.model import IDLE, Principal, Role, Session, token_key
from services.access.tables import person, session

if TYPE_CHECKING:
    from datetime import datetime


def session_for(conn: Connection, token: str | None, now: datetime) -> Session | None:
    """Find the session behind a cookie; None when it is unknown, ended, idle for 30 minutes, or 10 hours old (UTC)."""
    if not token:
        return None
    columns = (person.c.id, person.c.name, person.c.role, person.c.email, person.c.must_change_password)
    row = conn.execute(
        select(*columns, session.c.last_seen_at)
        .join_from(session, person, session.c.person_id == person.c.id)
        .where(session.c.token_hash == token_key(token), session.c.ended_at.is_(None))
        .where(session.c.expires_at > now, session.c.last_seen_at > now - IDLE, person.c.active.is_(True))
    ).first()
    if row is None:
        return None
    principal = Principal(row.id, row.name, Role(row.role))
    return Session(principal, row.email, bool(row.must_change_password), row.last_seen_at)


def principal_for(conn: Connection, token: str | None, now: datetime) -> Principal | None:
    """Who the cookie `SESSION_COOKIE` speaks for at this moment, recomputed on every script run.

    None also while a one-time password has not been replaced: such a session may only change the password.
    """
    found = session_for(conn, token, now)
    return found.principal if found and not found.must_change_password else None
