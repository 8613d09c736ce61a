"""Laws of the ledger alone: entries, kept balances, roll-ups, periods and the hash chain (`ledger.md`, d.1)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, text

from services.integrity.model import Check
from services.integrity.searching import by_sql, rows_of
from services.ledger.rollup import GENESIS, hash_block, mark_column, rolled_up_to

ENTRIES_BALANCE = """
SELECT entry_id, currency, CAST(SUM(amount) AS BIGINT) AS off_by_micros, CAST(0 AS BIGINT) AS base_off_by_micros
  FROM posting GROUP BY entry_id, currency HAVING SUM(amount) <> 0
UNION ALL
SELECT entry_id, 'base', CAST(0 AS BIGINT), CAST(SUM(base_amount) AS BIGINT)
  FROM posting GROUP BY entry_id HAVING SUM(base_amount) <> 0
"""

SEALED = """
SELECT e.id AS entry_id, s.postings AS sealed, COUNT(p.entry_id) AS found
  FROM journal_entry AS e
  LEFT JOIN journal_seal AS s ON s.entry_id = e.id
  LEFT JOIN posting AS p ON p.entry_id = e.id
 GROUP BY e.id, s.postings
HAVING s.postings IS NULL OR s.postings <> COUNT(p.entry_id) OR COUNT(p.entry_id) < 2
"""

BALANCES_KEPT = """
SELECT a.code, b.balance, s.amount AS recomputed, b.base_balance, s.base AS base_recomputed, b.version, s.n AS postings
  FROM account_balance AS b
  JOIN account AS a ON a.id = b.account_id
  LEFT JOIN (SELECT account_id, CAST(SUM(amount) AS BIGINT) AS amount, CAST(SUM(base_amount) AS BIGINT) AS base,
                    COUNT(*) AS n, MAX(account_version) AS top
               FROM posting WHERE account_version IS NOT NULL GROUP BY account_id) AS s ON s.account_id = b.account_id
 WHERE b.balance <> COALESCE(s.amount, 0) OR b.base_balance <> COALESCE(s.base, 0)
    OR b.version <> COALESCE(s.n, 0) OR b.version <> COALESCE(s.top, 0)
"""

BALANCES_RUN = """
SELECT account_id, account_version, amount, balance_after, before
  FROM (SELECT account_id, account_version, amount, balance_after,
               LAG(balance_after, 1, 0) OVER (PARTITION BY account_id ORDER BY account_version) AS before
          FROM posting WHERE account_version IS NOT NULL) AS run
 WHERE balance_after <> before + amount
"""

LIMITS = """
SELECT e.id AS entry_id, e.kind, a.code, p.balance_after
  FROM posting AS p
  JOIN account_balance AS b ON b.account_id = p.account_id
  JOIN journal_entry AS e ON e.id = p.entry_id
  JOIN account AS a ON a.id = p.account_id
 WHERE {guarded}
   AND ((p.amount > 0 AND p.balance_after > b.max_balance) OR (p.amount < 0 AND p.balance_after < b.min_balance))
UNION ALL
SELECT NULL, 'base left at balance zero', a.code, b.base_balance
  FROM account_balance AS b JOIN account AS a ON a.id = b.account_id
 WHERE b.balance = 0 AND b.base_balance <> 0
"""

DAYS_KEPT = """
SELECT a.code, d.day, d.kind, CAST(SUM(d.net) AS BIGINT) AS off_by_micros,
       CAST(SUM(d.base) AS BIGINT) AS base_off_by_micros,
       CAST(SUM(d.n) AS BIGINT) AS postings_off_by
  FROM (SELECT account_id, day, kind, debit - credit AS net, base_debit - base_credit AS base, postings AS n
          FROM account_day
        UNION ALL
        SELECT p.account_id, e.effective_on, e.kind, -p.amount, -p.base_amount, -1
          FROM posting AS p JOIN journal_entry AS e ON e.id = p.entry_id
         WHERE p.account_version IS NOT NULL) AS d
  JOIN account AS a ON a.id = d.account_id
 GROUP BY a.code, d.day, d.kind
