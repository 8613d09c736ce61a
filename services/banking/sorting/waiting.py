"""The query of bank lines nobody said anything of, written so that it is answered from the indexes of what waits."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, false, literal_column, select

from services.banking.tables import bank_line

_LINE = bank_line.c
_NOTHING: ColumnElement[int] = literal_column("0")


def waiting_query(*, incoming: bool | None = None) -> Select[Any]:
    """What waits, oldest first; what is compared with is written out and not bound.

    Only so does SQLite know the indexes that hold nothing but what waits.
    """
    if incoming is None:
        direction = _LINE.amount_micros != 0
    else:
        direction = _LINE.amount_micros > _LINE.allocated_micros if incoming else _LINE.amount_micros < _NOTHING
    fits = (_LINE.undone_at.is_(None), _LINE.is_sorted == false(), _LINE.allocated_micros == 0, direction)
    return select(bank_line).where(*fits).order_by(_LINE.booked_on, _LINE.id)
