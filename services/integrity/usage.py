"""Laws of usage message by message: whatever was added up for the screens is the sum of the records that count."""

from __future__ import annotations

from sqlalchemy import Connection

from services.integrity.model import Check
from services.integrity.searching import by_sql

_DAYS = """
SELECT day, customer_id, product, country, CAST(SUM(records) AS BIGINT) AS records_apart,
       CAST(SUM(micros) AS BIGINT) AS micros_apart
  FROM (SELECT day, customer_id, product, country, records, micros FROM usage_sub_day
        UNION ALL
        SELECT day, customer_id, product, country, -records, -micros FROM usage_day
         WHERE source LIKE 'import:%' OR source LIKE 'undo:%') AS both_sides
 GROUP BY day, customer_id, product, country
HAVING SUM(records) <> 0 OR SUM(micros) <> 0
"""
_RECORDS = """
SELECT day, customer_id, sub_account, product, country, CAST(SUM(records) AS BIGINT) AS records_apart,
       CAST(SUM(messages) AS BIGINT) AS messages_apart, CAST(SUM(micros) AS BIGINT) AS micros_apart
  FROM (SELECT day, customer_id, sub_account, product, country, records, messages, micros FROM usage_sub_day
        UNION ALL
        SELECT day, customer_id, sub_account, product, country, -COUNT(*), -SUM(quantity), -SUM(price_micros)
          FROM usage_record WHERE {live} GROUP BY day, customer_id, sub_account, product, country) AS both_sides
 GROUP BY day, customer_id, sub_account, product, country
HAVING SUM(records) <> 0 OR SUM(messages) <> 0 OR SUM(micros) <> 0
"""
_NUMBERS = """
SELECT e164, customer_id, day, CAST(SUM(messages) AS BIGINT) AS messages_apart
  FROM (SELECT e164, customer_id, day, messages FROM usage_number_day
        UNION ALL
        SELECT own_number, customer_id, day, -SUM(quantity)
          FROM usage_record WHERE {live} AND own_number IS NOT NULL GROUP BY own_number, customer_id, day) AS both_sides
 GROUP BY e164, customer_id, day HAVING SUM(messages) <> 0
"""


def _live(conn: Connection) -> str:
    return "NOT undone" if conn.dialect.name == "postgresql" else "undone = 0"


CHECKS = (
    Check(
        "usage_records",
        "Usage by day and sub-account is the sum of the message records that count.",
        lambda conn: by_sql(_RECORDS.format(live=_live(conn)))(conn),
    ),
    Check("usage_days", "Usage posted by imports is what their message records add up to.", by_sql(_DAYS)),
    Check(
        "usage_numbers",
        "The traffic of every own number is the sum of its message records.",
        lambda conn: by_sql(_NUMBERS.format(live=_live(conn)))(conn),
    ),
)
