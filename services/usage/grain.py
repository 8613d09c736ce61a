"""Cutting a period into whole months and the days around them, so that long periods read the coarser roll-up."""

from __future__ import annotations

from services.periods import Period, add_months


def whole_months(period: Period) -> Period | None:
    """The whole calendar months inside a period; None where there is none."""
    first = period.starts_on
    if first.day != 1:
        first = add_months(first.replace(day=1), 1)
    last = period.ends_before.replace(day=1)
    return Period(first, last) if first < last else None


def around_whole_months(period: Period) -> list[Period]:
    """The days of the period in no whole month, cut where a month begins, so that each piece lies in one month."""
    pieces = []
    for first in period.months():
        month = Period(first, add_months(first, 1))
        piece = Period(max(period.starts_on, month.starts_on), min(period.ends_before, month.ends_before))
        if piece != month and piece.days:
            pieces.append(piece)
    return pieces


def outside_in_month(piece: Period, held: Period) -> list[Period]:
    """The days of the piece's month that lie around it, as far as there can be rows: inside `held`."""
    first = piece.starts_on.replace(day=1)
    around = ((first, piece.starts_on), (piece.ends_before, add_months(first, 1)))
    cut = ((max(start, held.starts_on), min(end, held.ends_before)) for start, end in around)
    return [Period(start, end) for start, end in cut if start < end]