HAVING SUM(d.net) <> 0 OR SUM(d.base) <> 0 OR SUM(d.n) <> 0
"""

CONTROL_KEPT = """
SELECT purpose, currency, detail, day, kind, CAST(SUM(net) AS BIGINT) AS off_by_micros,
       CAST(SUM(base) AS BIGINT) AS base_off_by_micros, CAST(SUM(n) AS BIGINT) AS postings_off_by
  FROM (SELECT purpose, currency, detail, day, kind, debit - credit AS net, base_debit - base_credit AS base,
               postings AS n FROM control_day
        UNION ALL
        SELECT a.purpose, a.currency, a.detail, e.effective_on, e.kind, -p.amount, -p.base_amount, -1
          FROM posting AS p
          JOIN journal_entry AS e ON e.id = p.entry_id
          JOIN account AS a ON a.id = p.account_id
         WHERE {mark} < :rolled_up_to) AS both_sides
 GROUP BY purpose, currency, detail, day, kind
HAVING SUM(net) <> 0 OR SUM(base) <> 0 OR SUM(n) <> 0
"""

TRIAL_BALANCE = """
SELECT currency, CAST(SUM(amount) AS BIGINT) AS off_by_micros FROM posting GROUP BY currency HAVING SUM(amount) <> 0
UNION ALL
SELECT 'base', CAST(COALESCE(SUM(base_amount), 0) AS BIGINT) FROM posting HAVING COALESCE(SUM(base_amount), 0) <> 0
"""

REVERSALS = """
SELECT r.id AS entry_id, r.reversal_of_id, a.code, CAST(SUM(p.amount) AS BIGINT) AS left_micros,
       CAST(SUM(p.base_amount) AS BIGINT) AS left_base_micros
  FROM journal_entry AS r
  JOIN posting AS p ON p.entry_id = r.id OR p.entry_id = r.reversal_of_id
  JOIN account AS a ON a.id = p.account_id
 WHERE r.reversal_of_id IS NOT NULL
 GROUP BY r.id, r.reversal_of_id, a.code, a.purpose, a.detail
HAVING (a.purpose NOT IN ('promo_deferred', 'promo_discount') AND a.detail <> 'use'
        AND (SUM(p.amount) <> 0 OR SUM(p.base_amount) <> 0))
    OR (a.purpose = 'promo_deferred' AND SUM(p.amount) > 0)
    OR (a.purpose = 'promo_discount' AND SUM(p.amount) < 0)
    OR (a.detail = 'use' AND a.purpose = 'gst_payable' AND SUM(p.amount) < 0)
    OR (a.detail = 'use' AND a.purpose = 'price_adjust' AND SUM(p.amount) > 0)
"""

PROMOTIONAL_BOUNDS = """
SELECT g.customer_id, g.currency, b.balance AS promotional_micros, COALESCE(-c.balance, 0) AS credit_micros
  FROM account AS g
  JOIN account_balance AS b ON b.account_id = g.id
  LEFT JOIN account AS k ON k.customer_id = g.customer_id AND k.currency = g.currency AND k.purpose = 'credit'
  LEFT JOIN account_balance AS c ON c.account_id = k.id
 WHERE g.purpose = 'promo_deferred'
   AND (b.balance < 0 OR (b.balance > 0 AND b.balance > COALESCE(-c.balance, 0)))
"""

# What moves promotional credit is a grant or its end, against credit, or its use, against the discount: nothing else.
PROMOTIONAL_USE = """
SELECT e.id AS entry_id, e.kind, CAST(SUM(p.amount) AS BIGINT) AS unexplained_micros
  FROM (SELECT DISTINCT q.entry_id FROM posting AS q JOIN account AS g ON g.id = q.account_id
         WHERE g.purpose = 'promo_deferred' AND q.account_version IS NOT NULL) AS moved
  JOIN journal_entry AS e ON e.id = moved.entry_id
  JOIN posting AS p ON p.entry_id = e.id
  JOIN account AS a ON a.id = p.account_id
 WHERE a.purpose IN ('promo_deferred', 'promo_discount')
    OR (a.purpose = 'credit' AND e.kind IN ('promo_grant', 'promo_expired'))
 GROUP BY e.id, e.kind, p.currency
