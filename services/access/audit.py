"""The audit trail: who did what to which thing, before and after, chained by hashes so that gaps and edits show."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, text

from services.access.tables import audit_event

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from services.access.model import Principal
    from services.db.engine import Transaction

ORIGIN = "0" * 64  # what the first event's `prev_hash` is
_CHAIN_LOCK = 0x4C_45_44_47  # PostgreSQL advisory lock: one writer extends the chain at a time

# Built once: every act asks and adds.
_NEWEST = select(audit_event.c.hash).order_by(audit_event.c.id.desc()).limit(1)
_ADDED = insert(audit_event).returning(audit_event.c.id)

Facts = Mapping[str, Any]


def record(
    tx: Transaction,
    *,
    by: Principal,
    act: str,
    subject: str,
    subject_id: object,
    before: Facts | None = None,
    after: Facts | None = None,
    reason: str = "",
) -> int:
    """Write one audit event in the transaction of the act itself and return its id.

    `act` is the permission's name ("customers.change_details"), `subject` the room's noun ("customer"). `before` and
    `after` hold only what changed: text, numbers, dates and enums; never passwords, tokens or card numbers. Call it
    last in an operation: on PostgreSQL it makes other audited transactions wait until this one ends.
    """
    if tx.dialect == "postgresql":
        tx.conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CHAIN_LOCK})
    event = {
        "at": tx.at,
        "person_id": by.person_id,
        "person_name": by.name,
        "act": act,
        "subject": subject,
        "subject_id": str(subject_id),
        "before": _json(before),
        "after": _json(after),
        "reason": reason.strip(),
    }
    previous = tx.conn.execute(_NEWEST).scalar() or ORIGIN
    chained = event | {"prev_hash": previous, "hash": _chain(previous, event)}
    return int(tx.conn.execute(_ADDED, chained).scalar_one())


def newest_event(conn: Connection) -> int:
    """The id of the newest audit event, 0 without any: it grows with every act whatever it changed."""
    return int(conn.execute(select(func.coalesce(func.max(audit_event.c.id), 0))).scalar_one())


def broken_links(conn: Connection) -> list[int]:
    """Recompute the whole chain and list the ids of events that do not fit: changed, or following a removed one."""
    broken, previous = [], ORIGIN
    for row in conn.execute(select(audit_event).order_by(audit_event.c.id)).mappings():
        event = {name: row[name] for name in row if name not in {"id", "prev_hash", "hash"}}
        if row["prev_hash"] != previous or row["hash"] != _chain(previous, event):
            broken.append(int(row["id"]))
        previous = row["hash"]
    return broken


def _chain(previous: str, event: Facts) -> str:
    content = json.dumps(
        {**event, "at": event["at"].astimezone(UTC).isoformat(timespec="microseconds")}, sort_keys=True
    )
    return hashlib.sha256(f"{previous}\n{content}".encode()).hexdigest()


def _json(facts: Facts | None) -> str | None:
    return None if facts is None else json.dumps(dict(facts), sort_keys=True, ensure_ascii=False, default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date | Decimal):
        return str(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    return str(value)
