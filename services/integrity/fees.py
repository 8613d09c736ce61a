"""Laws of custom fees: what was charged is what the books hold, no month twice, none outside a fee's life."""

from __future__ import annotations

from services.integrity.model import Check
from services.integrity.searching import by_sql

_POSTED = """
SELECT entry_id, customer_id, CAST(SUM(charged) AS BIGINT) AS charged_micros,
       CAST(SUM(posted) AS BIGINT) AS posted_micros
  FROM (SELECT entry_id, customer_id, micros AS charged, 0 AS posted FROM custom_fee_charge
        UNION ALL
        SELECT p.entry_id, a.customer_id, 0, p.amount
          FROM journal_entry AS e
          JOIN posting AS p ON p.entry_id = e.id
          JOIN account AS a ON a.id = p.account_id
         WHERE e.kind = 'custom_fee' AND a.purpose = 'credit') AS both_sides
 GROUP BY entry_id, customer_id HAVING SUM(charged) <> SUM(posted)
"""
_ONCE = """
SELECT c.fee_id, c.month, COUNT(*) AS charges
  FROM custom_fee_charge AS c WHERE c.reverses_id IS NULL GROUP BY c.fee_id, c.month HAVING COUNT(*) > 1
UNION ALL
SELECT c.fee_id, c.month, 1
  FROM custom_fee_charge AS c JOIN custom_fee AS f ON f.id = c.fee_id
 WHERE c.starts_on < f.starts_on OR c.ends_before > f.ends_before
UNION ALL
SELECT r.fee_id, r.month, 1
  FROM custom_fee_charge AS r JOIN custom_fee_charge AS c ON c.id = r.reverses_id
 WHERE r.micros <> -c.micros OR r.fee_id <> c.fee_id OR r.month <> c.month
"""

CHECKS = (
    Check("custom_fees", "Every custom fee charged or taken back is one entry of the same amount.", by_sql(_POSTED)),
    Check(
        "custom_fee_months",
        "No month of a fee is charged twice or outside its days, and what is taken back is what was charged.",
        by_sql(_ONCE),
    ),
)
