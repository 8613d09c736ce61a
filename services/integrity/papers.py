"""Laws of the papers that were given out: versions without a gap, and every kept file as it was."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import Connection, select, text

from services.integrity.model import MOST_ROWS, Check
from services.invoices.tables import kept_paper

_AT_ONCE = 50  # files held while they are looked at

VERSIONS = """
SELECT COALESCE(i.number, c.number) AS number, COUNT(*) AS versions, MAX(v.version) AS highest,
       COUNT(k.sha256) AS files
  FROM paper_version AS v
  LEFT JOIN invoice AS i ON i.id = v.invoice_id
  LEFT JOIN credit_note AS c ON c.id = v.credit_note_id
  LEFT JOIN kept_paper AS k ON k.sha256 = v.sha256
 GROUP BY v.invoice_id, v.credit_note_id, i.number, c.number
HAVING MIN(v.version) <> 1 OR MAX(v.version) <> COUNT(*) OR COUNT(k.sha256) <> COUNT(*)
"""


def _papers(conn: Connection) -> list[dict[str, Any]]:
    broken = [dict(row) for row in conn.execute(text(VERSIONS)).mappings()]
    files = conn.execution_options(yield_per=_AT_ONCE).execute(select(kept_paper.c.sha256, kept_paper.c.content))
    for sha256, content in files:
        found = hashlib.sha256(content).hexdigest()
        if found != sha256 and len(broken) < MOST_ROWS:
            broken.append({"number": "", "kept_as": sha256, "is_now": found})
    return broken


CHECKS = (
    Check(
        "paper_versions",
        "The versions of every paper run from 1 without a gap, and each kept file is byte for byte what was given out.",
        _papers,
    ),
)
