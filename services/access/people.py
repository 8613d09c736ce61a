"""Letting people in, changing what they may do, and closing the door."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update

from services.access import audit, passwords, queries
from services.access.model import CHANGE_PEOPLE, OneTimePassword, Principal, Role, require
from services.access.operations import NoSuchPerson, close_sessions, count_active_administrators
from services.access.tables import person, sign_in_attempt
from services.errors import InvalidForm, Refused
from services.texts import checked_reason, text_fault

if TYPE_CHECKING:
    from services.db.engine import Transaction

_EMAIL = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+")
LONGEST_EMAIL = 254
LONGEST_NAME = 120


class OwnAccess(Refused):
    """Somebody tried to change their own access."""

    def __init__(self) -> None:
        """Say who can."""
        super().__init__("You cannot change your own access; ask another administrator.")


class LastAdministrator(Refused):
    """Nobody would be left who can let others in."""

    def __init__(self) -> None:
        """Say what to do first."""
        super().__init__("This is the only active administrator; make somebody else one first.")


def create_person(tx: Transaction, *, by: Principal, name: str, email: str, role: Role) -> OneTimePassword:
    """Let somebody in and return the one-time password to hand over; it is stored only as a hash.

    Raises `InvalidForm` (fields "name", "email") when the name is missing, or the e-mail is none or already used.
    """
    require(by, CHANGE_PEOPLE)
    address, wrong = queries.plain_email(email), {}
    if not name.strip():
        wrong["name"] = "Give the person's name; it stands in the audit trail."
    elif fault := text_fault(name.strip(), longest=LONGEST_NAME):
        wrong["name"] = fault
    if len(address) > LONGEST_EMAIL or not _EMAIL.fullmatch(address):
        wrong["email"] = (
            f"“{email.strip()[:LONGEST_EMAIL]}” is not an e-mail address; write it like name@company.example."
        )
    elif tx.conn.execute(select(person.c.id).where(person.c.email == address)).first():
        wrong["email"] = f"{address} already has access; change that person instead."
    if wrong:
        raise InvalidForm(wrong)
    password = passwords.one_time_password()
    row = {
        "name": name.strip(),
        "email": address,
        "role": role.value,
        "password_hash": passwords.hash_password(password),
        "must_change_password": True,
        "active": True,
        "created_at": tx.at,
    }
    person_id = int(tx.conn.execute(insert(person).returning(person.c.id), row).scalar_one())
    after = {name: row[name] for name in ("name", "email", "role")}
    audit.record(tx, by=by, act=CHANGE_PEOPLE.name, subject="person", subject_id=person_id, after=after)
    return OneTimePassword(person_id, password)


def change_role(tx: Transaction, *, by: Principal, person_id: int, role: Role, reason: str = "") -> None:
    """Give somebody another role, from their next click on; never oneself, never the last administrator."""
    row = _other(tx, by, person_id)
    if row.role == Role.ADMIN.value and role is not Role.ADMIN:
        _another_administrator(tx, row)
    _change(tx, by, row, {"role": role.value}, reason)


def deactivate(tx: Transaction, *, by: Principal, person_id: int, reason: str = "") -> None:
    """Close the door: every session ends and no new one opens; never oneself, never the last administrator."""
    row = _other(tx, by, person_id)
    _another_administrator(tx, row)
    close_sessions(tx, person_id=person_id)
    _change(tx, by, row, {"active": False}, reason)


def reactivate(tx: Transaction, *, by: Principal, person_id: int, reason: str = "") -> OneTimePassword:
    """Let somebody in again, with a new one-time password."""
    _change(tx, by, _other(tx, by, person_id), {"active": True}, reason)
    return reset_password(tx, by=by, person_id=person_id, reason=reason)


def reset_password(tx: Transaction, *, by: Principal, person_id: int, reason: str = "") -> OneTimePassword:
    """Replace a forgotten password by a one-time password, end every session and lift the lock of wrong tries."""
    row, reason = _other(tx, by, person_id), checked_reason(reason)
    password = passwords.one_time_password()
    changed = {"password_hash": passwords.hash_password(password), "must_change_password": True}
    tx.conn.execute(update(person).where(person.c.id == person_id).values(changed))
    tx.conn.execute(delete(sign_in_attempt).where(sign_in_attempt.c.email == row.email))
    close_sessions(tx, person_id=person_id)
    after = {"password": "one-time"}
    audit.record(tx, by=by, act=CHANGE_PEOPLE.name, subject="person", subject_id=person_id, after=after, reason=reason)
    return OneTimePassword(person_id, password)


def _other(tx: Transaction, by: Principal, person_id: int) -> Any:
    require(by, CHANGE_PEOPLE)
    if by.person_id == person_id:
        raise OwnAccess
    locked = select(person).where(person.c.role == Role.ADMIN.value).order_by(person.c.id).with_for_update()
    tx.conn.execute(locked)  # PostgreSQL: two administrators must not remove each other at the same moment
    row = tx.conn.execute(select(person).where(person.c.id == person_id)).first()
    if row is None:
        raise NoSuchPerson
    return row


def _another_administrator(tx: Transaction, row: Any) -> None:
    if row.role == Role.ADMIN.value and row.active and count_active_administrators(tx) == 1:
        raise LastAdministrator


def _change(tx: Transaction, by: Principal, row: Any, changed: dict[str, Any], reason: str) -> None:
    before = {
        name: bool(value) if name == "active" else value for name, value in row._asdict().items() if name in changed
    }
    reason = checked_reason(reason)
    if before == changed:
        return
    tx.conn.execute(update(person).where(person.c.id == row.id).values(changed))
    audit.record(
        tx,
        by=by,
        act=CHANGE_PEOPLE.name,
        subject="person",
        subject_id=row.id,
        before=before,
        after=changed,
        reason=reason,
    )
