"""Whose an object of the processor's is: by our account id in its metadata, or by the processor's customer it names."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, insert, select

from services.access.audit import record
from services.access.model import Principal, require
from services.cards.model import IMPORT_CARDS
from services.cards.objects import Whose, WrongObject
from services.cards.tables import processor_customer
from services.customers.model import Customer
from services.customers.queries import customer
from services.customers.tables import customer as customer_table
from services.db.engine import Transaction
from services.db.turns import wait_for_turn

_LINK = processor_customer.c
_LINKED = select(_LINK.customer_id).where(_LINK.external_id == bindparam("wanted"))


def link_customer(
    tx: Transaction, *, by: Principal, external_id: str, customer_id: int, livemode: bool, reason: str = ""
) -> bool:
    """Keep that a customer of the processor's is one of ours; gives whether that is new. `reason` is audited.

    Raises `WrongObject` where it is another's already: a link never changes, because money was posted by it.
    """
    require(by, IMPORT_CARDS)
    wait_for_turn(tx, f"processor_customer:{external_id}")
    owner = customer(tx.conn, customer_id)
    kept = linked(tx.conn, external_id)
    if kept is not None and kept != customer_id:
        other = customer(tx.conn, kept)
        raise WrongObject(f"{external_id} is {other.name} (account {other.account_id}), not {owner.account_id}.")
    if kept is not None:
        return False
    row = {"external_id": external_id, "customer_id": customer_id, "livemode": livemode}
    tx.conn.execute(insert(processor_customer), row | {"linked_at": tx.at, "linked_by": by.name})
    after = {"external_id": external_id, "account_id": owner.account_id}
    record(tx, by=by, act=IMPORT_CARDS.name, subject="customer", subject_id=customer_id, after=after, reason=reason)
    return True


def linked(conn: Connection, external_id: str) -> int | None:
    """Our customer that one of the processor's is, if anybody said so."""
    return conn.execute(_LINKED, {"wanted": external_id}).scalar()


def links_of(conn: Connection, customer_id: int) -> list[str]:
    """What the processor calls a customer of ours, in the order in which it was learned."""
    found = select(_LINK.external_id).where(_LINK.customer_id == customer_id).order_by(_LINK.id)
    return list(conn.execute(found).scalars())


def owner_of(conn: Connection, whose: Whose) -> Customer:
    """The customer an object names. Raises `WrongObject` where nobody is named, or nobody is known by it."""
    by_account = None
    if whose.account_id:
        found = select(customer_table.c.id).where(customer_table.c.account_id == whose.account_id)
        by_account = conn.execute(found).scalar()
        if by_account is None:
            raise WrongObject(f"No customer has the account id {whose.account_id} of its metadata.")
    by_link = linked(conn, whose.external_id) if whose.external_id else None
    if by_account is not None and by_link is not None and by_account != by_link:
        said = f"Its metadata says account {whose.account_id}, and {whose.external_id}"
        raise WrongObject(f"{said} is account {customer(conn, by_link).account_id}.")
    if (owner := by_account if by_link is None else by_link) is not None:
        return customer(conn, owner)
    if not whose.external_id:
        raise WrongObject("It names no customer: it has neither a customer nor metadata.account_id.")
    raise WrongObject(f"Nobody knows whose {whose.external_id} is: link it, or import an object that says so.")


def contradicted(every: Iterable[Whose]) -> set[str]:
    """The processor's customers for whom one file names several of ours: none of them is taken."""
    named: dict[str, set[str]] = {}
    for whose in every:
        if whose.external_id and whose.account_id:
            named.setdefault(whose.external_id, set()).add(whose.account_id)
    return {external_id for external_id, accounts in named.items() if len(accounts) > 1}
