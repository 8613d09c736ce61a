"""Laws between the ledger and the bank: statements, receipts that wait, money nobody placed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from services.integrity.model import Check
from services.integrity.searching import by_sql

BANK_IS_STATEMENT = """
SELECT s.bank_account, s.currency, s.closing AS statement_micros, COALESCE(l.balance, 0) AS ledger_micros
  FROM (SELECT bank_account, currency,
               CAST(SUM(CASE WHEN opens = {yes} THEN COALESCE(opening_micros, 0) ELSE 0 END) AS BIGINT)
               + COALESCE((SELECT CAST(SUM(b.amount_micros) AS BIGINT) FROM bank_line AS b
                            WHERE b.bank_account = bank_statement.bank_account AND b.undone_at IS NULL), 0) AS closing
          FROM bank_statement WHERE undone_at IS NULL GROUP BY bank_account, currency) AS s
  LEFT JOIN (SELECT a.detail, a.currency, CAST(SUM(p.amount) AS BIGINT) AS balance
               FROM posting AS p JOIN account AS a ON a.id = p.account_id
              WHERE a.purpose = 'bank' GROUP BY a.detail, a.currency) AS l
    ON l.detail = s.bank_account AND l.currency = s.currency
 WHERE s.closing <> COALESCE(l.balance, 0)
"""

STATEMENTS_CLOSE = """
SELECT l.bank_account, l.ends_on, l.closing_micros, b.balance AS ledger_micros
  FROM (SELECT bank_account, currency, ends_on, closing_micros,
               ROW_NUMBER() OVER (PARTITION BY bank_account ORDER BY ends_on DESC, id DESC) AS place
          FROM bank_statement WHERE undone_at IS NULL AND closing_micros IS NOT NULL) AS l
  JOIN (SELECT a.detail, CAST(SUM(p.amount) AS BIGINT) AS balance
          FROM posting AS p JOIN account AS a ON a.id = p.account_id
         WHERE a.purpose = 'bank' GROUP BY a.detail) AS b ON b.detail = l.bank_account
 WHERE l.place = 1 AND l.closing_micros <> b.balance
"""

UNALLOCATED = """
SELECT currency, CAST(SUM(lines) AS BIGINT) AS lines_micros, CAST(SUM(ledger) AS BIGINT) AS ledger_micros
  FROM (SELECT currency, amount_micros - allocated_micros AS lines, 0 AS ledger
          FROM bank_line WHERE amount_micros > 0 AND undone_at IS NULL
        UNION ALL
        SELECT p.currency, 0, -p.amount
          FROM posting AS p JOIN account AS a ON a.id = p.account_id
         WHERE a.purpose = 'unallocated') AS both_sides
 GROUP BY currency HAVING SUM(lines) <> SUM(ledger)
"""

SUSPENSE = """
SELECT currency, CAST(SUM(lines) AS BIGINT) AS lines_micros, CAST(SUM(ledger) AS BIGINT) AS ledger_micros
  FROM (SELECT b.currency, -b.amount_micros AS lines, 0 AS ledger
          FROM bank_line AS b WHERE b.amount_micros < 0 AND b.undone_at IS NULL
           AND NOT EXISTS (SELECT 1 FROM bank_sorting AS s WHERE s.bank_line_id = b.id AND s.undone_at IS NULL)
        UNION ALL
        SELECT currency, -micros, 0 FROM held_receipt WHERE out_at IS NULL
        UNION ALL
        SELECT p.currency, 0, p.amount
          FROM posting AS p JOIN account AS a ON a.id = p.account_id
         WHERE a.purpose = 'suspense') AS both_sides
 GROUP BY currency HAVING SUM(lines) <> SUM(ledger)
"""

PAY_BACK = """
SELECT currency, CAST(SUM(refunds) AS BIGINT) AS refunds_micros, CAST(SUM(ledger) AS BIGINT) AS ledger_micros
  FROM (SELECT r.currency, r.micros AS refunds, 0 AS ledger
          FROM receipt_refund AS r WHERE r.undone_at IS NULL
           AND NOT EXISTS (SELECT 1 FROM bank_sorting AS s WHERE s.receipt_refund_id = r.id AND s.undone_at IS NULL)
        UNION ALL
        SELECT p.currency, 0, -p.amount
          FROM posting AS p JOIN account AS a ON a.id = p.account_id
         WHERE a.purpose = 'pay_back') AS both_sides
 GROUP BY currency HAVING SUM(refunds) <> SUM(ledger)
"""


def _bank(conn: Connection) -> list[dict[str, Any]]:
    yes = "true" if conn.dialect.name == "postgresql" else "1"
    return by_sql(BANK_IS_STATEMENT.format(yes=yes))(conn)


CHECKS = (
    Check(
        "bank_is_statement", "Each bank account's ledger balance is its first opening plus every imported line.", _bank
    ),
    Check(
        "statements_close",
        "Each bank account's ledger balance is its latest statement's closing balance.",
        by_sql(STATEMENTS_CLOSE),
    ),
    Check(
        "receipts_unallocated",
        "Unallocated receipts in the books are the bank lines not yet allocated.",
        by_sql(UNALLOCATED),
    ),
    Check(
        "payments_in_suspense",
        "Suspense in the books is the money out of which nobody said what it is, less the receipts held.",
        by_sql(SUSPENSE),
    ),
    Check(
        "receipts_to_pay_back",
        "What is owed back of receipts is the refunds that no bank line paid yet.",
        by_sql(PAY_BACK),
    ),
)
