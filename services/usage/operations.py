"""What may be done with usage: post it by the day, import it message by message, undo an import, see a recipient."""

from __future__ import annotations

from sqlalchemy import select

from services.access.audit import record
from services.access.model import Principal, require
from services.db.engine import Transaction
from services.texts import checked_reason
from services.usage.importing import import_usage
from services.usage.posting import post_usage_days
from services.usage.records import REVEAL_RECIPIENT, NoSuchRecord
from services.usage.tables import usage_record
from services.usage.undoing import undo_import

__all__ = ["import_usage", "post_usage_days", "reveal_recipient", "undo_import"]


def reveal_recipient(tx: Transaction, *, by: Principal, record_id: int, reason: str) -> str:
    """Whom one message was sent to, in full; who asked and why is audited. Nothing where the file did not say.

    Raises `NoSuchRecord`, and `InvalidForm` without a reason.
    """
    require(by, REVEAL_RECIPIENT)
    reason = checked_reason(reason, ask="Say why you need to see the recipient.")
    found = tx.conn.execute(select(usage_record.c.recipient).where(usage_record.c.id == record_id)).one_or_none()
    if found is None:
        raise NoSuchRecord(f"No message record has the number {record_id}.")
    record(tx, by=by, act=REVEAL_RECIPIENT.name, subject="usage_record", subject_id=record_id, reason=reason)
    return found.recipient or ""
