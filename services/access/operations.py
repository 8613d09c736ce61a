"""Signing in and out: sessions, passwords and the throttle that makes guessing useless."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, select, update

from services.access import audit, passwords, queries
from services.access.model import (
    ABSOLUTE,
    CHANGE_PEOPLE,
    EVERYONE,
    LOCK,
    Challenge,
    Permission,
    Principal,
    Role,
    require,
    token_key,
)
from services.access.tables import person, session, sign_in_attempt
from services.errors import InvalidForm, NotFound

if TYPE_CHECKING:
    from datetime import timedelta

    from services.db.engine import Transaction

OWN_PASSWORD = Permission("access.change_own_password", "change a password", EVERYONE)
TOUCH_EVERY_SECONDS = 60


class NoSuchPerson(NotFound):
    """There is no person with this id."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("There is no such person; look at the list again.")


def sign_in(tx: Transaction, *, email: str, password: str, ip: str) -> str | None:
    """Open a session and return its token, or None when e-mail and password do not fit or there were too many tries.

    It returns None instead of raising, so that the failed try is committed. Where many may try at once, look at the
    password outside of the transaction: `queries.challenge`, `passwords.matches`, then `answer`.
    """
    challenge = queries.challenge(tx.conn, email, ip, tx.at)
    matched = not challenge.throttled and passwords.matches(password, challenge.password_hash)
    return answer(tx, challenge=challenge, matched=matched, email=email, ip=ip)


def answer(tx: Transaction, *, challenge: Challenge, matched: bool, email: str, ip: str) -> str | None:
    """Record one try and open the session if it was right: five wrong ones lock the e-mail address for 15 minutes.

    A try while locked counts for nothing, right or wrong. Known and unknown addresses are locked alike, so neither the
    answer nor the lock tells which exist (security page, section 3; ASVS 6.3.1, 6.3.8).
    """
    now = queries.challenge(tx.conn, email, ip, tx.at)  # many at once: count again inside the transaction
    if now.throttled or challenge.throttled:
        return None
    opened = matched and now.person_id is not None and now.password_hash == challenge.password_hash
    tried = {"at": tx.at, "email": queries.plain_email(email), "ip": ip, "succeeded": opened}
    tx.conn.execute(insert(sign_in_attempt), tried)
    tx.conn.execute(delete(sign_in_attempt).where(sign_in_attempt.c.at < tx.at - 4 * LOCK))
    return open_session(tx, person_id=now.person_id, ip=ip) if opened and now.person_id else None


def open_session(tx: Transaction, *, person_id: int, ip: str, lasts: timedelta = ABSOLUTE) -> str:
    """Open a session for somebody already known to be this person; its token is returned once and stored as a hash."""
    token = secrets.token_urlsafe(32)
    row = {
        "token_hash": token_key(token),
        "person_id": person_id,
        "opened_at": tx.at,
        "last_seen_at": tx.at,
        "expires_at": tx.at + lasts,
        "ip": ip,
    }
    tx.conn.execute(insert(session), row)
    name, role = tx.conn.execute(select(person.c.name, person.c.role).where(person.c.id == person_id)).one()
    by = Principal(person_id, name, Role(role))
    audit.record(tx, by=by, act="access.sign_in", subject="person", subject_id=person_id, after={"ip": ip})
    return token


def touch(tx: Transaction, *, token: str) -> None:
    """Note that the person is still there; callers ask at most once a minute (`TOUCH_EVERY_SECONDS`)."""
    live = (session.c.token_hash == token_key(token)) & session.c.ended_at.is_(None) & (session.c.last_seen_at < tx.at)
    tx.conn.execute(update(session).where(live).values(last_seen_at=tx.at))


def sign_out(tx: Transaction, *, token: str) -> None:
    """End this session for good; a copy of its cookie opens nothing any more."""
    found = queries.session_for(tx.conn, token, tx.at)
    live = (session.c.token_hash == token_key(token)) & session.c.ended_at.is_(None)
    tx.conn.execute(update(session).where(live).values(ended_at=tx.at))
    if found:
        who = found.principal
        audit.record(tx, by=who, act="access.sign_out", subject="person", subject_id=who.person_id)


def end_sessions(tx: Transaction, *, by: Principal, person_id: int) -> int:
    """End every session of a person and return how many there were; one's own may always be ended."""
    if by.person_id != person_id:
        require(by, CHANGE_PEOPLE)
    ended = close_sessions(tx, person_id=person_id)
    after = {"sessions_ended": ended}
    audit.record(tx, by=by, act="access.end_sessions", subject="person", subject_id=person_id, after=after)
    return ended


def close_sessions(tx: Transaction, *, person_id: int) -> int:
    """End every session of a person without a word in the audit trail: part of other acts."""
    live = update(session).where(session.c.person_id == person_id, session.c.ended_at.is_(None))
    return int(tx.conn.execute(live.values(ended_at=tx.at)).rowcount)


def change_password(tx: Transaction, *, by: Principal, current: str, new: str, ip: str = "") -> str:
    """Replace one's own password, end all of one's sessions, and return the token of a fresh one.

    Raises `InvalidForm` naming the field ("current", "new"). The rule for a new one is `passwords.check_new_password`.
    """
    require(by, OWN_PASSWORD)
    row = tx.conn.execute(select(person).where(person.c.id == by.person_id)).first()
    if row is None:
        raise NoSuchPerson
    if not passwords.matches(current, row.password_hash):
        raise InvalidForm({"current": "The current password is not right; type it again."})
    passwords.check_new_password(new, current=current, email=row.email)
    changed = {"password_hash": passwords.hash_password(new), "must_change_password": False}
    tx.conn.execute(update(person).where(person.c.id == row.id).values(changed))
    close_sessions(tx, person_id=row.id)
    audit.record(tx, by=by, act=OWN_PASSWORD.name, subject="person", subject_id=row.id)
    return open_session(tx, person_id=row.id, ip=ip)


def count_active_administrators(tx: Transaction) -> int:
    """Count who could still let others in."""
    active = select(func.count()).where(person.c.role == Role.ADMIN.value, person.c.active.is_(True))
    return int(tx.conn.execute(active).scalar_one())
