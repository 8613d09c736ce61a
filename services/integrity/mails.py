"""Laws of the e-mail: nobody holds a message for good, each paper went once, and every message is of its own paper."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from services.integrity.model import Check
from services.integrity.searching import by_sql, rows_of

# a lease lasts five minutes, and a round comes every minute
LEASES = """
SELECT id AS message, number, to_address, lease_until FROM mail_message
 WHERE state = 'sending' AND lease_until < {long_ago}
"""
_LONG_AGO = {
    "sqlite": "strftime('%Y-%m-%dT%H:%M:%f000Z', 'now', '-15 minutes')",
    "postgresql": "now() - interval '15 minutes'",
}

ONCE = """
SELECT number, kind, version, to_key AS to_address, COUNT(*) AS messages FROM mail_message
 WHERE state = 'sent' AND again_of_id IS NULL
 GROUP BY number, kind, about, about_id, version, to_key HAVING COUNT(*) > 1
"""

OF_ITS_PAPER = """
SELECT m.id AS message, m.number, m.kind, m.version
  FROM mail_message AS m
  LEFT JOIN invoice AS i ON i.id = m.invoice_id AND i.customer_id = m.customer_id
  LEFT JOIN credit_note AS c ON m.about = 'credit note' AND c.id = m.about_id AND c.invoice_id = m.invoice_id
  LEFT JOIN allocation AS a ON m.about = 'allocation' AND a.id = m.about_id AND a.invoice_id = m.invoice_id
  LEFT JOIN paper_version AS v ON m.version = v.version
       AND ((m.kind = 'corrected copy' AND v.invoice_id = m.invoice_id)
            OR (m.kind = 'credit note' AND v.credit_note_id = m.about_id))
  LEFT JOIN postpaid_letter AS l ON m.about = 'postpaid letter' AND l.id = m.about_id AND l.language = m.language
       AND EXISTS (SELECT 1 FROM postpaid_application AS p
                    WHERE p.id = l.application_id AND p.customer_id = m.customer_id)
  LEFT JOIN limit_alert AS k ON m.about = 'commitment' AND k.commitment_id = m.about_id AND k.id = m.version
       AND k.mark || ' %' = m.number
       AND EXISTS (SELECT 1 FROM commitment AS o WHERE o.id = k.commitment_id AND o.customer_id = m.customer_id)
 WHERE (i.id IS NULL AND l.id IS NULL AND k.id IS NULL)
    OR (m.about = 'credit note' AND (c.id IS NULL OR c.number <> m.number))
    OR (m.about = 'allocation' AND a.id IS NULL)
    OR (m.about <> 'credit note' AND i.number <> m.number)
    OR (m.kind = 'corrected copy' AND v.id IS NULL)
    OR (m.kind = 'credit note' AND m.version > 1 AND v.id IS NULL)
"""

# whether receipts are e-mailed by themselves is a choice with a day; a receipt follows the choice of its moment
RECEIPTS = """
SELECT i.number, a.id AS receipt, a.allocated_at
  FROM allocation AS a JOIN invoice AS i ON i.id = a.invoice_id
 WHERE (SELECT c.receipts FROM mail_choice AS c WHERE c.chosen_at < a.allocated_at ORDER BY c.id DESC LIMIT 1) = {yes}
   AND NOT EXISTS (SELECT 1 FROM mail_message AS m WHERE m.about = 'allocation' AND m.about_id = a.id)
"""


def _leases(conn: Connection) -> list[dict[str, Any]]:
    return rows_of(conn, LEASES.format(long_ago=_LONG_AGO[conn.dialect.name]))


def _receipts(conn: Connection) -> list[dict[str, Any]]:
    return rows_of(conn, RECEIPTS.format(yes="true" if conn.dialect.name == "postgresql" else "1"))


CHECKS = (
    Check("mail_leases", "No message is held by a sending process past the end of its lease.", _leases),
    Check(
        "mail_once",
        "Each paper went to an address once in each version; what went again names what it repeats and why.",
        by_sql(ONCE),
    ),
    Check(
        "mail_of_its_paper",
        "Every message is about a paper of its own customer, by its number and in a version that was issued.",
        by_sql(OF_ITS_PAPER),
    ),
    Check(
        "mail_of_receipts",
        "Every receipt given while receipts were e-mailed by themselves has its message.",
        _receipts,
    ),
)
