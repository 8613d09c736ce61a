"""Laws between the ledger and the adjustments of credit: each is posted as it was asked, and promotions add up."""

from __future__ import annotations

from services.integrity.model import Check
from services.integrity.searching import by_sql

_POSTED = """
SELECT d.id AS adjustment_id, d.entry_id, d.micros AS asked_micros,
       COALESCE(CAST(-p.amount AS BIGINT), 0) AS posted_micros
  FROM adjustment AS d
  LEFT JOIN (SELECT p.entry_id, a.customer_id, a.currency, SUM(p.amount) AS amount
               FROM adjustment AS o
               JOIN posting AS p ON p.entry_id = o.entry_id
               JOIN account AS a ON a.id = p.account_id AND a.purpose = 'credit'
              GROUP BY p.entry_id, a.customer_id, a.currency) AS p
    ON p.entry_id = d.entry_id AND p.customer_id = d.customer_id AND p.currency = d.currency
 WHERE d.entry_id IS NOT NULL AND COALESCE(-p.amount, 0) <> d.micros
"""

# What was granted and neither taken back nor expired is either held or was used, and use met the discount.
_PROMOTIONS = """
SELECT customer_id, currency, CAST(SUM(micros) AS BIGINT) AS unexplained_micros
  FROM (SELECT customer_id, currency, micros - COALESCE(expired_micros, 0) AS micros
          FROM adjustment WHERE kind = 'promotion' AND entry_id IS NOT NULL AND undone_at IS NULL
        UNION ALL
        SELECT a.customer_id, a.currency, -b.balance
          FROM account AS a JOIN account_balance AS b ON b.account_id = a.id
         WHERE a.purpose = 'promo_deferred'
        UNION ALL
        SELECT e.customer_id, p.currency, -p.amount
          FROM account AS a
          JOIN posting AS p ON p.account_id = a.id
          JOIN journal_entry AS e ON e.id = p.entry_id
         WHERE a.purpose = 'promo_discount') AS both_sides
 GROUP BY customer_id, currency HAVING SUM(micros) <> 0
"""

CHECKS = (
    Check("adjustments_posted", "Every posted adjustment moved credit by exactly what was asked.", by_sql(_POSTED)),
    Check("promotions_kept", "Promotions granted are promotional credit held, used, or expired.", by_sql(_PROMOTIONS)),
)
