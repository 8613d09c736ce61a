"""Who somebody is and what a role may do."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from services.errors import Forbidden


class Role(StrEnum):
    """The kinds of people who open the dashboard."""

    ACCOUNTING = "accounting"
    MANAGER = "manager"
    SUPPORT = "support"
    ADMIN = "admin"


EVERYONE = frozenset(Role)


@dataclass(frozen=True, slots=True)
class Permission:
    """One thing a person may do: `name` is "room.act", `act` completes "may ..." in a sentence."""

    name: str
    act: str
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Principal:
    """The person, or the job, on whose behalf something happens. `role` is None for the system itself."""

    person_id: int | None
    name: str
    role: Role | None

    def may(self, permission: Permission) -> bool:
        """Whether the role includes it; the system may do everything, because only code speaks for it."""
        return self.role is None or self.role in permission.roles


SYSTEM = Principal(None, "Ledgerdesk", None)


class NotAllowed(Forbidden):
    """The role does not include the act."""

    def __init__(self, by: Principal, permission: Permission) -> None:
        """Say who could do it instead."""
        who = " or ".join(sorted(role.value for role in permission.roles))
        super().__init__(f"{by.name} may not {permission.act}; ask {who}.")


def require(by: Principal, permission: Permission) -> None:
    """Raise `NotAllowed` unless the person may do it; the first line of every operation."""
    if not by.may(permission):
        raise NotAllowed(by, permission)


SESSION_COOKIE = "ledgerdesk_session"
IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=10)
LOCK = timedelta(minutes=15)
TRIES = 5  # wrong passwords for one e-mail address within LOCK
TRIES_PER_IP = 30  # wrong passwords from one network address within LOCK; an office shares one
SEE_PEOPLE = Permission("access.see_people", "see who has access", frozenset({Role.ADMIN, Role.MANAGER}))
CHANGE_PEOPLE = Permission("access.change_people", "change who has access", frozenset({Role.ADMIN}))
READ_AUDIT = Permission(
    "access.read_audit", "read the audit trail", frozenset({Role.ACCOUNTING, Role.MANAGER, Role.ADMIN})
)
SEE_APPROVALS = Permission("access.see_approvals", "see what waits for approval", EVERYONE)


class Decision(StrEnum):
    """How a request for approval ended; none of them means it still waits."""

    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Challenge:
    """What the sign-in page must know before it looks at a password; the hash is a dummy for unknown people."""

    person_id: int | None
    password_hash: str
    throttled: bool


@dataclass(frozen=True, slots=True)
class OneTimePassword:
    """A password to hand over once; it must be replaced at the first sign-in."""

    person_id: int
    password: str


@dataclass(frozen=True, slots=True)
class Session:
    """A sign-in that still counts: who it belongs to, and whether a one-time password must be replaced first."""

    principal: Principal
    email: str
    must_change_password: bool
    last_seen_at: datetime


def token_key(token: str) -> str:
    """Hash a token as SHA-256, under which a session is stored, so that a stolen database opens no session."""
    return hashlib.sha256(token.encode()).hexdigest()
