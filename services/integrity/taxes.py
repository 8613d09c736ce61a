"""Laws of the tax that arises when credit is used: each entry bears the tax of what was used for money."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from services.company.model import TaxPoint
from services.company.queries import tax_point
from services.integrity.model import Check
from services.integrity.searching import rows_of
from services.ledger.redeeming import TAXED

# Who may have used credit without tax: whoever pays or has paid afterwards, and whoever was in another country.
_UNTAXED = """x.tax_micros = 0
   AND (NOT EXISTS (SELECT 1 FROM customer AS c JOIN tax_rule AS r ON r.country = c.country
                     WHERE c.id = x.customer_id AND r.rate_numerator > 0 AND r.valid_from <= x.effective_on
                       AND (r.valid_before IS NULL OR r.valid_before > x.effective_on))
        OR EXISTS (SELECT 1 FROM commitment AS k WHERE k.customer_id = x.customer_id AND k.started_at IS NOT NULL)
        OR EXISTS (SELECT 1 FROM audit_event AS v WHERE v.act = 'customers.change_country'
                      AND v.subject = 'customer' AND v.subject_id = CAST(x.customer_id AS TEXT)))"""

# Credit bought, or given back, while its customer pays afterwards: taxed there and then.
_SOLD = "'bank_top_up', 'invoice_credited'"

_BEARING = """e.id IN (SELECT q.entry_id FROM posting AS q JOIN account AS g ON g.id = q.account_id
                WHERE g.purpose = 'gst_payable' AND g.detail = 'use')"""

_ON_USE = """
SELECT x.entry_id, x.kind, x.tax_micros, x.paid_micros
  FROM (SELECT e.id AS entry_id, e.kind, e.effective_on, e.customer_id,
               CAST(SUM(CASE WHEN a.purpose = 'gst_payable' AND a.detail = 'use' THEN -p.amount ELSE 0 END) AS BIGINT)
                 AS tax_micros,
               CAST(SUM(CASE WHEN a.purpose = 'credit' AND e.kind IN ({taxed}) THEN p.amount
                             WHEN (a.purpose = 'credit' OR a.detail = 'use') AND e.kind IN ({sold}) THEN -p.amount
                             WHEN a.purpose = 'promo_discount' THEN -p.amount ELSE 0 END) AS BIGINT) AS paid_micros
          FROM journal_entry AS e
          JOIN posting AS p ON p.entry_id = e.id
          JOIN account AS a ON a.id = p.account_id
         WHERE e.reversal_of_id IS NULL AND e.kind <> 'tax_turned' AND ({among})
         GROUP BY e.id, e.kind, e.effective_on, e.customer_id) AS x
 WHERE NOT EXISTS (SELECT 1 FROM tax_rule AS r
                    WHERE r.rate_numerator > 0 AND r.valid_from <= x.effective_on
                      AND (r.valid_before IS NULL OR r.valid_before > x.effective_on)
                      AND 2 * ABS(x.tax_micros * r.rate_denominator - x.paid_micros * r.rate_numerator)
                          <= r.rate_denominator)
   AND NOT ({untaxed})
"""


def _on_use(conn: Connection) -> list[dict[str, Any]]:
    taxed = ", ".join(f"'{kind.value}'" for kind in sorted(TAXED))
    redeemed = tax_point(conn) is TaxPoint.REDEMPTION
    among = f"{_BEARING} OR e.kind IN ({taxed})" if redeemed else _BEARING
    return rows_of(conn, _ON_USE.format(taxed=taxed, sold=_SOLD, among=among, untaxed=_UNTAXED))


CHECKS = (
    Check(
        "gst_on_use",
        "Where tax arises on use, each entry of use bears the tax of what was used for money, and no other does.",
        _on_use,
    ),
)
