"""What the states of postpaid applications are called, whose turn each is, and their colours."""

from __future__ import annotations

from pages._ui.frame import Badge, Colour
from services.postpaid.application import ApplicationStatus

WORDS = {
    ApplicationStatus.OPEN.value: "To recommend",
    ApplicationStatus.WAITING.value: "Question open",
    ApplicationStatus.RECOMMENDED.value: "To decide",
    ApplicationStatus.DECIDING.value: "Second manager",
    ApplicationStatus.APPROVED.value: "Approved",
    ApplicationStatus.DECLINED.value: "Declined",
    ApplicationStatus.WITHDRAWN.value: "Withdrawn",
}
TURNS = {
    ApplicationStatus.OPEN.value: "Accounting",
    ApplicationStatus.WAITING.value: "Support",
    ApplicationStatus.RECOMMENDED.value: "A manager",
    ApplicationStatus.DECIDING.value: "Another manager",
}
_COLOURS: dict[str, Colour] = {
    ApplicationStatus.WAITING.value: "orange",
    ApplicationStatus.RECOMMENDED.value: "blue",
    ApplicationStatus.DECIDING.value: "blue",
    ApplicationStatus.APPROVED.value: "green",
    ApplicationStatus.DECLINED.value: "red",
}


def turn_of(status: str, *, signed: bool) -> str:
    """Whose turn an application is; nobody's where it is at its end."""
    if status == ApplicationStatus.APPROVED.value:
        return "" if signed else "Its signed contract"
    return TURNS.get(status, "")


def badge(status: ApplicationStatus) -> Badge:
    """Where it stands, in words."""
    return Badge(WORDS[status.value], _COLOURS.get(status.value, "gray"))
