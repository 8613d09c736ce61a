"""Laws between the ledger and what stands around it: invoices, receipts, usage, rental, the audit trail."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from services.access.audit import broken_links
from services.integrity.model import Check
from services.integrity.searching import by_sql

PROVISIONAL = """
SELECT customer_id, currency, CAST(SUM(ahead) AS BIGINT) AS ahead_micros, CAST(SUM(ledger) AS BIGINT) AS ledger_micros
  FROM (SELECT CAST(customer_id AS TEXT) AS customer_id, currency, micros AS ahead, 0 AS ledger
          FROM provisional_credit WHERE entry_id IS NOT NULL
        UNION ALL
        SELECT CAST(c.customer_id AS TEXT), c.currency, -t.micros, 0
          FROM provisional_taking AS t JOIN provisional_credit AS c ON c.id = t.provisional_id
         WHERE t.reversal_entry_id IS NULL
        UNION ALL
        SELECT a.detail, a.currency, 0, p.amount
          FROM posting AS p JOIN account AS a ON a.id = p.account_id
         WHERE a.purpose = 'provisional') AS both_sides
 GROUP BY customer_id, currency HAVING SUM(ahead) <> SUM(ledger)
"""

RECEIVABLES = """
SELECT customer_id, currency, CAST(SUM(open) AS BIGINT) AS open_micros, CAST(SUM(ledger) AS BIGINT) AS ledger_micros
  FROM (SELECT customer_id, currency, gross_micros - allocated_micros - fee_micros - credited_micros AS open,
               0 AS ledger
          FROM invoice
        UNION ALL
        SELECT i.customer_id, i.currency, -t.gross_micros, 0
          FROM invoice_transition AS t JOIN invoice AS i ON i.id = t.invoice_id
        UNION ALL
        SELECT a.customer_id, a.currency, 0, b.balance
          FROM account_balance AS b JOIN account AS a ON a.id = b.account_id
         WHERE a.purpose = 'receivable') AS both_sides
 GROUP BY customer_id, currency HAVING SUM(open) <> SUM(ledger)
"""

GST = """
SELECT currency, CAST(SUM(documents) AS BIGINT) AS documents_micros, CAST(SUM(ledger) AS BIGINT) AS ledger_micros
  FROM (SELECT currency, CASE WHEN gst_on_receipt
               THEN allocated_micros + fee_micros + credited_micros - cleared_net_micros
               ELSE tax_micros END AS documents, 0 AS ledger
          FROM invoice
        UNION ALL
        SELECT currency, -tax_micros, 0 FROM credit_note
        UNION ALL
        SELECT currency, amount_micros, 0 FROM bank_sorting WHERE sort = 'tax' AND undone_at IS NULL
        UNION ALL
        SELECT i.currency, -t.tax_micros, 0 FROM invoice_transition AS t JOIN invoice AS i ON i.id = t.invoice_id
         WHERE NOT i.gst_on_receipt
        UNION ALL
        SELECT p.currency, 0, -p.amount
          FROM posting AS p JOIN account AS a ON a.id = p.account_id
         WHERE a.purpose = 'gst_payable' AND a.detail <> 'use') AS both_sides
 GROUP BY currency HAVING SUM(documents) <> SUM(ledger)
"""

GST_NOT_DUE = """
SELECT customer_id, currency, CAST(SUM(open) AS BIGINT) AS open_micros, CAST(SUM(ledger) AS BIGINT) AS ledger_micros
  FROM (SELECT customer_id, currency, 0 AS ledger,
               tax_micros - allocated_micros - fee_micros - credited_micros + cleared_net_micros AS open
          FROM invoice WHERE gst_on_receipt
        UNION ALL
        SELECT i.customer_id, i.currency, 0, -t.tax_micros
          FROM invoice_transition AS t JOIN invoice AS i ON i.id = t.invoice_id WHERE i.gst_on_receipt
        UNION ALL
        SELECT a.customer_id, a.currency, -b.balance, 0
          FROM account_balance AS b JOIN account AS a ON a.id = b.account_id
         WHERE a.purpose = 'gst_not_due') AS both_sides
 GROUP BY customer_id, currency HAVING SUM(open) <> SUM(ledger)
