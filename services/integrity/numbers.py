"""Laws of number rental: no day twice, none after a known end, and what was given back belongs to what was charged."""

from __future__ import annotations

from services.integrity.model import Check
from services.integrity.searching import by_sql

_TWICE = """
SELECT e164, month, starts_on, ends_before, charged_to
  FROM (SELECT n.e164, r.month, r.starts_on, r.ends_before, n.cancels_on,
               LAG(CASE WHEN n.cancels_on IS NOT NULL AND n.cancels_on < r.ends_before THEN n.cancels_on
                        ELSE r.ends_before END)
                 OVER (PARTITION BY n.e164 ORDER BY r.starts_on, r.id) AS charged_to
          FROM number_rental AS r JOIN dedicated_number AS n ON n.id = r.number_id) AS run
 WHERE charged_to > starts_on AND (cancels_on IS NULL OR cancels_on > starts_on)
"""

# An end that is recorded late leaves rental that is flagged with its refund; an end that was known leaves none.
_AFTER_END = """
SELECT n.e164, r.month, r.ends_before, n.cancels_on, e.posted_at
  FROM dedicated_number AS n
  JOIN number_rental AS r ON r.number_id = n.id AND r.ends_before > n.cancels_on
  JOIN journal_entry AS e ON e.id = r.entry_id
 WHERE n.cancels_on IS NOT NULL AND e.posted_at > n.cancellation_recorded_at
"""

_REFUNDS = """
SELECT f.id AS refund_id, n.e164, f.micros, r.micros AS rental_micros, n.cancels_on, f.starts_on, f.ends_before
  FROM number_refund AS f
  JOIN number_rental AS r ON r.id = f.rental_id
  JOIN dedicated_number AS n ON n.id = f.number_id
 WHERE f.micros > r.micros OR f.number_id <> r.number_id OR n.cancels_on IS NULL OR f.starts_on < n.cancels_on
    OR f.starts_on < r.starts_on OR f.ends_before <> r.ends_before OR f.currency <> r.currency
"""

_POSTED = """
SELECT entry_id, CAST(SUM(ledger) AS BIGINT) AS ledger_micros, CAST(SUM(numbers) AS BIGINT) AS numbers_micros
  FROM (SELECT e.id AS entry_id, p.amount AS ledger, 0 AS numbers
          FROM journal_entry AS e
          JOIN posting AS p ON p.entry_id = e.id
          JOIN account AS a ON a.id = p.account_id
         WHERE a.purpose = 'credit' AND e.source IN ('rental', 'number-setup', 'rental-refund')
        UNION ALL
        SELECT entry_id, 0, micros FROM number_rental
        UNION ALL
        SELECT entry_id, 0, micros FROM number_setup
        UNION ALL
        SELECT entry_id, 0, -micros FROM number_refund) AS both_sides
 GROUP BY entry_id HAVING SUM(ledger) <> SUM(numbers)
"""

_REGISTRATION = """
SELECT n.e164, n.registration, h.state AS last_recorded
  FROM dedicated_number AS n
  JOIN number_registration AS h
    ON h.id = (SELECT MAX(m.id) FROM number_registration AS m WHERE m.number_id = n.id)
 WHERE h.state <> n.registration
"""

CHECKS = (
    Check("rental_once", "No day of a number is charged twice, whoever rented it.", by_sql(_TWICE)),
    Check(
        "rental_after_end",
        "No rental was charged for days after an end that was known when it was charged.",
        by_sql(_AFTER_END),
    ),
    Check(
        "rental_refunds",
        "Rental given back is for days after a number's end, and no more than was charged.",
        by_sql(_REFUNDS),
    ),
    Check("rental_posted", "Rental, set-up and refunds of numbers are what the books hold of them.", by_sql(_POSTED)),
    Check("registration_kept", "Each number's registration is the last one recorded.", by_sql(_REGISTRATION)),
)