HAVING SUM(p.amount) <> 0
"""

CLOSED_PERIODS = """
SELECT e.id AS entry_id, e.period, e.posted_at, c.closed_at
  FROM journal_entry AS e JOIN accounting_period AS c ON c.period = e.period
 WHERE c.status = 'closed' AND e.posted_at > c.closed_at
UNION ALL
SELECT NULL, o.period, NULL, NULL
  FROM accounting_period AS o
 WHERE o.status = 'open'
   AND EXISTS (SELECT 1 FROM accounting_period AS c WHERE c.status = 'closed' AND c.period > o.period)
"""


def _limits(conn: Connection) -> list[dict[str, Any]]:
    return rows_of(conn, LIMITS.format(guarded="e.guarded" if conn.dialect.name == "postgresql" else "e.guarded = 1"))


def _control(conn: Connection) -> list[dict[str, Any]]:
    query = CONTROL_KEPT.format(mark=mark_column(conn))
    return rows_of(conn, query, rolled_up_to=rolled_up_to(conn))


def _foreign_keys(conn: Connection) -> list[dict[str, Any]]:
    """SQLite lets a connection without the pragma write orphans; PostgreSQL never does."""
    if conn.dialect.name != "sqlite":
        return []
    return rows_of(conn, "PRAGMA foreign_key_check")


def _chain(conn: Connection) -> list[dict[str, Any]]:
    blocks = conn.execute(
        text("SELECT no, from_mark, before_mark, entries, previous_hash, hash FROM chain_block ORDER BY no")
    )
    broken, previous, start = [], GENESIS, 0
    for no, from_mark, before_mark, entries, said_previous, said in blocks.all():
        digest, found = hash_block(conn, from_mark, before_mark, bytes(said_previous))
        if (bytes(said_previous), bytes(said), entries, from_mark) != (previous, digest, found, start):
            broken.append(
                {"block": no, "entries": entries, "found": found, "from_mark": from_mark, "before_mark": before_mark}
            )
        previous, start = bytes(said), before_mark
    return broken


CHECKS = (
    Check("entries_balance", "Every journal entry sums to zero in each currency and in AUD.", by_sql(ENTRIES_BALANCE)),
    Check("entries_sealed", "Every entry is sealed with exactly its postings, two at least.", by_sql(SEALED)),
    Check("no_orphans", "No row points at one that does not exist.", _foreign_keys),
    Check("balances_kept", "Every kept balance is the sum of its account's postings.", by_sql(BALANCES_KEPT)),
    Check("balances_run", "Every running balance is the one before plus its posting.", by_sql(BALANCES_RUN)),
    Check("limits_held", "No decided entry took credit below zero, and no AUD is left at balance zero.", _limits),
    Check("days_kept", "Every daily roll-up is the sum of its postings.", by_sql(DAYS_KEPT)),
    Check("control_totals_kept", "Every control total is the sum of its postings.", _control),
    Check("trial_balance", "All debits equal all credits, in each currency and in AUD.", by_sql(TRIAL_BALANCE)),
    Check(
        "reversals_mirror",
        "A reversal and its original leave nothing on any account, but promotional credit used up by it and its tax.",
        by_sql(REVERSALS),
    ),
    Check(
        "promotional_bounds",
        "No customer has less than no promotional credit, or more of it than credit.",
        by_sql(PROMOTIONAL_BOUNDS),
    ),
    Check(
        "promotional_use",
        "Promotional credit is granted and expires against credit, and is used against the discount.",
        by_sql(PROMOTIONAL_USE),
    ),
    Check(
        "closed_months", "Nothing was posted into a closed month, and months closed in order.", by_sql(CLOSED_PERIODS)
    ),
    Check("hash_chain", "Every block of the hash chain still has the hash it was sealed with.", _chain),
)
