"""Which days of an account the kept statements speak of: complete, not tying, missing, or not imported yet."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Any

from sqlalchemy import BigInteger, Connection, Row, cast, func, select

from services.banking.tables import bank_line, bank_statement, bank_statement_file
from services.money import Money
from services.periods import Period

_ONE = timedelta(days=1)


class DayState(StrEnum):
    """What the statements in the books say of one day of one account."""

    COMPLETE = "complete"
    QUIET = "quiet"
    UNPROVEN = "unproven"
    UNTIED = "untied"
    MISSING = "missing"
    AWAITED = "awaited"

    @property
    def label(self) -> str:
        """The words on screen."""
        return _LABELS[self]

    @property
    def needs_a_file(self) -> bool:
        """Whether importing a statement mends it."""
        return self in {DayState.MISSING, DayState.AWAITED}


_LABELS = {
    DayState.COMPLETE: "Complete",
    DayState.QUIET: "No movement",
    DayState.UNPROVEN: "Shows no balances",
    DayState.UNTIED: "Does not tie",
    DayState.MISSING: "Missing",
    DayState.AWAITED: "Not imported yet",
}
# of several statements of one day the best speaks: a second, whole download mends a broken one
_BEST = (DayState.COMPLETE, DayState.UNPROVEN, DayState.UNTIED)


@dataclass(frozen=True, slots=True)
class Kept:
    """One statement in the books; `leads_on` is whether it goes on where the books end before it, None where unknown.

    `prior_closing` and `prior_on` are the closing it should have gone on from.
    """

    id: int
    file_name: str
    number: str
    starts_on: date
    ends_on: date
    opening: Money | None
    closing: Money | None
    ties: bool | None
    leads_on: bool | None
    prior_closing: Money | None = None
    prior_on: date | None = None

    @property
    def state(self) -> DayState:
        """What it says of its own days."""
        return {True: DayState.COMPLETE, False: DayState.UNTIED, None: DayState.UNPROVEN}[self.ties]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days in a row of one state; `statement` speaks of them, or is the next one where days are missing."""

    state: DayState
    starts_on: date
    ends_on: date
    statement: Kept | None

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.ends_on - self.starts_on).days + 1

    @property
    def within(self) -> list[date]:
        """Its days."""
        return [self.starts_on + _ONE * place for place in range(self.days)]

    def cut(self, period: Period) -> Stretch | None:
        """The part of it inside a period."""
        first, last = max(self.starts_on, period.starts_on), min(self.ends_on, period.ends_before - _ONE)
        return Stretch(self.state, first, last, self.statement) if first <= last else None


@dataclass(frozen=True, slots=True)
class AccountDays:
    """An account's days from its first statement to yesterday, in stretches without a hole between them."""

    bank_account: str
    currency: str
    stretches: tuple[Stretch, ...]

    def count(self, state: DayState) -> int:
        """How many days are in that state."""
        return sum(each.days for each in self.stretches if each.state is state)

    def of(self, day: date) -> Stretch | None:
        """The stretch a day belongs to; None before the first statement and from today on."""
        return next((each for each in self.stretches if each.starts_on <= day <= each.ends_on), None)


def calendar(conn: Connection, *, today: date) -> list[AccountDays]:
    """Every account with a statement in the books and what its days are, as the gates of an import see them."""
    statement = bank_statement.c
    query = (
        select(statement.bank_account, statement.currency)
        .where(statement.undone_at.is_(None), statement.starts_on.is_not(None), statement.ends_on.is_not(None))
        .distinct()
        .order_by(statement.bank_account)
    )
    return [
        AccountDays(
            row.bank_account, row.currency, tuple(stretches(_kept(conn, row.bank_account, row.currency), today))
        )
        for row in conn.execute(query).all()
    ]


