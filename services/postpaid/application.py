"""An application for postpaid: asked, looked into, recommended by accounting, decided by a manager; never by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from services.errors import Forbidden, NotFound, Refused
from services.money import Money

MOST_FILE_BYTES = 10 * 2**20


class ApplicationStatus(StrEnum):
    """Where an application stands; deciding waits for the second manager."""

    OPEN = "open"
    WAITING = "waiting"
    RECOMMENDED = "recommended"
    DECIDING = "deciding"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something about it."""
        return self not in {ApplicationStatus.APPROVED, ApplicationStatus.DECLINED, ApplicationStatus.WITHDRAWN}


class Verdict(StrEnum):
    """What accounting recommends or a manager decides."""

    APPROVE = "approve"
    DECLINE = "decline"


class NoSuchApplication(NotFound):
    """No application has this id."""


class NotAtThisPoint(Refused):
    """The application does not stand where the act begins."""


class OwnApplication(Forbidden):
    """Somebody tried to decide on what they opened or recommended themselves."""

    def __init__(self) -> None:
        """Say who can."""
        super().__init__("You opened or recommended this yourself, so another manager has to decide.")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for, recommended or decided: a monthly minimum and a credit limit of one currency, and months."""

    minimum: Money
    limit: Money
    months: int

    def facts(self) -> dict[str, Any]:
        """As the audit trail and a request for approval say it."""
        return {"a month": self.minimum.text(), "credit limit": self.limit.text(), "months": self.months}


@dataclass(frozen=True, slots=True)
class Judgement:
    """A recommendation or a decision: what, on which terms, why, by whom and when."""

    verdict: Verdict
    terms: Asked
    reason: str
    by: str
    by_id: int | None
    at: datetime
    conditions: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A question about an application, and its answer once there is one."""

    id: int
    question: str
    asked_by: str
    asked_at: datetime
    answer: str
    answered_by: str


@dataclass(frozen=True, slots=True)
class FileKept:
    """A file kept with an application: evidence, or a signed contract. The content is read apart."""

    id: int
    kind: str
    name: str
    sha256: str
    size: int
    added_at: datetime
    added_by: str


@dataclass(frozen=True, slots=True)
class Application:
    """An application as it stands; `dossier` is the JSON of what was known when accounting recommended."""

    id: int
    customer_id: int
    currency: str
    status: ApplicationStatus
    asked: Asked
    note: str
    ticket_id: str
    opened_on: date
    opened_at: datetime
    opened_by: str
    opened_by_id: int | None
    recommended: Judgement | None
    decided: Judgement | None
    agreed_by: str
    dossier: str
    withdrawn_reason: str

    def kept_from(self, person_id: int | None) -> bool:
        """Whether this person may not decide, having opened or recommended it."""
        recommended_by = self.recommended.by_id if self.recommended else None
        return person_id is not None and person_id in {self.opened_by_id, recommended_by}
