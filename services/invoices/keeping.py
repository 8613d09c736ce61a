"""The archive of papers: a file that was given out is kept under the SHA-256 of its bytes, once."""

from __future__ import annotations

import hashlib

from sqlalchemy import func, insert, select

from services.db.engine import Transaction
from services.invoices.tables import kept_paper


def keep_paper(tx: Transaction, content: bytes) -> str:
    """Keep a file, unless it is kept already; gives its SHA-256. `queries.versions.copy_of` reads it again."""
    digest = hashlib.sha256(content).hexdigest()
    known = select(func.count()).select_from(kept_paper).where(kept_paper.c.sha256 == digest)
    if not tx.conn.execute(known).scalar_one():
        tx.conn.execute(insert(kept_paper), {"sha256": digest, "content": content})
    return digest
