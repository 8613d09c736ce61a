"""Terms as they stand now: every answer is judged by these, so an index that lags never shows what is gone."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Column, Connection, Select, Table, select

from services.cards.tables import card
from services.customers.tables import customer
from services.invoices.tables import invoice
from services.numbers.tables import dedicated_number
from services.search.model import KINDS, Record, Source, Term

_AT_ONCE = 1000
_TABLES: dict[Source, tuple[Table, Column[Any]]] = {
    Source.CUSTOMER: (customer, customer.c.id),
    Source.INVOICE: (invoice, invoice.c.customer_id),
    Source.NUMBER: (dedicated_number, dedicated_number.c.customer_id),
    Source.CARD: (card, card.c.customer_id),
}


def terms_of(conn: Connection, records: Collection[tuple[Source, int]]) -> dict[Record, tuple[Term, ...]]:
    """The terms of those records as their tables hold them; a record that is gone is left out."""
    found: dict[Record, tuple[Term, ...]] = {}
    for source in Source:
        kinds = [kind for kind in KINDS if kind.source is source]
        wanted = sorted({record_id for each, record_id in records if each is source})
        for start in range(0, len(wanted), _AT_ONCE):
            for record_id, customer_id, *texts in conn.execute(_rows(source, wanted[start : start + _AT_ONCE])):
                terms = (Term(kind, text, kind.forms(text)) for kind, text in zip(kinds, texts, strict=True) if text)
                found[Record(customer_id, source, record_id)] = tuple(terms)
    return found


def records_of(conn: Connection, customer_ids: Collection[int]) -> set[tuple[Source, int]]:
    """Every record of those customers, themselves among them."""
    found: set[tuple[Source, int]] = set()
    wanted = sorted(customer_ids)
    for source, (table, customer_id) in _TABLES.items():
        for start in range(0, len(wanted), _AT_ONCE):
            rows = conn.execute(select(table.c.id).where(customer_id.in_(wanted[start : start + _AT_ONCE])))
            found |= {(source, record_id) for record_id in rows.scalars()}
    return found


def _rows(source: Source, ids: list[int]) -> Select[Any]:
    table, customer_id = _TABLES[source]
    columns = [table.c[kind.column] for kind in KINDS if kind.source is source]
    return select(table.c.id, customer_id.label("owner_id"), *columns).where(table.c.id.in_(ids))
