"""Who is asking, and the lists of people, approvals and audit events."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any

import pandas as pd
from sqlalchemy import Column, ColumnElement, Connection, Select, func, or_, select

from services.access import passwords
from services.access.model import IDLE, LOCK, TRIES, TRIES_PER_IP, Challenge, Principal, Role, Session, token_key
from services.access.tables import approval, audit_event, person, session, sign_in_attempt
from services.db.folding import Folded, holds

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

_PARTED = "\x1f"


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list, and how many rows the whole list has."""

    rows: pd.DataFrame
    total: int


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


def plain_email(email: str) -> str:
    """Bring an e-mail address into the form it is stored and compared in."""
    return email.strip().lower()[:320]


def challenge(conn: Connection, email: str, ip: str, now: datetime) -> Challenge:
    """Look up what a sign-in for this address is up against; somebody inactive is as unknown as a stranger."""
    address = plain_email(email)
    tries = sign_in_attempt
    recent = select(func.count()).where(tries.c.at > now - LOCK, tries.c.succeeded.is_(False))
    last_right = select(func.max(tries.c.id)).where(tries.c.email == address, tries.c.succeeded.is_(True))
    by_email = recent.where(tries.c.email == address, tries.c.id > func.coalesce(last_right.scalar_subquery(), 0))
    wrong = conn.execute(by_email).scalar_one()
    from_ip = conn.execute(recent.where(tries.c.ip == ip)).scalar_one()
    throttled = wrong >= TRIES or from_ip >= TRIES_PER_IP
    known = select(person.c.id, person.c.password_hash).where(person.c.email == address, person.c.active.is_(True))
    row = conn.execute(known).first()
    return (
        Challenge(row.id, row.password_hash, throttled) if row else Challenge(None, passwords.dummy_hash(), throttled)
    )


def person_by_email(conn: Connection, email: str) -> Principal | None:
    """Find an active person by e-mail address, for the command line."""
    known = select(person.c.id, person.c.name, person.c.role).where(person.c.email == plain_email(email))
    row = conn.execute(known.where(person.c.active.is_(True))).first()
    return Principal(row.id, row.name, Role(row.role)) if row else None


def people(conn: Connection, *, text: str = "", page: int = 1, size: int = 50) -> Listing:
    """List people by name: id, name, email, role, active, must_change_password, created_at, last_seen_at."""
    seen = select(func.max(session.c.last_seen_at)).where(session.c.person_id == person.c.id).scalar_subquery()
    columns = (
        person.c.id,
        person.c.name,
        person.c.email,
        person.c.role,
        person.c.active,
        person.c.must_change_password,
    )
    chosen = select(*columns, person.c.created_at, seen.label("last_seen_at")).order_by(
        Folded(person.c.name), person.c.id
    )
    if text.strip():
        chosen = chosen.where(_holds((person.c.name, person.c.email), text))
    return _page(conn, chosen, page, size, flags=("active", "must_change_password"))


def approvals(conn: Connection, *, waiting: bool = True, page: int = 1, size: int = 50) -> Listing:
    """List requests, waiting ones oldest first or decided ones newest first.

    Columns: id, act, subject, summary, payload (JSON), amount_micros, currency, requested_by (id), requester,
    requested_at, reason, decision, decider, decided_at, decision_reason.
    """
    asker, decider = person.alias(), person.alias()
    columns = [column for column in approval.c if column.name != "decided_by"]
    chosen = (
        select(*columns, asker.c.name.label("requester"), decider.c.name.label("decider"))
        .join_from(approval, asker, approval.c.requested_by == asker.c.id)
        .outerjoin(decider, approval.c.decided_by == decider.c.id)
    )
    if waiting:
        chosen = chosen.where(approval.c.decision.is_(None)).order_by(approval.c.id)
    else:
        chosen = chosen.where(approval.c.decision.is_not(None)).order_by(
            approval.c.decided_at.desc(), approval.c.id.desc()
        )
    return _page(conn, chosen, page, size)


def waiting_approvals(conn: Connection) -> int:
    """Count the requests that wait for a second person."""
    return int(conn.execute(select(func.count()).where(approval.c.decision.is_(None))).scalar_one())


def waiting_about(conn: Connection, *, subject: str, act: str) -> list[tuple[int, str]]:
    """The ids and lines of the requests about one thing for one act that nobody decided on yet, oldest first."""
    c = approval.c
    wanted = (c.subject == subject, c.act == act, c.decision.is_(None))
    return [(row.id, row.summary) for row in conn.execute(select(c.id, c.summary).where(*wanted).order_by(c.id))]


def audit_events(
    conn: Connection,
    *,
    text: str = "",
    acts: Sequence[str] = (),
    person_id: int | None = None,
    subject: str = "",
    subject_id: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    page: int = 1,
    size: int = 50,
) -> Listing:
    """List audit events, newest first, between two moments (UTC, the second one excluded).

    `acts` are the acts that `text` means in words: such an event is found whatever else stands in it.
    Columns: id, at, person (name at that time), act, subject, subject_id, before, after (JSON), reason.
    """
    event = audit_event.c
    columns = (event.id, event.at, event.person_name.label("person"), event.act, event.subject, event.subject_id)
    chosen = select(*columns, event.before, event.after, event.reason).order_by(event.id.desc())
    wanted = {event.person_id: person_id, event.subject: subject, event.subject_id: subject_id}
    chosen = chosen.where(*(column == value for column, value in wanted.items() if value))
    chosen = chosen.where(*([event.at >= since] if since else []), *([event.at < until] if until else []))
    if text.strip():
        columns_with_text = (event.person_name, event.act, event.subject, event.subject_id, event.after, event.reason)
        chosen = chosen.where(or_(event.act.in_(acts), _holds(columns_with_text, text)))
    return _page(conn, chosen, page, size)


def _holds(columns: Sequence[Column[Any]], text: str) -> ColumnElement[bool]:
    """That one of the columns contains the text: folded together, once a row, parted by a sign nobody types."""
    texts: list[ColumnElement[Any]] = [func.coalesce(column, "") for column in columns]
    parted = reduce(lambda left, right: left + _PARTED + right, texts)
    return holds(parted, text.strip())


def _page(conn: Connection, chosen: Select[Any], page: int, size: int, *, flags: Sequence[str] = ()) -> Listing:
    total = int(conn.execute(select(func.count()).select_from(chosen.order_by(None).subquery())).scalar_one())
    rows = conn.execute(chosen.limit(size).offset((max(page, 1) - 1) * size))
    names = list(rows.keys())
    frame = pd.DataFrame([tuple(row) for row in rows], columns=names, dtype=object).convert_dtypes()
    return Listing(frame.assign(**{name: frame[name].astype("boolean") for name in flags}), total)