def stretches(kept: Sequence[Kept], today: date) -> list[Stretch]:
    """The days from the first statement to yesterday, each as the best statement of it says."""
    states: dict[date, tuple[DayState, Kept | None]] = {}
    for each in kept:
        for day in (each.starts_on + _ONE * place for place in range((each.ends_on - each.starts_on).days + 1)):
            held = states.get(day)
            if held is None or _BEST.index(each.state) < _BEST.index(held[0]):
                states[day] = each.state, each
    if not states:
        return []
    starts = {each.starts_on: each for each in reversed(kept)}
    first, last = min(states), max(*states, today - _ONE)
    said: list[tuple[date, DayState, Kept | None]] = []
    following: Kept | None = None
    for day in (last - _ONE * back for back in range((last - first).days + 1)):
        if day in states:
            said.append((day, *states[day]))
        elif following is None:
            said.append((day, DayState.AWAITED, None))
        else:
            said.append((day, _between(following), following))
        following = starts.get(day, following)
    return list(_joined(_with_lost_days(said[::-1], kept)))


def _between(following: Kept) -> DayState:
    """Days no statement speaks of: quiet where the next one goes on from what came before, else missing."""
    return {True: DayState.QUIET, False: DayState.MISSING, None: DayState.UNPROVEN}[following.leads_on]


def _with_lost_days(
    said: list[tuple[date, DayState, Kept | None]], kept: Sequence[Kept]
) -> list[tuple[date, DayState, Kept | None]]:
    """The last day before a statement that follows at once and does not go on: lines of it are missing."""
    lost = {each.prior_on: each for each in kept if each.leads_on is False and each.prior_on}
    cut = {on: each for on, each in lost.items() if each.starts_on <= on + _ONE}
    return [(day, DayState.MISSING, cut[day]) if day in cut else (day, state, of) for day, state, of in said]


def _joined(said: Iterable[tuple[date, DayState, Kept | None]]) -> Iterable[Stretch]:
    for (state, _), days in groupby(said, key=lambda each: (each[1], each[2].id if each[2] else 0)):
        some = list(days)
        yield Stretch(state, some[0][0], some[-1][0], some[0][2])


def _kept(conn: Connection, code: str, currency: str) -> list[Kept]:
    """The statements of an account by their first days."""
    row, file = bank_statement.c, bank_statement_file.c
    live = (row.bank_account == code, row.undone_at.is_(None), row.starts_on.is_not(None), row.ends_on.is_not(None))
    found = conn.execute(
        select(bank_statement, file.name)
        .join(bank_statement_file, file.id == row.file_id)
        .where(*live)
        .order_by(row.starts_on, row.ends_on, row.id)
    ).all()
    opened = next((each.opening_micros for each in found if each.opens), None)
    days, sums = _moved(conn, code)
    closings = sorted((each.ends_on, each.id, each.closing_micros) for each in found if each.closing_micros is not None)
    made = []
    for each in found:
        before = closings[: bisect_left(closings, (each.starts_on, 0, 0))][-1:]
        same_day = [micros for on, of, micros in closings if on == each.starts_on and of != each.id]
        known = {*same_day, *(micros for _, _, micros in before)}
        leads_on = None if each.opening_micros is None else each.opening_micros in known or not known
        if leads_on is False and opened is not None:
            leads_on = opened + sums[bisect_left(days, each.starts_on)] == each.opening_micros
        made.append(_one(each, currency, leads_on=leads_on, prior=before[0] if before else None))
    return made


def _one(row: Row[Any], currency: str, *, leads_on: bool | None, prior: tuple[date, int, int] | None) -> Kept:
    opening, closing, ended = (
        None if micros is None else Money(int(micros), currency)
        for micros in (row.opening_micros, row.closing_micros, prior[2] if prior else None)
    )
    return Kept(
        id=row.id,
        file_name=row.name,
        number=row.number,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        opening=opening,
        closing=closing,
        ties=None if row.ties is None else bool(row.ties),
        leads_on=leads_on,
        prior_closing=ended,
        prior_on=prior[0] if prior else None,
    )


def _moved(conn: Connection, code: str) -> tuple[list[date], list[int]]:
    """The days on which the account moved, and what it had moved by in all before each of them and after the last."""
    line = bank_line.c
    daily = (
        select(line.booked_on, cast(func.sum(line.amount_micros), BigInteger).label("micros"))
        .where(line.bank_account == code, line.undone_at.is_(None))
        .group_by(line.booked_on)
        .subquery()
    )
    running = cast(func.sum(daily.c.micros).over(order_by=daily.c.booked_on), BigInteger)
    rows = conn.execute(select(daily.c.booked_on, running).order_by(daily.c.booked_on)).all()
    return [each[0] for each in rows], [0, *(int(each[1]) for each in rows)]
