"""Who somebody is and what a role may do."""

from __future__ import annotations

from dataclasses import dataclass
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