"""

CREDIT_AWAITED = """
SELECT customer_id, currency, CAST(SUM(open) AS BIGINT) AS awaited_micros, CAST(SUM(ledger) AS BIGINT) AS ledger_micros
  FROM (SELECT customer_id, currency, net_micros - cleared_net_micros AS open, 0 AS ledger FROM invoice
        UNION ALL
        SELECT i.customer_id, i.currency, t.tax_micros - t.gross_micros, 0
          FROM invoice_transition AS t JOIN invoice AS i ON i.id = t.invoice_id
        UNION ALL
        SELECT a.customer_id, a.currency, 0, -b.balance
          FROM account_balance AS b JOIN account AS a ON a.id = b.account_id
         WHERE a.purpose = 'credit_unpaid') AS both_sides
 GROUP BY customer_id, currency HAVING SUM(open) <> SUM(ledger)
"""

OWED_BACK = """
SELECT customer_id, currency, CAST(SUM(notes) AS BIGINT) AS notes_micros, CAST(SUM(ledger) AS BIGINT) AS ledger_micros
  FROM (SELECT customer_id, currency, returned_micros AS notes, 0 AS ledger FROM credit_note
        UNION ALL
        SELECT customer_id, currency, owed_back_micros, 0 FROM card_payment
        UNION ALL
        SELECT p.customer_id, r.currency, r.cleared_micros, 0
          FROM card_return AS r JOIN card_payment AS p ON p.id = r.card_payment_id
         WHERE r.act IN ('refund', 'refund_failed')
        UNION ALL
        SELECT p.customer_id, r.currency, -r.micros, 0
          FROM card_return AS r JOIN card_payment AS p ON p.id = r.card_payment_id WHERE r.act = 'lost'
        UNION ALL
        SELECT customer_id, currency, amount_micros, 0 FROM bank_sorting
         WHERE sort = 'refund' AND customer_id IS NOT NULL AND undone_at IS NULL
        UNION ALL
        SELECT a.customer_id, a.currency, 0, -b.balance
          FROM account_balance AS b JOIN account AS a ON a.id = b.account_id
         WHERE a.purpose = 'refund_payable') AS both_sides
 GROUP BY customer_id, currency HAVING SUM(notes) <> SUM(ledger)
"""

NUMBERS_GAPLESS = """
SELECT c.series, c.last_no AS counted, COUNT(d.serial_no) AS papers, COALESCE(MAX(d.serial_no), 0) AS highest
  FROM document_counter AS c
  JOIN (SELECT series, serial_no FROM invoice UNION ALL SELECT series, serial_no FROM credit_note) AS d
    ON d.series = c.series
 GROUP BY c.series, c.last_no
HAVING c.last_no <> COUNT(d.serial_no) OR c.last_no <> MAX(d.serial_no)
"""

ALLOCATIONS = """
SELECT i.number, i.allocated_micros, COALESCE(a.paid, 0) AS allocations_micros,
       i.fee_micros, COALESCE(a.fee, 0) AS fees_micros
  FROM invoice AS i
  LEFT JOIN (SELECT invoice_id, CAST(SUM(paid_micros) AS BIGINT) AS paid, CAST(SUM(fee_micros) AS BIGINT) AS fee,
                    CAST(SUM(ours_micros) AS BIGINT) AS ours
               FROM (SELECT invoice_id, paid_micros, fee_micros, 0 AS ours_micros FROM allocation
                      WHERE undone_at IS NULL
                     UNION ALL
                     SELECT invoice_id, paid_micros, 0, 0 FROM card_settlement
                     UNION ALL
                     SELECT invoice_id, 0, micros, 0 FROM short_decision
                      WHERE undone_at IS NULL AND decision = 'settled'
                     UNION ALL
                     SELECT invoice_id, micros, CASE WHEN {was_fee} THEN -micros ELSE 0 END, micros FROM short_decision
                      WHERE undone_at IS NULL AND decision = 'absorbed') AS parts
              GROUP BY invoice_id) AS a ON a.invoice_id = i.id
 WHERE i.allocated_micros <> COALESCE(a.paid, 0) OR i.fee_micros <> COALESCE(a.fee, 0)
    OR i.absorbed_micros <> COALESCE(a.ours, 0)
