"""Reads of saved views: what a person may open from the menu, and one of them."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from sqlalchemy import Connection, Row, func, or_, select

from services.access.model import Principal
from services.access.tables import person
from services.views.model import NoSuchView, SavedView
from services.views.tables import saved_view


def views_for(conn: Connection, *, by: Principal, screen: str | None = None) -> list[SavedView]:
    """The person's own views and those shared with everybody, own ones first, by name; of one screen or of all."""
    own = saved_view.c.person_id == by.person_id
    query = (
        select(saved_view, person.c.name.label("owner"))
        .join(person, person.c.id == saved_view.c.person_id)
        .where(or_(own, saved_view.c.shared.is_(True)))
        .order_by(saved_view.c.screen, own.desc(), saved_view.c.name_key, saved_view.c.id)
    )
    rows = conn.execute(query.where(saved_view.c.screen == screen) if screen else query)
    return [_view(row, by) for row in rows]


def view(conn: Connection, *, by: Principal, view_id: int) -> SavedView:
    """One view that the person owns or that is shared; raises `NoSuchView`."""
    query = (
        select(saved_view, person.c.name.label("owner"))
        .join(person, person.c.id == saved_view.c.person_id)
        .where(saved_view.c.id == view_id)
        .where(or_(saved_view.c.person_id == by.person_id, saved_view.c.shared.is_(True)))
    )
    row = conn.execute(query).one_or_none()
    if row is None:
        raise NoSuchView("This view is gone; somebody deleted it.")
    return _view(row, by)


def count_of(conn: Connection, *, by: Principal, screen: str) -> int:
    """How many views of a screen the person has."""
    own = (saved_view.c.person_id == by.person_id, saved_view.c.screen == screen)
    return int(conn.execute(select(func.count()).where(*own)).scalar_one())


def _view(row: Row[Any], by: Principal) -> SavedView:
    values: dict[str, list[str]] = {}
    for name, value in parse_qsl(row.query):
        values.setdefault(name, []).append(value)
    return SavedView(row.id, row.screen, row.name, values, bool(row.shared), row.owner, row.person_id == by.person_id)
