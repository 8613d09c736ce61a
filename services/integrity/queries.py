"""Running the checks: all, or some by name, each green or red with the rows behind it."""

from __future__ import annotations

from collections.abc import Callable, Collection

from sqlalchemy import Connection

from services.errors import NotFound
from services.integrity import adjustments, banks, books, cards, documents, fees, mails, numbers, papers, taxes, usage
from services.integrity.model import MOST_ROWS, Check, CheckResult

CHECKS: tuple[Check, ...] = (
    *books.CHECKS,
    *banks.CHECKS,
    *cards.CHECKS,
    *documents.CHECKS,
    *papers.CHECKS,
    *mails.CHECKS,
    *usage.CHECKS,
    *numbers.CHECKS,
    *fees.CHECKS,
    *adjustments.CHECKS,
    *taxes.CHECKS,
)


class NoSuchCheck(NotFound):
    """No check has that name."""


def run(
    conn: Connection,
    *,
    names: Collection[str] = (),
    progress: Callable[[int, int, str], None] | None = None,
) -> list[CheckResult]:
    """Run the checks in order; `progress` is told how many are done, of how many, and the one that comes next.

    Raises `NoSuchCheck` for a name that is not one of the checks.
    """
    if unknown := set(names) - {check.name for check in CHECKS}:
        raise NoSuchCheck(
            f"There is no check “{min(unknown)}”; the names are {', '.join(check.name for check in CHECKS)}."
        )
    wanted = [check for check in CHECKS if not names or check.name in names]
    results = []
    for number, check in enumerate(wanted):
        if progress:
            progress(number, len(wanted), check.name)
        results.append(_result(check, check.search(conn)))
    return results


def _result(check: Check, broken: list[dict[str, object]]) -> CheckResult:
    if not broken:
        return CheckResult(check.name, ok=True, rows=0, detail=check.promise, broken=())
    first = ", ".join(f"{column} {value}" for column, value in broken[0].items())
    detail = f"Broken: {check.promise} First: {first}."
    return CheckResult(check.name, ok=False, rows=len(broken), detail=detail, broken=tuple(broken[:MOST_ROWS]))
