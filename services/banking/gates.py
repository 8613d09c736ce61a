"""The gates a file passes: its accounts are ours, it ties, and it goes on where the books of its accounts end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from services.banking.intake import Intake
from services.banking.model import Statement
from services.errors import Refused
from services.ledger.period_lock import PeriodClosed
from services.money import Money


class NotOurAccount(Refused):
    """A statement is of an account that is none of ours, or not of the one that was named."""


class DoesNotTie(Refused):
    """A statement's lines do not lead from its opening to its closing balance."""


class DaysMissing(Refused):
    """A statement does not go on where the books of its account end."""

    def __init__(self, missing: Sequence[str]) -> None:
        """Say which days, and both ways out."""
        way = "Import the statement of those days first, or ask another person to accept the file as it is."
        super().__init__(" ".join([*missing, way]))


@contextmanager
def days_of_the_bank() -> Iterator[None]:
    """Post what keeps the bank's own days: nobody can choose another where a month is closed, which is said so."""
    try:
        yield
    except PeriodClosed as closed:
        raise PeriodClosed(
            f"{closed.month}, and what the bank booked keeps its day; two people have to reopen the month first."
        ) from closed


def refuse(intake: Intake, *, accept_untied: bool) -> None:
    """Raise `NotOurAccount` or `DoesNotTie` for the first statement that must not be imported."""
    for each in intake.taken:
        if each.problem:
            raise NotOurAccount(each.problem)
    if intake.same_file_id is not None or accept_untied:
        return
    for statement in intake.untied:
        raise DoesNotTie(_untied(statement))


def _untied(statement: Statement) -> str:
    name = f"The statement of {statement.account or 'an unnamed account'}"
    if statement.opening is None or statement.closing is None:
        return f"{name} does not show both balances, so nothing proves it whole; confirm to import it."
    off = statement.closing.micros - statement.opening.micros - sum(line.amount.micros for line in statement.booked)
    missing = Money(off, statement.currency).text()
    return (
        f"{name} does not tie: {missing} is missing between its lines and its closing balance; "
        "download it again, or confirm to import it as it is."
    )
