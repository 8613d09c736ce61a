"""Laws of card money: what was charged is what it paid, and what the processor holds is what the books say."""

from __future__ import annotations

from services.integrity.model import Check
from services.integrity.searching import by_sql

_PAID = """
SELECT p.external_id, p.status, p.gross_micros, p.owed_back_micros, COALESCE(s.paid, 0) AS paid_micros
  FROM card_payment AS p
  LEFT JOIN (SELECT card_payment_id, CAST(SUM(paid_micros) AS BIGINT) AS paid FROM card_settlement
              GROUP BY card_payment_id) AS s ON s.card_payment_id = p.id
 WHERE CASE WHEN p.status = 'succeeded' THEN p.gross_micros ELSE 0 END <> COALESCE(s.paid, 0) + p.owed_back_micros
"""
_HELD = """
SELECT currency, CAST(SUM(cards) AS BIGINT) AS cards_micros, CAST(SUM(ledger) AS BIGINT) AS ledger_micros
  FROM (SELECT p.currency, p.gross_micros AS cards, 0 AS ledger
          FROM card_payment AS p LEFT JOIN card_fee AS f ON f.card_payment_id = p.id AND f.currency <> p.currency
         WHERE p.status = 'succeeded' AND f.id IS NULL
        UNION ALL
        SELECT f.currency, f.settled_micros, 0
          FROM card_fee AS f JOIN card_payment AS p ON p.id = f.card_payment_id WHERE f.currency <> p.currency
        UNION ALL
        SELECT currency, -fee_micros, 0 FROM card_fee
        UNION ALL
        SELECT currency, cleared_micros, 0 FROM card_return
        UNION ALL
        SELECT currency, -amount_micros, 0 FROM bank_sorting WHERE sort = 'card_payout' AND undone_at IS NULL
        UNION ALL
        SELECT a.currency, 0, p.amount
          FROM posting AS p JOIN account AS a ON a.id = p.account_id
         WHERE a.purpose = 'card_clearing') AS both_sides
 GROUP BY currency HAVING SUM(cards) <> SUM(ledger)
"""
_DISPUTED = """
SELECT currency, CAST(SUM(open) AS BIGINT) AS open_micros, CAST(SUM(ledger) AS BIGINT) AS ledger_micros
  FROM (SELECT currency, held_micros AS open, 0 AS ledger FROM card_return
        UNION ALL
        SELECT a.currency, 0, p.amount
          FROM posting AS p JOIN account AS a ON a.id = p.account_id
         WHERE a.purpose = 'held_disputes') AS both_sides
 GROUP BY currency HAVING SUM(open) <> SUM(ledger)
"""

CHECKS = (
    Check(
        "card_payments",
        "What a card was charged is what it paid of invoices and what of it is owed back; a failed one paid nothing.",
        by_sql(_PAID),
    ),
    Check(
        "card_clearing",
        "What the card processor holds by the books is what was charged less refunds, disputes, fees and payouts.",
        by_sql(_HELD),
    ),
    Check("held_disputes", "What stands apart for disputes is the sum of the open ones.", by_sql(_DISPUTED)),
)
