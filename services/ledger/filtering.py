"""Which movements of credit are wanted, and the query for those between two days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Select, cast, func, literal_column, or_, select

from services.ledger.chart import Kind, Purpose
from services.ledger.classes import MOVES_CREDIT, usual_direction
from services.ledger.tables import account, journal_entry, posting
from services.periods import Period

MICROS = -posting.c.amount
_COLUMNS: tuple[Any, ...] = (
    journal_entry.c.id.label("entry_id"), posting.c.seq, journal_entry.c.effective_on.label("day"),
    journal_entry.c.kind, account.c.customer_id, posting.c.currency, MICROS.label("micros"),
    journal_entry.c.source, journal_entry.c.source_id, journal_entry.c.key, journal_entry.c.memo,
    journal_entry.c.reversal_of_id, journal_entry.c.actor, journal_entry.c.posted_at,
)  # fmt: skip
COLUMNS = [column.name for column in _COLUMNS]


class Direction(StrEnum):
    """Which way credit moved."""

    IN = "in"
    OUT = "out"


_KINDS_OF = {
    Direction.IN: [kind.value for kind in MOVES_CREDIT if usual_direction(kind) >= 0],
    Direction.OUT: [kind.value for kind in MOVES_CREDIT if usual_direction(kind) <= 0],
}


@dataclass(frozen=True, slots=True)
class MovementFilter:
    """Which movements are wanted; amounts are micros without their sign, words are looked for in what it was for."""

    period: Period
    customer_id: int | None = None
    kinds: frozenset[Kind] = frozenset()
    currency: str | None = None
    direction: Direction | None = None
    at_least: int | None = None
    at_most: int | None = None
    words: str = ""
    posted_by: str = ""
    reversals: bool = False

    @property
    def looks_closer(self) -> bool:
        """Whether it asks for something the roll-ups do not know."""
        return self.at_least is not None or self.at_most is not None or bool(self.words or self.posted_by) or (
            self.reversals
        )  # fmt: skip


def rows_wanted(wanted: MovementFilter, newest: date, oldest: date) -> Select[Any]:
    """The movements between two days (both included) that the indexed filters leave."""
    header = journal_entry.c
    query = (
        select(*_COLUMNS)
        .select_from(journal_entry)
        .join(posting, posting.c.entry_id == header.id)
        .join(account, account.c.id == posting.c.account_id)
        .where(account.c.purpose == Purpose.CREDIT.value)
        .where(header.effective_on <= newest, header.effective_on >= oldest)
    )
    if wanted.customer_id:
        query = query.where(account.c.customer_id == wanted.customer_id, header.customer_id == wanted.customer_id)
    if wanted.kinds:
        query = query.where(header.kind.in_(sorted(wanted.kinds)))
    if wanted.currency:
        query = query.where(posting.c.currency == wanted.currency)
    if wanted.direction:
        query = query.where(posting.c.amount < 0 if wanted.direction is Direction.IN else posting.c.amount > 0)
        # of the entry already, so that the postings of the others need not be looked up
        query = query.where(or_(header.kind.in_(_KINDS_OF[wanted.direction]), header.reversal_of_id.is_not(None)))
    if wanted.reversals:
        query = query.where(header.reversal_of_id.is_not(None))
    elif wanted.words:
        query = query.where(header.memo != literal_column("''"))  # spelt out, so that its small index serves
    return query


def whole_sum(column: Any) -> Any:
    """The sum of a column as a plain integer, 0 for nothing."""
    return cast(func.coalesce(func.sum(column), 0), BigInteger)