UNION ALL
SELECT 'bank line', b.allocated_micros, COALESCE(a.paid, 0), b.id, 0
  FROM bank_line AS b
  LEFT JOIN (SELECT bank_line_id, CAST(SUM(paid_micros) AS BIGINT) AS paid
               FROM (SELECT bank_line_id, paid_micros FROM allocation WHERE undone_at IS NULL
                    UNION ALL
                    SELECT bank_line_id, micros FROM held_receipt WHERE out_at IS NULL
                    UNION ALL
                    SELECT bank_line_id, micros FROM receipt_refund WHERE undone_at IS NULL
                    UNION ALL
                    SELECT bank_line_id, amount_micros FROM bank_sorting WHERE undone_at IS NULL AND amount_micros > 0)
                   AS given GROUP BY bank_line_id) AS a ON a.bank_line_id = b.id
 WHERE b.allocated_micros <> COALESCE(a.paid, 0)
"""

USAGE = """
SELECT entry_id, CAST(SUM(ledger) AS BIGINT) AS ledger_micros, CAST(SUM(usage) AS BIGINT) AS usage_micros
  FROM (SELECT e.id AS entry_id, p.amount AS ledger, 0 AS usage
          FROM journal_entry AS e
          JOIN posting AS p ON p.entry_id = e.id
          JOIN account AS a ON a.id = p.account_id
         WHERE a.purpose = 'credit' AND (e.source = 'usage' OR e.reversal_of_id IN
               (SELECT u.id FROM journal_entry AS u WHERE u.source = 'usage'))
        UNION ALL
        SELECT entry_id, 0, micros FROM usage_day WHERE entry_id IS NOT NULL) AS both_sides
 GROUP BY entry_id HAVING SUM(ledger) <> SUM(usage)
"""

RENTAL = """
SELECT r.number_id, r.month, r.micros, CAST(SUM(p.amount) AS BIGINT) AS ledger_micros
  FROM number_rental AS r
  JOIN posting AS p ON p.entry_id = r.entry_id
  JOIN account AS a ON a.id = p.account_id AND a.purpose = 'credit'
 GROUP BY r.number_id, r.month, r.micros HAVING SUM(p.amount) <> r.micros
"""


def _audit(conn: Connection) -> list[dict[str, Any]]:
    return [{"audit_event_id": event_id} for event_id in broken_links(conn)]


def _allocations(conn: Connection) -> list[dict[str, Any]]:
    was_fee = "was_fee" if conn.dialect.name == "postgresql" else "was_fee = 1"
    return by_sql(ALLOCATIONS.format(was_fee=was_fee))(conn)


CHECKS = (
    Check(
        "credit_ahead",
        "What transfers are expected to bring is the credit given ahead of them and neither settled nor taken back.",
        by_sql(PROVISIONAL),
    ),
    Check("receivables", "Each customer's receivable is the sum of the open invoices.", by_sql(RECEIVABLES)),
    Check(
        "gst_payable",
        "GST payable, but that of use, is the tax on the invoices (on a cash basis: on what they were paid), less that "
        "of credit notes and what was paid.",
        by_sql(GST),
    ),
    Check(
        "gst_not_due",
        "On a cash basis GST not yet due is, of each customer, the tax in what the open invoices still ask for.",
        by_sql(GST_NOT_DUE),
    ),
    Check("credit_awaited", "Credit not yet paid is the net of what invoices still ask for.", by_sql(CREDIT_AWAITED)),
    Check(
        "owed_back",
        "What is owed back to a customer is what credit notes gave back and neither a refund nor a lost dispute paid.",
        by_sql(OWED_BACK),
    ),
    Check("numbers_gapless", "Every series of papers runs from 1 without a gap.", by_sql(NUMBERS_GAPLESS)),
    Check(
        "allocations",
        "What invoices and bank lines say was allocated is the sum of allocations, card payments, holds, refunds"
        " and what we bear.",
        _allocations,
    ),
    Check("usage", "Every usage entry is the sum of its usage rows.", by_sql(USAGE)),
    Check("rental", "Every rental charged stands in the books with its amount.", by_sql(RENTAL)),
    Check("audit_chain", "The audit trail's chain of hashes is unbroken.", _audit),
)
