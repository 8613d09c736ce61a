"""A burn-up as vectors: the plan, what is used, what is expected and its band, on two axes with few marks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from math import ceil, floor, log10
from typing import Protocol

from reportlab.lib.colors import HexColor

from services.money import MICROS
from services.papers.page import MARGIN, RULE, SOFT, Sheet
from services.papers.strokes import Stroke

_LEFT, _BELOW, _LEGEND = 48.0, 16.0, 14.0  # room for the marks of both axes and the legend above
_PLAN, _USED, _FAINT = HexColor("#16202e"), HexColor("#b45309"), HexColor("#f5e6cf")
_LOOKS = {"Plan": (_PLAN, (4, 3)), "Used": (_USED, ()), "Expected": (_USED, (1, 2))}
_STEPS = 5
_MOST_MONTHS = 12  # marked below; a longer term has a mark for every few of them


class Points(Protocol):
    """What is drawn: sums of micros by day."""

    @property
    def plan(self) -> Sequence[tuple[date, int]]:
        """The plan, from the first day to the last."""

    @property
    def used(self) -> Sequence[tuple[date, int]]:
        """What is used so far."""

    @property
    def expected(self) -> Sequence[tuple[date, int]]:
        """What is expected from there on."""

    @property
    def band(self) -> Sequence[tuple[date, int, int]]:
        """The least and the most it will likely be."""


def drawn_burn_up(sheet: Sheet, points: Points, y: float, *, high: float, alt: str) -> float:
    """Draw it across the page from `y` down; gives the baseline below it. `alt` says it in words."""
    first, last = points.plan[0][0], points.plan[-1][0]
    most = max(
        [micros for _, micros in (*points.plan, *points.used, *points.expected)] + [top for *_, top in points.band]
    )
    step = _step(most / MICROS)
    ceiling = max(ceil(most / MICROS / step), 1) * step * MICROS
    wide, tall = sheet.width - 2 * MARGIN - _LEFT, high - _BELOW - _LEGEND

    def at(day: date, micros: int) -> tuple[float, float]:
        return wide * (day - first).days / max((last - first).days, 1), tall * (1 - micros / ceiling)

    lines = {"Plan": points.plan, "Used": points.used, "Expected": points.expected}
    area = [at(day, top) for day, _, top in points.band] + [at(day, low) for day, low, _ in reversed(points.band)]
    top = y + _LEGEND
    marks = [mark * step for mark in range(round(ceiling / MICROS / step) + 1)]
    grid = [Stroke((at(first, round(mark * MICROS)), at(last, round(mark * MICROS))), RULE, (), 0.5) for mark in marks]
    drawn = [Stroke(tuple(area), _FAINT, is_area=True), *grid]
    drawn += [
        Stroke(tuple(at(*point) for point in lines[name]), colour, dash) for name, (colour, dash) in _LOOKS.items()
    ]
    sheet.strokes(MARGIN + _LEFT, top, wide, tall, drawn, alt=alt)
    with sheet.artifact():  # said by the figure's words, and in the table of months
        _legend(sheet, y)
        for mark in marks:
            _, down = at(first, round(mark * MICROS))
            sheet.text(MARGIN + _LEFT - 6, top + down + 2.5, f"{mark:,.10g}", size=7.5, color=SOFT, align="right")
        for day in _months(first, last):
            across, _ = at(day, 0)
            sheet.text(MARGIN + _LEFT + across, top + tall + 11, f"{day:%b %y}", size=7.5, color=SOFT, align="left")
    return y + high


def _legend(sheet: Sheet, y: float) -> None:
    x = MARGIN + _LEFT
    for name, (colour, dash) in _LOOKS.items():
        sheet.strokes(x, y, 18, 4, [Stroke(((0, 2), (18, 2)), colour, dash)], alt="")
        sheet.text(x + 22, y + 4.5, name, size=7.5, color=SOFT)
        x += 74
    sheet.box(x, y - 1, 18, 6, color=_FAINT)
    sheet.text(x + 22, y + 4.5, "Likely band", size=7.5, color=SOFT)


def _step(most: float) -> float:
    """A round distance between marks: 1, 2 or 5 times a power of ten."""
    rough = max(most, 1.0) / _STEPS
    power: float = 10.0 ** floor(log10(rough))
    return next(power * each for each in (1, 2, 5, 10) if power * each >= rough)


def _months(first: date, last: date) -> list[date]:
    """The firsts of months that are marked, not so near the end that their name would not fit."""
    firsts = [
        first + timedelta(days=each) for each in range((last - first).days) if (first + timedelta(days=each)).day == 1
    ]
    every = -(-len(firsts) // _MOST_MONTHS)
    return [day for day in firsts[::every] if (last - day).days * 20 > (last - first).days]
