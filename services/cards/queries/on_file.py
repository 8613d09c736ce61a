"""Reads of cards on file: those of one customer, and all of them as a list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, or_, select, union

from services.cards.model import ACCEPTED, Card, CardFacts
from services.cards.tables import card
from services.customers.finding import comparable
from services.customers.tables import customer
from services.frames import frame

_C = card.c


@dataclass(frozen=True, slots=True)
class CardsPage:
    """Some of the cards, and how many there are in all."""

    rows: pd.DataFrame
    total: int


def cards_of(conn: Connection, customer_id: int) -> list[Card]:
    """A customer's cards: those on file first, the newest first."""
    found = select(card).where(_C.customer_id == customer_id).order_by(_C.added_at.desc(), _C.id.desc())
    every = [_card(row) for row in conn.execute(found)]
    return sorted(every, key=lambda one: not one.is_on_file)


def page(
    conn: Connection, *, on: date, text: str = "", kind: str | None = None, page: int = 1, size: int = 50
) -> CardsPage:
    """A page of cards by customer: `kind` is "good", "expired", "not accepted" or "removed", None for all.

    `text` is a customer's name, username or account id, or a card's last four digits.
    """
    wanted = _of_kind(kind, on)
    if sought := text.strip():
        ways = (_C.customer_id.in_(named(sought)), _C.last_four == sought)
        wanted.append(_C.id.in_(union(*(select(_C.id).where(way) for way in ways))))
    joined = card.join(customer, customer.c.id == _C.customer_id)
    columns = (
        _C.id, _C.customer_id, customer.c.name.label("customer"), customer.c.account_id, _C.brand, _C.last_four,
        _C.exp_month, _C.exp_year, _C.country, _C.wallet, _C.added_at, _C.removed_at,
    )  # fmt: skip
    order = (func.length(customer.c.account_id), customer.c.account_id, _C.id)
    query = select(*columns).select_from(joined).where(*wanted).order_by(*order)
    total = conn.execute(select(func.count()).select_from(card).where(*wanted)).scalar_one()
    rows = conn.execute(query.limit(size).offset((page - 1) * size)).all()
    types = {"id": "int64", "customer_id": "int64", "exp_month": "int64", "exp_year": "int64"}
    return CardsPage(frame([column.name for column in query.selected_columns], rows, types), total)


def _of_kind(kind: str | None, on: date) -> list[ColumnElement[bool]]:
    expired = or_(_C.exp_year < on.year, and_(_C.exp_year == on.year, _C.exp_month < on.month))
    accepted = _C.brand.in_(ACCEPTED)
    if kind == "removed":
        return [_C.removed_at.is_not(None)]
    if kind == "expired":
        return [_C.removed_at.is_(None), expired]
    if kind == "not accepted":
        return [_C.removed_at.is_(None), ~accepted]
    return [_C.removed_at.is_(None), ~expired, accepted] if kind == "good" else []


def named(text: str) -> Select[tuple[int]]:
    """The ids of the customers in whose name or username a text stands, or whose account id it is.

    Their own query, so that what belongs to them is found by its index.
    """
    sought, c = comparable(text), customer.c
    names = or_(c.name_key.contains(sought, autoescape=True), c.username_key.contains(sought, autoescape=True))
    return select(c.id).where(or_(names, c.account_id == sought))


def _card(row: Row[Any]) -> Card:
    facts = CardFacts(row.brand, row.last_four, row.exp_month, row.exp_year, row.country, row.fingerprint, row.wallet)
    return Card(row.id, row.external_id, row.customer_id, facts, row.added_at, row.removed_at)
