"""Tables whose columns a person mapped: remembered by account and layout, so that the next file reads by itself."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from services.access.audit import record
from services.access.model import Principal, require
from services.banking.mapping import Mapping, layout, statement_of
from services.banking.model import MAP, NoSuchMapping, ReadFile, Statement, StatementFormat, Unreadable
from services.banking.readers import read_statement, unknown_table
from services.banking.readers.grid import Row as TableRow
from services.banking.tables import bank_mapping
from services.company.queries import bank_account_of
from services.db.engine import Transaction
from services.errors import InvalidForm


@dataclass(frozen=True, slots=True)
class Remembered:
    """A mapping that is kept, of which account's files it reads, and who chose it."""

    id: int
    bank_account: str
    layout: str
    mapping: Mapping
    made_at: datetime
    made_by: str


def read_file(conn: Connection, content: bytes, name: str, bank_account: str | None) -> ReadFile:
    """Read a file: by its own format, or as a person mapped such a table before; raises `Unreadable`.

    One layout may be mapped for several accounts; then `bank_account` says which.
    """
    try:
        return read_statement(content, name)
    except Unreadable:
        rows = unknown_table(content)
        found = remembered(conn, layout=layout(rows)) if rows else []
        mine = [each for each in found if bank_account in {None, each.bank_account}]
        if not rows or len(mine) != 1:
            raise
        kind = StatementFormat.XLSX if content.startswith(b"PK") else StatementFormat.CSV
        return ReadFile(kind, (preview(conn, rows, mine[0].mapping, bank_account=mine[0].bank_account),))


def preview(conn: Connection, rows: Sequence[TableRow], mapping: Mapping, *, bank_account: str) -> Statement:
    """The statement a mapping makes of a table for one of our accounts; raises `Unreadable`."""
    owner = bank_account_of(conn, bank_account)
    return statement_of(rows, mapping, account=owner.iban or owner.number, currency=owner.currency)


def remembered(conn: Connection, *, layout: str | None = None) -> list[Remembered]:
    """The mappings that are kept, by account; only those of one layout, if given."""
    query = select(bank_mapping).where(bank_mapping.c.forgotten_at.is_(None))
    if layout is not None:
        query = query.where(bank_mapping.c.layout == layout)
    ordered = query.order_by(bank_mapping.c.bank_account, bank_mapping.c.id)
    return [_remembered(row) for row in conn.execute(ordered)]


def remember_mapping(
    tx: Transaction, *, by: Principal, content: bytes, mapping: Mapping, bank_account: str
) -> Statement:
    """Keep a mapping for such tables of one account, in place of an earlier one, and give what it makes of this file.

    Raises `InvalidForm` with a sentence a choice, `Unreadable` where the file does not read by it, `NoBankAccount`.
    """
    require(by, MAP)
    rows = unknown_table(content)
    if rows is None:
        raise Unreadable("This file needs no mapping, or is no table.")
    if faults := mapping.faults():
        raise InvalidForm(faults)
    made = preview(tx.conn, rows, mapping, bank_account=bank_account)
    known = layout(rows)
    held = [each for each in remembered(tx.conn, layout=known) if each.bank_account == bank_account]
    if any(each.mapping == mapping for each in held):
        return made
    for each in held:
        _forget(tx, each, by=by)
    row = {
        "bank_account": bank_account,
        "layout": known,
        "mapping": json.dumps(asdict(mapping), sort_keys=True),
        "made_at": tx.at,
        "made_by": by.name,
    }
    mapping_id = tx.conn.execute(insert(bank_mapping).values(row).returning(bank_mapping.c.id)).scalar_one()
    after = {"bank_account": bank_account, "layout": known[:200]}
    record(tx, by=by, act=MAP.name, subject="bank_mapping", subject_id=int(mapping_id), after=after)
    return made


def forget_mapping(tx: Transaction, *, by: Principal, mapping_id: int) -> None:
    """Forget a mapping: such files are asked about again; what was imported by it stays. Raises `NoSuchMapping`."""
    require(by, MAP)
    found = next((each for each in remembered(tx.conn) if each.id == mapping_id), None)
    if found is None:
        raise NoSuchMapping("This mapping is not kept any more; look at the list again.")
    _forget(tx, found, by=by)


def _forget(tx: Transaction, found: Remembered, *, by: Principal) -> None:
    here = bank_mapping.c.id == found.id
    tx.conn.execute(update(bank_mapping).where(here).values(forgotten_at=tx.at, forgotten_by=by.name))
    before = {"bank_account": found.bank_account, "layout": found.layout[:200]}
    record(tx, by=by, act=MAP.name, subject="bank_mapping", subject_id=found.id, before=before)


def _remembered(row: Row[Any]) -> Remembered:
    facts = json.loads(row.mapping)
    facts["texts"] = tuple(facts["texts"])
    return Remembered(row.id, row.bank_account, row.layout, Mapping(**facts), row.made_at, row.made_by)
